"""One profile as a canonical table, without what reading whole tables needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import pyarrow as pa

from sociolink.errors import InputError, Problem
from sociolink.records.columns import Column, arrow_schema, table_spec
from sociolink.records.scalars import RejectedValueError, ascii_lower, platform_of_address, read_list, read_scalar
from sociolink.text.buffers import as_strings

__all__ = ["read_profile"]

_REMEDY = "Correct the value or leave it out."


@cache
def _schema() -> pa.Schema:
    return arrow_schema("profiles")


@cache
def _columns() -> tuple[tuple[Column, ...], dict[str, pa.DataType], dict[str, pa.Array]]:
    """The columns, the platform first; their types by name; and one null of each."""
    columns = tuple(sorted(table_spec("profiles").columns, key=lambda one: one.name != "platform"))
    types = {field.name: field.type for field in _schema()}
    return columns, types, {name: pa.nulls(1, kind) for name, kind in types.items()}


def _one(value: Any, kind: pa.DataType) -> pa.Array:
    """A column of one value."""
    return as_strings([value]) if pa.types.is_string(kind) else pa.array([value], kind)


def _read(column: Column, value: object, platform: str | None) -> Any:
    return read_list(column, value) if column.multi else read_scalar(column, value, platform=platform)


def read_profile(values: Mapping[str, object], *, also: Collection[str] = ()) -> pa.Table:
    """Check one profile, as `read_table` checks those of a table.

    Args:
        values: Canonical columns; those that are absent are null. `profile_id` is made from platform and handle where
            it is missing.
        also: Other columns that may be given; they are kept as they are.

    Returns:
        A table of one row with all canonical columns.

    Raises:
        InputError: Something is missing, not allowed or unknown; lists every problem.

    Examples:
        >>> read_profile({"platform": "Twitter", "handle": "@JSmith84"})["profile_id"].to_pylist()
        ['x:jsmith84']
    """
    spec = table_spec("profiles")
    given = dict(values)
    problems = [
        Problem(f"profiles.{name}", "is no column of profiles", f"Use {', '.join(spec.names)}.")
        for name in given
        if name not in spec.names and name not in also
    ]
    read: dict[str, Any] = {}
    columns, types, nothing = _columns()
    for column in columns:
        value = given.get(column.name)
        read[column.name] = None
        try:
            if value is not None:
                read[column.name] = _read(column, value, read.get("platform"))
            if column.name == "platform" and read["platform"] is None:
                read["platform"] = platform_of_address(given.get("handle"))
        except RejectedValueError as error:
            problems.append(Problem(f"profiles.{column.name}", str(error), _REMEDY))
    if read["profile_id"] is None and read["platform"] is not None and read["handle"] is not None:
        read["profile_id"] = f"{read['platform']}:{ascii_lower(read['handle'])}"
    wrong = {problem.where for problem in problems}
    problems += [
        Problem(f"profiles.{column.name}", "missing", "Give it.")
        for column in spec.columns
        if column.required and not column.made and read[column.name] is None
        if f"profiles.{column.name}" not in wrong
    ]
    if problems:
        raise InputError(problems)
    arrays = [none if read[name] is None else _one(read[name], types[name]) for name, none in nothing.items()]
    table = pa.Table.from_arrays(arrays, schema=_schema())
    for name in also:
        if name in given and name not in types:
            table = table.append_column(name, pa.array([given[name]]))
    return table
