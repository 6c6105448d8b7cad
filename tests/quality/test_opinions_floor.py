"""Opinions on the labelled sentences, with floors that a change must not go under."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
FLOORS = {"development": 0.89, "heldout": 0.79}


@pytest.mark.parametrize("name", FLOORS)
def test_aspect_with_sentiment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    if not (BENCHMARKS / "opinions.py").is_file():
        pytest.skip("the benchmarks are not here")
    import opinions

    found = opinions.measure(name, errors=False)

    assert found["sentences"] > 200
    assert found["term and sentiment"]["f1"] >= FLOORS[name]
