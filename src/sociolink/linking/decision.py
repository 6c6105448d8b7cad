"""Link, review or none: decided from the stated risk of all links together, never from a bare threshold."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["DECISIONS", "MAX_FALSE", "REVIEW_FROM", "decide", "link_threshold"]

Floats = npt.NDArray[np.float64]

MAX_FALSE: Final = 0.05
"""Estimated share of false links among all links."""

REVIEW_FROM: Final = 0.5
"""Probability from which an answer that is not linked is worth a look."""

DECISIONS: Final = ("link", "review", "none")


def link_threshold(probability: Floats, *, max_false: float = MAX_FALSE) -> float:
    """The lowest probability at which the mean stated error of all links stays within the limit.

    Args:
        probability: (profiles,) probability of the best person of each profile.
        max_false: Largest mean of one minus the probability.

    Returns:
        The threshold; above 1 where no link is safe enough.

    Examples:
        >>> link_threshold(np.array([0.99, 0.97, 0.9, 0.6]))
        0.9
    """
    ordered = np.sort(probability)[::-1]
    error = np.cumsum(1 - ordered) / np.arange(1, len(ordered) + 1)
    last = np.append(ordered[1:] != ordered[:-1], True) if len(ordered) else np.empty(0, np.bool_)
    safe = np.flatnonzero((error <= max_false) & last & (ordered >= REVIEW_FROM))
    return float(ordered[safe[-1]]) if len(safe) else 1.1


def decide(rank: npt.NDArray[np.int32], group_probability: Floats) -> pa.Array:
    """Decisions for all rows of links.

    Args:
        rank: (rows,) 1 for the best customer of a profile.
        group_probability: (rows,) probability of the person; NaN where there is none.

    Returns:
        (rows,) `link` or `review` on rows of rank 1, else `none`.
    """
    best = rank == 1
    probability = np.nan_to_num(group_probability)
    threshold = link_threshold(probability[best])
    number = np.full(len(rank), 2, np.int64)
    number[best & (probability >= REVIEW_FROM)] = 1
    number[best & (probability >= threshold)] = 0
    return pa.array(DECISIONS).take(pa.array(number))
