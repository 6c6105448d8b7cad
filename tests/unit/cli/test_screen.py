"""What goes to the terminal: it fits, and it is harmless."""

from __future__ import annotations

import pytest

from sociolink.cli.screen import Screen
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
