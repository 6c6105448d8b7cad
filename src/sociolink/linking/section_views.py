"""Joining later customers with a base: who is one person now, and how ids rank, without looking at everybody again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.linking.people import group_people
from sociolink.linking.sections import Section, View
from sociolink.text.hashing import UInt64s
from sociolink.text.runs import expand_runs

__all__ = ["merge_ranks", "rows_of_ids", "view_sections"]

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def rows_of_ids(section: Section, ids: pa.Array) -> Int64s:
    """Rows of a section whose id is one of these, ascending."""
    return np.flatnonzero(np.asarray(pc.is_in(section.ids, value_set=ids.cast(pa.string())), np.bool_))


def view_sections(base: Section, later: Section | None = None, *, gone: Int64s | None = None) -> View:
    """What holds for the rows of a base and of later customers together.

    Args:
        base: The base.
        later: Later customers.
        gone: Rows of the base that count no more.

    Returns:
        The view; people are who `group_people` would find among all rows that count.
    """
    size = len(base) + (0 if later is None else len(later))
    alive = np.ones(size, np.bool_)
    if gone is not None:
        alive[gone] = False
    person = np.arange(size)
    person[: len(base)] = base.person
    if later is not None or not alive.all():
        _regroup(person, base, later, alive)
    count = np.bincount(person[alive], minlength=size)
    share = np.where(alive, 1.0 / np.maximum(count[person], 1), 0.0)
    rank = base.id_rank if later is None else merge_ranks(base, later)
    return View(person, share, int((count > 0).sum()), rank)


def _regroup(person: Int64s, base: Section, later: Section | None, alive: Bools) -> None:
    """Group anew everybody who is linked, over any number of steps, to a row that came or went; fills `person`."""
    touched = np.zeros(len(base), np.bool_)
    dead = np.flatnonzero(~alive[: len(base)])
    of_dead = np.zeros(len(base), np.bool_)
    of_dead[base.person[dead]] = True
    touched |= of_dead[base.person] & (np.bincount(base.person, minlength=len(base))[base.person] > 1)
    if later is not None:
        touched[_rows_with(base, later.code)] = True
    before = -1
    while before < int(touched.sum()):
        before = int(touched.sum())
        codes = base.code[touched[base.code_row]]
        touched[_rows_with(base, codes)] = True
    person[dead] = dead
    again = np.flatnonzero(touched & alive[: len(base)])
    rows = again if later is None else np.concatenate([again, len(base) + np.arange(len(later))])
    if len(rows) == 0:
        return
    tables = [base.customers.take(pa.array(again))] + ([] if later is None else [later.customers])
    together = pa.concat_tables(tables, promote_options="permissive").combine_chunks()
    person[rows] = rows[group_people(together)]


def _rows_with(base: Section, codes: UInt64s) -> Int64s:
    """Rows of a base that have one of these codes."""
    wanted = np.unique(codes)
    low = np.searchsorted(base.code, wanted, side="left")
    count = np.searchsorted(base.code, wanted, side="right") - low
    return base.code_row[expand_runs(low, count)[1]].astype(np.int64)


def merge_ranks(base: Section, later: Section) -> Int64s:
    """Ranks of the ids of both, without sorting those of the base again."""
    order = np.argsort(base.id_rank, kind="stable")
    ids, wanted = base.ids, later.ids
    low, high = np.zeros(len(later), np.int64), np.full(len(later), len(base), np.int64)
    while (open_ := low < high).any():
        middle = np.where(open_, (low + high) // 2, 0)
        smaller = np.asarray(pc.less(ids.take(pa.array(order[middle])), wanted), np.bool_) & open_
        low, high = np.where(smaller, middle + 1, low), np.where(open_ & ~smaller, middle, high)
    place = np.empty(len(base), np.int64)
    place[order] = np.arange(len(base))
    moved = np.searchsorted(np.sort(low), place, side="right")
    return np.concatenate([place + 1 + moved, low + later.id_rank]).astype(np.int64)
