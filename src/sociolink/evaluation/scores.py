"""Scores ranked links against open-world truth, where nobody is one of the answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.errors import InputError, Problem
from sociolink.evaluation.answers import Answers, Codes, Flags, Floats, read_answers
from sociolink.evaluation.parity import compare_bands
from sociolink.evaluation.rates import clustered_error
from sociolink.results.evaluation import Band, Claim, Evaluation
from sociolink.results.parity.bands import Bands

__all__ = ["score_links"]

_FLOOR = 1e-4
_BANDS = ((0.5, 0.8), (0.8, 0.95), (0.95, 1.0))
_ROUNDING = 0.01
_BINS = 10
_CHANCE_DRAWS = 50


def score_links(
    links: pa.Table,
    truth: pa.Table,
    *,
    groups: pa.Table | None = None,
    bands: Bands | None = None,
    bootstrap: int = 200,
    seed: int = 0,
) -> Evaluation:
    """Measure ranked links against the truth.

    Args:
        links: `profile_id`, `customer_id`, `probability`, and `nobody_probability` where it is stated (else what is
            missing to 1). A profile without a row says "nobody" with certainty.
        truth: `profile_id` and `customer_id`, null where the profile is not a customer's; at least one row.
        groups: `customer_id` and `group_id` of records that are one person; naming any of them is right. Where the
            probabilities of each profile sum to at most 1, those of a person are added up; else, with plain scores, the
            best one counts.
        bands: Bands to compare; none by default.
        bootstrap: Number of resamples of owners for the intervals; 0 for none.
        seed: Start of the random numbers.

    Returns:
        All measures, unrounded.

    Raises:
        InputError: The truth has no rows.

    Examples:
        >>> import pyarrow as pa
        >>> links = pa.table({"profile_id": ["p", "q"], "customer_id": ["c", "d"], "probability": [0.9, 0.3]})
        >>> truth = pa.table({"profile_id": ["p", "q"], "customer_id": ["c", None]})
        >>> found = score_links(links, truth, bootstrap=0)
        >>> found.recall_at_1, round(found.log_loss, 3), found.false_links
        (1.0, 0.333, 0.0)
    """
    if not truth.num_rows:
        raise InputError(
            Problem("truth", "has no rows", "Give at least one profile and its owner, or null for nobody.")
        )
    found = read_answers(links, truth, groups=groups)
    random = np.random.default_rng(seed)
    top, right, is_customer = found.top, found.right, found.is_customer
    owned = max(int(is_customer.sum()), 1)
    error = _calibration_error(top, right)
    chance = np.mean([_calibration_error(top, random.random(len(top)) < top) for _ in range(_CHANCE_DRAWS)])
    ranking = _Ranking.of(top, right, is_customer)
    recall_at_p95 = ranking.recall_at(0.95)
    losses = -np.log2(np.maximum(found.true, _FLOOR))
    intervals = _intervals(found, ranking, losses, bootstrap, seed) if bootstrap else (None, None)
    return Evaluation(
        profiles=len(top),
        customers_profiles=int(is_customer.sum()),
        log_loss=float(losses.mean()),
        brier=float(found.brier.mean()),
        recall_at_1=float(right.sum() / owned),
        owner_listed=float(found.listed[is_customer].mean()) if is_customer.any() else 0.0,
        customers_listed=float(found.customers.mean()),
        recall_at_p95=recall_at_p95,
        recall_at_p99=ranking.recall_at(0.99),
        claim95=_claim(ranking, recall_at_p95 * is_customer.sum()),
        bands=tuple(_band(top, right, found.owner, low, high) for low, high in _BANDS),
        nobody=_band(found.nobody, ~is_customer, found.owner, 0.5, 1.0),
        ece=error,
        ece_net=max(error - float(chance), 0.0),
        false_links=float((top[~is_customer] >= 0.5).mean()) if not is_customer.all() else None,
        log_loss_interval=intervals[0],
        recall_at_p95_interval=intervals[1],
        parity=compare_bands(links, truth, found, bands, groups=groups) if bands else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Ranking:
    """Profiles from the surest to the least sure top answer; equals in the order of the truth."""

    order: Codes
    top: Floats
    right: Flags
    is_customer: Flags
    cut: Flags
    """Where a threshold can stand: at the last of equals, above 0."""

    @classmethod
    def of(cls, top: Floats, right: Flags, is_customer: Flags) -> _Ranking:
        order = np.argsort(-top, kind="stable")
        ranked = top[order]
        cut = np.append(ranked[1:] != ranked[:-1], True) & (ranked > 0)
        return cls(order, ranked, right[order], is_customer[order], cut)

    def recall_at(self, precision: float, times: npt.NDArray[np.int64] | None = None) -> float:
        """Largest recall at a cut of at least this precision, with each profile counted so many `times`."""
        counted = np.ones(len(self.top), np.int64) if times is None else times[self.order]
        right, links = np.cumsum(self.right * counted), np.cumsum(counted)
        good = self.cut & (right >= 1) & (right / np.maximum(links, 1) >= precision)
        return float(right[good].max() / max((self.is_customer * counted).sum(), 1)) if good.any() else 0.0


def _claim(ranking: _Ranking, oracle: float) -> Claim | None:
    """The largest head of the ranking with a mean stated error of at most 5%; the oracle gets `oracle` right."""
    stated = np.cumsum(1 - ranking.top) / np.arange(1, len(ranking.top) + 1)
    within = np.flatnonzero((stated <= 0.05) & (ranking.top > 0))
    if not len(within):
        return None
    links = int(within[-1]) + 1
    right = ranking.right[:links]
    return Claim(links, float(right.mean()), float(right.sum() / max(oracle, 1)))


def _band(stated: Floats, right: Flags, owner: Codes, low: float, high: float) -> Band | None:
    inside = (stated >= low) & (stated < (high + _ROUNDING if high >= 1 else high))
    if not inside.any():
        return None
    claimed, hits = stated[inside], right[inside]
    return Band(
        low,
        high,
        float(claimed.mean()),
        float(hits.mean()),
        int(inside.sum()),
        max(clustered_error(hits - claimed, owner[inside]), _claimed_error(claimed)),
    )


def _claimed_error(claimed: Floats) -> float:
    """Standard error of the share right if every claim is true; the observed one is 0 where all answers are alike."""
    return float(np.sqrt(np.sort(claimed * (1 - np.minimum(claimed, 1))).sum()) / len(claimed))


def _calibration_error(stated: Floats, right: Flags) -> float:
    """Expected calibration error over bins of equal width (Naeini, Cooper & Hauskrecht 2015, AAAI)."""
    bins = np.clip((stated * _BINS).astype(np.int64), 0, _BINS - 1)
    return float(np.abs(np.bincount(bins, stated - right, minlength=_BINS)).sum() / len(stated))


def _intervals(
    found: Answers, ranking: _Ranking, losses: Floats, resamples: int, seed: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """95% percentile intervals of log loss and R@P95; owners are drawn with all their profiles (Efron 1979)."""
    random = np.random.default_rng((seed, 1))
    owners = int(found.owner.max()) + 1
    drawn_losses, drawn_recalls = np.empty(resamples), np.empty(resamples)
    for i in range(resamples):
        times = np.bincount(random.integers(0, owners, owners), minlength=owners)[found.owner]
        drawn_losses[i] = (times * losses).sum() / times.sum()
        drawn_recalls[i] = ranking.recall_at(0.95, times)
    (a, b), (c, d) = (np.quantile(drawn, [0.025, 0.975]) for drawn in (drawn_losses, drawn_recalls))
    return (float(a), float(b)), (float(c), float(d))
