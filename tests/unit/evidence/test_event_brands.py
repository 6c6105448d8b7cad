"""Posts that name the maker of a product alone: what is found, what it is worth, and what leaves it as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from event_tables import accounts, event, people, post

from sociolink.evidence.events.brands import add_brands, brands_of, is_brand
from sociolink.evidence.events.family import Events
from sociolink.evidence.events.learning import learn_brand_naming, wording_of
from sociolink.evidence.events.naming import collect_naming, index_timed
from sociolink.evidence.events.posts import PRODUCT
from sociolink.evidence.events.records import index_products
from sociolink.evidence.events.states import read_events, read_posts
from sociolink.evidence.events.terms import find_terms, index_terms
from sociolink.evidence.events.weighing import naming_bits
from sociolink.linking.attachments import attach
from sociolink.linking.inputs import read_inputs
from sociolink.testing.family_checks.trial import run_family
from sociolink.text.products import makers, spoken_names

NAMES = tuple(
    f"{maker} {thing}" for maker in ("BlueTel", "Kestrel", "AT&T") for thing in ("Hub 2", "Fiber 500", "Watch 4")
)


def with_brands(
    posts: list[dict[str, Any]], events: list[dict[str, Any]], names: list[str], count: int, *, brands: bool = True
) -> tuple[pa.Table, pa.Table]:
    """Tables as `link` makes them."""
    sources = {
        "profiles": accounts(*names),
        "customers": people(count),
        "posts": pa.Table.from_pylist(posts),
        "events": pa.Table.from_pylist(events),
    }
    return attach(read_inputs(sources).tables, (Events(brands=brands),))


def terms() -> Any:
    return index_products(pa.table({"product": NAMES}), brands=True)


@pytest.mark.parametrize(
    "text", ["my BlueTel died", "@BlueTel no signal", "#bluetel", "bluetels", "BlueTel's hub", "AT&T sucks", "kestrle"]
)
def test_a_brand_is_found_however_it_is_written(text: str) -> None:
    _, key = find_terms(pa.array([text]), terms())
    assert is_brand(key).tolist() == [True]


def test_without_being_asked_for_no_brand_is_looked_for() -> None:
    plain = index_products(pa.table({"product": NAMES}))
    assert not is_brand(plain.key).any()
    assert len(find_terms(pa.array(["BlueTel sucks"]), plain)[0]) == 0


def test_two_products_make_no_maker_and_a_product_is_no_brand() -> None:
    assert makers(pa.array(["Acme Tab 8", "Acme Watch", "Acme Watch 64GB"])).to_pylist() == []
    names = pa.array(["Nova", "Nova phone", "Nova case", "Nova lamp"])
    known = add_brands(index_terms(*spoken_names(names)), names)
    assert not is_brand(find_terms(pa.array(["my nova"]), known)[1]).any()


def test_an_event_has_the_brand_of_its_product() -> None:
    found = brands_of(pa.array(["BlueTel Hub 2", "BlueTel Watch 4", "Kestrel Hub 2", "Zen lamp", ""]), terms())
    assert found[0] == found[1] != found[2]
    assert is_brand(found).tolist() == [True, True, True, False, False]


def test_a_post_that_names_a_product_says_nothing_by_its_maker() -> None:
    posts = [post(0, "a", "my BlueTel Hub 2, never again BlueTel"), post(1, "b", "never again BlueTel")]
    events = [event(number, f"c{number}", product=name) for number, name in enumerate(NAMES)]
    profiles, _ = with_brands(posts, events, ["a", "b"], 9)
    facts = read_posts(profiles)
    named = facts.only(facts.kind == PRODUCT)
    assert is_brand(named.key).tolist() == [False, True]


def world(seed: int, *, about: float) -> tuple[pa.Table, pa.Table]:
    """Profile p is customer c's; half of what customers write about events, and of what anybody writes, is a brand."""
    rng = np.random.default_rng(seed)
    day = {f"c{number}": float(rng.uniform(30, 300)) for number in range(60)}
    goods = {one: str(rng.choice(NAMES)) for one in day}
    events = [event(number, one, day=day[one], product=goods[one]) for number, one in enumerate(day)]
    posts = []
    for number in range(600):
        who, when, name = int(rng.integers(60)), float(rng.uniform(0, 330)), str(rng.choice(NAMES))
        if rng.random() < about:
            when, name = day[f"c{who}"] + rng.exponential(1.0), goods[f"c{who}"]
        posts.append(post(number, f"p{who}", f"my {name.split()[0] if rng.random() < 0.5 else name}", day=when))
    return with_brands(posts, events, [f"p{number}" for number in range(60)], 60)


def ratios(profiles: pa.Table, customers: pa.Table) -> tuple[float, float]:
    """Mean likelihood ratio of others, mean bits of owners."""
    population = Events().learn(profiles, customers)
    kinds, wording = wording_of(population)
    naming = collect_naming(read_posts(profiles), 60, population)
    timed = index_timed(read_events(customers, kinds), 60)
    assert is_brand(naming.key).any()
    profile, customer = (one.ravel() for one in np.meshgrid(np.arange(60), np.arange(60), indexing="ij"))
    told, bits = naming_bits(timed, naming, wording, (0.05,), profile=profile, customer=customer)
    bits = np.where(told, bits[:, 0], 0.0)
    own = profile == customer
    return float((2.0 ** bits[~own]).mean()), float(bits[own].mean())


