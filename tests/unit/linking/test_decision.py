"""Decisions come from the stated risk of all links together."""

from __future__ import annotations

import numpy as np
import pytest

from sociolink.linking.decision import DECISIONS, MAX_FALSE, REVIEW_FROM, decide, link_threshold


def threshold_by_loop(probability: list[float], max_false: float) -> float:
    """The lowest probability, one half at least, such that all that reach it are wrong rarely enough."""
    safe = [1.1]
    for limit in set(probability):
        chosen = [one for one in probability if one >= limit]
        if limit >= 0.5 and sum(1 - one for one in chosen) / len(chosen) <= max_false + 1e-12:
            safe.append(limit)
    return min(safe)


@pytest.mark.parametrize("max_false", [0.0103, 0.0503, 0.2003, 0.6003])
@pytest.mark.parametrize("seed", range(10))
def test_threshold(seed: int, max_false: float) -> None:
    rng = np.random.default_rng(seed)
    probability = np.round(rng.beta(3, rng.choice([0.1, 1, 5]), int(rng.integers(1, 60))), 2)
    assert link_threshold(probability, max_false=max_false) == threshold_by_loop(probability.tolist(), max_false)


def test_ties_are_linked_together_or_not_at_all() -> None:
    probability = np.array([0.99, 0.9, 0.9, 0.9, 0.9])
    assert link_threshold(probability) == 0.99
    assert link_threshold(probability, max_false=0.085) == 0.9


def test_nothing_is_safe_enough() -> None:
    assert link_threshold(np.array([0.6, 0.7])) > 1
    assert link_threshold(np.empty(0)) > 1


def test_even_a_large_risk_links_nothing_below_one_half() -> None:
    assert link_threshold(np.array([0.9, 0.4]), max_false=0.9) == 0.9


def test_decisions_of_rows() -> None:
    rank = np.array([1, 2, 1, 0, 1], np.int32)
    group = np.array([0.99, 0.99, 0.6, np.nan, 0.3])
    assert decide(rank, group).to_pylist() == ["link", "none", "review", "none", "none"]


def test_no_rows() -> None:
    assert decide(np.empty(0, np.int32), np.empty(0)).to_pylist() == []


@pytest.mark.parametrize("seed", range(5))
def test_links_keep_to_the_risk_and_review_to_its_limit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = rng.beta(2, 0.3, 500)
    decision = np.array(decide(np.ones(500, np.int32), group).to_pylist())
    linked = decision == "link"
    assert set(decision) <= set(DECISIONS)
    assert (1 - group[linked]).mean() <= MAX_FALSE
    assert group[linked].min() >= group[~linked].max()
    assert group[decision == "review"].min() >= REVIEW_FROM
    assert group[decision == "none"].max() < REVIEW_FROM
