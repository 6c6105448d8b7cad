"""Posts of a profile that are one statement, and what a profile names whenever it writes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.evidence.events.lags import AFTER, BEFORE
from sociolink.evidence.events.states import PostFacts, moments
from sociolink.text.hashing import UInt64s, pair_hashes
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import find_sorted

__all__ = ["Statements", "group_statements", "share_besides", "share_with_habit"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_SALT = 486
_TOGETHER = 2 * 86_400
"""Posts of a profile that name the same product and come no later than this after each other are one statement."""

_STRENGTH = 10.0
"""After so many statements at other times what a profile itself names counts as much as what everybody does."""


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements of profiles.

    Attributes:
        of_post: (posts,) int64 statement of each post.
        size: (statements,) int64 posts of each.
        row: (statements,) int64 profile.
        key: (statements,) uint64 product.
        at: (statements,) int64 seconds of the first post.
    """

    of_post: Int64s
    size: Int64s
    row: Int64s
    key: UInt64s
    at: Int64s


def group_statements(posts: PostFacts) -> Statements:
    """Group posts into statements.

    Args:
        posts: Of each post that names products the first.
    """
    order = np.lexsort((posts.at, posts.key, posts.row))
    some = posts.only(order)
    fresh = starts_of_runs(some.row, some.key)
    fresh[1:] |= np.diff(some.at) > _TOGETHER
    number = np.cumsum(fresh) - 1
    of_post = np.empty(len(order), np.int64)
    of_post[order] = number
    return Statements(
        of_post, np.bincount(number, minlength=int(fresh.sum())), some.row[fresh], some.key[fresh], some.at[fresh]
    )


def share_with_habit(posts: PostFacts, share: Floats) -> Floats:
    """How often a profile would name a product anyhow: as everybody does, and as it does at other times itself.

    An account that names one product all year round says nothing by naming it once more. What it says within the time
    in which posts may be about one event is not counted, because that may be why it says it.

    Args:
        posts: (n,) posts and the products that they name.
        share: (n,) how often anybody names the product then.

    Returns:
        (n,) the share of everybody, with the weight of ten statements, and of the profile's own at other times.
    """
    said = group_statements(posts.only(starts_of_runs(posts.row, posts.post)))
    group = pair_hashes(said.row, said.key, _SALT)
    distinct = np.unique(group)
    same = np.searchsorted(distinct, group)
    asked = pair_hashes(posts.row, posts.key, _SALT)
    place, known = find_sorted(distinct, asked)
    all_far = _count_far(said.row, said.at, posts.row, posts.at)
    same_far = np.where(known, _count_far(same, said.at, place, posts.at), 0)
    return np.asarray((share * _STRENGTH + same_far) / (_STRENGTH + all_far), np.float64)


def share_besides(posts: PostFacts, share: Floats) -> Floats:
    """How often a profile would name a place anyhow: as everybody does, or as in its other posts, whichever is more.

    Args:
        posts: (n,) posts and the places that they name.
        share: (n,) how often anybody names the place then.

    Returns:
        (n,) the larger of both, the profile's own as c - 1 of its n posts that name any.
    """
    _, of, count = np.unique(pair_hashes(posts.row, posts.key, _SALT), return_inverse=True, return_counts=True)
    every = np.bincount(posts.row[starts_of_runs(posts.row, posts.post)], minlength=int(posts.row.max(initial=0)) + 1)
    return np.maximum(share, (count[of] - 1) / every[posts.row])


def _count_far(group: Int64s, at: Int64s, asked: Int64s, when: Int64s) -> Int64s:
    """(n,) how many of a group lie too far from a moment to be about the same event."""
    code = np.sort(moments(group, at))
    reach, first = BEFORE + AFTER, np.zeros_like(asked)
    near = np.searchsorted(code, moments(asked, when + reach), side="right")
    near = near - np.searchsorted(code, moments(asked, when - reach))
    whole = np.searchsorted(code, moments(asked + 1, first)) - np.searchsorted(code, moments(asked, first))
    return np.asarray(whole - near, np.int64)
