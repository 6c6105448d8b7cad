"""What a table holds: how many rows have each fact, and how many values differ."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.records.columns import table_spec

__all__ = ["FACTS_SCHEMA", "describe_facts"]

FACTS_SCHEMA = pa.schema(
    [
        pa.field("column", pa.string()),
        pa.field("filled", pa.int64()),
        pa.field("share", pa.float64()),
        pa.field("distinct", pa.int64()),
    ]
)
"""Canonical column, rows that have a value, their share of all rows, and number of different values."""


def describe_facts(table: pa.Table, kind: str) -> pa.Table:
    """Count what each canonical column of a table holds.

    Args:
        table: A canonical table.
        kind: One of `KINDS`.

    Returns:
        One row for each canonical column, in order; values of lists are counted one by one.

    Examples:
        >>> truth = pa.table({"profile_id": ["a", "b"], "customer_id": ["c", None]})
        >>> describe_facts(truth, "truth").to_pylist()[1]
        {'column': 'customer_id', 'filled': 1, 'share': 0.5, 'distinct': 1}
    """
    rows = []
    for name in table_spec(kind).names:
        column = table[name]
        filled = len(column) - column.null_count
        values = pc.list_flatten(column) if pa.types.is_list(column.type) else column
        distinct = pc.count_distinct(values).as_py() if filled else 0
        rows.append((name, filled, filled / max(len(column), 1), distinct))
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=FACTS_SCHEMA)
