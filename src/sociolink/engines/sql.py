"""SQL for the verbs, made of positions only: no name and no value of a table enters it.

A relation with n columns is a SELECT whose columns are c0 to c(n-1), in the order of its schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from sociolink.engines.protocol import AggregateFunction, JoinKind

__all__ = ["aggregate_sql", "join_sql", "order_sql", "parquet_sql", "unique_sql"]

_AGGREGATES = {"count": "count", "sum": "sum", "min": "min", "max": "max", "any": "min"}
_INTEGERS = {"int64": "BIGINT", "uint64": "UBIGINT"}


def parquet_sql(path: str | Path, schema: pa.Schema) -> str:
    """All columns of one Parquet file; nothing in the path is read as a pattern or a partition."""
    text = str(Path(path).absolute())
    escaped = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in text).replace("'", "''")
    columns = ", ".join(f"c{i}" for i in range(len(schema)))
    return f"SELECT {columns} FROM read_parquet('{escaped}', hive_partitioning = false) AS t({columns})"


def unique_sql(sql: str, schema: pa.Schema, columns: Sequence[str]) -> str:
    """The distinct rows of some columns.

    Examples:
        >>> unique_sql("SELECT c0, c1 FROM t", pa.schema({"key": pa.uint64(), "row": pa.int32()}), ["row"])
        'SELECT DISTINCT c1 AS c0 FROM (SELECT c0, c1 FROM t)'
    """
    picked = ", ".join(f"{_column(schema, name)} AS c{i}" for i, name in enumerate(columns))
    return f"SELECT DISTINCT {picked} FROM ({sql})"


def join_sql(
    left: str,
    left_schema: pa.Schema,
    right: str,
    right_schema: pa.Schema,
    *,
    on: Sequence[str],
    how: JoinKind,
    result: pa.Schema,
) -> str:
    """Pairs of rows that agree on `on`, with the columns of `result`; a key is taken from the left."""
    places = {name: f"r.{_column(right_schema, name)}" for name in right_schema.names}
    places |= {name: f"l.{_column(left_schema, name)}" for name in left_schema.names}
    keys = " AND ".join(f"l.{_column(left_schema, name)} = r.{_column(right_schema, name)}" for name in on)
    picked = ", ".join(f"{places[name]} AS c{i}" for i, name in enumerate(result.names))
    return f"SELECT {picked} FROM ({left}) AS l {how.upper()} JOIN ({right}) AS r ON {keys}"


def aggregate_sql(
    sql: str,
    schema: pa.Schema,
    by: Sequence[str],
    outputs: Mapping[str, tuple[str, AggregateFunction]],
    *,
    result: pa.Schema,
) -> str:
    """One row for each group; `any` is the smallest value, so that it is the same in each run."""
    picked = [f"{_column(schema, name)} AS c{i}" for i, name in enumerate(by)]
    for i, (name, (column, function)) in enumerate(outputs.items(), len(by)):
        value = f"{_AGGREGATES[function]}({_column(schema, column)})"
        if function == "sum":
            value = f"CAST({value} AS {_INTEGERS[str(result.field(name).type)]})"
        picked.append(f"{value} AS c{i}")
    groups = ", ".join(_column(schema, name) for name in by)
    return f"SELECT {', '.join(picked)} FROM ({sql})" + (f" GROUP BY {groups}" if by else "")


def order_sql(sql: str, schema: pa.Schema, by: Sequence[str]) -> str:
    """The same rows in ascending order, nulls last; as they come where `by` is empty."""
    order = ", ".join(f"{_column(schema, name)} ASC NULLS LAST" for name in by)
    return f"SELECT * FROM ({sql}) ORDER BY {order}" if by else sql


def _column(schema: pa.Schema, name: str) -> str:
    return f"c{schema.get_field_index(name)}"
