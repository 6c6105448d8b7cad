"""A toy engine of about a hundred lines: Python rows and pyarrow, slow and obvious, no thread and no memory limit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sociolink.engines import schemas
from sociolink.engines.batches import cast_batch, cut_batches, cut_groups, run_kernel, write_batches
from sociolink.engines.protocol import BATCH_ROWS, AggregateFunction, JoinKind, Kernel
from sociolink.errors import EngineError


@dataclass(frozen=True, eq=False)
class ToyRelation:
    table: pa.Table
    engine: ToyEngine

    @property
    def schema(self) -> pa.Schema:
        return self.table.schema


def sortable(value: Any) -> tuple[bool, bool, Any]:
    """Orders any values of one type, NaN after the numbers and nulls last, and makes NaN equal to NaN."""
    is_nan = isinstance(value, float) and math.isnan(value)
    return (value is None, is_nan, None if value is None or is_nan else value)


class ToyEngine:
    def scan(self, source: pa.Table | str | Path) -> ToyRelation:
        if not isinstance(source, pa.Table):
            try:
                source = pq.read_table(source, partitioning=None)
            except (OSError, pa.ArrowException) as error:
                raise EngineError("the Parquet file cannot be read") from error
        return self._relation(source, schemas.plain_schema(source.schema))

    def unique(self, rel: ToyRelation, columns: Sequence[str]) -> ToyRelation:
        schema = schemas.unique_schema(rel.schema, columns)
        rows = {self._key(row, columns): row for row in self._rows(rel)}
        return self._from_rows(rows.values(), schema)

    def join(
        self,
        left: ToyRelation,
        right: ToyRelation,
        on: Sequence[str],
        *,
        how: JoinKind = "inner",
        columns: Sequence[str] | None = None,
    ) -> ToyRelation:
        schema = schemas.join_schema(left.schema, right.schema, on, how=how, columns=columns)
        partners: dict[Any, list[dict[str, Any]]] = {}
        for row in self._rows(right):
            if all(row[name] is not None for name in on):
                partners.setdefault(self._key(row, on), []).append(row)
        rows = []
        for row in self._rows(left):
            found = partners.get(self._key(row, on), [])
            if how == "inner" or (how == "left" and found):
                rows += [partner | row for partner in found]
            elif how == "left" or (how == "semi") == bool(found):
                rows.append(row)
        return self._from_rows(rows, schema)

    def aggregate(
        self, rel: ToyRelation, by: Sequence[str], outputs: Mapping[str, tuple[str, AggregateFunction]]
    ) -> ToyRelation:
        schema = schemas.aggregate_schema(rel.schema, by, outputs)
        groups: dict[Any, list[dict[str, Any]]] = {} if by else {(): []}
        for row in self._rows(rel):
            groups.setdefault(self._key(row, by), []).append(row)
        rows = []
        for members in groups.values():
            result = {name: members[0][name] for name in by}
            for name, (column, function) in outputs.items():
                values = sorted((row[column] for row in members if row[column] is not None), key=sortable)
                if function == "count":
                    result[name] = len(values)
                elif not values:
                    result[name] = None
                else:
                    result[name] = {"sum": sum, "min": lambda v: v[0], "max": lambda v: v[-1], "any": min}[function](
                        values
                    )
            rows.append(result)
        return self._from_rows(rows, schema)

    def map_batches(
        self, rel: ToyRelation, kernel: Kernel, state: Any, *, schema: pa.Schema, batch_rows: int = BATCH_ROWS
    ) -> ToyRelation:
        schema = schemas.plain_schema(schema)
        batches = cut_batches(self._own(rel).table.to_batches(), batch_rows)
        return self._from_batches(run_kernel(batches, kernel, state, schema=schema), schema)

    def map_groups(
        self,
        rel: ToyRelation,
        by: Sequence[str],
        kernel: Kernel,
        state: Any,
        *,
        schema: pa.Schema,
        order_by: Sequence[str] = (),
        batch_rows: int = BATCH_ROWS,
    ) -> ToyRelation:
        schema = schemas.plain_schema(schema)
        schemas.check_columns(rel.schema, by, parameter="by", keys=True)
        batches = cut_groups(
            self.collect(rel, order_by=list(dict.fromkeys([*by, *order_by]))).to_batches(), by, batch_rows
        )
        return self._from_batches(run_kernel(batches, kernel, state, schema=schema), schema)

    def collect(self, rel: ToyRelation, *, order_by: Sequence[str] = ()) -> pa.Table:
        schemas.check_columns(rel.schema, order_by, parameter="order_by", allow_none=True, keys=True)
        keys = [self._key(row, order_by) for row in self._rows(rel)]
        return rel.table.take(pa.array(sorted(range(len(keys)), key=keys.__getitem__), pa.int64()))

    def write(self, rel: ToyRelation, path: str | Path, *, order_by: Sequence[str] = ()) -> None:
        write_batches(self.collect(rel, order_by=order_by).to_batches(), rel.schema, path)

    def _own(self, rel: ToyRelation) -> ToyRelation:
        if not isinstance(rel, ToyRelation) or rel.engine is not self:
            raise EngineError("a relation of another engine")
        return rel

    def _rows(self, rel: ToyRelation) -> list[dict[str, Any]]:
        return self._own(rel).table.to_pylist()

    def _key(self, row: Mapping[str, Any], columns: Sequence[str]) -> tuple[Any, ...]:
        return tuple(sortable(row[name]) for name in columns)

    def _relation(self, table: pa.Table, schema: pa.Schema) -> ToyRelation:
        return self._from_batches((cast_batch(batch, schema) for batch in table.to_batches()), schema)

    def _from_rows(self, rows: Any, schema: pa.Schema) -> ToyRelation:
        try:
            return ToyRelation(pa.Table.from_pylist([dict(row) for row in rows], schema), self)
        except (OverflowError, pa.ArrowException) as error:
            raise EngineError("a value does not fit its type") from error

    def _from_batches(self, batches: Any, schema: pa.Schema) -> ToyRelation:
        return ToyRelation(pa.Table.from_batches(batches, schema), self)
