"""Ours beside other programs on one synthetic world: seconds, memory and what was found, each from a cold start.

usage: python benchmarks/compare_peers.py [--profiles 10000] [--customers 100000] [--runs 3]
           [--programs ours splink ...] [--world FOLDER] [--output FILE]

Every run is a process of its own from start to end: import, reading Parquet, fitting, linking, writing Parquet.
Programs take turns on the same cores; the median of the runs counts. Memory is that of the whole tree of processes.
Ours is the command line `sociolink link`. What a peer does is in `peers/<name>_peer.py`; Splink runs in three ways:
all pairs in memory, weak pairs dropped, all pairs in a database on disk. Peers' environments are made before anything
is measured. A program that fails or takes too long is recorded with the reason. Timings mean something only on a quiet
machine: the load before the first run is recorded too.

    python benchmarks/compare_peers.py --profiles 100000 --customers 1000000
    python benchmarks/compare_peers.py --profiles 1000000 --customers 1000000 --programs ours splink-no-weak splink-disk
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from peers.environments import BENCHMARKS, PeerError, module_command
from processes import Run, run_cold

RESULTS = BENCHMARKS / "results" / "compare_peers.json"
WEAK_BITS = -10.0
"""Splink's pairs of a lower match weight are dropped: odds under 1 to 1,024, nobody being at 1."""

Command = Callable[[Path, Path, Path], list[str]]


def _ours(world: Path, links: Path, _: Path) -> list[str]:
    files = ["--customers", str(world / "customers.parquet"), "--profiles", str(world / "profiles.parquet")]
    start = "from sociolink.cli.app import main; raise SystemExit(main())"
    options = ["--output", str(links), "--policy", "research", "--who", "benchmark", "--quiet"]
    return [sys.executable, "-c", start, "link", *files, *options]


def _peer(name: str, *options: object) -> Command:
    def command(world: Path, links: Path, _: Path) -> list[str]:
        return module_command(name, f"{name}_peer", world, links, *options)

    return command


def _splink_on_disk(world: Path, links: Path, scratch: Path) -> list[str]:
    return module_command("splink", "splink_peer", world, links, "--disk", scratch)


PROGRAMS: Mapping[str, Command] = {
    "ours": _ours,
    "splink": _peer("splink"),
    "splink-no-weak": _peer("splink", "--drop-weak", WEAK_BITS),
    "splink-disk": _splink_on_disk,
    "recordlinkage": _peer("recordlinkage"),
    "dedupe": _peer("dedupe"),
}


def run_once(program: str, world: Path, timeout: float) -> tuple[Run, dict[str, Any]]:
    """One cold run; what it took, and how good its links are."""
    import sociolink as sl

    with tempfile.TemporaryDirectory() as temporary:
        links = Path(temporary) / "links.parquet"
        command = PROGRAMS[program](world, links, Path(temporary))
        run = run_cold(command, folder=BENCHMARKS, timeout=timeout)
        if run.failure is not None:
            return run, {}
        found = sl.evaluate(links, world / "truth.parquet", groups=world / "groups.parquet", bootstrap=0)
    figures = ("recall_at_1", "recall_at_p95", "owner_listed", "log_loss")
    return run, {name: round(getattr(found, name), 4) for name in figures}


def compare(programs: Sequence[str], world: Path, runs: int, timeout: float) -> dict[str, dict[str, Any]]:
    """All programs in turn, so often; medians, and the accuracy of the last run."""
    taken: dict[str, list[Run]] = {one: [] for one in programs}
    records: dict[str, dict[str, Any]] = {one: {} for one in programs}
    for _ in range(runs):
        for program in programs:
            if "failure" in records[program]:
                continue
            try:
                run, found = run_once(program, world, timeout)
            except PeerError as error:
                records[program] = {"failure": f"could not be installed: {error}"}
                continue
            taken[program].append(run)
            notes = {} if program == "ours" or run.failure else _last_json(run.output)
            records[program] = {"failure": run.failure} if run.failure else {"accuracy": found, **notes}
            _say(program, run)
    for program, each in taken.items():
        if each:
            records[program] |= {
                "seconds": round(statistics.median(run.seconds for run in each), 2),
                "cpu_seconds": round(statistics.median(run.cpu_seconds for run in each), 2),
                "peak_gib": round(statistics.median(run.peak_gib for run in each), 2),
                "all_seconds": [round(run.seconds, 2) for run in each],
            }
    return records


def ratios(records: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Each peer's figures over ours: above 1 the peer takes more."""
    ours = records.get("ours", {})
    names = ("seconds", "cpu_seconds", "peak_gib")
    return {
        program: {name: round(one[name] / ours[name], 2) for name in names}
        for program, one in records.items()
        if program != "ours" and "failure" not in one and "failure" not in ours and "seconds" in ours
    }


def _last_json(output: str) -> dict[str, Any]:
    notes: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return notes


def _say(program: str, run: Run) -> None:
    took = f"{run.seconds:.1f} s, {run.cpu_seconds:.1f} s of processor, {run.peak_gib:.2f} GiB"
    print(f"{program}: {run.failure or took}", file=sys.stderr, flush=True)


def _prepare(programs: Sequence[str], world: Path, given: argparse.Namespace) -> None:
    """Environments and the world, before anything is measured."""
    for program in programs:
        try:
            PROGRAMS[program](world, world, world)
        except PeerError as error:
            print(f"{program}: {error}", file=sys.stderr)
    if not (world / "profiles.parquet").is_file():
        sizes = ["--profiles", given.profiles, "--customers", given.customers, "--coverage", given.coverage]
        command = [sys.executable, BENCHMARKS / "scale.py", "--make", "--world", world, *sizes]
        subprocess.run([str(part) for part in command], check=True)


def _run(world: Path, given: argparse.Namespace) -> dict[str, Any]:
    _prepare(given.programs, world, given)
    load = round(os.getloadavg()[0], 2)
    records = compare(given.programs, world, given.runs, given.timeout)
    return {
        "profiles": given.profiles,
        "customers": given.customers,
        "coverage": given.coverage,
        "runs": given.runs,
        "cores": os.cpu_count(),
        "load_before": load,
        "programs": records,
        "peer_over_ours": ratios(records),
    }


def _save(result: dict[str, Any], path: Path) -> None:
    """One record a size; the others stay."""
    size = (result["profiles"], result["customers"])
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    kept = [one for one in old if (one["profiles"], one["customers"]) != size]
    records = sorted([*kept, result], key=lambda one: (one["customers"], one["profiles"]))
    path.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Compare at one size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", type=int, default=10_000)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--coverage", type=float, default=0.3)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--programs", nargs="+", choices=PROGRAMS, default=["ours", "splink", "recordlinkage"])
    parser.add_argument("--timeout", type=float, default=3600.0, help="seconds after which a run is ended")
    parser.add_argument("--world", type=Path, help="folder of a world of this size; made there if it is not")
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()
    if given.world is not None:
        result = _run(given.world, given)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            result = _run(Path(temporary), given)
    print(json.dumps(result, indent=1))
    _save(result, given.output)


if __name__ == "__main__":
    main()
