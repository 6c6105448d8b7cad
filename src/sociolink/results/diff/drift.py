"""How far two samples of scores lie apart: population stability index, and distance of Kolmogorov and Smirnov."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.results.best_answers import read_best

__all__ = ["LARGE", "SMALL", "ScoreDrift", "distance", "measure_drift", "stability_index"]

Floats = npt.NDArray[np.float64]

SMALL, LARGE = 0.1, 0.25
"""Stability indices that are taken for small and for large (Siddiqi 2006)."""

_BINS = 10
_FARTHEST_BITS = 60.0
_DIGITS = 1
"""Decimals of bits: where all scores lie together, smaller differences would look like another distribution."""


@dataclass(frozen=True, slots=True)
class ScoreDrift:
    """How one score has moved over all profiles.

    Attributes:
        score: "answer" for the odds of the best customer against all else, or the family whose bits are compared.
        before: Mean before, in bits; None where there was none.
        after: Mean after, in bits.
        stability: Population stability index over tenths of the scores of before; 0 for the same distribution.
        distance: Largest difference of the two cumulative distributions, from 0 to 1.
    """

    score: str
    before: float | None
    after: float | None
    stability: float
    distance: float


def stability_index(before: Floats, after: Floats) -> float:
    """The population stability index: sum of (a - b) ln(a / b) over the shares in tenths of what was before.

    Half a score is added to each bin, so that an empty one does not make it infinite. Up to .1 is small, from .25
    large.

    Args:
        before: (n,) scores.
        after: (m,) scores.

    Returns:
        The index, at least 0; 0 where one of them is empty.

    References:
        Siddiqi (2006), Credit risk scorecards; it is the symmetric divergence of Jeffreys (1946), Proceedings of the
        Royal Society A 186, of the binned shares.

    Examples:
        >>> stability_index(np.arange(100.0), np.arange(100.0))
        0.0
        >>> stability_index(np.arange(100.0), np.arange(100.0) + 20) > 0.25
        True
    """
    if len(before) == 0 or len(after) == 0:
        return 0.0
    ranked = np.sort(before)
    edges = np.unique(ranked[[place * len(ranked) // _BINS for place in range(1, _BINS)]])
    shares = []
    for values in (before, after):
        counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1) + 0.5
        shares.append(counts / counts.sum())
    return float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))


def distance(before: Floats, after: Floats) -> float:
    """The two-sample distance of Kolmogorov and Smirnov: the largest difference of the cumulative distributions.

    Args:
        before: (n,) scores.
        after: (m,) scores.

    Returns:
        From 0 to 1; 0 where one of them is empty. The profiles of two runs are mostly the same, so that no chance of
        error belongs to it.

    References:
        Smirnov (1948), Table for estimating the goodness of fit of empirical distributions, Annals of Mathematical
        Statistics 19.

    Examples:
        >>> distance(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
        0.5
    """
    if len(before) == 0 or len(after) == 0:
        return 0.0
    where = np.concatenate([before, after])
    shares = [np.searchsorted(np.sort(one), where, side="right") / len(one) for one in (before, after)]
    return float(np.abs(shares[0] - shares[1]).max())


def measure_drift(old: pa.Table, new: pa.Table, families: tuple[str, ...]) -> tuple[ScoreDrift, ...]:
    """The drift of the best answers of all profiles, and of the bits of each family for the best customers.

    Args:
        old: Links of before.
        new: Links of now.
        families: Evidence families of either.
    """
    out = [_drift("answer", _odds(old), _odds(new))]
    for family in families:
        values = [_bits(table, f"bits_{family}") for table in (old, new)]
        if len(values[0]) or len(values[1]):
            out.append(_drift(family, *values))
    return tuple(out)


def _drift(score: str, before: Floats, after: Floats) -> ScoreDrift:
    means = [float(np.sort(one).mean()) if len(one) else None for one in (before, after)]
    return ScoreDrift(score, means[0], means[1], stability_index(before, after), distance(before, after))


def _odds(table: pa.Table) -> Floats:
    """(profiles,) log odds of the best person in bits; what is certain counts as far away."""
    chance = read_best(table).chance
    with np.errstate(divide="ignore"):
        bits: Floats = np.log2(chance) - np.log2(1 - chance)
    return np.clip(bits, -_FARTHEST_BITS, _FARTHEST_BITS).round(_DIGITS)


def _bits(table: pa.Table, name: str) -> Floats:
    if name not in table.column_names:
        return np.empty(0)
    first = table[name].filter(pc.equal(table["rank"], 1)).drop_null()
    return np.asarray(first.to_numpy(), np.float64).round(_DIGITS)
