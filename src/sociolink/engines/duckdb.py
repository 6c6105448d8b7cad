"""The embedded default engine: DuckDB, with Arrow in, Arrow out and no Python object per row in between.

Relations are SQL over relations, run when they are collected, mapped or written. No name or value from a table enters
the SQL: columns are c0, c1, ... in the order of the schema, which is kept beside it.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from sociolink.engines import schemas, sql
from sociolink.engines.batches import (
    cast_batch,
    cut_batches,
    cut_groups,
    hold_batches,
    is_ascending,
    run_kernel,
    write_batches,
)
from sociolink.engines.protocol import BATCH_ROWS, AggregateFunction, JoinKind, Kernel, Relation
from sociolink.errors import EngineError, InvalidParameterError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["DuckDBEngine", "DuckDBRelation", "engine_errors"]

_STREAM_ROWS = 1 << 20
_REMEDIES = {
    "OutOfMemoryException": (
        "ran out of memory",
        "Raise memory_limit, lower threads, or give temp_directory more room",
    ),
    "IOException": ("could not read or write a file", "Check that the file is whole and that temp_directory has room"),
    "OutOfRangeException": ("met a number that does not fit its type", "Use a wider column"),
    "ConversionException": ("met a number that does not fit its type", "Use a wider column"),
    "InterruptException": ("was interrupted", "Run it again"),
    "NotImplementedException": ("met a column type that it does not carry", "Cast the column to a plain type"),
}
_SPEAKING = ("DataError", "IntegrityError")
"""Classes of duckdb whose messages may quote a value from a table; these are not chained."""


@contextlib.contextmanager
def engine_errors(doing: str) -> Iterator[None]:
    """The one seam at which whatever DuckDB raises becomes an `EngineError`.

    Args:
        doing: What was being done; starts the message, which never quotes DuckDB, since DuckDB may quote values.
    """
    import duckdb

    try:
        yield
    except (duckdb.Error, duckdb.Warning, pa.ArrowException, MemoryError, OSError) as error:
        name = _foreign_name(error)
        what, remedy = _REMEDIES.get(name, ("failed", "This looks like a bug in sociolink or DuckDB; please report it"))
        quotes_values = isinstance(error, tuple(getattr(duckdb, speaking) for speaking in _SPEAKING))
        cause = None if quotes_values or not isinstance(error, duckdb.Error) else error
        raise EngineError(f"DuckDB {what} while {doing} ({name}). {remedy}.") from cause


def _foreign_name(error: BaseException) -> str:
    """The name of DuckDB's exception, also where it came as text through an Arrow stream."""
    text = str(error)
    if isinstance(error, MemoryError) or text.startswith("Out of Memory Error"):
        return "OutOfMemoryException"
    if text.startswith(("Conversion Error", "Out of Range Error")):
        return "ConversionException"
    if text.startswith("INTERRUPT Error"):
        return "InterruptException"
    return "IOException" if isinstance(error, OSError) and error.errno else type(error).__name__


class _Source:
    """An Arrow table under a name on the connection, for as long as a relation needs it."""

    __slots__ = ("__weakref__", "name")

    def __init__(self, name: str) -> None:
        self.name = name


@dataclass(frozen=True, slots=True, eq=False)
class DuckDBRelation:
    """SQL with the schema of its result; opaque outside of this module.

    Attributes:
        schema: The plain schema; its columns are c0, c1, ... in `sql`.
        sql: A SELECT statement.
        engine: The engine on which it can run.
        sources: The Arrow tables that it reads.
        table: Its rows, where it is an Arrow table as it stands.
    """

    schema: pa.Schema
    sql: str
    engine: DuckDBEngine
    sources: tuple[_Source, ...] = ()
    table: pa.Table | None = None


