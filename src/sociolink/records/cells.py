"""Source columns gathered into canonical ones: several columns into one, one cell into several values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.records.accounts import read_handles
from sociolink.records.columns import Column
from sociolink.records.dates import read_timestamps
from sociolink.records.patterns import ITEM_EDGES, LIST_CELL, LIST_COMMA, LIST_EDGES, WHITESPACE
from sociolink.records.rejects import Repair, code, value_classes
from sociolink.records.strings import Strings, as_array, as_strings, retyped, split_lists
from sociolink.records.suspects import trim
from sociolink.records.values import read_values

__all__ = ["GatheredColumn", "SourceColumn", "gather_lists", "gather_values"]

_Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One column of a source that feeds a canonical column.

    Attributes:
        values: Array or chunked array of any type.
        prefix: Platform to put before each value ("x" makes "x:jsmith84"); empty for none.
    """

    values: Any
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class GatheredColumn:
    """A canonical column read from its sources.

    Attributes:
        values: Array of the declared type, one value a row.
        codes: Why a value was set aside, as positions in `REASONS`.
        classes: Value class of what was set aside, one for each row with a code, in order.
        repairs: What was repaired.
    """

    values: pa.Array
    codes: _Codes
    classes: pa.Array
    repairs: tuple[Repair, ...]


def gather_values(column: Column, sources: Sequence[SourceColumn], *, platforms: Any = None) -> GatheredColumn:
    """Read a canonical column of single values; the first source that holds something counts.

    Args:
        column: The declared column.
        sources: Source columns, best first.
        platforms: Canonical platforms, for handles.

    Examples:
        >>> from sociolink.records.columns import table_spec
        >>> city = table_spec("customers").column("city")
        >>> gather_values(city, [SourceColumn(pa.array([" Lyon", None]))]).values.to_pylist()
        ['Lyon', None]
    """
    typed = as_array(sources[0].values)
    moments = read_timestamps(typed) if column.type == "moment" and len(sources) == 1 else None
    if moments is not None:
        bad = as_strings(typed.take(pa.array(np.flatnonzero(moments.codes))))
        return GatheredColumn(moments.values, moments.codes, value_classes(bad.values), ())
    strings = as_strings(sources[0].values)
    for source in sources[1:]:
        other = as_strings(source.values)
        blank = pc.fill_null(pc.equal(pc.utf8_trim(strings.values, WHITESPACE), ""), True)
        missing = np.asarray(blank.to_numpy(zero_copy_only=False), dtype=np.bool_) & (strings.codes == 0)
        values = pc.if_else(pa.array(missing), other.values, strings.values)
        strings = Strings(values, np.where(missing, other.codes, strings.codes).astype(np.uint8))
    read = read_values(column, strings, platforms=platforms)
    repairs = read.repairs
    if column.type == "id" and any(retyped(source.values) for source in sources):
        repairs = (Repair(column.name, "number read as text", int(pc.count(read.values).as_py())), *repairs)
    return GatheredColumn(read.values, read.codes, _classes(strings, read.codes), repairs)


def gather_lists(column: Column, sources: Sequence[SourceColumn]) -> GatheredColumn:
    """Read a canonical column of lists; the values of all sources are put together, each once.

    Args:
        column: The declared column.
        sources: Source columns, in order.

    Examples:
        >>> from sociolink.records.columns import table_spec
        >>> phone = table_spec("customers").column("phone")
        >>> sources = [SourceColumn(pa.array(["1; 2", None])), SourceColumn(pa.array([3, 2]))]
        >>> gather_lists(phone, sources).values.to_pylist()
        [['1', '2', '3'], ['2']]
    """
    size = len(sources[0].values)
    items, parents, cell_codes = [], [], np.zeros(size, dtype=np.uint8)
    for source in sources:
        values, rows, codes = _items(column, source)
        items.append(values)
        parents.append(rows)
        cell_codes = np.where(cell_codes == 0, codes, cell_codes).astype(np.uint8)
    rows = np.concatenate(parents)
    order = np.argsort(rows, kind="stable")
    rows = rows[order]
    strings = as_strings(pa.concat_arrays(items).take(pa.array(order)))
    read = read_values(column, strings)
    codes = cell_codes
    bad = np.flatnonzero(read.codes)[::-1]
    first_bad = np.zeros(size, dtype=np.uint8)
    first_bad[rows[bad]] = read.codes[bad]  # written backwards: the first bad value of a row stays
    codes = np.where(codes == 0, first_bad, codes).astype(np.uint8)
    positions = np.flatnonzero(codes)
    classes = np.full(len(positions), "list", dtype=object)
    if len(bad):
        places = np.searchsorted(positions, rows[bad])
        classes[places] = value_classes(strings.values.take(pa.array(bad))).to_pylist()
    keep = pc.is_valid(read.values).to_numpy(zero_copy_only=False)
    if len(sources) > 1:
        keep &= _first_of_their_row(read.values, rows)
    lists = _lists(read.values.filter(pa.array(keep)), rows[keep], size)
    return GatheredColumn(lists, codes, pa.array(classes, pa.string()), read.repairs)


def _items(column: Column, source: SourceColumn) -> tuple[pa.Array, npt.NDArray[np.int64], _Codes]:
    """Single values of a source, the row of each, and the cells that could not be read at all."""
    codes = np.zeros(len(source.values), dtype=np.uint8)
    split = split_lists(source.values)
    if split is None:
        cells = as_strings(source.values)
        codes = cells.codes.copy()
        split = split_lists(pc.split_pattern_regex(_unbracketed(cells.values), column.separators))
    items, rows = split if split else (pa.array([], pa.string()), np.empty(0, dtype=np.int64))
    read = as_strings(items)
    codes[rows[read.codes != 0]] = read.codes[read.codes != 0]
    values = trim(read.values, ITEM_EDGES)
    if source.prefix:
        prefix = pa.scalar(source.prefix)
        handles = read_handles(pc.if_else(pc.equal(values, ""), None, values), pa.array([source.prefix] * len(values)))
        values = pc.binary_join_element_wise(prefix, handles.values, ":")
    return values, rows, codes


def _unbracketed(cells: pa.Array) -> pa.Array:
    """Cells such as ["a", "b"] as a;b."""
    is_list = pc.match_substring_regex(cells, LIST_CELL)
    if not pc.any(is_list).as_py():
        return cells
    bare = pc.replace_substring_regex(pc.replace_substring_regex(cells, LIST_EDGES, ""), LIST_COMMA, ";")
    return pc.if_else(is_list, bare, cells)


def _first_of_their_row(values: pa.Array, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether a value is the first of its kind in its row."""
    codes = pc.fill_null(values.dictionary_encode().indices, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    keys = rows * (int(codes.max(initial=0)) + 1) + codes
    order = np.argsort(keys, kind="stable")
    first = np.ones(len(keys), dtype=np.bool_)
    first[order[1:]] = keys[order[1:]] != keys[order[:-1]]
    return first


def _lists(values: pa.Array, rows: npt.NDArray[np.int64], size: int) -> pa.Array:
    """Lists of the values of each row; null for a row without any."""
    counts = np.bincount(rows, minlength=size)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(counts == 0))


def _classes(strings: Strings, codes: _Codes) -> pa.Array:
    positions = pa.array(np.flatnonzero(codes))
    own = strings.codes[codes != 0]
    known = pa.array(np.where(own == code("wrong type"), "nested", "bytes"), pa.string())
    if not len(positions):
        return known
    unreadable = pc.and_(pa.array(own != 0), pc.is_null(strings.values.take(positions)))
    return pc.if_else(unreadable, known, value_classes(strings.values.take(positions)))
