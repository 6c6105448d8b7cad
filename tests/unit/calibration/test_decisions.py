"""Decisions come from the stated risk of all links together; each rule is checked against loops that say it slowly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.calibration.decisions import (
    DECISIONS,
    LEAST,
    MAX_FALSE,
    REVIEW_FROM,
    DecisionRule,
    check_rule,
    decide_profiles,
    safe_cut,
)
from sociolink.errors import InvalidParameterError

LINK, REVIEW, NONE = range(3)
probabilities = st.lists(st.floats(0, 1), max_size=40).map(lambda values: np.array(values, np.float64))
stances = st.lists(st.sampled_from([-1, 0, 1]), min_size=40, max_size=40).map(np.array)


def cut_by_loop(probability: list[float], max_false: float) -> float:
    """The lowest probability such that all that reach it are wrong rarely enough."""
    safe = [math.inf]
    for limit in set(probability):
        chosen = [one for one in probability if one >= limit]
        if sum(1 - one for one in chosen) / len(chosen) <= max_false + 1e-12:
            safe.append(limit)
    return min(safe)


def decide_by_loop(probability: list[float], stance: list[int], rule: DecisionRule) -> list[int]:
    """The same decisions, one limit after another over log odds."""

    def odds(chance: float) -> float:
        return math.inf if chance == 1 else -math.inf if chance == 0 else math.log2(chance) - math.log2(1 - chance)

    least = odds(rule.min_probability)
    moved = [odds(chance) + rule.keep * side for chance, side in zip(probability, stance, strict=True)]
    usable = [p >= LEAST and score >= least for p, score in zip(probability, moved, strict=True)]
    linked: set[int] = set()
    for limit in {score for score, good in zip(moved, usable, strict=True) if good}:
        chosen = {at for at, score in enumerate(moved) if usable[at] and score >= limit}
        error = sum(1 - probability[at] for at in chosen) / len(chosen)
        if error <= rule.max_false and len(chosen) > len(linked):
            linked = chosen
    left = [at for at, chance in enumerate(probability) if at not in linked and chance >= rule.review_from]
    left.sort(key=lambda at: -probability[at])
    review = left if rule.review_budget is None else left[: rule.review_budget]
    return [LINK if at in linked else REVIEW if at in review else NONE for at in range(len(probability))]


@pytest.mark.parametrize("max_false", [0.0103, 0.0503, 0.2003, 0.6003])
@pytest.mark.parametrize("seed", range(10))
def test_cut(seed: int, max_false: float) -> None:
    rng = np.random.default_rng(seed)
    probability = np.round(rng.beta(3, rng.choice([0.1, 1, 5]), int(rng.integers(1, 60))), 2)
    assert safe_cut(probability, max_false=max_false) == cut_by_loop(probability.tolist(), max_false)


def test_equals_are_linked_together_or_not_at_all() -> None:
    probability = np.array([0.99, 0.9, 0.9, 0.9, 0.9])
    assert safe_cut(probability) == 0.99
    assert safe_cut(probability, max_false=0.085) == 0.9


def test_nothing_is_safe_enough() -> None:
    assert safe_cut(np.array([0.6, 0.7])) == math.inf
    assert safe_cut(np.empty(0)) == math.inf


@pytest.mark.parametrize("budget", [None, 0, 3, 1000])
@pytest.mark.parametrize("with_earlier", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_decisions_are_those_of_loops(seed: int, with_earlier: bool, budget: int | None) -> None:
    rng = np.random.default_rng((seed, 7))
    probability = rng.beta(1.5, rng.choice([0.2, 0.6, 2]), 50)
    stance = rng.choice([-1, 0, 1], 50) if with_earlier else np.zeros(50, np.int64)
    rule = DecisionRule(max_false=0.0703, min_probability=0.6, review_budget=budget, keep=0.8)
    found = decide_profiles(probability, rule, earlier=stance if with_earlier else None)
    assert found.tolist() == decide_by_loop(probability.tolist(), stance.tolist(), rule)


@pytest.mark.parametrize("seed", range(5))
def test_links_keep_to_the_risk_and_review_to_its_limit(seed: int) -> None:
    group = np.random.default_rng(seed).beta(2, 0.3, 500)
    found = decide_profiles(group, DecisionRule())
    assert (1 - group[found == LINK]).mean() <= MAX_FALSE
    assert group[found == LINK].min() >= group[found != LINK].max()
    assert group[found == REVIEW].min() >= REVIEW_FROM
    assert group[found == NONE].max() < REVIEW_FROM


def test_review_is_not_empty_where_the_risk_is_not_used_up() -> None:
    """With many sure links the cut falls to one half; what lies below it is still worth a look."""
    found = decide_profiles(np.array([0.999] * 100 + [0.6, 0.45, 0.25, 0.1]), DecisionRule())
    assert found.tolist()[100:] == [LINK, REVIEW, REVIEW, NONE]


def test_a_budget_takes_the_likeliest_and_breaks_ties_by_margin_then_number() -> None:
    probability, margin = np.array([0.4, 0.4, 0.4, 0.3]), np.array([0.1, 0.5, 0.1, 9.0])
    rule = DecisionRule(review_budget=2)
    found = decide_profiles(probability, rule, margin=margin, tie=np.array([5, 3, 1, 0]))
    assert found.tolist() == [NONE, REVIEW, REVIEW, NONE]


def test_a_margin_that_is_too_small_is_for_review() -> None:
    found = decide_profiles(np.array([0.99, 0.98]), DecisionRule(min_margin=3.0), margin=np.array([2.9, 3.0]))
    assert found.tolist() == [REVIEW, LINK]


def test_an_earlier_decision_stands_until_the_odds_have_passed_the_cut() -> None:
    probability = np.array([0.78, 0.78, 0.82, 0.82, 0.82, 0.65, 0.9])
    earlier = np.array([1, 0, -1, 0, 1, 1, -1])
    rule = DecisionRule(max_false=0.4, min_probability=0.8, keep=1.0)
    assert decide_profiles(probability, rule, earlier=earlier).tolist() == [0, 1, 1, 0, 0, 1, 0]
    assert decide_profiles(probability, rule).tolist() == [1, 1, 0, 0, 0, 1, 0]


def test_no_profiles() -> None:
    assert decide_profiles(np.empty(0), DecisionRule(), earlier=np.empty(0, np.int64)).tolist() == []


def test_all_wrong_values_are_named_together() -> None:
    rule = DecisionRule(
        max_false=0.0, min_probability=0.4, min_margin=math.nan, review_from=1.0, review_budget=True, keep=-1
    )
    with pytest.raises(InvalidParameterError) as error:
        check_rule(rule)
    assert [line.split()[0] for line in str(error.value).splitlines()] == list(rule.to_dict())


def test_decisions_are_named() -> None:
    assert DECISIONS == ("link", "review", "none")


@given(probabilities, stances, st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_links_and_what_is_looked_at_grow_with_the_risk(
    probability: np.ndarray, stance: np.ndarray, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    earlier = stance[: len(probability)]
    less, more = (decide_profiles(probability, DecisionRule(max_false=risk), earlier=earlier) for risk in (low, high))
    assert np.all(more <= less)


@given(probabilities, stances, st.floats(0.001, 0.999), st.floats(0.5, 0.99), st.floats(0, 8))
def test_links_keep_to_their_limits_and_order_does_not_matter(
    probability: np.ndarray, stance: np.ndarray, max_false: float, least: float, keep: float
) -> None:
    rule = DecisionRule(max_false=max_false, min_probability=least, keep=keep)
    earlier = stance[: len(probability)]
    found = decide_profiles(probability, rule, earlier=earlier)
    linked = found == LINK
    assert not linked.any() or (1 - probability[linked]).mean() <= max_false + 1e-12
    assert np.all(probability[linked] >= LEAST)
    assert np.all(probability[linked & (earlier <= 0)] >= least - 1e-12)
    order = np.random.default_rng(len(probability)).permutation(len(probability))
    assert np.array_equal(decide_profiles(probability[order], rule, earlier=earlier[order]), found[order])


@given(probabilities, st.integers(0, 50))
def test_a_budget_is_kept_and_used(probability: np.ndarray, budget: int) -> None:
    free = decide_profiles(probability, DecisionRule())
    bound = decide_profiles(probability, DecisionRule(review_budget=budget))
    assert np.array_equal(bound == LINK, free == LINK)
    assert (bound == REVIEW).sum() == min(budget, (free == REVIEW).sum())
    looked, passed = probability[bound == REVIEW], probability[(free == REVIEW) & (bound == NONE)]
    assert not len(looked) or not len(passed) or looked.min() >= passed.max()


@given(probabilities, stances)
def test_without_bits_to_keep_nothing_is_kept(probability: np.ndarray, stance: np.ndarray) -> None:
    rule = DecisionRule(keep=0.0)
    earlier = stance[: len(probability)]
    assert np.array_equal(decide_profiles(probability, rule, earlier=earlier), decide_profiles(probability, rule))
