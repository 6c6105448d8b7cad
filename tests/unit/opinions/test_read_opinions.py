"""The door for opinions."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

import sociolink as sl
from sociolink.errors import InputError
from sociolink.opinions.read import OPINIONS_SCHEMA

POSTS = pa.table(
    {
        "post_id": ["a", "b", "c", "d", "e"],
        "text": ["Great phone", "RT @x: awful phone", "Tolles Telefon, great phone", "Rude staff", "awful app"],
        "profile_id": ["1", "2", "3", "4", "5"],
        "kind": ["post", "post", "post", "repost", "reply"],
        "language": ["en", None, "de", "en", "EN-gb"],
    }
)


def test_table_of_posts() -> None:
    found = sl.read_opinions(POSTS)

    assert found.schema == OPINIONS_SCHEMA
    assert found["post_id"].to_pylist() == ["a", "e"]
    assert found["sentiment"].to_pylist() == ["positive", "negative"]


def test_reposts_when_asked_for() -> None:
    assert sl.read_opinions(POSTS, reposts=True)["post_id"].to_pylist() == ["a", "b", "d", "e"]


def test_texts_alone_and_nothing() -> None:
    assert sl.read_opinions(["hello", None, "great phone"])["post_id"].to_pylist() == ["2"]
    assert sl.read_opinions([]).schema == OPINIONS_SCHEMA


def test_events_are_a_catalogue() -> None:
    events = pa.table({"event_id": ["1"], "customer_id": ["c"], "product": ["Zorbo"]})
    found = sl.read_opinions(["my zorbo is great"], catalogue=events)

    assert found["entity"].to_pylist() == ["Zorbo"]


def own_reader(texts: Sequence[str | None] | pa.Array) -> pa.Table:
    size = len(texts)
    return pa.table({"text": list(range(size))[::-1], "aspect_category": ["price"] * size, "polarity": [-0.5] * size})


def test_reader_of_ones_own() -> None:
    found = sl.read_opinions(POSTS, reader=own_reader)

    assert found["post_id"].to_pylist() == ["a", "c", "e"]
    assert found["sentiment"].to_pylist() == ["negative"] * 3
    assert found["strength"].to_pylist() == [0.5] * 3
    assert found["aspect_term"].null_count == 3


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([], "answered with a list"),
        (pa.table({"text": [0]}), "lacks aspect_category, polarity"),
        (
            pa.table({"text": [9], "aspect_category": ["price"], "polarity": [2.0]}),
            "1 places of no post(?s:.*)1 not within",
        ),
        (
            pa.table({"text": [0], "aspect_category": ["price"], "polarity": pa.nulls(1, pa.float64())}),
            "not within -1 to 1",
        ),
    ],
)
def test_answers_of_no_use(answer: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        sl.read_opinions(["x"], reader=lambda texts: answer)


def test_catalogue_beside_a_reader() -> None:
    with pytest.raises(InputError, match="a reader of your own does not get it"):
        sl.read_opinions(["x"], reader=own_reader, catalogue=["iPhone"])


def test_posts_without_a_text() -> None:
    with pytest.raises(InputError, match=r"posts\.text"):
        sl.read_opinions(pa.table({"post_id": ["a"], "profile_id": ["b"]}))
