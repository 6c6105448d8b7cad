"""What an index costs: build, open, find, link, upsert, erase, compact, and a cold start.

usage: python benchmarks/latency.py --world FOLDER [--customers N] [--upsert 10000] [--erase 100] [--finds 200]
           [--profiles 100000] [--folder FOLDER] [--model FILE] [--memory-limit 6GiB] [--profile] [--compact]
           [--finds-only] [--output FILE]

The world is one of `scale.py --make`; without it a small one is made. A model is fitted where none is given, outside
the clock. The index is built from a Parquet file of all customers but those that are added later. `--finds-only` asks
the index that lies in `--folder`, and changes nothing. Prints one JSON line; `seconds` are by the clock on the wall and
`cpu` of the processor: on a busy machine compare those. `own_gib` is the most memory that belonged to no file while the
index was built and compacted, `faults` are pages that a find had to map and, of these, to read from the disk.

    python benchmarks/latency.py --world W --model M --memory-limit 6GiB --output benchmarks/results/latency_sizes.jsonl
    python benchmarks/latency.py --world W --folder F --finds-only --finds 400 --profiles 2000
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from memory import AnonymousPeak, peak_memory_mib

HEAD = 10_000
"""First customers who are kept in memory, for erasing some of them."""

COLD = """
import sys, time
began = time.perf_counter()
import sociolink as sl
index = sl.CustomerIndex.open(sys.argv[1], policy=sl.Policy.research(who="benchmark"))
opened = time.perf_counter()
index.find(platform="x", handle="jsmith84", display_name="Jo Smith")
print(opened - began, time.perf_counter() - opened)
"""


class Clock:
    """Seconds of named steps."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Time one step."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall[name] = round(time.perf_counter() - wall, 3)
        self.cpu[name] = round(time.process_time() - cpu, 3)


def consenting(table: pa.Table) -> pa.Table:
    """A table without those who refused."""
    return table.filter(pc.fill_null(table["consent"], True)) if "consent" in table.column_names else table


def split_customers(world: Path, folder: Path, most: int, added: int) -> tuple[Path, pa.Table, pa.Table]:
    """A file of the first customers, their first rows, and the rows that are added later; never all in memory."""
    file = pq.ParquetFile(world / "customers.parquet")
    total = sum(consenting(pa.Table.from_batches([one])).num_rows for one in file.iter_batches(columns=["consent"]))
    total = min(most or total, total)
    first = total - min(added, total // 2)
    nothing = pa.Table.from_batches([], file.schema_arrow)
    kept, head, later, begin = folder / "first.parquet", [nothing], [nothing], 0
    with pq.ParquetWriter(kept, file.schema_arrow) as writer:
        for batch in file.iter_batches():
            table = consenting(pa.Table.from_batches([batch])).slice(0, total - begin)
            now = max(min(first - begin, table.num_rows), 0)
            writer.write_table(table.slice(0, now))
            if begin < HEAD:
                head.append(table.slice(0, now))
            if now < table.num_rows:
                later.append(table.slice(now))
            begin += table.num_rows
    return kept, pa.concat_tables(head), pa.concat_tables(later)


def time_finds(index: Any, profiles: pa.Table, count: int) -> dict[str, Any]:
    """Milliseconds of finds, one profile each: of profiles that were not asked for before, and of the same again."""
    rows = [{name: value for name, value in row.items() if value is not None} for row in profiles.to_pylist()]
    for row in rows[:20]:
        index.find(**row)
    figures: dict[str, Any] = _time_each(index, rows[20 : 20 + count])
    figures["again"] = _time_each(index, rows[20 : 20 + count])
    together = time.perf_counter()
    index.find_many(rows[20 : 20 + count])
    many = 1000 * (time.perf_counter() - together) / max(len(rows[20 : 20 + count]), 1)
    return figures | {"in_one_call": round(many, 2)}


def _time_each(index: Any, rows: list[dict[str, Any]]) -> dict[str, Any]:
    wall, cpu = [], []
    before = resource.getrusage(resource.RUSAGE_SELF)
    for row in rows:
        began, spent = time.perf_counter(), time.process_time()
        index.find(**row)
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - spent))
    after = resource.getrusage(resource.RUSAGE_SELF)
    (p50, p99), (cpu_p50, cpu_p99) = np.percentile(wall, [50, 99]), np.percentile(cpu, [50, 99])
    figures = {"p50": p50, "p99": p99, "cpu_p50": cpu_p50, "cpu_p99": cpu_p99, "cpu_mean": np.mean(cpu)}
    mapped, read = ((getattr(after, one) - getattr(before, one)) / len(rows) for one in ("ru_minflt", "ru_majflt"))
    figures |= {"per_second": 1000 / np.mean(wall), "faults": mapped + read, "faults_read": read}
    return {name: round(float(value), 2) for name, value in figures.items()}


