"""Strings that customers already use, against sets filled by hand."""

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from slow_people import hash_of

from sociolink.evidence.name.grammar import FORM_NAMES, FORMS, KeyKind
from sociolink.evidence.name.parses import NO_WORD
from sociolink.evidence.name.strings import OwnStrings, collect_strings, count_strings, read_whole
from sociolink.text.substrings import lay_out

CUSTOMERS = [
    {"handles": ["twitter:JaneDoe", "https://github.com/janedoe", "jd"], "email": ["jane.doe@example.com"]},
    {"website": ["https://www.roxwriter.com/blog/about-me?ref=x#top", "janedoe.dev"]},
    {"handles": ["twitter:JaneDoe", "other_one"], "email": ["info@shop.example", "INFO@other.example"]},
    {},
    {"website": ["http://www.index.co.uk/~Müller/"], "email": ["jane.doe@elsewhere.example"]},
]
# By hand: squashed, three characters at least, no words of every address, distinct for each customer.
EXPECTED = {
    KeyKind.KNOWN_HANDLE: {0: {"janedoe"}, 2: {"janedoe", "otherone"}},
    KeyKind.OWN_SITE: {
        1: {"roxwriter", "roxwritercom", "aboutme", "ref", "top", "janedoe", "janedoedev"},
        4: {"muller", "indexcouk"},
    },
    KeyKind.EMAIL_NAME: {0: {"janedoe"}, 2: {"info"}, 4: {"janedoe"}},
}


@pytest.fixture(scope="module")
def collected(table: Any) -> dict[KeyKind, OwnStrings]:
    return {one.kind: one for one in collect_strings(table("customers", CUSTOMERS))}


@pytest.mark.parametrize("kind", list(EXPECTED))
def test_strings_of_each_customer(collected: dict[KeyKind, OwnStrings], kind: KeyKind) -> None:
    found: dict[int, dict[int, float]] = defaultdict(dict)
    one = collected[kind]
    for row, key, weight in zip(one.row.tolist(), one.key.tolist(), one.weight.tolist(), strict=True):
        assert key not in found[row]
        found[row][key] = weight
    assert found == {row: {hash_of(text): 1 / len(texts) for text in texts} for row, texts in EXPECTED[kind].items()}


@pytest.mark.parametrize("kind", list(EXPECTED))
def test_how_many_others_use_a_string(collected: dict[KeyKind, OwnStrings], kind: KeyKind) -> None:
    counts = count_strings(collected[kind])
    used: Counter[str] = Counter()
    for texts in EXPECTED[kind].values():
        for text in texts:
            used[text] += 1 / len(texts)
    assert counts.people == len(EXPECTED[kind])
    holders = Counter(text for texts in EXPECTED[kind].values() for text in texts)
    once, twice = (sum(number == times for number in holders.values()) for times in (1, 2))
    again = (2 * twice + 0.5) / (once + 50)
    assert dict(zip(counts.index.keys.tolist(), counts.others.tolist(), strict=True)) == pytest.approx(
        {hash_of(text): max(weight - 1, again) for text, weight in used.items()}
    )


def test_whole_strings_are_read_as_what_a_customer_uses(collected: dict[KeyKind, OwnStrings]) -> None:
    strings = ["janedoe", "", "janedo", "otherone", "janedoe", "xjanedoe", "muller"]
    places = lay_out(pa.array(strings))
    opaque = np.linspace(1e-6, 7e-6, len(strings))
    counts = tuple(count_strings(one) for one in collected.values())
    parses = read_whole(places, opaque, counts)
    found = {
        (int(row), FORMS[form].key): float(chance)
        for row, form, chance in zip(parses.string, parses.form, parses.parts, strict=True)
    }
    expected = {}
    for one in counts:
        others = dict(zip(one.index.keys.tolist(), one.others.tolist(), strict=True))
        for row, text in enumerate(strings):
            if any(text in texts for texts in EXPECTED[one.kind].values()):
                expected[row, one.kind] = (others[hash_of(text)] + one.people * opaque[row]) / one.people
    assert found == pytest.approx(expected, rel=1e-12)
    assert {row for row, _ in found} == {0, 3, 4, 6}
    assert (parses.around == 1).all()
    assert (parses.words == NO_WORD).all()
    assert (parses.start == places.first[parses.string]).all()
    assert (parses.end == places.last[parses.string]).all()


def test_a_string_that_nobody_else_uses_is_as_rare_as_repeats_and_its_spelling_say(
    collected: dict[KeyKind, OwnStrings],
) -> None:
    """Nine strings of sites, none of two customers: .5 / (9 + 50) others each, among two customers with a site."""
    places = lay_out(pa.array(["muller"]))
    parses = read_whole(places, np.array([1e-9]), (count_strings(collected[KeyKind.OWN_SITE]),))
    assert FORM_NAMES[parses.form[0]] == "own_site"
    assert parses.parts[0] == pytest.approx(0.5 / 59 / 2 + 1e-9)


@pytest.mark.parametrize("pairs", [0, 3, 40])
def test_repeats_tell_how_rare_a_string_of_one_customer_is(pairs: int) -> None:
    """Turing's estimate: strings of two customers over strings of one, here of 100 customers and of `pairs` twice."""
    key = np.concatenate([np.arange(100), np.repeat(np.arange(200, 200 + pairs), 2), np.repeat(999, 5)])
    own = OwnStrings(
        KeyKind.KNOWN_HANDLE, np.arange(len(key), dtype=np.int32), key.astype(np.uint64), np.ones(len(key))
    )
    counts = count_strings(own)
    others = dict(zip(counts.index.keys.tolist(), counts.others.tolist(), strict=True))
    assert {others[key] for key in range(100)} == {min((2 * pairs + 0.5) / 150, 1.0)}
    assert all(others[200 + one] == 1 for one in range(pairs))
    assert others[999] == 4
    assert counts.people == len(key)


def test_customers_without_strings_give_none(table: Any) -> None:
    for one in collect_strings(table("customers", [{}, {}])):
        counts = count_strings(one)
        assert len(one.row) == len(counts.others) == counts.people == 0
        assert len(read_whole(lay_out(pa.array(["janedoe"])), np.array([1e-9]), (counts,))) == 0


def test_plain_columns_do_as_well_as_lists() -> None:
    lists = pa.table({"handles": [["janedoe"]], "website": [["a.example"]], "email": [["bcd@x.example"]]})
    plain = pa.table({"handles": ["janedoe"], "website": ["a.example"], "email": ["bcd@x.example"]})
    for one, two in zip(collect_strings(lists), collect_strings(plain), strict=True):
        assert (one.row.tolist(), one.key.tolist()) == (two.row.tolist(), two.key.tolist())
