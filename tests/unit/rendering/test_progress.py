"""Progress shows only where somebody looks: on a terminal, or in a notebook."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from sociolink.rendering.progress import show_progress, shows_progress


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as tell:
        assert tell is None
    assert capsys.readouterr().err == ""


def test_progress_shows_the_stage_of_long_work_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr("sociolink.rendering.progress._PATIENCE_SECONDS", 0.0)

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


class Line:
    """A line of a notebook, which remembers what it said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def update(self, data: dict[str, str], *, raw: bool) -> None:
        assert raw
        assert data.keys() == {"text/plain", "text/html"}
        self.said.append(data["text/html"])


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Line:
    """A kernel, as far as it matters here."""
    line = Line()

    def display(data: dict[str, str], *, raw: bool, display_id: bool) -> Line:
        assert display_id
        line.update(data, raw=raw)
        return line

    ipython: Any = ModuleType("IPython")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    shown: Any = ModuleType("IPython.display")
    shown.display = display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", shown)
    return line


def test_progress_is_a_line_in_a_notebook(notebook: Line, capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as tell:
        assert tell is not None
        tell("linking <all>")

    assert notebook.said[1] == "<p role='status'>linking &lt;all&gt; …</p>"
    assert notebook.said[-1].startswith("<p role='status'>Done in ")
    assert capsys.readouterr() == ("", "")


def test_work_that_fails_is_said_to_have_stopped(notebook: Line) -> None:
    with pytest.raises(ValueError, match="no"), show_progress():
        raise ValueError("no")

    assert "Stopped." in notebook.said[-1]


def test_true_shows_the_stages_of_a_function(notebook: Line) -> None:
    @shows_progress
    def work(times: int, *, progress: Any = None) -> int:
        for number in range(times):
            if progress is not None:
                progress(f"stage {number}")
        return times

    heard: list[str] = []
    assert work(2, progress=heard.append) == 2
    assert work(1) == 1
    assert heard == ["stage 0", "stage 1"]
    assert notebook.said == []
    assert work(2, progress=False) == 2
    assert notebook.said == []
    assert work(2, progress=True) == 2
    assert [line for line in notebook.said if "stage" in line] == [
        "<p role='status'>stage 0 …</p>",
        "<p role='status'>stage 1 …</p>",
    ]


def test_link_shows_its_stages(notebook: Line) -> None:
    import sociolink as sl

    people = [{"customer_id": "c1", "given_name": "Xenia", "family_name": "Quartermain"}]
    accounts = [{"profile_id": "p1", "platform": "github", "handle": "xeniaquartermain"}]
    sl.link(accounts, people, policy=sl.Policy.research(who="tests"), progress=True)

    assert any("reading" in line for line in notebook.said)
    assert any("linking" in line for line in notebook.said)
