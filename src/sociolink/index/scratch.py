"""Arrays that would not fit into memory: in files without a name, mapped, and gone with the last who reads them."""

from __future__ import annotations

import dataclasses
import mmap
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.errors import OutputError

__all__ = ["Scratch"]

State = TypeVar("State")

_MEMORY: Final = Path("/proc/self/statm")
_PIECE: Final = 16
"""Pieces of a table that are copied at a time have so many times the size of the smallest array worth a file."""


class Scratch:
    """Where large arrays are kept on the disk while a run needs them.

    Each is a file of its own in the system's folder for temporary files (`TMPDIR`). The file has no name from the
    start: nobody else can open it, and the system takes it back when the last array on it goes, when the process ends,
    and when it is killed. Pages that were read can be given back to the system at any time.

    Args:
        smallest: Bytes from which an array is worth a file.
        resident: Bytes of memory from which pages are given back, in use or not; what is needed comes again.

    Examples:
        >>> scratch = Scratch(smallest=1)
        >>> kept = scratch.keep((np.arange(3), "as it is"))
        >>> kept[0].tolist(), kept[0].flags.writeable, kept[1]
        ([0, 1, 2], False, 'as it is')
    """

    __slots__ = ("_lock", "_maps", "resident", "smallest")

    def __init__(self, smallest: int, *, resident: int | None = None) -> None:
        self.smallest = smallest
        self.resident = resident
        self._lock = threading.Lock()
        self._maps: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()

    def relieve(self) -> None:
        """Give pages back where this process holds more memory than it should; they stay in the system's cache.

        To be called now and then where mapped arrays are read; what maps arrays calls it.
        """
        if self.resident is not None and _resident_bytes() > self.resident:
            with self._lock:
                maps = tuple(self._maps)
            for mapped in maps:
                mapped.madvise(mmap.MADV_DONTNEED)

    def keep(self, value: State, *, pieces: int = 1) -> State:
        """A tree of frozen dataclasses and tuples with its large arrays mapped; the rest as it is.

        Args:
            value: The tree.
            pieces: How many trees like this one there are: what is small in each can be much in all.

        Raises:
            OutputError: The disk is full, or cannot be written to.
        """
        done: dict[int, Any] = {}
        return self._keep(value, self.smallest // pieces, done)  # type: ignore[no-any-return]

    def _keep(self, value: Any, smallest: int, done: dict[int, Any]) -> Any:
        if id(value) in done:
            return done[id(value)]
        kept = value
        if isinstance(value, np.ndarray):
            if value.nbytes >= smallest and value.size and _mapping(value) is None:
                (kept,) = self.map_columns([(value,)], [value.dtype])
                kept = kept.reshape(value.shape)
        elif isinstance(value, pa.Array | pa.Table):
            kept = self._keep_arrow(value) if value.nbytes >= smallest else value
        elif isinstance(value, tuple) and type(value) is tuple:
            kept = tuple(self._keep(item, smallest, done) for item in value)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
            new = {name: self._keep(item, smallest, done) for name, item in fields.items()}
            changed = any(new[name] is not fields[name] for name in fields)
            kept = dataclasses.replace(value, **new) if changed else value
        done[id(value)] = kept
        return kept

    def map_columns(
        self, parts: Iterable[Sequence[npt.NDArray[Any]]], dtypes: Sequence[npt.DTypeLike]
    ) -> tuple[npt.NDArray[Any], ...]:
        """Columns that come part by part, each as one array, which is mapped.

        Args:
            parts: Parts of all columns; each may go when the next comes.
            dtypes: Their types.

        Returns:
            The columns, flat; they cannot be written to.

        Raises:
            OutputError: The disk is full, or cannot be written to.

        Examples:
            >>> parts = [(np.array([1, 2]), np.array([0.5])), (np.array([3]), np.array([0.25]))]
            >>> [column.tolist() for column in Scratch(1).map_columns(parts, [np.int32, np.float64])]
            [[1, 2, 3], [0.5, 0.25]]
        """
        with ExitStack() as stack:
            files = [stack.enter_context(_file()) for _ in dtypes]
            for columns in parts:
                for file, column, dtype in zip(files, columns, dtypes, strict=True):
                    file.write(np.ascontiguousarray(column, dtype).reshape(-1).view(np.uint8).data)
            return tuple(np.frombuffer(self._map(file), dtype) for file, dtype in zip(files, dtypes, strict=True))

    def map_tables(self, tables: Iterable[pa.Table], schema: pa.Schema) -> pa.Table:
        """Tables one after the other as one, which is mapped; each that holds rows is a chunk of every column.

        Raises:
            OutputError: The disk is full, or cannot be written to.
        """
        return pa.ipc.open_file(pa.BufferReader(self._map_batches(_batches(tables, schema), schema))).read_all()

    def map_encoded(self, table: pa.Table) -> pa.Buffer:
        """The bytes of Arrow's file format for a table, mapped; one column at a time is put together in memory.

        Raises:
            OutputError: The disk is full, or cannot be written to.
        """
        columns = [table.select([place]) for place in range(table.num_columns)]
        whole = [self.map_tables([column], column.schema).column(0) for column in columns]
        together = pa.Table.from_arrays(whole, schema=table.schema)
        return self._map_batches(together.to_batches(), table.schema)

    def filter_rows(self, table: pa.Table, chosen: pa.Array | pa.ChunkedArray) -> pa.Table:
        """The chosen rows of a table; those of a large one are copied piece by piece, and mapped.

        Args:
            table: The table.
            chosen: (rows,) bool, without nulls.

        Raises:
            OutputError: The disk is full, or cannot be written to.
        """
        if table.nbytes < self.smallest:
            return table.filter(chosen)
        rows = max(_PIECE * self.smallest * table.num_rows // table.nbytes, 1)
        begins = range(0, table.num_rows, rows)
        pieces = (table.slice(begin, rows).filter(chosen.slice(begin, rows)) for begin in begins)
        return self.map_tables(pieces, table.schema)

    def watch(self, array: npt.NDArray[Any]) -> None:
        """Give back pages of a mapped file that others made, too, if this array lies in one that is only read."""
        mapped = _mapping(array)
        if mapped is not None and not array.flags.writeable:
            with self._lock:
                self._maps.add(mapped)

    def _map_batches(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Buffer:
        with _file() as file:
            with pa.ipc.new_file(pa.PythonFile(file, mode="w"), schema) as writer:
                for batch in batches:
                    writer.write_batch(batch)
            return pa.py_buffer(self._map(file))

    def _map(self, file: IO[bytes]) -> mmap.mmap | bytes:
        file.flush()
        self.relieve()
        if file.tell() == 0:
            return b""
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with self._lock:
            self._maps.add(mapped)
        return mapped

    def _keep_arrow(self, value: pa.Array | pa.Table) -> Any:
        if isinstance(value, pa.Table):
            return self.map_tables([value], value.schema)
        table = pa.table({"": value})
        return self.map_tables([table], table.schema).column(0).chunk(0)


def _batches(tables: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for table in tables:
        yield from table.cast(schema).combine_chunks().to_batches()


def _mapping(array: npt.NDArray[Any]) -> mmap.mmap | None:
    """The mapped file in which an array lies, if it lies in one."""
    base: Any = array
    while isinstance(base, np.ndarray | memoryview):
        base = base.obj if isinstance(base, memoryview) else base.base
    return base if isinstance(base, mmap.mmap) else None


@contextmanager
def _file() -> Iterator[IO[bytes]]:
    """A file without a name, which lives as long as it is open or mapped."""
    try:
        with tempfile.TemporaryFile(prefix="sociolink-") as file:
            yield file
    except OSError as error:
        what = f"A temporary file cannot be written ({error.strerror or type(error).__name__})"
        raise OutputError(f"{what}. Give the folder of TMPDIR more room, or raise memory_limit.") from None


def _resident_bytes() -> int:
    """Memory of this process, mapped pages among it; 0 where the system does not say, or takes no advice."""
    try:
        pages = int(_MEMORY.read_bytes().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * mmap.PAGESIZE
