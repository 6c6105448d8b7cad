"""How late answers are: posts sent at a stated rate to `sociolink watch`, each timed from when it was due.

usage: python benchmarks/watch.py [--index FOLDER --world FOLDER] [--rate 500] [--seconds 30] [--new 0 0.01 0.05 0.2 1]
           [--processes 1] [--max-delay 0] [--batch 64] [--output FILE] [--page]

The world is one of `scale.py --make`, and the index one of its customers; without them small ones are made. A process
of its own sends the posts, at random moments (Poisson) of that rate on average, whatever becomes of them (an open
loop): a post that must wait because those before it are late counts from the moment it was due. `--new` is the share of
posts whose author was never seen; the other authors were sent in a first part that is not timed. The stream is one from
a pipe into a pipe, with a state folder. Prints a line of JSON for each share; `--output` adds them to those of a file,
and `--page` writes what the file holds to `docs/streams.md`. Timings of a busy machine mean nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from tables import Sheet, insert_block, to_markdown

PAGE = Path(__file__).parents[1] / "docs" / "streams.md"
SEND = """
import sys, time
lines = open(sys.argv[1], "rb").read().splitlines(keepends=True)
due = [float(x) for x in open(sys.argv[2])]
began = float(sys.argv[3])
out = sys.stdout.buffer
at = 0
while at < len(lines):
    wait = began + due[at] - time.monotonic()
    if wait > 0:
        time.sleep(wait)
    now = time.monotonic() - began
    end = at + 1
    while end < len(lines) and due[end] <= now:
        end += 1
    out.write(b"".join(lines[at:end]))
    out.flush()
    at = end
"""
WATCH = "from sociolink.cli.app import main; raise SystemExit(main())"
_OF_POST = ("created_at", "language")
_WARM_UP = 2000
"""Known authors, all of them sent before anything is timed."""


def read_authors(world: Path, count: int) -> list[dict[str, Any]]:
    """What posts say of their authors, at random but always the same."""
    table = pq.read_table(world / "profiles.parquet")
    rows = np.random.default_rng(1).permutation(table.num_rows)[:count]
    return [
        {name: value for name, value in row.items() if value is not None and name not in (*_OF_POST, "consent")}
        for row in table.take(rows).to_pylist()
    ]


def draw_posts(authors: list[dict[str, Any]], *, known: int, count: int, new: float) -> list[str]:
    """Lines of posts: first one of each known author, then those that are timed."""
    chosen = random.Random(7)
    fresh = iter(authors[known:])
    drawn = [*authors[:known]]
    for _ in range(count):
        author = next(fresh, None) if chosen.random() < new else None
        drawn.append(author if author is not None else chosen.choice(authors[:known]))
    text = "love the phone but the service is slow"
    return [json.dumps({"post_id": f"t{place}", "text": text, **author}) for place, author in enumerate(drawn)]


def time_stream(index: Path, lines: list[str], known: int, given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Send the lines at the rate, and say how late the answers were."""
    gaps = np.random.default_rng(3).exponential(1 / given.rate, len(lines) - known)
    warm = known / max(given.rate, 500)
    due = np.concatenate([np.zeros(known), warm + _settle_seconds(known) + np.cumsum(gaps)])
    (folder / "lines").write_text("".join(f"{line}\n" for line in lines))
    (folder / "due").write_text("\n".join(map(str, due.tolist())))
    order = [WATCH, "watch", "--index", index, "--policy", "research", "--state", folder / "state", "--json"]
    order += ["--processes", given.processes, "--max-delay", given.max_delay, "--batch", given.batch]
    pipe = subprocess.PIPE
    sending, receiving = os.pipe()
    watching = subprocess.Popen(
        [sys.executable, "-c", *map(str, order)], stdin=sending, stdout=pipe, stderr=pipe, text=False
    )
    os.close(sending)
    began = time.monotonic() + given.start
    command = [sys.executable, "-c", SEND, folder / "lines", folder / "due", began]
    sender = subprocess.Popen([str(part) for part in command], stdout=receiving)
    os.close(receiving)
    assert watching.stdout is not None
    assert watching.stderr is not None
    said: list[bytes] = []
    listener = threading.Thread(target=lambda: said.append(watching.stderr.read()))  # type: ignore[union-attr]
    listener.start()
    came, posts = [], []
    for line in watching.stdout:
        came.append(time.monotonic() - began)
        posts.append(line)
    sender.wait()
    watching.wait()
    listener.join()
    order_kept = [json.loads(line)["post_id"] for line in posts] == [f"t{place}" for place in range(len(lines))]
    late = 1000 * (np.array(came[known:]) - due[known:])
    p50, p90, p99, p999 = np.percentile(late, [50, 90, 99, 99.9])
    figures = {"p50": p50, "p90": p90, "p99": p99, "p99.9": p999, "max": late.max()}
    seconds = came[-1] - due[known]
    return {
        "rate": given.rate,
        "posts": len(late),
        "answered_per_second": round(len(late) / seconds, 1),
        "late_ms": {name: round(float(value), 1) for name, value in figures.items()},
        "in_order_and_whole": order_kept,
        "counts": json.loads(said[0].splitlines()[-1]),
    }


