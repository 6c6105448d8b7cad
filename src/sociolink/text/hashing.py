"""Polynomial 64-bit hashes of strings and of all their substrings, versioned and the same on every machine.

A hash of a concatenation follows from the hashes of its parts, so pattern keys ("first name + family name") are made
from hashes of unique name parts without building strings, and every substring of a handle is hashed with one
multiplication and one subtraction (Rabin & Karp, 1987). `mix` spreads the bits before a hash is used as a key.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import FEW, flatten
from sociolink.text.runs import expand_runs

__all__ = [
    "HASH_VERSION",
    "UInt64s",
    "Utf8Bytes",
    "concat_hashes",
    "hash_keys",
    "hash_strings",
    "mix",
    "pair_hashes",
    "prefix_hashes",
    "string_bytes",
    "substring_hashes",
]

HASH_VERSION = 1
UInt64s = npt.NDArray[np.uint64]

_GOLDEN = 0x9E3779B97F4A7C15
_BASE = _GOLDEN | 1
_MAX_LENGTH = 4096
_CHUNK = 1 << 14
_SHORT = 64
_FEW_BYTES = 256
_WORD = (1 << 64) - 1


def _powers(count: int) -> UInt64s:
    powers = [1]
    for _ in range(count):
        powers.append(powers[-1] * _BASE & _WORD)
    return np.array(powers, dtype=np.uint64)


_POWERS = _powers(_MAX_LENGTH)


def _powers_below(length: int) -> UInt64s:
    """At least the first `length` powers of the base; those beyond the usual ones are made when they are needed."""
    if length <= len(_POWERS):
        return _POWERS
    beyond: UInt64s = np.full(length - len(_POWERS), _BASE, np.uint64)
    beyond[:1] *= _POWERS[-1]
    return np.concatenate([_POWERS, np.cumprod(beyond, dtype=np.uint64)])


@dataclass(frozen=True, slots=True)
class Utf8Bytes:
    """Strings as one run of bytes.

    Attributes:
        data: (total,) uint8, all bytes one after the other.
        offsets: (rows + 1,) int64, where each string starts.
    """

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """(rows,) int64, bytes in each string."""
        return self.offsets[1:] - self.offsets[:-1]

    def __len__(self) -> int:
        return len(self.offsets) - 1


def string_bytes(values: pa.Array | pa.ChunkedArray) -> Utf8Bytes:
    """The bytes of an array of strings, without a copy where Arrow allows it; null is the empty string.

    Args:
        values: (rows,) strings.

    Returns:
        The bytes and the offsets; both may be views of Arrow's own memory.
    """
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_string(values.type):
        flat = flatten(values)
        return Utf8Bytes(flat.data, flat.offsets)
    values = pc.fill_null(values.cast(pa.large_string()), "")
    if len(values) == 0:
        return Utf8Bytes(np.empty(0, np.uint8), np.zeros(1, np.int64))
    _, offsets_buffer, data_buffer = values.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int64, len(values) + 1, values.offset * 8)
    raw = np.empty(0, np.uint8) if data_buffer is None else np.frombuffer(data_buffer, np.uint8)
    return Utf8Bytes(raw[offsets[0] : offsets[-1]], offsets - offsets[0])


def prefix_hashes(strings: Utf8Bytes) -> UInt64s:
    """Hashes of every prefix of every string.

    Args:
        strings: The strings, each at most 4096 bytes long.

    Returns:
        (total + rows,) uint64: string r owns the places `offsets[r] + r` to `offsets[r + 1] + r`, the first of
        them (the empty prefix) being 0.
    """
    rows = len(strings)
    if len(strings.data) <= _FEW_BYTES and rows <= _FEW_BYTES:
        return np.array([prefix for text in _one_by_one(strings) for prefix in _prefixes_of(text)], np.uint64)
    lengths = strings.lengths
    starts = strings.offsets[:-1] + np.arange(rows)
    out = np.zeros(len(strings.data) + rows, np.uint64)
    order = np.argsort(-lengths, kind="stable")
    sorted_lengths = -lengths[order]
    base = np.uint64(_BASE)
    for place in range(int(lengths.max(initial=0))):
        longer = order[: np.searchsorted(sorted_lengths, -place, side="left")]
        at = starts[longer] + place
        out[at + 1] = out[at] * base + strings.data[strings.offsets[longer] + place].astype(np.uint64)
    return out


def _one_by_one(strings: Utf8Bytes) -> list[bytes]:
    raw, bounds = strings.data.tobytes(), strings.offsets.tolist()
    return [raw[begin:end] for begin, end in pairwise(bounds)]


def _prefixes_of(text: bytes) -> list[int]:
    """Hashes of the prefixes of one string, the empty one first."""
    out = [0]
    for byte in text:
        out.append((out[-1] * _BASE + byte) & _WORD)
    return out


def hash_strings(values: pa.Array | pa.ChunkedArray) -> tuple[UInt64s, npt.NDArray[np.int64]]:
    """Unmixed hashes and byte lengths of whole strings.

    Args:
        values: (rows,) strings of any length.

    Returns:
        (rows,) uint64 hashes, to be joined by `concat_hashes` and finished by `mix`; (rows,) int64 lengths.

    Examples:
        >>> import pyarrow as pa
        >>> parts, lengths = hash_strings(pa.array(["jo", "smith", "josmith"]))
        >>> bool(concat_hashes(parts[:1], parts[1:2], lengths[1:2])[0] == parts[2])
        True
    """
    strings = string_bytes(values)
    lengths = strings.lengths
    if len(strings.data) <= _FEW_BYTES and len(strings) <= _FEW_BYTES:
        return np.array([_prefixes_of(text)[-1] for text in _one_by_one(strings)], np.uint64), lengths
    out = np.zeros(len(strings), np.uint64)
    for first in range(0, len(strings), _CHUNK):
        rows = slice(first, first + _CHUNK)
        out[rows] = _hash_short(strings.data, strings.offsets[:-1][rows], np.minimum(lengths[rows], _SHORT))
    long = np.flatnonzero(lengths > _SHORT)
    powers = _powers_below(int(lengths.max(initial=0)))
    for row in range(0, len(long), _CHUNK):
        some = long[row : row + _CHUNK]
        run, number = expand_runs(strings.offsets[some], lengths[some])
        behind = (strings.offsets[some + 1] - 1)[run] - number
        terms = strings.data[number].astype(np.uint64) * powers[behind]
        out[some] = np.add.reduceat(terms, np.cumsum(lengths[some]) - lengths[some])
    return out, lengths


def hash_keys(values: pa.Array, salt: int) -> tuple[UInt64s, npt.NDArray[np.int64]]:
    """Finished hashes of whole strings, `mix` of `hash_strings`, and their byte lengths.

    Args:
        values: (rows,) strings.
        salt: Separates keys of different kinds.

    Examples:
        >>> import pyarrow as pa
        >>> names = pa.array(["jo", None])
        >>> keys, lengths = hash_keys(names, 7)
        >>> bool((keys == mix(hash_strings(names)[0], 7)).all()), lengths.tolist()
        (True, [2, 0])
    """
    if len(values) < FEW:
        texts = [(text or "").encode() for text in values.to_pylist()]
        if sum(map(len, texts)) <= _FEW_BYTES:
            made = np.array([_spread(_prefixes_of(text)[-1], salt) for text in texts], np.uint64)
            return made, np.array([len(text) for text in texts], np.int64)
    hashes, lengths = hash_strings(values)
    return mix(hashes, salt), lengths


def _spread(value: int, salt: int) -> int:
    """What `mix` makes of one hash."""
    z = (value + _GOLDEN * (salt + 1)) & _WORD
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _WORD
    return z ^ (z >> 31)


def _hash_short(data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> UInt64s:
    """Hashes of short strings, all of them a character at a time, the long ones first so that those left are a run."""
    order = np.argsort(-lengths.astype(np.int8), kind="stable")
    left = len(lengths) - np.cumsum(np.bincount(lengths))
    at = starts[order]
    ordered = np.zeros(len(lengths), np.uint64)
    base = np.uint64(_BASE)
    for count in left[:-1].tolist():
        some = ordered[:count]
        some *= base
        some += data[at[:count]]
        at[:count] += 1
    out = np.empty_like(ordered)
    out[order] = ordered
    return out


def concat_hashes(left: UInt64s, right: UInt64s, right_lengths: npt.NDArray[np.int64]) -> UInt64s:
    """Hashes of `left + right` from the hashes of both and the byte lengths of `right`."""
    return left * _POWERS[right_lengths] + right


def substring_hashes(prefixes: UInt64s, starts: npt.NDArray[np.int64], length: int | npt.NDArray[np.int64]) -> UInt64s:
    """Hashes of the substrings of `length` bytes that begin at the places `starts` of `prefix_hashes`."""
    hashes: UInt64s = prefixes[starts + length] - prefixes[starts] * _POWERS[length]
    return hashes


def mix(hashes: UInt64s, salt: int | UInt64s = 0) -> UInt64s:
    """Spread the bits of polynomial hashes (splitmix64), so that equal parts of keys do not stay close.

    Args:
        hashes: uint64, from the functions above.
        salt: Separates keys of different kinds; one for all, or one for each.

    Returns:
        uint64 of the same shape.
    """
    if isinstance(salt, np.ndarray):
        z = hashes + (salt + np.uint64(1)) * np.uint64(_GOLDEN)
    else:
        z = hashes + np.uint64((_GOLDEN * (salt + 1)) & _WORD)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    spread: UInt64s = z ^ (z >> np.uint64(31))
    return spread


def pair_hashes(rows: npt.NDArray[np.integer], hashes: UInt64s, salt: int) -> UInt64s:
    """Rows and hashes as one hash each, to look up what stands in a row.

    Args:
        rows: (n,) numbers of rows.
        hashes: (n,) uint64 hashes.
        salt: Tells pairs of one kind from those of another.

    Examples:
        >>> made = pair_hashes(np.array([0, 1, 1]), np.array([7, 7, 7], np.uint64), 5)
        >>> bool(made[0] == made[1]), bool(made[1] == made[2])
        (False, True)
    """
    return mix(hashes ^ mix(rows.astype(np.uint64), salt + 1), salt)
