"""What was different between two runs: data, model and settings, as far as their links tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sociolink.results.diff.row_changes import RowChanges
from sociolink.results.model import LinkModel
from sociolink.results.report import RunReport

__all__ = ["RunChange", "RunFacts", "compare_facts", "compare_models", "say_rows"]

_LEAST_WEIGHT = 0.01
_MOST_WEIGHTS = 20


@dataclass(frozen=True, slots=True)
class RunChange:
    """One thing that was not the same.

    Attributes:
        kind: "data", "model" or "settings".
        what: What it is.
        before: As it was, in words; "" for nothing.
        after: As it is.
    """

    kind: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What links tell of their run.

    Attributes:
        report: Of the run.
        model_id: Which model made the links.
        families: Evidence families.
        calibration: What the probabilities rest on, as plain values.
        resolved: Whether all profiles were judged together.
        accepted: Whether these are accepted links alone.
    """

    report: RunReport
    model_id: str
    families: tuple[str, ...]
    calibration: Mapping[str, Any]
    resolved: bool
    accepted: bool


def compare_facts(old: RunFacts, new: RunFacts) -> tuple[RunChange, ...]:
    """What was different.

    A file is the same where its bytes are. Of tables in memory only columns and number of rows are known: where these
    are the same, the values may still differ.

    Args:
        old: Of the run of before.
        new: Of the run of now.
    """
    return tuple(change for change in _changes(old, new) if change.before != change.after)


def _changes(old: RunFacts, new: RunFacts) -> Iterator[RunChange]:
    before, after = ({str(one.get("kind")): one for one in facts.report.sources} for facts in (old, new))
    for kind in dict.fromkeys([*before, *after]):
        yield from _source(kind, before.get(kind, {}), after.get(kind, {}))
    yield RunChange("data", "customers compared", f"{old.report.customers:,}", f"{new.report.customers:,}")
    yield RunChange("data", "people among them", f"{old.report.people:,}", f"{new.report.people:,}")
    yield RunChange("model", "model", old.model_id, new.model_id)
    yield RunChange("settings", "evidence", ", ".join(old.families), ", ".join(new.families))
    rules = [facts.report.decision_rule for facts in (old, new)]
    for name in dict.fromkeys([*rules[0], *rules[1]]):
        yield RunChange("settings", name, _say(rules[0].get(name)), _say(rules[1].get(name)))
    yield RunChange("settings", "calibration", _say_labels(old.calibration), _say_labels(new.calibration))
    yield RunChange("settings", "judged together", _say(old.resolved), _say(new.resolved))
    yield RunChange("settings", "accepted links alone", _say(old.accepted), _say(new.accepted))
    yield RunChange("settings", "seed of the decoys", str(old.report.seed), str(new.report.seed))
    for name in dict.fromkeys([*old.report.policy, *new.report.policy]):
        told = (_say(facts.report.policy.get(name)) for facts in (old, new))
        yield RunChange("settings", f"policy, {name}", *told)
    for name in dict.fromkeys([*old.report.versions, *new.report.versions]):
        told = (facts.report.versions.get(name, "") for facts in (old, new))
        yield RunChange("settings", f"version of {name}", *told)


def _source(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[RunChange]:
    same = before.get("sha256") == after.get("sha256")
    if same:
        return
    told = [_say_source(one) for one in (before, after)]
    if told[0] == told[1]:
        told = [f"{text}, {one.get('sha256', '')[:12]}" for text, one in zip(told, (before, after), strict=True)]
    yield RunChange("data", kind, *told)
    columns = [set(one.get("columns", ())) for one in (before, after)]
    if before and after and columns[0] != columns[1]:
        gone, come = sorted(columns[0] - columns[1]), sorted(columns[1] - columns[0])
        yield RunChange("data", f"columns of {kind}", ", ".join(gone) or "-", ", ".join(come) or "-")


def _say_source(source: Mapping[str, Any]) -> str:
    return f"{source.get('rows', 0):,} rows" if source else ""


def _say(value: Any) -> str:
    return "" if value is None else str(value)


def _say_labels(calibration: Mapping[str, Any]) -> str:
    labels = calibration.get("labels") or 0
    return f"{labels:,} labels" if labels else "the model alone"


def say_rows(rows: RowChanges) -> tuple[RunChange, ...]:
    """Rows of a table that are not what they were.

    Args:
        rows: The comparison of its rows.
    """
    if rows.new + rows.gone + rows.changed == 0:
        return ()
    after = f"{rows.new:,} new, {rows.changed:,} with other values"
    return (RunChange("data", f"rows of {rows.kind}", f"{rows.gone:,} gone", after),)


def compare_models(old: LinkModel, new: LinkModel) -> tuple[RunChange, ...]:
    """Which weights of two models are not the same, the farthest first.

    Args:
        old: The model of before.
        new: The model of now.

    Returns:
        At most twenty weights that differ by at least .01 (all weights of a channel add up to 1), and what a model
        says besides.
    """
    found: list[tuple[float, RunChange]] = []
    for channel in dict.fromkeys([*old.weights, *new.weights]):
        before, after = old.weights.get(channel, {}), new.weights.get(channel, {})
        found += _shares(dict(before), dict(after), channel)
    found += _shares(dict(old.other), dict(new.other), "not about the owner")
    found += _shares(dict(old.lookalike), dict(new.lookalike), "look-alikes")
    found.sort(key=lambda one: (-one[0], one[1].what))
    fixed = [
        RunChange("model", "fitted on profiles", f"{old.profiles:,}", f"{new.profiles:,}"),
        RunChange("model", "fitted on customers", f"{old.customers:,}", f"{new.customers:,}"),
    ]
    return (*(one for one in fixed if one.before != one.after), *(change for _, change in found[:_MOST_WEIGHTS]))


def _shares(before: Mapping[str, float], after: Mapping[str, float], where: str) -> list[tuple[float, RunChange]]:
    out = []
    for name in dict.fromkeys([*before, *after]):
        values = before.get(name, 0.0), after.get(name, 0.0)
        gap = abs(values[1] - values[0])
        if gap >= _LEAST_WEIGHT:
            out.append((gap, RunChange("model", f"{where}, {name}", f"{values[0]:.3f}", f"{values[1]:.3f}")))
    return out
