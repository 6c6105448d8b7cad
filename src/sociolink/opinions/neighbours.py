"""The nearest unit before or behind each unit that has some property."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from sociolink.text.runs import starts_of_runs

__all__ = [
    "Bools",
    "Ints",
    "at_or_after",
    "at_or_before",
    "close_behind",
    "count_before",
    "first_of_run",
    "last_before",
    "shift",
]

Ints = npt.NDArray[np.int64]
_Scalar = TypeVar("_Scalar", bound=np.generic)
Bools = npt.NDArray[np.bool_]


def at_or_before(mask: Bools) -> Ints:
    """Place of the last true at or before each place; -1 where there is none.

    Examples:
        >>> at_or_before(np.array([False, True, False])).tolist()
        [-1, 1, 1]
    """
    places: Ints = np.maximum.accumulate(np.where(mask, np.arange(len(mask)), -1))
    return places


def last_before(mask: Bools) -> Ints:
    """Place of the last true before each place; -1 where there is none.

    Examples:
        >>> last_before(np.array([False, True, False])).tolist()
        [-1, -1, 1]
    """
    return shift(at_or_before(mask) + 1, 1) - 1


def close_behind(mask: Bools, breaks: Bools, reach: int) -> Bools:
    """Whether a true stands at most so many places before, with no break from there on.

    Examples:
        >>> close_behind(np.array([True, False, False]), np.array([False, True, False]), 2).tolist()
        [False, True, False]
    """
    place, here, counted = last_before(mask), np.arange(len(mask)), count_before(breaks)
    answer: Bools = (place >= 0) & (here - place <= reach) & (counted[here] == counted[np.maximum(place, 0)])
    return answer


def at_or_after(mask: Bools) -> Ints:
    """Place of the first true at or after each place; the length where there is none.

    Examples:
        >>> at_or_after(np.array([False, True, False])).tolist()
        [1, 1, 3]
    """
    size = len(mask)
    return size - 1 - at_or_before(mask[::-1])[::-1]


def count_before(mask: Bools) -> Ints:
    """(n + 1,) how many are true before each place, so that a difference counts those within a span.

    Examples:
        >>> count_before(np.array([True, False, True])).tolist()
        [0, 1, 1, 2]
    """
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(mask)])


def first_of_run(values: npt.NDArray[np.integer]) -> Ints:
    """Place where the run of equal values begins that each place is in.

    Examples:
        >>> first_of_run(np.array([4, 4, 7, 7, 7])).tolist()
        [0, 0, 2, 2, 2]
    """
    return at_or_before(starts_of_runs(values))


def shift(values: npt.NDArray[_Scalar], by: int) -> npt.NDArray[_Scalar]:
    """Values moved by some places, zeros where nothing is: 1 shows each place what stands before it.

    Examples:
        >>> shift(np.array([1, 2, 3]), 1).tolist(), shift(np.array([1, 2, 3]), -1).tolist()
        ([0, 1, 2], [2, 3, 0])
    """
    out = np.zeros_like(values)
    if by > 0:
        out[by:] = values[:-by]
    elif by < 0:
        out[:by] = values[-by:]
    else:
        out[:] = values
    return out
