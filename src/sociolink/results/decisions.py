"""Decisions laid over a table of links: which are made, which are worth a look, and what becomes of earlier ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import DECISIONS, DecisionRule, decide_profiles
from sociolink.results.best_answers import BestAnswers, exact_total, read_best
from sociolink.results.report import RunReport
from sociolink.results.sensitivity import measure_sensitivity

__all__ = ["decide_table", "report_decisions"]


def decide_table(table: pa.Table, rule: DecisionRule, *, earlier: pa.Table | None = None) -> pa.Table:
    """Decide about the best customer of each profile.

    Args:
        table: Rows of links, those of a profile together and the best first, with or without a column `decision`.
        rule: How to decide.
        earlier: Links of an earlier run, with their decisions.

    Returns:
        The table with a column `decision`: `link` or `review` on rows of rank 1, else `none`.
    """
    best = read_best(table)
    codes = decide_profiles(
        best.chance,
        rule,
        margin=best.margin,
        earlier=None if earlier is None else _stance(table, best, earlier),
        tie=np.asarray(pc.rank(best.profile, tiebreaker="first"), np.int64),
    )
    every = np.full(table.num_rows, DECISIONS.index("none"), np.int64)
    every[best.row] = codes
    column = pa.array(DECISIONS).take(pa.array(every))
    if "decision" not in table.column_names:
        return table.append_column("decision", column)
    return table.set_column(table.column_names.index("decision"), "decision", column)


def report_decisions(report: RunReport, table: pa.Table, rule: DecisionRule) -> RunReport:
    """The report with what these decisions come to.

    Args:
        report: Of the run.
        table: The links, with decisions.
        rule: By which they were made.

    Returns:
        The report; its figures from decoys are left as they are.
    """
    best = read_best(table)
    linked, review, none = (int((best.decided == code).sum()) for code in range(len(DECISIONS)))
    return replace(
        report,
        linked=linked,
        review=review,
        none=none,
        review_expected=exact_total(best.chance[best.decided == DECISIONS.index("review")]),
        false_links_expected=exact_total(1 - best.chance[best.linked]),
        decision_rule=rule.to_dict(),
        sensitivity=measure_sensitivity(table, rule, coverage=report.coverage),
    )


def _stance(table: pa.Table, best: BestAnswers, earlier: pa.Table) -> npt.NDArray[np.int64]:
    """(profiles,) 1 where the best person was linked before, -1 where the profile was seen and that was not so, else 0.

    A person is the same if it has the same id, or if the record linked before is one of its records now.
    """
    size = len(best.row)
    profile = np.repeat(np.arange(size), np.diff(np.append(best.row, table.num_rows)))
    before = read_best(earlier)
    place = pc.index_in(best.profile, value_set=before.profile).take(pa.array(profile))
    made = pa.array(before.linked)
    had_record = pc.if_else(made, before.customer, None).take(place)
    had_person = pc.if_else(made, before.person, None).take(place)
    record, person = (table[name].combine_chunks() for name in ("customer_id", "group_id"))
    of_top = pc.equal(person, best.person.take(pa.array(profile)))
    same = pc.or_kleene(pc.equal(record, had_record), pc.equal(person, had_person))
    stays = np.asarray(pc.fill_null(pc.and_(of_top, same), False))
    kept = np.bincount(profile[stays], minlength=size) > 0
    seen = np.asarray(pc.is_valid(place))[best.row]
    return np.where(kept, 1, np.where(seen, -1, 0)).astype(np.int64)
