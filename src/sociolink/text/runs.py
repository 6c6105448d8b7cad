"""Runs of consecutive numbers: how a table of blocks is walked without a loop."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["expand_runs"]

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
    run = np.repeat(np.arange(len(begin)), size)
    return run, begin[run] + np.arange(len(run)) - np.repeat(np.cumsum(size) - size, size)
