"""The page on reviewing: its Python runs, its commands and links exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from sociolink.cli.app import app

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reviewing.md").read_text(encoding="utf-8")


def test_python_on_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}

    for block in re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL):
        exec(compile(block, "reviewing.md", "exec"), names)

    assert {"found", "better"} <= names.keys()


def test_commands_on_the_page_have_these_options() -> None:
    lines = re.findall(r"^\$ sociolink (.*)$", PAGE, flags=re.MULTILINE)
    group = get_command(app)

    assert len(lines) == 3
    for line in lines:
        name, *arguments = shlex.split(line)
        known = {option for one in group.commands[name].params for option in one.opts}  # type: ignore[attr-defined]
        assert {one for one in arguments if one.startswith("--")} <= known
    known = {option for one in group.commands["review"].params for option in one.opts}  # type: ignore[attr-defined]
    assert {"--blind", "--order", "--looks", "--host", "--size", "--seed"} <= known


def test_links_on_the_page_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", PAGE)

    assert len(targets) > 1
    assert [target for target in targets if not (ROOT / "docs" / target).exists()] == []
