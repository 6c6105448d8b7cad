"""Rows for another system: what would be created or changed there, and the file that does it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import safe_cut
from sociolink.errors import InputError, InvalidParameterError, Problem
from sociolink.records.sources import open_source
from sociolink.records.writers import write_table
from sociolink.rendering.numbers import say_count
from sociolink.text.buffers import count_values

__all__ = ["Upsert", "plan_upsert", "read_held", "within_risk"]

_CHANGES = ("create", "update", "unchanged")
_MADE_HARMLESS = r"^'([=+\-@\t\r])"
"""What `write_table` puts before cells that a spreadsheet would run."""


@dataclass(frozen=True, slots=True, eq=False)
class Upsert:
    """A dry run: nothing is written until `write` is called, and nothing is ever sent.

    Attributes:
        table: The rows to create and to update, under the system's own column names.
        key: The column that rows are recognised by; the same rows give the same keys in every run.
        changes: key, change ("create", "update" or "unchanged") and columns (names of those that differ).
    """

    table: pa.Table
    key: str
    changes: pa.Table

    def __repr__(self) -> str:
        counts = count_values(self.changes["change"])
        return "Upsert: " + ", ".join(f"{say_count(counts.get(name, 0))} {name}" for name in _CHANGES)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the rows to create and to update; cells that a spreadsheet would run are made harmless.

        Args:
            path: File ending in .csv, .parquet or .jsonl.

        Returns:
            The path that was written.

        Raises:
            InvalidParameterError: The suffix is none of these.
            OutputError: The file could not be written; nothing half-written was left behind.
        """
        return write_table(self.table, path)


def plan_upsert(rows: pa.Table, *, key: str, current: Any = None) -> Upsert:
    """Compare rows with what the other system holds.

    Args:
        rows: What should be there.
        key: Column that rows are recognised by.
        current: What is there: an export in the same columns, a file or a table; None where nothing is known, so that
            all is created. Columns that the export does not have count as empty there.

    Raises:
        InputError: The key is missing, empty or repeated.

    Examples:
        >>> rows = pa.table({"Id": ["a", "b"], "Name": ["x", "y"]})
        >>> plan = plan_upsert(rows, key="Id", current=pa.table({"Id": ["a", "b"], "Name": ["x", "z"]}))
        >>> plan, plan.table.to_pylist()
        (Upsert: 0 create, 1 update, 1 unchanged, [{'Id': 'b', 'Name': 'y'}])
    """
    _check_key(rows, key, "rows")
    size = rows.num_rows
    there = read_held(current, key=key)
    ids = rows[key].combine_chunks()
    place = pc.index_in(ids.cast(pa.string()), there[key].cast(pa.string()).combine_chunks())
    known = np.asarray(pc.is_valid(place), np.bool_)
    names = [name for name in rows.column_names if name != key]
    differs = np.zeros((size, len(names)), np.bool_)
    for number, name in enumerate(names):
        old = there[name].combine_chunks().take(place) if name in there.column_names else pa.nulls(size)
        differs[:, number] = known & _differ(rows[name].combine_chunks(), old)
    change = np.where(~known, 0, np.where(differs.any(axis=1), 1, 2))
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(differs.sum(axis=1), dtype=np.int32)])
    columns = pa.ListArray.from_arrays(
        pa.array(offsets), pa.array(names, pa.string()).take(pa.array(np.nonzero(differs)[1]))
    )
    changes = pa.table([ids, pa.array(_CHANGES).take(pa.array(change)), columns], names=["key", "change", "columns"])
    return Upsert(rows.filter(pa.array(change < 2)).combine_chunks(), key, changes)


def within_risk(links: pa.Table, *, max_false: float) -> pa.Table:
    """The open links that may be written back: confirmed ones, and proposed ones as far as the risk goes.

    Args:
        links: What `advance_links` returned.
        max_false: Largest mean stated error of the proposed links together, in (0, 1).

    Returns:
        Their rows; closed links are there too, so that what was written before is closed in the other system.

    Raises:
        InvalidParameterError: `max_false` is out of range.
    """
    if not 0 < max_false < 1:
        raise InvalidParameterError(f"max_false is {max_false!r}; it must lie between 0 and 1")
    proposed = pc.equal(links["state"], "proposed")
    probability = np.asarray(links["probability"].filter(proposed).combine_chunks(), np.float64)
    cut = safe_cut(probability, max_false=max_false)
    good = pc.fill_null(pc.greater_equal(links["probability"], cut), False)
    return links.filter(pc.or_(pc.invert(proposed), good))


def _check_key(table: pa.Table, key: str, name: str) -> None:
    if key not in table.column_names:
        raise InputError(Problem(f"{name}.{key}", "the column is missing", "It is what rows are recognised by."))
    values = table[key]
    problems = []
    if values.null_count:
        problems.append(Problem(f"{name}.{key}", f"{values.null_count} rows have no key", "Give each row one."))
    repeated = len(values) - values.null_count - pc.count_distinct(values).as_py()
    if repeated:
        problems.append(Problem(f"{name}.{key}", f"{repeated} rows repeat a key", "Each key may stand once."))
    if problems:
        raise InputError(problems)


def read_held(current: Any, *, key: str) -> pa.Table:
    """What the other system holds.

    Args:
        current: A file, whose cells stay as they are written, a table, or None where nothing is known.
        key: Column that rows are recognised by.

    Raises:
        InputError: The file cannot be read, or the key is missing, empty or repeated.
    """
    if current is None:
        return pa.table({key: pa.array([], pa.string())})
    there = open_source(current).read.table if isinstance(current, (str, os.PathLike)) else pa.table(current)
    _check_key(there, key, "current")
    return there


def _differ(new: Any, old: Any) -> Any:
    """Whether two columns differ: days, moments, numbers and flags by value, however a file says them, else as text."""
    if _is_value(new.type) and not pa.types.is_list(old.type):
        told = old if _is_value(old.type) else _text(old)
        blank = pc.is_null(told) if _is_value(old.type) else pc.equal(told, "")
        try:
            old = pc.if_else(blank, None, told).cast(new.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            pass
        else:
            same = pc.or_(pc.fill_null(pc.equal(new, old), False), pc.and_(pc.is_null(new), pc.is_null(old)))
            return np.asarray(pc.invert(same), np.bool_)
    one, two = (_text(values) for values in (new, old))
    return np.asarray(pc.not_equal(one, two), np.bool_)


def _is_value(kind: pa.DataType) -> bool:
    return bool(pa.types.is_temporal(kind) or pa.types.is_boolean(kind) or pa.types.is_floating(kind))


def _text(values: Any) -> Any:
    if pa.types.is_list(values.type):
        values = pc.binary_join(values.cast(pa.list_(pa.string())), ";")
    return pc.replace_substring_regex(pc.fill_null(values.cast(pa.string()), ""), _MADE_HARMLESS, "\\1")
