"""Which profiles make a band miss: right against claimed by what a profile shows of a name, on the real tasks.

usage: python benchmarks/band_errors.py [--tasks us_openstates ...] [--from-results] [--write-docs]

The kinds of profiles are those of `link_errors.py`, by rules that know nothing of the model. A kind whose answers are
right more or less often than is claimed is what the model gets wrong there. The counts hold no personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tables
from accuracy import Record
from tables import Sheet, print_sheet, to_markdown
from task_records import report_tasks

OUTPUT = Path(__file__).parent / "results" / "band_errors.json"
PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"
BANDS = ((0.5, 0.8), (0.8, 0.95), (0.95, 1.01))
_FEWEST = 5


def measure_bands(folder: Path) -> Record:
    """Answers of one task by band and kind; runs in a process of its own."""
    import link_errors

    found = link_errors.classify_answers(folder)
    cells: dict[str, dict[str, list[float]]] = {}
    for one in found:
        right = one.outcome in ("owner linked", "owner below")
        for low, high in BANDS:
            if low <= one.probability < high:
                _count(cells, f"[{low:g},{min(high, 1):g}{')' if high < 1 else ']'}", one.kind, right, one.probability)
        if one.nobody >= 0.5:
            _count(cells, "nobody", one.kind, one.outcome.startswith("stranger"), one.nobody)
    return {"task": folder.name, "bands": cells}


def _count(cells: dict[str, dict[str, list[float]]], band: str, kind: str, right: bool, claimed: float) -> None:
    """Add an answer: how many there are, how many are right, and how many are claimed to be."""
    cell = cells.setdefault(band, {}).setdefault(kind, [0, 0, 0.0])
    cell[0], cell[1], cell[2] = cell[0] + 1, cell[1] + right, round(cell[2] + claimed, 6)


def sheet(records: Sequence[Record]) -> Sheet:
    """Right less claimed, by kind; kinds of fewer than five answers are left out."""
    kinds = sorted({kind for one in records for band in one["bands"].values() for kind in band})
    rows = []
    for one in records:
        for band in sorted(one["bands"]):
            cells = one["bands"][band]
            every: list[Any] = [sum(cell[part] for cell in cells.values()) for part in range(3)]
            rows.append((one["task"], band, _say(every), *(_say(cells.get(kind, [0, 0, 0.0])) for kind in kinds)))
    title = "Right less claimed, in answers, and of how many: by what the profile shows of its owner's name"
    return Sheet(title, ("task", "band", "all", *kinds), tuple(rows))


def _say(cell: Sequence[float]) -> str:
    count, right, claimed = cell
    return f"{right - claimed:+.0f} of {count:,.0f}" if count >= _FEWEST else "-"


def show(records: Sequence[Record], write_docs: bool) -> None:
    """Print the table, and put it into its page where that was asked for."""
    found = sheet(records)
    print_sheet(found)
    if write_docs:
        tables.insert_block(PAGE, to_markdown([found]), "bands")


if __name__ == "__main__":
    report_tasks(__doc__, measure_bands, OUTPUT, show)
