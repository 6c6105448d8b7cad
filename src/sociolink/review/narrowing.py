"""What the labels say so far, and how the interval of that narrows as they come in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError
from sociolink.rendering.numbers import say_interval, say_share
from sociolink.results.labels.estimate import Estimate
from sociolink.results.links import Links
from sociolink.review.queue import ReviewQueue

__all__ = ["Narrowing", "Step", "slim_links", "trace_estimate"]

_STEPS: Final = 12
"""Most points of the trace."""

_ESTIMATED: Final = (
    "profile_id",
    "rank",
    "customer_id",
    "probability",
    "margin",
    "nobody_probability",
    "group_id",
    "group_probability",
    "decision",
)
"""Columns that an estimate reads."""


@dataclass(frozen=True, slots=True)
class Step:
    """The precision of the links made, as a number of judged profiles shows it.

    Attributes:
        judged: Profiles judged.
        value: Estimate.
        low: Lower end of its interval.
        high: Upper end.
    """

    judged: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The estimate now, and the precision at some points on the way.

    Attributes:
        estimate: By all labels; None where they tell nothing yet, or are no sample.
        steps: Rising in judged profiles; the last is now.
    """

    estimate: Estimate | None
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        shares = []
        for name, meaning in _MEANINGS:
            share = None if self.estimate is None else getattr(self.estimate, name)
            if share is not None:
                said = {"text": say_share(share.value), "interval": say_interval(share.low, share.high)}
                shares.append({"name": name, "meaning": meaning, **said})
        steps = [[one.judged, one.value, one.low, one.high] for one in self.steps]
        return {"shares": shares, "steps": steps}


_MEANINGS: Final = (
    ("precision", "of the links made are right"),
    ("recall", "of the customers' profiles are linked to their owner"),
    ("coverage", "of the profiles are customers'"),
)


def slim_links(links: Links, queue: ReviewQueue) -> Links:
    """Links that give the same estimates by labels of a queue, sooner where there are many profiles.

    Of profiles outside the queue an estimate needs the decision only, so that their other rows and names are left out.

    Args:
        links: The links that are reviewed.
        queue: What is reviewed.
    """
    table = links.table
    asked = pc.is_in(table["profile_id"], pa.array(queue.profile, pa.string()))
    kept = pc.or_(asked, pc.less_equal(table["rank"], 1))
    table, asked = table.filter(kept).select(_ESTIMATED), asked.filter(kept).combine_chunks()
    for name in ("customer_id", "group_id"):
        named = pc.if_else(asked, table[name].combine_chunks(), None)
        table = table.set_column(table.column_names.index(name), name, named)
    return replace(links, table=table)


def trace_estimate(
    links: Links, queue: ReviewQueue, labels: pa.Table, *, known: dict[Any, Estimate | None]
) -> Narrowing:
    """Estimate quality by the labels so far, and by the first of them.

    Args:
        links: The links that are reviewed, or what `slim_links` left of them.
        queue: What is reviewed; where it is no sample nothing is estimated.
        labels: A canonical labels table, in the order in which it was decided.
        known: Estimates that were made before, by what they rest on; new ones are put in.

    Returns:
        The estimate and its course.
    """
    if queue.inclusion is None:
        return Narrowing(None, ())
    own = labels.filter(pc.is_in(labels["profile_id"], pa.array(queue.profile, pa.string())))
    order = pc.unique(own["profile_id"].combine_chunks())
    points = _points(len(order))
    steps, latest = [], None
    for judged in points:
        rows = own.filter(pc.is_in(own["profile_id"], order.slice(0, judged)))
        latest = _estimate(links, queue, rows, known)
        if latest is not None and latest.precision is not None:
            share = latest.precision
            steps.append(Step(judged, share.value, share.low, share.high))
    return Narrowing(latest, tuple(steps))


def _points(judged: int) -> list[int]:
    """Numbers of profiles at which to look: even steps that change only as the number doubles, and now."""
    step = 5
    while judged > step * _STEPS:
        step *= 2
    return [*range(step, judged, step), *([judged] if judged else [])]


def _estimate(links: Links, queue: ReviewQueue, rows: pa.Table, known: dict[Any, Estimate | None]) -> Estimate | None:
    key = tuple(zip(*(rows[name].to_pylist() for name in ("profile_id", "verdict", "customer_id")), strict=True))
    if key not in known:
        try:
            known[key] = links.estimate(queue.labels_so_far(rows))
        except InputError:
            known[key] = None
    return known[key]
