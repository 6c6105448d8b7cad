"""How long synthetic populations take to link, by stage, and how much memory; with several sizes, how it grows.

usage: python benchmarks/scale.py [--profiles 100000] [--customers 1000000 ...] [--coverage 0.3]
           [--memory-limit 8GiB]
           [--world FOLDER] [--output FILE] [--plot FILE.svg]

Prints one JSON line a size. A world is made by a process of its own and read from Parquet files, so that only linking
is measured; with several sizes each is also linked in a process of its own. Then the last line tells the growth:
seconds per profile ~ customers^e, by least squares of the logarithms, the profiles being as many at each size.

    python benchmarks/scale.py --profiles 10000 --customers 10000 100000 1000000 10000000 \\
        --output benchmarks/results/growth.jsonl --plot docs/growth.svg
    python benchmarks/scale.py --from-results --output benchmarks/results/growth.jsonl --plot docs/growth.svg
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from charts import Line, write_chart
from memory import AnonymousPeak, peak_memory_mib

TARGET_SECONDS, TARGET_GIB = 60.0, 4.0
PART = 1_000_000
"""Customers that are made at once; a larger world is several that share nothing, one after the other in the files."""


def make_world(folder: Path, profiles: int, customers: int, coverage: float) -> None:
    """Write a synthetic world; for the process that makes it."""
    from sociolink import datasets

    consent = {"customers.consent": 0.0, "profiles.consent": 0.0}  # nobody is set aside, so that every row counts
    same: dict[str, Any] = {"coverage": coverage, "posts": 0, "events": 0, "fields": consent}
    if customers <= PART:
        datasets.synthetic(customers, profiles, seed=1, **same).write(folder)
        return
    parts = -(-customers // PART)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(parts):
        size = [total // parts + (number < total % parts) for total in (customers, profiles)]
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            datasets.synthetic(*size, seed=number + 1, **same).write(temporary)
            _add_part(folder, Path(temporary), number, last=number == parts - 1)


def _add_part(folder: Path, part: Path, number: int, *, last: bool) -> None:
    """Append one part to the files of a world, its ids made its own."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    for name in ("customers", "profiles", "truth", "groups"):
        table = pq.read_table(part / f"{name}.parquet")
        for column in {"customer_id", "profile_id", "group_id"} & set(table.column_names):
            own = pc.binary_join_element_wise(str(number), table[column], "-")
            table = table.set_column(table.column_names.index(column), column, own)
        pieces = folder / f"{name}.parts"
        pieces.mkdir(exist_ok=True)
        pq.write_table(table, pieces / f"{number:05}.parquet")
        if last:
            files = sorted(pieces.iterdir())
            with pq.ParquetWriter(folder / f"{name}.parquet", pa.schema(pq.read_schema(files[0]))) as writer:
                for file in files:
                    writer.write_table(pq.read_table(file).cast(writer.schema))
                    file.unlink()
            pieces.rmdir()


