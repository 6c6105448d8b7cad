"""The best other answer beside each answer of a profile, and how far ahead of it the answer is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.text.runs import starts_of_runs

__all__ = ["find_rivals", "measure_margins"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_FLOOR = 1e-300


def find_rivals(owner: Int64s, person: Int64s, group: Floats, nobody: Floats) -> tuple[Int64s, Floats]:
    """The best other answer for each listed customer.

    Args:
        owner: (listed,) profile of each row; rows of a profile stand together, best person first.
        person: (listed,) person of each row.
        group: (listed,) probability of the person.
        nobody: (profiles,) P(nobody).

    Returns:
        (listed,) row of another person's best record, or -1 for nobody; and its probability.

    Examples:
        >>> rows, chance = find_rivals(
        ...     np.array([0, 0]), np.array([7, 8]), np.array([0.6, 0.3]), np.array([0.1])
        ... )
        >>> rows.tolist(), chance.tolist()
        ([1, 0], [0.3, 0.6])
    """
    begin = starts_of_runs(owner).nonzero()[0].astype(np.int64)
    leader = np.repeat(begin, np.diff(np.append(begin, len(owner))))
    is_best = person == person[leader]
    others = (~is_best).nonzero()[0]
    second = np.full(len(nobody), -1, np.int64)
    second[owner[others[::-1]]] = others[::-1]
    rival = np.where(is_best, second[owner], leader)
    chance = np.where(rival >= 0, group[rival], 0.0) if len(owner) else np.empty(0)
    by_nobody = nobody[owner] >= chance
    return np.where(by_nobody, -1, rival), np.where(by_nobody, nobody[owner], chance)


def measure_margins(group: Floats, other: Floats) -> Floats:
    """(n,) log2 of the probability over that of the best other answer, in bits."""
    out: Floats = np.log2(np.maximum(group, _FLOOR)) - np.log2(np.maximum(other, _FLOOR))
    return out
