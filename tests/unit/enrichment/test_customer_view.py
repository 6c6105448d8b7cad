"""Every weighted figure of a customer, against every way in which the links may turn out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import sociolink as sl
from enrichment_worlds import make_events, make_links, make_posts, outcomes, read_marks

START = datetime(2026, 1, 1, tzinfo=UTC)
LISTED = {
    "p1": [("c1", 0.6), ("c2", 0.3)],
    "p2": [("c1", 0.45), ("c3", 0.2)],
    "p3": [("c2", 0.97)],
    "p4": [("c1", 0.05), ("c2", 0.02), ("c3", 0.01)],
    "p5": [],
}
TEXTS = {
    "p1": ["product=1 price=-0.5", "product=0.25", "price=-1", "nothing said"],
    "p2": ["product=-1", "service=0.5"],
    "p3": ["price=0.75 price=-0.25", "hello"],
    "p4": ["service=-0.5"],
    "p5": ["product=1"],
}


def day(number: int) -> datetime:
    return START + timedelta(days=number)


POSTS = make_posts(
    [
        {"profile_id": profile, "text": text, "created_at": day(3 * place + order)}
        for order, (profile, texts) in enumerate(TEXTS.items())
        for place, text in enumerate(texts)
    ]
    + [{"profile_id": "p1", "text": "RT @other: product=-1", "created_at": day(90), "kind": "repost"}]
)
EVENTS = make_events(
    [
        {"customer_id": "c1", "kind": "Ticket", "occurred_at": day(2), "status": "closed", "closed_at": day(5)},
        {"customer_id": "c1", "kind": "order", "product": "Lamp", "occurred_at": day(-400), "amount": 20.0},
        {"customer_id": "c1", "kind": "order", "product": "Lamp", "occurred_at": day(-100), "amount": 5.5},
        {"customer_id": "c1", "kind": "order", "product": "Chair", "occurred_at": day(-1), "status": "returned"},
        {"customer_id": "c2", "kind": "ticket", "occurred_at": day(4), "status": "open"},
        {"customer_id": "c2", "kind": "visit", "product": "Desk", "occurred_at": day(1)},
        {"customer_id": "c9", "kind": "order", "product": "Desk", "occurred_at": day(1)},
    ]
)
FOUND = sl.enrich(make_links(LISTED), POSTS, events=EVENTS, opinions=read_marks)
VIEW = {row["customer_id"]: row for row in FOUND.customer_view.to_pylist()}
ASPECTS = {(row["customer_id"], row["aspect_category"]): row for row in FOUND.customer_aspects.to_pylist()}
CUSTOMERS = ("c1", "c2", "c3")


def marks(profile: str, aspect: str | None = None) -> list[float]:
    said = [mark.split("=") for text in TEXTS[profile] for mark in text.split() if "=" in mark]
    return [float(value) for name, value in said if aspect in (None, name)]


def enumerate_(customer: str, count: Callable[[str], float]) -> tuple[float, dict[float, float]]:
    """Mean and distribution of what a customer's profiles bring together."""
    spread: dict[float, float] = {}
    for chance, owner in outcomes(LISTED):
        total = sum(count(profile) for profile in LISTED if owner[profile] == customer)
        spread[total] = spread.get(total, 0.0) + chance
    return sum(total * chance for total, chance in spread.items()), spread


def quantiles(spread: dict[float, float]) -> tuple[float, float]:
    totals = sorted(spread)
    reached = np.cumsum([spread[total] for total in totals])
    return tuple(totals[int(np.argmax(reached >= level - 1e-10))] for level in (0.025, 0.975))


COUNTS: dict[str, Callable[[str], float]] = {
    "posts": lambda profile: len(TEXTS[profile]),
    "positive": lambda profile: sum(value > 0 for value in marks(profile)),
    "negative": lambda profile: sum(value < 0 for value in marks(profile)),
    "opinions": lambda profile: len(marks(profile)),
}


@pytest.mark.parametrize("customer", CUSTOMERS)
@pytest.mark.parametrize("name", COUNTS)
def test_counts_are_means_over_all_outcomes_with_exact_intervals(customer: str, name: str) -> None:
    mean, spread = enumerate_(customer, COUNTS[name])

    row = VIEW[customer]
    assert row[name] == pytest.approx(mean, abs=1e-6)
    assert (row[f"{name}_low"], row[f"{name}_high"]) == quantiles(spread)


@pytest.mark.parametrize("customer", CUSTOMERS)
@pytest.mark.parametrize("aspect", ["product", "price", "service"])
def test_aspects_are_means_over_all_outcomes_with_exact_intervals(customer: str, aspect: str) -> None:
    row: Any = ASPECTS.get((customer, aspect))
    counts = {
        "positive": lambda profile: sum(value > 0 for value in marks(profile, aspect)),
        "negative": lambda profile: sum(value < 0 for value in marks(profile, aspect)),
        "opinions": lambda profile: len(marks(profile, aspect)),
    }
    means = {name: enumerate_(customer, count) for name, count in counts.items()}
    if row is None:
        assert means["opinions"][0] == 0
        return

    for name, (mean, spread) in means.items():
        assert row[name] == pytest.approx(mean, abs=1e-6)
        assert (row[f"{name}_low"], row[f"{name}_high"]) == quantiles(spread)
    total = enumerate_(customer, lambda profile: sum(marks(profile, aspect)))[0]
    assert row["polarity"] == pytest.approx(total / means["opinions"][0], abs=1e-6)
    assert row["polarity_low"] <= row["polarity"] <= row["polarity_high"]
    assert row["speaks_probability"] == pytest.approx(1 - means["opinions"][1].get(0, 0.0), abs=1e-6)
    for name in ("positive", "negative", "polarity"):
        assert VIEW[customer][f"{aspect}_{name}"] == pytest.approx(row[name])


