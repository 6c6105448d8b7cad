"""Answers for the authors of posts: the kernel of `find`, over some profiles at once, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from sociolink.calibration.decisions import DECISIONS, DecisionRule, decide_profiles
from sociolink.evidence.events.contacts import CONTACT_COLUMNS
from sociolink.evidence.events.posts import POSTS_COLUMN, POSTS_TYPE
from sociolink.evidence.habits.posts import HOME
from sociolink.linking.batches import links_only
from sociolink.linking.index_search import SearchState, search_kernel
from sociolink.linking.live_index import OpenedIndex
from sociolink.records.columns import arrow_schema
from sociolink.results.best_answers import read_best
from sociolink.results.decisions import decide_table
from sociolink.results.explanation import explain_rows
from sociolink.results.report import RunReport
from sociolink.streams.answers import AuthorAnswer

__all__ = ["answer_authors"]

_HIDDEN = ((POSTS_COLUMN, POSTS_TYPE), *((name, pa.list_(pa.uint64())) for name in CONTACT_COLUMNS))


def answer_authors(
    opened: OpenedIndex, authors: Sequence[Mapping[str, Any]], rule: DecisionRule, *, top: int, cards: bool
) -> list[AuthorAnswer]:
    """Whose profiles these are, each decided as if it were the only one.

    Args:
        opened: The index.
        authors: Canonical columns of each profile.
        rule: How to decide.
        top: Most customers that a card lists.
        cards: Whether to explain.
    """
    if not authors:
        return []
    found = search_kernel(_batch(opened, authors), SearchState(opened.state, top))
    table = links_only(pa.Table.from_batches([found]))
    best = read_best(table)
    customer = best.customer.to_pylist()
    known = best.chance >= best.nobody
    probability = table["probability"].take(pa.array(best.row)).to_pylist()
    answers = [
        AuthorAnswer(customer[place], probability[place], float(best.nobody[place]), decision)
        if known[place] and customer[place] is not None
        else AuthorAnswer(None, float(best.nobody[place]), float(best.nobody[place]), decision)
        for place, decision in enumerate(_decide(best.chance, best.margin, rule))
    ]
    if not cards:
        return answers
    return [
        replace(answer, card=card) for answer, card in zip(answers, _cards(table, best.row, opened, rule), strict=True)
    ]


def _batch(opened: OpenedIndex, authors: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
    schema = arrow_schema("profiles")
    columns = {field.name: pa.array([one.get(field.name) for one in authors], field.type) for field in schema}
    for family in opened.state.families:
        also = getattr(family, "column", None)
        if isinstance(also, str) and also not in columns and any(one.get(also) is not None for one in authors):
            columns[also] = pa.array([one.get(also) for one in authors])
    for name, kind in _HIDDEN if opened.state.record.hears else ():
        columns[name] = pa.array([one.get(name) or [] for one in authors], kind)
    if opened.state.record.hears:
        columns[HOME] = pa.array([one.get(HOME) or "" for one in authors], pa.string())
    columns["_row"] = pa.array(np.arange(len(authors)))
    return pa.RecordBatch.from_pydict(columns)


def _decide(chance: np.ndarray[Any, Any], margin: np.ndarray[Any, Any], rule: DecisionRule) -> list[str]:
    """Each by itself: a link where its own error is small enough."""
    with_risk = replace(rule, review_budget=None)
    safe = 1 - chance <= rule.max_false
    linked = decide_profiles(np.where(safe, chance, 0.0), with_risk, margin=margin) == DECISIONS.index("link")
    worth = ~linked & (chance >= rule.review_from)
    return np.array(DECISIONS)[np.where(linked, 0, np.where(worth, 1, 2))].tolist()  # type: ignore[no-any-return]


def _cards(table: pa.Table, first: Any, opened: OpenedIndex, rule: DecisionRule) -> list[dict[str, Any]]:
    people, coverage = opened.state.view.people, opened.state.model.coverage.value
    report = RunReport(profiles=1, customers=people, people=people, coverage=coverage)
    ends = [*first[1:].tolist(), table.num_rows]
    out = []
    for begin, end in zip(first.tolist(), ends, strict=True):
        rows = decide_table(table.slice(begin, end - begin), rule).combine_chunks()
        out.append(explain_rows(rows, row=0, phrases=opened.phrases, report=report).to_dict())
    return out
