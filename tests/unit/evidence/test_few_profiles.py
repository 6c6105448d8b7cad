"""What one profile says, read by itself in few steps, against the same profile among many."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from sociolink.evidence.account import Account
from sociolink.evidence.birthdays import read_births
from sociolink.evidence.facts import says_nothing
from sociolink.evidence.placecodes import profile_places
from sociolink.text.buffers import FEW
from sociolink.text.patterns import holds_pattern, match_pattern

ROWS = [
    {"platform": "x", "handle": "jo_84", "location": "Austin, TX", "bio": "born 1984", "user_id": "77"},
    {"platform": "mastodon", "handle": "@ann@hachyderm.io", "location": "Essonne, Ile-de-France", "bio": ""},
    {"platform": "linkedin", "handle": "bo-berg-1a2b3c4d", "location": "Lyon / Paris", "bio": "GitHub: @boberg"},
    {"platform": "github", "handle": "boberg", "location": "the moon", "bio": "12.05.1990, 33 years old"},
    {"platform": "other", "handle": "cy1991", "location": "Rhône", "bio": "x.com/cy_real since 2009"},
    {"platform": "x", "handle": "dee", "location": "Springfield Springfield, Illinois, USA", "bio": None},
    {"platform": "x", "handle": "eve", "location": None, "bio": "🎂 03/04/2001", "url": "https://github.com/eve"},
]
NAMES = ("platform", "handle", "location", "bio", "url", "user_id")
TABLE = pa.table({name: pa.array([row.get(name) for row in ROWS * 5], pa.string()) for name in NAMES})
assert TABLE.num_rows > FEW


def test_places_have_the_codes_that_they_have_among_many() -> None:
    many, start = profile_places(TABLE)
    for row in range(len(ROWS)):
        one, _ = profile_places(TABLE.slice(row, 1))
        for name in one.__slots__:
            assert getattr(one, name).tolist() == getattr(many, name)[start[row] : start[row + 1]].tolist()
    assert start[len(ROWS)] >= 5


def test_births_are_those_read_among_many() -> None:
    many = read_births(TABLE)
    assert (many.of_profile[: len(ROWS)] >= 0).sum() >= 4
    for row in range(len(ROWS)):
        one, at = read_births(TABLE.slice(row, 1)), many.of_profile[row]
        assert len(one.said) == (at >= 0)
        if at >= 0:
            assert one.dates[0].tolist() == many.dates[at].tolist()
            assert one.likeness[0].tolist() == many.likeness[at].tolist()


@pytest.mark.parametrize("kind", ["own", "handle", "named", "platform", "any_platform", "named_platforms"])
def test_accounts_have_the_keys_that_they_have_among_many(kind: str) -> None:
    family = Account()
    crm = family.prepare_customers(pa.table({"handles": [["x:jo_84", "github:boberg"], ["cy1991"]]}), {})
    many = getattr(family.prepare_profiles(TABLE, crm, {}), kind).facts
    for row in range(len(ROWS)):
        one = getattr(family.prepare_profiles(TABLE.slice(row, 1), crm, {}), kind).facts
        assert one.key.tolist() == many.key[many.start[row] : many.start[row + 1]].tolist()
        assert one.start.tolist() == [0, len(one.key)]


def test_a_column_says_nothing_however_many_rows_it_has() -> None:
    for size in (1, FEW - 1, FEW, 3 * FEW):
        empty = pa.table({"bio": pa.array([None, *[""] * (size - 1)], pa.string())})
        last = pa.table({"bio": pa.array([*[""] * (size - 1), "x"], pa.string())})
        assert says_nothing(empty, "bio")
        assert not says_nothing(last, "bio")


def test_flags_are_those_of_the_pattern() -> None:
    for size in (1, FEW, 2 * FEW):
        texts = pa.array(["a1", None, "b", ""] * size, pa.string())
        held = holds_pattern(texts, "[0-9]").to_pylist()
        assert np.array_equal(match_pattern(texts, "[0-9]"), np.array([one is True for one in held]))
