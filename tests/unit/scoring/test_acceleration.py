"""Extrapolated steps come to rest where plain ones do, sooner, and fall back where they lead astray."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sociolink.scoring.acceleration import find_fixed_point

Floats = npt.NDArray[np.float64]


def gap(one: Floats, other: Floats) -> float:
    return float(np.abs(one - other).max())


@settings(max_examples=40, deadline=None)
@given(
    rates=st.lists(st.floats(0.0, 0.97), min_size=1, max_size=6),
    goal=st.floats(-50, 50),
    bend=st.floats(0.0, 0.02),
)
def test_it_rests_at_the_fixed_point(rates: list[float], goal: float, bend: float) -> None:
    rate = np.array(rates)

    def advance(x: Floats) -> Floats:
        off = x - goal
        return goal + rate * off + bend * np.sin(off)

    rest = find_fixed_point(advance, np.zeros(len(rate)), moved=gap, tolerance=1e-7, max_rounds=5000)
    assert rest.reached
    assert np.abs(rest.point - goal).max() < 1e-3


def test_slow_rounds_are_few() -> None:
    rate = np.array([0.98, 0.9, 0.5, 0.1])
    rest = find_fixed_point(lambda x: 1 + rate * (x - 1), np.zeros(4), moved=gap, tolerance=1e-6, max_rounds=1000)
    assert rest.reached
    assert rest.rounds < 200  # plain rounds take over 500
    assert rest.point == pytest.approx(np.ones(4), abs=1e-4)


def test_a_step_that_leads_astray_is_taken_back() -> None:
    """Beyond the fixed point the map throws far back: plain rounds never go there, extrapolated ones do."""
    seen = []

    def advance(x: Floats) -> Floats:
        seen.append(float(x[0]))
        return np.where(x > 1.0, -50.0, 1 - 0.9 * (1 - x) - 0.02 * (1 - x) ** 2)

    rest = find_fixed_point(advance, np.array([-1.0]), moved=gap, tolerance=1e-6, max_rounds=400)
    assert max(seen) > 1.0
    assert rest.reached
    assert rest.point[0] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("most", [1, 2, 3, 4, 7])
def test_rounds_are_counted(most: int) -> None:
    calls = []

    def advance(x: Floats) -> Floats:
        calls.append(1)
        return x + 1

    rest = find_fixed_point(advance, np.zeros(1), moved=gap, tolerance=1e-6, max_rounds=most)
    assert not rest.reached
    assert rest.rounds == len(calls) <= most
