"""Every engine keeps the promises of the protocol; an engine that breaks one is named with its verb."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pytest

from sociolink.engines.duckdb import DuckDBEngine
from sociolink.testing import assert_engine_conforms

sys.path.insert(0, str(Path(__file__).parent))

from toy_engine import ToyEngine


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_duckdb_conforms(threads: int) -> None:
    with DuckDBEngine(threads=threads, memory_limit="1GB") as engine:
        assert_engine_conforms(engine)


def test_a_toy_engine_conforms() -> None:
    assert_engine_conforms(ToyEngine())


class NullsMatch(ToyEngine):
    def join(self, left, right, on, *, how="inner", columns=None):
        filled = (
            [self.scan(rel.table.set_column(0, "key", rel.table["key"].fill_null(0))) for rel in (left, right)]
            if on == ["key"]
            else [left, right]
        )
        return super().join(*filled, on, how=how, columns=columns)


class ForgetsUnsigned(ToyEngine):
    def scan(self, source):
        table = source if isinstance(source, pa.Table) else super().scan(source).table
        fields = [f.with_type(pa.int32()) if f.type == pa.uint8() else f for f in super().scan(table).schema]
        return super().scan(table.cast(pa.schema(fields)))


class SplitsGroups(ToyEngine):
    def map_groups(self, rel, by, kernel, state, *, schema, order_by=(), batch_rows=50):
        ordered = self.scan(self.collect(rel, order_by=[*by, *order_by]))
        return self.map_batches(ordered, kernel, state, schema=schema, batch_rows=batch_rows)


class NullsFirst(ToyEngine):
    def collect(self, rel, *, order_by=()):
        table = super().collect(rel, order_by=order_by)
        if not order_by:
            return table
        missing = table[order_by[0]].is_null()
        return pa.concat_tables([table.filter(missing), table.filter(pa.compute.invert(missing))])


class LeavesParts(ToyEngine):
    def write(self, rel, path, *, order_by=()):
        super().write(rel, path, order_by=order_by)
        Path(f"{path}.part").touch()


class HidesKernelErrors(ToyEngine):
    def map_batches(self, rel, kernel, state, *, schema, batch_rows=1000):
        try:
            return super().map_batches(rel, kernel, state, schema=schema, batch_rows=batch_rows)
        except ZeroDivisionError:
            return self.scan(schema.empty_table())


class FirstIsAny(ToyEngine):
    def aggregate(self, rel, by, outputs):
        changed = {
            out: (column, "min" if function == "max" else function) for out, (column, function) in outputs.items()
        }
        return super().aggregate(rel, by, changed)


@pytest.mark.parametrize(
    ("engine", "verb"),
    [
        (NullsMatch, "join"),
        (ForgetsUnsigned, "scan"),
        (SplitsGroups, "map_groups"),
        (NullsFirst, "collect"),
        (LeavesParts, "write"),
        (HidesKernelErrors, "map_batches"),
        (FirstIsAny, "aggregate"),
    ],
)
def test_a_broken_engine_is_named_with_its_verb(engine: type[ToyEngine], verb: str) -> None:
    with pytest.raises(AssertionError, match=rf"^{engine.__name__}\.{verb}[: ]"):
        assert_engine_conforms(engine())
