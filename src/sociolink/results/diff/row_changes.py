"""Which rows of a table are not what they were, and in which columns; names of columns alone, never values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.records.readers import read_table
from sociolink.text.sorting import sorted_distinct

__all__ = ["RowChanges", "compare_rows"]

_BETWEEN = "\x1f"
_COMMA = ", "


@dataclass(frozen=True, slots=True, eq=False)
class RowChanges:
    """The rows of two tables of one kind, compared.

    Attributes:
        kind: "profiles" or "customers".
        ids: Ids of rows that are not the same.
        said: For each of them "new", "gone", or the columns that have changed.
        new: Rows that were not there.
        gone: Rows that are not there any more.
        changed: Rows with other values.
    """

    kind: str
    ids: pa.Array
    said: pa.Array
    new: int
    gone: int
    changed: int

    def say(self, ids: pa.Array) -> pa.Array:
        """What has changed in the rows of some ids; null where nothing has."""
        return self.said.take(pc.index_in(ids, value_set=self.ids, skip_nulls=True))


def compare_rows(kind: Any, old: Any, new: Any, *, mapping: Any = None) -> RowChanges:
    """Compare two tables, row by row, by their ids.

    Args:
        kind: "profiles" or "customers".
        old: The table of before: a file or anything that gives Arrow.
        new: The table of now, likewise.
        mapping: Column mapping, where columns are not canonical.

    Raises:
        InputError: A table cannot be read.

    Examples:
        >>> before = [{"customer_id": "c1", "city": "Leeds"}, {"customer_id": "c2"}]
        >>> after = [{"customer_id": "c1", "city": "York"}]
        >>> found = compare_rows("customers", before, after)
        >>> dict(zip(found.ids.to_pylist(), found.said.to_pylist()))
        {'c1': 'city', 'c2': 'gone'}
    """
    tables = [read_table(one, kind, mapping=mapping).table for one in (old, new)]
    key = tables[0].column_names[0]
    ids = [table[key].combine_chunks() for table in tables]
    every = sorted_distinct(pa.concat_arrays(ids))
    at = [pc.index_in(every, value_set=one) for one in ids]
    there = [np.asarray(pc.is_valid(place)) for place in at]
    both = there[0] & there[1]
    names = sorted({*tables[0].column_names, *tables[1].column_names} - {key})
    differs = {name: _differs(tables, name, at) & both for name in names}
    parts = [pc.if_else(pa.array(flags), f"{_COMMA}{name}", "") for name, flags in differs.items() if flags.any()]
    columns = pc.binary_join_element_wise(*parts, "") if parts else pa.array([""] * len(every), pa.string())
    said = pc.utf8_slice_codeunits(columns, start=len(_COMMA))
    said = pc.if_else(pa.array(~there[0]), "new", pc.if_else(pa.array(~there[1]), "gone", said))
    changed = np.logical_or.reduce(list(differs.values())) if differs else np.zeros(len(every), np.bool_)
    kept = pa.array(changed | ~both)
    counts = int((~there[0]).sum()), int((~there[1]).sum()), int(changed.sum())
    return RowChanges(str(kind), every.filter(kept), said.filter(kept), *counts)


def _differs(tables: list[pa.Table], name: str, at: list[pa.Array]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """(ids,) whether a column says something else; no value and a missing column are the same."""
    before, after = (_plain(table, name).take(place) for table, place in zip(tables, at, strict=True))
    same = pc.if_else(
        pc.and_(pc.is_null(before), pc.is_null(after)), True, pc.fill_null(pc.equal(before, after), False)
    )
    return ~np.asarray(same, np.bool_)


def _plain(table: pa.Table, name: str) -> pa.Array:
    """A column as strings; lists with their items in order. What is nested deeper is not compared."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    column = table[name].combine_chunks()
    is_list = pa.types.is_list(column.type)
    if pa.types.is_nested(column.type.value_type if is_list else column.type):
        return pa.nulls(table.num_rows, pa.string())
    if is_list:
        return pc.binary_join(column.cast(pa.list_(pa.string())), _BETWEEN)
    return column.cast(pa.string())
