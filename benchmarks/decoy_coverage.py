"""Does the interval for the number of false links hold the truth? Fifty synthetic worlds, linked with default settings.

    python benchmarks/decoy_coverage.py [--worlds 50] [--first-seed 5000] [--write-docs]

Worlds differ in coverage, cultures, and whether there are namesakes, households, fans and parodies. Writes
`benchmarks/results/decoy_coverage.json` and prints tables. On one core that is otherwise idle it takes five minutes.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
from accuracy import code_version, load
from tables import Sheet, insert_block, print_sheet, to_markdown

import sociolink as sl
from sociolink.datasets import World, synthetic

__all__ = ["KINDS", "count_false", "judge_world", "summarise"]

RESULTS = Path(__file__).parent / "results" / "decoy_coverage.json"
PAGE = Path(__file__).parents[1] / "docs" / "decisions" / "0005-decoys.md"
COVERAGES = (0.1, 0.3, 0.6)
NOBODY_LIKE_A_CUSTOMER = {"namesakes": 0.0, "households": 0.0, "fans": 0.0, "parodies": 0.0}
KINDS: Mapping[str, Mapping[str, Any]] = {
    "ten cultures": {},
    "ten cultures, nobody like a customer": NOBODY_LIKE_A_CUSTOMER,
    "US names": {"cultures": {"us": 1.0}},
    "US names, nobody like a customer": NOBODY_LIKE_A_CUSTOMER | {"cultures": {"us": 1.0}},
}
UNSEEN = ("fan", "parody")
MANY = 50


def count_false(links: sl.Links, world: World) -> dict[str, int]:
    """Links made, by whose profile it is: right, another customer's, or the kind of stranger."""
    made = links.table.filter(pc.equal(links.table["decision"], "link"))
    made = made.filter(pc.equal(made["rank"], 1))
    person = dict(zip(*(world.groups[name].to_pylist() for name in ("customer_id", "group_id")), strict=True))
    columns = (world.truth[name].to_pylist() for name in ("profile_id", "customer_id", "stranger_kind"))
    truth = {profile: (owner, kind) for profile, owner, kind in zip(*columns, strict=True)}
    out: dict[str, int] = {}
    for profile, customer in zip(made["profile_id"].to_pylist(), made["customer_id"].to_pylist(), strict=True):
        owner, kind = truth[profile]
        named = kind if owner is None else "right" if person[owner] == person[customer] else "another"
        out[named] = out.get(named, 0) + 1
    return out


def judge_world(
    kind: str, coverage: float, seed: int, *, customers: int = 4000, profiles: int = 2500
) -> dict[str, Any]:
    """Link one world, and hold the estimate against the truth."""
    world = synthetic(customers, profiles, coverage=coverage, seed=seed, posts=0, events=0, **KINDS[kind])
    links = sl.link(world.profiles, world.customers, policy=sl.Policy.research(who="benchmark"))
    made, report = count_false(links, world), links.report
    false = {name: count for name, count in made.items() if name != "right"}
    return {
        "kind": kind,
        "coverage": coverage,
        "seed": seed,
        "links": report.linked,
        "false": sum(false.values()),
        "by_owner": dict(sorted(false.items())),
        "by_decoys": round(report.false_links_decoys or 0.0, 3),
        "interval": [round(end or 0.0, 3) for end in (report.false_links_decoys_low, report.false_links_decoys_high)],
        "note": report.decoy_note,
        "by_model": round(report.false_links_expected, 3),
    }


def _held(world: Mapping[str, Any]) -> bool:
    low, high = world["interval"]
    return bool(low <= world["false"] <= high)


def _within_two(world: Mapping[str, Any]) -> bool:
    return bool(0.5 <= world["by_decoys"] / max(world["false"], 1) <= 2)


