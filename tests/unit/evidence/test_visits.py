"""Places that posts name without a product, against where events happened."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from event_tables import PRODUCTS, accounts, event, people, post

from sociolink.evidence.events.naming import collect_naming
from sociolink.evidence.events.posts import PRODUCT
from sociolink.evidence.events.states import read_posts
from sociolink.evidence.visits import Visits, _places_alone
from sociolink.linking.attachments import attach
from sociolink.linking.inputs import read_inputs
from sociolink.testing.family_checks.trial import run_family

TOWNS = ("Lyon", "Graz", "Turku", "Leeds", "Utrecht", "Aarhus", "Bergen", "Porto")


def attached(
    *, cities: list[str | None] | None = None, own: list[dict[str, Any]] | None = None
) -> tuple[pa.Table, pa.Table]:
    """Forty strangers who name towns on any day, one who was in Graz on day 50, and forty customers."""
    rng = np.random.default_rng(1)
    posts = [
        post(n, f"p{1 + n % 40}", f"so crowded at the shop in {TOWNS[rng.integers(8)]}", day=float(rng.integers(100)))
        for n in range(240)
    ]
    posts += own or [
        post(900, "p0", "back from Graz", day=50.1),
        post(901, "p0", "nothing to say", day=2),
        post(902, "p0", "nor here", day=98),
    ]
    events = [
        event(n, f"c{1 + n % 39}", day=float(rng.integers(100)), place=TOWNS[rng.integers(8)], kind="visit")
        for n in range(120)
    ]
    events.append(event(500, "c0", day=50, place="Graz", kind="visit"))
    asked = people(40)
    if cities is not None:
        asked = asked.append_column("city", pa.array(cities, pa.string()))
    sources = {
        "profiles": accounts(*(f"p{n}" for n in range(41))),
        "customers": asked,
        "posts": pa.Table.from_pylist(posts),
        "events": pa.Table.from_pylist(events),
    }
    return attach(read_inputs(sources).tables, (Visits(),))


def bits(told: tuple[pa.Table, pa.Table]) -> Any:
    profiles, asked = told
    return run_family(Visits(), asked, profiles=profiles, population=Visits().learn(profiles, asked)).bits


def test_a_place_at_its_time_speaks_for_who_was_there() -> None:
    found = bits(attached())[0]
    assert found[0] > 3
    assert found[0] == found[:40].max()


def test_in_the_own_town_only_the_time_counts() -> None:
    away, at_home = bits(attached(cities=["Porto"] * 40)), bits(attached(cities=["Graz"] + ["Porto"] * 39))
    assert 0.5 < at_home[0, 0] < away[0, 0] - 1


def test_whoever_names_a_place_all_the_time_says_less() -> None:
    often = [post(900 + n, "p0", "back from Graz", day=2.0 + 8 * n + 0.1 * (n == 6)) for n in range(13)]
    assert bits(attached(own=often))[0, 0] < bits(attached())[0, 0] - 1


def test_posts_that_name_a_product_are_left_to_events() -> None:
    posts = [
        post(1, "p0", f"my {PRODUCTS[0]} from Graz", day=1),
        post(2, "p0", "back from Graz", day=2),
        post(3, "p0", "order AB-100417 from Lyon", day=3),
    ]
    events = [
        event(
            n,
            f"c{n % 3}",
            day=n,
            place=("Graz", "Lyon")[n % 2],
            product=PRODUCTS[0],
            reference=f"AB-{100_000 + 417 * n}",
        )
        for n in range(9)
    ]
    sources = {
        "profiles": accounts("p0"),
        "customers": people(3),
        "posts": pa.Table.from_pylist(posts),
        "events": pa.Table.from_pylist(events),
    }
    profiles, _ = attach(read_inputs(sources).tables, (Visits(),))
    facts = _places_alone(read_posts(profiles))
    assert (facts.kind == PRODUCT).sum() == 2
    naming = collect_naming(facts, 1, {})
    assert naming.count.tolist() == [[1, 0]]


def test_without_events_there_is_nothing_to_say() -> None:
    told, asked = attached()
    bare = asked.select([name for name in asked.column_names if name != "_events"])
    assert (run_family(Visits(), bare, profiles=told, population={}).bits == 0).all()
