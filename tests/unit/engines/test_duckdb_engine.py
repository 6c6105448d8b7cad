"""DuckDB behind the protocol: its limits are kept, its errors are ours, and it leaves nothing behind."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from sociolink.engines.duckdb import DuckDBEngine, engine_errors
from sociolink.errors import EngineError, InvalidParameterError, OutputError

FOREIGN = sorted(
    (
        value
        for value in vars(duckdb).values()
        if isinstance(value, type) and issubclass(value, BaseException) and value.__module__ in ("duckdb", "_duckdb")
    ),
    key=lambda kind: kind.__name__,
)


@pytest.fixture
def engine():
    with DuckDBEngine(threads=2, memory_limit="1GB") as engine:
        yield engine


def same(batch: pa.RecordBatch, state: object) -> pa.RecordBatch:
    return batch


def test_duckdb_has_exceptions_to_map() -> None:
    assert len(FOREIGN) > 20


@pytest.mark.parametrize("foreign", FOREIGN, ids=lambda kind: kind.__name__)
def test_every_exception_of_duckdb_is_mapped(foreign: type[BaseException]) -> None:
    with pytest.raises(EngineError, match=foreign.__name__) as caught, engine_errors("testing"):
        raise foreign("value 'Jane Doe' cannot be")
    assert "Jane" not in str(caught.value)


@pytest.mark.parametrize(
    "foreign", [duckdb.ConversionException, duckdb.ConstraintException, duckdb.OutOfRangeException]
)
def test_an_exception_that_quotes_values_is_not_chained(foreign: type[BaseException]) -> None:
    with pytest.raises(EngineError) as caught, engine_errors("testing"):
        raise foreign("value 'Jane Doe' cannot be")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("foreign", "words"),
    [
        (OSError("Out of Memory Error: could not allocate"), "Raise memory_limit"),
        (pa.ArrowInvalid("Conversion Error: value 12 cannot be"), "does not fit its type"),
        (MemoryError(), "Raise memory_limit"),
        (PermissionError(13, "Permission denied"), "could not read or write a file"),
    ],
)
def test_what_comes_as_text_through_an_arrow_stream_is_mapped_too(foreign: BaseException, words: str) -> None:
    with pytest.raises(EngineError, match=words), engine_errors("testing"):
        raise foreign


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), engine_errors("testing"):
        raise KeyError("ours")


def test_threads_and_memory_limit_are_honoured() -> None:
    with DuckDBEngine(threads=1, memory_limit="123MB") as engine:
        settings = (
            engine._connect().sql("SELECT current_setting('threads'), current_setting('memory_limit')").fetchall()
        )
    assert settings == [(1, "117.3 MiB")]


@pytest.mark.parametrize("threads", [0, -1])
def test_threads_below_one_are_refused(threads: int) -> None:
    with pytest.raises(InvalidParameterError, match="threads"):
        DuckDBEngine(threads=threads)


@pytest.mark.parametrize("limit", ["much", "", "-1GB", "1 GB; DROP"])
def test_a_memory_limit_that_is_no_size_is_refused(limit: str) -> None:
    with pytest.raises(InvalidParameterError, match="memory_limit"):
        DuckDBEngine(memory_limit=limit)


def test_a_sort_larger_than_memory_spills_and_the_folder_goes(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    keys = rng.permutation(np.arange(3_000_000, dtype=np.uint64))
    table = pa.table({"key": keys, "a": keys, "b": keys})
    with DuckDBEngine(threads=1, memory_limit="60MB", temp_directory=tmp_path) as engine:
        found = engine.collect(engine.scan(table), order_by=["key"])
        assert np.array_equal(found["b"].to_numpy(), np.arange(3_000_000, dtype=np.uint64))
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_an_engine_that_nobody_closed_goes_with_it(tmp_path: Path) -> None:
    engine = DuckDBEngine(temp_directory=tmp_path)
    engine.scan(pa.table({"id": [1]}))
    assert len(list(tmp_path.iterdir())) == 1
    del engine
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_what_kernels_return_spills_above_half_of_the_memory_limit(tmp_path: Path) -> None:
    table = pa.table({"id": np.arange(2_000_000, dtype=np.int64)})
    with DuckDBEngine(threads=2, memory_limit="20MB", temp_directory=tmp_path) as engine:
        mapped = engine.map_batches(engine.scan(table), same, None, schema=table.schema)
        assert [path.suffix for folder in tmp_path.iterdir() for path in folder.iterdir()].count(".arrow") == 1
        total = engine.aggregate(mapped, [], {"sum": ("id", "sum"), "rows": ("id", "count")})
        assert engine.collect(total).to_pylist() == [{"sum": 1_999_999_000_000, "rows": 2_000_000}]


def test_too_little_memory_is_an_engine_error_that_says_what_to_raise() -> None:
    texts = pa.table({"text": pa.array([f"{i:0200d}" for i in range(50_000)])})
    with (
        DuckDBEngine(threads=1, memory_limit="2MB") as engine,
        pytest.raises(EngineError, match="Raise memory_limit"),
    ):
        engine.collect(engine.unique(engine.scan(texts), ["text"]), order_by=["text"])


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_answers_do_not_depend_on_threads(threads: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    left = pa.table(
        {"key": rng.integers(0, 9_000, 300_000).astype(np.uint64), "row": np.arange(300_000, dtype=np.int32)}
    )
    right = pa.table({"key": rng.integers(0, 9_000, 9_000).astype(np.uint64), "slot": np.arange(9_000, dtype=np.int32)})
    sums = {"key": pa.uint64(), "rows": pa.int64()}

    def count(batch: pa.RecordBatch, state: None) -> pa.RecordBatch:
        keys, counts = np.unique(batch["key"].to_numpy(), return_counts=True)
        return pa.record_batch({"key": keys, "rows": counts})

    with DuckDBEngine(threads=threads) as engine:
        pairs = engine.join(engine.scan(left), engine.scan(right), ["key"])
        engine.write(pairs, tmp_path / "pairs.parquet", order_by=["row", "slot"])
        groups = engine.map_groups(pairs, ["key"], count, None, schema=pa.schema(sums), batch_rows=10_000)
        found = engine.collect(groups, order_by=["key"])
    keys, weights = np.unique(right["key"].to_numpy(), return_counts=True)
    lefts = np.bincount(left["key"].to_numpy().astype(np.int64), minlength=9_000)[keys.astype(np.int64)]
    assert np.array_equal(found["key"].to_numpy(), keys[lefts > 0])
    assert np.array_equal(found["rows"].to_numpy(), (lefts * weights)[lefts > 0])
    reference = tmp_path / "reference.parquet"
    with DuckDBEngine(threads=1) as engine:
        pairs = engine.join(engine.scan(left), engine.scan(right), ["key"])
        engine.write(pairs, reference, order_by=["row", "slot"])
    assert (tmp_path / "pairs.parquet").read_bytes() == reference.read_bytes()


def test_kernels_run_at_once(engine: DuckDBEngine) -> None:
    barrier = threading.Barrier(2, timeout=10)

    def meet(batch: pa.RecordBatch, state: None) -> pa.RecordBatch:
        barrier.wait()
        return batch

    table = pa.table({"id": [1, 2]})
    mapped = engine.map_batches(engine.scan(table), meet, None, schema=table.schema, batch_rows=1)
    assert engine.collect(mapped, order_by=["id"]).equals(table)


def test_an_oserror_of_a_kernel_is_the_kernels_own(engine: DuckDBEngine) -> None:
    def fail(batch: pa.RecordBatch, state: None) -> pa.RecordBatch:
        raise FileNotFoundError("the kernel's own")

    table = pa.table({"id": [1]})
    with pytest.raises(FileNotFoundError, match="the kernel's own"):
        engine.map_batches(engine.scan(table), fail, None, schema=table.schema)


def test_a_table_is_let_go_when_no_relation_reads_it(engine: DuckDBEngine) -> None:
    table = pa.table({"id": [1, 2]})
    relation = engine.unique(engine.scan(table), ["id"])
    views = "SELECT count(*) FROM duckdb_views() WHERE NOT internal"
    gc.collect()
    assert engine._connect().sql(views).fetchall() == [(1,)]
    assert engine.collect(relation).num_rows == 2
    del relation
    gc.collect()
    assert engine._connect().sql(views).fetchall() == [(0,)]


def test_a_closed_engine_says_so(engine: DuckDBEngine) -> None:
    relation = engine.scan(pa.table({"id": [1]}))
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.collect(relation)


def test_a_relation_of_another_engine_is_refused(engine: DuckDBEngine) -> None:
    with DuckDBEngine() as other, pytest.raises(EngineError, match="another engine"):
        engine.collect(other.scan(pa.table({"id": [1]})))


def test_a_temp_directory_that_is_not_there_is_an_engine_error(tmp_path: Path) -> None:
    with DuckDBEngine(temp_directory=tmp_path / "none") as engine, pytest.raises(EngineError, match="starting"):
        engine.scan(pa.table({"id": [1]}))


def test_a_failed_write_keeps_what_was_there(engine: DuckDBEngine, tmp_path: Path, monkeypatch) -> None:
    import pyarrow.parquet as pq

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "links.parquet"
    path.write_bytes(b"old")
    monkeypatch.setattr(pq.ParquetWriter, "write_batch", full)
    with pytest.raises(OutputError, match="No space left"):
        engine.write(engine.scan(pa.table({"id": [1]})), path)
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["links.parquet"]


def test_a_query_that_fails_while_it_is_written_leaves_nothing(engine: DuckDBEngine, tmp_path: Path) -> None:
    large = pa.table({"key": pa.array([2**64 - 1, 1], pa.uint64())})
    with pytest.raises(EngineError):
        engine.write(engine.aggregate(engine.scan(large), [], {"x": ("key", "sum")}), tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []


def test_the_module_loads_duckdb_only_when_a_connection_opens() -> None:
    code = """
import sys
from sociolink.engines.duckdb import DuckDBEngine
engine = DuckDBEngine()
before = {"duckdb", "pandas"} & set(sys.modules)
import pyarrow as pa
engine.scan(pa.table({"a": [1]}))
print(sorted(before), "duckdb" in sys.modules)
"""
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert told.strip() == "[] True"
