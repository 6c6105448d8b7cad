"""Trees of frozen dataclasses as plain arrays and a description in JSON, and back again without a copy.

A tree is made of frozen dataclasses, tuples, dictionaries with text keys, enumerations, plain values, numpy arrays and
Arrow arrays or tables. Arrays go into *blobs*, everything else into the description. Classes are looked up in a
registry that the reader brings along, never by what a file says.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.errors import IndexFileError
from sociolink.index.scratch import Scratch

__all__ = ["Blob", "Registry", "TreeWriter", "array_key", "blob_layout", "classes_of", "layout_of", "read_tree"]

Registry = Mapping[str, type]
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes of one array, or of one Arrow table in Arrow's file format.

    Attributes:
        data: The bytes.
        size: How many.
    """

    data: Any
    size: int


def classes_of(*hints: Any) -> dict[str, type]:
    """All frozen dataclasses and enumerations that a type is made of, by name.

    Args:
        hints: Types, also generic ones; fields are followed by their declared types.

    Returns:
        The registry that `read_tree` needs for values of these types.

    Raises:
        IndexFileError: Two different classes have the same name.
    """
    found: dict[str, type] = {}
    waiting = list(hints)
    while waiting:
        hint = waiting.pop()
        waiting.extend(part for part in typing.get_args(hint) if part is not Ellipsis)
        if isinstance(hint, types.GenericAlias) or not isinstance(hint, type):
            continue
        if not (dataclasses.is_dataclass(hint) or issubclass(hint, Enum)):
            continue
        if hint.__name__ in found:
            if found[hint.__name__] is not hint:
                raise IndexFileError(f"Two classes are called {hint.__name__}; an index cannot tell them apart.")
            continue
        found[hint.__name__] = hint
        if dataclasses.is_dataclass(hint):
            waiting.extend(typing.get_type_hints(hint).values())
    return found


def layout_of(registry: Registry) -> int:
    """A number that changes when classes get other fields, so that files of other versions are told apart."""
    said = {
        name: [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else "enum"
        for name, kind in registry.items()
    }
    return zlib.crc32(json.dumps(said, sort_keys=True).encode())


def array_key(array: np.ndarray[Any, Any]) -> tuple[int, str, tuple[int, ...]]:
    """What tells that two arrays are the same memory: address, type and shape."""
    return int(array.__array_interface__["data"][0]), array.dtype.str, array.shape


class TreeWriter:
    """Describes trees and gathers their arrays, each memory once.

    Args:
        elsewhere: Arrays that another file holds already, by `array_key`: where.
        scratch: Where large tables of Arrow are encoded; in memory by default.
    """

    __slots__ = ("_elsewhere", "_places", "_scratch", "blobs", "kept")

    def __init__(
        self,
        elsewhere: Mapping[tuple[int, str, tuple[int, ...]], Place] | None = None,
        scratch: Scratch | None = None,
    ) -> None:
        self._elsewhere = dict(elsewhere or {})
        self._scratch = scratch
        self._places: dict[tuple[int, str, tuple[int, ...]], int] = {}
        self.blobs: list[Blob] = []
        self.kept: list[Any] = []

    def describe(self, value: Any) -> Any:
        """The description of a tree, for JSON; its arrays are gathered in `blobs`.

        Raises:
            IndexFileError: The tree holds something that has no plain form.
        """
        if value is None or isinstance(value, bool | str):
            return {"value": value}
        if isinstance(value, Enum):
            return {"enum": type(value).__name__, "name": value.name}
        if isinstance(value, int | np.integer):
            return {"value": int(value)}
        if isinstance(value, float | np.floating):
            return {"float": float(value).hex()}
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, pa.Array | pa.ChunkedArray | pa.Table):
            return self._arrow(value)
        if isinstance(value, tuple):
            return {"tuple": [self.describe(item) for item in value]}
        if isinstance(value, Mapping):
            return {"dict": {str(name): self.describe(item) for name, item in value.items()}}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            parts = {field.name: self.describe(getattr(value, field.name)) for field in dataclasses.fields(value)}
            return {"class": type(value).__name__, "fields": parts}
        raise IndexFileError(
            f"A {type(value).__name__} cannot be kept in an index; use arrays, tuples and dataclasses."
        )

    def _array(self, array: np.ndarray[Any, Any]) -> dict[str, Any]:
        if array.dtype.hasobject:
            raise IndexFileError("An array of Python objects cannot be kept in an index.")
        shape = {"dtype": array.dtype.str, "shape": list(array.shape)}
        key = array_key(array)
        if array.size and key in self._elsewhere:
            name, number = self._elsewhere[key]
            return {"array": number, "in": name, **shape}
        plain = np.ascontiguousarray(array)
        if array.size and array.flags.c_contiguous and key in self._places:
            return {"array": self._places[key], **shape}
        self._places[key] = len(self.blobs)
        self.kept.append(array)  # its memory must not be given to another array while this writer lives
        self.blobs.append(Blob(plain.reshape(-1).view(np.uint8) if plain.size else b"", plain.nbytes))
        return {"array": len(self.blobs) - 1, **shape}

    def _arrow(self, value: Any) -> dict[str, Any]:
        table = value if isinstance(value, pa.Table) else pa.table({"values": value})
        table = table.replace_schema_metadata(None)
        large = self._scratch if self._scratch is not None and table.nbytes >= self._scratch.smallest else None
        data = _encode(table) if large is None else large.map_encoded(table)
        self.blobs.append(Blob(data, data.size))
        return {"arrow": len(self.blobs) - 1, "table": isinstance(value, pa.Table)}


