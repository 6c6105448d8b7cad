"""Shares from samples with unequal chances: how often their intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest

from sociolink.calibration.estimates import estimate_ratio
from sociolink.calibration.sampling import draw_sample, strata_of

SEEDS, SIZE = 300, 3000


@pytest.mark.parametrize("off", [0.0, 1.5, -1.0])
@pytest.mark.parametrize("labels", [100, 300])
def test_intervals_hold_the_truth(off: float, labels: int) -> None:
    """Precision, recall and coverage, where the stated log odds are right, too high or too low by some bits."""
    held = np.zeros(3)
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        bits = np.concatenate([rng.normal(6, 3, SIZE // 2), rng.normal(-5, 4, SIZE // 2)])
        probability = 1 / (1 + np.exp2(-bits))
        right = rng.random(SIZE) < 1 / (1 + np.exp2(off - bits))
        owned = right | (rng.random(SIZE) < 0.15)
        decided = np.where(probability > 0.7, 0, np.where(probability > 0.2, 1, 2))
        linked = decided == 0
        stratum, _ = strata_of(probability, decided)
        drawn = draw_sample(probability, stratum, labels, order=np.arange(SIZE), seed=seed)
        everyone = np.ones(SIZE, bool)
        for place, (hits, among) in enumerate(((right & linked, linked), (right & linked, owned), (owned, everyone))):
            found = estimate_ratio(hits[drawn.row].astype(float), among[drawn.row].astype(float), drawn.inclusion)
            assert found is not None
            held[place] += found.low <= hits.sum() / among.sum() <= found.high
    assert (held / SEEDS >= 0.94).all()
    assert held.sum() / SEEDS / 3 <= 0.995


def test_weights_undo_the_unequal_chances() -> None:
    hits = np.array([1.0, 0.0, 0.0, 0.0, 0.0])
    found = estimate_ratio(hits, np.ones(5), np.array([0.1, 1, 1, 1, 1]))
    assert found is not None
    assert found.value == pytest.approx(10 / 14)


def test_a_whole_population_is_known_best() -> None:
    hits = np.repeat([1.0, 0.0], [900, 100])
    whole = estimate_ratio(hits, np.ones(1000), np.ones(1000))
    tenth = estimate_ratio(hits, np.ones(1000), np.full(1000, 0.1))
    assert whole is not None
    assert tenth is not None
    assert whole.low == whole.high == 0.9
    assert tenth.low < 0.9 < tenth.high


def test_nothing_counted_is_no_share() -> None:
    assert estimate_ratio(np.zeros(3), np.zeros(3), np.ones(3)) is None