def test_strangers_who_name_brands_have_a_mean_ratio_of_one() -> None:
    means = [ratios(*world(seed, about=0.0))[0] for seed in range(6)]
    assert 0.95 < np.mean(means) < 1.05


def test_owners_are_told_by_brands_too() -> None:
    assert ratios(*world(1, about=0.7))[1] > 1


def told_world(seed: int, *, own: float) -> tuple[pa.Table, pa.Table]:
    """Half of what the first forty write is about an own event; half of that names a maker, a tenth of the rest does.

    A maker that is named in a post about an event is that of the event with probability `own`, else any.
    """
    rng = np.random.default_rng(seed)
    goods = [str(rng.choice(NAMES)) for _ in range(40)]
    events = [event(number, f"c{number}", day=100.0, product=name) for number, name in enumerate(goods)]
    posts = []
    for number in range(6000):
        who, about = int(rng.integers(80)), rng.random() < 0.5
        mine = who < 40 and about
        name = goods[who] if mine and rng.random() < own else str(rng.choice(NAMES))
        text = f"my {name.split()[0]}" if rng.random() < (0.5 if mine else 0.1) else "hello"
        if text == "hello" and rng.random() < (0.6 if mine else 0.3):
            text = f"my {goods[who] if mine else NAMES[int(rng.integers(9))]}"
        day = 100 + float(rng.uniform(0, 50)) if mine else float(rng.uniform(0, 300))
        posts.append(post(number, f"p{who}", text, day=day))
    return with_brands(posts, events, [f"p{number}" for number in range(80)], 40)


@pytest.mark.parametrize("own", [1.0, 0.5, 0.0])
def test_how_often_customers_name_makers_is_learned_apart(own: float) -> None:
    """A maker that a third of all have is the customer's by chance in many a post, which is no matter."""
    profiles, customers = told_world(1, own=own)
    learned = {**Events().learn(profiles, customers), "products": {}}
    naming = collect_naming(read_posts(profiles), 80, learned)
    single = replace(naming, statement=naming.post, size=np.ones(len(naming.post), np.int64))
    brand = is_brand(naming.key)
    count = np.stack([np.bincount(naming.row[brand == which], minlength=80) for which in (False, True)], axis=1)
    single = replace(single, brand=brand.astype(np.int64)[np.argsort(naming.post)], count=count)
    timed = index_timed(read_events(customers), 40)
    rows = np.array([int(one[1:]) for one in customers["customer_id"].to_pylist()])
    alone, any_, named = learn_brand_naming(single, timed, rows, np.arange(40))
    assert any_ == pytest.approx(0.1, abs=0.03)
    assert alone == pytest.approx(0.5, abs=0.12)
    assert named == pytest.approx(own * 2 / 3, abs=0.15)


def test_an_event_counts_once_whether_or_not_its_product_has_a_maker() -> None:
    events = [event(number, f"c{number}", day=float(number), product=name) for number, name in enumerate(NAMES)]
    posts = [post(0, "a", "hello", day=0.0), post(1, "a", "hello", day=200.0)]
    found = []
    for brands in (False, True):
        _, customers = with_brands(posts, events, ["a"], 9, brands=brands)
        timed = index_timed(read_events(customers), 9)
        low, high = np.zeros(9, np.int64), np.full(9, 2**40)
        wording = wording_of({})[1]
        found.append((timed.count_reached(np.arange(9), low, high, wording), timed.when, timed.sizes))
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other)


def test_a_rare_brand_is_worth_more_than_one_that_everybody_names() -> None:
    events = [event(n, f"c{n}", day=n * 5.0, product=NAMES[n % 3]) for n in range(57)]
    events += [event(60 + n, f"c{57 + n}", day=150.0, product=NAMES[3 + n]) for n in range(3)]
    posts = [post(n, f"z{n % 40}", "Kestrel?" if n % 40 == 7 else "BlueTel again", day=n * 0.75) for n in range(400)]
    posts += [post(500 + n, "a", "hello", day=n * 30.0) for n in range(10)] + [post(600, "a", "Kestrel!", day=150.1)]
    posts += [post(700 + n, "b", "hello", day=n * 30.0) for n in range(10)] + [post(800, "b", "BlueTel!", day=150.1)]
    names = ["a", "b", *(f"z{number}" for number in range(40))]
    profiles, customers = with_brands(posts, events, names, 60)
    trial = run_family(Events(), customers, profiles=profiles, population=Events().learn(profiles, customers))
    row = profiles["profile_id"].to_pylist().index
    of = customers["customer_id"].to_pylist().index
    rare, usual = trial.bits[row("a"), of("c57")], trial.bits[row("b"), of("c30")]
    assert rare > 2
    assert rare > usual + 1


def test_models_that_know_no_brands_hear_none() -> None:
    profiles, customers = world(2, about=0.5)
    learned = Events().learn(profiles, customers)
    assert "brands" in learned
    before = {name: value for name, value in learned.items() if name != "brands"}
    naming = collect_naming(read_posts(profiles), 60, before)
    assert not is_brand(naming.key).any()
    assert naming.plain.sum() > 0
