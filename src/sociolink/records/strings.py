"""Columns of any type as strings, so that one path reads them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from sociolink.records.rejects import code

__all__ = ["Strings", "as_array", "as_strings", "retyped", "split_lists"]

_EXACT_FLOATS = 2.0**53


@dataclass(frozen=True, slots=True)
class Strings:
    """A column as strings.

    Attributes:
        values: `pa.StringArray`; null where missing or where `codes` says that the value cannot be a string.
        codes: Positions in `REASONS`, 0 where the value is good.
    """

    values: pa.Array
    codes: npt.NDArray[np.uint8]


def as_array(column: Any) -> pa.Array:
    """One contiguous array.

    Args:
        column: An array or a chunked array.
    """
    if not isinstance(column, pa.ChunkedArray):
        return column
    combined = column.combine_chunks()
    return pa.concat_arrays(combined.chunks) if isinstance(combined, pa.ChunkedArray) else combined


def as_strings(column: Any) -> Strings:
    """Write every value of a column of any type as a string.

    Whole floats lose their ".0"; integers that a float cannot hold exactly are marked as having lost digits; bytes that
    are not UTF-8 and nested values are marked too.

    Args:
        column: Array or chunked array of any type.

    Examples:
        >>> as_strings(pa.array([12.0, None])).values.to_pylist()
        ['12', None]
        >>> as_strings(pa.array([b"caf", bytes([0xE9, 0xFF])])).codes.tolist()
        [0, 1]
    """
    array = as_array(column)
    kind = array.type
    good = np.zeros(len(array), dtype=np.uint8)
    if pt.is_null(kind):
        return Strings(pa.nulls(len(array), pa.string()), good)
    if pt.is_dictionary(kind):
        return as_strings(array.dictionary_decode())
    if pt.is_string(kind) or pt.is_large_string(kind) or kind == pa.string_view():
        return _checked(pc.cast(array, pa.string()))
    if pt.is_integer(kind) or pt.is_boolean(kind):
        return Strings(pc.cast(array, pa.string()), good)
    if pt.is_floating(kind):
        return _floats(pc.cast(array, pa.float64()))
    if pt.is_binary(kind) or pt.is_large_binary(kind) or pt.is_fixed_size_binary(kind) or kind == pa.binary_view():
        return _bytes(pc.cast(array, pa.binary()))
    if pt.is_temporal(kind) or pt.is_decimal(kind):
        try:
            return Strings(pc.cast(array, pa.string()), good)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            pass
    there = pc.is_valid(array).to_numpy(zero_copy_only=False)
    return Strings(pa.nulls(len(array), pa.string()), np.where(there, code("wrong type"), 0).astype(np.uint8))


def retyped(column: Any) -> bool:
    """Whether a column holds numbers where it should hold strings.

    Args:
        column: Array or chunked array of any type.

    Examples:
        >>> retyped(pa.array([1])), retyped(pa.array(["1"]))
        (True, False)
    """
    return bool(pt.is_integer(column.type) or pt.is_floating(column.type) or pt.is_decimal(column.type))


def split_lists(column: Any) -> tuple[Any, npt.NDArray[np.int64]] | None:
    """The items of a column of lists, and the row of each; None where the column holds no lists.

    Args:
        column: Array or chunked array of any type.

    Examples:
        >>> items, rows = split_lists(pa.array([["a", "b"], None, ["c"]]))
        >>> items.to_pylist(), rows.tolist()
        (['a', 'b', 'c'], [0, 0, 2])
    """
    array = as_array(column)
    kind = array.type
    if not (pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind) or pt.is_list_view(kind)):
        return None
    parents = pc.list_parent_indices(array).to_numpy(zero_copy_only=False).astype(np.int64)
    return pc.list_flatten(array), parents


def _checked(array: pa.Array) -> Strings:
    """Strings as they are, if their bytes are what they say."""
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return _bytes(array.cast(pa.binary()))
    return Strings(array, np.zeros(len(array), dtype=np.uint8))


def _floats(array: pa.Array) -> Strings:
    numbers = np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float64)
    finite = np.isfinite(numbers)
    whole = finite & (np.floor(np.where(finite, numbers, 0.5)) == numbers)
    exact = whole & (np.abs(np.where(finite, numbers, 0.0)) <= _EXACT_FLOATS)
    integers = pc.cast(pa.array(np.where(exact, numbers, 0).astype(np.int64)), pa.string())
    text = pc.if_else(pa.array(exact), integers, pc.cast(array, pa.string()))
    codes = np.where(whole & ~exact, code("digits lost by a spreadsheet"), 0).astype(np.uint8)
    return Strings(pc.if_else(pa.array(finite), text, None), codes)


def _bytes(array: pa.Array) -> Strings:
    codes = np.zeros(len(array), dtype=np.uint8)
    try:
        return Strings(pc.cast(array, pa.string()), codes)
    except pa.ArrowInvalid:
        suspects = array.dictionary_encode()
    decoded = [_decodes(value) for value in suspects.dictionary.to_pylist()]  # distinct values of a damaged column only
    bad = pc.fill_null(pc.invert(pc.take(pa.array(decoded, pa.bool_()), suspects.indices)), False)
    codes[np.asarray(bad.to_numpy(zero_copy_only=False), dtype=np.bool_)] = code("not valid UTF-8")
    return Strings(pc.cast(pc.if_else(bad, None, array), pa.string()), codes)


def _decodes(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
