"""How bands of profiles and customers are served on the real tasks, and whether the links expected it.

usage: python benchmarks/parity.py [--tasks us_congress ...] [--write-docs] [--from-results]

Links are made with default settings and without labels. What is written are aggregates by platform, script and
frequency of the family name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tables
from accuracy import ROOT
from tables import Sheet, print_sheet, to_markdown
from task_records import report_tasks

Record = Mapping[str, Any]
OUTPUT = ROOT / "benchmarks" / "results" / "parity.json"
PAGE = ROOT / "docs" / "parity.md"


def measure_parity(folder: Path) -> dict[str, Any]:
    """Parity of one task against its truth, and as the links expect it.

    Args:
        folder: The task's folder.

    Returns:
        Name of the task, both parities and the bands of claims, as plain values.
    """
    import open_world

    import sociolink as sl

    profiles, customers = folder / "profiles.parquet", folder / "customers.parquet"
    links = sl.link(profiles, customers, policy=sl.Policy.research(who=open_world.POLICY))
    people = {"profiles": profiles, "customers": customers}
    found = sl.evaluate(links, folder / "truth.parquet", groups=folder / "groups.parquet", bootstrap=0, **people)
    assert found.parity is not None
    claims = [{**band, "within": one.within} for band, one in _claims(found)]
    record = {
        "task": folder.name,
        "parity": found.parity.to_dict(),
        "expected": links.parity(**people).to_dict(),
        "claims": claims,
    }
    return {name: open_world.round_floats(value) for name, value in record.items()}


def _claims(found: Any) -> list[tuple[dict[str, Any], Any]]:
    bands = [one for one in (*found.bands, found.nobody) if one is not None]
    return [({"low": one.low, "claimed": one.claimed, "right": one.right, "answers": one.answers,
              "standard_error": one.standard_error}, one) for one in bands]  # fmt: skip


def parity_sheet(records: Sequence[Record]) -> Sheet:
    """One row for each band of each task."""
    header = ("task", "by", "band", "recall", "expected", "precision", "expected", "strangers linked")
    rows = []
    for record in records:
        expected = {(one["key"], one["band"]): one for one in record["expected"]["bands"]}
        expected["all", "all"] = record["expected"]["overall"]
        for one in (record["parity"]["overall"], *record["parity"]["bands"]):
            same = expected.get((one["key"], one["band"]), {})
            recall, precision = (_brief(same.get(name)) for name in ("recall", "precision"))
            rates = [_rate(one[name]) for name in ("recall", "precision", "false_rate")]
            rows.append((record["task"], one["key"], one["band"], rates[0], recall, rates[1], precision, rates[2]))
    return Sheet("How bands are served (95% intervals, clustered by owner)", header, tuple(rows))


def claim_sheet(records: Sequence[Record]) -> Sheet:
    """Claimed against actual, with errors clustered by owner."""
    names = ("[.5, .8)", "[.8, .95)", "[.95, 1]", "nobody >= .5")
    rows = []
    for record in records:
        cells = [
            f"{one['right']:.3f} / {one['claimed']:.3f} ± {one['standard_error']:.3f}"
            + ("" if one["within"] else " (no)")
            for one in record["claims"]
        ]
        rows.append((record["task"], *cells))
    title = "Right / claimed ± standard error; (no) where they differ by more than .02 and two standard errors"
    return Sheet(title, ("task", *names), tuple(rows))


def warning_lines(records: Sequence[Record]) -> str:
    """What the evaluations warn of."""
    said = [f"- {one['task']}: {text}" for one in records for text in one["parity"]["warnings"]]
    return "\n".join(["**Warnings**", "", *(said or ["- none"])])


def _rate(rate: Mapping[str, float] | None) -> str:
    if rate is None:
        return "-"
    return f"{rate['value']:.3f} ({rate['low']:.3f}-{rate['high']:.3f}) of {rate['count']:,}"


def _brief(rate: Mapping[str, float] | None) -> str:
    return "-" if rate is None else f"{rate['value']:.3f}"


def show(records: Sequence[Record], write_docs: bool) -> None:
    """Print the tables, and put them into the page that was asked for."""
    sheets = [parity_sheet(records), claim_sheet(records)]
    for sheet in sheets:
        print_sheet(sheet)
    print(warning_lines(records))
    if write_docs:
        tables.insert_block(PAGE, f"{to_markdown(sheets)}\n\n{warning_lines(records)}")


if __name__ == "__main__":
    report_tasks(__doc__, measure_parity, OUTPUT, show)
