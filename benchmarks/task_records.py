"""One record a task, measured each in a process of its own, saved, and shown: what several reports share."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from accuracy import Record, code_version, in_turn, load, replaced, save

__all__ = ["report_tasks"]


def report_tasks(
    description: str | None,
    measure: Callable[[Path], Record],
    output: Path,
    show: Callable[[Sequence[Record], bool], None],
) -> None:
    """Read the command line, measure the tasks that were asked for, and show all records.

    Args:
        description: What the script says of itself.
        measure: A task's folder in, its record out; at the top of a module, so that a process can be given it.
        output: File of the records.
        show: Prints the records, and puts them into a page where it is told to.
    """
    import open_world

    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(os.environ.get("SOCIOLINK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=root / "open_world", help="folder with one folder for each task")
    parser.add_argument("--tasks", nargs="+", help="names of tasks; all by default")
    parser.add_argument("--from-results", action="store_true", help="measure nothing: show and write what was measured")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into their page")
    given = parser.parse_args()
    if not given.from_results:
        folders = [one for one in open_world.find_tasks(given.data) if one.name in (given.tasks or [one.name])]
        version = code_version()
        records = [{"code": version, **one} for one in in_turn(measure, [(folder,) for folder in folders])]
        save(replaced(load(output), records), output)
    show(load(output), given.write_docs)
