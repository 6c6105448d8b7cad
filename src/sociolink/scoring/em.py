"""Expectation-maximisation: weights of the components and coverage, from profiles without labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sociolink.evidence.protocol import Mixture, Pairs
from sociolink.scoring.acceleration import find_fixed_point
from sociolink.scoring.posterior import Certain, Posterior, clamp, compute_posterior, resemblance_bits
from sociolink.scoring.weights import ChannelSums, Correction, Parameters, family_bits, start_weights, sum_channel

__all__ = ["Fit", "Observations", "answer_profiles", "fit_parameters", "score_pairs"]

Floats = npt.NDArray[np.float64]

_COVERAGE_PRIOR = (1.0, 1.0)
_PLAIN_ROUNDS = 20
"""Evidence that comes to rest within so many rounds is fitted by plain ones; what takes longer is accelerated."""

_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Observations:
    """A batch of compared pairs.

    Attributes:
        pairs: The pairs.
        families: For each family its channels.
        profiles: Number of profiles.
        customers: Number of customers.
    """

    pairs: Pairs
    families: Mapping[str, tuple[Mixture, ...]]
    profiles: int
    customers: int


@dataclass(frozen=True, slots=True)
class Fit:
    """What EM found.

    Attributes:
        parameters: The parameters.
        rounds: Number of rounds.
        converged: Whether the last round changed coverage by less than the tolerance.
    """

    parameters: Parameters
    rounds: int
    converged: bool


def score_pairs(
    observed: Observations, parameters: Parameters
) -> tuple[Floats, dict[str, Floats], dict[str, list[ChannelSums]], dict[str, Floats]]:
    """Match weights of all pairs.

    Args:
        observed: The batch.
        parameters: Weights of the components.

    Returns:
        (pairs,) bits in all; bits of each family; the sums of each family's channels; the share of each family's
        explanation that it is about the owner.
    """
    bits: dict[str, Floats] = {}
    sums: dict[str, list[ChannelSums]] = {}
    own: dict[str, Floats] = {}
    total = np.zeros(len(observed.pairs))
    for family, channels in observed.families.items():
        sums[family] = [sum_channel(channel, parameters.weights[channel.name]) for channel in channels]
        bits[family], own[family] = family_bits(sums[family], parameters.other.get(family, 0.0))
        if family in parameters.corrections:
            bits[family] = parameters.corrections[family].correct(bits[family])
        total = total + bits[family]
    return total, bits, sums, own


def answer_profiles(
    observed: Observations, parameters: Parameters, bits: Floats, by_family: Mapping[str, Floats]
) -> Posterior:
    """The posterior of every profile of a batch from the match weights of `score_pairs`."""
    stranger = np.zeros(observed.profiles)
    size = {"customers": observed.customers, "profiles": observed.profiles}
    for family, share in parameters.lookalike.items():
        if family in by_family and share > 0:
            stranger += resemblance_bits(observed.pairs, by_family[family], share, **size)
    return compute_posterior(observed.pairs, bits, coverage=parameters.coverage, stranger_bits=stranger, **size)


def _expected_counts(mixture: Mixture, sums: ChannelSums, own: Floats, posterior: Posterior) -> Floats:
    """Expected number of times each component was used."""
    size = len(mixture.components)
    weight = (posterior.pair * own)[mixture.pair] * sums.customer
    counts: Floats = np.bincount(mixture.component, weights=weight, minlength=size).astype(np.float64)
    other = mixture.denominator
    if other is not None:
        by_stranger = posterior.nobody[other.row] * sums.stranger
        counts += np.bincount(other.component, weights=by_stranger, minlength=size)
    return counts


def _one_round(
    observed: Observations, parameters: Parameters, pseudo: Mapping[str, Floats], certain: Certain | None
) -> Parameters:
    """Expectation under these parameters, then the parameters that fit it best."""
    total, by_family, sums, own = score_pairs(observed, parameters)
    posterior = clamp(answer_profiles(observed, parameters, total, by_family), certain)
    weights: dict[str, Floats] = {}
    for family, channels in observed.families.items():
        for mixture, channel in zip(channels, sums[family], strict=True):
            counts = _expected_counts(mixture, channel, own[family], posterior)
            weights[mixture.name] = start_weights(mixture.group, counts + pseudo[mixture.name])
    found = float((1 - posterior.nobody).sum())
    coverage = (found + _COVERAGE_PRIOR[0]) / (observed.profiles + sum(_COVERAGE_PRIOR))
    return replace(parameters, coverage=coverage, weights=weights)


def _change(before: Parameters, after: Parameters) -> float:
    """Largest change of coverage or of a weight."""
    moved = [float(np.abs(weight - before.weights[name]).max()) for name, weight in after.weights.items()]
    return max([abs(after.coverage - before.coverage), *moved])


def fit_parameters(
    observed: Observations,
    prior: Mapping[str, Mapping[str, float]],
    *,
    other: Mapping[str, float],
    lookalike: Mapping[str, float] | None = None,
    corrections: Mapping[str, Correction] | None = None,
    coverage: float = 0.5,
    certain: Certain | None = None,
    tolerance: float = 1e-4,
    max_rounds: int = 60,
) -> Fit:
    """Learn weights and coverage.

    Args:
        observed: A batch of compared pairs.
        prior: For each channel pseudo-counts of its components.
        other: For each family P(what is shown is not about the owner); kept as it is.
        lookalike: For each family P(a stranger looks like a customer); kept as it is.
        corrections: For each family how much its bits count; kept as it is.
        coverage: Where pi starts.
        certain: Known answers, in place of the expectation.
        tolerance: Stop when no weight and not the coverage changes by more.
        max_rounds: Most rounds.

    Returns:
        The fit.

    References:
        Dempster, Laird & Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm, JRSS B 39;
        Winkler (1988), Using the EM algorithm for weight computation in the Fellegi-Sunter model of record linkage.
    """
    mixtures: Sequence[Mixture] = [one for channels in observed.families.values() for one in channels]
    pseudo = {one.name: np.array([prior[one.name][part] for part in one.components]) for one in mixtures}
    weights = {one.name: start_weights(one.group, pseudo[one.name]) for one in mixtures}
    parameters = Parameters(coverage, weights, dict(other), dict(lookalike or {}), dict(corrections or {}))
    for rounds in range(1, min(max_rounds, _PLAIN_ROUNDS) + 1):
        new = _one_round(observed, parameters, pseudo, certain)
        change = _change(parameters, new)
        parameters = new
        if change < tolerance:
            return Fit(parameters, rounds, True)
    if max_rounds <= _PLAIN_ROUNDS:
        return Fit(parameters, max_rounds, False)
    groups = {one.name: one.group for one in mixtures}
    rest = find_fixed_point(
        lambda point: _to_point(_one_round(observed, _of_point(point, parameters, groups), pseudo, certain)),
        _to_point(parameters),
        moved=lambda one, other: _change(_of_point(one, parameters, groups), _of_point(other, parameters, groups)),
        tolerance=tolerance,
        max_rounds=max_rounds - _PLAIN_ROUNDS,
    )
    return Fit(_of_point(rest.point, parameters, groups), _PLAIN_ROUNDS + rest.rounds, rest.reached)


def _to_point(parameters: Parameters) -> Floats:
    """Parameters as real numbers without bounds: the log odds of coverage, and the logs of all weights."""
    odds = np.log(parameters.coverage) - np.log1p(-parameters.coverage)
    weights = [np.log(np.maximum(weight, _LEAST)) for weight in parameters.weights.values()]
    return np.concatenate([[odds], *weights])


def _of_point(point: Floats, like: Parameters, groups: Mapping[str, npt.NDArray[np.int32]]) -> Parameters:
    """The parameters of a point; weights sum to 1 in each group again."""
    ends = np.cumsum([1, *(len(weight) for weight in like.weights.values())])
    parts = zip(like.weights, ends[:-1], ends[1:], strict=True)
    weights = {
        name: start_weights(groups[name], np.exp(np.clip(point[begin:end], np.log(_LEAST), 0.0)))
        for name, begin, end in parts
    }
    return replace(like, coverage=float(1 / (1 + np.exp(-np.clip(point[0], -30, 30)))), weights=weights)
