"""Channels that say something about everybody: likelihoods against what strangers write."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sociolink.evidence.protocol import Denominator, Mixture, Pairs
from sociolink.text.sorting import distinct_sorted

__all__ = ["against_strangers"]

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.integer]


def against_strangers(
    name: str,
    components: Sequence[str],
    strangers: Sequence[str],
    pairs: Pairs,
    *,
    pair: Numbers,
    component: Numbers,
    likelihood: Floats,
    stranger: Numbers,
    also: tuple[int, Floats] | None = None,
) -> Mixture:
    """A channel that also speaks of customers who were not compared one by one.

    Args:
        name: Name of the channel.
        components: What customers do; their weights sum to 1.
        strangers: What strangers do; their weights sum to 1.
        pairs: The pairs.
        pair: (n,) pair of each entry, those of a pair in the order of their components.
        component: (n,) its component, numbered through both.
        likelihood: (n,) P(shown | component) / P(shown | the stranger's component); entries of 0 are left out.
        stranger: (profiles,) which of `strangers` each profile does.
        also: Another of `strangers`, and (profiles,) how much likelier what is shown is under it; 0 for impossible.

    Returns:
        The channel, with entries by pair.
    """
    order = np.argsort(pair, kind="stable")
    kept = order[likelihood[order] > 0]
    told = distinct_sorted(pair[kept])
    of_pair = np.full(len(pairs), -1, np.int32)
    of_pair[told] = pairs.profile[told]
    rows = distinct_sorted(pairs.profile[told])
    opaque = (len(components) + stranger).astype(np.int32)
    row, of, chance = [rows], [opaque[rows]], [np.ones(len(rows))]
    if also is not None:
        more = rows[also[1][rows] > 0]
        row, of = [*row, more], [*of, np.full(len(more), len(components) + also[0], np.int32)]
        chance = [*chance, also[1][more]]
    return Mixture(
        name,
        (*components, *strangers),
        np.repeat(np.array([0, 1], np.int32), [len(components), len(strangers)]),
        pair[kept].astype(np.int32),
        component[kept].astype(np.int32),
        likelihood[kept],
        len(pairs),
        Denominator(of_pair, np.concatenate(row), np.concatenate(of), np.concatenate(chance), opaque),
    )
