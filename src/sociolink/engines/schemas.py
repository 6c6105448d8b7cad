"""What schema each verb of an engine gives, and what each refuses; shared by all engines, so that they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import pyarrow as pa
import pyarrow.types as pat

from sociolink.engines.protocol import AggregateFunction, JoinKind
from sociolink.errors import EngineError

__all__ = [
    "aggregate_schema",
    "check_columns",
    "check_kernel_output",
    "join_schema",
    "plain_schema",
    "select_schema",
    "unique_schema",
]

_UNSUPPORTED = (pat.is_float16, pat.is_duration, pat.is_interval, pat.is_union, pat.is_map, pat.is_decimal256)


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema with encodings taken away: names and meanings stay, storage does not.

    Dictionary and run-end-encoded columns become what they encode; large and view strings, binaries and lists become
    the ordinary ones; every field is nullable and metadata is dropped. All else stays: 64 bits, unsigned, time zones.

    Args:
        schema: Any Arrow schema.

    Returns:
        The schema in which every engine returns such a table.

    Raises:
        EngineError: A name occurs twice, or a type has no plain form (float16, durations, unions, maps, extensions).

    Examples:
        >>> import pyarrow as pa
        >>> plain_schema(pa.schema({"key": pa.uint64(), "city": pa.dictionary(pa.int32(), pa.large_string())}))
        key: uint64
        city: string
    """
    if not schema.names:
        raise EngineError("a table without columns has no rows that an engine could keep. Give it at least one column.")
    _refuse_twice(schema.names)
    return pa.schema([pa.field(field.name, _plain_type(field.type, field.name)) for field in schema])


def _plain_type(kind: pa.DataType, name: str) -> pa.DataType:
    if pat.is_dictionary(kind) or pat.is_run_end_encoded(kind):
        return _plain_type(kind.value_type, name)
    if pat.is_large_string(kind) or pat.is_string_view(kind):
        return pa.string()
    if pat.is_large_binary(kind) or pat.is_binary_view(kind):
        return pa.binary()
    if pat.is_list(kind) or pat.is_large_list(kind) or pat.is_list_view(kind) or pat.is_large_list_view(kind):
        return pa.list_(_plain_type(kind.value_type, name))
    if pat.is_fixed_size_list(kind):
        return pa.list_(_plain_type(kind.value_type, name), kind.list_size)
    if pat.is_struct(kind):
        return pa.struct([pa.field(field.name, _plain_type(field.type, name)) for field in kind.fields])
    if isinstance(kind, pa.BaseExtensionType) or any(refused(kind) for refused in _UNSUPPORTED):
        raise EngineError(f"column {name!r} has the type {kind}, which engines do not carry. Cast it to a plain type.")
    return kind


def check_columns(
    schema: pa.Schema, columns: Sequence[str], *, parameter: str, allow_none: bool = False, keys: bool = False
) -> None:
    """Refuse columns that are not in the schema, that are named twice, or that are not named at all.

    Args:
        schema: Where the columns must be.
        columns: Their names.
        parameter: What the caller calls them.
        allow_none: Whether there may be none.
        keys: Whether rows are compared by them: lists and structs are refused.

    Raises:
        EngineError: Says which parameter names which columns wrongly, and what is there.
    """
    if isinstance(columns, str):
        raise EngineError(f"{parameter} is a string; give a list of column names.")
    if not columns and not allow_none:
        raise EngineError(f"{parameter} names no column; name at least one of {schema.names}.")
    missing = [name for name in columns if name not in schema.names]
    if missing:
        raise EngineError(f"{parameter} names columns {missing} that are not there; there are {schema.names}.")
    nested = [name for name in columns if keys and pat.is_nested(schema.field(name).type)]
    if nested:
        raise EngineError(
            f"{parameter} names {nested}, which hold lists or structs; rows are compared by single values only."
        )
    _refuse_twice(columns)


def select_schema(schema: pa.Schema, columns: Sequence[str]) -> pa.Schema:
    """The schema of these columns, in this order, after `check_columns`."""
    check_columns(schema, columns, parameter="columns")
    return pa.schema([schema.field(name) for name in columns])


