"""Finding every known word inside many strings at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.text.hashing import UInt64s, Utf8Bytes, prefix_hashes, string_bytes, substring_hashes
from sociolink.text.runs import expand_runs
from sociolink.text.sorting import find_sorted

__all__ = ["FEW_PLACES", "Arcs", "Places", "WordIndex", "find_words", "index_words", "lay_out"]

Int64s = npt.NDArray[np.int64]

FEW_PLACES = 512
"""Strings with no more places than these in all are few: what is done to them in fewer steps takes less time."""

_NOWHERE = np.empty(0, np.int64)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Places:
    """Strings laid out with one place before, between and after their characters.

    String r owns the places `first[r]` to `last[r]`; place `first[r] + k` lies after k characters.

    Attributes:
        strings: The strings.
        prefixes: (places,) uint64 hash of the string up to each place.
        owner: (places,) int64 row of the string.
        first: (rows,) int64 place before the first character.
        last: (rows,) int64 place after the last character.
    """

    strings: Utf8Bytes
    prefixes: UInt64s
    owner: Int64s
    first: Int64s
    last: Int64s

    def __len__(self) -> int:
        return len(self.owner)

    def next_byte(self, places: Int64s) -> npt.NDArray[np.uint8]:
        """The character after each place; 0 at the end of a string."""
        data, owner = self.strings.data, self.owner[places]
        if len(data) == 0:
            return np.zeros(len(places), np.uint8)
        byte: npt.NDArray[np.uint8] = data[np.minimum(places - owner, len(data) - 1)]
        byte[places == self.last[owner]] = 0
        return byte


def lay_out(values: object) -> Places:
    """Lay out an Arrow array of ASCII strings."""
    strings = string_bytes(values)
    rows = np.arange(len(strings))
    owner = np.repeat(rows, strings.lengths + 1)
    return Places(strings, prefix_hashes(strings), owner, strings.offsets[:-1] + rows, strings.offsets[1:] + rows)


@dataclass(frozen=True, slots=True)
class WordIndex:
    """A sorted set of hashes with a bitmap in front of it.

    Attributes:
        keys: (words,) uint64, sorted and distinct.
        bitmap: (2^bits,) bool; False means certainly absent.
        shift: Right shift that maps a spread hash to its bit.
    """

    keys: UInt64s
    bitmap: npt.NDArray[np.bool_]
    shift: int

    def bits(self, hashes: UInt64s) -> UInt64s:
        """(n,) places in the bitmap."""
        spread: UInt64s = (hashes * _MULTIPLIER) >> np.uint64(self.shift)
        return spread

    def find(self, hashes: UInt64s) -> tuple[Int64s, Int64s]:
        """Places in `hashes` that are known, and their places in `keys`."""
        if len(self.keys) == 0 or len(hashes) == 0:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        maybe = self.bitmap[self.bits(hashes)].nonzero()[0]
        at, known = find_sorted(self.keys, hashes[maybe])
        return maybe[known], at[known]


def index_words(keys: UInt64s) -> WordIndex:
    """Index distinct hashes; `keys` must be sorted."""
    bits = min(max(int(np.ceil(np.log2(max(len(keys), 1)))) + 4, 10), 27)
    shift = 64 - bits
    bitmap = np.zeros(1 << bits, np.bool_)
    bitmap[(keys * _MULTIPLIER) >> np.uint64(shift)] = True
    return WordIndex(keys, bitmap, shift)


@dataclass(frozen=True, slots=True)
class Arcs:
    """Words found in strings.

    Attributes:
        source: (n,) int64 place before the word, ascending.
        target: (n,) int64 place after the word.
        word: (n,) int64 index of the word in the index that was searched.
    """

    source: Int64s
    target: Int64s
    word: Int64s

    def __len__(self) -> int:
        return len(self.source)

    def only(self, keep: npt.NDArray[np.bool_]) -> Arcs:
        """The arcs for which `keep` is true."""
        return Arcs(self.source[keep], self.target[keep], self.word[keep])


def _find_at_once(
    places: Places,
    words: WordIndex,
    begins: Int64s,
    longest: Int64s,
    min_length: int,
    at: npt.NDArray[np.bool_] | None,
) -> Arcs:
    """The arcs of few strings: all their substrings are looked up together."""
    run, length = expand_runs(np.full(len(begins), min_length), np.maximum(longest - (min_length - 1), 0))
    begin = begins[run]
    if at is not None:
        ends = at[begin + length]
        begin, length = begin[ends], length[ends]
    hit, word = words.find(substring_hashes(places.prefixes, begin, length))
    source = begin[hit]
    return Arcs(source, source + length[hit], word)


def find_words(
    places: Places,
    words: WordIndex,
    *,
    min_length: int = 2,
    max_length: int = 20,
    at: npt.NDArray[np.bool_] | None = None,
    starts: npt.NDArray[np.bool_] | None = None,
) -> Arcs:
    """All occurrences of known words, overlapping ones included.

    Args:
        places: The strings.
        words: The words.
        min_length: Shortest word in characters.
        max_length: Longest word in characters.
        at: (places,) where words may begin and end; anywhere by default.
        starts: (places,) where words may begin, wherever they end; anywhere by default.

    Returns:
        The arcs, by source and then by length. Cost: one multiplication and one bitmap look-up per substring.
    """
    if len(words.keys) == 0:
        return Arcs(_NOWHERE, _NOWHERE, _NOWHERE)
    remaining = places.last[places.owner] - np.arange(len(places))
    usable = [mask for mask in (at, starts) if mask is not None]
    begins = np.logical_and.reduce([remaining >= min_length, *usable]).nonzero()[0]
    if len(places) <= FEW_PLACES:
        return _find_at_once(places, words, begins, np.minimum(remaining[begins], max_length), min_length, at)
    found: list[tuple[Int64s, Int64s, Int64s]] = []
    for length in range(min_length, max_length + 1):
        begins = begins[remaining[begins] >= length]
        if len(begins) == 0:
            break
        here = begins if at is None else begins[at[begins + length]]
        hit, word = words.find(substring_hashes(places.prefixes, here, length))
        found.append((here[hit], here[hit] + length, word))
    if not found:
        return Arcs(_NOWHERE, _NOWHERE, _NOWHERE)
    source, target, word = (np.concatenate(x) for x in zip(*found, strict=True))
    order = np.lexsort((target, source))
    return Arcs(source[order], target[order], word[order])
