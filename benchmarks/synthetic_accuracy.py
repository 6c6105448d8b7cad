"""How accurate links of a synthetic world are, ours and, with `--splink`, a Splink model's.

usage: python benchmarks/synthetic_accuracy.py [--profiles 10000] [--customers 100000] [--coverage 0.05 0.3 0.6]
           [--splink] [--output FILE]

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
from pathlib import Path
from typing import Any

from splink_peer import measure_splink

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


def make_world(folder: Path, given: argparse.Namespace) -> None:
    """Write a synthetic world; for the process that makes it."""
    from sociolink import datasets

    settings = WORLD | json.loads(given.settings)
    coverage, seed = given.coverage[0], given.seed
    made = datasets.synthetic(
        given.customers, given.profiles, coverage=coverage, posts=0, events=0, seed=seed, **settings
    )
    made.write(folder)


def measure_ours(folder: Path) -> dict[str, Any]:
    """Link a world with the defaults and evaluate it."""
    import sociolink as sl

    links = sl.link(
        folder / "profiles.parquet", folder / "customers.parquet", policy=sl.Policy.research(who="benchmark")
    )
    found = sl.evaluate(links, folder / "truth.parquet", groups=folder / "groups.parquet", bootstrap=0)
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
    return figures | {
        "claim95": None if claim is None else round(claim.precision, 4),
        "bands": bands,
        "learned_coverage": round(links.report.coverage, 4),
    }


def measure(given: argparse.Namespace, coverage: float) -> dict[str, Any]:
    """Make one world in a process of its own and link it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sizes = ["--profiles", given.profiles, "--customers", given.customers, "--coverage", coverage]
        more = ["--settings", given.settings, "--seed", given.seed]
        command = [sys.executable, __file__, "--make", folder, *sizes, *more]
        subprocess.run([str(part) for part in command], check=True)
        size = {"profiles": given.profiles, "customers": given.customers, "coverage": coverage, "seed": given.seed}
        result: dict[str, Any] = size | {"settings": WORLD | json.loads(given.settings), "ours": measure_ours(folder)}
        if given.splink:
            result["splink"] = measure_splink(folder)
    return result


def write_table(results: list[dict[str, Any]]) -> str:
    """The results as a markdown table."""
    lines = [
        "| size | true, learned coverage | by | R@1 | R@P95 | log loss | claim95 | bands held |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        for program in ("ours", "splink"):
            if program in result:
                row = result[program]
                bands = row.get("bands")
                held = f"{sum(bool(b['within']) for b in bands)} of {len(bands)}" if bands else "-"
                cells = [row["recall_at_1"], row["recall_at_p95"], row["log_loss"], row["claim95"], held]
                size = f"{result['profiles']:,} x {result['customers']:,}"
                learned = row.get("learned_coverage", "-")
                lines.append(
                    f"| {size} | {result['coverage']}, {learned} | {program} | {' | '.join(map(str, cells))} |"
                )
    return "\n".join(lines)


def main() -> None:
    """Measure each coverage in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", type=int, default=10_000)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--coverage", type=float, nargs="+", default=[0.05, 0.3, 0.6], help="true coverages")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--settings", default="{}", help="JSON of settings of the world that differ from WORLD")
    parser.add_argument("--splink", action="store_true", help="also run Splink")
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        make_world(given.make, given)
        return
    results = []
    for coverage in given.coverage:
        results.append(measure(given, coverage))
        given.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(write_table(results))


if __name__ == "__main__":
    main()
