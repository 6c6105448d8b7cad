"""The benchmark of habits at a tiny size: its ways, its control and what it saves."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmark_modules import load
from sociolink.linking import attachments


def test_it_measures_a_small_world_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    habits = load("habits")
    path = tmp_path / "habits.json"
    sizes = ["--customers", "200", "--profiles", "120", "--seeds", "2", "--recognised"]
    monkeypatch.setattr(sys, "argv", ["habits.py", *sizes, "--ways", "home", "--output", str(path)])
    plain = attachments.list_habits

    habits.main()

    assert attachments.list_habits is plain
    found = json.loads(path.read_text(encoding="utf-8"))
    assert list(found["ways"]) == ["without", "home"]
    assert found["ways"]["without"]["change"] == 0
    assert found["ways"]["without"]["bits"]["other"]["pairs"] == 0
    assert found["ways"]["home"]["bits"]["other"]["pairs"] > 0


def test_bits_are_spread_without_those_that_say_nothing() -> None:
    habits = load("habits")
    assert habits.spread([]) == {"pairs": 0}
    assert habits.spread(np.arange(5).tolist())["mean"] == 2
