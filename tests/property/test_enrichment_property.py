"""What holds of every enrichment: order tells nothing, probabilities are whole, few people stay hidden."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sociolink as sl
from enrichment_worlds import make_events, make_links, make_posts, read_marks
from sociolink.enrichment.enrichment import TABLES

START = datetime(2026, 1, 1, tzinfo=UTC)
CUSTOMERS = [f"c{number}" for number in range(6)]
PROFILES = [f"p{number}" for number in range(7)]
MARKS = ["a=1", "a=-0.5", "b=0.3", "b=-1 a=0.1", "hello", "", "RT @x: a=1"]


@st.composite
def worlds(draw: Any) -> tuple[Any, pa.Table, pa.Table]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    listed = {}
    for profile in PROFILES[: draw(st.integers(0, 7))]:
        names = rng.permutation(CUSTOMERS)[: rng.integers(0, 4)].tolist()
        chances = rng.dirichlet(np.full(len(names) + 1, 0.5))[: len(names)]
        listed[profile] = list(zip(names, chances.tolist(), strict=True))
    posts = [
        {
            "profile_id": PROFILES[rng.integers(0, 7)],
            "text": MARKS[rng.integers(0, 7)] or "-",
            "created_at": None if rng.random() < 0.2 else START + timedelta(hours=int(rng.integers(0, 2000))),
            "kind": [None, "post", "repost"][rng.integers(0, 3)],
            "platform": [None, "x", "github"][rng.integers(0, 3)],
        }
        for _ in range(draw(st.integers(0, 25)))
    ]
    events = [
        {
            "customer_id": CUSTOMERS[rng.integers(0, 6)],
            "kind": ["order", "ticket", None][rng.integers(0, 3)],
            "product": ["Lamp", "Desk", None][rng.integers(0, 3)],
            "status": ["open", "closed", None][rng.integers(0, 3)],
            "amount": round(float(rng.random() * 100), 2),
            "occurred_at": START - timedelta(days=int(rng.integers(0, 900))),
        }
        for _ in range(draw(st.integers(0, 12)))
    ]
    return make_links(listed), make_posts(posts), make_events(events)


@settings(max_examples=40)
@given(worlds(), st.integers(0, 1000))
def test_order_of_rows_tells_nothing(world: tuple[Any, pa.Table, pa.Table], seed: int) -> None:
    links, posts, events = world
    rng = np.random.default_rng(seed)

    found = sl.enrich(links, posts, events=events, opinions=read_marks, k=1)
    again = sl.enrich(
        links,
        posts.take(rng.permutation(posts.num_rows)),
        events=events.take(rng.permutation(events.num_rows)),
        opinions=read_marks,
        k=1,
    )

    for name in TABLES:
        assert getattr(found, name).equals(getattr(again, name)), name
    assert found.summary == again.summary


@settings(max_examples=40)
@given(worlds())
def test_probabilities_of_a_post_are_whole(world: tuple[Any, pa.Table, pa.Table]) -> None:
    links, posts, events = world

    table = sl.enrich(links, posts, events=events, opinions=read_marks).post_customers

    assert set(table["post_id"].to_pylist()) == set(posts["post_id"].to_pylist())
    sums: dict[str, float] = {}
    for row in table.to_pylist():
        sums[row["post_id"]] = sums.get(row["post_id"], 0.0) + (row["probability"] or 0.0)
    for row in table.to_pylist():
        if row["nobody_probability"] is None:
            assert (row["customer_id"], row["probability"], row["decision"]) == (None, None, None)
        else:
            total = sums[row["post_id"]] + row["nobody_probability"] + row["rest_probability"]
            assert total == pytest.approx(1, abs=1e-9)


@settings(max_examples=40)
@given(worlds())
def test_intervals_hold_the_means_and_keep_their_bounds(world: tuple[Any, pa.Table, pa.Table]) -> None:
    links, posts, events = world

    found = sl.enrich(links, posts, events=events, opinions=read_marks)

    for row in found.customer_view.to_pylist():
        for name in ("posts", "positive", "negative", "opinions"):
            most = found.summary.posts if name == "posts" else found.summary.opinions
            assert 0 <= row[f"{name}_low"] <= row[f"{name}_high"] <= most
            assert row[name] <= most
            assert row[f"{name}_high"] >= row[name] - 0.025 * most - 1e-6
        assert 0 <= row["writes_probability"] <= 1
        assert 0 <= row["open_issue_probability"] <= 1
        if row["polarity"] is not None:
            assert -1 <= row["polarity_low"] <= row["polarity"] <= row["polarity_high"] <= 1
        if row["last_contact"] is not None and row["first_contact"] is not None:
            assert row["first_contact"] <= row["last_contact_high"]
    expected = sum(row["posts"] for row in found.customer_view.to_pylist())
    assert expected == pytest.approx(found.summary.customers_posts, abs=1e-5)


@settings(max_examples=40)
@given(worlds(), st.integers(1, 12))
def test_few_people_stay_hidden(world: tuple[Any, pa.Table, pa.Table], k: int) -> None:
    links, posts, events = world

    found = sl.enrich(links, posts, events=events, opinions=read_marks, k=k)

    for row in found.aspect_view.to_pylist():
        if row["withheld"]:
            named = ("aspect_category", "by", "group", "withheld")
            assert all(value is None for name, value in row.items() if name not in named)
        else:
            assert row["customers"] >= k
            assert row["others"] >= k
