"""The benchmark of namesakes at a tiny size: true shares against people drawn, and what it saves."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from benchmark_modules import load
from sociolink.text.folding import squash
from sociolink.text.hashing import hash_strings


def hashes(*names: str) -> np.ndarray:
    return hash_strings(squash(pa.array(names)))[0]


def test_true_shares_are_those_of_people_drawn() -> None:
    namesakes = load("namesakes")
    given, family = hashes("Mary", "Ivan", "Nobody9"), hashes("Smith", "Ivanov", "Smith")
    one, two, both = namesakes.true_shares("ten cultures", given, family)
    assert both[2] == one[2] == 0
    assert both[1] > 3 * one[1] * two[1]
    lexicon = namesakes.load_lexicon()
    weights = np.array([namesakes.NAMES["ten cultures"].get(name, 0.0) for name in lexicon.cultures])
    rng = np.random.default_rng(1)
    culture = rng.choice(len(weights), 200_000, p=weights / weights.sum())
    drawn = hash_strings(squash(lexicon.family.latin.take(pa.array(lexicon.family.draw(rng, culture)))))[0]
    for name, share in zip(family, two, strict=True):
        assert (drawn == name).mean() == pytest.approx(share, abs=4 * (share / 200_000) ** 0.5)


def test_it_measures_small_worlds_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    namesakes = load("namesakes")
    path = tmp_path / "namesakes.json"
    sizes = ["--customers", "300", "--profiles", "150", "--seeds", "1", "--coverage", "0.5", "--output", str(path)]
    monkeypatch.setattr(sys, "argv", ["namesakes.py", *sizes])
    namesakes.main()
    found = json.loads(path.read_text(encoding="utf-8"))
    assert [one["names"] for one in found["namesakes"]] == list(namesakes.NAMES)
    assert len(found["links"]) == len(namesakes.NAMES) * len(namesakes.KINDS)
    for one in found["namesakes"]:
        assert sum(band["customers"] for band in one["by_bearers"]) == one["customers"] > 100
        assert one["all"][0]["times_stated"] > 0
    monkeypatch.setattr(sys, "argv", ["namesakes.py", *sizes, "--names-only"])
    namesakes.main()
    assert json.loads(path.read_text(encoding="utf-8")) == found