def _encode(table: pa.Table) -> pa.Buffer:
    """A table in Arrow's file format."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue()


def read_tree(description: Any, registry: Registry, fetch: Callable[[str | None, int], memoryview]) -> Any:
    """The tree of a description; its arrays are views of what `fetch` returns.

    Args:
        description: What `TreeWriter.describe` returned.
        registry: Classes by name, from `classes_of`.
        fetch: Gives the bytes of a blob: (name of another file or None, number).

    Raises:
        IndexFileError: The description is damaged, or names a class that the registry lacks.
    """
    try:
        return _read(description, registry, fetch, {})
    except (AttributeError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise IndexFileError("The index is damaged: its description fits no data. Build it again.") from error


def _read(
    node: Any,
    registry: Registry,
    fetch: Callable[[str | None, int], memoryview],
    arrays: dict[tuple[Any, ...], npt.NDArray[Any]],
) -> Any:
    """The tree of a node; `arrays` are those that were read, for what two fields share is one array."""
    if "value" in node:
        return node["value"]
    if "float" in node:
        return float.fromhex(node["float"])
    if "enum" in node:
        return _class(registry, node["enum"])[node["name"]]
    if "array" in node:
        place = node.get("in"), node["array"], node["dtype"], tuple(node["shape"])
        if place not in arrays:
            data = fetch(*place[:2])
            arrays[place] = np.frombuffer(data, np.dtype(node["dtype"])).reshape(node["shape"])
        return arrays[place]
    if "arrow" in node:
        table = _combined(pa.ipc.open_file(pa.BufferReader(pa.py_buffer(fetch(None, node["arrow"])))).read_all())
        if node["table"]:
            return table
        return table.column(0).chunk(0) if table.column(0).num_chunks else pa.array([], table.schema.field(0).type)
    if "tuple" in node:
        return tuple(_read(item, registry, fetch, arrays) for item in node["tuple"])
    if "dict" in node:
        return {name: _read(item, registry, fetch, arrays) for name, item in node["dict"].items()}
    fields = {name: _read(item, registry, fetch, arrays) for name, item in node["fields"].items()}
    return _class(registry, node["class"])(**fields)


def _combined(table: pa.Table) -> pa.Table:
    """The table in one chunk a column; a single chunk stays where it is."""
    chunks = [column.num_chunks for column in table.columns]
    return table if chunks and all(count == 1 for count in chunks) else table.combine_chunks()


def _class(registry: Registry, name: str) -> Any:
    if name not in registry:
        raise IndexFileError(
            f"The index holds a {name}, which its evidence does not know. Pass evidence=... as it was built."
        )
    return registry[name]


def blob_layout(blobs: Sequence[Blob], *, align: int = 64) -> tuple[list[int], int]:
    """Where each blob begins, and how long they are together."""
    starts, end = [], 0
    for blob in blobs:
        starts.append(end)
        end += -(-blob.size // align) * align
    return starts, end
