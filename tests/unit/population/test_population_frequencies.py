"""Smoothed frequencies against the formula written out."""

import math

import numpy as np
import pytest

from sociolink.population.frequencies import NamePrior, PartFrequencies, fit_prior, smooth_frequencies, to_fixed_point
from sociolink.population.interpolation import fit_interpolation

KEYS = np.array([2, 5, 9, 11], np.uint64)
COUNTS = np.array([0.0, 1.0, 40.5, 7.0])
BUNDLED = np.array([0.3, 0.0, 0.5, 0.2])
SPELLING = np.array([1e-3, 1e-9, 1e-4, 1e-5])


def formula(count: float, background: float, people: float, theta: float) -> float:
    """(max(n - 1, 0) + theta p0) / (N - 1 + theta)."""
    return (max(count - 1, 0.0) + theta * background) / (people - 1 + theta)


RARE = np.array([0.5, 2.0, 1.0, 1.6])


@pytest.mark.parametrize("counts", [COUNTS, RARE])
@pytest.mark.parametrize("theta", [1.0, 64.0, 2.0**20])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_frequencies_are_what_bearers_and_background_are_worth(theta: float, share: float, counts: np.ndarray) -> None:
    found = smooth_frequencies(KEYS, counts, BUNDLED, SPELLING, people=50, prior=NamePrior(theta, share))
    background = theta * (share * BUNDLED + (1 - share) * SPELLING)
    spelled = theta * (1 - share)
    unknown = spelled * (1 - SPELLING.sum())
    size = 49 + theta
    worth = fit_interpolation(counts, background, BUNDLED, people=50, size=size, unknown=unknown)
    expected = worth.bearers(counts, background, BUNDLED)
    whole = max(size, expected.sum() + worth.unseen * unknown)
    assert found.frequency == pytest.approx(expected / whole, rel=1e-12)
    assert found.unseen == pytest.approx(worth.unseen * spelled / whole, rel=1e-12)
    assert (found.frequency > 0).all()
    assert found.frequency.sum() + found.unseen * (1 - SPELLING.sum()) <= 1 + 1e-12


def test_a_part_of_the_crm_is_not_less_frequent_the_more_bear_it() -> None:
    """Of parts with the same background, in a CRM of 2,000 people."""
    rng = np.random.default_rng(6)
    bundled = np.repeat(rng.dirichlet(np.full(40, 0.5)), 25) / 25
    counts = rng.multinomial(2000, rng.dirichlet(np.full(1000, 0.2))).astype(float)
    found = smooth_frequencies(
        np.arange(1000, dtype=np.uint64), counts, bundled, bundled / 2, people=2000, prior=NamePrior(1000.0, 0.8)
    )
    for group in range(40):
        here = slice(25 * group, 25 * group + 25)
        order = np.argsort(counts[here])
        assert (np.diff(found.frequency[here][order]) >= -1e-12).all()


def test_a_single_person_is_all_background() -> None:
    for people in (0.0, 1.0):
        found = smooth_frequencies(KEYS, COUNTS * 0, BUNDLED, SPELLING, people=people, prior=NamePrior(4.0, 0.5))
        assert found.frequency == pytest.approx((BUNDLED + SPELLING) / 2, rel=1e-12)


def test_look_up_finds_known_parts_only() -> None:
    frequencies = PartFrequencies(KEYS, np.array([0.1, 0.2, 0.3, 0.4]))
    asked = np.array([9, 1, 2, 11, 2**64 - 1, 6], np.uint64)
    assert frequencies.lookup(asked).tolist() == [0.3, 0.0, 0.1, 0.4, 0.0, 0.0]
    nothing = PartFrequencies(np.empty(0, np.uint64), np.empty(0))
    assert nothing.lookup(asked).tolist() == [0.0] * 6


def best_of_grid(counts: list[float], bundled: list[float], spelling: list[float], people: float) -> NamePrior:
    """The likeliest prior, by trying all in Python."""
    best, chosen = -math.inf, NamePrior(1.0, 0.5)
    for share in (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98):
        for theta in (2.0**power for power in range(21)):
            total = 0.0
            for n, b, s in zip(counts, bundled, spelling, strict=True):
                if n > 0:
                    total += n * math.log(formula(n, share * b + (1 - share) * s, people, theta))
            if total > best + 1e-9:
                best, chosen = total, NamePrior(theta, share)
    return chosen


@pytest.mark.parametrize("seed", range(6))
def test_the_prior_is_the_likeliest_of_the_grid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parts = 40
    bundled = rng.dirichlet(np.full(parts, 0.3)) * (rng.random(parts) < 0.8)
    spelling = rng.dirichlet(np.full(parts, 2.0)) * 0.3
    counts = rng.multinomial(60, rng.dirichlet(np.full(parts, 0.5))).astype(float)
    chosen = fit_prior(counts, bundled, spelling, people=60)
    assert chosen == best_of_grid(counts.tolist(), bundled.tolist(), spelling.tolist(), 60)


def test_a_crm_like_the_bundled_counts_trusts_them_and_one_unlike_does_not() -> None:
    rng = np.random.default_rng(2)
    bundled = rng.dirichlet(np.full(300, 0.5))
    spelling = np.full(300, 1 / 300)
    alike = rng.multinomial(400, bundled).astype(float)
    unlike = rng.multinomial(400, spelling).astype(float)
    assert fit_prior(alike, bundled, spelling, people=400).bundled_share >= 0.9
    assert fit_prior(unlike, bundled, spelling, people=400).bundled_share <= 0.1


def test_nobody_tells_nothing() -> None:
    assert fit_prior(np.zeros(3), BUNDLED[:3], SPELLING[:3], people=0) == NamePrior(1.0, 0.5)
    nothing = np.empty(0)
    assert fit_prior(nothing, nothing, nothing, people=0) == NamePrior(1.0, 0.5)


def test_sums_of_shares_in_fixed_point_do_not_depend_on_the_order() -> None:
    rng = np.random.default_rng(0)
    shares = rng.random(200_000) ** 8
    fixed = to_fixed_point(shares)
    assert np.abs(fixed - shares).max() <= 2.0**-33
    orders = [rng.permutation(len(shares)) for _ in range(5)]
    one_by_one = np.zeros(len(shares), np.int64)
    sums = {float(np.bincount(one_by_one, weights=fixed[order])[0]) for order in orders}
    assert len(sums) == 1
    # The test would notice: the same sums of the shares as they were do differ.
    assert len({float(np.bincount(one_by_one, weights=shares[order])[0]) for order in orders}) > 1
