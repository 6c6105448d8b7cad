"""Posts that need an answer: why, whose, in which order, and only where the policy allows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

import sociolink as sl
from enrichment_worlds import make_events, make_links, make_posts

NOW = datetime(2026, 6, 10, tzinfo=UTC)
LISTED = {"p1": [("c1", 0.97)], "p2": [("c1", 0.4), ("c2", 0.35)], "p3": [("c2", 0.1)], "p4": []}
TEXTS = [
    ("p1", "my Lamp is broken again", 1),
    ("p2", "Is the Lamp any good?", 0),
    ("p3", "my Lamp is broken again", 1),
    ("p4", "Thinking of switching to another provider", 2),
    ("p9", "my Lamp is broken again", 1),
    ("p1", "off to the beach", 2),
    ("p1", "my Lamp is broken again", 40),
    ("p2", "off to the beach", 0),
]
POSTS = make_posts(
    [
        *({"profile_id": one, "text": text, "created_at": NOW - timedelta(days=age)} for one, text, age in TEXTS),
        {"profile_id": "p1", "text": "my Lamp is broken again", "kind": "repost", "created_at": NOW},
        {"profile_id": "p3", "text": "my Lamp is broken again"},
    ]
)
EVENTS = make_events(
    [
        {"customer_id": "c1", "kind": "order", "product": "Lamp", "occurred_at": NOW - timedelta(days=50)},
        {"customer_id": "c1", "kind": "ticket", "occurred_at": NOW - timedelta(days=1.5), "status": "open"},
        {"customer_id": "c2", "kind": "ticket", "occurred_at": NOW - timedelta(days=9), "status": "closed"},
    ]
)


def respond(links: Any = None, **more: Any) -> dict[str, dict[str, Any]]:
    found = sl.enrich(links or make_links(LISTED), POSTS, events=EVENTS, **more)
    return {row["post_id"]: row for row in found.respond.to_pylist()}


def test_posts_that_need_an_answer_and_why() -> None:
    found = respond()

    assert {post: row["reasons"] for post, row in found.items()} == {
        "t0000": ["complaint", "open_ticket"],
        "t0001": ["question"],
        "t0002": ["complaint"],
        "t0003": ["intent_to_leave"],
        "t0004": ["complaint"],
        "t0009": ["complaint"],
    }


def test_an_open_ticket_counts_from_when_it_was_opened() -> None:
    """The beach of p1 was two days ago, the ticket is a day and a half old; p2 has one with 40% only."""
    found = respond(urgency={"open_ticket_from": 0.3})

    assert "t0005" not in found
    assert found["t0007"]["reasons"] == ["open_ticket"]
    assert found["t0007"]["open_ticket_probability"] == pytest.approx(0.4)


def test_who_it_is_in_words_and_what_they_bought() -> None:
    found = respond()

    assert found["t0000"]["who"] == "extremely likely c1 (97.0%)"
    assert found["t0000"]["products"] == ["Lamp"]
    assert found["t0001"]["who"] == "about as likely as not c1 (40.0%)"
    assert found["t0002"]["who"] == "very likely no customer (90.0%)"
    assert (found["t0002"]["customer_id"], found["t0002"]["products"]) == (None, None)
    assert found["t0003"]["who"] == "virtually certain no customer (100%)"
    assert found["t0004"]["who"] == "the author was not linked"
    assert (found["t0004"]["profile_id"], found["t0004"]["nobody_probability"]) == ("p9", None)


def test_urgency_is_the_declared_formula() -> None:
    found = respond()

    need = 1 - (1 - 0.6) * (1 - 0.3 * 0.97)
    assert found["t0000"]["urgency"] == pytest.approx(need * 2 ** (-1 / 3) * (0.5 + 0.5 * 0.97), abs=1e-6)
    need = 1 - (1 - 0.4) * (1 - 0.3 * 0.4)
    assert found["t0001"]["urgency"] == pytest.approx(need * (0.5 + 0.5 * 0.75), abs=1e-6)
    assert found["t0004"]["urgency"] == pytest.approx(0.6 * 2 ** (-1 / 3) * 0.5, abs=1e-6)
    assert found["t0003"]["urgency"] == pytest.approx(0.9 * 2 ** (-2 / 3) * 0.5 * 0.5, abs=1e-6)
    assert (found["t0003"]["named"], found["t0004"]["named"]) == (False, True)
    assert found["t0009"]["urgency"] == pytest.approx(0.6 * (0.5 + 0.5 * 0.1), abs=1e-6)
    assert found["t0009"]["age_days"] is None
    order = [row["urgency"] for row in found.values()]
    assert order == sorted(order, reverse=True)


def test_without_a_catalogue_nothing_is_named_or_not() -> None:
    found = sl.enrich(make_links(LISTED), POSTS).respond.to_pylist()

    assert {row["named"] for row in found} == {None}
    assert next(row for row in found if row["post_id"] == "t0003")["urgency"] == pytest.approx(
        0.9 * 2 ** (-2 / 3) * 0.5, abs=1e-6
    )


def test_weights_are_parameters() -> None:
    found = respond(urgency={"complaint": 0.0, "within_days": 60})

    assert "t0006" in found
    assert found["t0004"]["urgency"] == 0


@pytest.mark.parametrize("policy", [{"purpose": "research", "lawful_basis": "research", "who": "lab"}, {}])
def test_research_answers_nobody(policy: dict[str, str]) -> None:
    found = sl.enrich(make_links(LISTED, policy=policy), POSTS, events=EVENTS)

    assert found.respond.num_rows == 0
    assert "policy" in found.summary.note
    assert found.summary.note in found._repr_html_()


def test_another_policy_may_be_given() -> None:
    links = make_links(LISTED, policy={})

    assert respond(links, policy=sl.Policy.support(who="crm", lawful_basis="consent"))
    assert not respond(make_links(LISTED), policy=sl.Policy.research())


def test_twins_are_not_taken_for_nobody() -> None:
    """Two records of one person share the chance; nobody is likelier than either, not than both."""
    links = make_links({"p1": [("c1", 0.3), ("c2", 0.3)]})
    table = links.table.set_column(
        links.table.column_names.index("group_probability"), "group_probability", pa.array([0.6, 0.6])
    )
    from dataclasses import replace

    found = respond(replace(links, table=table))

    assert found["t0000"]["customer_id"] == "c1"


def test_a_customer_who_refused_takes_the_decision_along() -> None:
    """Who is left was not linked, and must not look as if."""
    links = make_links({"p1": [("c1", 0.95), ("c2", 0.04)], "p3": [("c2", 0.95)]})
    customers = pa.table({"customer_id": ["c1", "c2"], "full_name": ["A", "B"], "consent": [False, True]})

    found = respond(links, customers=customers)

    assert (found["t0000"]["customer_id"], found["t0000"]["decision"]) == ("c2", "none")
    assert (found["t0002"]["customer_id"], found["t0002"]["decision"]) == ("c2", "link")
