"""Sums over links that may be true, against every way in which they may turn out."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.enrichment.chances import (
    add_up,
    chance_of_any,
    count_intervals,
    mean_intervals,
    moment_reached,
)
from sociolink.errors import InvalidParameterError

CHANCE = st.sampled_from([0.0, 0.001, 0.02, 0.3, 0.5, 0.77, 0.96, 0.999, 1.0])
LINKS = st.lists(st.tuples(st.integers(0, 6), CHANCE), min_size=1, max_size=7)


def spread(links: list[tuple[int, float]]) -> dict[int, float]:
    """The distribution of the sum, by enumeration."""
    out: dict[int, float] = {}
    for true in product([False, True], repeat=len(links)):
        chance = float(np.prod([p if one else 1 - p for one, (_, p) in zip(true, links, strict=True)]))
        total = sum(count for one, (count, _) in zip(true, links, strict=True) if one)
        out[total] = out.get(total, 0.0) + chance
    return out


def quantile(found: dict[int, float], level: float) -> int:
    reached = 0.0
    for total in sorted(found):
        reached += found[total]
        if reached >= level - 1e-10:
            return total
    return max(found)


@given(st.lists(LINKS, min_size=1, max_size=5))
def test_intervals_are_those_of_the_enumerated_distribution(groups: list[list[tuple[int, float]]]) -> None:
    count = np.array([count for links in groups for count, _ in links])
    chance = np.array([p for links in groups for _, p in links])
    number = np.repeat(np.arange(len(groups)), [len(links) for links in groups])
    order = np.random.default_rng(0).permutation(len(count))

    low, high = count_intervals(count[order], chance[order], number[order], size=len(groups) + 1)

    expected = [spread(links) for links in groups]
    assert low.tolist() == [*(quantile(one, 0.025) for one in expected), 0]
    assert high.tolist() == [*(quantile(one, 0.975) for one in expected), 0]


def test_large_counts_are_right_to_a_thousandth() -> None:
    rng = np.random.default_rng(3)
    count, chance = rng.integers(0, 4000, 12), rng.random(12)

    low, high = count_intervals(count, chance, np.zeros(12, int), size=1)

    drawn = (rng.random((200_000, 12)) < chance) @ count
    near = count.sum() / 1023 * 6
    assert abs(low[0] - np.quantile(drawn, 0.025)) < near + 60
    assert abs(high[0] - np.quantile(drawn, 0.975)) < near + 60


def test_a_single_heavy_link_is_all_or_nothing() -> None:
    low, high = count_intervals(np.array([5000]), np.array([0.9]), np.array([0]), size=1)

    assert (low[0], high[0]) == (0, 5000)


@given(LINKS)
def test_chance_of_any_is_one_minus_that_of_none(links: list[tuple[int, float]]) -> None:
    chance = np.array([p for _, p in links])

    found = chance_of_any(chance, np.zeros(len(links), int), 2)

    assert found[0] == pytest.approx(1 - np.prod(1 - chance), abs=1e-8)
    assert found[1] == 0


def test_sums_are_the_same_in_any_order() -> None:
    rng = np.random.default_rng(1)
    values, groups = rng.random(5000), rng.integers(0, 9, 5000)
    order = rng.permutation(5000)

    assert add_up(values, groups, 9).tobytes() == add_up(values[order], groups[order], 9).tobytes()
    assert add_up(values, groups, 9) == pytest.approx(np.bincount(groups, weights=values), abs=1e-6)


def test_means_are_expected_total_by_expected_count_with_their_linear_variance() -> None:
    total, count, chance = np.array([2.0, -3.0, 0.5]), np.array([2.0, 4.0, 1.0]), np.array([0.9, 0.4, 0.7])

    mean, low, high = mean_intervals(total, count, chance, np.zeros(3, int), size=2)

    totals = counts = 0.0
    for true in product([0, 1], repeat=3):
        p = np.prod(np.where(true, chance, 1 - chance))
        totals, counts = totals + p * np.dot(true, total), counts + p * np.dot(true, count)
    assert mean[0] == pytest.approx(totals / counts, abs=1e-7)
    variance = sum(
        np.prod(np.where(true, chance, 1 - chance)) * np.dot(np.array(true) - chance, total - mean[0] * count) ** 2
        for true in product([0, 1], repeat=3)
    )
    assert high[0] - mean[0] == pytest.approx(1.96 * np.sqrt(variance) / counts, rel=1e-4)
    assert mean[0] - low[0] == pytest.approx(high[0] - mean[0])
    assert np.isnan(mean[1])


@given(LINKS, st.booleans(), st.sampled_from([0.025, 0.5, 0.975]))
def test_moments_are_where_the_chance_of_any_reaches_the_level(
    links: list[tuple[int, float]], latest: bool, level: float
) -> None:
    moment, chance = np.array([m for m, _ in links]), np.array([p for _, p in links])

    found, reached = moment_reached(moment, chance, np.ones(len(links), int), size=3, level=level, latest=latest)

    expected = None
    for at in sorted(set(moment.tolist()), reverse=latest):
        beyond = moment >= at if latest else moment <= at
        if 1 - np.prod(1 - chance[beyond]) >= level - 1e-9:
            expected = at
            break
    assert reached.tolist() == [False, expected is not None, False]
    assert expected is None or found[1] == expected


def test_level_must_be_a_share() -> None:
    with pytest.raises(InvalidParameterError, match="level is 1"):
        count_intervals(np.array([1]), np.array([0.5]), np.array([0]), size=1, level=1.0)
