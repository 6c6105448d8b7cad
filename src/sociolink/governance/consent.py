"""Consent: rows whose owner refused are set aside before anything is linked."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, Problem
from sociolink.index.scratch import Scratch

__all__ = ["ConsentedTable", "set_aside_refused"]


@dataclass(frozen=True, slots=True)
class ConsentedTable:
    """A table without those who refused.

    Attributes:
        kept: Rows whose consent is true or not stated, in their order.
        refused: Ids of the rows set aside, strings.
    """

    kept: pa.Table
    refused: pa.Array

    @property
    def count(self) -> int:
        """How many rows were set aside."""
        return len(self.refused)


def set_aside_refused(table: pa.Table, *, scratch: Scratch | None = None) -> ConsentedTable:
    """Set aside the rows whose consent is false.

    Args:
        table: Canonical customers or profiles; the first column is their id.
        scratch: Where the rows kept of a large table go; they stay in memory by default.

    Returns:
        The rows kept, and the ids of the others.

    Raises:
        InputError: `consent` is not a column of true, false and null.

    Examples:
        >>> people = pa.table({"customer_id": ["a", "b", "c"], "consent": [True, False, None]})
        >>> done = set_aside_refused(people)
        >>> done.kept["customer_id"].to_pylist(), done.refused.to_pylist()
        (['a', 'c'], ['b'])
    """
    if "consent" not in table.column_names or pa.types.is_null(table["consent"].type):
        return ConsentedTable(table, pa.array([], pa.string()))
    if not pa.types.is_boolean(table["consent"].type):
        raise InputError(Problem("consent", "is not true, false or null", "Read the table with read_table first."))
    if table["consent"].null_count == table.num_rows:
        return ConsentedTable(table, pa.array([], pa.string()))
    refused = pc.fill_null(pc.invert(table["consent"]), False)
    if not pc.any(refused).as_py():
        return ConsentedTable(table, pa.array([], pa.string()))
    ids = pc.cast(table.column(0).filter(refused), pa.string()).combine_chunks()
    kept = pc.invert(refused)
    return ConsentedTable(table.filter(kept) if scratch is None else scratch.filter_rows(table, kept), ids)
