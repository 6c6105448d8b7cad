"""What the README shows is run: its Python, its commands, its links; and so are the examples."""

from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from sociolink.cli.app import main
from sociolink.datasets.generation import synthetic

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> Iterator[str]:
    yield from re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    lines = "\n".join(blocks("console")).replace("\\\n", "").splitlines()
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


def test_python_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}

    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)

    assert {"links", "sure", "today", "why"} <= names.keys()
    written = {"sure.parquet", "links.parquet", "model.json", "report.html", "crm.index", "enriched"}
    assert {path.name for path in tmp_path.iterdir()} == written


def test_commands_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small = synthetic(150, 120, coverage=0.5, seed=3, posts=900, events=450, opaque=0.1)
    monkeypatch.setattr("sociolink.cli.demo.demo_world", lambda: small)
    named = small.profiles["profile_id"][0].as_py()
    run = [shlex.split(command) for command in commands()]

    for program, *arguments in run:
        if program == "sociolink" and (arguments[0] != "check" or find_spec("sociolink.linking.check")):
            here = [re.sub(r"^p00301$", named, argument) for argument in arguments]
            assert main(here) == 0, arguments

    assert [program for program, *_ in run] == ["make", *["sociolink"] * 5]
    assert (tmp_path / "links.parquet").is_file()


def test_the_profile_that_is_explained_is_in_the_demo() -> None:
    """Its id is written into the README; the commands above run on a smaller world."""
    from sociolink.datasets.generation import demo_world

    assert "--profile p00301" in README
    assert "p00301" in demo_world().profiles["profile_id"].to_pylist()


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for target in re.findall(r"(?:\$ |`)make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_accuracy_has_its_place() -> None:
    assert README.count("<!-- accuracy -->") == README.count("<!-- /accuracy -->") == 1


def test_documents_keep_their_length() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split()) <= 1300


def test_rooms_in_the_architecture_are_those_of_the_house() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text.split("| floor |", 1)[1].split("\n\n", 1)[0]
    rooms = {path.parent.name for path in (ROOT / "src" / "sociolink").glob("*/__init__.py")}

    assert set(re.findall(r"`(\w+)/`", table)) == rooms


def test_places_in_the_architecture_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## Where to find what", 1)[1]

    for place in re.findall(r"`([\w/]+\.\w+)`", text):
        assert (ROOT / "src" / "sociolink" / place).is_file(), place


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.name)
def test_examples_run(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(path), run_name="__main__")

    assert "have a customer" in capsys.readouterr().out
