"""Posts find the customer of their author, by id, stable id or handle, and never by a key that two share."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from sociolink.errors import InputError
from sociolink.results.links import Links
from sociolink.results.posts import mark_open, open_tickets

POSTS = pa.table(
    {
        "post_id": ["t1", "t2", "t3", "t4", "t5", "t6"],
        "text": ["one", "two", "three", "four", "five", "six"],
        "profile_id": ["p1", None, None, None, "p3", "p9"],
        "platform": [None, "X", "twitter", "github", None, None],
        "user_id": [None, "901", None, None, None, None],
        "handle": [None, "jdoe", "@JDoe", "janed", None, None],
        "likes": [1, 2, 3, 4, 5, 6],
    }
)
EVENTS = pa.table(
    {
        "event_id": ["e1", "e2", "e3"],
        "customer_id": ["c1", "c2", "c2"],
        "kind": ["ticket", "Ticket", "order"],
        "status": ["open", "Closed", None],
    }
)


def test_authors_are_found_by_id_then_stable_id_then_handle(links: Links) -> None:
    out = links.for_posts(POSTS)

    assert out["post_id"].to_pylist() == POSTS["post_id"].to_pylist()
    assert out["customer_id"].to_pylist() == ["c1", "c1", "c2", None, None, None]
    assert out["decision"].to_pylist() == ["link", "link", "review", None, "none", None]
    assert out["probability"].to_pylist() == [0.97, 0.97, 0.5, None, 0.75, None]
    assert out["likes"].to_pylist() == [1, 2, 3, 4, 5, 6]


def test_without_keys_only_ids_find_authors(links: Links) -> None:
    out = replace(links, profile_keys=None).for_posts(POSTS)

    assert out["customer_id"].to_pylist() == ["c1", None, None, None, None, None]


def test_posts_of_the_run_are_the_default(links: Links) -> None:
    own = replace(links, posts=links.for_posts(POSTS).slice(0, 1))

    assert own.for_posts()["customer_id"].to_pylist() == ["c1"]
    with pytest.raises(InputError, match="without posts"):
        links.for_posts()


def test_value_counts_posts_and_open_tickets(links: Links) -> None:
    posts = links.for_posts(POSTS).drop_columns(["customer_id", "probability", "decision"])

    with_posts = replace(links, posts=posts)

    assert with_posts.value_sentence() == "2 of 6 posts now have a customer."
    with_both = replace(with_posts, events=EVENTS)
    assert with_both.value_sentence() == "2 of 6 posts now have a customer; 2 of them have an open ticket."
    unlinked = replace(with_both, table=links.table.slice(4))
    assert unlinked.value_sentence() == "0 of 6 posts now have a customer."


def test_tickets_are_open_until_they_are_closed() -> None:
    closed_at = pa.array([None, 1, None], pa.timestamp("us"))
    by_date = EVENTS.drop_columns(["status"]).append_column("closed_at", closed_at)
    unknown = EVENTS.drop_columns(["status"])

    found = open_tickets(EVENTS)
    dated = open_tickets(by_date)

    assert found is not None
    assert dated is not None
    assert found.to_pylist() == dated.to_pylist() == ["c1"]
    assert open_tickets(unknown) is None


def test_a_blank_is_no_moment_of_closing() -> None:
    blank = EVENTS.drop_columns(["status"]).append_column("closed_at", pa.array([" ", "2026-01-01", None]))

    found = open_tickets(blank)

    assert found is not None
    assert found.to_pylist() == ["c1"]


def test_a_ticket_without_a_status_is_not_known_to_be_open() -> None:
    status = EVENTS.column_names.index("status")

    found = mark_open(EVENTS.set_column(status, "status", pa.array(["", "open", None])))
    settled = mark_open(EVENTS.append_column("closed_at", pa.array([1, 1, None])))

    assert found is not None
    assert settled is not None
    assert found.to_pylist() == [None, True, False]
    assert settled.to_pylist() == [False, False, False]
