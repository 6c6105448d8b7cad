"""Probabilities in plain words, the same words for the same probabilities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.rendering.numbers import say_share

__all__ = ["say_likelihoods", "say_shares"]

_FROM = (0.0, 0.01, 0.05, 0.1, 1 / 3, 2 / 3, 0.9, 0.95, 0.99)
_WORDS = (
    "exceptionally unlikely",
    "extremely unlikely",
    "very unlikely",
    "unlikely",
    "about as likely as not",
    "likely",
    "very likely",
    "extremely likely",
    "virtually certain",
)
_STEPS = 10_000


def say_likelihoods(chance: npt.NDArray[np.float64]) -> pa.Array:
    """(n,) words for probabilities.

    References:
        Mastrandrea et al. (2010), Guidance note for lead authors of the IPCC fifth assessment report on consistent
        treatment of uncertainties, table 1.

    Examples:
        >>> say_likelihoods(np.array([0.004, 0.5, 0.8, 0.97])).to_pylist()
        ['exceptionally unlikely', 'about as likely as not', 'likely', 'extremely likely']
    """
    return pa.array(_WORDS).take(pa.array(np.searchsorted(_FROM, chance, side="right") - 1))


def say_shares(chance: npt.NDArray[np.float64]) -> pa.Array:
    """(n,) `say_share` of each, for many.

    Examples:
        >>> say_shares(np.array([0.4512, 1.0, 0.99999])).to_pylist()
        ['45.1%', '100%', '>99.9%']
    """
    step = np.rint(chance * _STEPS).astype(np.int64)
    step = np.where(chance < 1, np.minimum(step, _STEPS - 1), _STEPS)
    step = np.where(chance > 0, np.maximum(step, 1), 0)
    distinct, place = np.unique(step, return_inverse=True)
    return pa.array([say_share(one / _STEPS) for one in distinct.tolist()], pa.string()).take(pa.array(place))
