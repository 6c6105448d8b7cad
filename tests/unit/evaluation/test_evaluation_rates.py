"""Intervals of shares that know which observations belong together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.calibration.estimates import wilson
from sociolink.evaluation.rates import clustered_error, clustered_rate


def error_by_loop(values: list[float], cluster: list[int]) -> float:
    mean = sum(values) / len(values)
    sums: dict[int, float] = {}
    for value, group in zip(values, cluster, strict=True):
        sums[group] = sums.get(group, 0.0) + value - mean
    groups = len(sums)
    return math.sqrt(groups / (groups - 1) * sum(one**2 for one in sums.values())) / len(values)


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 5)), min_size=2, max_size=40))
def test_clustered_error_is_that_of_loops(rows: list[tuple[float, int]]) -> None:
    values, cluster = (list(column) for column in zip(*rows, strict=True))
    found = clustered_error(np.array(values), np.array(cluster))
    if len(set(cluster)) == 1:
        assert found == 0
    else:
        assert found == pytest.approx(error_by_loop(values, cluster), abs=1e-12)
    order = np.argsort(values)
    renamed = np.array([100 - cluster[at] for at in order])
    assert clustered_error(np.array(values)[order], renamed) == pytest.approx(found, abs=1e-12)


def test_without_clusters_it_is_the_usual_error() -> None:
    hits = np.random.default_rng(0).random(200) < 0.3
    share = hits.mean()
    assert clustered_error(hits * 1.0, np.arange(200)) == pytest.approx(math.sqrt(share * (1 - share) / 199))


@given(st.floats(0.01, 0.99), st.floats(1, 1e5))
def test_wilson_ends_are_where_the_score_test_turns(share: float, count: float) -> None:
    for end in wilson(share, count, confidence=0.95):
        assert abs(share - end) == pytest.approx(1.959964 * math.sqrt(end * (1 - end) / count), rel=1e-5)


def test_copies_of_one_owner_are_worth_one() -> None:
    hits = np.random.default_rng(1).random(80) < 0.7
    alone = clustered_rate(hits, np.arange(80))
    copied = clustered_rate(np.repeat(hits, 5), np.repeat(np.arange(80), 5))
    as_if_apart = clustered_rate(np.repeat(hits, 5), np.arange(400))
    assert alone is not None
    assert copied is not None
    assert as_if_apart is not None
    assert copied.count == 400
    assert (copied.low, copied.high) == pytest.approx((alone.low, alone.high), abs=0.002)
    assert as_if_apart.high - as_if_apart.low < 0.6 * (copied.high - copied.low)


def test_all_alike_still_has_an_interval() -> None:
    found = clustered_rate(np.ones(30, np.bool_), np.repeat(np.arange(3), 10))
    assert found is not None
    assert (found.value, found.count) == (1.0, 30)
    assert found.low == pytest.approx(wilson(1.0, 3, confidence=0.95)[0])
    assert clustered_rate(np.zeros(0, np.bool_), np.zeros(0, np.int64)) is None


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Owners with one to six profiles that share their luck: 95% of the intervals hold the share, not 80%."""
    rng = np.random.default_rng(5)
    held = {"clustered": 0, "as if apart": 0}
    for _ in range(400):
        size = rng.integers(1, 7, 60)
        cluster = np.repeat(np.arange(60), size)
        lucky = np.where(rng.random(60) < 0.5, 0.95, 0.65)
        hits = rng.random(len(cluster)) < lucky[cluster]
        for name, groups in (("clustered", cluster), ("as if apart", np.arange(len(cluster)))):
            found = clustered_rate(hits, groups)
            assert found is not None
            held[name] += found.low <= 0.8 <= found.high
    assert 0.92 <= held["clustered"] / 400 <= 0.98
    assert held["as if apart"] < held["clustered"]
