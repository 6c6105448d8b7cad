"""Worlds whose people keep habits of their own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest

import sociolink as sl
from sociolink.datasets.synthesis.habits import FOREIGN


@pytest.fixture(scope="module")
def worlds() -> tuple[Any, Any]:
    plain, other = (sl.datasets.synthetic(400, 300, seed=3, posts=4000, bots=0.2, habits=share) for share in (0.0, 1.0))
    return plain, other


def test_only_posts_change(worlds: tuple[Any, Any]) -> None:
    plain, other = worlds
    for name in ("profiles", "customers", "events", "truth"):
        assert getattr(plain, name).equals(getattr(other, name))
    assert len(plain.posts) == len(other.posts)


def test_more_languages_are_written(worlds: tuple[Any, Any]) -> None:
    plain, other = (Counter(world.posts["language"].to_pylist()) for world in worlds)
    assert not set(FOREIGN) & set(plain)
    assert set(FOREIGN) <= set(other)
    assert other["en"] > 0.3 * sum(other.values())


def test_bots_write_at_any_hour(worlds: tuple[Any, Any]) -> None:
    night = []
    for world in worlds:
        bots = world.truth.filter(pc.equal(world.truth["stranger_kind"], "bot"))["profile_id"]
        posts = world.posts.filter(pc.is_in(world.posts["profile_id"], value_set=bots.combine_chunks()))
        spread = np.bincount(pc.hour(posts["created_at"]).to_numpy(), minlength=24)
        night.append(spread.min() / spread.mean())
    assert night[1] > night[0]


def test_shops_are_named_without_a_product(worlds: tuple[Any, Any]) -> None:
    said = [sum("has moved upstairs" in text for text in world.posts["text"].to_pylist()) for world in worlds]
    assert said[0] == 0 < said[1]
