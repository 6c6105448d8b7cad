"""Links at a glance: the lines that they print, the card of a notebook, and the rows of one profile."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, Problem
from sociolink.rendering.card import draw_card
from sociolink.rendering.grid import Grid
from sociolink.rendering.numbers import say_bits, say_count, say_interval, say_share
from sociolink.results.labels.acceptance import Acceptance
from sociolink.results.report import RunReport
from sociolink.text.buffers import count_values

__all__ = ["draw_overview", "rows_of", "say_overview"]

_WINDOW: Final = 256
_SHOWN: Final = 5


def say_overview(table: pa.Table, report: RunReport, acceptance: Acceptance | None) -> list[str]:
    """What links come to, in a few lines.

    Args:
        table: The links.
        report: Of the run.
        acceptance: Of the links, if they were accepted.
    """
    first = table["decision"].filter(pc.less_equal(table["rank"], 1))
    counted = count_values(first)
    counts = ", ".join(
        f"{say_count(counted.get(decision, 0))} {words}"
        for decision, words in (("link", "linked"), ("review", "to review"), ("none", "left open"))
    )
    if acceptance is not None:
        return ["Links, accepted", f"  {acceptance.sentence}"]
    interval = say_interval(report.coverage_low, report.coverage_high)
    lines = [
        f"Links: {say_count(len(first))} profiles, {counts}",
        f"  {say_share(report.coverage)} of the profiles are customers' ({interval}); "
        f"{say_count(float(report.false_links_expected))} of the links are expected to be false",
    ]
    best = table.filter(pc.equal(table["rank"], 1))
    made = best.filter(pc.equal(best["decision"], "link"))
    linked = (made if made.num_rows else best).slice(0, 1)
    if linked.num_rows:
        example = linked["profile_id"][0].as_py()
        lines.append(f"  links[{example!r}] says why ({say_bits(linked['match_weight'][0].as_py())} bits)")
    return lines


def draw_overview(table: pa.Table, best: pa.Table, report: RunReport, acceptance: Acceptance | None) -> str:
    """The card of a notebook.

    Args:
        table: The links.
        best: One answer for each profile, as `Links.best` gives it.
        report: Of the run.
        acceptance: Of the links, if they were accepted.
    """
    made = best.slice(0, _SHOWN)
    names = ("profile_id", "customer_id", "probability", "decision")
    rows = tuple(
        (str(profile), str(customer or "nobody"), say_share(probability), str(decision))
        for profile, customer, probability, decision in zip(*(made[n].to_pylist() for n in names), strict=True)
    )
    grid = Grid(("profile", "best answer", "probability", "decision"), rows, frozenset({2}), "The first profiles")
    said = " ".join(f"{line.strip().rstrip('.')}." for line in say_overview(table, report, acceptance))
    return draw_card("Links", said, [report.grid(), grid])


def rows_of(table: pa.Table, profile_id: str) -> pa.Table:
    """The rows of one profile; they stand together.

    Raises:
        InputError: There is no such profile.
    """
    column = table["profile_id"]
    first = pc.index(column, pa.scalar(str(profile_id), pa.string())).as_py()
    if first < 0:
        remedy = "Ids are those of the column profile_id of the profiles."
        raise InputError(Problem("profile_id", f"there is no profile {str(profile_id)[:80]!r}", remedy))
    size = _WINDOW
    while True:
        window = table.slice(first, size)
        same = np.asarray(pc.equal(window["profile_id"], str(profile_id)))
        if not same.all() or window.num_rows < size:
            return window.slice(0, int(same.argmin()) if not same.all() else len(same))
        size *= 4
