"""`sociolink link --report`, and that everything printed can be had as JSON and fits a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sociolink.cli.app import app
from sociolink.rendering.grid import measure

LINK = ("link", "--customers", "customers.csv", "--profiles", "profiles.csv", "--policy", "research")


@pytest.mark.usefixtures("linked_at_once")
def test_a_report_is_written_beside_the_links(
    run: Callable[..., Any], tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tables)

    assert run(*LINK, "--output", "links.parquet", "--report", "report.html").code == 0
    page = Path("report.html").read_text("utf-8")
    assert "p1" in page
    assert "Farquharson" not in page

    assert run(*LINK, "--output", "links.parquet", "--report", "report.html", "--report-people").code == 0
    page = Path("report.html").read_text("utf-8")
    assert "Farquharson" in page
    assert "farquharson.example" not in page


def test_a_report_that_cannot_be_written_is_found_before_the_work(
    run: Callable[..., Any], tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tables)

    said = run(*LINK, "--output", "links.parquet", "--report", "report.pdf")

    assert said.code == 2
    assert "must end in .html" in said.err
    assert not Path("links.parquet").exists()


def test_every_command_that_prints_results_gives_json() -> None:
    commands = {command.callback.__name__: command for command in app.registered_commands if command.callback}
    assert len(commands) > 7
    for name, command in commands.items():
        assert command.callback is not None
        if name == "review":  # it serves a page until it is stopped
            continue
        assert "as_json" in command.callback.__annotations__, name


def test_sample_gives_json(run: Callable[..., Any], linked: Path) -> None:
    sheet = linked / "sheet.csv"
    said = run("sample", "--links", linked / "links.parquet", "--size", "3", "--output", sheet, "--json")

    assert json.loads(said.out) == {"output": str(sheet), "profiles": 3, "order": "sample", "seed": 0}


@pytest.mark.parametrize(
    "command",
    [
        ("evaluate", "--links", "links.parquet", "--truth", "truth.csv", "--profiles", "profiles.csv"),
        ("evaluate", "--links", "links.parquet", "--truth", "truth.csv", "--customers", "customers.csv"),
        ("explain", "--links", "links.parquet", "--profile", "p1"),
        ("check", "--customers", "customers.csv", "--profiles", "profiles.csv"),
        ("decide", "--links", "links.parquet", "--output", "decided.parquet"),
        ("sample", "--links", "links.parquet", "--output", "sheet.csv"),
    ],
    ids=lambda command: command[0],
)
def test_output_fits_eighty_columns(
    run: Callable[..., Any], linked: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(linked)
    monkeypatch.setenv("COLUMNS", "80")

    said = run(*command)

    assert said.code == 0
    assert max(map(measure, said.out.splitlines())) <= 80


def test_no_color_means_none(run: Callable[..., Any], linked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")

    said = run("explain", "--links", linked / "links.parquet", "--profile", "p1")

    assert "\x1b[3" not in said.out
    assert "\x1b[9" not in said.out
