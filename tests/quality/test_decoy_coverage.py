"""The interval for the number of false links holds the truth: a few of the worlds of `benchmarks/decoy_coverage.py`."""

from __future__ import annotations

from types import ModuleType

import pytest

from benchmark_modules import load


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    return load("decoy_coverage")


def test_intervals_hold_the_truth(benchmark: ModuleType) -> None:
    variants = [("ten cultures", 0.6), ("US names", 0.6), ("ten cultures, nobody like a customer", 0.3)]
    worlds = [
        benchmark.judge_world(kind, coverage, seed, customers=2000, profiles=1700)
        for seed, (kind, coverage) in enumerate(variants, start=30)
    ]
    total = benchmark.summarise(worlds)
    assert total["false"] > 60
    assert total["held"] >= 2 / 3
    assert 0.5 <= total["by_decoys"] / total["false"] <= 2
    assert total["unseen"] > 0
