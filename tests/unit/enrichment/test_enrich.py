"""The door: every post comes back, nothing is taken as a fact, bad input is one error."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import sociolink as sl
from enrichment_worlds import make_events, make_links, make_posts, read_marks

LISTED = {"p1": [("c1", 0.6), ("c2", 0.3)], "p2": [], "p3": [("c3", 0.95)]}
POSTS = make_posts(
    [
        {"profile_id": "p3", "text": "a=1"},
        {"profile_id": "p9", "text": "a=-1"},
        {"profile_id": "p1", "text": "hello"},
        {"profile_id": "p2", "text": "a=0.5"},
        {"platform": "github", "handle": "somebody"},
    ]
)


def test_every_post_has_all_customers_and_nobody() -> None:
    rows = sl.enrich(make_links(LISTED), POSTS, opinions=read_marks).post_customers.to_pylist()

    shown = [(row["post_id"], row["profile_id"], row["rank"], row["customer_id"], row["probability"]) for row in rows]
    assert shown == [
        ("t0000", "p3", 1, "c3", 0.95),
        ("t0001", "p9", 0, None, None),
        ("t0002", "p1", 1, "c1", 0.6),
        ("t0002", "p1", 2, "c2", 0.3),
        ("t0003", "p2", 0, None, None),
        ("t0004", "github:somebody", 0, None, None),
    ]
    assert [row["nobody_probability"] for row in rows] == pytest.approx(
        [0.05, None, 0.1, 0.1, 1.0, None], abs=1e-9, nan_ok=True
    )
    assert [row["decision"] for row in rows] == ["link", None, "none", "none", "none", None]


def test_authors_are_found_by_the_keys_of_the_links() -> None:
    from dataclasses import replace

    keys = pa.table(
        {"profile_id": ["p1"], "platform": ["github"], "handle_core": ["somebody"], "user_id": pa.nulls(1, pa.string())}
    )
    found = sl.enrich(replace(make_links(LISTED), profile_keys=keys), POSTS, opinions=read_marks)

    assert found.post_customers["customer_id"].to_pylist()[-2:] == ["c1", "c2"]
    assert found.customer_view["channels"].to_pylist()[0] == ["github"]


def test_unknown_authors_are_counted_and_their_opinions_kept() -> None:
    found = sl.enrich(make_links(LISTED), POSTS, opinions=read_marks)

    assert (found.summary.posts, found.summary.unknown_authors) == (5, 2)
    assert found.opinions["post_id"].to_pylist() == ["t0000", "t0001", "t0003"]
    told = found.summary
    known = told.posts - told.unknown_authors
    assert told.customers_posts + told.nobody_posts + told.unlisted_posts == pytest.approx(known)


def test_accepted_links_leave_what_they_do_not_list_to_the_rest() -> None:
    links = make_links(LISTED).accept(max_false=0.2)

    rows = sl.enrich(links, POSTS, opinions=read_marks).post_customers.to_pylist()

    for row in rows:
        if row["probability"] is not None:
            assert row["probability"] + row["nobody_probability"] + row["rest_probability"] == pytest.approx(1)


def test_customers_who_refused_are_left_out() -> None:
    customers = pa.table({"customer_id": ["c1", "c2"], "full_name": ["A", "B"], "consent": [False, True]})

    found = sl.enrich(make_links(LISTED), POSTS, customers=customers, opinions=read_marks)

    assert found.customer_view["customer_id"].to_pylist() == ["c2", "c3"]
    row = next(row for row in found.post_customers.to_pylist() if row["post_id"] == "t0002")
    assert (row["customer_id"], row["rest_probability"]) == ("c2", pytest.approx(0.6))
    assert found.summary.refused == 1


def test_links_and_posts_may_be_files(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    make_links(LISTED).write(tmp_path / "links.parquet")
    pq.write_table(POSTS, tmp_path / "posts.parquet")

    found = sl.enrich(tmp_path / "links.parquet", str(tmp_path / "posts.parquet"), opinions=read_marks)

    assert found.customer_view.equals(sl.enrich(make_links(LISTED), POSTS, opinions=read_marks).customer_view)
    assert found.model_id == "made"
    assert [source["kind"] for source in found.sources] == ["posts"]


@pytest.mark.parametrize("listed", [{}, LISTED, {"p2": []}])
@pytest.mark.parametrize("posts", [POSTS.slice(0, 0), POSTS.slice(1, 1), POSTS])
@pytest.mark.parametrize("events", [None, make_events([])])
def test_empty_inputs_give_empty_tables(listed: Any, posts: pa.Table, events: pa.Table | None) -> None:
    found = sl.enrich(make_links(listed), posts, events=events)
    full = sl.enrich(make_links(LISTED), POSTS)

    assert found.post_customers["post_id"].to_pylist().count("t0001") <= 1
    assert found._repr_html_()
    assert repr(found)
    for name in ("post_customers", "customer_view", "respond", "opinions"):
        assert getattr(found, name).schema == getattr(full, name).schema


def test_by_default_rules_read_english_with_the_products_of_the_events() -> None:
    posts = make_posts([{"profile_id": "p1", "text": "love the Zibbler but the service sucks"}])
    events = make_events([{"customer_id": "c1", "kind": "order", "product": "Zibbler"}])

    found = sl.enrich(make_links(LISTED), posts, events=events).opinions.to_pylist()

    assert [(row["aspect_category"], row["entity"], row["sentiment"]) for row in found] == [
        ("product", "Zibbler", "positive"),
        ("service", None, "negative"),
    ]


def test_kinds_of_a_reader_of_ones_own_are_used() -> None:
    def reader(texts: Any) -> pa.Table:
        kinds = pa.array([["intent_to_leave", "sorrow"]], pa.list_(pa.string()))
        return pa.table({"text": [0], "aspect_category": ["brand"], "polarity": [0.9], "post_kinds": kinds})

    found = sl.enrich(make_links(LISTED), POSTS, opinions=reader).respond.to_pylist()

    assert [(row["post_id"], row["reasons"]) for row in found] == [("t0000", ["intent_to_leave"])]


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    events = make_events([]).append_column("x", pa.array([], pa.string())).drop_columns(["customer_id"])

    with pytest.raises(sl.errors.InputError) as caught:
        sl.enrich(
            tmp_path / "nothing.parquet",
            pa.table({"text": ["hello"]}),
            events=events,
            opinions="rules",  # type: ignore[arg-type]
            segment="tier",
            tenure_years=(2, 1),
            owning="order",
            k=0,
            urgency={"hurry": 3},
            value=7,  # type: ignore[arg-type]
            as_of="soon",
            policy="support",  # type: ignore[arg-type]
        )

    places = [problem.where for problem in caught.value.problems]
    assert {
        "opinions", "k", "tenure_years", "owning", "as_of", "urgency", "value", "nothing.parquet", "posts.post_id",
        "events.customer_id", "policy", "segment",
    } <= set(places)  # fmt: skip


def test_columns_that_do_not_fit_are_named() -> None:
    customers = pa.table({"customer_id": ["c1"], "full_name": ["A"], "customer_since": ["long ago"]})

    with pytest.raises(sl.errors.InputError, match=r"(?s)customers\.tier.*customer_since: 1 values") as caught:
        sl.enrich(make_links(LISTED), POSTS, customers=customers, segment="tier")
    assert "long ago" not in str(caught.value)


def test_without_posts_there_is_nothing_to_enrich() -> None:
    with pytest.raises(sl.errors.InputError, match="these links came without posts"):
        sl.enrich(make_links(LISTED))


def test_a_reader_that_answers_nonsense_is_refused() -> None:
    with pytest.raises(sl.errors.InputError, match="reader"):
        sl.enrich(make_links(LISTED), POSTS, opinions=lambda texts: texts)


@pytest.mark.parametrize("as_of", ["2026-05-01", datetime(2026, 5, 1), datetime(2026, 5, 1, tzinfo=UTC)])
def test_the_moment_may_be_given(as_of: Any) -> None:
    found = sl.enrich(make_links(LISTED), POSTS, opinions=read_marks, as_of=as_of)

    assert found.settings["as_of"] == "2026-05-01T00:00:00+00:00"


def test_a_segment_must_hold_plain_values() -> None:
    customers = pa.table({"customer_id": ["c1"], "full_name": ["A"], "tier": pa.array([[{"a": 1}]])})

    with pytest.raises(sl.errors.InputError, match=r"customers\.tier: it holds no single values"):
        sl.enrich(make_links(LISTED), POSTS, customers=customers, segment="tier")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"opinions": read_marks, "catalogue": ["Lamp"]}, "catalogue: a reader of your own does not get it"),
        ({"catalogue": 7}, "catalogue"),
        ({"catalogue": pa.table({"colour": ["red"]})}, "catalogue"),
        ({"segment": 5}, "segment: it is 5"),
        ({"tenure_years": "12"}, "tenure_years: it is '12'"),
        ({"tenure_years": ()}, "tenure_years"),
        ({"tenure_years": (True, 2)}, "tenure_years"),
        ({"tenure_years": (0, 2)}, "tenure_years"),
        ({"tenure_years": (1, None)}, "tenure_years"),
        ({"k": True}, "k: it is True"),
        ({"urgency": {"complaint": "much"}}, "urgency: complaint is 'much'"),
        ({"urgency": {"half_life_days": 0}}, "urgency: half_life_days is 0"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(given: dict[str, Any], said: str) -> None:
    with pytest.raises(sl.errors.InputError, match=said):
        sl.enrich(make_links(LISTED), POSTS, **given)


@pytest.mark.parametrize("links", [7, pa.table({"profile_id": ["p1"]}), None])
def test_links_must_be_links(links: Any) -> None:
    with pytest.raises(sl.errors.InputError, match="links: they are a"):
        sl.enrich(links, POSTS)


def test_a_file_that_is_no_table_is_named_with_the_rest(tmp_path: Path) -> None:
    (tmp_path / "posts.parquet").write_bytes(b"no Parquet")

    with pytest.raises(sl.errors.InputError) as caught:
        sl.enrich(make_links(LISTED), tmp_path / "posts.parquet", customers=tmp_path / "gone.csv", k=0)
    assert {problem.where for problem in caught.value.problems} == {"posts.parquet", "gone.csv", "k"}
