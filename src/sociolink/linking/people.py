"""Which customer records are one person: people who were entered twice share one answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import distinct_text, text_column
from sociolink.text.folding import squash
from sociolink.text.hashing import UInt64s, hash_strings, mix
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import sort_stably

__all__ = ["group_people", "person_codes"]

Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]

_FACTS = ("email", "phone", "website")
_PRECISIONS = (4, 7, 10)  # characters of a year, a month, a day


def _flat(column: pa.Array) -> tuple[Int64s, pa.Array]:
    if pa.types.is_list(column.type):
        rows, values = pc.list_parent_indices(column), pc.list_flatten(column)
    else:
        rows, values = pa.array(np.arange(len(column))), column
    squashed = squash(values.cast(pa.string()))
    filled = pc.greater(pc.binary_length(squashed), 0)
    return np.asarray(rows.filter(filled), np.int64), squashed.filter(filled)


def _names(customers: pa.Table) -> UInt64s:
    """A hash of the folded name of each customer; 0 where there is none."""
    first, last = (_squashed(*distinct_text(customers, name)) for name in ("given_name", "family_name"))
    out = mix(first, 1) ^ mix(last, 2)
    rest = np.flatnonzero((first == 0) | (last == 0))
    whole = hash_strings(squash(text_column(customers, "full_name").take(pa.array(rest))))[0]
    some = (first[rest] != 0) | (last[rest] != 0) | (whole != 0)
    out[rest] = np.where(some, mix(whole, 3), np.uint64(0))
    return out


def _squashed(number: Int64s, columns: tuple[pa.Array, ...]) -> UInt64s:
    """(rows,) hashes of squashed strings, 0 for an empty one, each different value hashed once."""
    return hash_strings(squash(columns[0]))[0][number]


def _leaders(codes: UInt64s) -> Int64s:
    """For each row the first row with the same code."""
    order, ordered = sort_stably(codes)
    first = starts_of_runs(ordered)
    out = np.empty(len(order), np.int64)
    out[order] = order[first][np.cumsum(first) - 1]
    return out


def _components(size: int, left: Int64s, right: Int64s) -> Int64s:
    """The lowest row of each connected component, by label propagation with pointer jumping."""
    label = np.arange(size)
    apart = left != right
    left, right = left[apart], right[apart]
    while True:
        low = np.minimum(label[left], label[right])
        new = label.copy()
        np.minimum.at(new, left, low)
        np.minimum.at(new, right, low)
        new = np.minimum(new, new[new])
        if np.array_equal(new, label):
            return label
        label = new


def _split_conflicts(label: Int64s, births: pa.Array) -> Int64s:
    """Components whose birth dates conflict, split by birth date; records without one stand apart from those with one.

    Dates of less precision conflict only in what they state: 1970 and 1970-05-17 do not.
    """
    together = np.bincount(label, minlength=len(label))[label] > 1
    stated = np.where(together, np.asarray(pc.binary_length(births), np.int64), 0)
    conflicting = np.zeros(len(label), np.bool_)
    for precision in _PRECISIONS:
        rows = np.flatnonzero(stated >= precision)
        prefix = hash_strings(pc.utf8_slice_codeunits(births.take(pa.array(rows)), 0, precision))[0]
        first = np.zeros(len(label), np.uint64)
        first[label[rows]] = prefix
        conflicting[label[rows[prefix != first[label[rows]]]]] = True
    rows = np.flatnonzero(conflicting[label])
    if len(rows) == 0:
        return label
    out = label.copy()
    code = mix(hash_strings(births.take(pa.array(rows)))[0], 20) ^ mix(label[rows].astype(np.uint64), 21)
    out[rows] = rows[_leaders(code)]
    return out


def group_people(customers: pa.Table, *, section: int | None = None) -> Int64s:
    """Group the records of one person.

    Two records are one person if their folded names agree, one fact that tells people apart agrees (full birth date,
    e-mail, phone, own website), and their birth dates do not conflict.

    Args:
        customers: Canonical customers.
        section: How many are read at a time; all by default.

    Returns:
        (rows,) the lowest row of the person each record belongs to. Sharing a name alone is not enough.
    """
    rows = customers.num_rows
    begins = range(0, max(rows, 1), section or max(rows, 1))
    name = np.concatenate([_names(customers.slice(begin, section)) for begin in begins])
    shared = _shared(name)
    found = []
    for begin in begins:
        at = begin + np.flatnonzero(shared[begin : begin + section] if section else shared)
        row, code = _codes(customers.select(("birth_date", *_FACTS)).take(pa.array(at)), name[at])
        found.append((at[row], code))
    row, code = (np.concatenate(column) for column in zip(*found, strict=True))
    if len(row) == 0:
        return np.arange(rows)
    return _split_conflicts(_components(rows, row, row[_leaders(code)]), text_column(customers, "birth_date"))


def _shared(codes: UInt64s) -> Bools:
    """(rows,) whether another row has the same code; 0 is none."""
    order, ordered = sort_stably(codes)
    first = np.append(starts_of_runs(ordered), True)
    out = np.empty(len(order), np.bool_)
    out[order] = ~(first[:-1] & first[1:]) & (ordered != 0)
    return out


def person_codes(customers: pa.Table, *, section: int | None = None) -> tuple[Int64s, UInt64s]:
    """Codes of a name together with a fact that tells people apart: records that share one are one person's.

    Args:
        customers: Canonical customers.
        section: How many are read at a time; all by default.

    Returns:
        (n,) rows and (n,) codes; records without a name have none.
    """
    rows = max(customers.num_rows, 1)
    begins = range(0, rows, section or rows)
    parts = [customers.slice(begin, section) for begin in begins]
    found = [_codes(part, _names(part)) for part in parts]
    row = np.concatenate([one + begin for (one, _), begin in zip(found, begins, strict=True)])
    return row, np.concatenate([one for _, one in found])


def _codes(customers: pa.Table, name: UInt64s) -> tuple[Int64s, UInt64s]:
    """What `person_codes` gives, where the hashes of the names are known."""
    births = text_column(customers, "birth_date")
    full = pc.if_else(pc.greater_equal(pc.binary_length(births), _PRECISIONS[-1]), births, "")
    rows: list[Int64s] = [np.empty(0, np.int64)]
    codes: list[UInt64s] = [np.empty(0, np.uint64)]
    facts = (full, *(customers.column(fact).combine_chunks() for fact in _FACTS))
    for number, fact in enumerate(facts):
        row, value = _flat(fact)
        row, value = row[name[row] != 0], value.filter(pa.array(name[row] != 0))
        rows.append(row)
        codes.append(mix(hash_strings(value)[0] ^ name[row], 10 + number))
    return np.concatenate(rows), np.concatenate(codes)
