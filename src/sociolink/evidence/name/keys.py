"""The keys by which customers are found by name: every way in which their parts are put together, with its weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.grammar import KeyKind
from sociolink.evidence.name.strings import OwnStrings
from sociolink.evidence.name.tokens import Parts
from sociolink.evidence.protocol import Keys
from sociolink.index.scratch import Scratch
from sociolink.text.hashing import UInt64s, concat_hashes, mix
from sociolink.text.runs import expand_runs, starts_of_runs
from sociolink.text.sorting import sort_records, sort_stably

__all__ = [
    "BorneParts",
    "NameKeys",
    "SectionKeys",
    "key_of",
    "letter_hash",
    "make_keys",
    "make_section_keys",
    "merge_keys",
    "seal",
]

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

_PASS = 1 << 14
"""Customers whose keys are made at once: their parts stay near the processor."""

_MERGED = 1 << 22
"""Keys of all sections that are merged at once."""

_RECORD = np.dtype([("key", np.uint64), ("row", np.int32), ("weight", np.float32)])

_Made = tuple[npt.NDArray[np.integer], UInt64s, Floats]


@dataclass(frozen=True, slots=True)
class NameKeys:
    """Keys of customers with the probability that the customer uses these parts.

    Attributes:
        keys: The keys, ascending; equal ones by kind, customer and part.
        weight: (n,) float32, P(the customer uses these parts).
    """

    keys: Keys
    weight: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SectionKeys:
    """Keys of one section of customers.

    Attributes:
        keys: The keys.
        kind: (n,) uint8 number of the kind of each: keys of two kinds may be equal.
    """

    keys: NameKeys
    kind: Bytes


@dataclass(frozen=True, slots=True)
class BorneParts:
    """Sets of name parts, and the customers who bear them.

    Attributes:
        parts: The parts; their `row` is the number of the set.
        of: (customers,) int32 the set that each customer bears.
        sets: Number of sets.
    """

    parts: Parts
    of: Int32s
    sets: int

    @property
    def bearers(self) -> Int64s:
        """(sets,) customers who bear each set."""
        return np.bincount(self.of, minlength=self.sets)

    @property
    def starts(self) -> Int64s:
        """(sets + 1,) where the parts of each set begin."""
        out = np.zeros(self.sets + 1, np.int64)
        np.cumsum(np.bincount(self.parts.row, minlength=self.sets), out=out[1:])
        return out

    def initials(self) -> BorneParts:
        """First letters of each set's parts as parts of their own, their weights added up."""
        return BorneParts(_initials(self.parts), self.of, self.sets)


def key_of(kind: KeyKind, hashes: UInt64s) -> UInt64s:
    """A key from the hash of what the kind is made of."""
    return mix(hashes, int(kind))


def letter_hash(letters: Bytes) -> UInt64s:
    """The hash of one-letter strings."""
    return letters.astype(np.uint64)


def seal(hashes: UInt64s) -> UInt64s:
    """The hashes of strings with a mark after them: "ann" sealed and "asmith" is not "anna" sealed and "smith"."""
    return concat_hashes(hashes, letter_hash(np.full(len(hashes), ord("|"), np.uint8)), np.ones(len(hashes), np.int64))


def make_keys(
    given: BorneParts, family: BorneParts, strings: tuple[OwnStrings, ...], middle_initial: Bytes
) -> NameKeys:
    """Keys of every kind, each once for a customer.

    Args:
        given: Given names of the customers.
        family: Their family names.
        strings: Strings that they use elsewhere.
        middle_initial: (customers,) first byte of the middle name; 0 where unknown.

    Returns:
        The keys, ascending; equal ones by kind, customer and part.
    """
    return _make(given, family, strings, middle_initial)[0]


def make_section_keys(
    given: BorneParts, family: BorneParts, strings: tuple[OwnStrings, ...], middle_initial: Bytes
) -> SectionKeys:
    """The same for one section of customers, to be merged with those of others; see `make_keys`."""
    keys, order, ends = _make(given, family, strings, middle_initial)
    return SectionKeys(keys, np.searchsorted(ends, order, side="right").astype(np.uint8))


def _make(
    given: BorneParts, family: BorneParts, strings: tuple[OwnStrings, ...], middle_initial: Bytes
) -> tuple[NameKeys, Int32s, Int64s]:
    """The keys, the order of their making that sorts them, and where each kind ended in it."""
    short_given, short_family = given.initials(), family.initials()
    everybody, known = np.arange(len(given.of)), np.flatnonzero(middle_initial)
    kinds: list[_Single | _Crossed] = [
        _Crossed(KeyKind.GIVEN_FAMILY, given, family, everybody, left_keys=seal(given.parts.key)),
        _Crossed(KeyKind.INITIAL_FAMILY, short_given, family, everybody),
        _Crossed(KeyKind.GIVEN_INITIAL, given, short_family, everybody),
        _Single(KeyKind.FAMILY, family),
        _Single(KeyKind.GIVEN, given),
        _Crossed(KeyKind.INITIAL_PAIR, short_given, short_family, everybody),
        _Crossed(KeyKind.INITIALS, short_given, short_family, known, between=middle_initial),
    ]
    ends = np.cumsum([*(kind.count() for kind in kinds), *(len(own.row) for own in strings)])
    made = np.empty(int(ends[-1]), _RECORD)
    at = 0
    own_strings = ((own.row, key_of(own.kind, own.key), own.weight) for own in strings)
    for source in (*(kind.made() for kind in kinds), own_strings):
        for rows, hashes, weights in source:
            here = made[at : at + len(rows)]
            here["row"], here["key"], here["weight"] = rows, hashes, weights
            at += len(rows)
    order, (key, row, weight) = sort_records(made)
    return NameKeys(Keys(key, row), weight), order, ends


