"""The posterior is Bayes' rule in exact fractions; coverage is where the likelihood is largest."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from sociolink.evidence.protocol import Pairs
from sociolink.scoring.posterior import Certain, Posterior, clamp, compute_posterior, find_coverage


def pairs_of(rows: list[tuple[int, int, float]]) -> Pairs:
    profile, customer, count = zip(*rows, strict=True)
    return Pairs(np.array(profile, np.int32), np.array(customer, np.int32), np.array(count, np.float64))


def posterior_by_fractions(
    rows: list[tuple[int, int, float]], bits: list[int], *, coverage: Fraction, customers: int, profile: int
) -> tuple[list[Fraction], Fraction, Fraction]:
    """Answers of one profile's pairs, nobody, and the mean likelihood ratio."""
    mine = [at for at, row in enumerate(rows) if row[0] == profile]
    prior = coverage / customers
    masses = [prior * Fraction(rows[at][2]) * Fraction(2) ** bits[at] for at in mine]
    total = sum(masses, start=1 - coverage)
    return [mass / total for mass in masses], (1 - coverage) / total, sum(masses, start=Fraction(0)) / coverage


ROWS = [
    (0, 2, 1.0),
    (0, 5, 0.5),
    (0, 6, 0.5),
    (0, -1, 70.0),
    (0, -1, 28.0),
    (1, -1, 100.0),
    (2, 1, 1.0),
    (2, -1, 99.0),
    (3, 1, 1.0),
    (3, -1, 99.0),
]
BITS = [12, 9, -4, 3, 0, 0, 90, 0, -60, -50]


@pytest.mark.parametrize("coverage", [Fraction(1, 1000), Fraction(3, 10), Fraction(999, 1000)])
def test_answers_are_those_of_exact_fractions(coverage: Fraction) -> None:
    found = compute_posterior(
        pairs_of(ROWS), np.array(BITS, np.float64), coverage=float(coverage), customers=100, profiles=4
    )
    for profile in range(4):
        answers, nobody, mean = posterior_by_fractions(ROWS, BITS, coverage=coverage, customers=100, profile=profile)
        mine = [at for at, row in enumerate(ROWS) if row[0] == profile]
        assert found.pair[mine].tolist() == pytest.approx([float(one) for one in answers], rel=1e-12)
        assert found.nobody[profile] == pytest.approx(float(nobody), rel=1e-12)
        assert found.evidence[profile] == pytest.approx(math.log2(mean), abs=1e-9)
        assert found.pair[mine].sum() + found.nobody[profile] == pytest.approx(1.0, abs=1e-12)


def test_weights_beyond_floating_point_still_sum_to_one() -> None:
    rows = [(0, 0, 1.0), (0, 1, 1.0), (0, -1, 8.0), (1, 0, 1.0), (1, -1, 9.0)]
    bits = np.array([3000.0, 2999.0, 0.0, -3000.0, 0.0])
    found = compute_posterior(pairs_of(rows), bits, coverage=0.5, customers=10, profiles=2)
    assert found.pair[:2].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert found.nobody[0] < 1e-300
    assert found.pair[3:].sum() + found.nobody[1] == pytest.approx(1.0, abs=1e-12)
    assert found.evidence[0] == pytest.approx(3000 + math.log2(1.5) - math.log2(10))


def test_order_of_pairs_changes_nothing() -> None:
    rng = np.random.default_rng(4)
    size = 200
    bits = np.append(rng.normal(0, 12, size), 0.0)
    pairs = Pairs(
        np.zeros(size + 1, np.int32), np.append(np.arange(size), -1).astype(np.int32), np.append(np.ones(size), 9.0)
    )
    first = compute_posterior(pairs, bits, coverage=0.3, customers=size + 9, profiles=1)
    turn = np.append(rng.permutation(size), size)
    turned = Pairs(pairs.profile, pairs.customer[turn], pairs.count[turn])
    second = compute_posterior(turned, bits[turn], coverage=0.3, customers=size + 9, profiles=1)
    assert np.array_equal(first.pair[turn], second.pair)
    assert first.nobody[0] == second.nobody[0]
    assert first.evidence[0] == second.evidence[0]


def test_without_customers_it_is_nobody() -> None:
    empty = Pairs(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))
    assert compute_posterior(empty, np.empty(0), coverage=0.4, customers=5, profiles=3).nobody.tolist() == [1, 1, 1]
    found = compute_posterior(pairs_of([(0, -1, 0.0)]), np.zeros(1), coverage=0.4, customers=0, profiles=1)
    assert (found.pair.tolist(), found.nobody.tolist()) == ([0.0], [1.0])


def test_pairs_that_stand_for_nobody_have_no_probability() -> None:
    found = compute_posterior(
        pairs_of([(0, 0, 1.0), (0, -1, 0.0)]), np.array([2.0, 0.0]), coverage=0.5, customers=1, profiles=1
    )
    assert found.pair.tolist() == pytest.approx([0.8, 0.0])
    assert found.nobody.tolist() == pytest.approx([0.2])


def test_known_answers_take_the_place_of_the_posterior() -> None:
    before = Posterior(np.array([0.5, 0.2, 0.4]), np.array([0.3, 0.6]), np.zeros(2))
    certain = Certain(np.array([0.0, 1.0, np.nan]), np.array([0.0, np.nan]))
    after = clamp(before, certain)
    assert after.pair.tolist() == [0.0, 1.0, 0.4]
    assert after.nobody.tolist() == [0.0, 0.6]
    assert clamp(before, None) is before


@pytest.mark.parametrize("coverage", [0.02, 0.3, 0.6, 0.95])
def test_coverage_is_found_and_its_interval_holds_it(coverage: float) -> None:
    """Likelihood ratios of owners and strangers under a known law: log ratios +-s^2/2 with deviation s."""
    hits = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        owner = rng.random(1000) < coverage
        spread = 3.0
        evidence = rng.normal(np.where(owner, 1, -1) * spread**2 / 2, spread, 1000) / math.log(2)
        value, low, high = find_coverage(evidence)
        assert low <= value <= high
        assert value == pytest.approx(coverage, abs=0.08)
        hits += low <= coverage <= high
    assert hits >= 16


def test_coverage_maximises_the_likelihood() -> None:
    rng = np.random.default_rng(0)
    evidence = rng.normal(0, 6, 60)
    value, low, high = find_coverage(evidence)

    def likelihood(pi: float) -> float:
        return sum(math.log1p(pi * (2.0**bits - 1)) for bits in evidence)

    fine = [at / 2000 for at in range(1, 2000)]
    best = max(fine, key=likelihood)
    assert value == pytest.approx(best, abs=0.006)
    inside = [pi for pi in fine if likelihood(pi) >= likelihood(best) - 3.8415 / 2]
    assert (low, high) == (pytest.approx(min(inside), abs=0.006), pytest.approx(max(inside), abs=0.006))


def test_coverage_without_profiles_says_nothing() -> None:
    assert find_coverage(np.empty(0)) == (0.5, 0.0, 1.0)


def test_coverage_bears_evidence_without_bounds() -> None:
    low = find_coverage(np.full(50, -np.inf))
    assert low[0] == min(low) < 0.001
    assert find_coverage(np.full(50, 5000.0))[0] > 0.99