def show_profile(index: Any, profiles: pa.Table) -> None:
    """Where a find spends its time, on standard error."""
    rows = [{name: value for name, value in row.items() if value is not None} for row in profiles.to_pylist()]
    recorder = cProfile.Profile()
    recorder.enable()
    for row in rows:
        index.find(**row)
    recorder.disable()
    pstats.Stats(recorder, stream=sys.stderr).sort_stats("cumulative").print_stats(45)


def run(world: Path, folder: Path, scratch: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Everything in turn."""
    import sociolink as sl

    policy = sl.Policy.research(who="benchmark")
    profiles = consenting(pq.read_table(world / "profiles.parquet"))
    clock, limit = Clock(), given.memory_limit
    own: dict[str, float] = {}
    if not given.finds_only:
        first, head, later = split_customers(world, scratch, given.customers, given.upsert)
        model = sl.LinkModel.load(given.model) if given.model else None
        model = model or sl.fit(profiles, first, policy=policy, memory_limit=limit)
        with clock("build"), AnonymousPeak() as memory:
            sl.CustomerIndex.build(first, model=model, policy=policy, path=folder, memory_limit=limit)
        own["build"] = round(memory.mib / 1024, 2)
    peak = peak_memory_mib()
    with clock("open"):
        index = sl.CustomerIndex.open(folder, policy=policy)
    customers = len(index)
    size = index.info().size_bytes
    command = [sys.executable, "-c", COLD, str(folder)]
    cold = [float(x) for x in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()]
    few = profiles.slice(0, given.finds + 20)
    finds = {"counted": time_finds(index, few, given.finds)}
    if given.profile:
        show_profile(index, few.slice(0, 50))
    with clock("link"):
        index.link(profiles.slice(0, given.profiles))
    if not given.finds_only:
        ids = head["customer_id"]
        with clock("erase"):
            index.erase(ids.slice(0, given.erase).to_pylist())
        with clock("upsert"):
            index.upsert(later)
        finds["with_later"] = time_finds(index, few, given.finds)
        with clock("erase_with_later"):
            index.erase(ids.slice(given.erase, given.erase).to_pylist())
        with clock("verify"):
            index.info(verify=True)
    if given.compact and not given.finds_only:
        with clock("compact"), AnonymousPeak() as memory:
            index.compact(memory_limit=limit)
        own["compact"] = round(memory.mib / 1024, 2)
    return {
        "customers": customers,
        "profiles": min(given.profiles, profiles.num_rows),
        "memory_limit": limit,
        "upsert": 0 if given.finds_only else later.num_rows,
        "erase": 0 if given.finds_only else given.erase,
        "seconds": clock.wall,
        "cpu": clock.cpu,
        "find_ms": finds,
        "cold_start": {"import_and_open": round(cold[0], 3), "first_find": round(cold[1], 3)},
        "size_mib": round(size / 2**20),
        "own_gib": own,
        "peak_gib_after_build": round(peak / 1024, 2),
        "peak_gib": round(peak_memory_mib() / 1024, 2),
    }


def main() -> None:
    """Read the arguments, make what is missing, print one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", type=Path)
    parser.add_argument("--customers", type=int, default=0, help="only so many of the world's")
    parser.add_argument("--profiles", type=int, default=100_000)
    parser.add_argument("--upsert", type=int, default=10_000)
    parser.add_argument("--erase", type=int, default=100)
    parser.add_argument("--finds", type=int, default=200)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--memory-limit", help="for building and compacting; none by default")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--compact", action="store_true")
    parser.add_argument("--finds-only", action="store_true")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        world = given.world
        if world is None:
            import sociolink as sl

            world = Path(scratch) / "world"
            sl.datasets.synthetic(2_000, 1_000, coverage=0.3, posts=0, events=0, seed=1).write(world)
        line = json.dumps(run(world, given.folder or Path(scratch) / "crm.index", Path(scratch), given))
    print(line)
    if given.output:
        with given.output.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


if __name__ == "__main__":
    main()
