"""EM climbs, finds the weights and the coverage that made the data, and comes to rest wherever it started."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from sociolink.evidence.protocol import Denominator, Mixture, Pairs
from sociolink.scoring.em import Observations, fit_parameters, score_pairs
from sociolink.scoring.posterior import Certain, compute_posterior
from sociolink.scoring.weights import Parameters, start_weights

LEVELS = ("same", "alike", "else")
M = {"place": np.array([0.7, 0.2, 0.1]), "birth": np.array([0.5, 0.3, 0.2])}
U = {"place": np.array([0.001, 0.02, 0.979]), "birth": np.array([0.002, 0.05, 0.948])}
PRIOR = {name: {"same": 6.0, "alike": 3.0, "else": 1.0} for name in M}
GROUP = np.zeros(3, np.int32)
NOTHING_ELSE = dict.fromkeys(M, 0.0)


@dataclass(frozen=True)
class Simulated:
    observed: Observations
    owner: npt.NDArray[np.int64]
    levels: dict[str, npt.NDArray[np.int64]]


def simulate(
    *, coverage: float, profiles: int = 400, customers: int = 40, seed: int = 0, other: float = 0.0
) -> Simulated:
    """Every profile compared with every customer, in levels; `owner` is -1 for strangers."""
    rng = np.random.default_rng(seed)
    owner = np.where(rng.random(profiles) < coverage, rng.integers(0, customers, profiles), -1)
    profile = np.repeat(np.arange(profiles), customers + 1)
    customer = np.tile(np.append(np.arange(customers), -1), profiles)
    real = np.flatnonzero(customer >= 0)
    pairs = Pairs(profile.astype(np.int32), customer.astype(np.int32), (customer >= 0).astype(np.float64))
    families, levels = {}, {}
    for name in M:
        about = rng.random(profiles) >= other
        own = (owner[profile[real]] == customer[real]) & about[profile[real]]
        drawn = rng.random(len(real))
        level = np.where(
            own, np.searchsorted(np.cumsum(M[name])[:-1], drawn), np.searchsorted(np.cumsum(U[name])[:-1], drawn)
        )
        families[name] = (
            Mixture(
                name, LEVELS, GROUP, real.astype(np.int32), level.astype(np.int32), 1 / U[name][level], len(pairs), None
            ),
        )
        levels[name] = level
    return Simulated(Observations(pairs, families, profiles, customers), owner, levels)


def log_likelihood(observed: Observations, parameters: Parameters) -> float:
    """What EM climbs: the log likelihood of the profiles and the log prior, by loops over profiles."""
    bits = score_pairs(observed, parameters)[0]
    total = 0.0
    for profile in range(observed.profiles):
        mine = observed.pairs.profile == profile
        mean = float((observed.pairs.count[mine] * 2.0 ** bits[mine]).sum()) / observed.customers
        total += np.log(1 - parameters.coverage + parameters.coverage * mean)
    for channels in observed.families.values():
        for channel in channels:
            weights = parameters.weights[channel.name]
            total += float((np.array([6.0, 3.0, 1.0]) * np.log(weights)).sum())
            below = channel.denominator
            if below is not None:
                each = weights[below.component] * below.likelihood
                total += float(np.log(np.bincount(below.row, weights=each)).sum())
    return total + np.log(parameters.coverage) + np.log(1 - parameters.coverage)


@pytest.mark.parametrize("other", [0.0, 0.1])
@pytest.mark.parametrize("coverage", [0.05, 0.6])
def test_likelihood_never_falls(coverage: float, other: float) -> None:
    observed = simulate(coverage=coverage, profiles=120, customers=20).observed
    heights = [
        log_likelihood(
            observed,
            fit_parameters(
                observed, PRIOR, other=dict.fromkeys(M, other), coverage=0.5, tolerance=0.0, max_rounds=rounds
            ).parameters,
        )
        for rounds in range(1, 15)
    ]
    assert np.all(np.diff(heights) > -1e-3)
    assert heights[-1] > heights[0] + 0.3


def shared_weights(rest: float) -> tuple[Observations, npt.NDArray[np.int64]]:
    """Components that customers and strangers share, as in the grammar of handles; and each profile's component.

    Each profile stands beside `rest` customers that were not compared.
    """
    rng = np.random.default_rng(5)
    profiles, customers = 150, 10
    owner = np.where(rng.random(profiles) < 0.5, rng.integers(0, customers, profiles), -1)
    profile = np.repeat(np.arange(profiles), customers + 1)
    customer = np.tile(np.append(np.arange(customers), -1), profiles)
    pairs = Pairs(profile.astype(np.int32), customer.astype(np.int32), np.where(customer >= 0, 1.0, rest))
    way = rng.choice(3, profiles, p=[0.6, 0.3, 0.1])
    real = np.flatnonzero(customer >= 0)
    fits = np.where(owner[profile] == customer, 1.0, (rng.random(len(profile)) < 0.02).astype(np.float64))[real]
    below = Denominator(
        profile.astype(np.int32),
        np.repeat(np.arange(profiles), 2).astype(np.int32),
        np.stack([way, np.full(profiles, 2)], axis=1).ravel().astype(np.int32),
        np.tile([0.02, 1e-4], profiles),
        np.full(profiles, 2, np.int32),
    )
    channel = Mixture(
        "name",
        LEVELS,
        GROUP,
        np.repeat(real, 2).astype(np.int32),
        np.stack([way[profile[real]], np.full(len(real), 2)], axis=1).ravel().astype(np.int32),
        np.stack([fits, np.full(len(real), 1e-4)], axis=1).ravel(),
        len(pairs),
        below,
    )
    return Observations(pairs, {"name": (channel,)}, profiles, customers + int(rest)), way


@pytest.mark.parametrize("other", [0.0, 0.1])
@pytest.mark.parametrize("rest", [0.0, 300.0])
def test_likelihood_never_falls_where_both_sides_have_the_same_weights(rest: float, other: float) -> None:
    observed, way = shared_weights(rest)
    prior = {"name": PRIOR["place"]}
    found = [
        fit_parameters(observed, prior, other={"name": other}, tolerance=0.0, max_rounds=rounds).parameters
        for rounds in range(1, 15)
    ]
    heights = [log_likelihood(observed, one) for one in found]
    assert np.all(np.diff(heights) > -1e-3)
    assert found[-1].weights["name"] == pytest.approx(np.bincount(way) / len(way), abs=0.06)


@pytest.mark.parametrize("coverage", [0.1, 0.3, 0.6, 0.95])
def test_known_weights_and_coverage_are_found(coverage: float) -> None:
    simulated = simulate(coverage=coverage, profiles=1500, customers=30, seed=1)
    found = fit_parameters(simulated.observed, PRIOR, other=NOTHING_ELSE)
    assert found.converged
    assert found.parameters.coverage == pytest.approx((simulated.owner >= 0).mean(), abs=0.06)
    for name, truth in M.items():
        assert found.parameters.weights[name] == pytest.approx(truth, abs=0.1)


@pytest.mark.parametrize("coverage", [0.0, 0.05, 0.5, 0.95])
def test_distant_starts_of_coverage_agree(coverage: float) -> None:
    observed = simulate(coverage=coverage, seed=2).observed
    found = [
        fit_parameters(observed, PRIOR, other=NOTHING_ELSE, coverage=start, tolerance=1e-6, max_rounds=500)
        for start in (0.01, 0.5, 0.99)
    ]
    assert all(one.converged for one in found)
    for one in found[1:]:
        assert one.parameters.coverage == pytest.approx(found[0].parameters.coverage, abs=2e-3)
        for name in M:
            assert one.parameters.weights[name] == pytest.approx(found[0].parameters.weights[name], abs=0.02)


def test_strangers_alone_give_almost_no_coverage() -> None:
    found = [fit_parameters(simulate(coverage=0.0, seed=seed).observed, PRIOR, other=NOTHING_ELSE) for seed in range(4)]
    assert np.mean([one.parameters.coverage for one in found]) < 0.05


def test_with_all_answers_known_weights_are_counts() -> None:
    simulated = simulate(coverage=0.5, profiles=300, seed=3)
    pairs = simulated.observed.pairs
    owned = (simulated.owner[pairs.profile] == pairs.customer) & (pairs.customer >= 0)
    certain = Certain(owned.astype(np.float64), (simulated.owner < 0).astype(np.float64))
    found = fit_parameters(simulated.observed, PRIOR, other=NOTHING_ELSE, certain=certain)
    for name, level in simulated.levels.items():
        own = owned[pairs.customer >= 0]
        counts = np.bincount(level[own], minlength=3) + np.array([6.0, 3.0, 1.0])
        assert found.parameters.weights[name] == pytest.approx(counts / counts.sum())
    assert found.parameters.coverage == pytest.approx(((simulated.owner >= 0).sum() + 1) / 302)


def test_a_few_known_answers_pull_the_rest() -> None:
    """A channel that is turned upside down by known answers is believed to be so."""
    simulated = simulate(coverage=0.3, profiles=200, seed=4)
    pairs = simulated.observed.pairs
    wrong = Certain(np.full(len(pairs), np.nan), np.full(200, np.nan))
    wrong.nobody[:150] = 1.0
    wrong.pair[pairs.profile < 150] = 0.0
    found = fit_parameters(simulated.observed, PRIOR, other=NOTHING_ELSE, certain=wrong)
    free = fit_parameters(simulated.observed, PRIOR, other=NOTHING_ELSE)
    assert found.parameters.coverage < 0.1 < free.parameters.coverage


def test_rounds_are_bounded_and_said() -> None:
    found = fit_parameters(simulate(coverage=0.3).observed, PRIOR, other=NOTHING_ELSE, tolerance=0.0, max_rounds=3)
    assert (found.rounds, found.converged) == (3, False)


def test_posterior_under_the_fit_says_how_often_it_is_right() -> None:
    simulated = simulate(coverage=0.5, profiles=1500, customers=30, seed=6)
    found = fit_parameters(simulated.observed, PRIOR, other=NOTHING_ELSE).parameters
    bits = score_pairs(simulated.observed, found)[0]
    posterior = compute_posterior(simulated.observed.pairs, bits, coverage=found.coverage, customers=30, profiles=1500)
    pairs = simulated.observed.pairs
    right = simulated.owner[pairs.profile] == pairs.customer
    for low, high in ((0.02, 0.3), (0.3, 0.7), (0.7, 1.0)):
        band = (posterior.pair > low) & (posterior.pair <= high) & (pairs.customer >= 0)
        assert band.sum() > 50
        assert right[band].mean() == pytest.approx(posterior.pair[band].mean(), abs=0.08)


def test_bits_of_all_families_add_up() -> None:
    observed = simulate(coverage=0.3, profiles=50).observed
    weights = {name: start_weights(GROUP, np.array([3.0, 2.0, 1.0])) for name in M}
    total, by_family, _, _ = score_pairs(observed, Parameters(0.3, weights, {"place": 0.1}))
    assert np.array_equal(total, by_family["place"] + by_family["birth"])
    assert list(by_family) == list(M)


def test_what_is_slow_rests_where_plain_rounds_do(monkeypatch: pytest.MonkeyPatch) -> None:
    observed, _ = shared_weights(2000.0)
    prior = {"name": {"same": 2.0, "alike": 2.0, "else": 2.0}}
    settings = {"other": {"name": 0.0}, "coverage": 0.5}
    fast = fit_parameters(observed, prior, **settings, tolerance=1e-6, max_rounds=300)
    monkeypatch.setattr("sociolink.scoring.em._PLAIN_ROUNDS", 3000)
    plain = fit_parameters(observed, prior, **settings, tolerance=1e-9, max_rounds=3000)
    assert 20 < fast.rounds < plain.rounds
    assert fast.converged
    assert fast.parameters.coverage == pytest.approx(plain.parameters.coverage, abs=1e-4)
    assert fast.parameters.weights["name"] == pytest.approx(plain.parameters.weights["name"], abs=1e-4)
