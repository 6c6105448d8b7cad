"""Tables of what was set aside and what was repaired while reading: places, classes and reasons, never the values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "REASONS",
    "REJECTS_SCHEMA",
    "REPAIRS_SCHEMA",
    "Finding",
    "Repair",
    "code",
    "count_rejects",
    "count_repairs",
    "join_tables",
    "rejects_table",
    "repairs_table",
    "value_classes",
]

REASONS = (
    "",
    "not valid UTF-8",
    "wrong type",
    "too long",
    "control characters",
    "digits lost by a spreadsheet",
    "empty handle",
    "not true, false or empty",
    "not one of the words allowed",
    "not a number",
    "out of range",
    "unreadable date",
    "day and month cannot be told apart",
    "missing",
    "no author",
    "missing for this verdict",
    "duplicate id",
    "wrong number of fields",
    "broken quotes",
    "unreadable JSON",
)
"""Every reason there is; codes are positions in this tuple, 0 is a good value."""

REJECTS_SCHEMA = pa.schema(
    [
        pa.field("table", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("id", pa.string()),
        pa.field("column", pa.string()),
        pa.field("value_class", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("severity", pa.string()),
    ]
)
"""One row for each value or row set aside; `row` counts the source's rows from 0, `severity` is "row" or "field"."""

