"""A line is read as `read_table` reads a row of posts, by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sociolink.records.mapping import Mapping
from sociolink.records.readers import read_table
from sociolink.streams.lines import MOST_BYTES, Line
from sociolink.streams.posts import PostReader

GOOD = {"post_id": "1", "text": "hi", "platform": "Twitter", "handle": "@JSmith84", "bio": " a  b "}


def line(values: object, number: int = 1) -> Line:
    return Line(number, 0, values if isinstance(values, bytes) else json.dumps(values).encode())


@pytest.mark.parametrize(
    "values",
    [
        GOOD,
        {**GOOD, "display_name": "Jo Smith", "location": "Leeds", "url": "https://jo.example", "user_id": 12345},
        {"id": 7, "text": "x", "platform": "mastodon", "username": "jo@social.example", "location": ""},
        {**GOOD, "profile_id": "p9", "display_name": None},
        {**GOOD, "handle": "https://twitter.com/jo", "platform": None},
        {"post_id": 1.0, "text": "t", "platform": "x", "user.screen_name": "jo"},
    ],
)
def test_authors_are_those_of_the_table(values: dict[str, Any]) -> None:
    table = read_table([values], "posts").table
    names = ("profile_id", "platform", "user_id", "handle", "display_name", "bio", "location", "url")
    expected = {name: table[name][0].as_py() for name in names if table[name][0].as_py() is not None}

    post, rejections = PostReader().read(line(values))

    assert rejections == ()
    assert post is not None
    assert post.author == expected
    assert post.post_id == table["post_id"][0].as_py()


@pytest.mark.parametrize(
    ("data", "column", "reason"),
    [
        (b'{"post_id": ', None, "unreadable JSON"),
        (b"[1]", None, "unreadable JSON"),
        (b"[" * 100_000, None, "unreadable JSON"),
        (b'{"post_id": "\xff"}', None, "not valid UTF-8"),
        (b'{"platform": "x", "handle": "jo"}', "post_id", "missing"),
        (b'{"post_id": "1", "platform": "x"}', "handle", "no author"),
        (b'{"post_id": "1", "handle": "jo"}', "platform", "no author"),
        (b'{"post_id": "1", "platform": "x", "handle": "@"}', "handle", "empty handle"),
        (b'{"post_id": 1.2e19, "platform": "x", "handle": "jo"}', "post_id", "digits lost by a spreadsheet"),
        (b'{"post_id": "1", "platform": "x", "handle": "jo", "consent": "perhaps"}', "consent",
         "not true, false or empty"),
        (b'{"post_id": "1", "platform": "x", "handle": ["jo"]}', "handle", "wrong type"),
    ],
)  # fmt: skip
def test_bad_lines_are_set_aside_with_their_reason(data: bytes, column: str | None, reason: str) -> None:
    post, rejections = PostReader().read(line(data, 7))

    assert post is None
    assert [(one.line, one.column, one.reason, one.severity) for one in rejections] == [(7, column, reason, "row")]


def test_a_line_that_is_too_long_is_set_aside() -> None:
    assert PostReader().read(Line(3, 0, None))[1][0].reason == "too long"
    assert MOST_BYTES >= 1 << 16


def test_a_bad_value_elsewhere_is_set_aside_alone() -> None:
    post, rejections = PostReader().read(line({**GOOD, "verified": "many", "bio": "x" * 20_000}))

    assert post is not None
    assert "bio" not in post.author
    assert {(one.column, one.severity) for one in rejections} == {("verified", "field"), ("bio", "field")}


def test_rejections_tell_no_values() -> None:
    _, rejections = PostReader().read(line({**GOOD, "verified": "secret words"}))

    assert "secret" not in rejections[0].to_json()


@pytest.mark.parametrize("data", [b"", b"  \r"])
def test_an_empty_line_is_nothing(data: bytes) -> None:
    assert PostReader().read(line(data)) == (None, ())


def test_nested_names_and_mappings_find_their_columns() -> None:
    mapping = Mapping.from_dict({"posts": {"handle": "who.nick", "platform": {"value": "x"}}})
    post, rejections = PostReader(mapping).read(line({"post_id": "1", "who": {"nick": "jo"}, "handle": "not this"}))

    assert rejections == ()
    assert post is not None
    assert post.author == {"platform": "x", "handle": "jo", "profile_id": "x:jo"}


def test_what_a_profile_shows_is_the_same_in_any_order_and_changes_with_it() -> None:
    reader = PostReader()
    one, _ = reader.read(line(GOOD))
    two, _ = reader.read(line({**dict(reversed(GOOD.items())), "post_id": "2", "text": "other"}))
    three, _ = reader.read(line({**GOOD, "bio": "c"}))
    grown, _ = reader.read(line({**GOOD, "followers": 124}))
    more, _ = reader.read(line({**GOOD, "followers": 125}))

    assert one is not None
    assert two is not None
    assert three is not None
    assert one.shown == two.shown
    assert one.shown != three.shown
    assert grown is not None
    assert more is not None
    assert grown.shown == more.shown == one.shown


def test_refused_consent_is_told() -> None:
    post, _ = PostReader().read(line({**GOOD, "consent": False}))

    assert post is not None
    assert post.refused