def link_world(folder: Path, *, threads: int | None, memory_limit: str | None, evaluate: bool) -> dict[str, Any]:
    """Link a world and say what each stage took."""
    import sociolink as sl

    began = time.perf_counter()
    memory: list[tuple[str, float, float]] = []
    with AnonymousPeak() as anonymous:
        links = sl.link(
            folder / "profiles.parquet",
            folder / "customers.parquet",
            policy=sl.Policy.research(who="benchmark"),
            threads=threads,
            memory_limit=memory_limit,
            progress=lambda stage: memory.append((stage, peak_memory_mib(), anonymous.mib)),
        )
    seconds, peak = time.perf_counter() - began, peak_memory_mib()
    ends = [(at, own) for _, at, own in memory[1:]] + [(peak, anonymous.mib)]
    report = links.report
    result = {
        "profiles": report.profiles,
        "customers": report.customers,
        "pairs": report.candidates,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(time.process_time(), 1),
        "memory_limit": memory_limit,
        "peak_gib": round(peak / 1024, 2),
        "peak_anonymous_gib": round(anonymous.mib / 1024, 2),
        "stages": {name: round(spent, 2) for name, spent in report.stages},
        "peak_gib_after": {name: round(at / 1024, 2) for (name, *_), (at, _) in zip(memory, ends, strict=True)},
        "peak_anonymous_gib_after": {
            name: round(own / 1024, 2) for (name, *_), (_, own) in zip(memory, ends, strict=True)
        },
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
        sizes = ["--profiles", given.profiles, "--customers", given.customers[0], "--coverage", given.coverage]
        command = [sys.executable, __file__, "--make", "--world", folder, *sizes]
        subprocess.run([str(part) for part in command], check=True)
    result = json.dumps(
        link_world(folder, threads=given.threads, memory_limit=given.memory_limit, evaluate=not given.no_evaluate)
    )
    print(result)
    if given.output:
        given.output.write_text(result + "\n", encoding="utf-8")


def run_sizes(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Each size in a process of its own; their records."""
    records = []
    same = ["--profiles", given.profiles, "--coverage", given.coverage]
    same += ["--threads", given.threads] if given.threads else []
    same += ["--memory-limit", given.memory_limit] if given.memory_limit else []
    same += ["--no-evaluate"] if given.no_evaluate else []
    for customers in given.customers:
        command = [sys.executable, __file__, "--customers", customers, *same]
        done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
        print(done.stdout.strip(), flush=True)
        records.append(json.loads(done.stdout))
    return records


def growth(records: Sequence[Mapping[str, Any]], key: str = "seconds") -> float | None:
    """The exponent e of seconds per profile ~ customers^e; None where there is one size only.

    Examples:
        >>> growth([{"customers": n, "profiles": 10, "seconds": n**0.5} for n in (100, 10_000)])
        0.5
    """
    points = [(math.log(one["customers"]), math.log(max(one[key], 1e-3) / one["profiles"])) for one in records]
    x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    spread = sum((a - x) ** 2 for a, _ in points)
    return round(sum((a - x) * (b - y) for a, b in points) / spread, 3) if spread else None


def finish(records: Sequence[Mapping[str, Any]], given: argparse.Namespace) -> None:
    """Say how it grows, keep the lines and draw them."""
    stages = list(dict.fromkeys(name for one in records for name in one["stages"]))
    by_stage = {name: [one | {"seconds": one["stages"].get(name, 0.0)} for one in records] for name in stages}
    exponents = {name: growth(each) for name, each in by_stage.items()}
    print(json.dumps({"exponent": growth(records), "exponent_by_stage": exponents}))
    if given.output and not given.from_results:
        given.output.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    if given.plot:
        lines = [Line("all", [(one["customers"], one["seconds"]) for one in records])]
        lines += [Line(name, [(one["customers"], one["seconds"]) for one in each]) for name, each in by_stage.items()]
        title = f"Seconds to link {records[0]['profiles']:,} profiles, by number of customers"
        write_chart(given.plot, title, "customers", "seconds", lines)


def main() -> None:
    """Measure one size or several."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", type=int, default=100_000)
    parser.add_argument("--customers", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--coverage", type=float, default=0.3, help="true coverage of the world")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--memory-limit", help="for example 8GiB; none by default")
    parser.add_argument("--world", type=Path, help="folder of a world of one size; made there if it is not")
    parser.add_argument("--output", type=Path, help="file for the JSON lines")
    parser.add_argument("--plot", type=Path, help="SVG file for a picture of several sizes")
    parser.add_argument("--make", action="store_true", help="only make the world")
    parser.add_argument("--no-evaluate", action="store_true", help="do not measure accuracy as well")
    parser.add_argument("--from-results", action="store_true", help="measure nothing; show the lines of --output")
    given = parser.parse_args()
    if given.make:
        if given.world is None:
            parser.error("--make needs --world")
        make_world(given.world, given.profiles, given.customers[0], given.coverage)
    elif given.from_results:
        finish([json.loads(line) for line in given.output.read_text(encoding="utf-8").splitlines()], given)
    elif len(given.customers) > 1:
        finish(run_sizes(given), given)
    elif given.world is not None:
        run(given.world, given)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            run(Path(temporary), given)


if __name__ == "__main__":
    main()
