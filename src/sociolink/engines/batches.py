"""Streams of Arrow batches: cut them, run kernels over them, hold them, write them; for engines to build on."""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
import uuid
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sociolink.engines.protocol import Kernel
from sociolink.engines.schemas import check_kernel_output
from sociolink.errors import EngineError, OutputError

__all__ = ["cast_batch", "cut_batches", "cut_groups", "hold_batches", "is_ascending", "run_kernel", "write_batches"]

_ROW_GROUP = 1 << 17


def cast_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with exactly this schema; columns that fit already are not copied.

    Args:
        batch: Columns in the order of the schema, whatever their names.
        schema: A plain schema.
    """
    columns = []
    for column, field in zip(batch.columns, schema, strict=True):
        if pa.types.is_null(field.type):
            columns.append(pa.nulls(batch.num_rows))
        else:
            columns.append(column if column.type == field.type else column.cast(field.type))
    if not columns:
        return batch
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def is_ascending(table: pa.Table, by: Sequence[str]) -> bool:
    """Whether the rows are known to be in ascending order of these columns: integers without nulls, or no column.

    Examples:
        >>> import pyarrow as pa
        >>> table = pa.table({"row": [0, 0, 1], "rank": [1, 2, 1], "name": ["a", "b", "c"]})
        >>> is_ascending(table, ["row", "rank"]), is_ascending(table, ["rank"]), is_ascending(table, ["name"])
        (True, False, False)
    """
    if any(not pa.types.is_integer(table.schema.field(name).type) or table[name].null_count for name in by):
        return False
    tied = np.ones(max(table.num_rows - 1, 0), bool)
    for name in by:
        value = table[name].to_numpy()
        if (tied & (value[1:] < value[:-1])).any():
            return False
        tied &= value[1:] == value[:-1]
    return True


def cut_batches(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of exactly `rows` rows, the last one apart; none is empty.

    Examples:
        >>> import pyarrow as pa
        >>> batch = pa.record_batch({"row": [0, 1, 2, 3, 4]})
        >>> [part.num_rows for part in cut_batches([batch, batch], 4)]
        [4, 4, 2]
    """
    if rows < 1:
        raise EngineError(f"batch_rows={rows} is less than 1.")
    waiting: list[pa.RecordBatch] = []
    held = 0
    for batch in batches:
        start = 0
        while batch.num_rows - start >= rows - held:
            waiting.append(batch.slice(start, rows - held))
            start += rows - held
            yield _join_batches(waiting)
            waiting, held = [], 0
        if start < batch.num_rows:
            waiting.append(batch.slice(start))
            held += batch.num_rows - start
    if waiting:
        yield _join_batches(waiting)


