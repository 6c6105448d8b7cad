"""The demo on a smaller world: it ends well, fits a terminal, keeps what it should, and its next steps work."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from sociolink.datasets.generation import synthetic
from sociolink.datasets.world import World

Run = Any


@pytest.fixture(autouse=True)
def small_world(monkeypatch: pytest.MonkeyPatch) -> None:
    def make() -> World:
        return synthetic(150, 120, coverage=0.5, seed=3, posts=900, events=450, opaque=0.1)

    monkeypatch.setattr("sociolink.cli.demo.demo_world", make)


def test_demo_shows_links_nobodies_and_the_truth(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    said = run("demo")

    assert said.code == 0, said.err
    for word in ("-> ", "nobody", "why", "said", "did", "coverage", "posts now have a customer", "log loss"):
        assert word in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    assert list(tmp_path.iterdir()) == []


def test_demo_keeps_its_tables_and_the_next_steps_work(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run("demo", "--folder", "world")

    steps = [shlex.split(line)[1:] for line in said.out.splitlines() if line.startswith("  sociolink ")]

    assert (tmp_path / "world" / "links.parquet").is_file()
    assert [step[0] for step in steps] == ["check", "evaluate", "explain"]
    for step in steps[1:]:
        ended = run(*step)
        assert ended.code == 0, ended.err


def test_demo_refuses_a_folder_it_cannot_write_to(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")

    said = run("demo", "--folder", tmp_path / "taken")

    assert said.code == 2
    assert "could not be written" in said.err
