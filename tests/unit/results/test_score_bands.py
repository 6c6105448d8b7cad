"""Scores fall into the band that holds them."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from sociolink.results.score_bands import count_scores, score_bands


@given(st.lists(st.floats(0, 1), max_size=30))
def test_every_score_is_counted_in_its_band(chances: list[float]) -> None:
    counted = count_scores(np.array(chances, np.float64))
    expected = [0] * len(score_bands())
    for chance in chances:
        score = -math.inf if chance == 0 else math.inf if chance == 1 else np.log2(chance) - np.log2(1 - chance)
        edges = [edge for band in score_bands() for edge in band if math.isfinite(edge)]
        assume(not math.isfinite(score) or min(abs(score - edge) for edge in edges) > 1e-9)  # either band is right
        inside = [at for at, (low, high) in enumerate(score_bands()) if low <= score < high]
        expected[inside[0] if inside else 0 if score < 0 else -1] += 1

    assert counted.tolist() == expected


def test_weights_are_summed() -> None:
    assert count_scores(np.array([0.5, 0.5]), np.array([0.25, 0.5])).sum() == 0.75
