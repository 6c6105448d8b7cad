"""Channels that say something about everybody: likelihoods against what anybody may write."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sociolink.evidence.protocol import Denominator, Mixture, Pairs

__all__ = ["ANYBODY", "against_anybody"]

ANYBODY: Final = "anybody"
"""The component of strangers, and of customers of whom a channel knows nothing; its weight is 1."""


def against_anybody(
    name: str,
    components: tuple[str, ...],
    pairs: Pairs,
    *,
    pair: npt.NDArray[np.integer],
    component: npt.NDArray[np.floating | np.integer],
    likelihood: npt.NDArray[np.float64],
) -> Mixture:
    """A channel whose likelihoods are ratios already, and which also speaks of customers who were not compared.

    Args:
        name: Name of the channel.
        components: Names of the components, whose weights sum to 1; `ANYBODY` is added with a weight of its own.
        pairs: The pairs.
        pair: (n,) pair of each entry.
        component: (n,) its component.
        likelihood: (n,) P(shown | customer, component) / P(shown | stranger), above 0.

    Returns:
        The channel, with entries by pair.
    """
    order = np.lexsort((component, pair))
    kept = order[likelihood[order] > 0]
    profiles = np.unique(pairs.profile[pair[kept]])
    of_pair = np.full(len(pairs), -1, np.int32)
    told = np.unique(pair[kept])
    of_pair[told] = np.searchsorted(profiles, pairs.profile[told])
    rows = np.arange(len(profiles), dtype=np.int32)
    stranger = np.full(len(profiles), len(components), np.int32)
    return Mixture(
        name,
        (*components, ANYBODY),
        np.append(np.zeros(len(components), np.int32), np.int32(1)),
        pair[kept].astype(np.int32),
        component[kept].astype(np.int32),
        likelihood[kept],
        len(pairs),
        Denominator(of_pair, rows, stranger, np.ones(len(profiles)), stranger),
    )
