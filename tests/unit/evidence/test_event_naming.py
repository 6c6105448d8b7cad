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
from sociolink.evidence.events.learning import wording_of
from sociolink.evidence.events.naming import collect_naming, index_timed, ratio_bits, weigh_events
from sociolink.evidence.events.posts import PLACE, PRODUCT, SPAN
from sociolink.evidence.events.shares import learn_shares, share_of
from sociolink.evidence.events.states import PostFacts, read_events, read_posts
from sociolink.evidence.events.terms import find_terms, index_terms, term_keys
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


def slow_ratios(
    profiles: pa.Table, customers: pa.Table, population: dict[str, Any], pair: tuple[int, int]
) -> list[float]:
    """The ratios of the events of one pair, by plain loops."""
    kinds, wording = wording_of(population)
    facts = profiles["_posts"][pair[0]].as_py()
    low, length = next((fact["at"], fact["key"]) for fact in facts if fact["kind"] == SPAN)
    posts: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for fact in facts:
        posts[fact["post"]].append(fact)
    naming = [some for some in posts.values() if any(fact["kind"] == PRODUCT for fact in some)]
    events = customers["_events"][pair[1]].as_py()

    def share(of: str, fact: dict[str, Any]) -> float:
        return float(share_of(population[of], np.array([fact["key"]], np.uint64), np.array([fact["at"]]))[0])

    ratios: dict[int, float] = defaultdict(float)
    for some in naming:
        at = some[0]["at"]
        found = []
        rivals = 0
        for number, one in enumerate(events):
            bin_ = np.searchsorted(EDGES, at - one["at"], side="right") - 1
            minute = one["at"] // 60
            inside = low // 60 <= minute <= (low + length) // 60
            if not (0 <= bin_ < len(EDGES) - 1 and inside):
                continue
            kind = kinds.index(one["kind"]) if one["kind"] in kinds else len(kinds)
            lag = wording.lags[kind, bin_] * length
            places = [fact for fact in some if fact["kind"] == PLACE]
            place = 1.0
            if places and one["place"]:
                here = [fact for fact in places if fact["key"] == one["place"]]
                place = 1 - wording.placed + (wording.placed / share("places", here[0]) if here else 0.0)
            named = [fact for fact in some if fact["kind"] == PRODUCT and fact["key"] == one["product"]]
            rivals += bool(named)
            if named:
                content = 1 - wording.named + wording.named / share("products", named[0])
                found.append((lag * place * content, -number))
            else:
                found.append(((1 - wording.named) * min(lag * place, 1.0), -number))
        if found:
            value, number = max(found)
            ratios[-number] += value / max(rivals, 1) / len(naming)
    return [ratios[number] for number in sorted(ratios)]


def test_the_formula_is_that_of_plain_loops() -> None:
    profiles, customers = world(1, about=0.6, profiles=12, customers=15)
    population = Events().learn(profiles, customers)
    kinds, wording = wording_of(population)
    naming = collect_naming(read_posts(profiles), profiles.num_rows, population)
    timed = index_timed(read_events(customers, kinds), customers.num_rows)
    profile, customer = (one.ravel() for one in np.meshgrid(np.arange(12), np.arange(15), indexing="ij"))
    pair, ratio = weigh_events(timed, naming, wording, profile=profile, customer=customer)
    for number in range(len(profile)):
        slow = slow_ratios(profiles, customers, population, (int(profile[number]), int(customer[number])))
        assert ratio[pair == number] == pytest.approx(slow)
    assert len(ratio) > 100


def test_bits_are_the_sum_over_events() -> None:
    bits = ratio_bits(np.array([0, 0, 2]), np.array([9.0, 0.0, 1.0]), 0.5, np.array([1, 0, 2]))
    assert bits == pytest.approx([np.log2(5) - 1 - 1, 0.0, -2.0])


def mean_ratio(seed: int, *, about: float, rate: float) -> tuple[float, float]:
    """Mean likelihood ratio of customers who have nothing to do with a profile, and the mean bits of the owners."""
    profiles, customers = world(seed, about=about)
    kinds, wording = wording_of({})
    population = {"products": learn_shares(read_posts(profiles).only(read_posts(profiles).kind == PRODUCT))}
    naming = collect_naming(read_posts(profiles), profiles.num_rows, population)
    timed = index_timed(read_events(customers, kinds), customers.num_rows)
    rows = np.flatnonzero(naming.count > 0)
    profile, customer = (one.ravel() for one in np.meshgrid(rows, np.arange(customers.num_rows), indexing="ij"))
    pair, ratio = weigh_events(timed, naming, replace(wording, placed=0.0), profile=profile, customer=customer)
    silent = timed.count_within(customer, naming.low[profile], naming.high[profile])
    silent -= np.bincount(pair, minlength=len(silent))
    bits = ratio_bits(pair, ratio, rate, silent)
    own = profile == customer
    return float((2.0 ** bits[~own]).mean()), float(bits[own].mean())


def test_strangers_have_a_mean_ratio_of_one() -> None:
    """Under chance a likelihood ratio has the mean 1; posts at the rim of the time make it a little less."""
    means = [mean_ratio(seed, about=0.0, rate=0.35)[0] for seed in range(8)]
    assert 0.75 < np.mean(means) < 1.15


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
