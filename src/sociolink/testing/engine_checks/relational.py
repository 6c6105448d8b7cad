"""Checks of the verbs that compare rows: unique, join and aggregate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from sociolink.engines.protocol import Engine
from sociolink.engines.schemas import plain_schema
from sociolink.testing.engine_checks import tables
from sociolink.testing.engine_checks.answers import (
    Row,
    aggregate_rows,
    join_rows,
    rows_of,
    unique_rows,
)
from sociolink.testing.engine_checks.expectations import expect_error, expect_rows

__all__ = ["check_aggregate", "check_join", "check_unique"]

_HOWS = ("inner", "left", "semi", "anti")


def check_unique(engine: Engine, folder: Path) -> None:
    """Distinct rows; nulls are equal, NaNs are equal, zeros are equal."""
    for case, table, columns in (
        ("floats", tables.odd_floats(), ["p"]),
        ("two columns in another order", tables.profile_keys(), ["platform", "key"]),
        ("texts", tables.every_type(), ["text"]),
        ("dictionaries", tables.every_type(), ["city", "at"]),
        ("a column of nulls", tables.every_type(), ["nothing"]),
        ("no rows", tables.profile_keys(0), ["key"]),
    ):
        schema = pa.schema([plain_schema(table.schema).field(name) for name in columns])
        relation = engine.unique(engine.scan(table), columns)
        expect_rows(case, engine.collect(relation), unique_rows(rows_of(table), columns), schema)
    relation = engine.scan(tables.every_type())
    expect_error("a column that is not there", lambda: engine.unique(relation, ["nobody"]))
    expect_error("no column", lambda: engine.unique(relation, []))


def check_join(engine: Engine, folder: Path) -> None:
    """All four kinds, on one key and on two; null keys never match."""
    profiles, customers = tables.profile_keys(), tables.customer_keys()
    for how in _HOWS:
        for left, right in (
            (profiles, customers),
            (profiles.slice(0, 0), customers),
            (profiles, customers.slice(0, 0)),
        ):
            sizes = f"{how} join of {left.num_rows} and {right.num_rows} rows"
            _join(engine, f"{sizes} on two keys", left, right, ["key", "platform"], how)
            _join(engine, f"{sizes} on a number", left, right.drop_columns("platform"), ["key"], how)
            _join(engine, f"{sizes} on a text", left.drop_columns("key"), right, ["platform"], how, ["platform"])
        one, other = tables.odd_floats(), tables.odd_floats().rename_columns(["p", "other"])
        _join(engine, f"{how} join on floats", one, other, ["p"], how)
        everything = tables.every_type()
        for name in ("large", "city", "raw", "at", "flag", "born", "form", "nothing"):
            right = everything.select([name, "id"]).rename_columns([name, "other"])
            _join(engine, f"{how} join on the column {name}", everything, right, [name], how)
    kept = ["slot", "form", "profile"]
    _join(
        engine, "a join that keeps some columns", profiles, customers.drop_columns("platform"), ["key"], "inner", kept
    )
    _join_of_joins(engine, profiles, customers)
    left, right = engine.scan(profiles), engine.scan(customers)
    expect_error("a name that would stand twice", lambda: engine.join(left, right, ["key"]))
    expect_error("a key that is not there", lambda: engine.join(left, right, ["slot"]))
    expect_error("no key", lambda: engine.join(left, right, []))
    signed = engine.scan(pa.table({"key": pa.array([1], pa.int64())}))
    expect_error("keys of two types", lambda: engine.join(left, signed, ["key"]))
    expect_error("a kind of join that is none", lambda: engine.join(left, signed, ["key"], how="outer"))  # type: ignore[arg-type]


def _join(
    engine: Engine,
    case: str,
    left: pa.Table,
    right: pa.Table,
    on: list[str],
    how: Any,
    columns: list[str] | None = None,
) -> None:
    expected = join_rows(rows_of(left), rows_of(right), on, how, right.column_names)
    schema = plain_schema(left.schema)
    if how in ("inner", "left"):
        added = right.drop_columns(on).schema
        schema = pa.schema([*schema, *(plain_schema(added) if len(added) else added)])
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns])
        expected = [{name: row[name] for name in columns} for row in expected]
    relation = engine.join(engine.scan(left), engine.scan(right), on, how=how, columns=columns)
    assert relation.schema.equals(schema), f"{case}: the relation says\n{relation.schema}\nand not\n{schema}"
    expect_rows(case, engine.collect(relation), expected, schema)


def _join_of_joins(engine: Engine, profiles: pa.Table, customers: pa.Table) -> None:
    left = engine.scan(profiles)
    wanted = engine.unique(engine.scan(customers), ["key"])
    pairs = engine.join(engine.join(left, wanted, ["key"], how="semi"), engine.scan(customers), ["key", "platform"])
    counts = engine.aggregate(pairs, ["profile"], {"customers": ("slot", "count")})
    joined = join_rows(rows_of(profiles), rows_of(customers), ["key", "platform"], "inner", customers.column_names)
    expected = aggregate_rows(joined, ["profile"], {"customers": ("slot", "count")})
    for time in ("a join of joins", "a join of joins, once more"):
        expect_rows(time, engine.collect(counts), expected, pa.schema({"profile": pa.int32(), "customers": pa.int64()}))


def check_aggregate(engine: Engine, folder: Path) -> None:
    """Every function on every type that has it, with groups of nulls and with no rows."""
    functions = {"count": pa.int64(), "min": None, "max": None}
    everything = tables.every_type()
    plain = plain_schema(everything.schema)
    for by in ([], ["flag"], ["flag", "city"], ["at"], ["nothing"], ["p"]):
        for column in ("key", "slot", "small", "p", "text", "city", "at", "born", "raw", "flag"):
            outputs: dict[str, Any] = {f"{column}_{function}": (column, function) for function in functions}
            fields = [
                pa.field(f"{column}_{name}", kind or plain.field(column).type) for name, kind in functions.items()
            ]
            schema = pa.schema([*(plain.field(name) for name in by), *fields])
            for table in (everything, everything.slice(0, 0)):
                case = f"{column} by {by} on {table.num_rows} rows"
                relation = engine.aggregate(engine.scan(table), by, outputs)
                expect_rows(case, engine.collect(relation), aggregate_rows(rows_of(table), by, outputs), schema)
    _check_sums(engine)
    _check_any(engine, rows_of(everything))
    relation = engine.scan(everything)
    expect_error("a sum of floats", lambda: engine.aggregate(relation, [], {"x": ("p", "sum")}))
    expect_error("a column that is not there", lambda: engine.aggregate(relation, [], {"x": ("nobody", "min")}))
    expect_error("a group that is not there", lambda: engine.aggregate(relation, ["nobody"], {"x": ("id", "min")}))
    expect_error("a name that stands twice", lambda: engine.aggregate(relation, ["id"], {"id": ("id", "min")}))
    too_large = engine.scan(pa.table({"key": pa.array([tables.LARGEST, 1], pa.uint64())}))
    expect_error("a sum too large", lambda: engine.collect(engine.aggregate(too_large, [], {"x": ("key", "sum")})))


def _check_sums(engine: Engine) -> None:
    table = pa.table(
        {
            "group": ["a", "a", "b", None, "c"],
            "bits": pa.array([2**62, 2**62 - 1, -5, 4, None], pa.int64()),
            "key": pa.array([2**63, 2**63 - 1, 3, 4, None], pa.uint64()),
            "form": pa.array([255, 255, 1, 2, None], pa.uint8()),
            "slot": pa.array([2**31 - 1, 2**31 - 1, 1, 2, None], pa.int32()),
        }
    )
    outputs: dict[str, Any] = {f"sum_{name}": (name, "sum") for name in table.column_names[1:]}
    kinds = {"sum_bits": pa.int64(), "sum_key": pa.uint64(), "sum_form": pa.uint64(), "sum_slot": pa.int64()}
    expected = aggregate_rows(rows_of(table), ["group"], outputs)
    relation = engine.aggregate(engine.scan(table), ["group"], outputs)
    expect_rows("sums", engine.collect(relation), expected, pa.schema({"group": pa.string(), **kinds}))


def _check_any(engine: Engine, rows: list[Row]) -> None:
    relation = engine.aggregate(engine.scan(tables.every_type()), ["flag"], {"one": ("text", "any")})
    found = rows_of(engine.collect(relation, order_by=["flag"]))
    for row in found:
        values = {other["text"] for other in rows if other["flag"] == row["flag"]} - {None}
        assert row["one"] in (values or {None}), f"any: {row['one']!r} is none of the group's values"
    assert found == rows_of(engine.collect(relation, order_by=["flag"])), "any: another value when asked again"
