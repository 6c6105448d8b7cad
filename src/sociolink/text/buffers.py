"""Arrow strings as one flat byte buffer with offsets, for numpy to work on."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "FEW",
    "LONG",
    "Bytes",
    "Flat",
    "Mask",
    "Offsets",
    "are_filled",
    "as_strings",
    "count_values",
    "cut_strings",
    "distinct_of",
    "few_strings",
    "flatten",
    "join_strings",
    "number_strings",
    "plain_strings",
    "restore",
    "select",
]

FEW = 24
"""Fewer strings than these are read one by one: a call of Arrow or numpy takes longer than to read one of them."""

LONG = 512
"""Strings of more characters are no longer read one by one, however few they are."""

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Flat:
    """Strings laid end to end.

    Attributes:
        data: The UTF-8 bytes of all strings.
        offsets: One more than there are strings; string `i` is `data[offsets[i]:offsets[i + 1]]`.
    """

    data: Bytes
    offsets: Offsets

    @property
    def lengths(self) -> Offsets:
        """Bytes of each string."""
        return self.offsets[1:] - self.offsets[:-1]

    @property
    def starts(self) -> Mask:
        """True at the first byte of each string that is not empty."""
        mask = np.zeros(len(self.data), dtype=np.bool_)
        first = self.offsets[:-1]
        mask[first[self.lengths > 0]] = True
        return mask

    @property
    def ends(self) -> Mask:
        """True at the last byte of each string that is not empty."""
        mask = np.zeros(len(self.data), dtype=np.bool_)
        last = self.offsets[1:]
        mask[last[self.lengths > 0] - 1] = True
        return mask


def plain_strings(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Any array of values as a plain string array, null as the empty string.

    Args:
        values: Strings, dictionaries of strings, nulls, or anything that Arrow can write as a string.

    Returns:
        A contiguous `pa.StringArray` without nulls.

    Examples:
        >>> plain_strings(pa.array(["a", None])).to_pylist()
        ['a', '']
    """
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
        if isinstance(values, pa.ChunkedArray):
            values = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    if not pa.types.is_string(values.type):
        values = pc.cast(values, pa.string())
    return _without_nulls(values) if values.null_count else values


def few_strings(values: pa.Array) -> list[str] | None:
    """The strings of a plain array one by one, where they are few and none is longer than 512 characters; else None.

    Examples:
        >>> few_strings(pa.array(["a", "b"])), few_strings(pa.array(["a"] * 1000))
        (['a', 'b'], None)
    """
    if len(values) >= FEW:
        return None
    texts: list[str] = values.to_pylist()
    return texts if all(len(text) <= LONG for text in texts) else None


def as_strings(texts: Sequence[str]) -> pa.Array:
    """Few strings, none of them null, as a plain array: what `pa.array` makes of them, in less time.

    Examples:
        >>> as_strings(["é", ""]).equals(pa.array(["é", ""]))
        True
    """
    data = [text.encode() for text in texts]
    offsets = array("i", accumulate(map(len, data), initial=0))
    return pa.StringArray.from_buffers(len(data), pa.py_buffer(offsets), pa.py_buffer(b"".join(data)))


def are_filled(values: pa.Array | pa.ChunkedArray) -> Mask:
    """(rows,) whether strings, none of them null, are not empty.

    Examples:
        >>> are_filled(pa.array(["a", ""])).tolist()
        [True, False]
    """
    if len(values) < FEW:
        return np.array([text != "" for text in values.to_pylist()], np.bool_)
    return np.asarray(pc.not_equal(values, ""), np.bool_)


def distinct_of(values: pa.Array) -> frozenset[Any]:
    """The different values of an array.

    Examples:
        >>> sorted(distinct_of(pa.array(["b", "a", "b"])))
        ['a', 'b']
    """
    return frozenset((values if len(values) < FEW else values.unique()).to_pylist())


