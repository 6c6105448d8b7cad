"""The small protocol behind which every engine stands: seven verbs over tables that only the engine can see.

An engine moves rows; it knows nothing of names, evidence or customers. What is computed is computed by kernels, plain
functions on Arrow batches, so that one kernel gives one answer on every engine.

What every engine promises:

- Rows have no order until `collect` or `write` is given `order_by`; ties of it come in any order.
- The answer does not depend on threads, memory, batch sizes or on how rows were laid out.
- Null keys never match in `join`, and are one group of their own in `unique`, `aggregate` and `map_groups`.
- NaN equals NaN and is larger than every number; -0.0 equals 0.0. Strings compare by code point. Order is ascending,
  nulls last.
- Types come back as they went in, encodings apart: see `sociolink.engines.schemas.plain_schema`.
- What goes wrong is an `EngineError`, or an `OutputError` while writing; what a kernel raises comes through as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["BATCH_ROWS", "AggregateFunction", "Engine", "JoinKind", "Kernel", "Relation"]

BATCH_ROWS = 131_072
"""Rows of a batch where nothing else is asked for."""

JoinKind: TypeAlias = Literal["inner", "left", "semi", "anti"]
AggregateFunction: TypeAlias = Literal["count", "sum", "min", "max", "any"]

Kernel: TypeAlias = "Callable[[pa.RecordBatch, Any], pa.RecordBatch]"
"""`(batch, state) -> batch`: a pure function; the state is frozen, bounded and serialisable."""


@runtime_checkable
class Relation(Protocol):
    """A table that the engine holds, or knows how to make; only the engine that made it can read it."""

    @property
    def schema(self) -> pa.Schema:
        """The plain Arrow schema that `Engine.collect` will give."""


class Engine(Protocol):
    """Moves rows between kernels: reads, joins, groups, maps and writes Arrow tables."""

    def scan(self, source: pa.Table | str | Path) -> Relation:
        """Make a relation of an Arrow table, without a copy, or of a Parquet file.

        Raises:
            EngineError: The file cannot be read, a column name occurs twice, or a type has no plain form.
        """

    def unique(self, rel: Relation, columns: Sequence[str]) -> Relation:
        """The distinct rows of these columns, in the order in which the columns are named.

        Raises:
            EngineError: No column is named, or one that is not there.
        """

    def join(
        self,
        left: Relation,
        right: Relation,
        on: Sequence[str],
        *,
        how: JoinKind = "inner",
        columns: Sequence[str] | None = None,
    ) -> Relation:
        """Pairs of rows that agree on every column of `on`.

        Args:
            left: The left side; put the larger one here.
            right: The right side.
            on: Columns of the same name and type on both sides; at least one.
            how: `inner`; `left` keeps left rows without a match, with nulls; `semi` and `anti` keep the left rows that
                have a match, or none, once each as they are.
            columns: Which columns of the result to keep, in this order; by default all of the left, then those of the
                right that are not in `on` (none of them for `semi` and `anti`).

        Raises:
            EngineError: A column is missing, keys differ in type, or a name would stand twice in the result.
        """

    def aggregate(
        self, rel: Relation, by: Sequence[str], outputs: Mapping[str, tuple[str, AggregateFunction]]
    ) -> Relation:
        """One row for each group: the columns of `by`, then those of `outputs`.

        Args:
            rel: What to group.
            by: The columns that make a group. None: one group of all rows, which is there even where no row is.
            outputs: For each new column, a column of `rel` and what to do with it. Nulls are left out of everything:
                `count` is the number of values (int64); `sum` is of whole numbers only, and exact (int64, or uint64
                where the column is unsigned); `min` and `max`; `any` is one of the group's values, the same in each
                run. All but `count` are null where a group has no value.

        Raises:
            EngineError: A column is missing or stands twice, floats are to be summed, or a sum does not fit its type.
        """

    def map_batches(
        self, rel: Relation, kernel: Kernel, state: Any, *, schema: pa.Schema, batch_rows: int = BATCH_ROWS
    ) -> Relation:
        """Give all rows to the kernel, at most `batch_rows` at a time, and gather what it returns.

        Which rows share a batch is not defined: a row's answer must not depend on its neighbours. The kernel may run in
        several threads. It is not called on an empty relation.

        Raises:
            EngineError: The kernel returned something else than a batch of `schema`.
        """

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
    ) -> Relation:
        """Give all rows to the kernel with every group whole, and gather what it returns.

        A batch holds one or many groups, each whole and contiguous, and is sorted by `by`, then by `order_by`; so
        that a kernel can work on all groups of a batch at once. A batch has at most `batch_rows` rows, or more
        where its only group has. Which groups share a batch is not defined.

        Raises:
            EngineError: As for `map_batches`; or a column is missing, or no `by` is given.
        """

    def collect(self, rel: Relation, *, order_by: Sequence[str] = ()) -> pa.Table:
        """The whole relation as an Arrow table of exactly `rel.schema`, in ascending order of `order_by`."""

    def write(self, rel: Relation, path: str | Path, *, order_by: Sequence[str] = ()) -> None:
        """Write the relation as a Parquet file that appears whole or not at all; a file that was there is replaced.

        Raises:
            OutputError: The file could not be written; what was there is still there.
        """
