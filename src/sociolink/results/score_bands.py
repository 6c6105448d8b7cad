"""Bands of scores: how likely the best customer of a profile is against everything else, in bits."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["LOWEST", "WIDTH", "count_scores", "score_bands"]

Floats = npt.NDArray[np.float64]

LOWEST: Final = -20
WIDTH: Final = 1
_BANDS: Final = 40
_DIGITS: Final = 6


def score_bands() -> list[tuple[int, int]]:
    """Ends of the bands in bits; what lies beyond belongs to the outermost ones."""
    return [(LOWEST + WIDTH * place, LOWEST + WIDTH * (place + 1)) for place in range(_BANDS)]


def count_scores(chance: Floats, weight: Floats | None = None) -> Floats:
    """How much falls into each band.

    Args:
        chance: (n,) probabilities; their score is log2(p / (1 - p)).
        weight: (n,) how often each counts; once by default.

    Returns:
        (bands,) sums of the weights.

    Examples:
        >>> found = count_scores(np.array([0.5, 0.6, 1.0]))
        >>> int(found[-LOWEST]), int(found[-1]), len(found)
        (2, 1, 40)
    """
    with np.errstate(divide="ignore"):
        score = np.log2(chance) - np.log2(1 - chance)
    band = np.clip(np.floor((score - LOWEST) / WIDTH), 0, _BANDS - 1).astype(np.int64)
    total: Floats = np.bincount(band, weights=weight, minlength=_BANDS).astype(np.float64).round(_DIGITS)
    return total
