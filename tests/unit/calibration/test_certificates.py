"""Bounds from audited links: against slow references, and how often certificates are wrong."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.calibration.certificates import audit_size, certify, exact_upper, weighted_upper
from sociolink.calibration.sampling import draw_sample, strata_of

SEEDS = 200


def binomial_tail(false: int, audited: int, share: float) -> float:
    return sum(comb(audited, k) * share**k * (1 - share) ** (audited - k) for k in range(false + 1))


@given(st.integers(1, 80), st.integers(0, 80), st.floats(0.5, 0.99))
def test_exact_bound_is_where_the_binomial_tail_says(audited: int, false: int, confidence: float) -> None:
    upper = exact_upper(false, audited, confidence=confidence)
    if false >= audited:
        assert upper == 1.0
    else:
        assert binomial_tail(false, audited, upper) == pytest.approx(1 - confidence, abs=1e-6)


@given(st.integers(1, 200), st.integers(0, 30), st.floats(0.2, 1.0))
def test_weighted_bound_is_wider_than_the_exact_one(audited: int, false: int, fraction: float) -> None:
    wide = weighted_upper(false * fraction, audited, audited * fraction, confidence=0.95)
    assert wide >= exact_upper(false, audited, confidence=0.95) - 1e-9


def test_no_sample_bounds_nothing() -> None:
    assert exact_upper(0, 0, confidence=0.95) == weighted_upper(0, 0, 0.0, confidence=0.95) == 1.0
    nothing = np.empty(0)
    for probability in (np.empty(0), np.full(5, 0.9)):
        found = certify(probability, nothing, nothing.astype(bool), nothing, nothing, max_false=0.05, confidence=0.95)
        assert (found.certified, found.upper, found.audited) == (False, 1.0, 0)


def test_as_many_right_ones_as_needed_certify_and_one_less_does_not() -> None:
    needed = audit_size(0.05, 0.95)
    for size, certified in ((needed, True), (needed - 1, False)):
        sure = np.full(size, 0.99)
        found = certify(
            np.full(1000, 0.99), sure, np.zeros(size, bool), np.full(size, 0.01), sure, max_false=0.05, confidence=0.95
        )
        assert found.certified is certified
        assert found.equal


def make_world(rng: np.random.Generator, false: float) -> tuple[np.ndarray, np.ndarray]:
    """Links with probabilities, and which are false: exactly this share, more of them where it says so."""
    probability = 1 - rng.beta(0.4, 6, 2000) / 2
    order = np.lexsort((rng.random(2000) - 4 * (1 - probability),))
    wrong = np.zeros(2000, bool)
    wrong[order[: round(false * 2000)]] = True
    return probability, wrong


@pytest.mark.parametrize("equal", [True, False])
def test_certificates_are_wrong_as_seldom_as_they_say(equal: bool) -> None:
    """A certificate is wrong if more of its set is false than was asked for; the whole set is just above the limit."""
    wrong_ones = certified = 0
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        probability, wrong = make_world(rng, 0.081)
        stratum = np.zeros(2000, int) if equal else strata_of(probability, np.zeros(2000, int))[0]
        drawn = draw_sample(probability, stratum, 200, order=np.arange(2000), seed=seed)
        own = probability[drawn.row]
        found = certify(probability, own, wrong[drawn.row], drawn.inclusion, own, max_false=0.08, confidence=0.9)
        certified += found.certified
        wrong_ones += found.certified and bool(wrong[probability >= found.cut].mean() > 0.08)
    allowed = 0.1 * SEEDS + 3 * np.sqrt(0.1 * 0.9 * SEEDS)
    assert certified > 0
    assert wrong_ones <= allowed


def test_the_end_is_settled_by_the_first_failure() -> None:
    """Good links far down do not make up for bad ones in between."""
    probability = np.repeat([0.99, 0.9, 0.8], 200)
    wrong = np.zeros(600, bool)
    wrong[200:260] = True
    found = certify(probability, probability, wrong, np.ones(600), probability, max_false=0.05, confidence=0.95)
    assert found.certified
    assert found.cut == 0.99
