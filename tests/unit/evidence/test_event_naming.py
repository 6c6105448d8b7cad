"""Products at the time of an event: the formula, against a slow one, and what chance makes of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from event_tables import PRODUCTS, accounts, attached, event, people, post
from hypothesis import given
from hypothesis import strategies as st

from sociolink.evidence.events.family import Events
from sociolink.evidence.events.lags import EDGES, lag_table, learn_lags, start_lags
from sociolink.evidence.events.learning import learn_naming, wording_of
from sociolink.evidence.events.naming import collect_naming, index_timed
from sociolink.evidence.events.posts import LATER, NUMBER, PLACE, PRODUCT, SLIP, SPAN
from sociolink.evidence.events.shares import learn_shares, share_of
from sociolink.evidence.events.states import PostFacts, read_events, read_posts
from sociolink.evidence.events.terms import find_terms, index_terms, term_keys
from sociolink.evidence.events.weighing import naming_bits
from sociolink.testing.family_checks.trial import run_family

PLACES = ("Austin", "Lyon", "Bergen")


def world(seed: int, *, about: float, profiles: int = 60, customers: int = 80) -> tuple[pa.Table, pa.Table]:
    """Profile p is customer c's of the same number; a share of the posts is about the customer's events."""
    rng = np.random.default_rng(seed)
    events = [
        event(
            number,
            f"c{rng.integers(customers)}",
            day=float(rng.uniform(0, 300)),
            product=PRODUCTS[rng.integers(3)],
            place=PLACES[rng.integers(3)] if rng.random() < 0.5 else None,
            kind=("order", "ticket")[rng.integers(2)],
        )
        for number in range(2 * customers)
    ]
    mine: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in events:
        mine[one["customer_id"]].append(one)
    posts = []
    for number in range(8 * profiles):
        who = int(rng.integers(profiles))
        product, place, day = PRODUCTS[rng.integers(3)], PLACES[rng.integers(3)], float(rng.uniform(0, 300))
        own = mine[f"c{who}"]
        if own and rng.random() < about:
            one = own[rng.integers(len(own))]
            product, place = one["product"], one["place"] or place
            day = (one["occurred_at"] - events[0]["occurred_at"]).total_seconds() / 86_400 + rng.exponential(1.0)
            day += (events[0]["occurred_at"] - event(0)["occurred_at"]).total_seconds() / 86_400
        text = f"{product} in {place} today" if rng.random() < 0.5 else f"my {product}"
        posts.append(post(number, f"p{who}", text, day=day))
    names = [f"p{number}" for number in range(profiles)]
    return attached(posts, events, profiles=accounts(*names), customers=people(customers))


def together(naming: list[list[dict[str, Any]]]) -> dict[Any, list[list[dict[str, Any]]]]:
    """Posts that name the same product and follow each other."""
    statements: dict[Any, list[list[dict[str, Any]]]] = {}
    latest: dict[int, tuple[int, int]] = {}
    for some in sorted(naming, key=lambda some: int(some[0]["at"])):
        product = min(fact["key"] for fact in some if fact["kind"] == PRODUCT)
        number, before = latest.get(product, (0, -(10**12)))
        number += some[0]["at"] - before > 2 * 86_400
        latest[product] = (number, some[0]["at"])
        statements.setdefault((product, number), []).append(some)
    return statements


def slow_bits(
    profiles: pa.Table, customers: pa.Table, population: dict[str, Any], pair: tuple[int, int], rate: float
) -> float:
    """The bits of one pair at one rate, by plain loops."""
    kinds, wording = wording_of(population)
    facts = profiles["_posts"][pair[0]].as_py()
    span = next(fact for fact in facts if fact["kind"] == SPAN)
    low, length = span["at"], span["key"]
    posts: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for fact in facts:
        posts[fact["post"]].append(fact)
    numbered = [some for some in posts.values() if any(fact["kind"] in (NUMBER, SLIP, LATER) for fact in some)]
    naming = [some for some in posts.values() if any(fact["kind"] == PRODUCT for fact in some) and some not in numbered]
    plain = int(span["bits"]) - len(naming) - len(numbered)
    events = customers["_events"][pair[1]].as_py()
    until = np.append(0.0, np.cumsum(wording.lags[-1] * np.diff(EDGES)))

    def share(of: str, fact: dict[str, Any]) -> float:
        return float(share_of(population[of], np.array([fact["key"]], np.uint64), np.array([fact["at"]]))[0])

    statements = together(naming)
    made = [(product, some[0][0]["at"]) for (product, _), some in statements.items()]

    def usual(fact: dict[str, Any]) -> float:
        far = [product for product, at in made if abs(at - fact["at"]) > 67 * 86_400]
        return (10 * share("products", fact) + far.count(fact["key"])) / (10 + len(far))

    fits: list[float] = []
    for posts_of in statements.values():
        total = 0.0
        for some in posts_of:
            for one in events:
                bin_ = np.searchsorted(EDGES, some[0]["at"] - one["at"], side="right") - 1
                named = [fact for fact in some if fact["kind"] == PRODUCT and fact["key"] == one["product"]]
                if not (0 <= bin_ < len(EDGES) - 1 and named):
                    continue
                kind = kinds.index(one["kind"]) if one["kind"] in kinds else len(kinds)
                places = [fact for fact in some if fact["kind"] == PLACE]
                place = 1.0
                if places and one["place"]:
                    here = [fact for fact in places if fact["key"] == one["place"]]
                    place = 1 - wording.placed + (wording.placed / share("places", here[0]) if here else 0.0)
                total += wording.lags[kind, bin_] * length * place * wording.named[0] / usual(named[0])
        fits.append(total / len(posts_of))
    reach = sum(
        float(np.diff(np.interp([low - one["at"], low + length - one["at"]], EDGES, until))[0]) for one in events
    )
    here = min(reach, 1.0)
    if not reach:
        return 0.0
    out = plain * np.log2(1 - rate * here * (1 - wording.naming[2]))
    means = [wording.naming[0] * (here * (1 - wording.named[0]) + fit / max(reach, 1.0)) for fit in fits]
    return float(out + sum(np.log2(1 - rate * here + rate * mean) for mean in means))


def test_the_formula_is_that_of_plain_loops() -> None:
    profiles, customers = world(1, about=0.6, profiles=12, customers=15)
    population = Events().learn(profiles, customers) | {"naming": (0.7, 0.6)}
    kinds, wording = wording_of(population)
    naming = collect_naming(read_posts(profiles), profiles.num_rows, population)
    timed = index_timed(read_events(customers, kinds), customers.num_rows)
    profile, customer = (one.ravel() for one in np.meshgrid(np.arange(12), np.arange(15), indexing="ij"))
    told, bits = naming_bits(timed, naming, wording, (0.0, 0.4), profile=profile, customer=customer)
    assert told.sum() > 100
    for number in range(len(profile)):
        slow = slow_bits(profiles, customers, population, (int(profile[number]), int(customer[number])), 0.4)
        assert bits[number, 1] * told[number] == pytest.approx(slow)
    assert np.all(bits[:, 0] == 0)


def test_posts_about_nothing_of_the_customers_speak_against_it() -> None:
    profiles, _ = world(1, about=0.6, profiles=12, customers=15)
    naming = collect_naming(read_posts(profiles), profiles.num_rows, {})
    wording = wording_of({"naming": (0.8, 0.4), "named": 0.9})[1]
    told = naming.silence_bits(wording, np.arange(12), np.full(12, 0.5))
    assert told == pytest.approx(
        naming.count[:, 0] * np.log2(0.5 + 0.5 * 0.2) + naming.plain * np.log2(0.5 + 0.5 * 0.2 / 0.6)
    )


def test_how_often_customers_name_products_is_told_by_those_whose_numbers_are_known() -> None:
    """Half of what the first forty write is about own events, and eight of ten such posts name the product."""
    rng = np.random.default_rng(2)
    events = [event(number, f"c{number}", day=100.0, product=PRODUCTS[0]) for number in range(40)]
    events.append(event(40, "c0", day=290.0, product=PRODUCTS[1]))
    posts = []
    for number in range(4000):
        who, day = int(rng.integers(80)), float(rng.uniform(0, 300))
        own = who < 40 and rng.random() < 0.5
        names = rng.random() < (0.8 if own else 0.3)
        product = PRODUCTS[0] if own else PRODUCTS[1]
        text = f"my {product}" if names else "hello"
        posts.append(post(number, f"p{who}", text, day=100 + float(rng.uniform(0, 50)) if own else day))
    names_ = [f"p{number}" for number in range(80)]
    profiles, customers = attached(posts, events, profiles=accounts(*names_), customers=people(40))
    naming = collect_naming(read_posts(profiles), 80, {})
    count = np.bincount(naming.row, minlength=80)
    single = np.ones(len(naming.post), np.int64)
    both = np.stack([count, 0 * count], axis=1)
    naming = replace(naming, size=single, statement=naming.post, count=both, brand=0 * single)
    timed = index_timed(read_events(customers), 40)
    rows = np.array([int(one[1:]) for one in customers["customer_id"].to_pylist()])
    about, any_ = learn_naming(naming, timed, rows, np.arange(40))
    assert about == pytest.approx(0.8, abs=0.1)
    assert any_ == pytest.approx(0.3, abs=0.05)


def mean_ratio(seed: int, *, about: float, rate: float) -> tuple[float, float]:
    """Mean likelihood ratio of customers who have nothing to do with a profile, and the mean bits of the owners."""
    profiles, customers = world(seed, about=about)
    kinds, wording = wording_of({})
    population = {"products": learn_shares(read_posts(profiles).only(read_posts(profiles).kind == PRODUCT))}
    naming = collect_naming(read_posts(profiles), profiles.num_rows, population)
    timed = index_timed(read_events(customers, kinds), customers.num_rows)
    rows = np.flatnonzero(naming.count[:, 0] > 0)
    profile, customer = (one.ravel() for one in np.meshgrid(rows, np.arange(customers.num_rows), indexing="ij"))
    wording = replace(wording, placed=0.0)
    told, found = naming_bits(timed, naming, wording, (rate,), profile=profile, customer=customer)
    bits = np.where(told, found[:, 0], 0.0)
    own = profile == customer
    return float((2.0 ** bits[~own]).mean()), float(bits[own].mean())


def test_strangers_have_a_mean_ratio_of_one() -> None:
    """Under chance a likelihood ratio has the mean 1; at a small rate few pairs are needed to see it."""
    means = [mean_ratio(seed, about=0.0, rate=0.05)[0] for seed in range(8)]
    assert 0.95 < np.mean(means) < 1.05


def test_owners_have_bits_only_where_they_write_about_events() -> None:
    speaking = np.mean([mean_ratio(seed, about=0.7, rate=0.35)[1] for seed in range(3)])
    silent = np.mean([mean_ratio(seed, about=0.0, rate=0.35)[1] for seed in range(3)])
    assert speaking > 2
    assert silent < 0.3


def test_time_shifted_events_say_nothing() -> None:
    profiles, customers = world(3, about=0.7)
    lists = customers["_events"].combine_chunks()
    moved = [[one | {"at": one["at"] + 90 * 86_400} for one in some] for some in lists.to_pylist()]
    place = customers.column_names.index("_events")
    shifted = customers.set_column(place, "_events", pa.array(moved, lists.type))
    trial, other = (
        run_family(Events(), table, profiles=profiles, population=Events().learn(profiles, customers))
        for table in (customers, shifted)
    )
    own = np.arange(60)
    assert np.median(trial.bits[own, own]) > 1.5
    assert np.mean(other.bits[own, own]) < 0.3
    assert np.mean(2.0 ** other.bits[:, :-1]) < 1.3


def test_many_posts_about_one_event_are_not_many_events() -> None:
    events = [event(number, f"c{number}", day=number, product=PRODUCTS[number % 3]) for number in range(30)]
    others = [post(100 + number, "z", f"my {PRODUCTS[number % 3]}", day=number * 2) for number in range(60)]
    bits = []
    for count in (1, 5):
        posts = [post(number, "a", f"{PRODUCTS[10 % 3]} broke", day=10.1 + number / 50) for number in range(count)]
        far = [post(50 + number, "a", "hello", day=number * 50) for number in range(2)]
        profiles, customers = attached(
            [*posts, *far, *others], events, profiles=accounts("a", "z"), customers=people(30)
        )
        population = Events().learn(profiles, customers)
        bits.append(run_family(Events(), customers, profiles=profiles, population=population).bits[0, 10])
    assert bits[0] > 1
    assert abs(bits[1] - bits[0]) < 1


def test_who_names_one_product_all_year_round_says_nothing_by_it() -> None:
    """A fan of a rare product, which one customer has, beside somebody who names it once."""
    events = [event(number, f"c{number}", day=number * 5.0, product=PRODUCTS[0]) for number in range(1, 60)]
    events.append(event(0, "c0", day=150.0, product=PRODUCTS[1]))
    others = [post(1000 + n, f"z{n % 40}", f"my {PRODUCTS[n % 40 == 7]}", day=n * 0.75) for n in range(400)]
    fan = [post(number, "fan", f"{PRODUCTS[1]}!", day=number * 7.0) for number in range(43)]
    owner = [post(500 + number, "owner", f"my {PRODUCTS[0]}", day=number * 30.0) for number in range(10)]
    owner.append(post(600, "owner", f"my {PRODUCTS[1]}", day=150.1))
    names = ["fan", "owner", *(f"z{number}" for number in range(40))]
    profiles, customers = attached([*others, *fan, *owner], events, profiles=accounts(*names), customers=people(60))
    trial = run_family(Events(), customers, profiles=profiles, population=Events().learn(profiles, customers))
    rows = dict(zip(profiles["profile_id"].to_pylist(), range(42), strict=True))
    of = customers["customer_id"].to_pylist().index("c0")
    assert trial.bits[rows["fan"], of] < 1
    assert trial.bits[rows["owner"], of] > 2


def test_what_everybody_names_at_a_time_is_worth_less() -> None:
    """An outage: on one day everybody names one product."""
    rows = np.arange(600)
    outage = rows < 100
    facts = PostFacts(
        rows, np.zeros(600, np.int64), np.where(outage, 50, rows % 100) * 86_400, np.full(600, PRODUCT, np.int8),
        np.where(outage, 7, 5 + rows % 4).astype(np.uint64), np.zeros(600),
    )  # fmt: skip
    learned = learn_shares(facts)
    seven = np.array([7, 7], np.uint64)
    usual, burst = share_of(learned, seven, np.array([10, 50]) * 86_400)
    assert burst > 0.8
    assert usual < 0.45
    assert all(len(cell["key"]) <= 2 for cell in learned["bursts"])


def test_what_few_profiles_name_is_not_kept() -> None:
    facts = PostFacts(
        np.zeros(50, np.int64), np.arange(50), np.arange(50) * 3600, np.full(50, PRODUCT, np.int8),
        np.full(50, 7, np.uint64), np.zeros(50),
    )  # fmt: skip
    learned = learn_shares(facts)
    assert learned["key"] == []
    assert learned["bursts"][0]["key"] == []


def test_what_few_name_is_as_frequent_as_such_things_are() -> None:
    """Forty things that five profiles name each, among one that half of the posts name; none of them is told apart."""
    row = np.arange(400)
    rare = row % 2 == 0
    key = np.where(rare, 100 + row // 2 % 40, 7).astype(np.uint64)
    facts = PostFacts(row, row, row * 3600, np.full(400, PRODUCT, np.int8), key, np.zeros(400))
    learned = learn_shares(facts)
    assert len(learned["key"]) == 1
    asked = np.array([7, 103, 999], np.uint64)
    assert share_of(learned, asked, np.zeros(3, np.int64)) == pytest.approx([0.5, 5 / 400, 5 / 400], rel=0.1)


def test_lags_begin_with_what_is_known_and_go_to_what_is_seen() -> None:
    seen = np.zeros(len(EDGES) - 1)
    seen[3] = 1000.0
    kinds, table = lag_table(learn_lags({"": seen, "order": seen, "ticket": np.zeros_like(seen)}))
    assert kinds == ("order", "ticket")
    assert (table * np.diff(EDGES)).sum(1) == pytest.approx(1)
    assert table.argmax(1).tolist() == [3, 3, 3]
    assert start_lags().sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My ZEN headphone!", ["Zen headphones"]),
        ("#LumoLamps and #orbitrouter", ["Orbit router", "Lumo lamp"]),
        ("the orbit ruoter", ["Orbit router"]),
        ("zen, and the headphones of others", []),
        ("a lamp", []),
    ],
)
def test_products_as_people_write_them(text: str, found: list[str]) -> None:
    names = pa.array(PRODUCTS)
    _, keys = find_terms(pa.array([text]), index_terms(names))
    assert sorted(keys.tolist()) == sorted(term_keys(pa.array(found, pa.string())).tolist())


def slow_longest(words: list[str], names: list[str]) -> set[str]:
    """Names that stand in the words and within no other name that does."""
    spans = [
        (begin, begin + len(name.split()), name)
        for name in names
        for begin in range(len(words))
        if words[begin : begin + len(name.split())] == name.split()
    ]
    return {
        name
        for low, high, name in spans
        if not any(a <= low and high <= b and (a, b) != (low, high) for a, b, _ in spans)
    }


@given(st.lists(st.sampled_from(["orbit", "router", "lumo", "plus", "and"]), max_size=8))
def test_a_name_within_a_longer_one_is_not_named(words: list[str]) -> None:
    names = ["orbit router", "router plus", "orbit router plus", "lumo", "lumo orbit"]
    _, keys = find_terms(pa.array([" ".join(words)]), index_terms(pa.array(names)))
    by_key = dict(zip(term_keys(pa.array(names)).tolist(), names, strict=True))
    assert {by_key[key] for key in keys.tolist()} == slow_longest(words, names)
