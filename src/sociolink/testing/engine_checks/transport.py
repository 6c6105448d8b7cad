"""Checks of the verbs that carry tables in and out: scan, collect and write."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sociolink.engines.protocol import Engine, Relation
from sociolink.engines.schemas import plain_schema
from sociolink.errors import OutputError
from sociolink.testing.engine_checks import tables
from sociolink.testing.engine_checks.answers import (
    order_rows,
    rows_of,
    same_rows,
)
from sociolink.testing.engine_checks.expectations import expect_error, expect_rows

__all__ = ["check_collect", "check_scan", "check_write"]


def check_scan(engine: Engine, folder: Path) -> None:
    """Tables and files come back as they went in, encodings apart."""
    everything = tables.every_type()
    plain = plain_schema(everything.schema)
    rows = rows_of(everything)
    relation = engine.scan(everything)
    assert relation.schema.equals(plain), (
        f"a table of every type: the relation says\n{relation.schema}\nand not\n{plain}"
    )
    expect_rows("a table of every type", engine.collect(relation), rows, plain)
    expect_rows("an empty table of every type", engine.collect(engine.scan(everything.slice(0, 0))), [], plain)
    expect_rows("a slice of a table", engine.collect(engine.scan(everything.slice(3, 2))), rows[3:5], plain)
    twice = pa.concat_tables([everything, everything.slice(5)])
    expect_rows("a table of several chunks", engine.collect(engine.scan(twice)), rows + rows[5:], plain)
    odd = pa.table({"key": [1], "Key": [2], 'a"b': [3], "select": [4], "c0": [5], "😀 x": [6], "": [7]})
    expect_rows("odd column names", engine.collect(engine.scan(odd)), rows_of(odd), odd.schema)
    nested = folder / "k=1" / "a[1]*'?.parquet"
    nested.parent.mkdir(exist_ok=True)
    for path in (folder / "every.parquet", nested):
        pq.write_table(everything, path)
        found = engine.scan(path)
        expect_rows(f"the Parquet file {path.name}", engine.collect(found), rows, found.schema)
        assert found.schema.names == plain.names, f"the Parquet file {path.name}: its columns are {found.schema.names}"
    expect_rows("a path as a string", engine.collect(engine.scan(str(path))), rows, found.schema)
    expect_error("a file that is not there", lambda: engine.collect(engine.scan(folder / "none.parquet")))
    (folder / "bad.parquet").write_bytes(b"PAR1 no PAR1")
    expect_error("a file that is no Parquet", lambda: engine.collect(engine.scan(folder / "bad.parquet")))
    expect_error("two columns of one name", lambda: engine.scan(pa.table([[1], [2]], names=["a", "a"])))


def check_collect(engine: Engine, folder: Path) -> None:
    """Ascending order, NaN after the numbers, nulls last, strings by code point; also where there are many rows."""
    everything = tables.every_type()
    plain = plain_schema(everything.schema)
    for by in (
        ["id"],
        ["key", "id"],
        ["text", "id"],
        ["p", "id"],
        ["city", "at", "id"],
        ["flag", "big"],
        ["raw", "id"],
    ):
        found = engine.collect(engine.scan(everything), order_by=by)
        expect_rows(f"order by {by}", found, order_rows(rows_of(everything), by), plain, ordered=True)
    many = pa.table({"id": pa.array(range(150_000), pa.int32())})
    shuffled = many.take(pa.array([i * 7919 % 150_000 for i in range(150_000)]))
    relation = engine.scan(shuffled)
    ordered = engine.collect(relation, order_by=["id"]).equals(many)
    assert ordered, "150,000 rows did not come back in the order of order_by"
    expect_error("an order that is not there", lambda: engine.collect(relation, order_by=["nobody"]))
    expect_error("an order of lists", lambda: engine.collect(engine.scan(everything), order_by=["emails"]))

    class Stranger:
        schema = many.schema

    stranger: Relation = Stranger()
    expect_error("a relation of another engine", lambda: engine.collect(stranger))


def check_write(engine: Engine, folder: Path) -> None:
    """A file that is whole, the same each time, or not there."""
    everything = tables.every_type()
    out = folder / "out"
    out.mkdir()
    first, second = out / "first.parquet", out / "second.parquet"
    second.write_bytes(b"old")
    for path in (first, second):
        engine.write(engine.scan(everything), path, order_by=["id"])
        found = pq.ParquetFile(path).read()
        assert found.column_names == everything.column_names, f"the file's columns are {found.column_names}"
        assert same_rows(rows_of(found), rows_of(everything), ordered=True), f"{path.name}: other rows than went in"
    assert first.read_bytes() == second.read_bytes(), "the same rows gave two files that differ"
    engine.write(engine.scan(everything.slice(0, 0)), str(first))
    assert pq.ParquetFile(first).metadata.num_rows == 0, "an empty relation gave a file with rows"
    missing = folder / "nowhere" / "x.parquet"
    expect_error("a folder that is not there", lambda: engine.write(engine.scan(everything), missing), OutputError)
    left = sorted(path.name for path in out.iterdir())
    assert left == ["first.parquet", "second.parquet"], f"files were left behind: {left}"
