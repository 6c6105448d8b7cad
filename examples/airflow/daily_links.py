"""Once a day from new profiles to rows for the CRM, in steps that any scheduler can call; Airflow is not needed.

Each step takes a day ("2026-05-01"), reads files and writes files, so that it can be run again and by hand. What goes
from step to step are counts; people stay in the folder. It is described in docs/pipelines.md.

    SOCIOLINK_HOME/
        crm.index/         built once: sociolink index build
        incoming/<day>/    profiles.parquet: seen that day; and where there are any
                           customers.parquet: new and changed ones, erase.txt: ids of customers to be erased,
                           contact_points.csv: what Salesforce holds
        labels.jsonl       verdicts of people, where there are any: sociolink review
        days/<day>/        what the steps write
"""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Any

import sociolink as sl

MAX_FALSE = 0.02  # mean stated error of the links that go to the CRM
MIN_PROBABILITY = 0.8  # of each of them: nobody looks at them
REVIEW_BUDGET = 200  # profiles that people can look at in a day
MAX_REJECTED = 0.05  # share of rows that may be unusable before the day stops
MAX_CHANGED = 0.1  # share of what the CRM holds that one day may change or close
FEW = 10  # rows that may always change
WRITTEN = "contact_points.csv"  # the last file of a day; a day without it did not count


class LimitPassedError(Exception):
    """A limit was passed; nothing goes to the CRM until somebody has looked."""


def refresh_index(day: str) -> dict[str, int]:
    """Bring the index up to the CRM of the day: changed customers, and erasures."""
    index = sl.CustomerIndex.open(_home() / "crm.index")
    changed = _incoming(day, "customers.parquet")
    counts = {"added": 0, "replaced": 0, "erased": 0}
    if changed.exists():
        change = index.upsert(changed)
        seen = change.added + change.replaced + change.refused + change.rejected
        _stop_if(change.rejected > MAX_REJECTED * seen, f"{change.rejected} of {seen} customers cannot be used")
        counts |= {"added": change.added, "replaced": change.replaced, "erased": change.erased}
    counts["erased"] += index.erase(_erased(day, only=True)).erased
    if index.info().worth_compacting:
        index.compact()
    return counts


def link_profiles(day: str) -> dict[str, int]:
    """Link the profiles of the day against the index."""
    index = sl.CustomerIndex.open(_home() / "crm.index", policy=_policy())
    links = index.link(_incoming(day, "profiles.parquet"))
    bad, seen = sum(links.report.rejects.values()), links.report.profiles
    _stop_if(bad > MAX_REJECTED * (seen + bad), f"{bad} of {seen + bad} profiles cannot be used")
    links.write(_made(day, "links.parquet"))
    return {"profiles": seen, "rejected": bad}


def decide_links(day: str) -> dict[str, int]:
    """Decide by risk; who was linked the last time stays linked unless the evidence has clearly changed."""
    links = sl.Links.read(_made(day, "links.parquet"))
    decided = links.decide(
        max_false=MAX_FALSE,
        min_probability=MIN_PROBABILITY,
        review_budget=REVIEW_BUDGET,
        known=_before(day, "decided.parquet"),
    )
    decided.write(_made(day, "decided.parquet"))
    return {"link": decided.report.linked, "review": decided.report.review, "none": decided.report.none}


def plan_changes(day: str) -> dict[str, int]:
    """What would change in the CRM, as a file to look at; nothing is sent."""
    import pyarrow.parquet as pq

    from sociolink.interop.lifecycle import advance_links

    known = _before(day, "lifecycle.parquet")
    labels = _home() / "labels.jsonl"
    life = advance_links(
        sl.Links.read(_made(day, "decided.parquet")),
        _incoming(day, "profiles.parquet"),
        on=datetime.date.fromisoformat(day),
        known=None if known is None else pq.read_table(known),
        labels=labels if labels.exists() else None,
        revoked=_erased(day),
    )
    pq.write_table(life, _made(day, "lifecycle.parquet"))
    plan = _plan(day)
    pq.write_table(plan.changes, _made(day, "changes.parquet"))
    return dict.fromkeys(("create", "update", "unchanged"), 0) | _counted(plan.changes["change"])


def accept_or_stop(day: str) -> dict[str, int]:
    """Go on if the day changes no more of what the CRM holds than is usual."""
    changes = _counted(_plan(day).changes["change"])
    held = changes.get("update", 0) + changes.get("unchanged", 0)
    changed = changes.get("update", 0)
    _stop_if(
        changed > max(MAX_CHANGED * held, FEW), f"{changed} of {held} rows in the CRM would change; see changes.parquet"
    )
    return {"held": held, "changed": changed}


def write_upserts(day: str) -> dict[str, int]:
    """The rows to create and to update, in the columns of Salesforce; loading them is your connection's work."""
    plan = _plan(day)
    plan.write(_made(day, WRITTEN))
    return {"rows": plan.table.num_rows}


STEPS = (refresh_index, link_profiles, decide_links, plan_changes, accept_or_stop, write_upserts)


def _plan(day: str) -> Any:
    import pyarrow.parquet as pq

    from sociolink.interop.crm_rows import salesforce_contact_points

    held = _incoming(day, "contact_points.csv")
    life = pq.read_table(_made(day, "lifecycle.parquet"))
    return salesforce_contact_points(life, max_false=MAX_FALSE, current=held if held.exists() else None)


def _policy() -> sl.Policy:
    """Who answers for linking, and on which basis: say your own."""
    return sl.Policy.support(who="crm-data", lawful_basis="contract")


def _home() -> Path:
    return Path(os.environ["SOCIOLINK_HOME"])


def _incoming(day: str, name: str) -> Path:
    return _home() / "incoming" / day / name


def _made(day: str, name: str) -> Path:
    path = _home() / "days" / day / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _before(day: str, name: str) -> Path | None:
    """A file of the last day before this one that was finished."""
    days = [path.parent for path in _home().glob(f"days/*/{WRITTEN}") if path.parent.name < day]
    return max(days) / name if days else None


def _erased(day: str, *, only: bool = False) -> list[str]:
    """Ids that were to be erased on the day, or up to it."""
    files = [path for path in sorted(_home().glob("incoming/*/erase.txt")) if path.parent.name <= day]
    ids = [path.read_text("utf-8").split() for path in files if not only or path.parent.name == day]
    return [one for found in ids for one in found]


def _counted(values: Any) -> dict[str, int]:
    return {one["values"]: one["counts"] for one in values.value_counts().to_pylist()}


def _stop_if(broken: bool, why: str) -> None:
    if broken:
        raise LimitPassedError(why)
