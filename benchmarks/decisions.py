"""What rules of decision do on the real tasks: limits of a link, yield of a review, flapping from run to run.

usage: python benchmarks/decisions.py [--tasks us_congress ...] [--write-docs] [--from-results]

Links are made with default settings and without labels. For flapping each task is linked on five days, on each of
which another fiftieth of the profiles is missing and another model is fitted; decisions are compared for profiles that
are there on two days in a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tables
from accuracy import ROOT
from tables import Sheet, print_sheet, to_markdown
from task_records import report_tasks

Record = Mapping[str, Any]
OUTPUT = ROOT / "benchmarks" / "results" / "decisions.json"
PAGE = ROOT / "docs" / "deciding.md"
DAYS, MISSING = 5, 0.02
LIMITS = (0.5, 0.8, 0.9)
RISKS = (0.05, 0.02)
BUDGETS = (50, 200)


def measure_decisions(folder: Path) -> dict[str, Any]:
    """Everything about one task.

    Args:
        folder: The task's folder.

    Returns:
        For each rule the links, how many are false and are expected to be; for each review the profiles and how many
        of their best customers are right; for each `keep` the decisions that changed from day to day.
    """
    import open_world
    import pyarrow.parquet as pq

    owners = open_world.Owners.read(folder)
    profiles = pq.read_table(folder / "profiles.parquet")
    days = [_link_day(folder, profiles, day) for day in range(DAYS)]
    today = days[0]
    rules = [
        {**rule, **_count(today.decide(**rule), owners)}
        for rule in ({"max_false": risk, "min_probability": least} for risk in RISKS for least in LIMITS)
    ]
    sizes = (None, *BUDGETS)
    reviews = [{"review_budget": size, **_review(today.decide(review_budget=size), owners)} for size in sizes]
    flaps = [_flapping(days, owners, risk, limit) for risk, limit in ((0.05, 0.5), (0.05, 0.8), (0.02, 0.8))]
    record = {
        "task": folder.name,
        "rules": rules,
        "reviews": reviews,
        "flapping": flaps,
        "sensitivity": today.sensitivity().to_dict(),
    }
    return {name: open_world.round_floats(value) for name, value in record.items()}


def _link_day(folder: Path, profiles: Any, day: int) -> Any:
    """The links of a day; on the first one nothing is missing."""
    import numpy as np
    import open_world
    import pyarrow as pa

    import sociolink as sl

    kept = np.random.default_rng(day).random(profiles.num_rows) >= (MISSING if day else 0)
    policy = sl.Policy.research(who=open_world.POLICY)
    return sl.link(profiles.filter(pa.array(kept)), folder / "customers.parquet", policy=policy, seed=day)


def _top(links: Any, decision: str) -> dict[str, str]:
    """Profile and best customer where the decision is this one."""
    import pyarrow.compute as pc

    table = links.table.filter(pc.and_(pc.equal(links.table["rank"], 1), pc.equal(links.table["decision"], decision)))
    return dict(zip(table["profile_id"].to_pylist(), table["customer_id"].to_pylist(), strict=True))


def _wrong(made: Mapping[str, str], owners: Any) -> int:
    return sum(owners.of_profile.get(profile) != owners.person(customer) for profile, customer in made.items())


def _count(links: Any, owners: Any) -> dict[str, Any]:
    made = _top(links, "link")
    return {"links": len(made), "false": _wrong(made, owners), "expected": links.report.false_links_expected}


def _review(links: Any, owners: Any) -> dict[str, Any]:
    looked = _top(links, "review")
    right = len(looked) - _wrong(looked, owners)
    return {"profiles": len(looked), "right": right, "expected": links.report.review_expected}


def _flapping(days: Sequence[Any], owners: Any, risk: float, limit: float) -> dict[str, Any]:
    """Decisions that change from day to day, and what the last day's links are worth, for some bits to keep."""
    rule = {"max_false": risk, "min_probability": limit}
    out: dict[str, Any] = dict(rule)
    for keep in (0.0, 0.5, 1.0):
        yesterday, changed = days[0].decide(**rule), 0
        for day in days[1:]:
            today = day.decide(**rule, known=yesterday, keep=keep)
            before, now = _top(yesterday, "link"), _top(today, "link")
            both = set(yesterday.table["profile_id"].to_pylist()) & set(today.table["profile_id"].to_pylist())
            changed += sum(before.get(profile) != now.get(profile) for profile in both)
            yesterday = today
        out[f"keep_{keep:g}"] = {"changed": changed, **_count(yesterday, owners)}
    return out


def rule_sheet(records: Sequence[Record]) -> Sheet:
    """Links and false links by rule."""
    header = ("task", "at most false", *(f"p >= {limit:g}: links, false (expected)" for limit in LIMITS))
    rows = []
    for record in records:
        for risk in RISKS:
            cells = [
                f"{one['links']:,}, {one['false']:,} ({one['expected']:.0f})"
                for one in record["rules"]
                if one["max_false"] == risk
            ]
            rows.append((record["task"], f"{risk:.0%}", *cells))
    return Sheet("Links by limit", header, tuple(rows))


def review_sheet(records: Sequence[Record]) -> Sheet:
    """What looking at the profiles to review would find."""
    header = ("task", *("all" if size is None else f"best {size}" for size in (None, *BUDGETS)))
    rows = []
    for record in records:
        said = [
            f"{one['right']} right of {one['profiles']} ({one['expected']:.0f} expected)" for one in record["reviews"]
        ]
        rows.append((record["task"], *said))
    return Sheet("Profiles to review whose best customer is right", header, tuple(rows))


def flapping_sheet(records: Sequence[Record]) -> Sheet:
    """Decisions that changed, by bits to keep."""
    header = ("task", "rule", "anew: changed; links, false", "half a bit", "one bit")
    rows = []
    for record in records:
        for one in record["flapping"]:
            cells = [one[f"keep_{keep:g}"] for keep in (0.0, 0.5, 1.0)]
            said = [f"{cell['changed']}; {cell['links']:,}, {cell['false']}" for cell in cells]
            rows.append((record["task"], f"{one['max_false']:.0%}, p >= {one['min_probability']:g}", *said))
    title = f"Decisions that change over {DAYS} days, on each of which another {MISSING:.0%} of the profiles is missing"
    return Sheet(title, header, tuple(rows))


def sensitivity_sheet(records: Sequence[Record]) -> Sheet:
    """What half and twice the coverage would change."""
    header = ("task", "coverage", "links", "false of today's", "nobody")
    rows = []
    for record in records:
        three = [record["sensitivity"][name] for name in ("half", "learned", "twice")]
        names = (("coverage", ".3f"), ("linked", ",d"), ("false_expected_now", ".0f"), ("nobody_expected", ",.0f"))
        rows.append((record["task"], *(" / ".join(f"{one[name]:{form}}" for one in three) for name, form in names)))
    return Sheet(
        "At half the learned coverage / as learned / at twice, or half the share of nobody", header, tuple(rows)
    )


def show(records: Sequence[Record], write_docs: bool) -> None:
    """Print the tables, and put them into the page that was asked for."""
    sheets = [rule_sheet(records), review_sheet(records), flapping_sheet(records), sensitivity_sheet(records)]
    for sheet in sheets:
        print_sheet(sheet)
    if write_docs:
        tables.insert_block(PAGE, to_markdown(sheets))


if __name__ == "__main__":
    report_tasks(__doc__, measure_decisions, OUTPUT, show)
