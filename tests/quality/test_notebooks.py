"""The notebooks of `examples/` run from top to bottom, and what they store is what a reader should see."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def stored(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8")))


def kinds(cell: dict[str, Any]) -> list[list[str]]:
    """What a cell shows: the kinds of each output, without what it says."""
    return [sorted(one.get("data", {one["output_type"]: ""})) for one in cell["outputs"]]


def test_the_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["calibration_and_risk", "first_links", "posts_to_customers"]


@every_notebook
def test_notebook_runs_and_shows_what_it_stores(path: Path) -> None:
    pytest.importorskip("IPython")
    run = runpy.run_path(str(ROOT / "scripts" / "run_notebooks.py"))["run_notebook"]
    before = stored(path)

    after = run(before)

    assert [kinds(cell) for cell in after["cells"] if cell["cell_type"] == "code"] == [
        kinds(cell) for cell in before["cells"] if cell["cell_type"] == "code"
    ]


@every_notebook
def test_what_is_stored_reads_well(path: Path) -> None:
    text, notebook = path.read_text("utf-8"), stored(path)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]

    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell["outputs"] for cell in cells if not "".join(cell["source"]).rstrip().endswith(")  # quiet"))
    assert "Traceback" not in text
    assert not re.search(r"/(?:home|root|tmp|opt|work|Users)/", text)
    assert not re.search(r"object at 0x", text)
    assert len(text) < 250_000
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])


@every_notebook
def test_links_in_the_notebook_lead_somewhere(path: Path) -> None:
    words = "".join("".join(cell["source"]) for cell in stored(path)["cells"] if cell["cell_type"] == "markdown")
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", words)

    assert targets or path.stem == "posts_to_customers"
    assert [target for target in targets if not (path.parent / target).exists()] == []
