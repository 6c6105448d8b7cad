"""Where the bytes of some rows of a mapped Arrow table lie."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.errors import IndexFileError
from sociolink.index.drafts import Draft

__all__ = ["locate_bytes"]

Int64s = npt.NDArray[np.int64]


def locate_bytes(table: pa.Table, rows: Int64s, draft: Draft) -> Iterator[tuple[Int64s, Int64s]]:
    """Runs of bytes that hold the values of rows.

    Args:
        table: Columns of strings, values of fixed width, and lists and structs of these, each in one chunk.
        rows: (n,) int64 rows.
        draft: The segment that the table is a view of.

    Yields:
        For each column where its runs begin in the segment, and their sizes. Lengths and nulls are no part of them.

    Raises:
        IndexFileError: A column is not mapped, or of another type.
    """
    for name, column in zip(table.column_names, table.columns, strict=True):
        for chunk in column.chunks:
            yield from _locate(name, chunk, rows, draft)


def _locate(name: str, array: pa.Array, rows: Int64s, draft: Draft) -> Iterator[tuple[Int64s, Int64s]]:
    kind = array.type
    if len(rows) == 0:
        return
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        offsets = _offsets(array.buffers()[1], large=pa.types.is_large_list(kind))
        begin, end = (offsets[rows + array.offset + more].astype(np.int64) for more in (0, 1))
        size = end - begin
        inside = np.arange(size.sum()) + np.repeat(begin - np.cumsum(size) + size, size)
        yield from _locate(name, array.values, inside, draft)
    elif pa.types.is_struct(kind):
        for number in range(kind.num_fields):
            yield from _locate(name, array.field(number), rows, draft)
    else:
        yield _locate_plain(name, array, rows + array.offset, draft)


def _locate_plain(name: str, array: pa.Array, rows: Int64s, draft: Draft) -> tuple[Int64s, Int64s]:
    """Runs of bytes of strings or of values of fixed width; `rows` count from the beginning of the buffers."""
    nothing = np.empty(0, np.int64)
    kind, buffers = array.type, array.buffers()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        offsets = _offsets(buffers[1], large=pa.types.is_large_string(kind))
        begin, end = (offsets[rows + more].astype(np.int64) for more in (0, 1))
        sizes = end - begin
        if sizes.sum() == 0:
            return nothing, nothing
        return _place(buffers[2], draft) + begin, sizes
    if pa.types.is_null(kind) or buffers[1] is None or buffers[1].size == 0:
        return nothing, nothing
    if pa.types.is_boolean(kind):
        _clear_bits(buffers[1], rows, draft)
        return nothing, nothing
    try:
        width = kind.bit_width // 8
    except ValueError:
        raise IndexFileError(f"The column {name} has a type that cannot be erased.") from None
    return _place(buffers[1], draft) + rows * width, np.full(len(rows), width)


def _offsets(buffer: pa.Buffer, *, large: bool) -> npt.NDArray[np.signedinteger]:
    return np.frombuffer(buffer, np.int64 if large else np.int32)


def _place(buffer: pa.Buffer, draft: Draft) -> int:
    """Where a buffer begins in the segment."""
    if not draft.holds(buffer.address):
        raise IndexFileError("A column of the index is not mapped. Build the index again.")
    return int(buffer.address) - draft.segment.address


def _clear_bits(buffer: pa.Buffer, rows: Int64s, draft: Draft) -> None:
    begin = _place(buffer, draft)
    at, inverse = np.unique(rows // 8, return_inverse=True)
    mask = np.zeros(len(at), np.uint8)
    np.bitwise_or.at(mask, inverse, (1 << (rows % 8)).astype(np.uint8))
    draft.overwrite(draft.segment.data, begin + at, draft.segment.data[begin + at] & ~mask)