REPAIRS_SCHEMA = pa.schema(
    [
        pa.field("table", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("id", pa.string()),
        pa.field("column", pa.string()),
        pa.field("repair", pa.string()),
        pa.field("count", pa.int64()),
    ]
)
"""One row for each repaired handle, and one (without row and id) for each repair of a whole column."""

_CLASSES = (
    (r"^\s*$", "blank"),
    (r"^[0-9]+$", "digits"),
    (r"^[-+]?[0-9.,]+(?:[eE][-+]?[0-9]+)?$", "number"),
    (r"^[0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ][0-9]{1,4}", "date-like"),
    (r"^(?i:https?://)", "URL"),
    (r"^[^@\s]+@[^@\s]+$", "e-mail-like"),
    (r"^\S{1,64}$", "word"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Values of one column that were set aside for one reason.

    Attributes:
        column: The column concerned; empty for whole rows.
        positions: Rows of the table being checked, int64.
        reason: One of `REASONS`.
        severity: Whether the row or only the field was set aside.
        classes: Value class of each position, strings.
    """

    column: str
    positions: npt.NDArray[np.int64]
    reason: str
    severity: Literal["row", "field"]
    classes: pa.Array


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair of a whole column (`positions` empty) or of single values.

    Attributes:
        column: The column concerned; empty for the whole file.
        repair: What was done.
        count: How many values it changed.
        positions: Rows of the table being checked where each is reported.
    """

    column: str
    repair: str
    count: int
    positions: npt.NDArray[np.int64] | None = None


def code(reason: str) -> int:
    """The number of a reason.

    Args:
        reason: One of `REASONS`.

    Examples:
        >>> code("too long")
        3
    """
    return REASONS.index(reason)


def value_classes(values: pa.Array) -> pa.Array:
    """Say what kind of value each is, without saying the value.

    Args:
        values: Strings.

    Returns:
        Strings such as "null", "digits", "date-like" or "text of over 1,000 characters".

    Examples:
        >>> value_classes(pa.array([None, "12", "maybe", "two words"])).to_pylist()
        ['null', 'digits', 'word', 'text']
    """
    lengths = pc.fill_null(pc.utf8_length(values), 0)
    longer = pc.case_when(
        pc.make_struct(pc.greater(lengths, 100_000), pc.greater(lengths, 10_000), pc.greater(lengths, 1_000)),
        "text of over 100,000 characters",
        "text of over 10,000 characters",
        "text of over 1,000 characters",
        "text",
    )
    short = pc.less_equal(lengths, 1_000)
    conditions = [pc.is_null(values)]
    conditions += [
        pc.fill_null(pc.and_(short, pc.match_substring_regex(values, pattern)), False) for pattern, _ in _CLASSES
    ]
    result = pc.case_when(pc.make_struct(*conditions), "null", *(name for _, name in _CLASSES), longer)
    return result.combine_chunks() if isinstance(result, pa.ChunkedArray) else result


def rejects_table(
    kind: str,
    findings: Sequence[Finding],
    *,
    rows: npt.NDArray[np.int64],
    ids: Any,
    order: Sequence[str] = (),
) -> pa.Table:
    """Turn findings into the table of rejects, in the order of the rows.

    Args:
        kind: Name of the table.
        findings: What was set aside.
        rows: Row number in the source of each row of the table.
        ids: Id of each row (null where it has no good one).
        order: Column names, to order the rejects of one row.

    Returns:
        A table with `REJECTS_SCHEMA`.
    """
    found = [finding for finding in findings if len(finding.positions)]
    if not found:
        return REJECTS_SCHEMA.empty_table()
    positions = np.concatenate([finding.positions for finding in found])
    rank = {name: place for place, name in enumerate(order)}
    ranks = np.concatenate([np.full(len(f.positions), rank.get(f.column, -1), dtype=np.int32) for f in found])
    table = pa.table(
        [
            pa.array([kind] * len(positions), pa.string()),
            pa.array(rows[positions]),
            pc.take(ids, pa.array(positions)),
            _spread([f.column or None for f in found], found),
            pa.concat_arrays([f.classes.cast(pa.string()) for f in found]),
            _spread([f.reason for f in found], found),
            _spread([f.severity for f in found], found),
        ],
        schema=REJECTS_SCHEMA,
    )
    return table.take(pa.array(np.lexsort((ranks, positions))))


def repairs_table(kind: str, repairs: Sequence[Repair], *, rows: npt.NDArray[np.int64], ids: Any) -> pa.Table:
    """Turn repairs into the table of repairs.

    Args:
        kind: Name of the table.
        repairs: What was repaired.
        rows: Row number in the source of each row of the table.
        ids: Id of each row.

    Returns:
        A table with `REPAIRS_SCHEMA`; repairs of whole columns have neither row nor id.
    """
    parts = []
    for repair in repairs:
        if repair.positions is None:
            if repair.count:
                values = [[kind], [None], [None], [repair.column or None], [repair.repair], [repair.count]]
                parts.append(pa.table(values, schema=REPAIRS_SCHEMA))
            continue
        size = len(repair.positions)
        columns = [
            pa.array([kind] * size, pa.string()),
            pa.array(rows[repair.positions]),
            pc.take(ids, pa.array(repair.positions)),
            pa.array([repair.column] * size, pa.string()),
            pa.array([repair.repair] * size, pa.string()),
            pa.array(np.ones(size, dtype=np.int64)),
        ]
        parts.append(pa.table(columns, schema=REPAIRS_SCHEMA))
    return join_tables(parts, REPAIRS_SCHEMA)


def join_tables(tables: Iterable[pa.Table], schema: pa.Schema) -> pa.Table:
    """Put tables of rejects or repairs one after the other.

    Args:
        tables: Tables with that schema.
        schema: Their schema, for when there is none.
    """
    filled = [table for table in tables if table.num_rows]
    return pa.concat_tables(filled) if filled else schema.empty_table()


def count_rejects(rejects: pa.Table) -> dict[str, int]:
    """How many values or rows were set aside, by column and reason.

    Args:
        rejects: A table with `REJECTS_SCHEMA`.

    Examples:
        >>> count_rejects(REJECTS_SCHEMA.empty_table())
        {}
    """
    counted = rejects.group_by(["column", "reason"], use_threads=False).aggregate([([], "count_all")])
    names = zip(
        counted["column"].to_pylist(), counted["reason"].to_pylist(), counted["count_all"].to_pylist(), strict=True
    )
    return {f"{column}: {reason}" if column else str(reason): int(count) for column, reason, count in names}


def count_repairs(repairs: pa.Table) -> dict[str, int]:
    """How many values, or files, were repaired, by column and repair.

    Args:
        repairs: A table with `REPAIRS_SCHEMA`.

    Examples:
        >>> count_repairs(REPAIRS_SCHEMA.empty_table())
        {}
    """
    counted = repairs.group_by(["table", "column", "repair"], use_threads=False).aggregate([("count", "sum")])
    places = (row["table"] + (f".{row['column']}" if row["column"] else "") for row in counted.to_pylist())
    return {
        f"{place}: {row['repair']}": int(row["count_sum"])
        for place, row in zip(places, counted.to_pylist(), strict=True)
    }


def _spread(values: Sequence[str | None], findings: Sequence[Finding]) -> pa.Array:
    lengths = [len(finding.positions) for finding in findings]
    return pc.take(pa.array(values, pa.string()), pa.array(np.repeat(np.arange(len(values)), lengths)))
