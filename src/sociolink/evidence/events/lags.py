"""Time between an event and what its customer writes about it, as densities by kind of event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["AFTER", "BEFORE", "EDGES", "REACH", "LagTable", "lag_bins", "lag_table", "learn_lags", "start_lags"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_HOUR = 3600
EDGES: Final = np.array([-168, -24, 0, 2, 6, 12, 24, 48, 96, 168, 336, 720, 1440], np.int64) * _HOUR
"""Ends of the bins, in seconds after the event."""

BEFORE, AFTER = int(-EDGES[0]), int(EDGES[-1])
"""How long before and after an event a post may be about it, in seconds."""

REACH: Final = 14 * 86_400
"""How long after an event most of what is written about it has been written, in seconds."""

_WIDTHS: Final = np.diff(EDGES).astype(np.float64)
_STRENGTH, _STRENGTH_OF_KIND = 20.0, 20.0
_EARLY = 0.05
_DIGITS = 6

LagTable = npt.NDArray[np.float64]
"""(kinds + 1, bins): density of the lags of posts about an event, per second; the last row is for kinds that were not
learned."""


def start_lags() -> Floats:
    """(bins,) P(lag) before any was seen: soon after the event, thinning out as one over the time since; few before."""
    upper, lower = EDGES[1:] / _HOUR, EDGES[:-1] / _HOUR
    after = np.where(lower >= 0, np.log((np.maximum(upper, 0) + 24) / (np.maximum(lower, 0) + 24)), 0.0)
    before = np.where(lower < 0, upper - lower, 0.0)
    return np.asarray((1 - _EARLY) * after / after.sum() + _EARLY * before / before.sum(), np.float64)


def lag_bins(lag: Int64s) -> Int64s:
    """(n,) bin of each lag in seconds; -1 for one that is too long."""
    place = np.searchsorted(EDGES, lag, side="right") - 1
    return np.where((place >= 0) & (place < len(EDGES) - 1), place, -1).astype(np.int64)


def learn_lags(counts: Mapping[str, Floats]) -> dict[str, Any]:
    """Densities from counted lags.

    Args:
        counts: For each kind of event (bins,) lags of posts that are about one, "" for those of any kind.

    Returns:
        Plain data: P(bin) of any kind under "", and of each kind. Those of a kind start from those of any.
    """
    start = start_lags()
    every = sum(counts.values(), np.zeros(len(start))) + _STRENGTH * start
    every = every / every.sum()
    out = {"": every}
    for kind, count in sorted(counts.items()):
        if kind:
            mixed = count + _STRENGTH_OF_KIND * every
            out[kind] = mixed / mixed.sum()
    return {kind: np.round(share, _DIGITS).tolist() for kind, share in out.items()}


def lag_table(learned: Mapping[str, Any]) -> tuple[tuple[str, ...], LagTable]:
    """Kinds of events and the densities of lags.

    Examples:
        >>> kinds, table = lag_table({})
        >>> kinds, np.round((table[0] * _WIDTHS).cumsum()[[1, 4, -1]], 2).tolist()
        ((), [0.05, 0.14, 1.0])
    """
    kinds = tuple(sorted(kind for kind in learned if kind))
    rows = [learned[kind] for kind in kinds] + [learned.get("", start_lags())]
    share = np.maximum(np.array(rows, np.float64), 1e-6)
    return kinds, share / share.sum(1, keepdims=True) / _WIDTHS
