"""The benchmark of what chance says, at a tiny size."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmark_modules import load


def test_it_measures_a_small_world_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = load("chance")
    path = tmp_path / "chance.json"
    sizes = ["--customers", "300", "--profiles", "200", "--tried", "20"]
    monkeypatch.setattr(sys, "argv", ["chance.py", *sizes, "--output", str(path)])

    chance.main()

    found = json.loads(path.read_text(encoding="utf-8"))
    for way in ("as it is", "dates exchanged", "half of the customers"):
        assert set(found[way]) == {"events", "visits"}
        assert all(min(one["pairs"]) > 0 for one in found[way].values())
        for name in ("mean_ratio", "of_nobody", "of_other_customers"):
            assert all(len(one[name]) == len(found["shares"]) for one in found[way].values())