def cut_groups(batches: Iterable[pa.RecordBatch], by: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """Sorted rows in batches of whole groups, of about `rows` rows each.

    Args:
        batches: Rows sorted by `by`.
        by: The columns that make a group.
        rows: A batch ends with the last group that ends within so many rows, or with its first group.

    Examples:
        >>> import pyarrow as pa
        >>> batch = pa.record_batch({"profile": [1, 1, 2, 2, 2, 3]})
        >>> [part["profile"].to_pylist() for part in cut_groups([batch], ["profile"], 3)]
        [[1, 1], [2, 2, 2], [3]]
    """
    waiting: list[pa.RecordBatch] = []
    for batch in cut_batches(batches, rows):
        if waiting and _same_group(waiting[-1], batch, by) and len(_group_starts(batch, by)) == 1:
            waiting.append(batch)
            continue
        whole = _join_batches([*waiting, batch])
        starts = _group_starts(whole, by)
        begin, last = 0, int(starts[-1])
        while begin < last:
            fitting = int(starts[np.searchsorted(starts, begin + rows, side="right") - 1])
            end = fitting if fitting > begin else int(starts[np.searchsorted(starts, begin, side="right")])
            yield whole.slice(begin, end - begin)
            begin = end
        waiting = [whole.slice(last)]
    if waiting:
        yield _join_batches(waiting)


def _group_starts(batch: pa.RecordBatch, by: Sequence[str]) -> npt.NDArray[np.int64]:
    """Row numbers at which a group starts; nulls are equal, and NaNs are."""
    changed = np.zeros(batch.num_rows, bool)
    changed[:1] = True
    for name in by:
        column = batch.column(name)
        changed[1:] |= _differ(column.slice(0, batch.num_rows - 1), column.slice(1))
    return np.flatnonzero(changed)


def _differ(before: pa.Array, after: pa.Array) -> npt.NDArray[np.bool_]:
    if pa.types.is_null(before.type):
        return np.zeros(len(before), bool)
    differs = pc.not_equal(before, after)
    if pa.types.is_floating(before.type):
        differs = pc.and_(differs, pc.invert(pc.and_(pc.is_nan(before), pc.is_nan(after))))
    one_is_null = pc.xor(before.is_null(), after.is_null())
    return np.asarray(pc.or_(pc.fill_null(differs, False), one_is_null))


def _same_group(before: pa.RecordBatch, after: pa.RecordBatch, by: Sequence[str]) -> bool:
    both = pa.concat_batches([before.slice(before.num_rows - 1), after.slice(0, 1)])
    return len(_group_starts(both, by)) == 1


def _join_batches(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)


def run_kernel(
    batches: Iterable[pa.RecordBatch], kernel: Kernel, state: Any, *, schema: pa.Schema, threads: int = 1
) -> Generator[pa.RecordBatch, None, None]:
    """What the kernel returns for each batch, checked, in the order of the batches.

    Args:
        batches: The input; only a few batches more than there are threads are held at a time.
        kernel: A pure function of a batch and the state.
        state: Frozen; given to each call as it is.
        schema: The plain schema that the kernel promises.
        threads: How many calls may run at once.
    """
    if threads == 1:
        for batch in batches:
            yield cast_batch(check_kernel_output(kernel(batch, state), schema), schema)
        return
    running: deque[Future[pa.RecordBatch]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="sociolink-kernel") as pool:
        try:
            for batch in batches:
                running.append(pool.submit(kernel, batch, state))
                if len(running) > threads:
                    yield cast_batch(check_kernel_output(running.popleft().result(), schema), schema)
            while running:
                yield cast_batch(check_kernel_output(running.popleft().result(), schema), schema)
        finally:
            for future in running:
                future.cancel()


def hold_batches(batches: Iterable[pa.RecordBatch], schema: pa.Schema, *, folder: Path, max_bytes: int) -> pa.Table:
    """All batches as one table: in memory up to `max_bytes`, else in a file that is mapped into memory.

    Args:
        batches: Batches of `schema`.
        schema: A plain schema, for where there is no batch.
        folder: Where the file goes; whoever owns the folder deletes it.
        max_bytes: How much may be held in memory.
    """
    held: list[pa.RecordBatch] = []
    size = 0
    stream = iter(batches)
    for batch in stream:
        held.append(batch)
        size += batch.nbytes
        if size > max_bytes:
            break
    else:
        return pa.Table.from_batches(held, schema)
    with _spill_errors():
        handle, path = tempfile.mkstemp(suffix=".arrow", dir=folder)
        os.close(handle)
        file = pa.OSFile(path, "wb")
    with file, pa.ipc.new_file(file, schema) as writer:
        for batch in itertools.chain(held, stream):
            with _spill_errors():
                writer.write_batch(batch)
    with _spill_errors():
        return pa.ipc.open_file(pa.memory_map(path)).read_all()


@contextlib.contextmanager
def _spill_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise EngineError(
            f"spilling to the temporary folder failed ({reason}). Give temp_directory more room."
        ) from error


def write_batches(batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: str | Path) -> None:
    """Write a Parquet file that appears whole or not at all; equal rows in equal order give equal bytes.

    Args:
        batches: Batches of `schema`.
        schema: What the file says it holds.
        path: Where it goes; what is there is replaced at the very end.

    Raises:
        OutputError: The file could not be written; nothing was left behind and nothing replaced.
    """
    target = Path(path)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        with pq.ParquetWriter(part, schema, compression="zstd") as writer:
            for batch in cut_batches(batches, _ROW_GROUP):
                writer.write_batch(batch, row_group_size=_ROW_GROUP)
        part.replace(target)
    except (OSError, pa.ArrowException) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise OutputError(
            f"{target} could not be written ({reason}). "
            "Check that the folder exists, that you may write there and that the disk has room; nothing was changed."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
