"""Slow and obvious answers to an engine's verbs, by nested loops over Python rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

__all__ = ["Row", "aggregate_rows", "join_rows", "order_rows", "rows_of", "same_rows", "unique_rows"]

Row = dict[str, Any]


def rows_of(table: pa.Table) -> list[Row]:
    """The table's rows; times as microseconds, so that no time zone and no resolution is in the way."""
    columns = []
    for column in table.columns:
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64())
        columns.append(column.to_pylist())
    return [dict(zip(table.column_names, values, strict=True)) for values in zip(*columns, strict=True)]


def comparable(value: Any) -> Any:
    """The value in a form in which NaN equals NaN, lists are hashable and everything of one type has an order."""
    if isinstance(value, list):
        return tuple(comparable(item) for item in value)
    if isinstance(value, float) and math.isnan(value):
        return (0, 1, 0.0)
    if isinstance(value, float):
        return (0, 0, value + 0.0)  # -0.0 becomes 0.0
    return (1, 0, 0) if value is None else (0, 0, value)


def _key(row: Row, columns: Iterable[str]) -> tuple[Any, ...]:
    return tuple(comparable(row[name]) for name in columns)


def same_rows(found: Sequence[Row], expected: Sequence[Row], *, ordered: bool = False) -> bool:
    """Whether these are the same rows, each as often, and in the same order where that is asked."""
    one, other = ([tuple((name, comparable(row[name])) for name in row) for row in rows] for rows in (found, expected))
    return one == other if ordered else sorted(one, key=repr) == sorted(other, key=repr)


def order_rows(rows: Iterable[Row], by: Sequence[str]) -> list[Row]:
    """Ascending, NaN after the numbers, nulls last."""
    return sorted(rows, key=lambda row: _key(row, by))


def unique_rows(rows: Iterable[Row], columns: Sequence[str]) -> list[Row]:
    """The distinct rows of these columns."""
    return list({_key(row, columns): {name: row[name] for name in columns} for row in rows}.values())


def join_rows(
    left: Sequence[Row], right: Sequence[Row], on: Sequence[str], how: str, right_columns: Sequence[str]
) -> list[Row]:
    """Every left row beside every right row: a nested loop."""
    added = [name for name in right_columns if name not in on]
    rows: list[Row] = []
    for one in left:
        partners = [
            other
            for other in right
            if all(one[name] is not None and _key(one, [name]) == _key(other, [name]) for name in on)
        ]
        if how in ("semi", "anti"):
            rows += [one] if bool(partners) == (how == "semi") else []
        else:
            rows += [one | {name: other[name] for name in added} for other in partners]
            rows += [one | dict.fromkeys(added)] if how == "left" and not partners else []
    return rows


def aggregate_rows(rows: Sequence[Row], by: Sequence[str], outputs: Mapping[str, tuple[str, str]]) -> list[Row]:
    """One row for each group."""
    groups: dict[Any, list[Row]] = {} if by else {(): []}
    for row in rows:
        groups.setdefault(_key(row, by), []).append(row)
    results = []
    for members in groups.values():
        result = {name: members[0][name] for name in by}
        for out, (column, function) in outputs.items():
            values = sorted((row[column] for row in members if row[column] is not None), key=comparable)
            result[out] = len(values) if function == "count" else _reduce(values, function)
        results.append(result)
    return results


def _reduce(values: list[Any], function: str) -> Any:
    if not values:
        return None
    return sum(values) if function == "sum" else values[-1] if function == "max" else values[0]