class DuckDBEngine:
    """Runs the verbs in DuckDB, in this process; see `sociolink.engines.protocol.Engine` for what each verb promises.

    One connection serves one verb at a time. Where memory runs short, DuckDB's operators and what kernels return go
    to a folder of their own in `temp_directory`, which goes away with the engine.

    Args:
        threads: How many threads DuckDB and kernels may use; by default all cores.
        memory_limit: How much memory DuckDB may use, as "4GB"; by default four fifths of the machine's. What kernels
            return is held in memory up to half of that, besides.
        temp_directory: Where to spill; by default the system's.

    Examples:
        >>> import pyarrow as pa
        >>> with DuckDBEngine(threads=1) as engine:
        ...     people = engine.scan(pa.table({"key": pa.array([7, 8], pa.uint64()), "row": [0, 1]}))
        ...     handles = engine.scan(pa.table({"key": pa.array([8, 9], pa.uint64()), "profile": [0, 1]}))
        ...     engine.collect(engine.join(people, handles, ["key"])).to_pylist()
        [{'key': 8, 'row': 1, 'profile': 0}]
    """

    def __init__(
        self,
        threads: int | None = None,
        *,
        memory_limit: str | None = None,
        temp_directory: str | Path | None = None,
    ) -> None:
        if threads is not None and threads < 1:
            raise InvalidParameterError(f"threads={threads}: give at least 1, or None for all cores.")
        if memory_limit is not None and not re.fullmatch(r"\s*\d+(\.\d+)?\s*([KMGT]i?B|B|%)\s*", memory_limit):
            raise InvalidParameterError(
                f"memory_limit={memory_limit!r}: give a size such as '4GB' or '512MiB', or '60%'."
            )
        self.threads = threads
        self.memory_limit = memory_limit
        self.temp_directory = temp_directory
        self._lock = threading.RLock()
        self._connection: DuckDBPyConnection | None = None
        self._folder: Path | None = None
        self._remove_folder: Callable[[], object] | None = None
        self._closed = False
        self._kernel_threads = 1
        self._held_bytes = 0
        self._count = 0
        self._unused: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"DuckDBEngine(threads={self.threads}, memory_limit={self.memory_limit!r})"

    def close(self) -> None:
        """Let go of the memory and of the spill folder; the engine's relations can no longer be read."""
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            if self._remove_folder is not None:
                self._remove_folder()

    # -- verbs -------------------------------------------------------------------------------------------------------

    def scan(self, source: pa.Table | str | Path) -> DuckDBRelation:
        """Make a relation of an Arrow table, without a copy, or of a Parquet file."""
        if isinstance(source, pa.Table):
            return self._register(source, schemas.plain_schema(source.schema))
        with engine_errors("opening a Parquet file"):
            schema = schemas.plain_schema(pq.read_schema(source))
        return DuckDBRelation(schema, sql.parquet_sql(source, schema), self)

    def unique(self, rel: Relation, columns: Sequence[str]) -> DuckDBRelation:
        """The distinct rows of these columns."""
        rel = self._own(rel)
        schema = schemas.unique_schema(rel.schema, columns)
        return DuckDBRelation(schema, sql.unique_sql(rel.sql, rel.schema, columns), self, rel.sources)

    def join(
        self,
        left: Relation,
        right: Relation,
        on: Sequence[str],
        *,
        how: JoinKind = "inner",
        columns: Sequence[str] | None = None,
    ) -> DuckDBRelation:
        """Pairs of rows that agree on every column of `on`."""
        left, right = self._own(left), self._own(right)
        schema = schemas.join_schema(left.schema, right.schema, on, how=how, columns=columns)
        joined = sql.join_sql(left.sql, left.schema, right.sql, right.schema, on=on, how=how, result=schema)
        return DuckDBRelation(schema, joined, self, left.sources + right.sources)

    def aggregate(
        self, rel: Relation, by: Sequence[str], outputs: Mapping[str, tuple[str, AggregateFunction]]
    ) -> DuckDBRelation:
        """One row for each group."""
        rel = self._own(rel)
        schema = schemas.aggregate_schema(rel.schema, by, outputs)
        grouped = sql.aggregate_sql(rel.sql, rel.schema, by, outputs, result=schema)
        return DuckDBRelation(schema, grouped, self, rel.sources)

    def map_batches(
        self, rel: Relation, kernel: Kernel, state: Any, *, schema: pa.Schema, batch_rows: int = BATCH_ROWS
    ) -> DuckDBRelation:
        """Give all rows to the kernel, at most `batch_rows` at a time, and gather what it returns."""
        with self._lock:
            with self._stream(self._own(rel)) as batches:
                table = self._gather(cut_batches(batches, batch_rows), kernel, state, schema)
            return self.scan(table)

    def map_groups(
        self,
        rel: Relation,
        by: Sequence[str],
        kernel: Kernel,
        state: Any,
        *,
        schema: pa.Schema,
        order_by: Sequence[str] = (),
        batch_rows: int = BATCH_ROWS,
    ) -> DuckDBRelation:
        """Give all rows to the kernel with every group whole, and gather what it returns."""
        rel = self._own(rel)
        schemas.check_columns(rel.schema, by, parameter="by", keys=True)
        order = [*by, *(name for name in order_by if name not in by)]
        with self._lock:
            with self._stream(rel, order_by=order) as batches:
                table = self._gather(cut_groups(batches, by, batch_rows), kernel, state, schema)
            return self.scan(table)

    def collect(self, rel: Relation, *, order_by: Sequence[str] = ()) -> pa.Table:
        """The whole relation as an Arrow table of exactly `rel.schema`, in ascending order of `order_by`."""
        with self._lock, self._stream(self._own(rel), order_by=order_by) as batches:
            return pa.Table.from_batches(batches, rel.schema)

    def write(self, rel: Relation, path: str | Path, *, order_by: Sequence[str] = ()) -> None:
        """Write the relation as a Parquet file that appears whole or not at all."""
        with self._lock, self._stream(self._own(rel), order_by=order_by) as batches:
            write_batches(batches, rel.schema, path)

    # -- the connection ----------------------------------------------------------------------------------------------

    def _own(self, rel: Relation) -> DuckDBRelation:
        if not isinstance(rel, DuckDBRelation) or rel.engine is not self:
            raise EngineError("this relation was made by another engine. Collect it there, and scan the table here.")
        return rel

    def _connect(self) -> DuckDBPyConnection:
        """The connection, opened at first use, without the names of tables that no relation reads any more."""
        if self._closed:
            raise EngineError("the engine was closed. Make a new one, and scan the tables again.")
        if self._connection is None:
            import duckdb

            with engine_errors("starting"):
                self._folder = Path(tempfile.mkdtemp(prefix="sociolink-", dir=self.temp_directory))
                self._remove_folder = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
                config: dict[str, Any] = {
                    "temp_directory": str(self._folder),
                    "preserve_insertion_order": False,
                    "python_enable_replacements": False,
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                }
                config |= {} if self.threads is None else {"threads": self.threads}
                config |= {} if self.memory_limit is None else {"memory_limit": self.memory_limit}
                self._connection = duckdb.connect(":memory:", config=config)
                asked = "current_setting('threads'), parse_formatted_bytes(current_setting('memory_limit'))"
                (self._kernel_threads, memory), *_ = self._connection.sql(f"SELECT {asked}").fetchall()
                self._held_bytes = memory // 2
        while self._unused:
            self._connection.unregister(self._unused.pop())
        return self._connection

    def _register(self, table: pa.Table, schema: pa.Schema) -> DuckDBRelation:
        columns = [f"c{i}" for i in range(len(schema))]
        with self._lock, engine_errors("taking in an Arrow table"):
            connection = self._connect()
            self._count += 1
            source = _Source(f"t{self._count}")
            connection.register(source.name, table.rename_columns(columns).replace_schema_metadata(None))
            weakref.finalize(source, self._unused.append, source.name)
        return DuckDBRelation(schema, f"SELECT {', '.join(columns)} FROM {source.name}", self, (source,), table)

    @contextlib.contextmanager
    def _stream(self, rel: DuckDBRelation, *, order_by: Sequence[str] = ()) -> Iterator[Iterator[pa.RecordBatch]]:
        """The rows as batches of the relation's schema; the result is closed at the end, whatever happened.

        An Arrow table that is in order already is read as it stands.
        """
        schemas.check_columns(rel.schema, order_by, parameter="order_by", allow_none=True, keys=True)
        connection = self._connect()
        with engine_errors("starting a query"):
            if rel.table is not None and is_ascending(rel.table, order_by):
                reader = rel.table.to_reader(_STREAM_ROWS)
            else:
                query = sql.order_sql(rel.sql, rel.schema, order_by)
                reader = connection.sql(query).to_arrow_reader(_STREAM_ROWS)
        try:
            yield _read(reader, rel.schema)
        finally:
            reader.close()

    def _gather(self, batches: Iterator[pa.RecordBatch], kernel: Kernel, state: Any, schema: pa.Schema) -> pa.Table:
        plain = schemas.plain_schema(schema)
        results = run_kernel(batches, kernel, state, schema=plain, threads=self._kernel_threads)
        with contextlib.closing(results):
            return hold_batches(results, plain, folder=Path(self._folder or ""), max_bytes=self._held_bytes)


def _read(reader: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    while True:
        with engine_errors("running a query"):
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            batch = cast_batch(batch, schema)
        yield batch
