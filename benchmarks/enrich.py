"""How long it takes to enrich many posts, and how much memory.

usage: python benchmarks/enrich.py [--posts 1000000] [--keep FOLDER] [--write-docs]
       python benchmarks/enrich.py --from-results --write-docs

A made-up world with one profile for ten posts and two events for each customer; links are made up from its truth in the
shape of `link`, some of them wrong, most of them unsure: nothing is linked. Every text is different. One process of its
own reads the files, enriches and writes the tables; its time and the memory of its whole tree are measured from start
to end. Results go to results/enrich.json.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from processes import run_cold
from tables import insert_block

RESULTS = Path(__file__).parent / "results" / "enrich.json"
PAGE = Path(__file__).parents[1] / "docs" / "speed.md"
POSTS_PER_PROFILE, EVENTS_PER_CUSTOMER = 10, 2
TABLES = ("posts", "events", "customers")
_COVERAGE, _FOUND, _LISTED = 0.3, 0.75, 3
TARGET_SECONDS, TARGET_GIB = 120, 4


def make_links(profiles: pa.ChunkedArray, owner: pa.ChunkedArray, customers: pa.ChunkedArray, seed: int) -> Any:
    """Links in the shape of `link`: three customers for each profile, the owner mostly first where there is one.

    Args:
        profiles: Ids of the profiles.
        owner: Their owners, null for nobody.
        customers: Ids of all customers.
        seed: Start of the random numbers.

    Returns:
        `Links`, decided as `link` does, with a policy that lets posts be answered.
    """
    import sociolink as sl
    from sociolink.calibration.decisions import DecisionRule
    from sociolink.records.rejects import REJECTS_SCHEMA, REPAIRS_SCHEMA
    from sociolink.results.decisions import decide_table, report_decisions
    from sociolink.results.links import Links
    from sociolink.results.report import RunReport

    rng = np.random.default_rng(seed)
    size = len(profiles)
    found = np.asarray(pc.is_valid(owner)) & (rng.random(size) < _FOUND)
    chance = np.where(found, rng.beta(4.0, 0.8, size), rng.beta(0.3, 3.0, size))
    shares = np.array([0.97, 0.015, 0.005])
    drawn = customers.take(pa.array(rng.integers(0, len(customers), size * _LISTED)))
    first = np.arange(size * _LISTED) % _LISTED == 0
    repeated = owner.take(pa.array(np.repeat(np.arange(size), _LISTED)))
    listed = pc.if_else(pa.array(first & np.repeat(found, _LISTED)), repeated, drawn)
    probability = np.repeat(chance, _LISTED) * np.tile(shares, size)
    nobody = np.repeat(1 - chance, _LISTED)
    weight = np.round(np.log2(np.maximum(probability, 1e-9) / np.maximum(nobody, 1e-9)) * 2**20) / 2**20
    second = np.where(first, np.maximum(nobody, probability / 10), np.maximum(nobody, probability))
    table = pa.table(
        {
            "profile_id": profiles.take(pa.array(np.repeat(np.arange(size), _LISTED))),
            "rank": pa.array(np.tile(np.arange(1, _LISTED + 1), size), pa.int32()),
            "customer_id": listed,
            "probability": probability,
            "match_weight": weight,
            "bits_name": weight,
            "level_name": pa.array(np.full(size * _LISTED, "seen")),
            "margin": np.log2(np.maximum(probability, 1e-300)) - np.log2(np.maximum(second, 1e-300)),
            "runner_up": pa.nulls(size * _LISTED, pa.string()),
            "runner_up_probability": second,
            "nobody_probability": nobody,
            "rest_probability": np.repeat(chance, _LISTED) * (1 - shares.sum()),
            "group_id": listed,
            "group_probability": probability,
        }
    ).combine_chunks()
    rule = DecisionRule()
    decided = decide_table(table, rule)
    policy = sl.Policy.support(who="benchmark", lawful_basis="contract").as_dict()
    report = RunReport(profiles=size, customers=len(customers), people=len(customers), policy=policy)
    rejects = (REJECTS_SCHEMA.empty_table(), REPAIRS_SCHEMA.empty_table())
    return Links(
        decided,
        *rejects,
        None,
        report_decisions(report, decided, rule),
        phrases={"name": {"seen": "what the name shows"}},
    )


def make_files(folder: Path, posts: int, seed: int) -> None:
    """Write posts, events, customers and links; for the process that makes them."""
    from sociolink import datasets

    profiles = max(posts // POSTS_PER_PROFILE, 1)
    world = datasets.synthetic(
        profiles, profiles, coverage=_COVERAGE, seed=seed, posts=posts, events=EVENTS_PER_CUSTOMER * profiles
    )
    number = pa.array(np.random.default_rng(seed).permutation(posts)).cast(pa.string())
    text = pc.binary_join_element_wise(world.posts["text"], pc.binary_join_element_wise("no", number, ""), " ")
    place = world.posts.column_names.index("text")
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(world.posts.set_column(place, "text", text), folder / "posts.parquet")
    pq.write_table(world.events, folder / "events.parquet")
    pq.write_table(world.customers, folder / "customers.parquet")
    links = make_links(world.truth["profile_id"], world.truth["customer_id"], world.customers["customer_id"], seed)
    links.write(folder / "links.parquet")


def enrich_files(folder: Path) -> dict[str, Any]:
    """Read the files, enrich, write the tables; for the process that is measured."""
    import sociolink as sl

    files = {name: folder / f"{name}.parquet" for name in TABLES}
    made = sl.enrich(folder / "links.parquet", files["posts"], events=files["events"], customers=files["customers"])
    made.write(folder / "enriched")
    return {path.stem: pq.read_metadata(path).num_rows for path in sorted((folder / "enriched").glob("*.parquet"))}


def measure(folder: Path, posts: int, seed: int) -> dict[str, Any]:
    """Make the files and enrich them, each in a process of its own."""
    script = Path(__file__)
    subprocess.run([sys.executable, script, "--make", folder, "--posts", str(posts), "--seed", str(seed)], check=True)
    run = run_cold([sys.executable, script, "--enrich", folder])
    if run.failure:
        raise SystemExit(run.failure)
    return {
        "posts": posts,
        "seconds": round(run.seconds, 1),
        "cpu_seconds": round(run.cpu_seconds, 1),
        "peak_gib": round(run.peak_gib, 2),
        "rows": json.loads(run.output),
    }


def say(found: dict[str, Any]) -> str:
    """The figures in a sentence, for the page."""
    return (
        f"By `benchmarks/enrich.py`: {found['posts']:,} posts of {found['posts'] // POSTS_PER_PROFILE:,} profiles, "
        f"each with three listed customers,\nare enriched in {found['cpu_seconds']:.0f} s of CPU and "
        f"{found['peak_gib']:.2f} GiB, reading and writing Parquet included; {found['seconds']:.0f} s from start to "
        f"end,\nwith whatever else the machine did. Aimed at: {TARGET_SECONDS} s and {TARGET_GIB} GiB on two cores."
    )


def main() -> None:
    """Measure, save, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder where the files stay")
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--from-results", action="store_true", help="measure nothing: show what was measured last")
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/speed.md")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--enrich", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        make_files(given.make, given.posts, given.seed)
        return
    if given.enrich:
        print(json.dumps(enrich_files(given.enrich)))
        return
    if not given.from_results:
        with tempfile.TemporaryDirectory() as temporary:
            found = measure(given.keep or Path(temporary), given.posts, given.seed)
        given.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    found = json.loads(given.output.read_text(encoding="utf-8"))
    print(json.dumps(found, indent=1))
    if given.write_docs:
        insert_block(PAGE, say(found), "enrich")


if __name__ == "__main__":
    main()
