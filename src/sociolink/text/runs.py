"""Runs of rows: how a table of blocks is walked without a loop."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["expand_runs", "starts_of_runs"]

Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]


def expand_runs(begin: npt.NDArray[np.integer], size: npt.NDArray[np.integer]) -> tuple[Int64s, Int64s]:
    """The numbers `begin ... begin + size - 1` of every run, one run after the other.

    Args:
        begin: (runs,) first number of each run.
        size: (runs,) how many numbers each run has; may be 0.

    Returns:
        (n,) the run that each number belongs to, and (n,) the numbers.

    Examples:
        >>> run, number = expand_runs(np.array([5, 0, 9]), np.array([2, 0, 1]))
        >>> run.tolist(), number.tolist()
        ([0, 0, 2], [5, 6, 9])
    """
    run = np.arange(len(begin)).repeat(size)
    before = begin - (size.cumsum() - size)
    return run, before[run] + np.arange(len(run))


def starts_of_runs(*columns: npt.NDArray[Any]) -> Bools:
    """Whether rows begin a run of equal ones: the first, and those that differ from the one before in any column.

    Args:
        columns: One column or several, (rows,) each.

    Returns:
        (rows,) flags.

    Examples:
        >>> starts_of_runs(np.array([4, 4, 7]), np.array([1, 2, 2])).tolist()
        [True, True, True]
        >>> starts_of_runs(np.array([4, 4, 7])).tolist()
        [True, False, True]
    """
    starts = np.empty(len(columns[0]), np.bool_)
    if len(starts):
        starts[0] = True
        starts[1:] = columns[0][1:] != columns[0][:-1]
        for column in columns[1:]:
            starts[1:] |= column[1:] != column[:-1]
    return starts
