"""How long a large synthetic population takes to link, by stage, and how much memory.

usage: python benchmarks/scale.py [--profiles 100000] [--customers 1000000] [--coverage 0.3]
           [--world FOLDER] [--output FILE]

The world is made by a process of its own and read from Parquet files, so that only linking is measured. Prints one
JSON line.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from memory import peak_memory_mib

TARGET_SECONDS, TARGET_GIB = 60.0, 4.0


def make_world(folder: Path, profiles: int, customers: int, coverage: float) -> None:
    """Write a synthetic world; for the process that makes it."""
    from sociolink import datasets

    consent = {"customers.consent": 0.0, "profiles.consent": 0.0}  # nobody is set aside, so that every row counts
    world = datasets.synthetic(customers, profiles, coverage=coverage, posts=0, events=0, fields=consent, seed=1)
    world.write(folder)


def link_world(folder: Path, *, threads: int | None, evaluate: bool) -> dict[str, Any]:
    """Link a world and say what each stage took."""
    import sociolink as sl

    began = time.perf_counter()
    memory: list[tuple[str, float]] = []
    links = sl.link(
        folder / "profiles.parquet",
        folder / "customers.parquet",
        policy=sl.Policy.research(who="benchmark"),
        threads=threads,
        progress=lambda stage: memory.append((stage, peak_memory_mib())),
    )
    seconds, peak = time.perf_counter() - began, peak_memory_mib()
    ends = [at for _, at in memory[1:]] + [peak]
    report = links.report
    result = {
        "profiles": report.profiles,
        "customers": report.customers,
        "seconds": round(seconds, 1),
        "peak_gib": round(peak / 1024, 2),
        "stages": {name: round(spent, 2) for name, spent in report.stages},
        "peak_gib_after": {name: round(at / 1024, 2) for (name, _), at in zip(memory, ends, strict=True)},
        "linked": report.linked,
        "coverage": round(report.coverage, 4),
        "findable": round(report.findable, 4),
        "met": bool(seconds < TARGET_SECONDS and peak / 1024 < TARGET_GIB),
    }
    if evaluate:
        found = sl.evaluate(links, folder / "truth.parquet", groups=folder / "groups.parquet", bootstrap=0)
        result |= {
            "recall_at_p95": round(found.recall_at_p95, 4),
            "recall_at_1": round(found.recall_at_1, 4),
            "log_loss": round(found.log_loss, 4),
            "claim95_precision": None if found.claim95 is None else round(found.claim95.precision, 4),
        }
    return result


def run(folder: Path, given: argparse.Namespace) -> None:
    """Make the world where it is not there yet, in a process of its own, then link it in this one."""
    if not (folder / "profiles.parquet").is_file():
        sizes = ["--profiles", given.profiles, "--customers", given.customers, "--coverage", given.coverage]
        command = [sys.executable, __file__, "--make", "--world", folder, *sizes]
        subprocess.run([str(part) for part in command], check=True)
    result = json.dumps(link_world(folder, threads=given.threads, evaluate=not given.no_evaluate))
    print(result)
    if given.output:
        given.output.write_text(result + "\n", encoding="utf-8")


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", type=int, default=100_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--coverage", type=float, default=0.3, help="true coverage of the world")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--world", type=Path, help="folder of a world; made there if it is not")
    parser.add_argument("--output", type=Path, help="file for the JSON line")
    parser.add_argument("--make", action="store_true", help="only make the world")
    parser.add_argument("--no-evaluate", action="store_true", help="do not measure accuracy as well")
    given = parser.parse_args()
    if given.make:
        if given.world is None:
            parser.error("--make needs --world")
        make_world(given.world, given.profiles, given.customers, given.coverage)
    elif given.world is not None:
        run(given.world, given)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            run(Path(temporary), given)


if __name__ == "__main__":
    main()