def cut_strings(values: pa.Array, most: int) -> pa.Array:
    """Strings, none of them null, without what is beyond so many characters.

    Examples:
        >>> cut_strings(pa.array(["abc", "é"]), 2).to_pylist()
        ['ab', 'é']
    """
    if len(values) < FEW and all(len(text) <= most for text in values.to_pylist()):
        return values
    return pc.utf8_slice_codeunits(values, 0, most)


def number_strings(values: pa.Array) -> tuple[pa.Array, Offsets]:
    """The strings of an array, each once where they are many, and (rows,) int64 which of them each row holds.

    Examples:
        >>> strings, number = number_strings(pa.array(["a", "b"] * 20))
        >>> strings.to_pylist(), number.tolist() == [0, 1] * 20
        (['a', 'b'], True)
    """
    if len(values) < FEW:
        return values, np.arange(len(values))
    encoded = values.dictionary_encode()
    return encoded.dictionary, np.asarray(encoded.indices, np.int64)


def join_strings(*columns: pa.Array, separator: str) -> pa.Array:
    """The strings of several columns, none of them null, row by row with a separator between them.

    Examples:
        >>> join_strings(pa.array(["a", ""]), pa.array(["b", "c"]), separator=":").to_pylist()
        ['a:b', ':c']
    """
    if len(columns[0]) < FEW:
        return as_strings(
            [separator.join(one) for one in zip(*(column.to_pylist() for column in columns), strict=True)]
        )
    return pc.binary_join_element_wise(*columns, separator)


def count_values(values: pa.Array | pa.ChunkedArray) -> dict[str, int]:
    """How often each string occurs.

    Examples:
        >>> count_values(pa.array(["new", "gone", "new"]))
        {'new': 2, 'gone': 1}
    """
    return {str(one["values"]): int(one["counts"]) for one in pc.value_counts(values).to_pylist()}


def _without_nulls(values: pa.Array) -> pa.Array:
    """Null as the empty string; nothing is copied where no bytes lie under a null, which is so as a rule."""
    _, offset_buffer, data_buffer = values.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[values.offset : values.offset + len(values) + 1]
    hidden = np.diff(offsets)[np.asarray(values.is_null(), np.bool_)]
    if hidden.any() or data_buffer is None:
        return pc.fill_null(values, "")
    return pa.StringArray.from_buffers(len(values), offset_buffer, data_buffer, None, 0, values.offset)


def flatten(values: pa.Array | pa.ChunkedArray) -> Flat:
    """The flat bytes of an array of strings; nothing is copied where Arrow allows it.

    Args:
        values: Strings; null counts as empty.

    Returns:
        Bytes and offsets, the offsets from 0.

    Examples:
        >>> flatten(pa.array(["ab", None, "c"])).offsets.tolist()
        [0, 2, 2, 3]
    """
    strings = plain_strings(values)
    count = len(strings)
    if not count:
        return Flat(np.zeros(0, np.uint8), np.zeros(1, np.int64))
    _, offset_buffer, data_buffer = strings.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[strings.offset : strings.offset + count + 1].astype(np.int64)
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer is not None else np.zeros(0, np.uint8)
    return Flat(data[offsets[0] : offsets[-1]], offsets - offsets[0])


def restore(flat: Flat) -> pa.Array:
    """The array of strings that a flat buffer holds.

    Args:
        flat: Valid UTF-8 bytes and offsets.

    Returns:
        A `pa.StringArray` without nulls.

    Examples:
        >>> restore(flatten(pa.array(["ab", "c"]))).to_pylist()
        ['ab', 'c']
    """
    offsets = flat.offsets.astype(np.int32)
    return pa.StringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(flat.data))
    )


def select(flat: Flat, keep: Mask) -> Flat:
    """The same strings with some of their bytes left out.

    Args:
        flat: The strings.
        keep: For each byte, whether it stays.

    Returns:
        As many strings as before, none longer.

    Examples:
        >>> flat = flatten(pa.array(["a-b", "-"]))
        >>> restore(select(flat, flat.data != ord("-"))).to_pylist()
        ['ab', '']
    """
    if keep.all():
        return flat
    dropped = np.flatnonzero(~keep)
    return Flat(flat.data[keep], flat.offsets - np.searchsorted(dropped, flat.offsets))
