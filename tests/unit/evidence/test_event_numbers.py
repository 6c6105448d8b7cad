"""Reference numbers: formats, what people write, who was the first to show one, and what one is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from event_tables import accounts, attached, event, people, post
from hypothesis import given
from hypothesis import strategies as st

from sociolink.evidence.events.family import Events
from sociolink.evidence.events.formats import judge_numbers as judge
from sociolink.evidence.events.formats import learn_formats
from sociolink.evidence.events.issued import find_issued, index_issued, slips
from sociolink.evidence.events.posts import LATER, NUMBER, SLIP, UNKNOWN
from sociolink.evidence.events.quoting import BORROWED, LEVELS, KnownNumbers, QuotedNumbers, compare_numbers
from sociolink.evidence.events.states import read_events, read_posts
from sociolink.evidence.protocol import Hits, Pairs
from sociolink.text.hashing import hash_strings
from sociolink.text.references import find_pieced_references, find_references, split_words

NAMES = {NUMBER: "number", SLIP: "slip", UNKNOWN: "unknown", LATER: "later"}


def luhn(number: int) -> str:
    """A number with its check digit."""
    digits = [int(one) for one in str(number)][::-1]
    total = sum(digit if place % 2 else digit * 2 - 9 * (digit > 4) for place, digit in enumerate(digits))
    return f"{number}{-total % 10}"


def test_formats_are_learned_from_the_numbers_themselves() -> None:
    numbers = [f"ZQ{number}" for number in range(400_000, 500_000, 997)] + [f"7X{n}KD" for n in range(1000, 9999, 91)]
    formats = learn_formats(pa.array(numbers))
    assert set(formats) == {"ZQ|000000", "|000000", "|0A0000AA"}
    fits = judge(pa.array(["ZQ412345", "412345", "ZQ912345", "XX412345", "7X1234KD", "7X123KD"]), formats).fits
    assert fits.tolist() == [True, True, False, False, True, False]
    assert formats["ZQ|000000"].bits == pytest.approx(np.log2(101_700), abs=0.1)


@pytest.mark.parametrize("check", ["luhn", ""])
def test_a_check_digit_is_found_where_there_is_one(check: str) -> None:
    rng = np.random.default_rng(1)
    numbers = [luhn(one) if check else str(one) for one in rng.integers(100_000_000, 999_999_999, 60)]
    formats = learn_formats(pa.array(numbers))
    (one,) = formats.values()
    assert one.check == check
    wrong = str(int(numbers[0][:-1] + str((int(numbers[0][-1]) + 1) % 10)))
    assert judge(pa.array([numbers[0], wrong]), formats).fits.tolist() == [True, not check]


def test_letters_and_digits_in_any_places_are_one_format() -> None:
    rng = np.random.default_rng(3)
    signs = np.array(list("BCDFGHJKLMNPQRSTVWXYZ0123456789"))
    tails = ["".join(rng.choice(signs, 6)) for _ in range(400)]
    numbers = pa.array([f"CAS{rng.integers(10_000, 99_999)}{tail}" for tail in tails])
    formats = learn_formats(numbers)
    assert formats["CAS|XXXXXXXXXXX"].bits > 40
    assert judge(numbers, formats).fits.all()
    alone = pc.utf8_slice_codeunits(numbers, 3)
    assert judge(alone, formats).fits.sum() > 0.9 * len(numbers)
    row, key, _, near = find_issued(alone, index_issued(numbers, formats))
    own = key == hash_strings(numbers)[0][row]
    assert len(np.unique(row[own & ~near])) > 0.9 * len(numbers)
    assert not judge(pa.array(["CAS12345", "CASEBCDFGHJKLM"]), formats).fits.any()


def slow_pieces(text: str) -> set[str]:
    words, out = text.split(), set()
    for begin in range(len(words)):
        for end in range(begin + 2, min(begin + 5, len(words)) + 1):
            few = words[begin:end]
            starts = any(map(str.isdigit, few[0])) or (few[0].isalpha() and len(few[0]) <= 8)
            joined = "".join(few).upper()
            fits = sum(map(str.isdigit, joined)) >= 3 and 4 <= len(joined) <= 24
            if fits and starts and all(any(map(str.isdigit, one)) for one in few[1:]):
                out.add(joined)
    return out


@given(st.lists(st.sampled_from(["parcel", "AB", "12", "3", "4567", "X9", "international", "00000000001"]), max_size=9))
def test_numbers_in_pieces_are_all_runs_of_words_with_digits(words: list[str]) -> None:
    text = " ".join(words)
    enough = sum(map(str.isdigit, text)) >= 3
    assert set(find_pieced_references(*split_words(pa.array([text])))[1].to_pylist()) == (
        slow_pieces(text) if enough else set()
    )


def test_few_possible_numbers_say_nothing() -> None:
    assert learn_formats(pa.array([f"A{number}" for number in range(100, 999)])) == {}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Order #AB-12345!", ["AB12345"]),
        ("ab 12345", ["12345"]),
        ("on 12/10/2023 at 10:30:15", []),
        ("https://x.example/123456 me123@x.example", []),
        ("12.345.678 and 12345678", ["12345678"]),
        ("no number", []),
    ],
)
def test_what_may_be_a_number(text: str, numbers: list[str]) -> None:
    assert find_references(*split_words(pa.array([text])))[1].to_pylist() == numbers


def slow_slips(number: str) -> set[str]:
    out = set()
    for place, sign in enumerate(number):
        if not sign.isdigit():
            continue
        out.add(number[:place] + number[place + 1 :])
        for digit in "0123456789":
            out.add(number[:place] + digit + number[place + 1 :])
            out.add(number[: place + 1] + digit + number[place + 1 :])
        if place + 1 < len(number) and number[place + 1].isdigit():
            out.add(number[:place] + number[place + 1] + sign + number[place + 2 :])
    return out - {number}


@pytest.mark.parametrize("number", ["AB1234567", "1112", "7X99A"])
def test_slips_are_all_that_are_one_slip_away(number: str) -> None:
    _, keys = slips(pa.array([number]))
    wanted = hash_strings(pa.array(sorted(slow_slips(number))))[0]
    assert set(keys.tolist()) - set(hash_strings(pa.array([number]))[0].tolist()) == set(wanted.tolist())


def test_issued_numbers_are_found_as_they_are_or_with_one_slip() -> None:
    numbers = pa.array([f"ZQ{number}" for number in range(400_000, 900_000, 9973)])
    issued = index_issued(numbers, learn_formats(numbers))
    asked = pa.array(["ZQ409973", "409973", "ZQ409937", "ZQ40997", "QZ409973", "ZQ123456"])
    row, key, _, near = find_issued(asked, issued)
    own = key == hash_strings(pa.array(["ZQ409973"]))[0][0]
    assert [(int(r), bool(n)) for r, n in zip(row[own], near[own], strict=True)] == [
        (0, False),
        (1, False),
        (2, True),
        (3, True),
    ]


EVENTS = [
    event(number, f"c{number % 10}", day=number / 10, reference=f"ZQ-{410_000 + number * 7919 % 480_000}")
    for number in range(60)
]
OWN = EVENTS[5]["reference"]


def kinds(posts: list[dict[str, Any]], *names: str) -> dict[str, list[str]]:
    """Kinds of the numbers that profiles quote."""
    profiles, _ = attached(posts, EVENTS, profiles=accounts(*names), customers=people(10))
    facts = read_posts(profiles)
    facts = facts.only(np.isin(facts.kind, list(NAMES)))
    return {
        name: [NAMES[int(kind)] for kind in facts.kind[facts.row == row]]
        for row, name in enumerate(profiles["profile_id"].to_pylist())
    }


def test_only_the_first_to_show_a_number_has_it() -> None:
    found = kinds([post(1, "a", f"my {OWN}", day=2), post(2, "b", f"what of {OWN}?", day=3)], "a", "b")
    assert found == {"a": ["number"], "b": ["later"]}


def test_a_repost_makes_a_number_public_and_is_nobodys_own() -> None:
    posts = [
        post(1, "a", f"RT @c: {OWN}", day=2, kind="repost"),
        post(2, "b", f"{OWN}", day=3),
        post(3, "b", f"Ha RT @d {EVENTS[7]['reference']}", day=3),
    ]
    assert kinds(posts, "a", "b") == {"a": [], "b": ["later"]}


def test_at_the_same_time_nobody_was_first() -> None:
    found = kinds([post(1, "a", OWN, day=2), post(2, "b", OWN, day=2)], "a", "b")
    assert found == {"a": ["later"], "b": ["later"]}


def test_a_number_that_is_not_issued_yet_is_any_number() -> None:
    assert kinds([post(1, "a", OWN, day=-30)], "a") == {"a": ["unknown"]}


def test_a_slip_and_a_foreign_number() -> None:
    wrong = OWN[:-1] + str((int(OWN[-1]) + 1) % 10)
    found = kinds([post(1, "a", wrong, day=2), post(2, "b", "ZQ-600001 please", day=2)], "a", "b")
    assert found == {"a": ["slip"], "b": ["unknown"]}


def test_a_number_in_pieces_counts_where_the_crm_issued_it() -> None:
    pieces = f"{OWN[:2]} {OWN[3:6]} {OWN[6:]}"
    assert kinds([post(1, "a", f"my {pieces} please", day=2), post(2, "b", "ZQ 600 001", day=2)], "a", "b") == {
        "a": ["number"],
        "b": [],
    }


def test_long_numbers_are_worth_no_less_than_short_ones() -> None:
    """However many numbers of a format there could be, a stranger borrows one of those that were issued."""
    worth = []
    for digits in (9, 24):
        rng = np.random.default_rng(digits)
        numbers = ["".join(rng.choice(list("0123456789"), digits)) for _ in range(60)]
        events = [event(row, f"c{row % 10}", day=1, reference=number) for row, number in enumerate(numbers)]
        posts = [post(1, "p0", f"where is {numbers[0]}?", day=2)]
        profiles, customers = attached(posts, events, profiles=accounts("p0"), customers=people(10))
        family = Events()
        population = family.learn(profiles, customers)
        ready = family.prepare_customers(customers, population)
        account = family.prepare_profiles(profiles, ready, population)
        pairs = Pairs(np.zeros(1, np.int32), np.zeros(1, np.int32), np.ones(1))
        channel = family.compare(ready, account, pairs, Hits(*(np.empty(0, np.int32),) * 3))[0]
        against = channel.denominator
        assert against is not None
        borrowed = against.likelihood[against.component == len(LEVELS) + BORROWED]
        worth.append(float(channel.likelihood[0] / borrowed[0]))
    assert worth[1] == pytest.approx(worth[0], rel=0.1)
    assert worth[0] > 1


def test_who_quotes_many_customers_numbers_has_none_of_them() -> None:
    posts = [post(number, "a", EVENTS[number]["reference"], day=20) for number in range(8)]
    assert set(kinds(posts, "a", "b")["a"]) == {"later"}


def test_the_companys_own_posts_are_left_out() -> None:
    fans = [f"f{number}" for number in range(12)]
    posts = [post(number, name, "@shop hello", day=1) for number, name in enumerate(fans)]
    posts.append(post(99, "shop", f"ticket {OWN} is solved", day=2))
    assert kinds(posts, "shop", *fans)["shop"] == []


def compare(chances: list[float], nears: list[float], held: int) -> np.ndarray:
    """Chances of the levels for one profile with as many quotes, and one customer with `held` numbers."""
    size = len(chances)
    quoted = QuotedNumbers(
        np.arange(1, size + 1).astype(np.uint64),
        np.zeros(size, np.int64),
        np.array([0, size]),
        np.zeros(size, np.bool_),
        np.zeros(size, np.bool_),
        np.array(chances),
        np.array(nears),
        np.ones(1),
        np.ones(1, np.bool_),
    )
    known = KnownNumbers(np.array([held]), np.empty(0, np.uint64), held, 1.0)
    pairs = Pairs(np.zeros(1, np.int32), np.zeros(1, np.int32), np.ones(1))
    return compare_numbers(known, quoted, pairs)[1][0]


def test_chances_of_levels_sum_to_one_and_are_those_of_coin_tosses() -> None:
    """By enumeration: every quote is none, one of the customer's, or near to one."""
    chances, nears = [0.01, 0.002, 0.03], [0.04, 0.02, 0.01]
    wanted = np.zeros(len(LEVELS))
    for outcome in np.ndindex(2, 2, 2):
        hit = np.prod([one if is_hit else 1 - one for one, is_hit in zip(chances, outcome, strict=True)])
        near = 1 - np.prod([1 - one for one in nears])
        if sum(outcome) == 0:
            wanted[0] += hit * (1 - near)
            wanted[1] += hit * near
        else:
            wanted[2 if sum(outcome) == 1 else 3] += hit
    found = compare(chances, nears, 1)
    assert found.sum() == pytest.approx(1)
    assert found == pytest.approx(wanted, abs=2e-5)


def test_more_numbers_of_a_customer_are_found_by_chance_more_often() -> None:
    one, many = (compare([1e-6], [1e-4], held) for held in (1, 50))
    assert many[2] == pytest.approx(50 * one[2], rel=0.01)


def test_events_of_unknown_customers_are_passed_over() -> None:
    events = [*EVENTS, event(900, "stranger", reference="ZQ-777777")]
    _, customers = attached([post(1, "a", "hi")], events, profiles=accounts("a"), customers=people(10))
    assert len(read_events(customers)) == len(EVENTS)
