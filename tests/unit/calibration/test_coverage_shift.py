"""Another coverage, from the probabilities alone, is Bayes' rule with that coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.calibration.coverage_shift import half_and_twice, odds_ratio, shift_nobody, shift_probabilities
from sociolink.evidence.protocol import Pairs
from sociolink.scoring.posterior import compute_posterior

shares = st.floats(0.001, 0.999)


@given(shares, shares, st.integers(0, 10**6))
def test_shifted_is_computed_again(coverage: float, other: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    profile = np.repeat(np.arange(6, dtype=np.int32), 4)
    customer = np.tile(np.array([0, 1, 2, -1], np.int32), 6)
    pairs = Pairs(profile, customer, np.where(customer < 0, 97.0, 1.0))
    bits, stranger = rng.normal(4, 6, 24), rng.normal(0, 1, 6)
    first, second = (
        compute_posterior(pairs, bits, coverage=pi, customers=100, profiles=6, stranger_bits=stranger)
        for pi in (coverage, other)
    )
    ratio = odds_ratio(coverage, other)
    np.testing.assert_allclose(
        shift_probabilities(first.pair, first.nobody[profile], ratio), second.pair, rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(shift_nobody(first.nobody, ratio), second.nobody, rtol=1e-9, atol=1e-12)


@given(st.floats(0, 1), shares)
def test_answers_stay_a_distribution(nobody: float, other: float) -> None:
    ratio = odds_ratio(0.4, other)
    some, none = np.array([(1 - nobody) * 0.3, (1 - nobody) * 0.7]), np.array([nobody, nobody])
    moved = shift_probabilities(some, none, ratio)
    assert moved.sum() + shift_nobody(none, ratio)[0] == pytest.approx(1)
    assert np.all(moved >= 0)


def test_the_same_coverage_changes_no_bit() -> None:
    values = np.random.default_rng(1).random(100)
    assert odds_ratio(0.3, 0.3) == 1
    assert shift_probabilities(values, values, 1.0) is values
    assert shift_nobody(values, 1.0) is values


def test_known_answers_stay() -> None:
    assert shift_probabilities(np.array([1.0, 0.0]), np.array([0.0, 1.0]), 7.0).tolist() == [1, 0]
    assert shift_nobody(np.array([0.0, 1.0]), 7.0).tolist() == [0, 1]


@given(shares)
def test_half_and_twice_are_shares_on_both_sides(coverage: float) -> None:
    half, twice = half_and_twice(coverage)
    assert 0 < half < coverage < twice < 1
    assert 1 - twice >= (1 - coverage) / 2 - 1e-12