def merge_keys(parts: Sequence[SectionKeys], begins: Int64s, scratch: Scratch) -> NameKeys:
    """The keys of several sections of customers as `make_keys` would give them for all together.

    Args:
        parts: The keys of each section, with rows of its own.
        begins: (sections,) first row of each section; more are passed over.
        scratch: Where the merged keys go, a range of them at a time.

    Returns:
        The keys, ascending; equal ones by kind, customer and part.
    """
    all_keys = [part.keys.keys for part in parts]
    passes = sum(len(keys) for keys in all_keys) // _MERGED + 1
    bounds = [np.uint64((1 << 64) * number // passes) for number in range(passes)]
    places = [np.append(np.searchsorted(keys.key, bounds), len(keys)) for keys in all_keys]

    def merged() -> Iterator[tuple[UInt64s, Int32s, npt.NDArray[np.float32]]]:
        for number in range(passes):
            here = [slice(place[number], place[number + 1]) for place in places]
            by_kind = np.argsort(_joined([part.kind for part in parts], here), kind="stable")
            order, key = sort_stably(_joined([keys.key for keys in all_keys], here)[by_kind])
            made = by_kind[order]
            rows = [keys.row[at] + np.int32(begin) for keys, at, begin in zip(all_keys, here, begins, strict=False)]
            weights = _joined([part.keys.weight for part in parts], here)
            yield key, np.concatenate(rows)[made], weights[made]

    key, row, weight = scratch.map_columns(merged(), [np.uint64, np.int32, np.float32])
    return NameKeys(Keys(key, row), weight)


def _joined(columns: Sequence[npt.NDArray[Any]], places: Sequence[slice]) -> npt.NDArray[Any]:
    return np.concatenate([column[place] for column, place in zip(columns, places, strict=True)])


@dataclass(frozen=True, slots=True)
class _Single:
    """Keys of one kind from single parts."""

    kind: KeyKind
    side: BorneParts

    def count(self) -> int:
        return int(np.diff(self.side.starts)[self.side.of].sum())

    def made(self) -> Iterator[_Made]:
        start, keys = self.side.starts, key_of(self.kind, self.side.parts.key)
        size = np.diff(start)
        for begin in range(0, len(self.side.of), _PASS):
            of = self.side.of[begin : begin + _PASS]
            row, part = expand_runs(start[of], size[of])
            yield begin + row, keys[part], self.side.parts.weight[part]


@dataclass(frozen=True, slots=True)
class _Crossed:
    """Keys of one kind from every combination of a left and a right part of the same customer."""

    kind: KeyKind
    left: BorneParts
    right: BorneParts
    rows: Int64s
    left_keys: UInt64s | None = None
    between: Bytes | None = None

    def count(self) -> int:
        one, two = (np.diff(side.starts)[side.of[self.rows]] for side in (self.left, self.right))
        return int((one * two).sum())

    def made(self) -> Iterator[_Made]:
        keys = self.left.parts.key if self.left_keys is None else self.left_keys
        other = self.right.parts
        power = concat_hashes(
            np.ones(len(other.key), np.uint64), np.zeros_like(other.key), other.length.astype(np.int64)
        )
        starts = self.left.starts, self.right.starts
        sizes = np.diff(starts[0]), np.diff(starts[1])
        for begin in range(0, len(self.rows), _PASS):
            rows = self.rows[begin : begin + _PASS]
            left_of, right_of = self.left.of[rows], self.right.of[rows]
            place, left = expand_runs(starts[0][left_of], sizes[0][left_of])
            right_of = right_of[place]
            pair, right = expand_runs(starts[1][right_of], sizes[1][right_of])
            one, row = left[pair], rows[place[pair]]
            first = keys[one]
            if self.between is not None:
                first = concat_hashes(first, letter_hash(self.between[row]), np.ones(len(first), np.int64))
            key = first * power[right] + other.key[right]
            yield row, key_of(self.kind, key), self.left.parts.weight[one] * other.weight[right]


def _initials(parts: Parts) -> Parts:
    """First letters of each customer's parts as parts of their own, their weights added up."""
    code = parts.row.astype(np.int64) * 256 + parts.initial
    order = np.argsort(code, kind="stable")
    ordered = code[order]
    first = starts_of_runs(ordered)
    weight = np.bincount(np.cumsum(first) - 1, weights=parts.weight[order], minlength=int(first.sum()))
    row, letter = np.divmod(ordered[first], 256)
    initial = letter.astype(np.uint8)
    one = np.ones(len(row), np.int32)
    return Parts(row.astype(np.int32), letter_hash(initial), one, initial, np.asarray(weight, np.float64))
