"""How accurate links of a synthetic world are, ours and, with `--splink`, a Splink model's.

usage: python benchmarks/synthetic_accuracy.py [--profiles 10000] [--customers 100000] [--coverage 0.05 0.3 0.6]
           [--splink] [--keep FOLDER] [--output FILE] [--write-docs]
       python benchmarks/synthetic_accuracy.py --from-results --write-docs

Real tasks are small; a synthetic world can have any size and coverage, but is easy or hard as one makes it. `WORLD`
names the settings, so that a figure can be read beside them: one culture and more display names than a world has by
default, because the real tasks with a display name are of one country; fewer opaque handles, because public figures
rarely hide; nobody set aside for want of consent. They were tried once and not searched for.
A synthetic figure says how accuracy moves with size and coverage,
not how accurate real links are.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from peer_accuracy import figures_of, measure_peer
from tables import insert_block

WORLD: dict[str, Any] = {
    "cultures": {"us": 1.0},
    "opaque": 0.1,
    "shifted_strangers": 0.2,
    "fields": {
        "customers.consent": 0.0,
        "profiles.consent": 0.0,
        "profiles.display_name": 0.9,
        "profiles.location": 0.7,
    },
}
RESULTS = Path(__file__).parent / "results" / "synthetic.json"
PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"


def make_world(folder: Path, given: argparse.Namespace) -> None:
    """Write a synthetic world; for the process that makes it."""
    from sociolink import datasets

    settings = WORLD | json.loads(given.settings)
    coverage, seed = given.coverage[0], given.seed
    made = datasets.synthetic(
        given.customers, given.profiles, coverage=coverage, posts=0, events=0, seed=seed, **settings
    )
    made.write(folder)


def measure_ours(folder: Path, links_file: Path | None = None) -> dict[str, Any]:
    """Link a world with the defaults and evaluate it."""
    import sociolink as sl

    links = sl.link(
        folder / "profiles.parquet", folder / "customers.parquet", policy=sl.Policy.research(who="benchmark")
    )
    if links_file is not None:
        links.write(links_file)
    found = sl.evaluate(links, folder / "truth.parquet", groups=folder / "groups.parquet", bootstrap=0)
    return figures_of(found) | {"learned_coverage": round(links.report.coverage, 4)}


def measure(given: argparse.Namespace, coverage: float, folder: Path) -> dict[str, Any]:
    """Make one world in a process of its own and link it."""
    sizes = ["--profiles", given.profiles, "--customers", given.customers, "--coverage", coverage]
    more = ["--settings", given.settings, "--seed", given.seed]
    command = [sys.executable, __file__, "--make", folder, *sizes, *more]
    subprocess.run([str(part) for part in command], check=True)
    size = {"profiles": given.profiles, "customers": given.customers, "coverage": coverage, "seed": given.seed}
    result: dict[str, Any] = size | {"settings": WORLD | json.loads(given.settings)}
    if given.splink:
        result["splink"] = measure_peer("splink", folder, links=folder / "splink.parquet")
    result["ours"] = measure_ours(folder, folder / "links.parquet")
    return result


def write_table(results: Sequence[Mapping[str, Any]]) -> str:
    """The results as a Markdown table."""
    lines = [
        "| world; opaque handles, display names, places | coverage: true / learned | by | R@1 | R@P95 | log loss "
        "| claim95: precision "
        "| bands [.5,.8) [.8,.95) [.95,1]: right/claimed |",
        "|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        learned = result["ours"].get("learned_coverage")
        for name, program in (("ours", "ours"), ("Splink 5", "splink")):
            row = result.get(program)
            if row is None or "failure" in row:
                continue
            bands = " ".join(
                f"{b['right']:.2f}/{b['claimed']:.2f}{'' if b['within'] else '!'}" for b in row.get("bands", ())
            )
            settings = result["settings"]
            shown, placed = (settings["fields"][f"profiles.{one}"] for one in ("display_name", "location"))
            size = f"{result['profiles']:,} x {result['customers']:,}; {settings['opaque']}, {shown}, {placed}"
            place = f"{size} | {result['coverage']:.2f} / {learned:.2f}"
            claim = "-" if row["claim95"] is None else f"{row['claim95']:.3f}"
            figures = f"{row['recall_at_1']:.3f} | {row['recall_at_p95']:.3f} | {row['log_loss']:.2f} | {claim}"
            lines.append(f"| {place if program == 'ours' else ' | '} | {name} | {figures} | {bands} |")
    return "\n".join(lines)


def save(result: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """Put one record in the place of the last one of the same world; all records."""
    key = ("profiles", "customers", "coverage", "seed", "settings")
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    kept = [one for one in old if any(one[name] != result[name] for name in key)]
    records = sorted([*kept, result], key=lambda one: [json.dumps(one[name]).zfill(9) for name in key])
    path.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    return records


def main() -> None:
    """Measure each coverage in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", type=int, default=10_000)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--coverage", type=float, nargs="+", default=[0.05, 0.3, 0.6], help="true coverages")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--settings", default="{}", help="JSON of settings of the world that differ from WORLD")
    parser.add_argument("--splink", action="store_true", help="also run Splink")
    parser.add_argument("--keep", type=Path, help="folder where the worlds and their links stay")
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--from-results", action="store_true", help="measure nothing; show what was measured last")
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/accuracy.md")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        make_world(given.make, given)
        return
    for coverage in () if given.from_results else given.coverage:
        with tempfile.TemporaryDirectory() as temporary:
            folder = given.keep / f"{given.customers}-{coverage}" if given.keep else Path(temporary)
            result = measure(given, coverage, folder)
        save(result, given.output)
        print(json.dumps(result), flush=True)
    table = write_table(json.loads(given.output.read_text(encoding="utf-8")))
    print(table)
    if given.write_docs:
        insert_block(PAGE, table, "synthetic")


if __name__ == "__main__":
    main()