def test_posts_of_one_profile_are_not_independent() -> None:
    """The variance is that of profiles, not of posts: 4 posts at 60% are 0 or 4."""
    alone = sl.enrich(make_links({"p1": [("c1", 0.6)]}), POSTS, opinions=read_marks).customer_view.to_pylist()[0]

    assert (alone["posts"], alone["posts_low"], alone["posts_high"]) == (pytest.approx(2.4), 0, 4)


def test_reposts_are_counted_apart() -> None:
    assert VIEW["c1"]["reposts"] == pytest.approx(0.6)
    assert VIEW["c2"]["reposts"] == pytest.approx(0.3)
    assert VIEW["c1"]["last_contact_high"] < day(90)
    assert FOUND.summary.reposts == 1
    assert POSTS["post_id"][-1].as_py() not in FOUND.opinions["post_id"].to_pylist()


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_contacts_are_medians_over_all_outcomes(customer: str) -> None:
    written = {
        profile: [row["created_at"] for row in POSTS.to_pylist() if row["profile_id"] == profile and not row["kind"]]
        for profile in LISTED
    }

    def reached(level: float, *, latest: bool) -> datetime | None:
        moments = sorted({moment for many in written.values() for moment in many}, reverse=latest)
        for at in moments:
            chance = sum(
                p
                for p, owner in outcomes(LISTED)
                if any(
                    (moment >= at) if latest else (moment <= at)
                    for profile in LISTED
                    if owner[profile] == customer
                    for moment in written[profile]
                )
            )
            if chance >= level - 1e-9:
                return at
        return None

    row = VIEW[customer]
    assert row["first_contact"] == reached(0.5, latest=False)
    assert row["last_contact"] == reached(0.5, latest=True)
    assert row["last_contact_low"] == reached(0.975, latest=True)
    assert row["last_contact_high"] == reached(0.025, latest=True)


def test_complaints_count_after_the_last_closed_ticket() -> None:
    """Complaints of p1 on days 0 and 6, of p2 on day 1, p3 on day 2, p4 on day 3; c1's ticket was closed on day 5."""
    assert VIEW["c1"]["last_closed_at"] == day(5)
    assert VIEW["c1"]["complaints_open"] == pytest.approx(0.6)
    assert VIEW["c1"]["open_issue_probability"] == pytest.approx(0.6)
    assert VIEW["c2"]["open_issue_probability"] == 1
    assert VIEW["c2"]["open_tickets"] == 1
    assert VIEW["c3"]["complaints_open"] == pytest.approx(0.2 + 0.01)
    assert VIEW["c3"]["open_issue_probability"] == pytest.approx(1 - 0.8 * 0.99)


def test_history_is_that_of_the_events() -> None:
    row = VIEW["c1"]

    assert (row["products"], row["events"], row["spent"]) == (["Lamp"], 4, 25.5)
    assert (row["first_event_at"], row["last_event_at"]) == (day(-400), day(2))
    assert VIEW["c2"]["products"] == []
    assert VIEW["c3"]["first_event_at"] is None
    assert sorted(VIEW) == ["c1", "c2", "c3"]


def test_without_events_nothing_is_known_of_tickets() -> None:
    row = sl.enrich(make_links(LISTED), POSTS, opinions=read_marks).customer_view.to_pylist()[0]

    assert row["open_tickets"] is None
    assert row["products"] == []
    assert row["open_issue_probability"] == pytest.approx(1 - 0.4 * 0.55 * 0.95)


def test_channels_are_platforms_with_their_probability() -> None:
    posts = make_posts(
        [
            {"profile_id": "p1", "platform": "twitter"},
            {"profile_id": "p2", "platform": "x"},
            {"profile_id": "p3", "platform": "github"},
            {"profile_id": "p4"},
        ]
    )

    view = sl.enrich(make_links(LISTED), posts, opinions=read_marks).customer_view.to_pylist()

    assert view[0]["channels"] == ["twitter"]
    assert view[0]["channel_probabilities"] == pytest.approx([1 - 0.4 * 0.55])
    assert view[1]["channels"] == ["github", "twitter"]
    assert view[1]["channel_probabilities"] == pytest.approx([0.97, 0.3])
    assert view[2]["channels"] == ["twitter"]


def test_types_do_not_depend_on_what_is_there() -> None:
    empty = sl.enrich(make_links({}), POSTS.slice(0, 0), opinions=read_marks)

    assert empty.customer_view.schema == FOUND.customer_view.schema
    assert empty.customer_aspects.schema == FOUND.customer_aspects.schema
    assert isinstance(FOUND.customer_view, pa.Table)


def test_events_of_others_say_that_nobody_listed_has_a_ticket() -> None:
    """Events that state what is open were given: no ticket of theirs is none, not unknown."""
    events = make_events([{"customer_id": "c99", "kind": "ticket", "status": "open"}])

    view = sl.enrich(make_links(LISTED), POSTS, events=events, opinions=read_marks).customer_view

    assert set(view["open_tickets"].to_pylist()) == {0}


def test_a_ticket_without_a_status_is_neither_open_nor_closed() -> None:
    events = make_events(
        [
            {"customer_id": "c1", "kind": "ticket", "occurred_at": day(5)},
            {"customer_id": "c2", "kind": "ticket", "occurred_at": day(5), "status": "open"},
        ]
    ).drop_columns(["closed_at"])

    view = sl.enrich(make_links(LISTED), POSTS, events=events, opinions=read_marks).customer_view.to_pylist()

    assert [row["open_tickets"] for row in view] == [0, 1, 0]
    assert view[0]["last_closed_at"] is None
    assert view[0]["open_issue_probability"] < 1
