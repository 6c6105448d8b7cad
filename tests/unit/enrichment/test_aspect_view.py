"""What customers say against what others say: expectations over all outcomes, and intervals that hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import sociolink as sl
from enrichment_worlds import make_events, make_links, make_posts, outcomes, read_marks

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LISTED = {
    "p1": [("c1", 0.6), ("c2", 0.3)],
    "p2": [("c1", 0.45), ("c3", 0.2)],
    "p3": [("c2", 0.9)],
    "p4": [("c4", 0.5)],
    "p5": [],
}
SAID = {"p1": "a=1 a=-0.5", "p2": "a=-1", "p3": "a=0.75 b=0.5", "p4": "a=-0.25 b=-1", "p5": "a=0.5 b=0.5"}
EVENTS = make_events(
    [
        {"customer_id": "c1", "kind": "order", "product": "Lamp", "occurred_at": datetime(2025, 9, 1, tzinfo=UTC)},
        {"customer_id": "c2", "kind": "order", "product": "Lamp", "occurred_at": datetime(2022, 9, 1, tzinfo=UTC)},
        {"customer_id": "c2", "kind": "order", "product": "Desk", "occurred_at": datetime(2024, 9, 1, tzinfo=UTC)},
    ]
)
CUSTOMERS = pa.table(
    {
        "customer_id": ["c1", "c2", "c3", "c4"],
        "full_name": ["A", "B", "C", "D"],
        "tier": ["gold", "gold", "silver", None],
        "customer_since": [None, "2010-05-01", "2026-05-01", None],
    }
)
COPIES = 20
COUNTS = ("customers", "customer_opinions", "customer_positive", "customer_negative", "customer_polarity")


def copied(customers: pa.Table | None, ids: str) -> pa.Table | None:
    """Each row for each copy of the small world."""
    if customers is None:
        return None
    tables = []
    for copy in range(COPIES):
        table = customers
        for name in ("customer_id", ids):
            place = table.column_names.index(name)
            named = [f"{value}/{copy}" for value in customers[name].to_pylist()]
            table = table.set_column(place, name, pa.array(named))
        tables.append(table)
    return pa.concat_tables(tables)


def enriched(**more: Any) -> dict[tuple[str, str, str | None], dict[str, Any]]:
    """Many copies of the small world, so that rows tell about enough people."""
    listed = {
        f"{profile}/{copy}": [(f"{customer}/{copy}", chance) for customer, chance in customers]
        for profile, customers in LISTED.items()
        for copy in range(COPIES)
    }
    posts = make_posts([{"profile_id": profile, "text": SAID[profile[:2]], "created_at": NOW} for profile in listed])
    links = make_links(listed, rest={f"p4/{copy}": 0.2 for copy in range(COPIES)})
    given = {"events": copied(more.pop("events", None), "event_id")}
    given["customers"] = copied(more.pop("customers", None), "customer_id")
    found = sl.enrich(links, posts, opinions=read_marks, **given, **more)
    return {(row["aspect_category"], row["by"], row["group"]): row for row in found.aspect_view.to_pylist()}


FOUND = enriched(events=EVENTS, customers=CUSTOMERS, segment="tier", k=1)
FREE = {
    "all": {"all": ("c1", "c2", "c3", "c4")},
    "product": {"Lamp": ("c1", "c2"), "Desk": ("c2",), None: ("c3", "c4")},
    "tenure": {"under 1 years": ("c1", "c3"), "5 years or more": ("c2",), None: ("c4",)},
    "segment": {"gold": ("c1", "c2"), "silver": ("c3",), None: ("c4",)},
}


def values(profile: str, aspect: str) -> list[float]:
    marks = [mark.split("=") for mark in SAID[profile].split()]
    return [float(value) for name, value in marks if name == aspect]


def expect(aspect: str, group: tuple[str, ...], *, rest: dict[str, float]) -> dict[str, float]:
    """Expected people, counts and mean polarity of a group, outcome by outcome."""
    sums = dict.fromkeys(("customers", "opinions", "positive", "negative", "total"), 0.0)
    for chance, owner in outcomes(LISTED):
        own = [profile for profile in LISTED if owner[profile] in group and values(profile, aspect)]
        said = [value for profile in own for value in values(profile, aspect)]
        sums["customers"] += chance * len({owner[profile] for profile in own})
        sums["opinions"] += chance * len(said)
        sums["positive"] += chance * sum(value > 0 for value in said)
        sums["negative"] += chance * sum(value < 0 for value in said)
        sums["total"] += chance * sum(said)
    for profile, left in rest.items():
        said = values(profile, aspect)
        sums["opinions"] += left * len(said)
        sums["positive"] += left * sum(value > 0 for value in said)
        sums["negative"] += left * sum(value < 0 for value in said)
        sums["total"] += left * sum(said)
    return sums


@pytest.mark.parametrize("aspect", ["a", "b"])
@pytest.mark.parametrize(("by", "name"), [(by, name) for by, groups in FREE.items() for name in groups])
def test_groups_are_expected_over_all_outcomes(aspect: str, by: str, name: str | None) -> None:
    expected = expect(aspect, FREE[by][name], rest={"p4": 0.2} if by == "all" else {})
    row = FOUND.get((aspect, by, name))
    if expected["customers"] == 0:
        assert row is None
        return
    assert row is not None
    if row["withheld"]:
        assert [row[name] for name in COUNTS] == [None] * 5
        return

    assert row["customers"] == pytest.approx(COPIES * expected["customers"], abs=1e-6)
    for count in ("opinions", "positive", "negative"):
        assert row[f"customer_{count}"] == pytest.approx(COPIES * expected[count], abs=1e-6)
    assert row["customer_polarity"] == pytest.approx(expected["total"] / expected["opinions"], abs=1e-6)
    others = [(values(profile, aspect), row_nobody(profile)) for profile in LISTED]
    said = sum(chance * len(many) for many, chance in others)
    assert row["other_opinions"] == pytest.approx(COPIES * said, abs=1e-6)
    assert row["others"] == pytest.approx(COPIES * sum(chance for many, chance in others if many), abs=1e-6)
    mean = sum(chance * sum(many) for many, chance in others) / said
    assert row["other_polarity"] == pytest.approx(mean, abs=1e-6)


def row_nobody(profile: str) -> float:
    return 1 - sum(chance for _, chance in LISTED[profile]) - (0.2 if profile == "p4" else 0.0)


def test_most_rows_were_compared() -> None:
    shown = [key for key, row in FOUND.items() if not row["withheld"]]

    assert len(shown) > 0.7 * len(FOUND)
    assert {by for _, by, _ in shown} == set(FREE)


@pytest.mark.parametrize("aspect", ["a", "b"])
@pytest.mark.parametrize(("by", "name"), [(by, name) for by, groups in FREE.items() for name in groups])
def test_the_difference_is_a_regression_on_the_chances(aspect: str, by: str, name: str | None) -> None:
    row = FOUND.get((aspect, by, name))
    if row is None or row["withheld"]:
        return
    chances, number, total = [], [], []
    for profile in LISTED:
        said, nobody = values(profile, aspect), row_nobody(profile)
        inside = sum(chance for customer, chance in LISTED[profile] if customer in FREE[by][name])
        inside = 1 - nobody if by == "all" else inside
        chances += [[inside, nobody, 1 - nobody - inside]] * COPIES
        number += [len(said)] * COPIES
        total += [sum(said)] * COPIES
    kinds, n, s = np.array(chances), np.array(number, float), np.array(total)
    kinds = kinds[:, :2] if by == "all" else kinds
    cross = (kinds * n[:, None]).T @ kinds
    if np.linalg.matrix_rank(cross, tol=1e-6) < cross.shape[0]:
        assert row["difference"] is None
        return

    inverse = np.linalg.inv(cross)
    mean = inverse @ kinds.T @ s
    push = (inverse[0] - inverse[1]) @ kinds.T
    spread = 1.96 * np.sqrt(np.sum((push * (s - n * (kinds @ mean))) ** 2))
    assert row["difference"] == pytest.approx(np.clip(mean[0] - mean[1], -2, 2), abs=1e-5)
    assert row["difference_high"] == pytest.approx(min(mean[0] - mean[1] + spread, 2), abs=1e-4)
    assert row["difference_low"] == pytest.approx(max(mean[0] - mean[1] - spread, -2), abs=1e-4)


@pytest.mark.parametrize("by", ["all", "segment"])
def test_intervals_hold_in_many_worlds(by: str) -> None:
    """People drawn at random, customers (of the tier) milder by 0.3, links known with chances that are right."""
    rng = np.random.default_rng(7)
    held, worlds, size = 0, 40, 200
    customers = pa.table(
        {
            "customer_id": [f"c{place}" for place in range(size)],
            "full_name": ["N"] * size,
            "tier": ["gold" if place % 2 else "tin" for place in range(size)],
        }
    )
    for _ in range(worlds):
        chance = rng.beta(0.4, 0.6, size)
        is_customer = rng.random(size) < chance
        mild = is_customer & ((by == "all") | (np.arange(size) % 2 == 1))
        mood = np.where(mild, 0.2, -0.1) + rng.uniform(-0.5, 0.5, size)
        listed = {f"p{place}": [(f"c{place}", float(chance[place]))] for place in range(size)}
        texts = [" ".join([f"a={one:.4f}"] * rng.integers(1, 5)) for one in mood]
        posts = make_posts([{"profile_id": f"p{place}", "text": text} for place, text in enumerate(texts)])
        found = sl.enrich(make_links(listed), posts, customers=customers, segment="tier", opinions=read_marks)
        rows = {(row["by"], row["group"]): row for row in found.aspect_view.to_pylist()}
        row = rows[(by, "all" if by == "all" else "gold")]
        held += row["difference_low"] <= 0.3 <= row["difference_high"]

    assert held >= 36


def test_chances_that_are_all_alike_tell_nothing_apart() -> None:
    listed = {f"p{place}": [(f"c{place}", 0.5)] for place in range(40)}
    posts = make_posts([{"profile_id": profile, "text": f"a={place % 2}.0"} for place, profile in enumerate(listed)])

    row = sl.enrich(make_links(listed), posts, opinions=read_marks).aspect_view.to_pylist()[0]

    assert not row["withheld"]
    assert (row["customers"], row["others"]) == (pytest.approx(20), pytest.approx(20))
    assert row["difference"] is None


def test_few_people_are_withheld_by_default() -> None:
    found = enriched(events=EVENTS, customers=CUSTOMERS, segment="tier", k=1000)

    assert found
    assert all(row["withheld"] for row in found.values())
    assert all(
        row[name] is None
        for row in found.values()
        for name in row
        if name not in ("aspect_category", "by", "group", "withheld")
    )


def test_without_customers_there_are_no_segments() -> None:
    assert {by for _, by, _ in enriched(events=EVENTS)} == {"all", "product", "tenure"}
    assert {group for _, by, group in enriched() if by == "product"} == {None}
