"""Accounts that the CRM knows already: once as a known account, or as a known account and as a handle besides.

usage: python benchmarks/known_accounts.py [--from-results] [--write-docs]

The profiles of a task against the customers of its `_known` variant, so that the known accounts are among the profiles.
Three variants: as they are; a fifth of the known accounts with another customer; handles without their platform. Each
is linked by the code as it is, and with what is settled counted again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import tables
from accuracy import Record, code_version, default_without, in_turn, load, save
from tables import Sheet, print_sheet, to_markdown

OUTPUT = Path(__file__).parent / "results" / "known_accounts.json"
PAGE = Path(__file__).parents[1] / "docs" / "decisions" / "0014-one-fact-once.md"
TASKS = ("us_congress", "rubyevents_speakers")
VARIANTS = ("as they are", "a fifth with another customer", "without their platform")
MISPLACED = 0.2


def lay_out(data: Path, task: str, variant: str, folder: Path) -> None:
    """The variant of a task as a folder of its own."""
    for name in ("profiles", "truth", "groups"):
        shutil.copy(data / task / f"{name}.parquet", folder / f"{name}.parquet")
    customers = pq.read_table(data / f"{task}_known" / "customers.parquet")
    place = customers.column_names.index("handles")
    handles = customers["handles"].to_pylist()
    if variant == VARIANTS[1]:
        known = [row for row, own in enumerate(handles) if own]
        chosen = np.random.default_rng(0).choice(known, int(MISPLACED * len(known)), replace=False).tolist()
        moved = {row: handles[other] for row, other in zip(chosen, chosen[-1:] + chosen[:-1], strict=True)}
        handles = [moved.get(row, own) for row, own in enumerate(handles)]
    if variant == VARIANTS[2]:
        handles = [own and [one.partition(":")[2] for one in own] for own in handles]
    column = pa.array(handles, customers["handles"].type)
    pq.write_table(customers.set_column(place, "handles", column), folder / "customers.parquet")


def measure(data: Path, task: str, variant: str, again: bool) -> Record:
    """One variant; runs in a process of its own, which `again` changes for good."""
    import open_world

    from sociolink.linking import kernel

    if again:
        kernel.silence_settled = dict  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lay_out(data, task, variant, folder)
        found = open_world.measure_task(folder, default=default_without(task), bootstrap=0)
    return {**found.record, "task": task, "variant": variant, "counted": "twice" if again else "once"}


def sheet(records: Sequence[Record]) -> Sheet:
    """The figures that change."""
    rows = []
    for one in records:
        found = one["evaluation"]
        bands = [
            "-" if band is None else f"{band['right']:.2f}/{band['claimed']:.2f} of {band['answers']:,}"
            for band in found["bands"]
        ]
        claim = "-" if found["claim95"] is None else f"{found['claim95']['precision']:.3f}"
        shares = (f"{found[name]:.3f}" for name in ("recall_at_p95", "log_loss"))
        rows.append((one["task"], one["variant"], one["counted"], *shares, claim, *bands))
    header = ("task", "known accounts", "counted", "R@P95", "log loss", "claim95: precision", "[.5,.8)", "[.8,.95)")
    return Sheet("Known accounts among the profiles (bands: right/claimed)", (*header, "[.95,1]"), tuple(rows))


def main() -> None:
    """Measure, save, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(os.environ.get("SOCIOLINK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=root / "open_world", help="folder with one folder for each task")
    parser.add_argument("--from-results", action="store_true", help="measure nothing: show what was measured last")
    parser.add_argument("--write-docs", action="store_true", help="put the table into its page")
    given = parser.parse_args()
    if not given.from_results:
        version = code_version()
        calls = [(given.data, task, one, again) for task in TASKS for one in VARIANTS for again in (True, False)]
        save([{"code": version, **one} for one in in_turn(measure, calls)], OUTPUT)
    found = sheet(load(OUTPUT))
    print_sheet(found)
    if given.write_docs:
        tables.insert_block(PAGE, to_markdown([found]))


if __name__ == "__main__":
    main()
