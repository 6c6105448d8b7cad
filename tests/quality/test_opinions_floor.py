"""Opinions on the labelled sentences, with floors that a change must not go under."""

from __future__ import annotations

import pytest

from benchmark_modules import load

FLOORS = {"development": 0.89, "heldout": 0.79}


@pytest.mark.parametrize("name", FLOORS)
def test_aspect_with_sentiment(name: str) -> None:
    found = load("opinions").measure(name, errors=False)

    assert found["sentences"] > 200
    assert found["term and sentiment"]["f1"] >= FLOORS[name]
