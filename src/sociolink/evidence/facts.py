"""What rows of a table state, as sets of hashed values, and which values a customer and a profile have in common."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.protocol import Keys, Pairs
from sociolink.text.buffers import FEW, plain_strings
from sociolink.text.hashing import UInt64s, hash_keys
from sociolink.text.runs import expand_runs, starts_of_runs
from sociolink.text.sorting import find_sorted, number_tuples, sort_stably

__all__ = [
    "Facts",
    "Holders",
    "KnownFacts",
    "StatedFacts",
    "any_agrees",
    "collect_facts",
    "distinct_text",
    "find_sorted",
    "index_facts",
    "join_keys",
    "lay_out_facts",
    "list_column",
    "look_up",
    "no_statements",
    "says_nothing",
    "sum_by_row",
    "text_column",
]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Facts:
    """Distinct values of the rows of a table.

    Attributes:
        key: (n,) uint64 hashes of the values, ascending within a row.
        row: (n,) int32, ascending.
        start: (rows + 1,) int64, where the values of each row begin.
    """

    key: UInt64s
    row: Int32s
    start: Int64s

    def __len__(self) -> int:
        return len(self.key)

    @property
    def stated(self) -> Bools:
        """(rows,) whether the row states any value."""
        return np.diff(self.start) > 0

    def states(self, rows: npt.NDArray[np.integer]) -> Bools:
        """(n,) whether each of some rows states any value."""
        out: Bools = self.start[rows + 1] > self.start[rows]
        return out

    def only(self, keep: Bools) -> Facts:
        """Without some of the values."""
        return lay_out_facts(self.row[keep], self.key[keep], len(self.start) - 1)


@dataclass(frozen=True, slots=True)
class Holders:
    """How many customers share each value.

    Attributes:
        key: (values,) uint64, ascending.
        count: (values,) int64.
        stating: Customers that state any value.
    """

    key: UInt64s
    count: Int64s
    stating: int

    def of(self, keys: UInt64s) -> Int64s:
        """(n,) customers that state each value; 0 for a value that nobody states."""
        at, met = find_sorted(self.key, keys)
        return np.where(met, self.count[at], 0) if len(self.key) else at


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """Values of all customers, ready to be looked up.

    Attributes:
        facts: The values.
        vocabulary: (values,) uint64, each value once, ascending.
        member: (n,) int64, ascending: row * len(vocabulary) + value.
        holders: The counts that say how rare a value is: those of these customers, or of their background.
    """

    facts: Facts
    vocabulary: UInt64s
    member: Int64s
    holders: Holders


@dataclass(frozen=True, slots=True)
class StatedFacts:
    """Values of a batch of profiles, looked up among those of the customers.

    Attributes:
        facts: The values.
        value: (n,) int64 index into the customers' vocabulary; -1 for one that no customer states.
        holders: (n,) int64, customers that state it.
    """

    facts: Facts
    value: Int64s
    holders: Int64s


def text_column(table: pa.Table, name: str) -> pa.Array:
    """A column of strings, null as empty; all empty where the table lacks it or holds nulls only."""
    place = table.schema.get_field_index(name)
    column = None if place < 0 else table.column(place)
    if column is None or column.null_count == len(column):
        return _empty_strings(table.num_rows)
    return plain_strings(column)


@lru_cache(maxsize=16)
def _empty_strings(rows: int) -> pa.Array:
    return pa.repeat("", rows)


def says_nothing(table: pa.Table, *names: str) -> bool:
    """Whether columns hold nulls and empty strings only, or are missing.

    Examples:
        >>> profiles = pa.table({"bio": [None, ""], "url": ["jo.org", None]})
        >>> says_nothing(profiles, "bio", "phone"), says_nothing(profiles, "bio", "url")
        (True, False)
    """
    for name in names:
        place = table.schema.get_field_index(name)
        if place < 0:
            continue
        column = table.column(place)
        if column.null_count == len(column):
            continue
        if not pa.types.is_string(column.type):
            return False
        if any(column.to_pylist()) if len(column) < FEW else pc.any(pc.not_equal(column, "")).as_py():
            return False
    return True


def distinct_text(table: pa.Table, *names: str) -> tuple[Int64s, tuple[pa.Array, ...]]:
    """The different values of a column of strings, or of several columns together.

    Args:
        table: A canonical table.
        names: Names of the columns; null counts as empty, and so does a column that is missing.

    Returns:
        (rows,) int64 number of each row's values, and for each column (numbers,) its strings.

    Examples:
        >>> of, (city, country) = distinct_text(pa.table({"city": ["Lyon", "Bonn", "Lyon"]}), "city", "country")
        >>> of.tolist(), city.to_pylist(), country.to_pylist()
        ([0, 1, 0], ['Lyon', 'Bonn'], ['', ''])
    """
    encoded = [text_column(table, name).dictionary_encode() for name in names]
    number, first = number_tuples(*(np.asarray(column.indices, np.int64) for column in encoded))
    return number, tuple(column.dictionary.take(column.indices.take(pa.array(first))) for column in encoded)


def list_column(table: pa.Table, name: str) -> tuple[Int32s, pa.Array]:
    """The values of a column of lists (or of strings), with their rows; empty values are left out.

    Args:
        table: A canonical table.
        name: Name of the column; it may be missing.

    Returns:
        (n,) int32 rows in order and (n,) strings.

    Examples:
        >>> row, value = list_column(pa.table({"email": [["a@x.org", "b@x.org"], None, ["c@x.org"]]}), "email")
        >>> row.tolist(), value.to_pylist()
        ([0, 0, 2], ['a@x.org', 'b@x.org', 'c@x.org'])
    """
    place = table.schema.get_field_index(name)
    column = None if place < 0 else table.column(place)
    if column is None or column.null_count == len(column):
        return np.empty(0, np.int32), pa.array([], pa.string())
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        row = np.asarray(pc.list_parent_indices(column), np.int32)
        values = plain_strings(pc.list_flatten(column))
    else:
        values = plain_strings(column)
        row = np.arange(len(values), dtype=np.int32)
    filled = np.asarray(pc.not_equal(values, ""), np.bool_)
    return row[filled], values.filter(pa.array(filled))


def _no_facts(rows: int) -> Facts:
    """Arrays of their own each time: what an index writes must not depend on who shares memory with whom."""
    return Facts(np.empty(0, np.uint64), np.empty(0, np.int32), np.zeros(rows + 1, np.int64))


def lay_out_facts(row: Int32s, key: UInt64s, rows: int) -> Facts:
    """Values by row, ascending in each; most rows have one value, so that only those with more are sorted."""
    if len(row) == 0:
        return _no_facts(rows)
    if len(row) == 1:
        start = np.zeros(rows + 1, np.int64)
        start[row[0] + 1 :] = 1
        return Facts(key, row.astype(np.int32, copy=False), start)
    if (row[1:] < row[:-1]).any():
        order, _ = sort_stably(row.astype(np.uint64))
        row, key = row[order], key[order]
    same = np.zeros(len(row) + 1, np.bool_)
    same[1:-1] = row[1:] == row[:-1]
    several = (same[1:] | same[:-1]).nonzero()[0]
    if len(several):
        key = key.copy()
        key[several] = key[several[np.lexsort((key[several], row[several]))]]
    fresh = np.ones(len(row), np.bool_)
    fresh[1:] = ~same[1:-1] | (key[1:] != key[:-1])
    row, key = row[fresh], key[fresh]
    start = np.zeros(rows + 1, np.int64)
    np.cumsum(np.bincount(row, minlength=rows), out=start[1:])
    return Facts(key, row.astype(np.int32, copy=False), start)


def collect_facts(row: Int32s, value: pa.Array, *, rows: int, salt: int) -> Facts:
    """Hash what rows state.

    Args:
        row: (n,) the row of each value.
        value: (n,) normalised strings; null and empty ones are left out.
        rows: Rows of the table.
        salt: Tells keys of one kind of value from those of another.

    Returns:
        The distinct values of each row.
    """
    if len(value) == 0:
        return _no_facts(rows)
    keys, lengths = hash_keys(value, salt)
    if lengths.all():
        return lay_out_facts(np.asarray(row), keys, rows)
    filled = lengths.nonzero()[0]
    return lay_out_facts(np.asarray(row)[filled], keys[filled], rows)


def index_facts(facts: Facts, background: KnownFacts | None = None) -> KnownFacts:
    """Make the customers' values ready to be looked up.

    Args:
        facts: Values of the customers.
        background: The customers whose counts say how rare a value is; None for these customers themselves.

    Returns:
        The index.
    """
    ordered = np.sort(facts.key)
    first = starts_of_runs(ordered)
    vocabulary = ordered[first]
    count = np.diff(np.append(first.nonzero()[0], len(ordered))).astype(np.int64)
    value, _ = find_sorted(vocabulary, facts.key)
    member = facts.row.astype(np.int64) * max(len(vocabulary), 1) + value
    own = Holders(vocabulary, count, int(facts.stated.sum()))
    return KnownFacts(facts, vocabulary, member, own if background is None else background.holders)


def look_up(known: KnownFacts, facts: Facts) -> StatedFacts:
    """Look a batch's values up among those of the customers."""
    if len(facts) == 0:
        return no_statements(len(facts.start) - 1)
    at, met = find_sorted(known.vocabulary, facts.key)
    value = np.where(met, at, -1)
    if known.holders.key is known.vocabulary and len(known.vocabulary):
        return StatedFacts(facts, value, np.where(met, known.holders.count[at], 0))
    return StatedFacts(facts, value, known.holders.of(facts.key))