def summarise(worlds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How often intervals hold the truth, and how far estimates are off."""
    plain = [one for one in worlds if not one["note"]]
    many = [one for one in worlds if one["by_decoys"] >= MANY and not one["note"]]
    return {
        "worlds": len(worlds),
        "held": float(np.mean([_held(one) for one in worlds])),
        "without_note": len(plain),
        "held_without_note": float(np.mean([_held(one) for one in plain])) if plain else None,
        "many_expected": len(many),
        "within_two": float(np.mean([_within_two(one) for one in many])) if many else None,
        "false": sum(one["false"] for one in worlds),
        "unseen": sum(one["by_owner"].get(kind, 0) for one in worlds for kind in UNSEEN),
        "by_decoys": sum(one["by_decoys"] for one in worlds),
        "by_model": sum(one["by_model"] for one in worlds),
    }


def world_sheet(worlds: Sequence[Mapping[str, Any]]) -> Sheet:
    """Means of the worlds of one kind."""
    rows = []
    for kind, coverage in itertools.product(KINDS, COVERAGES):
        some = [one for one in worlds if (one["kind"], one["coverage"]) == (kind, coverage)]
        if not some:
            continue
        unseen = np.mean([sum(one["by_owner"].get(name, 0) for name in UNSEEN) for one in some])
        means = [np.mean([one[name] for one in some]) for name in ("false", "by_decoys", "by_model")]
        noted = sum(bool(one["note"]) for one in some)
        numbers = (f"{mean:.0f}" for mean in (means[0], unseen, *means[1:]))
        rows.append((kind, f"{coverage:.1f}", f"{len(some)}", *numbers, f"{sum(map(_held, some))}", f"{noted}"))
    header = ("world", "coverage", "worlds", "false", "fans, parodies", "by decoys", "by model", "held")
    return Sheet("False links in made-up worlds, means", (*header, "diagnostic only"), tuple(rows))


def task_sheet(records: Sequence[Mapping[str, Any]]) -> Sheet:
    """The same of the real tasks, as `accuracy.py` measured them."""
    rows = []
    for one in records:
        made = one["links"]
        low, high = made["false_by_decoys_interval"]
        noted = f", {made['decoy_note'].partition(':')[0]}" if made["decoy_note"] else ""
        said = f"{made['false_by_decoys']:.0f} ({low:.0f}-{high:.0f}){noted}"
        rows.append((one["task"], f"{made['false']}", said, f"{made['false_by_model']:.0f}"))
    return Sheet("False links in the real tasks", ("task", "false", "by decoys (interval)", "by model"), tuple(rows))


def say_total(total: Mapping[str, Any]) -> str:
    """How well intervals and estimates did."""
    within = "none" if total["within_two"] is None else f"{total['within_two'] * total['many_expected']:.0f}"
    held, plain = f"{total['held']:.0%} of {total['worlds']} worlds", f"{total['held_without_note'] or 0:.0%} of the"
    sums = (f"{total[name]:,.0f}" for name in ("false", "by_decoys", "by_model"))
    return (
        f"The interval holds the truth in {held}, and in {plain} {total['without_note']} without a note; where {MANY} "
        f"or more are expected the estimate is within a factor of 2 in {within} of {total['many_expected']} worlds. "
        "All together: {} false links, {} by decoys, {} by the model.".format(*sums)
    )


def show(given: argparse.Namespace) -> None:
    """Print what was measured, and put it into its page where that was asked for."""
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    sheets = [world_sheet(found["worlds"]), task_sheet(load(RESULTS.with_name("accuracy.json")))]
    for sheet in sheets:
        print_sheet(sheet)
    print(say_total(found["total"]))
    if given.write_docs:
        insert_block(PAGE, f"{say_total(found['total'])}\n\n{to_markdown(sheets)}")


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=50)
    parser.add_argument("--first-seed", type=int, default=5000)
    parser.add_argument("--from-results", action="store_true", help="measure nothing: show what was measured last")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/decisions/0005-decoys.md")
    given = parser.parse_args()
    if not given.from_results:
        measure(given)
    show(given)


def measure(given: argparse.Namespace) -> None:
    """Link the worlds, judge them, and save what was found."""
    variants = itertools.cycle(itertools.product(KINDS, COVERAGES))
    worlds = []
    for number, (kind, coverage) in enumerate(itertools.islice(variants, given.worlds)):
        worlds.append(judge_world(kind, coverage, given.first_seed + number))
        print(worlds[-1], flush=True)
    total = summarise(worlds)
    RESULTS.parent.mkdir(exist_ok=True)
    data = {"code": code_version(), "total": total, "worlds": worlds}
    RESULTS.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
