"""Shares with intervals that know that the profiles of one owner are no independent draws."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.calibration.estimates import wilson
from sociolink.results.parity.parity import Rate

__all__ = ["clustered_error", "clustered_rate"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_CONFIDENCE = 0.95


def clustered_error(values: Floats, cluster: Codes) -> float:
    """Standard error of the mean of values that come in clusters.

    Args:
        values: (n,) values, at least one.
        cluster: (n,) number of the cluster of each.

    Returns:
        sqrt(G / (G - 1) sum_g (sum of the residuals of g)^2) / n over G clusters; 0 for a single one.

    References:
        Liang & Zeger (1986), Longitudinal data analysis using generalized linear models, Biometrika 73.

    Examples:
        >>> clustered_error(np.array([1.0, 1.0, 0.0, 0.0]), np.array([0, 0, 1, 1]))
        0.5
    """
    _, code = np.unique(cluster, return_inverse=True)
    groups = int(code.max()) + 1
    if groups == 1:
        return 0.0
    residual = np.bincount(code, weights=values - values.mean(), minlength=groups)
    return float(np.sqrt(groups / (groups - 1) * np.sort(residual**2).sum()) / len(values))


def clustered_rate(hits: npt.NDArray[np.bool_], cluster: Codes, *, confidence: float = _CONFIDENCE) -> Rate | None:
    """A share with Wilson's interval for the number of independent observations that it is worth.

    Args:
        hits: (n,) whether each is one.
        cluster: (n,) number of the cluster of each.
        confidence: Of the interval.

    Returns:
        The share; None of nothing. The number is n over the design effect, the variance of the clustered mean over that
        of independent draws, at least 1; where all are alike it is the number of clusters.

    References:
        Korn & Graubard (1998), Confidence intervals for proportions with small expected number of positive counts
        estimated from survey data, Survey Methodology 24.

    Examples:
        >>> clustered_rate(np.array([True, True, True, False]), np.array([0, 1, 2, 3])).value
        0.75
    """
    if not len(hits):
        return None
    share = float(hits.mean())
    worth = float(len(np.unique(cluster)))
    if 0 < share < 1:
        variance = clustered_error(hits.astype(np.float64), cluster) ** 2
        effect = variance / (share * (1 - share) / len(hits))
        worth = len(hits) / effect if effect > 1 else float(len(hits))
    low, high = wilson(share, worth, confidence=confidence)
    return Rate(share, low, high, len(hits))
