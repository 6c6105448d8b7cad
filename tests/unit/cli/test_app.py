"""The command line as a whole: help, version, colours, exit codes, and what it loads."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from typing import Any

import pytest

from sociolink.cli.failures import run_guarded
from sociolink.errors import InputError, NothingToLinkError, OutputError, PolicyError, Problem

Run = Any


def test_version(run: Run) -> None:
    assert run("--version").out.strip() == f"sociolink {version('sociolink')}"


def test_help_names_every_command(run: Run) -> None:
    said = run("--help")

    assert said.code == 0
    for command in ("link", "decide", "accept", "sample", "recalibrate", "evaluate", "explain", "check", "demo"):
        assert f" {command} " in said.out


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom sociolink.cli.app import main\n"
        "assert main(['--help']) == 0\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'duckdb', 'pydantic'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr


def test_unknown_command_is_bad_input(run: Run) -> None:
    said = run("lnik")

    assert said.code == 2
    assert "lnik" in said.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError(Problem("profiles", "is not there", "Look again.")), 2),
        (PolicyError("no policy"), 2),
        (OutputError("cannot be written"), 2),
        (NothingToLinkError("nothing"), 3),
        (MemoryError(), 2),
        (SystemExit(None), 0),
        (SystemExit(5), 5),
    ],
)
def test_exit_codes(error: BaseException, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise error

    assert run_guarded(fail) == code
    assert "Traceback" not in capsys.readouterr().err


def test_unexpected_error_tells_its_place_but_not_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError("jane.doe@example.com")

    assert run_guarded(fail) == 1

    said = capsys.readouterr().err
    assert "ValueError at test_app.py" in said
    assert "jane" not in said


def test_no_colour_where_none_is_wanted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    from sociolink.cli.screen import Screen

    screen = Screen()
    screen.say("bold words", style="red")
    assert "\x1b[31m" not in run("--version").out
