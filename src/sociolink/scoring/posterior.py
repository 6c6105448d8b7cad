"""One posterior per profile: candidates, everybody else in the CRM, and nobody, summing to one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.evidence.protocol import Pairs
from sociolink.scoring.weights import round_bits
from sociolink.text.runs import starts_of_runs

__all__ = ["Certain", "Posterior", "clamp", "compute_posterior", "find_coverage", "resemblance_bits"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_GRID = np.concatenate([np.linspace(0.0005, 0.02, 40), np.linspace(0.025, 0.975, 191), np.linspace(0.98, 0.9995, 40)])
_EXACT, _LEAST_LEVEL = 2.0**40, -900.0
_HALF_DEVIANCE = 1.9207  # half the 95% quantile of chi-squared with one degree of freedom


@dataclass(frozen=True, slots=True)
class Posterior:
    """Probabilities of all answers.

    Attributes:
        pair: (pairs,) P(the pair's customer, or one of those it stands for, owns the profile).
        nobody: (profiles,) P(the owner is not in the CRM).
        evidence: (profiles,) log2 of the mean likelihood ratio of a random customer to a stranger.
    """

    pair: Floats
    nobody: Floats
    evidence: Floats


@dataclass(frozen=True, slots=True)
class Certain:
    """Answers that are known; NaN where nothing is known.

    Attributes:
        pair: (pairs,) 1 or 0 for the pairs of profiles with a known answer.
        nobody: (profiles,) 1 or 0 for these profiles.
    """

    pair: Floats
    nobody: Floats


def clamp(posterior: Posterior, certain: Certain | None) -> Posterior:
    """The posterior with known answers in their place."""
    if certain is None:
        return posterior
    pair = np.where(np.isnan(certain.pair), posterior.pair, certain.pair)
    nobody = np.where(np.isnan(certain.nobody), posterior.nobody, certain.nobody)
    return Posterior(pair, nobody, posterior.evidence)


def resemblance_bits(pairs: Pairs, bits: Floats, share: float, *, customers: int, profiles: int) -> Floats:
    """How much likelier what a profile shows becomes for a stranger, because some strangers look like a customer.

    Relatives, fans, parodies and namesakes bear a customer's name more often than chance would have it: with
    probability `share` a stranger shows what a random customer would show.

    Args:
        pairs: The pairs.
        bits: (pairs,) bits of the family in question.
        share: P(a stranger looks like a customer).
        customers: Number of customers.
        profiles: Number of profiles.

    Returns:
        (profiles,) log2(1 - share + share * mean likelihood ratio of a random customer).
    """
    ratio = pairs.count * 2.0 ** np.clip(bits, -900, 900)
    mean = np.bincount(pairs.profile, weights=ratio, minlength=profiles) / max(customers, 1)
    return round_bits(np.log2(1 - share + share * mean))


def compute_posterior(
    pairs: Pairs,
    bits: Floats,
    *,
    coverage: float,
    customers: int,
    profiles: int,
    stranger_bits: Floats | None = None,
) -> Posterior:
    """Bayes' rule over the answers of each profile.

    Args:
        pairs: The pairs; every profile has at least one (its "everybody else").
        bits: (pairs,) match weights in bits.
        coverage: pi, P(the owner of a profile is in the CRM), in (0, 1).
        customers: Number of customers.
        profiles: Number of profiles.
        stranger_bits: (profiles,) bits in favour of a stranger (`resemblance_bits`); 0 by default.

    Returns:
        The posterior. Shares are summed as multiples of 2^-40 of the largest, so that sums are exact in any order.
    """
    if len(pairs) == 0 or customers == 0:
        return Posterior(np.zeros(len(pairs)), np.ones(profiles), np.full(profiles, -np.inf))
    with np.errstate(divide="ignore"):
        level = bits + np.log2(pairs.count)
    owner = pairs.profile
    begin = starts_of_runs(owner).nonzero()[0]
    top = np.zeros(profiles)
    top[owner[begin]] = np.maximum(np.maximum.reduceat(level, begin), _LEAST_LEVEL)
    share = 2.0 ** (level - top[owner])
    total = np.bincount(owner, weights=np.rint(share * _EXACT) / _EXACT, minlength=profiles) / customers
    known = coverage * total
    more = np.zeros(profiles) if stranger_bits is None else stranger_bits
    stranger = (1 - coverage) * 2.0 ** (more - top)
    answer = coverage * share / customers / (known + stranger)[owner]
    with np.errstate(divide="ignore"):
        evidence = np.log2(total) + top - more
    return Posterior(answer, stranger / (known + stranger), evidence)


def find_coverage(evidence: Floats) -> tuple[float, float, float]:
    """Coverage by maximum likelihood, with a profile-likelihood interval.

    Args:
        evidence: (profiles,) log2 of the mean likelihood ratio of a random customer.

    Returns:
        The estimate and a 95% interval, on a grid of 271 values.

    References:
        Wilks (1938), The large-sample distribution of the likelihood ratio, Annals of Mathematical Statistics 9.
    """
    if len(evidence) == 0:
        return 0.5, 0.0, 1.0
    ratio = 2.0 ** np.clip(evidence, -500, 500)
    likelihood = np.array([float(np.log1p(pi * (ratio - 1)).sum()) for pi in _GRID])
    inside = _GRID[likelihood >= likelihood.max() - _HALF_DEVIANCE]
    return float(_GRID[likelihood.argmax()]), float(inside[0]), float(inside[-1])
