"""What a bearer and the background are worth: against sums made one part at a time, and whatever the counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sociolink.population import interpolation
from sociolink.population.interpolation import fit_interpolation

BOUNDS = (0.0, 1.0, 4.0, 16.0)


def cell(count: float, bundled: float) -> int:
    return sum(count > bound for bound in BOUNDS) + (5 if bundled > 0 else 0)


def slow_interpolation(
    counts: list[float], background: list[float], bundled: list[float], people: float, size: float, unknown: float
) -> tuple[list[float], list[float]]:
    """Each part in turn."""
    cells = range(10)
    borne, behind, others = [0.0] * 10, [0.0] * 10, [0.0] * 10
    behind[0] = unknown
    for n, b, listed in zip(counts, background, bundled, strict=True):
        at = cell(n, listed)
        borne[at] += n
        behind[at] += b
        others[at] += max(n - 1, 0.0)
    usual = [others[at] / borne[at] if borne[at] else 1.0 for at in cells]
    own, back = [max(one, 0.5) for one in usual], [1.0] * 10
    for _ in range(30):
        by_own, by_back = [3 * one for one in usual], [3.0] * 10
        for n, b, listed in zip(counts, background, bundled, strict=True):
            if n > 0:
                rest = max(n - 1, 0.0)
                at = cell(rest, listed)
                whole = own[at] * rest + back[at] * b
                by_own[at] += n * own[at] * rest / whole
                by_back[at] += n * back[at] * b / whole
        own = [by_own[at] / (people / size * borne[at] + 3) for at in cells]
        back = [by_back[at] / (people / size * behind[at] + 3) for at in cells]
    return own, back


def crm(seed: int, parts: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Counts, background and bundled shares of a small CRM, some counts in fractions and some parts unlisted."""
    rng = np.random.default_rng(seed)
    bundled = rng.dirichlet(np.full(parts, 0.4)) * (rng.random(parts) < 0.7)
    counts = rng.multinomial(150, rng.dirichlet(np.full(parts, 0.3))).astype(float)
    counts[rng.random(parts) < 0.2] *= 0.4
    return counts, 20 * (0.8 * bundled + 0.2 * rng.dirichlet(np.ones(parts)) * 0.5), bundled, float(counts.sum())


@pytest.mark.parametrize("seed", range(5))
def test_worth_is_that_of_sums_made_one_part_at_a_time(seed: int) -> None:
    counts, background, bundled, people = crm(seed)
    size = people + 19
    found = fit_interpolation(counts, background, bundled, people=people, size=size, unknown=2.0)
    own, back = slow_interpolation(counts.tolist(), background.tolist(), bundled.tolist(), people, size, 2.0)
    assert found.own == pytest.approx(own)
    assert found.background == pytest.approx(back)
    assert found.unseen == pytest.approx(back[0])
    worth = [
        own[cell(n, listed)] * n + back[cell(n, listed)] * b
        for n, b, listed in zip(counts, background, bundled, strict=True)
    ]
    assert found.bearers(counts, background, bundled) == pytest.approx(worth)


@pytest.mark.parametrize(("pairs", "worth"), [(150, 300 / 600), (60, 120 / 600), (290, 580 / 600)])
def test_what_one_bearer_is_worth_is_what_second_bearers_tell(pairs: int, worth: float) -> None:
    """600 parts of one bearer and some of two, nothing behind them (Good 1953): 2 N_2 / N_1, but for the prior."""
    counts = np.concatenate([np.ones(600), np.full(pairs, 2.0)])
    people, nothing = float(counts.sum()), np.zeros(len(counts))
    found = fit_interpolation(counts, nothing, nothing, people=people, size=people, unknown=1.0)
    assert found.own[1] == pytest.approx(worth, abs=0.01)


def test_what_is_common_here_and_rare_elsewhere_keeps_its_bearers() -> None:
    """Parts of a second culture, which the bundled counts hardly know, beside many that they know well."""
    rng = np.random.default_rng(3)
    known = rng.zipf(1.3, 3000).astype(float)
    known /= known.sum()
    bundled = np.concatenate([known, np.full(40, 1e-7)])
    there = np.concatenate([0.6 * known, np.full(40, 0.01)])
    counts = rng.multinomial(8000, there).astype(float)
    theta = 8000.0
    found = fit_interpolation(counts, theta * bundled, bundled, people=8000, size=8000 + theta, unknown=0.0)
    share = found.bearers(counts, theta * bundled, bundled) / (8000 + theta)
    # One theta for all states half of it.
    assert share[3000:].sum() == pytest.approx(0.4, abs=0.04)
    assert share[:3000].sum() == pytest.approx(0.6, abs=0.04)


def test_without_people_there_is_the_background_alone() -> None:
    background = np.array([0.5, 0.25, 0.0])
    found = fit_interpolation(np.zeros(3), background, np.array([1.0, 0, 0]), people=0, size=1.0, unknown=0.25)
    assert found.bearers(np.zeros(3), background, np.array([1.0, 0, 0])).tolist() == background.tolist()
    assert found.unseen == 1
    nothing = np.empty(0)
    empty = fit_interpolation(nothing, nothing, nothing, people=0, size=1.0, unknown=1.0)
    assert empty.bearers(nothing, nothing, nothing).shape == (0,)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), times=st.integers(1, 50))
def test_all_shares_are_those_of_all_people(seed: int, times: int) -> None:
    """But for what the prior adds, the shares of all parts, known or not, sum to 1 at most; none is negative."""
    counts, background, bundled, _ = crm(seed)
    counts = np.tile(counts, times)
    background, bundled = np.tile(background, times), np.tile(bundled, times)
    people, size = float(counts.sum()), float(counts.sum()) + 20 * times - 1
    found = fit_interpolation(counts, background, bundled, people=people, size=size, unknown=2.0 * times)
    worth = found.bearers(counts, background, bundled)
    assert (worth[(counts > 0) | (background > 0)] > 0).all()
    total = (worth.sum() + found.unseen * 2.0 * times) / size
    prior = interpolation._TRUST * 2 * interpolation._CELLS
    assert 0.5 < total <= 1 + prior / people
    order = np.random.default_rng(seed).permutation(len(counts))
    again = fit_interpolation(
        counts[order], background[order], bundled[order], people=people, size=size, unknown=2.0 * times
    )
    assert again.own == pytest.approx(found.own)
    assert again.background == pytest.approx(found.background)
