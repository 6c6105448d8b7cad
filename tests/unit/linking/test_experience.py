"""The default model: what is shipped, what is read, what is refused, and what a correction does to bits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sociolink as sl
from sociolink.errors import ModelError
from sociolink.evidence.account import Account
from sociolink.evidence.contact import Contact
from sociolink.evidence.place import Place
from sociolink.linking.experience import DefaultModel, shipped_default
from sociolink.scoring.weights import Correction

ROOT = Path(__file__).parents[3]
POLICY = sl.Policy.research(who="tests")
QUICK = (Contact(), Account(), Place())
"""Without names, whose preparation takes longest."""


def test_the_shipped_default_has_seen_every_population_and_names_nobody() -> None:
    default = shipped_default()
    assert default.learned_from
    assert default.left_out == ()
    assert set(default.to_dict()) == {"format", "kind", "other", "lookalike", "corrections", "learned_from", "left_out"}


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks" / "defaults").glob("*.json")), ids=lambda path: path.stem)
def test_no_default_has_seen_whom_it_leaves_out(path: Path) -> None:
    default = DefaultModel.load(path)
    assert path.stem.removeprefix("without_") in default.left_out
    assert not set(default.left_out) & set(default.learned_from)
    assert default.learned_from


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    default = DefaultModel({"name": 0.1}, {"name": 0.2}, {"name": Correction(0.9, 0.7)}, ("a",), ("b",))
    default.save(tmp_path / "default.json")
    assert DefaultModel.load(tmp_path / "default.json") == default


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "sociolink.model"}, {"format": 99}, {"other": None}, {"other": {"name": 1.5}},
        {"corrections": {"name": [1]}}, {"corrections": {"name": [1, 0]}}, {"lookalike": {"name": "much"}},
    ],
)  # fmt: skip
def test_damaged_and_newer_files_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "default.json"
    path.write_text(json.dumps({**shipped_default().to_dict(), **change}), "utf-8")
    with pytest.raises(ModelError):
        DefaultModel.load(path)


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "default.json").write_text("[1, 2", "utf-8")
    with pytest.raises(ModelError, match="not JSON"):
        DefaultModel.load(tmp_path / "default.json")
    with pytest.raises(ModelError, match="cannot be read"):
        DefaultModel.load(tmp_path / "none.json")


@given(st.lists(st.floats(-60, 60), min_size=2, max_size=20), st.floats(0.05, 2), st.floats(0.05, 2))
def test_a_correction_keeps_order_and_sign(bits: list[float], up: float, down: float) -> None:
    values = np.sort(np.array(bits))
    corrected = Correction(up, down).correct(values)
    assert np.all(np.diff(corrected) >= 0)
    assert np.all(corrected * values >= 0)


def test_a_default_model_changes_the_links_and_is_kept_in_the_model() -> None:
    world = sl.datasets.synthetic(300, 250, coverage=0.5, seed=4, posts=0, events=0)
    plain = sl.link(world.profiles, world.customers, policy=POLICY, evidence=QUICK)
    default = DefaultModel({"account": 0.02}, {"account": 0.02}, {"account": Correction(0.5, 0.5)})
    bent = sl.link(world.profiles, world.customers, policy=POLICY, evidence=QUICK, default=default)
    assert bent.model is not None
    assert bent.model.corrections["account"] == (0.5, 0.5)
    assert bent.report.false_links_expected != plain.report.false_links_expected
    again = sl.link(world.profiles, world.customers, policy=POLICY, evidence=QUICK, model=bent.model)
    assert again.table.equals(bent.table)
