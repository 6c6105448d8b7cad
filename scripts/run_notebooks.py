"""Runs the notebooks of examples/ from top to bottom and stores what their cells show.

Usage: python scripts/run_notebooks.py [NOTEBOOK ...]
Needs requirements/dev.txt. The notebooks run in this process and in an empty folder.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[1] / "examples"
KINDS = ("image/png", "image/svg+xml", "text/html", "text/plain")


def read_notebook(path: Path) -> dict[str, Any]:
    """The content of a notebook."""
    return dict(json.loads(path.read_text("utf-8")))


def run_notebook(notebook: dict[str, Any]) -> dict[str, Any]:
    """Run all cells in one fresh shell, in an empty folder.

    Args:
        notebook: Its content.

    Returns:
        The content with other outputs.

    Raises:
        RuntimeError: A cell failed; its own error is the cause.
    """
    cells, count = [], 0
    with fresh_shell() as shell:
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                count += 1
                outputs = run_cell(shell, "".join(cell["source"]), count)
                cell = {**cell, "execution_count": count, "outputs": outputs}
            cells.append(cell)
    return {**notebook, "cells": cells}


@contextmanager
def fresh_shell() -> Iterator[Any]:
    """IPython without a history, in a folder that goes with it."""
    home, before = os.getcwd(), os.environ.get("IPYTHONDIR")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IPYTHONDIR"] = f"{folder}/ipython"
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        work = Path(folder) / "work"
        work.mkdir()
        os.chdir(work)
        try:
            shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
            shell.display_formatter.active_types = shell.display_formatter.format_types
            yield shell
        finally:
            InteractiveShell.clear_instance()
            os.chdir(home)
            os.environ.pop("IPYTHONDIR")
            if before is not None:
                os.environ["IPYTHONDIR"] = before


def run_cell(shell: Any, source: str, count: int) -> list[dict[str, Any]]:
    """Run one cell and return what it shows, as a notebook stores it."""
    from IPython.utils.capture import capture_output

    results: list[dict[str, Any]] = []

    def show(value: object) -> None:
        if value is not None:
            data, metadata = shell.display_formatter.format(value)
            shown = {"data": stored(data), "metadata": metadata}
            results.append({"output_type": "execute_result", "execution_count": count, **shown})

    shell.display_trap.hook = show
    with capture_output() as shown:
        result = shell.run_cell(source, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        raise RuntimeError(f"cell {count} failed: {type(error).__name__}: {error}") from error
    outputs: list[dict[str, Any]] = []
    if shown.stdout:
        outputs.append({"output_type": "stream", "name": "stdout", "text": shown.stdout.splitlines(keepends=True)})
    displayed = [
        {"output_type": "display_data", "data": stored(one.data), "metadata": one.metadata or {}}
        for one in shown.outputs
    ]
    return outputs + displayed + results


def stored(data: dict[str, Any]) -> dict[str, Any]:
    """What is kept of an output: text, HTML and pictures."""
    kept: dict[str, Any] = {}
    for kind in KINDS:
        value = data.get(kind)
        if isinstance(value, bytes):
            kept[kind] = base64.b64encode(value).decode()
        elif value is not None:
            kept[kind] = value.splitlines(keepends=True)
    return kept


def main(paths: list[Path]) -> None:
    """Run notebooks and write them back."""
    for path in paths:
        done = run_notebook(read_notebook(path))
        path.write_text(json.dumps(done, indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(f"{path.name}: {sum(cell['cell_type'] == 'code' for cell in done['cells'])} cells")


if __name__ == "__main__":
    main([Path(name).resolve() for name in sys.argv[1:]] or sorted(EXAMPLES.glob("*.ipynb")))
