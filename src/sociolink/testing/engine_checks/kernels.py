"""Checks of the verbs that run kernels: map_batches and map_groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from sociolink.engines.protocol import Engine
from sociolink.testing.engine_checks import tables
from sociolink.testing.engine_checks.answers import (
    aggregate_rows,
    order_rows,
    rows_of,
)
from sociolink.testing.engine_checks.expectations import expect_error, expect_rows

__all__ = ["check_map_batches", "check_map_groups"]

_NUMBERED = pa.schema({"id": pa.int32(), "product": pa.uint64(), "size": pa.int32()})


def check_map_batches(engine: Engine, folder: Path) -> None:
    """Every row once, batches no larger than asked, the state as it was given, errors unchanged."""
    table = pa.table({"id": pa.array(range(1000), pa.int32()), "text": ["😀"] * 1000})
    relation = engine.scan(table)
    state = tables.Factor(2**40)
    for batch_rows in (1, 7, 1000, 100_000):
        mapped = engine.map_batches(relation, tables.multiply_key, state, schema=_NUMBERED, batch_rows=batch_rows)
        found = engine.collect(mapped)
        expected = [{"id": i, "product": i << 40} for i in range(0, 1000, 2)]
        plain = pa.schema([_NUMBERED.field("id"), _NUMBERED.field("product")])
        expect_rows(f"batches of {batch_rows} rows", found.select(["id", "product"]), expected, plain)
        largest = max(found.column("size").to_pylist())
        assert largest <= batch_rows, f"batches of {batch_rows} rows: the kernel got {largest}"
    fail = tables.Factor(1, fail=True)
    none = engine.map_batches(engine.scan(table.slice(0, 0)), tables.multiply_key, fail, schema=_NUMBERED)
    expect_rows("an empty relation, for which the kernel is not called", engine.collect(none), [], _NUMBERED)

    def run(state: tables.Factor, schema: pa.Schema) -> pa.Table:
        return engine.collect(engine.map_batches(relation, tables.multiply_key, state, schema=schema, batch_rows=10))

    expect_error("what the kernel itself raises", lambda: run(fail, _NUMBERED), ZeroDivisionError)
    expect_error("another schema than promised", lambda: run(state, pa.schema({"id": pa.int32()})))
    assert run(state, _NUMBERED).num_rows == 500, "the engine is of no use after a kernel failed"


def check_map_groups(engine: Engine, folder: Path) -> None:
    """Every group whole, in one batch, sorted; groups larger than a batch too."""
    table = tables.profile_keys(700).rename_columns(["key", "platform", "id", "form"])
    counted = {"rows": pa.int32(), "first": pa.int32(), "last": pa.int32(), "place": pa.int32()}
    for by in (["key"], ["platform", "key"], ["id"]):
        schema = pa.schema([*(table.schema.field(name) for name in by), *(pa.field(*item) for item in counted.items())])
        groups: dict[str, Any] = {"rows": ("id", "count"), "first": ("id", "min"), "last": ("id", "max")}
        expected = order_rows(aggregate_rows(rows_of(table), by, groups), by)
        for batch_rows in (1, 50, 100_000):
            relation = engine.map_groups(
                engine.scan(table),
                by,
                tables.count_runs,
                tuple(by),
                schema=schema,
                order_by=["id"],
                batch_rows=batch_rows,
            )
            found = engine.collect(relation, order_by=by)
            case = f"groups by {by} in batches of {batch_rows}"
            plain = pa.schema([field for field in schema if field.name != "place"])
            expect_rows(case, found.drop_columns("place"), expected, plain, ordered=True)
            places = found.column("place").to_pylist()
            ascending = all(b in (0, a + 1) for a, b in zip([-1, *places], places, strict=False))
            assert ascending, f"{case}: the groups of a batch are not sorted"
    empty = engine.scan(table.slice(0, 0))
    none = engine.map_groups(empty, ["id"], tables.count_runs, ("id",), schema=schema)
    expect_rows("an empty relation", engine.collect(none), [], schema)
    expect_error("no group", lambda: engine.map_groups(empty, [], tables.count_runs, (), schema=schema))
