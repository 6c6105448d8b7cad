"""Streams of batches are cut where they should be, and lose nothing."""

from __future__ import annotations

from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sociolink.engines.batches import cast_batch, cut_batches, cut_groups, hold_batches, run_kernel, write_batches
from sociolink.errors import EngineError, OutputError


def batches_of(values: list[object], sizes: list[int], kind: pa.DataType | None = None) -> list[pa.RecordBatch]:
    whole = pa.record_batch({"key": pa.array(values, kind)})
    starts = np.cumsum([0, *sizes])
    return [whole.slice(start, size) for start, size in zip(starts, sizes, strict=False)]


def keys(batches) -> list[list[object]]:
    return [batch["key"].to_pylist() for batch in batches]


def flat(parts) -> list[object]:
    return list(chain.from_iterable(parts))


@pytest.mark.parametrize(
    ("sizes", "rows", "expected"),
    [
        ([5], 2, [2, 2, 1]),
        ([1, 1, 1, 1, 1], 2, [2, 2, 1]),
        ([2, 0, 3], 5, [5]),
        ([5], 9, [5]),
        ([0, 0], 3, []),
        ([4], 2, [2, 2]),
    ],
)
def test_cut_batches(sizes: list[int], rows: int, expected: list[int]) -> None:
    values = list(range(sum(sizes)))
    cut = list(cut_batches(batches_of(values, sizes, pa.int64()), rows))
    assert [batch.num_rows for batch in cut] == expected
    assert flat(keys(cut)) == values


def test_cut_batches_refuses_batches_of_no_row() -> None:
    with pytest.raises(EngineError, match="batch_rows=0"):
        list(cut_batches([], 0))


@pytest.mark.parametrize(
    ("values", "rows", "expected"),
    [
        ([1, 1, 2, 2, 2, 3], 3, [[1, 1], [2, 2, 2], [3]]),
        ([1, 1, 1, 1, 1], 2, [[1, 1, 1, 1, 1]]),
        ([1, 1, 1, 1, 2, 3], 2, [[1, 1, 1, 1], [2], [3]]),
        ([1, 2, 3, 4], 100, [[1, 2, 3], [4]]),
        ([1, None, None], 1, [[1], [None, None]]),
        ([], 3, []),
    ],
)
def test_cut_groups(values: list[object], rows: int, expected: list[list[object]]) -> None:
    for sizes in ([len(values)], [1] * len(values)):
        assert keys(cut_groups(batches_of(values, sizes, pa.int64()), ["key"], rows)) == expected


def test_cut_groups_takes_nan_for_one_value() -> None:
    found = keys(cut_groups(batches_of([1.0, np.nan, np.nan, None], [1, 1, 2], pa.float64()), ["key"], 1))
    assert [len(group) for group in found] == [1, 2, 1]


@pytest.mark.parametrize("kind", [pa.null(), pa.bool_(), pa.binary(), pa.timestamp("us", "UTC")])
def test_cut_groups_of_nulls_is_one_group(kind: pa.DataType) -> None:
    assert keys(cut_groups(batches_of([None] * 5, [2, 3], kind), ["key"], 1)) == [[None] * 5]


def test_cut_groups_never_splits_a_group_and_keeps_the_order() -> None:
    rng = np.random.default_rng(5)
    for rows in (1, 2, 7, 64, 1000):
        values = np.sort(rng.integers(0, 40, 500)).tolist()
        sizes = rng.multinomial(500, np.ones(9) / 9).tolist()
        cut = keys(cut_groups(batches_of(values, sizes), ["key"], rows))
        assert flat(cut) == values
        seen = [set(part) for part in cut]
        assert all(one.isdisjoint(other) for one, other in pairwise(seen))
        assert all(len(part) <= rows or len(set(part)) == 1 for part in cut)


@pytest.mark.parametrize("threads", [1, 3])
def test_run_kernel_keeps_the_order_of_the_batches(threads: int) -> None:
    batches = batches_of(list(range(20)), [1] * 20)
    found = run_kernel(batches, lambda batch, state: batch, None, schema=batches[0].schema, threads=threads)
    assert flat(keys(found)) == list(range(20))


@pytest.mark.parametrize("returned", [None, pa.table({"key": [1]}), pa.record_batch({"key": ["x"]})])
def test_run_kernel_refuses_what_was_not_promised(returned: object) -> None:
    batches = batches_of([1], [1])
    with pytest.raises(EngineError, match="the kernel"):
        list(run_kernel(batches, lambda batch, state: returned, None, schema=batches[0].schema))


def test_run_kernel_holds_only_a_few_batches_at_a_time() -> None:
    taken = 0

    def stream():
        nonlocal taken
        for batch in batches_of(list(range(100)), [1] * 100):
            taken += 1
            yield batch

    found = run_kernel(stream(), lambda batch, state: batch, None, schema=pa.schema({"key": pa.int64()}), threads=2)
    next(found)
    assert taken <= 4
    found.close()


@pytest.mark.parametrize("max_bytes", [0, 30, 1 << 20])
def test_hold_batches(tmp_path: Path, max_bytes: int) -> None:
    batches = batches_of(list(range(10)), [3, 3, 4])
    table = hold_batches(batches, batches[0].schema, folder=tmp_path, max_bytes=max_bytes)
    assert table["key"].to_pylist() == list(range(10))
    assert len(list(tmp_path.iterdir())) == (max_bytes < 80)


def test_hold_batches_without_room_is_an_engine_error(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="temp_directory"):
        hold_batches(batches_of([1], [1]), pa.schema({"key": pa.int64()}), folder=tmp_path / "none", max_bytes=0)


def test_cast_batch_gives_nulls_and_decodes() -> None:
    batch = pa.record_batch({"a": pa.array(["x", None]).dictionary_encode(), "b": pa.array([None, None], pa.int32())})
    schema = pa.schema({"a": pa.string(), "b": pa.null()})
    assert cast_batch(batch, schema).schema.equals(schema)
    assert cast_batch(batch, schema)["a"].to_pylist() == ["x", None]


def test_write_batches_into_a_file_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="could not be written"):
        write_batches(batches_of([1], [1]), pa.schema({"key": pa.int64()}), tmp_path / "file" / "x.parquet")
