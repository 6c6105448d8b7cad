"""Bits of channels and families are those of a loop over pairs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sociolink.evidence.protocol import Denominator, Mixture
from sociolink.scoring.weights import FIXED_POINT, family_bits, round_bits, start_weights, sum_channel

GROUP = np.array([0, 0, 0, 1, 1], np.int32)
NAMES = ("a", "b", "c", "d", "e")


def random_mixture(rng: np.random.Generator, pairs: int, *, denominator: bool) -> Mixture:
    """A channel whose pairs have none, one or several entries."""
    size = int(rng.integers(0, 4 * pairs))
    pair = np.sort(rng.integers(0, pairs, size)).astype(np.int32)
    below = None
    if denominator:
        rows = max(pairs // 2, 1)
        row = np.sort(np.concatenate([np.arange(rows), rng.integers(0, rows, rows)])).astype(np.int32)
        below = Denominator(
            rng.integers(-1, rows, pairs).astype(np.int32),
            row,
            rng.integers(0, 5, len(row)).astype(np.int32),
            rng.random(len(row)) + 1e-6,
            np.zeros(rows, np.int32),
        )
    component = rng.integers(0, 5, size).astype(np.int32)
    return Mixture("family.one", NAMES, GROUP, pair, component, rng.random(size) * 50, pairs, below)


def ratio_by_hand(mixture: Mixture, weights: np.ndarray, pair: int) -> float | None:
    """The likelihood ratio of one pair; None where the channel says nothing."""
    above = sum(
        weights[mixture.component[at]] * mixture.likelihood[at]
        for at in range(len(mixture.pair))
        if mixture.pair[at] == pair
    )
    if above == 0:
        return None
    if mixture.denominator is None:
        return float(above)
    row = mixture.denominator.of_pair[pair]
    if row < 0:
        return None
    below = sum(
        weights[mixture.denominator.component[at]] * mixture.denominator.likelihood[at]
        for at in range(len(mixture.denominator.row))
        if mixture.denominator.row[at] == row
    )
    return float(above / below)


@pytest.mark.parametrize("denominator", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_bits_of_a_channel(seed: int, denominator: bool) -> None:
    rng = np.random.default_rng(seed)
    mixture = random_mixture(rng, 15, denominator=denominator)
    weights = start_weights(GROUP, rng.random(5) + 0.01)
    sums = sum_channel(mixture, weights)
    for pair in range(15):
        ratio = ratio_by_hand(mixture, weights, pair)
        assert sums.told[pair] == (ratio is not None)
        assert sums.bits[pair] == pytest.approx(math.log2(ratio) if ratio is not None else 0.0, abs=1e-9)


def test_shares_sum_to_one_in_each_pair_and_each_row() -> None:
    rng = np.random.default_rng(1)
    mixture = random_mixture(rng, 20, denominator=True)
    sums = sum_channel(mixture, start_weights(GROUP, np.ones(5)))
    of_pair = np.bincount(mixture.pair, weights=sums.customer, minlength=20)
    assert of_pair[np.unique(mixture.pair)] == pytest.approx(1.0)
    assert mixture.denominator is not None
    assert np.bincount(mixture.denominator.row, weights=sums.stranger) == pytest.approx(1.0)


@pytest.mark.parametrize("other", [0.0, 0.02, 0.5])
def test_bits_of_a_family(other: float) -> None:
    rng = np.random.default_rng(2)
    mixtures = [random_mixture(rng, 12, denominator=which) for which in (True, False)]
    weights = start_weights(GROUP, rng.random(5) + 0.01)
    bits, own = family_bits([sum_channel(one, weights) for one in mixtures], other)
    for pair in range(12):
        ratios = [ratio_by_hand(one, weights, pair) for one in mixtures]
        told = [ratio for ratio in ratios if ratio is not None]
        ratio = math.prod(told)
        expected = (1 - other) * ratio + other if told else 1.0
        assert bits[pair] == pytest.approx(math.log2(expected), abs=2 / FIXED_POINT)
        assert own[pair] == pytest.approx((1 - other) * ratio / expected if told and other else 1.0, rel=1e-9)


def test_what_is_not_about_the_owner_limits_what_counts_against() -> None:
    against = Mixture(
        "f", ("a",), np.zeros(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.int32), np.array([1e-9]), 1, None
    )
    sums = [sum_channel(against, np.ones(1))]
    assert family_bits(sums, 0.0)[0][0] == pytest.approx(math.log2(1e-9), abs=1e-5)
    assert family_bits(sums, 0.25)[0][0] == pytest.approx(-2.0, abs=1e-5)


def test_extreme_bits_stay_finite() -> None:
    entries = np.arange(2, dtype=np.int32)
    mixture = Mixture(
        "f", ("a",), np.zeros(1, np.int32), entries, np.zeros(2, np.int32), np.array([1e-300, 1e300]), 2, None
    )
    for other in (0.0, 0.02):
        bits, own = family_bits([sum_channel(mixture, np.ones(1))], other)
        assert np.all(np.isfinite(bits))
        assert np.all((own >= 0) & (own <= 1))


def test_weights_are_fixed_point_so_that_sums_are_exact_in_any_order() -> None:
    rng = np.random.default_rng(0)
    bits = round_bits(rng.normal(0, 30, 10_000))
    assert np.array_equal(bits * FIXED_POINT, np.rint(bits * FIXED_POINT))
    assert bits.sum() == bits[::-1].sum() == sum(rng.permutation(bits).tolist())


def test_each_group_of_weights_sums_to_one() -> None:
    weights = start_weights(GROUP, np.array([1.0, 2.0, 1.0, 3.0, 1.0]))
    assert weights.tolist() == [0.25, 0.5, 0.25, 0.75, 0.25]
