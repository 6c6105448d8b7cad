"""Shares estimated from a sample with known inclusion probabilities, and intervals that know the design."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

__all__ = ["Share", "estimate_ratio", "wilson"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Share:
    """An estimated share.

    Attributes:
        value: The estimate.
        low: Lower end of its interval.
        high: Upper end.
        labels: Labels that it rests on.
        worth: How many independent labels of an equal sample would tell as much.
    """

    value: float
    low: float
    high: float
    labels: int
    worth: float


def wilson(share: float, count: float, *, confidence: float) -> tuple[float, float]:
    """Wilson's score interval of a share that `count` independent observations have shown.

    References:
        Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.

    Examples:
        >>> [round(end, 3) for end in wilson(0.9, 100, confidence=0.95)]
        [0.826, 0.945]
    """
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = np.sqrt(z2 * (share * (1 - share) / count + z2 / (4 * count**2))) / (1 + z2 / count)
    return float(max(middle - half, 0.0)), float(min(middle + half, 1.0))


def estimate_ratio(hits: Floats, among: Floats, inclusion: Floats, *, confidence: float = 0.95) -> Share | None:
    """The share of hits among those that count, over the whole population.

    Args:
        hits: (n,) in [0, `among`].
        among: (n,) in [0, 1], whether each counts.
        inclusion: (n,) inclusion probability, in (0, 1]; those of one value are taken as one stratum.
        confidence: Of the interval.

    Returns:
        Hajek's ratio of weighted sums, with Wilson's interval for the effective sample size: that at which an equal
        sample would have the variance of this design. A stratum counts as if it had shown half a mistake at least,
        and the size is at most twice Kish's of the weights of those that count. None where nothing counts; where all
        were drawn the share is known.

    References:
        Hajek (1971), comment in Foundations of Statistical Inference; Kish (1965), Survey Sampling; Korn & Graubard
        (1998), Confidence intervals for proportions with small expected number of positive counts estimated from
        survey data, Survey Methodology 24.

    Examples:
        >>> found = estimate_ratio(np.array([1.0, 1, 1, 0]), np.ones(4), np.full(4, 0.1))
        >>> found.value, found.labels, round(found.low, 2), round(found.high, 2)
        (0.75, 4, 0.27, 0.96)
    """
    order = np.lexsort((hits, among, inclusion))
    hits, among, inclusion = hits[order], among[order], inclusion[order]
    weight = 1 / inclusion
    total = float((weight * among).sum())
    if total <= 0:
        return None
    value = float(np.clip((weight * hits).sum() / total, 0, 1))
    counted = among > 0
    worth = total**2 / float((weight**2 * among**2).sum())
    variance = _variance(weight * (hits - value * among) / total, inclusion, counted * weight / total)
    if variance > 0 and 0 < value < 1:
        worth = min(value * (1 - value) / variance, 2 * worth)
    low, high = wilson(value, worth, confidence=confidence) if inclusion.min() < 1 else (value, value)
    return Share(value, low, high, int(counted.sum()), worth)


def _variance(terms: Floats, inclusion: Floats, unit: Floats) -> float:
    """Variance of a sum of terms under stratified sampling without replacement; a stratum is a chance to be drawn.

    `unit` is what one mistake comes to; half a square of it is the least of a stratum.
    """
    chances, stratum = np.unique(inclusion, return_inverse=True)
    count = np.bincount(stratum).astype(np.float64)
    mean = np.bincount(stratum, weights=terms) / count
    mean[count < 2] = 0.0
    square = np.bincount(stratum, weights=(terms - mean[stratum]) ** 2)
    least = np.zeros(len(chances))
    np.maximum.at(least, stratum, unit**2 / 2)
    spread = np.where(count > 1, count / np.maximum(count - 1, 1), 1.0)
    return float(((1 - chances) * np.maximum(spread * square, least)).sum())