def _settle_seconds(known: int) -> float:
    """Time for the known authors to be answered before the clock starts, generously."""
    return 1.0 + known / 250


def time_whole(index: Path, lines: list[str], given: argparse.Namespace, folder: Path) -> dict[str, float]:
    """Posts a second from a file into a file, as fast as it can: of authors who are new, then of the same again."""
    out = {}
    again = [line.replace('"post_id": "t', '"post_id": "again') for line in lines]
    for name, part in (("new", lines), ("known", again)):
        (folder / name).write_text("".join(f"{line}\n" for line in part))
        order = [WATCH, "watch", "--index", index, "--policy", "research", "--state", folder / "whole", "--quiet"]
        order += ["--posts", folder / name, "--output", folder / "answers", "--processes", given.processes]
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", *map(str, order)], check=True)
        out[name] = round(len(part) / (time.perf_counter() - began), 1)
    return out


def watch_sheet(records: list[dict[str, Any]]) -> Sheet:
    """How late the answers were."""
    header = ("customers", "posts a second", "new authors", "processes", "p50, ms", "p99, ms", "p99.9, ms", "most, ms")
    rows = [
        (
            f"{one['customers']:,}",
            f"{one['rate']:.0f}",
            f"{one['new']:.0%}",
            str(one["processes"]),
            *(f"{one['late_ms'][name]:.1f}" for name in ("p50", "p99", "p99.9", "max")),
        )
        for one in records
        if "late_ms" in one
    ]
    return Sheet("How late answers are, from when a post was due", header, tuple(rows))


def say_whole(records: list[dict[str, Any]]) -> str:
    """How many posts a second, as fast as it can."""
    told = [one for one in records if "whole" in one]
    parts = [
        f"{one['whole']['new']:,.0f} posts a second of new authors, {one['whole']['known']:,.0f} of known ones"
        f" ({one['processes']} process{'es' if one['processes'] > 1 else ''}, start included)"
        for one in told
    ]
    return "From a file into a file, as fast as it goes: " + "; ".join(parts) + "." if parts else ""


def save(records: list[dict[str, Any]], path: Path) -> list[dict[str, Any]]:
    """Add records to a file, in the place of those of the same kind."""
    names = ("customers", "rate", "new", "processes")
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    kinds = [[one.get(name) for name in names] for one in records]
    together = [one for one in kept if [one.get(name) for name in names] not in kinds] + records
    together.sort(key=lambda one: (one["customers"], one["processes"], one.get("new", 2)))
    path.write_text(json.dumps(together, indent=1) + "\n", encoding="utf-8")
    return together


def make_small(folder: Path) -> tuple[Path, Path]:
    """A small world and its index."""
    import sociolink as sl

    policy = sl.Policy.research(who="benchmark")
    world = sl.datasets.synthetic(1_000, 600, coverage=0.3, posts=0, events=0, seed=1)
    world.write(folder / "world")
    model = sl.fit(world.profiles, world.customers, policy=policy)
    sl.CustomerIndex.build(world.customers, model=model, policy=policy, path=folder / "crm.index")
    return folder / "crm.index", folder / "world"


def main() -> None:
    """Read the arguments, make what is missing, print one line for each share of new authors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--world", type=Path)
    parser.add_argument("--rate", type=float, default=500.0, help="posts a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--new", type=float, nargs="+", default=[0.0, 0.01, 0.05, 0.2, 1.0])
    parser.add_argument("--known", type=int, default=_WARM_UP)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--max-delay", type=float, default=0.0)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--start", type=float, default=5.0, help="seconds until the first post")
    parser.add_argument("--whole", type=int, default=4000, help="posts of the stream that goes as fast as it can")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--page", action="store_true", help="write the figures to docs/streams.md")
    given = parser.parse_args()
    records = []
    with tempfile.TemporaryDirectory() as scratch:
        index, world = (given.index, given.world) if given.index else make_small(Path(scratch))
        import sociolink as sl

        size = len(sl.CustomerIndex.open(index))
        count = round(given.rate * given.seconds)
        for new in given.new:
            folder = Path(tempfile.mkdtemp(dir=scratch))
            authors = read_authors(world, given.known + round(count * new * 1.2) + 10)
            known = min(given.known, max(len(authors) - round(count * new), len(authors) // 2))
            lines = draw_posts(authors, known=known, count=count, new=new)
            run = {"customers": size, "new": new, "processes": given.processes, "batch": given.batch}
            records.append({**run, **time_stream(index, lines, known, given, folder)})
            print(json.dumps(records[-1]), flush=True)
        folder = Path(tempfile.mkdtemp(dir=scratch))
        lines = draw_posts(read_authors(world, given.whole), known=given.whole, count=0, new=0.0)
        records.append(
            {"customers": size, "processes": given.processes, "whole": time_whole(index, lines, given, folder)}
        )
        print(json.dumps(records[-1]))
    if given.output:
        records = save(records, given.output)
    if given.page:
        sheet = to_markdown([watch_sheet(records)], titles=False)
        insert_block(PAGE, f"{sheet}\n\n{say_whole(records)}", "watch")


if __name__ == "__main__":
    main()