def unique_schema(schema: pa.Schema, columns: Sequence[str]) -> pa.Schema:
    """The schema of `Engine.unique`, after everything that it refuses was checked."""
    check_columns(schema, columns, parameter="columns", keys=True)
    return select_schema(schema, columns)


def join_schema(
    left: pa.Schema,
    right: pa.Schema,
    on: Sequence[str],
    *,
    how: JoinKind = "inner",
    columns: Sequence[str] | None = None,
) -> pa.Schema:
    """The schema of `Engine.join`, after everything that it refuses was checked.

    Examples:
        >>> import pyarrow as pa
        >>> left = pa.schema({"key": pa.uint64(), "profile": pa.int32()})
        >>> right = pa.schema({"key": pa.uint64(), "customer": pa.int32()})
        >>> join_schema(left, right, ["key"]).names
        ['key', 'profile', 'customer']
        >>> join_schema(left, right, ["key"], columns=["customer", "profile"]).names
        ['customer', 'profile']
    """
    if how not in get_args(JoinKind):
        raise EngineError(f"how={how!r} is no kind of join; choose one of {list(get_args(JoinKind))}.")
    check_columns(left, on, parameter="on (left side)", keys=True)
    check_columns(right, on, parameter="on (right side)", keys=True)
    for name in on:
        if left.field(name).type != right.field(name).type:
            kinds = f"{left.field(name).type} on the left and {right.field(name).type} on the right"
            raise EngineError(f"join column {name!r} is {kinds}. Cast one side so that both have the same type.")
    fields = list(left)
    if how in ("inner", "left"):
        fields += [field for field in right if field.name not in on]
    _refuse_twice([field.name for field in fields])
    everything = pa.schema(fields)
    return everything if columns is None else select_schema(everything, columns)


def aggregate_schema(
    schema: pa.Schema, by: Sequence[str], outputs: Mapping[str, tuple[str, AggregateFunction]]
) -> pa.Schema:
    """The schema of `Engine.aggregate`, after everything that it refuses was checked."""
    check_columns(schema, by, parameter="by", allow_none=True, keys=True)
    if not by and not outputs:
        raise EngineError("aggregate has nothing to do: neither `by` nor `outputs` names a column.")
    fields = [schema.field(name) for name in by]
    for out, (column, function) in outputs.items():
        check_columns(schema, [column], parameter=f"outputs[{out!r}]")
        fields.append(pa.field(out, _aggregate_type(schema.field(column).type, function, out)))
    _refuse_twice([field.name for field in fields])
    return pa.schema(fields)


def _aggregate_type(kind: pa.DataType, function: AggregateFunction, out: str) -> pa.DataType:
    if function not in get_args(AggregateFunction):
        raise EngineError(
            f"outputs[{out!r}]: {function!r} is no function; choose of {list(get_args(AggregateFunction))}."
        )
    if function == "count":
        return pa.int64()
    if function == "sum":
        if not pat.is_integer(kind):
            raise EngineError(
                f"outputs[{out!r}] sums a column of {kind}; only sums of whole numbers are exact in any order."
            )
        return pa.uint64() if pat.is_unsigned_integer(kind) else pa.int64()
    if pat.is_nested(kind):
        raise EngineError(f"outputs[{out!r}]: {function} of a column of {kind} is not defined.")
    return kind


def check_kernel_output(batch: Any, schema: pa.Schema) -> pa.RecordBatch:
    """The batch that a kernel returned, if it is one and has the schema that was promised (encodings apart).

    Raises:
        EngineError: It is something else; says what was promised and what came.
    """
    if not isinstance(batch, pa.RecordBatch):
        raise EngineError(f"the kernel returned a {type(batch).__name__}; it must return a pyarrow.RecordBatch.")
    found = plain_schema(batch.schema)
    if not found.equals(schema):
        raise EngineError(f"the kernel promised {_describe(schema)} and returned {_describe(found)}.")
    return batch


def _describe(schema: pa.Schema) -> str:
    return "(" + ", ".join(f"{field.name} {field.type}" for field in schema) + ")"


def _refuse_twice(names: Sequence[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise EngineError(f"columns {twice} would stand twice in one table. Rename one of each first.")
