"""JSON files and API answers as flat columns: nested names joined by dots, broken lines set aside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pa_json
import pyarrow.types as pt

from sociolink.errors import InputError, Problem
from sociolink.records.separated import ReadRows

__all__ = ["flatten_table", "read_documents", "read_objects"]

_BLOCK = 1 << 24
_DEPTH = 5
_TELLING = ("value", "expanded_url", "url", "type", "name")


def read_documents(data: bytes, *, name: str = "the file") -> ReadRows:
    """Read JSON lines, a JSON array, one object, or an API answer with `data` (and `includes.users`).

    Args:
        data: The file's bytes.
        name: Name of the file, for errors.

    Returns:
        Flat columns, and the numbers of the lines that hold no object.

    Raises:
        InputError: The file is one JSON document, but a damaged one.

    Examples:
        >>> read = read_documents(b'{"id": 1, "m": {"n": 2}}\\n{"id"\\n')
        >>> read.table.to_pydict(), read.broken
        ({'id': ['1'], 'm.n': ['2']}, ((1, 'unreadable JSON'),))
    """
    data = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not data:
        return ReadRows(pa.table({}), np.empty(0, dtype=np.int64))
    if data.startswith(b"["):
        return read_objects(_load(data, name))
    first = data.split(b"\n", 1)[0].strip()
    if not _is_object(first) or b"\n" not in data:
        whole = _try_load(data)
        if isinstance(whole, dict):
            return read_objects(_unwrap(whole))
        return _read_lines(data)
    return _read_quickly(data) or _read_lines(data)


def flatten_table(table: pa.Table) -> pa.Table:
    """Turn nested columns into flat ones with names joined by dots.

    Args:
        table: Any table.

    Examples:
        >>> flatten_table(pa.table({"a": [{"b": 1}]})).column_names
        ['a.b']
    """
    for _ in range(_DEPTH):
        if not any(pt.is_struct(field.type) for field in table.schema):
            break
        table = table.flatten()
    for place, field in enumerate(table.schema):
        listed = pt.is_list(field.type) or pt.is_large_list(field.type)
        if listed and pt.is_struct(field.type.value_type):
            inner = _list_field(table.column(place), field.type.value_type)
            if inner is not None:
                table = table.set_column(place, field.name, inner)
    return table


def _list_field(column: Any, kind: Any) -> Any:
    """The telling part of each object of a list, as the list itself."""
    names = [kind.field(place).name for place in range(kind.num_fields)]
    chosen = next((name for name in _TELLING if name in names), None)
    if chosen is None:
        return None
    chunks = []
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        items = pc.struct_field(pc.list_flatten(chunk), chosen)
        lengths = pc.fill_null(pc.list_value_length(chunk), 0).to_numpy(zero_copy_only=False)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        chunks.append(pa.ListArray.from_arrays(pa.array(offsets), items, mask=pc.is_null(chunk)))
    return pa.chunked_array(chunks) if chunks else None


def _read_quickly(data: bytes) -> ReadRows | None:
    """The fast parser, where every line has the same types and no string looks like something else."""
    try:
        probe = _parse(data, None)
    except pa.ArrowInvalid:
        return None
    if any(_guessed(field.type) for field in probe.schema):
        return None
    table = flatten_table(probe)
    return ReadRows(table, np.arange(table.num_rows, dtype=np.int64))


def _parse(data: bytes, schema: pa.Schema | None) -> pa.Table:
    return pa_json.read_json(
        pa.BufferReader(data),
        read_options=pa_json.ReadOptions(block_size=_BLOCK),
        parse_options=pa_json.ParseOptions(explicit_schema=schema, newlines_in_values=False),
    )


def _guessed(kind: Any) -> bool:
    """Whether the parser may have changed a value: times made of strings, ids rounded to floats."""
    if pt.is_struct(kind):
        return any(_guessed(kind.field(place).type) for place in range(kind.num_fields))
    if pt.is_list(kind):
        return _guessed(kind.value_type)
    return bool(pt.is_temporal(kind) or pt.is_floating(kind))


def _read_lines(data: bytes) -> ReadRows:
    """Read a file line by line; what is no object is set aside."""
    objects: list[Any] = []
    numbers: list[int] = []
    broken: list[tuple[int, str]] = []
    number = 0
    for line in data.splitlines():
        if not line.strip():
            continue
        loaded = _try_load(line.strip().rstrip(b","))
        if isinstance(loaded, dict) and loaded:
            objects.append(loaded)
            numbers.append(number)
        else:
            broken.append((number, "unreadable JSON"))
        number += 1
    read = read_objects(objects)
    return ReadRows(read.table, np.array(numbers, dtype=np.int64)[read.rows], tuple(broken))


def read_objects(objects: Iterable[Any]) -> ReadRows:
    """Flat columns of strings (or lists of strings) from objects of any shape.

    Args:
        objects: Dicts; anything else counts as broken.

    Examples:
        >>> read_objects([{"id": 7, "public_metrics": {"followers_count": 2}}]).table.to_pydict()
        {'id': ['7'], 'public_metrics.followers_count': ['2']}
    """
    columns: dict[str, dict[int, Any]] = {}
    numbers: list[int] = []
    broken: list[tuple[int, str]] = []
    for number, item in enumerate(objects):
        if not isinstance(item, dict) or not any(True for _ in _flat(item, "", _DEPTH)):
            broken.append((number, "unreadable JSON"))
            continue
        for name, value in _flat(item, "", _DEPTH):
            columns.setdefault(name, {})[len(numbers)] = value
        numbers.append(number)
    size = len(numbers)
    arrays = {name: _column([values.get(place) for place in range(size)]) for name, values in columns.items()}
    return ReadRows(pa.table(arrays), np.array(numbers, dtype=np.int64), tuple(broken))


def _flat(item: Mapping[str, Any], prefix: str, depth: int) -> Iterable[tuple[str, Any]]:
    for key, value in item.items():
        if isinstance(value, dict) and depth:
            yield from _flat(value, f"{prefix}{key}.", depth - 1)
        elif value is not None:
            yield f"{prefix}{key}", value


def _column(values: list[Any]) -> pa.Array:
    """A column of strings, or of bytes where some are not UTF-8; lists where a value is one."""
    kind: Any = pa.binary()
    if any(isinstance(value, list) for value in values):
        lists = [value if isinstance(value, list) or value is None else [value] for value in values]
        array = pa.array([None if one is None else [_scalar(item) for item in one] for one in lists], pa.list_(kind))
        kind = pa.list_(pa.string())
    else:
        array = pa.array([_scalar(value) for value in values], kind)
        kind = pa.string()
    try:
        return array.cast(kind)
    except pa.ArrowInvalid:
        return array


def _scalar(value: Any) -> bytes | None:
    """A JSON value as the bytes of its text; lone surrogates stay invalid, to be set aside with their field."""
    if isinstance(value, dict):
        value = next((value[name] for name in _TELLING if name in value), None)
    if value is None:
        return None
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, float):
        return (str(int(value)) if value.is_integer() and abs(value) <= 2.0**53 else repr(value)).encode()
    if isinstance(value, (list, dict)):
        return json.dumps(value).encode()
    return str(value).encode("utf-8", "surrogatepass")


def _unwrap(whole: dict[str, Any]) -> list[Any]:
    """The objects of an API answer, each with its author where the answer includes the users."""
    found = next((whole[name] for name in ("data", "statuses", "results", "users") if name in whole), None)
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        return [whole]
    includes = whole.get("includes")
    users = includes.get("users", []) if isinstance(includes, dict) else []
    authors = {user.get("id"): user for user in users if isinstance(user, dict)}
    return [
        {**item, "author": authors[item["author_id"]]}
        if isinstance(item, dict) and item.get("author_id") in authors
        else item
        for item in found
    ]


def _load(data: bytes, name: str) -> list[Any]:
    loaded = _try_load(data)
    if not isinstance(loaded, list):
        raise InputError(Problem(name, "the JSON is damaged", "Write it again, or as one object a line."))
    return loaded


def _try_load(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return None


def _is_object(line: bytes) -> bool:
    return isinstance(_try_load(line.rstrip(b",")), dict)
