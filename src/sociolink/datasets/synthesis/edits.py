"""Slips of the keyboard on whole columns: one letter dropped, doubled, swapped or missed, all rows at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["doubled", "leet", "shifted_keys", "typo"]

Bytes = npt.NDArray[np.uint8]
_KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LEET = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"}
_DROP, _DOUBLE, _SWAP, _MISS = range(4)


def _table(pairs: dict[str, str]) -> Bytes:
    table = np.arange(256, dtype=np.uint8)
    for source, target in pairs.items():
        table[ord(source)] = ord(target)
    return table


def _right_hand_keys() -> dict[str, str]:
    pairs = {}
    for row in _KEY_ROWS:
        for left, right in zip(row, row[1:] + row[-2], strict=True):
            pairs[left] = right
            pairs[left.upper()] = right.upper()
    return pairs


def _read(values: pa.Array) -> tuple[Bytes, npt.NDArray[np.int64]]:
    filled = pa.concat_arrays([values.fill_null("").cast(pa.string())])
    _, offset_buffer, data_buffer = filled.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32, len(filled) + 1, filled.offset * 4).astype(np.int64)
    data = np.frombuffer(data_buffer or b"", np.uint8)[offsets[0] : offsets[-1]].copy()
    return data, offsets - offsets[0]


def _write(data: Bytes, offsets: npt.NDArray[np.int64], nulls_of: pa.Array) -> pa.Array:
    buffers = [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(np.ascontiguousarray(data))]
    made = pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)
    return made if nulls_of.null_count == 0 else pa.compute.if_else(nulls_of.is_valid(), made, None)


def _slip(rng: np.random.Generator, values: pa.Array, kinds: npt.NDArray[np.int64]) -> pa.Array:
    """One slip per string at a random place after the first letter; short and non-ASCII places stay as they are."""
    data, offsets = _read(values)
    if len(data) == 0:
        return values
    lengths = np.diff(offsets)
    long_enough = lengths >= 4
    where = offsets[:-1] + 1 + (rng.random(len(lengths)) * np.maximum(lengths - 2, 1)).astype(np.int64)
    where = np.where(long_enough, where, 0)
    after = np.minimum(where + 1, len(data) - 1)
    fine = long_enough & (data[where] < 128) & (data[after] < 128)
    repeats = np.ones(len(data), dtype=np.int64)
    repeats[where[fine & (kinds == _DROP)]] = 0
    repeats[where[fine & (kinds == _DOUBLE)]] = 2
    swapped = fine & (kinds == _SWAP)
    data[where[swapped]], data[after[swapped]] = data[after[swapped]], data[where[swapped]]
    missed = where[fine & (kinds == _MISS)]
    data[missed] = _table(_right_hand_keys())[data[missed]]
    ends = np.concatenate(([0], np.cumsum(repeats)))
    return _write(np.repeat(data, repeats), ends[offsets], values)


def typo(rng: np.random.Generator, values: pa.Array) -> pa.Array:
    """One slip per string: a letter dropped, doubled, swapped with the next, or its neighbour key hit.

    Args:
        rng: Source of chance.
        values: (rows,) strings; nulls stay null.

    Returns:
        (rows,) strings; those of fewer than four bytes unchanged.

    Examples:
        >>> len(typo(np.random.default_rng(1), pa.array(["washington"]))[0].as_py()) in (9, 10, 11)
        True
    """
    return _slip(rng, values, rng.integers(0, 4, len(values)))


def doubled(rng: np.random.Generator, values: pa.Array) -> pa.Array:
    """One letter of each string twice, as in `annnna`.

    Examples:
        >>> len(doubled(np.random.default_rng(1), pa.array(["morgan"]))[0].as_py())
        7
    """
    return _slip(rng, values, np.full(len(values), _DOUBLE))


def leet(rng: np.random.Generator, values: pa.Array, *, share: float = 0.7) -> pa.Array:
    """Digits for the letters that they look like.

    Examples:
        >>> leet(np.random.default_rng(1), pa.array(["elise"]), share=1.0)[0].as_py()
        '3l153'
    """
    data, offsets = _read(values)
    return _write(np.where(rng.random(len(data)) < share, _table(_LEET)[data], data), offsets, values)


def shifted_keys(values: pa.Array) -> pa.Array:
    """Each letter replaced by the key to its right.

    Examples:
        >>> shifted_keys(pa.array(["dan"]))[0].as_py()
        'fsm'
    """
    data, offsets = _read(values)
    return _write(_table(_right_hand_keys())[data], offsets, values)
