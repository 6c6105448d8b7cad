"""What the probabilities would be under another coverage, from the probabilities alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["half_and_twice", "odds_ratio", "shift_nobody", "shift_probabilities"]

Floats = npt.NDArray[np.float64]


def half_and_twice(coverage: float) -> tuple[float, float]:
    """Half and twice a coverage; where twice would leave more than a third, the share of nobody is halved instead.

    Args:
        coverage: In (0, 1).

    Returns:
        Two coverages in (0, 1), the second one min(2 coverage, (1 + coverage) / 2).

    Examples:
        >>> half_and_twice(0.1), half_and_twice(0.6)
        ((0.05, 0.2), (0.3, 0.8))
    """
    return coverage / 2, min(2 * coverage, (1 + coverage) / 2)


def odds_ratio(coverage: float, other: float) -> float:
    """By how much the odds of every customer against nobody grow, from one coverage to another.

    Args:
        coverage: In (0, 1).
        other: In (0, 1).

    Examples:
        >>> round(odds_ratio(0.5, 0.8), 9)
        4.0
    """
    return other * (1 - coverage) / (coverage * (1 - other)) if other != coverage else 1.0


def shift_probabilities(probability: Floats, nobody: Floats, ratio: float) -> Floats:
    """Probabilities of customers, of persons or of the rest under another coverage.

    Each customer has pi / N f_c and nobody has (1 - pi) s f_0, where s counts strangers who look like customers: pi is
    in the odds of each against nobody as one factor pi / (1 - pi), so that the shift is exact.

    Args:
        probability: (n,) probability of any set of customers.
        nobody: (n,) probability of nobody for the same profiles.
        ratio: See `odds_ratio`.

    Returns:
        (n,) ratio p / (ratio (1 - nobody) + nobody). Answers that are known, with nobody at 0 or 1, stay as they are.

    References:
        Saerens, Latinne & Decaestecker (2002), Adjusting the outputs of a classifier to new a priori probabilities,
        Neural Computation 14.

    Examples:
        >>> shift_probabilities(np.array([0.5]), np.array([0.5]), 4.0).tolist()
        [0.8]
    """
    if ratio == 1:
        return probability
    out: Floats = ratio * probability / (ratio * (1 - nobody) + nobody)
    return out


def shift_nobody(nobody: Floats, ratio: float) -> Floats:
    """Probabilities of nobody under another coverage; see `shift_probabilities`.

    Examples:
        >>> shift_nobody(np.array([0.5]), 4.0).tolist()
        [0.2]
    """
    if ratio == 1:
        return nobody
    out: Floats = nobody / (ratio * (1 - nobody) + nobody)
    return out
