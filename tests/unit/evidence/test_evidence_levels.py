"""Levels as mixtures: one entry a told pair, worth 1 / u."""

from __future__ import annotations

import numpy as np
import pytest

from sociolink.evidence.levels import (
    SMALLEST,
    Level,
    chance_of_value,
    complete_chances,
    level_mixture,
    level_phrase,
    level_prior,
)
from sociolink.scoring.weights import sum_channel

LEVELS = (Level("differs", "no", 10.0), Level("near", "nearly", 15.0), Level("same", "yes", 25.0))


def test_a_level_is_worth_m_over_u() -> None:
    mixture = level_mixture("shoe", LEVELS, level=np.array([2, -1, 0], np.int8), u=np.array([1 / 64, 0.0, 0.5]))

    bits = sum_channel(mixture, np.array([0.25, 0.25, 0.5])).bits

    assert bits.tolist() == [5.0, 0.0, -1.0]


def test_missing_levels_have_no_entry_and_do_not_read_u() -> None:
    mixture = level_mixture("shoe", LEVELS, level=np.array([-1, -1], np.int8), u=np.array([np.nan, -3.0]))

    assert len(mixture.pair) == 0
    assert mixture.pairs == 2


@pytest.mark.parametrize("u", [0.0, -1.0, 1e-300])
def test_no_level_is_impossible(u: float) -> None:
    mixture = level_mixture("shoe", LEVELS, level=np.array([2], np.int8), u=np.array([u]))

    assert mixture.likelihood[0] == pytest.approx(1 / SMALLEST)


def test_prior_and_phrases_are_those_of_the_levels() -> None:
    assert level_prior("shoe", LEVELS) == {"shoe": {"differs": 10.0, "near": 15.0, "same": 25.0}}
    assert level_phrase(LEVELS, "near") == "nearly"
    assert level_phrase(LEVELS, "unheard of") == "unheard of"


def test_a_value_that_all_share_is_worth_nothing_and_a_rare_one_much() -> None:
    chance = chance_of_value(np.array([1, 10, 1000]), 1000, theta=0.01)

    assert chance[0] == pytest.approx(1e-5)
    assert chance[1] == pytest.approx(0.00901)
    assert chance[2] == pytest.approx(1.0, abs=0.002)


def test_a_value_of_the_only_customer_who_states_one_is_not_worthless() -> None:
    assert chance_of_value(np.array([1]), 1, theta=0.01)[0] == pytest.approx(0.01)


def test_chances_are_completed_to_one() -> None:
    chances = complete_chances(np.array([[9.0, 0.2, 0.3], [0.0, 0.9, 0.9]]), np.array([0, 0]))

    assert chances[0].tolist() == pytest.approx([0.5, 0.2, 0.3])
    assert chances.sum(1).tolist() == pytest.approx([1.0, 1.0])
    assert (chances[1] > 0).all()