@lru_cache(maxsize=16)
def no_statements(rows: int) -> StatedFacts:
    """Values of a batch of profiles that state none; not to be written to."""
    nothing = np.empty(0, np.int64)
    nothing.setflags(write=False)
    return StatedFacts(_no_facts(rows), nothing, nothing)


def any_agrees(known: KnownFacts, stated: StatedFacts, *, pairs: Pairs) -> Bools:
    """(pairs,) whether customer and profile have a value in common; false for pairs of many customers."""
    out = np.zeros(len(pairs), np.bool_)
    entries = (stated.value >= 0).nonzero()[0]
    if len(entries) == 0:
        return out
    start = entries.searchsorted(stated.facts.start)
    count = np.diff(start)[pairs.profile]
    asked = ((count > 0) & (pairs.customer >= 0)).nonzero()[0]
    asked = asked[known.facts.states(pairs.customer[asked])] if len(known.facts) else asked[:0]
    run, number = expand_runs(start[pairs.profile[asked]], count[asked])
    place = asked[run]
    value = stated.value[entries[number]]
    wanted = pairs.customer[place].astype(np.int64) * len(known.vocabulary) + value
    _, met = find_sorted(known.member, wanted)
    out[place[met]] = True
    return out


def sum_by_row(facts: Facts, values: Floats) -> Floats:
    """(rows,) sum over the values of each row."""
    return np.asarray(np.bincount(facts.row, weights=values, minlength=len(facts.start) - 1), np.float64)


def join_keys(*facts: Facts) -> Keys:
    """The values of several kinds as blocking keys."""
    return Keys(np.concatenate([one.key for one in facts]), np.concatenate([one.row for one in facts]))
