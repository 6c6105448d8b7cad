"""Values that need a second look, found by their bytes, so that a column is not read value by value for their sake."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import Flat, flatten

__all__ = ["holds_bytes", "matches", "trim"]

_Bools = npt.NDArray[np.bool_]


def _table(characters: str) -> _Bools:
    table = np.zeros(256, np.bool_)
    table[np.frombuffer(characters.encode(), np.uint8)] = True
    return table


_CONTROLS = _table("".join(map(chr, range(0x20))) + "\x7f")
_CONTROLS[0xC2] = True  # the first byte of U+0080 to U+00BF


def holds_bytes(values: pa.Array, bytes_: _Bools) -> _Bools:
    """(rows,) whether a string holds any of the bytes that are marked in a table of 256."""
    flat = _flat(values)
    hits = np.flatnonzero(bytes_[flat.data])
    out = np.zeros(len(values), np.bool_)
    if len(hits):
        out[np.searchsorted(flat.offsets, hits, side="right") - 1] = True
    return out


def trim(values: pa.Array, characters: str) -> pa.Array:
    """Strings without some characters at their ends; what begins and ends with a plain letter or sign is not touched.

    Args:
        values: `pa.StringArray`.
        characters: What is cut off.

    Returns:
        What `pc.utf8_trim` gives.

    Examples:
        >>> trim(pa.array([" a b ", "c", None]), " ").to_pylist()
        ['a b', 'c', None]
    """
    plain = np.zeros(256, np.bool_)
    plain[0x21:0x7F] = True
    plain &= ~_table(characters)
    flat = _flat(values)
    filled = np.flatnonzero(flat.lengths > 0)
    ends = plain[flat.data[flat.offsets[filled]]] & plain[flat.data[flat.offsets[filled + 1] - 1]]
    if ends.all():
        return values
    mask = np.zeros(len(values), np.bool_)
    mask[filled[~ends]] = True
    return pc.replace_with_mask(values, pa.array(mask), pc.utf8_trim(values.filter(pa.array(mask)), characters))


def matches(values: pa.Array, pattern: str, *, needs: str = "") -> _Bools:
    """Which strings a regular expression matches, asked only of those with a byte without which it cannot.

    Args:
        values: `pa.StringArray`; null does not match.
        pattern: RE2.
        needs: Of these ASCII characters every match holds one; control characters by default.

    Returns:
        (rows,) what `pc.match_substring_regex` says.

    Examples:
        >>> matches(pa.array(["1.0", "10", None]), r"\\.0$", needs=".").tolist()
        [True, False, False]
    """
    asked = holds_bytes(values, _table(needs) if needs else _CONTROLS)
    rows = np.flatnonzero(asked)
    if len(rows):
        found = pc.match_substring_regex(values.take(pa.array(rows)), pattern)
        asked[rows] = np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), np.bool_)
    return asked


def _flat(values: pa.Array) -> Flat:
    """The bytes as they lie; those that lie under a null, if any, belong to it."""
    if not len(values) or values.buffers()[1] is None:
        return Flat(np.empty(0, np.uint8), np.zeros(len(values) + 1, np.int64))
    bare = pa.StringArray.from_buffers(len(values), *values.buffers()[1:], offset=values.offset)
    return flatten(bare)
