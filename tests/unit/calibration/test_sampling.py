"""Samples for review: known chances, an exact size, and no dependence on the order of rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sociolink.calibration.sampling import draw_sample, rank_by_doubt, strata_of

chances = st.lists(st.floats(0, 1), min_size=1, max_size=60)


@given(chances, st.integers(1, 70), st.integers(0, 5))
def test_sample_has_its_size_and_honest_chances(values: list[float], size: int, seed: int) -> None:
    probability = np.array(values)
    stratum, _ = strata_of(probability, np.zeros(len(values), int))
    drawn = draw_sample(probability, stratum, size, order=np.arange(len(values)), seed=seed)

    assert len(drawn.row) == min(size, len(values)) == len(set(drawn.row.tolist()))
    if stratum.max() >= size:
        stratum = np.zeros_like(stratum)
    for one in np.unique(stratum[drawn.row]):
        own = stratum[drawn.row] == one
        assert np.allclose(drawn.inclusion[own], own.sum() / (stratum == one).sum())


@given(st.permutations(range(20)))
def test_rows_in_any_order_give_the_same_sample(order: list[int]) -> None:
    probability = np.linspace(0, 1, 20)
    stratum, _ = strata_of(probability, np.zeros(20, int))
    first = draw_sample(probability, stratum, 9, order=np.arange(20), seed=3)
    moved = np.array(order)
    second = draw_sample(probability[moved], stratum[moved], 9, order=moved, seed=3)
    assert sorted(moved[second.row].tolist()) == first.row.tolist()


def test_each_is_drawn_as_often_as_its_chance_says() -> None:
    probability = np.repeat([0.999, 0.6, 0.01], [50, 20, 30])
    stratum, _ = strata_of(probability, np.zeros(100, int))
    hits, told = np.zeros(100), np.zeros(100)
    for seed in range(1000):
        drawn = draw_sample(probability, stratum, 25, order=np.arange(100), seed=seed)
        hits[drawn.row] += 1
        told[drawn.row] = drawn.inclusion
    assert np.abs(hits / 1000 - told).max() < 5 * np.sqrt(0.25 / 1000)
    assert told[60] > told[0]


def test_no_stratum_is_out_of_reach_of_a_small_sample() -> None:
    """The weighted mean of anything is right on average, however few are drawn."""
    value = np.arange(6.0)
    means = []
    for seed in range(400):
        drawn = draw_sample(np.full(6, 0.5), np.arange(6), 3, order=np.arange(6), seed=seed)
        assert len(drawn.row) == 3
        means.append((value[drawn.row] / drawn.inclusion).sum() / 6)
    assert abs(np.mean(means) - value.mean()) < 4 * np.std(means) / np.sqrt(len(means))


def test_doubt_does_not_look_at_the_order_of_rows() -> None:
    probability = np.array([0.5, 0.9, 0.5, 0.1])
    assert rank_by_doubt(probability, np.zeros(4), np.array([3, 2, 1, 0])).tolist() == [2, 0, 3, 1]
