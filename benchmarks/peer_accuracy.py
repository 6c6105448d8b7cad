"""Peers on the real tasks, beside ours: the same evaluation, and the means that a synthetic world is held against.

usage: python benchmarks/peer_accuracy.py [--peers splink recordlinkage] [--tasks us_congress ...] [--write-docs]
       python benchmarks/peer_accuracy.py --from-results --write-docs

Ours are the figures of `results/accuracy.json` (`accuracy.py`); figures of peers go to `results/peer_accuracy.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from peers.environments import BENCHMARKS, PeerError, run_module
from tables import insert_block

__all__ = ["figures_of", "means", "measure_peer"]

RESULTS = BENCHMARKS / "results" / "peer_accuracy.json"
PAGE = BENCHMARKS.parent / "docs" / "accuracy.md"
TASKS = ("us_congress", "us_openstates", "fr_parlementaires", "rubyevents_speakers")
PEERS: Mapping[str, tuple[str, ...]] = {
    "splink": ("splink",),
    "splink-em": ("splink", "--em"),
    "recordlinkage": ("recordlinkage",),
}
"""Each peer's name and options."""
Record = dict[str, Any]


def figures_of(found: Any) -> Record:
    """The figures of an evaluation that all programs are compared by."""
    figures = {n: round(getattr(found, n), 4) for n in ("recall_at_1", "recall_at_p95", "log_loss", "false_links")}
    bands = [
        {
            "claimed": round(band.claimed, 4),
            "right": round(band.right, 4),
            "standard_error": None if band.standard_error is None else round(band.standard_error, 4),
            "within": band.within,
        }
        for band in found.bands
        if band
    ]
    claim = found.claim95
    return figures | {"claim95": None if claim is None else round(claim.precision, 4), "bands": bands}


def measure_peer(name: str, folder: Path, *options: object, links: Path | None = None) -> Record:
    """Link a task by a peer and evaluate it; where the peer fails, the reason."""
    import sociolink as sl

    with tempfile.TemporaryDirectory() as temporary:
        target = links or Path(temporary) / "links.parquet"
        try:
            notes = run_module(name, f"{name}_peer", folder, target, *options)
        except PeerError as error:
            return {"failure": str(error)}
        found = sl.evaluate(target, folder / "truth.parquet", groups=folder / "groups.parquet", bootstrap=0)
    return figures_of(found) | {"owner_listed": round(found.owner_listed, 4), "pairs": notes["pairs"]}


def load_ours(tasks: Sequence[str]) -> Record:
    """Our figures by task, as `accuracy.py` measured them last."""
    records = json.loads((BENCHMARKS / "results" / "accuracy.json").read_text(encoding="utf-8"))
    return {one["task"]: one["evaluation"] for one in records if one["task"] in tasks}


def means(found: Mapping[str, Record]) -> dict[str, float]:
    """Mean R@1 over the tasks, by program."""
    by: dict[str, list[float]] = {}
    for programs in found.values():
        for name, one in programs.items():
            if "recall_at_1" in one:
                by.setdefault(name, []).append(one["recall_at_1"])
    return {name: round(statistics.mean(each), 4) for name, each in by.items()}


def write_table(found: Mapping[str, Record]) -> str:
    """Tasks and programs as a Markdown table, the means last."""
    lines = ["| task | by | R@1 | R@P95 | log loss | claim95: precision |", "|---|---|---:|---:|---:|---:|"]
    for task, programs in found.items():
        for number, (name, one) in enumerate(programs.items()):
            cells = [one.get(key) for key in ("recall_at_1", "recall_at_p95", "log_loss")]
            claim = one.get("claim95")
            cells.append(claim.get("precision") if isinstance(claim, dict) else claim)
            shown = " | ".join("-" if cell is None else f"{cell:.3f}" for cell in cells)
            failure = f" ({one['failure']})" if "failure" in one else ""
            lines.append(f"| {task if number == 0 else ''} | {name}{failure} | {shown} |")
    average = ", ".join(f"{name} {value:.3f}" for name, value in means(found).items())
    return "\n".join([*lines, "", f"Mean R@1 of these tasks: {average}."])


def main() -> None:
    """Measure, show, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(os.environ.get("SOCIOLINK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=root / "open_world")
    parser.add_argument("--tasks", nargs="+", default=list(TASKS))
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--from-results", action="store_true", help="measure nothing; show what was measured last")
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/accuracy.md")
    given = parser.parse_args()
    measured: Record = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    if not given.from_results:
        for task in given.tasks:
            for name in given.peers:
                peer, *options = PEERS[name]
                measured.setdefault(task, {})[name] = measure_peer(peer, given.data / task, *options)
                print(json.dumps({"task": task, name: measured[task][name]}), flush=True)
        RESULTS.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    ours = load_ours(given.tasks)
    found = {task: {"ours": ours[task], **measured.get(task, {})} for task in given.tasks if task in ours}
    table = write_table(found)
    print(table)
    if given.write_docs:
        insert_block(PAGE, table, "peers")


if __name__ == "__main__":
    main()
