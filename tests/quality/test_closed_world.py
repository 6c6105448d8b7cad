"""In a closed world the name model can be summed over everything: likelihood ratios are what they claim to be."""

from __future__ import annotations

import numpy as np
import pytest
from closed_world import ClosedWorld, Scored, closed_world, draw_handles, handles, score

BANDS = [(low, low + 2) for low in range(0, 20, 2)]


@pytest.fixture(scope="module")
def world() -> ClosedWorld:
    return closed_world()


@pytest.fixture(scope="module")
def strings(world: ClosedWorld) -> list[str]:
    return handles(world)


@pytest.fixture(scope="module")
def scored(world: ClosedWorld, strings: list[str]) -> Scored:
    return score(world, strings)


def test_the_world_is_large_and_ambiguous(scored: Scored, strings: list[str]) -> None:
    assert len(strings) > 40_000
    assert (np.bincount(scored.at[scored.customer >= 0]) > 1).sum() > 10_000
    assert (scored.ratio > 1000).any()


def test_a_random_customer_explains_every_handle_as_well_as_a_stranger(scored: Scored, strings: list[str]) -> None:
    """For each handle the mean over all 40,000 customers is 1."""
    mean = np.bincount(scored.at, weights=scored.mass * scored.ratio, minlength=len(strings))
    assert np.abs(mean - 1).max() < 1e-6


def test_mean_likelihood_ratio_of_strangers_is_one(scored: Scored) -> None:
    """Summed over all handles and customers, under the stranger's story."""
    joint = scored.stranger[scored.at] * scored.mass
    assert (joint * scored.ratio).sum() / joint.sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("bits", range(1, 18))
def test_large_ratios_are_as_rare_as_they_say(scored: Scored, bits: int) -> None:
    """P_0(LR >= t) <= 1 / t."""
    joint = scored.stranger[scored.at] * scored.mass
    assert joint[scored.ratio >= 2.0**bits].sum() / joint.sum() <= 2.0**-bits


def test_decoys_are_hit_as_often_as_expected_in_every_band(
    world: ClosedWorld, strings: list[str], scored: Scored
) -> None:
    """Strangers made by hand against random customers, and the hits that the likelihood ratios themselves expect:
    P_0(band) is the mean of 1 / LR over the owners' pairs in the band."""
    rng = np.random.default_rng(1)
    place = {string: at for at, string in enumerate(strings)}
    drawn = np.array([place[one] for one in draw_handles(world, 100_000, rng) if one in place])
    times = np.bincount(drawn, minlength=len(strings))
    decoys = 2000
    copies = rng.multinomial(decoys, world.chance)
    bits = np.log2(scored.ratio)
    joint = scored.stranger[scored.at] * scored.mass
    owners = joint * scored.ratio / (joint * scored.ratio).sum()
    judged = 0
    for low, high in BANDS:
        inside = np.flatnonzero((scored.customer >= 0) & (bits >= low) & (bits < high))
        hits = (times[scored.at[inside]] * copies[scored.customer[inside]]).sum()
        expected = len(drawn) * decoys * (owners[inside] / scored.ratio[inside]).sum()
        profiles = len(drawn) * scored.stranger[np.unique(scored.at[inside])].sum() / scored.stranger.sum()
        if expected >= 20 and profiles >= 200:
            judged += 1
            assert 0.8 <= hits / expected <= 1.25, (low, hits, expected)
    assert judged >= 4
