"""The declaration, the models of single rows, facts and authors."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from sociolink.errors import InputError, InvalidParameterError
from sociolink.records.authors import attach_profiles, author_profiles
from sociolink.records.columns import KINDS, arrow_schema, table_spec
from sociolink.records.dates import read_moments, read_partial_dates
from sociolink.records.facts import describe_facts
from sociolink.records.readers import read_table
from sociolink.records.rows import read_row, row_model


@pytest.mark.parametrize("kind", KINDS)
def test_models_and_tables_have_the_same_columns(kind: str) -> None:
    assert tuple(row_model(kind).model_fields) == table_spec(kind).names == tuple(arrow_schema(kind).names)


def test_unknown_kinds_and_columns_say_what_there_is() -> None:
    with pytest.raises(InvalidParameterError, match="customers, profiles"):
        table_spec("people")
    with pytest.raises(InvalidParameterError, match="profile_id"):
        table_spec("truth").column("handle")


def test_a_row_reports_every_problem_without_its_values() -> None:
    with pytest.raises(InputError) as caught:
        read_row("profiles", {"platform": "x", "handle": "@", "created_at": "SecretDate", "consent": "yes"})
    told = {problem.where: problem.what for problem in caught.value.problems}
    assert told == {
        "profiles.handle": "empty handle",
        "profiles.created_at": "unreadable date",
        "profiles.consent": "not true, false or empty",
    }
    assert "SecretDate" not in str(caught.value)


def test_a_row_keeps_unknown_columns_and_reads_addresses() -> None:
    row = read_row("profiles", {"handle": "https://x.com/Jo", "email": ["a@b.example", " "], "loyalty": 3})
    assert (row["profile_id"], row["platform"], row["handle"], row["loyalty"]) == ("x:jo", "x", "Jo", 3)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["13/05/2024", "05/06/2024"], ["2024-05-13", "2024-06-05"]),
        (["05/13/2024", "05/06/2024"], ["2024-05-13", "2024-05-06"]),
        (["05/06/2024", "05/05/2024"], [None, "2024-05-05"]),
        (["13/05/2024", "05/13/2024", "05/06/2024"], ["2024-05-13", "2024-05-13", None]),
    ],
)
def test_the_column_tells_day_from_month(values: list[str], expected: list[str | None]) -> None:
    assert read_partial_dates(pa.array(values)).values.to_pylist() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-17", "2024-05-17T00:00:00"),
        ("2024-05-17 10:30", "2024-05-17T10:30:00"),
        ("2024-05-17T10:30:15.5Z", "2024-05-17T10:30:15.500000"),
        ("2024-05-17T10:30:00+0200", "2024-05-17T08:30:00"),
        ("Fri, 17 May 2024 10:30:00 GMT", "2024-05-17T10:30:00"),
        ("Fri May 17 10:30:00 +0000 2024", "2024-05-17T10:30:00"),
        ("17.05.2024 10:30", "2024-05-17T10:30:00"),
        ("May 17, 2024 12:30 AM", "2024-05-17T00:30:00"),
        ("17 May 2024", "2024-05-17T00:00:00"),
        ("1715941800", "2024-05-17T10:30:00"),
        ("1715941800000", "2024-05-17T10:30:00"),
        ("20240517", "2024-05-17T00:00:00"),
    ],
)
def test_forms_of_dates(text: str, expected: str) -> None:
    assert read_moments(pa.array([text])).values.to_pylist() == [datetime.fromisoformat(expected).replace(tzinfo=UTC)]


def test_native_dates_keep_their_moment() -> None:
    moments = pa.array([datetime(2024, 5, 17, 10, 30)], pa.timestamp("ns"))
    loaded = read_table(pa.table({"platform": ["x"], "handle": ["jo"], "created_at": moments}), "profiles").table
    assert loaded["created_at"].to_pylist() == [datetime(2024, 5, 17, 10, 30, tzinfo=UTC)]
    away = moments.cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="+02:00"))
    loaded = read_table(pa.table({"platform": ["x"], "handle": ["jo"], "created_at": away}), "profiles").table
    assert loaded["created_at"].to_pylist() == [datetime(2024, 5, 17, 10, 30, tzinfo=UTC)]
    born = pa.array([datetime(1970, 5, 17).date()], pa.date32())
    people = read_table(pa.table({"customer_id": ["1"], "birth_date": born}), "customers").table
    assert people["birth_date"].to_pylist() == ["1970-05-17"]


def test_facts() -> None:
    people = read_table(
        pa.table({"customer_id": [1, 2], "email": ["a@b.example;c@d.example", None]}), "customers"
    ).table
    facts = {row["column"]: row for row in describe_facts(people, "customers").to_pylist()}
    assert facts["email"] == {"column": "email", "filled": 1, "share": 0.5, "distinct": 2}
    assert facts["city"]["filled"] == 0
    assert describe_facts(people.slice(0, 0), "customers")["share"].to_pylist() == [0.0] * people.num_columns


def test_authors_of_posts() -> None:
    posts = read_table(
        pa.table(
            {
                "post_id": ["1", "2", "3", "4"],
                "text": ["a", "b", "c", "d"],
                "platform": ["x"] * 4,
                "handle": ["Jo", "jo", "al", None],
                "user_id": [None, None, "7", "7"],
                "bio": ["old", "new", None, None],
                "created_at": ["2024-01-01", "2024-05-01", None, None],
            }
        ),
        "posts",
    ).table
    profiles = author_profiles(posts)
    assert profiles.schema.equals(arrow_schema("profiles"))
    assert profiles.select(["profile_id", "handle", "bio"]).to_pylist() == [
        {"profile_id": "x:al", "handle": "al", "bio": None},
        {"profile_id": "x:jo", "handle": "jo", "bio": "new"},
    ]
    assert attach_profiles(posts, profiles)["profile_id"].to_pylist() == ["x:jo", "x:jo", "x:al", "x:al"]
    renamed = pa.table({"profile_id": ["p1"], "platform": ["x"], "handle": ["JO"], "user_id": pa.nulls(1, pa.string())})
    assert attach_profiles(posts, renamed)["profile_id"].to_pylist() == ["p1", "p1", "x:al", None]


def test_posts_without_an_author_are_set_aside() -> None:
    table = pa.table({"post_id": ["1", "2"], "text": ["a", "b"], "platform": ["x", "x"], "handle": ["@", "jo"]})
    loaded = read_table(table, "posts")
    assert loaded.table["post_id"].to_pylist() == ["2"]
    assert loaded.rejects["reason"].to_pylist() == ["no author", "empty handle"]
