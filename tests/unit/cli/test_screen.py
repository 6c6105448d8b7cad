"""What goes to the terminal: it fits, it is harmless, and progress shows only where somebody looks."""

from __future__ import annotations

import pytest

from sociolink.cli.screen import Screen, show_progress
from sociolink.rendering.grid import Grid, measure


def test_lines_fit_and_are_harmless(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    screen = Screen()

    screen.say("a word " * 40 + "\x1b[2J[bold]", indent=2)
    screen.point("said", "日本 " * 60, number="+1.0")
    screen.show(Grid(("a", "b"), (("x" * 200, "y"),)))

    shown = capsys.readouterr().out
    assert max(map(measure, shown.splitlines())) <= 60
    assert "\x1b" not in shown
    assert "[bold]" in shown


def test_lines_never_exceed_a_hundred_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")

    Screen().say("a word " * 100)

    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as tell:
        assert tell is None
    assert capsys.readouterr().err == ""


def test_progress_shows_the_stage_of_long_work_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr("sociolink.cli.screen._PATIENCE_SECONDS", 0.0)

    with show_progress() as tell:
        assert tell is not None
        tell("linking")
        import time

        time.sleep(0.3)

    shown = capsys.readouterr()
    assert "linking" in shown.err
    assert shown.out == ""


def test_short_work_shows_no_progress(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    with show_progress() as tell:
        assert tell is not None
        tell("linking")

    assert "linking" not in capsys.readouterr().err
