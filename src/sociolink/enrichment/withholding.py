"""Which rows about groups of people are withheld, so that none tells about a few."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.text.runs import starts_of_runs

__all__ = ["withhold"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_NONE = 1e-6


def withhold(people: Floats, everybody: Floats, others: Floats, *, cell: Ints, k: float) -> Bools:
    """Withhold rows over fewer than k people, and those from which such a row could be found by subtraction.

    A row is withheld where fewer than k people are expected in its group, or among those it is compared with; where
    those who are not in the group are some, but fewer than k; and where the withheld rows of its cell together are
    some, but fewer than k: then the smallest row still shown is withheld too.

    Args:
        people: (rows,) people expected in the group.
        everybody: (rows,) people expected in all groups of the cell together.
        others: (rows,) people expected among those it is compared with.
        cell: (rows,) number of the table of groups that the row belongs to; -1 for a row that is no group.
        k: Fewest people.

    Returns:
        (rows,) whether each is withheld.

    References:
        Hundepool et al. (2012), Statistical disclosure control, chapter 4: thresholds and secondary suppression.

    Examples:
        >>> people, everybody = np.array([50.0, 12.0, 3.0]), np.full(3, 65.0)
        >>> withhold(people, everybody, np.full(3, 90.0), cell=np.zeros(3, int), k=10).tolist()
        [False, True, True]
    """
    left = everybody - people
    hidden = (people < k) | (others < k) | ((cell >= 0) & (left > _NONE) & (left < k))
    order = np.lexsort((people, cell))
    ordered = cell[order]
    size = int(cell.max(initial=-1)) + 1
    inside = cell >= 0
    together = np.bincount(cell[inside & hidden], weights=people[inside & hidden], minlength=size)
    short = (together > _NONE) & (together < k)
    open_ = order[(ordered >= 0) & ~hidden[order]]
    open_ = open_[short[cell[open_]]] if size else open_[:0]
    hidden[open_[starts_of_runs(cell[open_])]] = True
    return np.asarray(hidden, np.bool_)
