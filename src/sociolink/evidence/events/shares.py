"""How often any post names a product or a place at a time: over all, and more where everybody does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sociolink.evidence.events.records import NO_TIME
from sociolink.evidence.events.states import PostFacts
from sociolink.text.hashing import UInt64s
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import find_sorted

__all__ = ["learn_shares", "share_of"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

CELLS = (86_400, 7 * 86_400)
"""Lengths in seconds of the times that are looked at: a day, and a week."""

_SUPPORT = 10
_THETA = 10.0
_LIFT = 1.5
_DIGITS = 6


def _counts(*codes: npt.NDArray[Any]) -> tuple[list[npt.NDArray[Any]], Int64s]:
    """Distinct tuples in order, and how often each stands there."""
    order = np.lexsort(codes[::-1])
    ordered = [code[order] for code in codes]
    begin = np.flatnonzero(starts_of_runs(*ordered))
    return [code[begin] for code in ordered], np.diff(np.append(begin, len(order)))


def _posts_of(facts: PostFacts) -> PostFacts:
    """One fact of each post."""
    fresh = starts_of_runs(facts.row, facts.post)
    return facts.only(fresh)


def learn_shares(facts: PostFacts) -> dict[str, Any]:
    """How often posts that name anything of a kind name each thing.

    Args:
        facts: Facts of one kind, by profile and post.

    Returns:
        Plain data: shares of what at least ten profiles name, and for days and weeks those that lie well above; and one
        share for all else. No profile can be told from it.
    """
    total = len(_posts_of(facts))
    (keys, _), _ = _counts(*_counts(facts.key, facts.row)[0])
    support = np.bincount(np.searchsorted(np.unique(facts.key), keys), minlength=len(np.unique(facts.key)))
    distinct = np.unique(facts.key)
    posts = np.bincount(np.searchsorted(distinct, facts.key), minlength=len(distinct))
    kept = support >= _SUPPORT
    rest = 1.0 / (len(distinct) + 1)
    share: Floats = np.asarray((posts[kept] + _THETA * rest) / (total + _THETA), np.float64)
    bursts = [_learn_bursts(facts, distinct[kept], share, length) for length in CELLS]
    return {
        "key": [f"{key:016x}" for key in distinct[kept].tolist()],
        "share": np.round(share, _DIGITS).tolist(),
        "rest": round((_usual_size(posts[~kept]) + _THETA * rest) / (total + _THETA), 9),
        "bursts": bursts,
    }


def _usual_size(posts: Int64s) -> float:
    """In how many posts a thing stands, of things taken as often as they are named; 0 where there are none."""
    return float((posts.astype(np.float64) ** 2).sum() / max(int(posts.sum()), 1))


def _learn_bursts(facts: PostFacts, keys: UInt64s, share: Floats, length: int) -> dict[str, list[Any]]:
    """Times at which a thing is named far more often than else, and by how many."""
    timed = facts.only(facts.at < NO_TIME)
    (cells,), totals = _counts(_posts_of(timed).at // length)
    (key, cell, _), _ = _counts(timed.key, timed.at // length, timed.row)
    (key, cell), support = _counts(key, cell)
    (_, _), posts = _counts(timed.key, timed.at // length)
    at, met = find_sorted(keys, key)
    base = share[at] if len(keys) else np.zeros(len(key))
    here = (posts + _THETA * base) / (totals[np.searchsorted(cells, cell)] + _THETA)
    kept = met & (support >= _SUPPORT) & (here >= _LIFT * base)
    return {
        "time": cell[kept].tolist(),
        "key": [f"{one:016x}" for one in key[kept].tolist()],
        "share": np.round(here[kept], _DIGITS).tolist(),
    }


def _keys(hexes: Sequence[str]) -> UInt64s:
    return np.array([int(one, 16) for one in hexes], np.uint64)


def share_of(learned: Mapping[str, Any], key: UInt64s, at: Int64s) -> Floats:
    """How often any post that names something of the kind names a thing at a time, in (0, 1].

    Args:
        learned: What `learn_shares` found.
        key: (n,) things.
        at: (n,) seconds.

    Returns:
        (n,) the largest of the share over all, that of the week and that of the day.
    """
    if not learned:
        return np.ones(len(key))
    known = _keys(learned["key"])
    place, met = find_sorted(known, key)
    share = np.array(learned["share"], np.float64)
    out = np.where(met, share[place], learned["rest"]) if len(known) else np.full(len(key), float(learned["rest"]))
    for length, burst in zip(CELLS, learned["bursts"], strict=True):
        if not burst["key"]:
            continue
        code = np.array(sorted(int(one, 16) for one in set(burst["key"])), np.uint64)
        cell = np.array(burst["time"], np.int64)
        width = int(cell.max()) + 2
        coded = np.searchsorted(code, _keys(burst["key"])) * width + cell
        order = np.argsort(coded)
        at_key, is_key = find_sorted(code, key)
        time = np.clip(at // length, -1, width - 1)
        place, met = find_sorted(coded[order], at_key * width + time)
        met &= is_key & (time >= 0)
        out = np.where(met, np.maximum(out, np.array(burst["share"])[order][place]), out)
    return np.clip(out, 1e-9, 1.0)
