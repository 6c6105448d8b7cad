"""The command `diff`: what it prints, writes and ends with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from sociolink.calibration.decisions import DecisionRule
from sociolink.results.decisions import decide_table
from sociolink.results.links import Links

Run = Any


@pytest.fixture
def files(made_links: Links, tmp_path: Path) -> tuple[Path, Path]:
    table = made_links.table.filter(pc.not_equal(made_links.table["profile_id"], "p1"))
    fewer = replace(made_links, table=decide_table(table, DecisionRule()))
    return made_links.write(tmp_path / "old.parquet"), fewer.write(tmp_path / "new.parquet")


def test_a_difference_is_told_in_80_columns(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    said = run("diff", *files, "--out", tmp_path / "changes.csv")

    assert said.code == 0
    assert "3 links before, 2 now: 0 gained, 1 lost, 0 moved; 33.3% of the links" in said.out
    assert "the profile is gone" in said.out
    assert max(map(len, said.out.replace(str(tmp_path), "").splitlines())) <= 80
    assert (tmp_path / "changes.csv").read_text().splitlines()[1].startswith('"p1","lost"')


@pytest.mark.parametrize(("share", "code"), [(0.33, 4), (0.34, 0), (1, 0), (0, 4)])
def test_too_much_change_ends_with_a_code_of_its_own(
    run: Run, files: tuple[Path, Path], share: float, code: int
) -> None:
    said = run("diff", *files, "--fail-over", share, "--json")

    assert said.code == code
    assert json.loads(said.out)["failed"] == (code == 4)
    assert json.loads(said.out)["changes"]["lost"] == 1
    assert run("diff", files[0], files[0], "--fail-over", "0", "--quiet").code == 0


def test_bad_orders_are_one_message(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    assert "must be from 0 to 1" in run("diff", *files, "--fail-over", "2").err
    assert "Give --old-model and --new-model together" in run("diff", *files, "--old-model", tmp_path / "m.json").err
    said = run("diff", files[0], tmp_path / "nothing.parquet")
    assert (said.code, "there is no such file" in said.err) == (2, True)
