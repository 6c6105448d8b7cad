"""Posts as enrichment reads them: opinions, kinds of all posts, and whether they name anything of ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from sociolink.opinions.kinds import POST_KINDS
from sociolink.opinions.read import find_reposts, read_opinions, read_posts
from sociolink.records.readers import read_table

TEXTS = [
    "Is the iPhone any good?",
    "love the iphones",
    "RT @ann: love the iPhone",
    "what a day",
    "the service sucks",
    "J'adore l'iPhone",
]


def posts() -> pa.Table:
    rows = [
        {"post_id": str(place), "profile_id": "p", "text": text, "language": "fr" if place == 5 else "en"}
        for place, text in enumerate(TEXTS)
    ]
    return read_table(rows, "posts").table


def kinds_of(kinds: Any) -> list[list[str]]:
    return [[kind for kind, is_one in zip(POST_KINDS, row, strict=True) if is_one] for row in kinds]


def test_kinds_are_known_of_posts_without_opinions() -> None:
    read = read_posts(posts(), catalogue=["iPhone"])

    assert kinds_of(read.kinds) == [["question"], ["praise"], [], [], ["complaint"], []]
    assert read.opinions["post_id"].to_pylist() == ["1", "4"]
    assert read.opinions.equals(read_opinions(posts(), catalogue=["iPhone"]))


def test_posts_that_name_the_catalogue_are_marked() -> None:
    assert read_posts(posts(), catalogue=["iPhone"]).named.tolist() == [True, True, False, False, False, False]
    assert not read_posts(posts()).named.any()


def test_kinds_of_another_reader_are_what_it_says_or_the_sign_of_its_polarities() -> None:
    def reader(texts: Any, **more: Any) -> pa.Table:
        return pa.table({"text": [4, 0], "aspect_category": ["x", "x"], "polarity": [0.5, -0.5], **more})

    plain = read_posts(posts(), reader=reader)
    listed = pa.array([["advice"], None], pa.list_(pa.string()))
    told = read_posts(posts(), reader=lambda texts: reader(texts, post_kinds=listed, entity=[None, "iPhone"]))

    assert kinds_of(plain.kinds) == [["complaint"], [], [], [], [], ["praise"]]
    assert kinds_of(told.kinds) == [[], [], [], [], [], ["advice"]]
    assert (plain.named.any(), told.named.tolist()) == (False, [True, *[False] * 5])


def test_reposts_are_known_by_kind_or_text() -> None:
    table = posts()
    kinds = pa.array([None, "repost", None, "post", "quote", None])

    assert find_reposts(table).tolist() == [False, False, True, False, False, False]
    marked = table.set_column(table.column_names.index("kind"), "kind", kinds)
    assert np.flatnonzero(find_reposts(marked)).tolist() == [1, 2]
