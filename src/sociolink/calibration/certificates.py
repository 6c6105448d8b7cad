"""Upper bounds of the share of false links from an audited sample, and the largest set that they certify."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["Certificate", "audit_size", "certify", "exact_upper", "weighted_upper"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_STEPS: Final = 40
"""Halvings of an interval: the bound is right to twelve decimals."""

_EQUAL: Final = 1e-9
_SETS: Final = 40
"""Most sets of links that are tried, one after the other."""


def exact_upper(false: float, audited: int, *, confidence: float) -> float:
    """Largest share of false links that an equal sample does not rule out.

    Args:
        false: False ones among the audited; what is no whole number is rounded up.
        audited: Size of the sample.
        confidence: In (0, 1).

    Returns:
        The one-sided upper end: P(at most `false` of `audited`) is 1 - confidence there; 1 of no sample. Without
        replacement from a finite set it holds all the more.

    References:
        Clopper & Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the binomial,
        Biometrika 26.

    Examples:
        >>> round(exact_upper(0, 59, confidence=0.95), 4), round(exact_upper(2, 100, confidence=0.95), 4)
        (0.0495, 0.0616)
    """
    hits = math.ceil(false - _EQUAL)
    if audited == 0 or hits >= audited:
        return 1.0
    k = np.arange(hits + 1)
    ways = np.array([math.lgamma(audited + 1) - math.lgamma(i + 1) - math.lgamma(audited - i + 1) for i in k])
    low, high = hits / audited, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        tail = float(np.exp(ways + k * math.log(middle) + (audited - k) * math.log1p(-middle)).sum())
        low, high = (middle, high) if tail > 1 - confidence else (low, middle)
    return high


def weighted_upper(false: float, audited: int, worth: float, *, confidence: float) -> float:
    """Largest share of false links that a sample with unequal inclusion probabilities does not rule out.

    Each audited link stands for as many as its weight, one over its inclusion probability. In units of the largest
    weight the false ones add up to a sum of independent values in [0, 1], whose mean is the number of false links over
    the largest weight whatever the strata are; the tail of such a sum is bounded by its relative entropy. This is
    no approximation but an inequality: it holds for any sample size, and is wider than need be.

    Args:
        false: Sum of the weights of the false ones over the largest weight.
        audited: Size of the sample.
        worth: Links of the whole set over the largest weight; the size of an equal sample that is worth as much, and
            at most `audited`.
        confidence: In (0, 1).

    Returns:
        The one-sided upper end; 1 where the sample says nothing.

    References:
        Hoeffding (1963), Probability inequalities for sums of bounded random variables, JASA 58, theorem 1; section 6
        for samples without replacement.

    Examples:
        >>> round(weighted_upper(0, 100, 100.0, confidence=0.95), 4)
        0.0295
        >>> round(weighted_upper(2, 100, 80.0, confidence=0.95), 4)
        0.0934
    """
    if audited == 0 or worth <= 0 or false >= worth:
        return 1.0
    seen, limit = false / audited, -math.log(1 - confidence) / audited
    low, high = seen, min(worth / audited, 1.0)
    if _entropy(seen, high) < limit:
        return 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _entropy(seen, middle) < limit else (low, middle)
    return min(high * audited / worth, 1.0)


def _entropy(seen: float, mean: float) -> float:
    """Relative entropy of two coins, in nats."""
    if mean >= 1:
        return math.inf if seen < 1 else 0.0
    ones = seen * math.log(seen / mean) if seen > 0 else 0.0
    return ones + ((1 - seen) * math.log((1 - seen) / (1 - mean)) if seen < 1 else 0.0)


def audit_size(max_false: float, confidence: float) -> int:
    """Audited links that bound the share if all are right: log(1 - confidence) / log(1 - max_false).

    Examples:
        >>> audit_size(0.05, 0.95), audit_size(0.02, 0.95)
        (59, 149)
    """
    return int(np.ceil(np.log1p(-confidence) / np.log1p(-max_false) + 1e-9))


@dataclass(frozen=True, slots=True)
class Certificate:
    """What audited links show of a set of links.

    Attributes:
        cut: Least probability of the set; infinity where there is none.
        upper: Upper bound of its share of false links.
        audited: Audited links in it.
        false: False ones among them.
        certified: Whether the bound is low enough.
        equal: Whether all its links had the same chance to be audited: then the bound is exact.
        expected: The bound that the stated probabilities led to expect.
    """

    cut: float
    upper: float
    audited: int
    false: int
    certified: bool
    equal: bool
    expected: float


def certify(
    probability: Floats,
    audited: Floats,
    false: Flags,
    inclusion: Floats,
    stated: Floats,
    *,
    max_false: float,
    confidence: float,
) -> Certificate:
    """The largest set, best first, that the audited links certify.

    Sets are tried in an order that is settled before a verdict is seen: the first is the one whose bound the stated
    probabilities expect to be lowest, each next one is larger; the first failure ends it. So all of them together are
    wrong with at most 1 - confidence.

    Args:
        probability: (links,) of all links that could be made.
        audited: (audited,) probability of the audited ones.
        false: (audited,) whether it is false.
        inclusion: (audited,) probability that it was drawn, in (0, 1].
        stated: (audited,) stated probability that it is right; only tells where to begin.
        max_false: Largest share of false links, in (0, 1).
        confidence: In (0, 1).

    Returns:
        The certificate of the largest set that passed, or of the first one, not certified.

    References:
        Bauer (1991), Multiple testing in clinical trials, Statistics in Medicine 10; Angelopoulos, Bates, Candes,
        Jordan & Lei (2021), Learn then test, arXiv:2110.01052.

    Examples:
        >>> sure = np.full(100, 0.99)
        >>> found = certify(sure, sure, np.zeros(100, bool), np.ones(100), sure, max_false=0.05, confidence=0.95)
        >>> found.certified, round(found.upper, 3)
        (True, 0.03)
    """
    cuts = _cuts(probability, audited)
    if not len(cuts):
        return Certificate(math.inf, 1.0, 0, 0, False, True, 1.0)
    drawn = [(float(cut), audited >= cut, int((probability >= cut).sum())) for cut in cuts]
    hoped = [_bound(1 - stated[own], inclusion[own], size, confidence)[0] for _, own, size in drawn]
    start = int(np.argmin(hoped))
    best: Certificate | None = None
    for place in range(start, len(drawn)):
        cut, own, size = drawn[place]
        upper, equal = _bound(false[own].astype(np.float64), inclusion[own], size, confidence)
        safe = upper <= max_false
        found = Certificate(cut, upper, int(own.sum()), int(false[own].sum()), safe, equal, hoped[place])
        if not safe:
            return best or found
        best = found
    return best or Certificate(math.inf, 1.0, 0, 0, False, True, 1.0)


def _cuts(probability: Floats, audited: Floats) -> Floats:
    """Least probabilities of the sets to try, falling; each set has about as many more audited links as the last.

    No set reaches below the last audited link: what was never drawn from is not spoken of.
    """
    if not len(probability) or not len(audited):
        return np.empty(0)
    falling = np.sort(audited)[::-1]
    at = np.unique(np.linspace(0, len(falling), min(_SETS, len(falling)) + 1).astype(np.int64)[1:]) - 1
    return np.asarray(np.unique(falling[at])[::-1], np.float64)


def _bound(false: Floats, inclusion: Floats, size: int, confidence: float) -> tuple[float, bool]:
    """The bound for one set of `size` links, and whether it is the exact one."""
    if not len(inclusion):
        return 1.0, True
    weight = 1 / inclusion
    largest = float(weight.max())
    if largest <= float(weight.min()) * (1 + _EQUAL):
        return exact_upper(float(np.sort(false).sum()), len(false), confidence=confidence), True
    total = float(np.sort(weight).sum())
    weight = weight * max(size / total, 1.0)
    largest = float(weight.max())
    lost = float(np.sort(weight * false).sum()) / largest
    return weighted_upper(lost, len(false), size / largest, confidence=confidence), False
