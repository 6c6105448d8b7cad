"""The reference numbers that a CRM issued, found again in what people write: as they are, or with one slip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.events.formats import Format, judge_numbers
from sociolink.text.buffers import Flat, flatten, restore
from sociolink.text.hashing import UInt64s, hash_strings
from sociolink.text.runs import expand_runs, starts_of_runs
from sociolink.text.sorting import find_sorted

__all__ = ["VARIANTS", "Issued", "find_issued", "index_issued", "is_issued", "slips", "without_letters"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

VARIANTS = 200.0
"""About how many numbers are one slip away from a number: what a near miss is worth less."""

_CHUNK = 1 << 13
_FEWEST_SLIPPED_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Issued:
    """Numbers of a CRM.

    Attributes:
        alias: (aliases,) uint64, ascending: hashes of the numbers, and of what follows their first letters where that
            stands alone.
        key: (aliases,) uint64 hash of the number that each stands for.
        bits: (aliases,) log2 of how many numbers of the format of the alias there could be.
        lengths: Lengths of the aliases, ascending.
    """

    alias: UInt64s
    key: UInt64s
    bits: Floats
    lengths: tuple[int, ...]


def index_issued(numbers: pa.Array, formats: Mapping[str, Format]) -> Issued:
    """Make numbers ready to be found.

    Args:
        numbers: Normalised numbers; empty ones are passed over, and so are those that fit no format.
        formats: What `formats.learn_formats` found in them.
    """
    distinct = pc.unique(numbers)
    distinct = distinct.filter(pc.not_equal(distinct, ""))
    digits = without_letters(distinct)
    alone = pc.not_equal(digits, distinct)
    alias = pa.concat_arrays([distinct, digits.filter(alone)])
    stands_for = pa.concat_arrays([distinct, distinct.filter(alone)])
    judged = judge_numbers(alias, formats)
    kept = pa.array(judged.fits)
    alias, stands_for, bits = alias.filter(kept), stands_for.filter(kept), judged.bits[judged.fits]
    key, of = hash_strings(alias)[0], hash_strings(stands_for)[0]
    order = np.lexsort((of, key))
    lengths = tuple(sorted(pc.unique(pc.binary_length(alias)).to_pylist()))
    return Issued(key[order], of[order], bits[order], lengths)


def without_letters(numbers: pa.Array) -> pa.Array:
    """Numbers as they are quoted alone: without the letters at their beginning."""
    return pc.replace_substring_regex(numbers, "^[A-Z]+([0-9][A-Z0-9]*)$", r"\1")


def is_issued(numbers: pa.Array, issued: Issued) -> npt.NDArray[np.bool_]:
    """(n,) whether normalised numbers were issued as they are."""
    return find_sorted(issued.alias, hash_strings(numbers)[0])[1]


def find_issued(numbers: pa.Array, issued: Issued) -> tuple[Int64s, UInt64s, Floats, npt.NDArray[np.bool_]]:
    """Which issued numbers other numbers are, or are one slip away from where they are none.

    Args:
        numbers: (n,) distinct normalised numbers.
        issued: The numbers of the CRM.

    Returns:
        Of each find the row, the hash of the issued number, log2 of how many numbers of its format there could be,
        and whether there is a slip; in the order of rows, then hashes.
    """
    keys = hash_strings(numbers)[0]
    row, at = _places(issued, keys)
    found = np.zeros(len(numbers), np.bool_)
    found[row] = True
    length = np.asarray(pc.binary_length(numbers), np.int64)
    digits = np.asarray(pc.binary_length(pc.replace_substring_regex(numbers, "[A-Z]+", "")), np.int64)
    fits = np.isin(length, [size + step for size in issued.lengths for step in (-1, 0, 1)])
    rest = np.flatnonzero(~found & fits & (digits >= _FEWEST_SLIPPED_DIGITS - 1))
    rows, places = [row], [at]
    for begin in range(0, len(rest), _CHUNK):
        some = rest[begin : begin + _CHUNK]
        of, variant = slips(numbers.take(pa.array(some)))
        which, place = _places(issued, variant)
        rows.append(some[of[which]])
        places.append(place)
    near = np.repeat([False, True], [len(row), sum(map(len, rows[1:]))])
    row, at = np.concatenate(rows), np.concatenate(places)
    key = issued.key[at]
    order = np.lexsort((near, key, row))
    row, key, at, near = row[order], key[order], at[order], near[order]
    fresh = starts_of_runs(row, key)
    return row[fresh], key[fresh], issued.bits[at[fresh]], near[fresh]


def _places(issued: Issued, keys: UInt64s) -> tuple[Int64s, Int64s]:
    """Rows of the keys that are known, each with every place where it stands."""
    at, met = find_sorted(issued.alias, keys)
    row = np.flatnonzero(met)
    at = at[row]
    last = np.searchsorted(issued.alias, keys[row], side="right")
    first = np.searchsorted(issued.alias, keys[row], side="left")
    run, place = expand_runs(first, last - first)
    return row[run].astype(np.int64), place


def slips(numbers: pa.Array) -> tuple[Int64s, UInt64s]:
    """Hashes of what is one slip away: a digit that is another, missing or one too many, or two that are swapped.

    Args:
        numbers: (n,) normalised numbers.

    Returns:
        Rows, and hashes; what is one slip away in two ways stands there twice.

    Examples:
        >>> row, key = slips(pa.array(["A12"]))
        >>> len(row), bool(np.isin(hash_strings(pa.array(["A21", "A2", "A132", "A13", "B12"]))[0], key).sum() == 4)
        (41, True)
    """
    flat = flatten(numbers)
    rows: list[Int64s] = []
    keys: list[UInt64s] = []
    for length in np.unique(flat.lengths).tolist():
        some = np.flatnonzero(flat.lengths == length)
        grid = flat.data[flat.offsets[some][:, None] + np.arange(length)]
        for changed, of in _changes(grid):
            rows.append(some[of])
            size = changed.shape[1]
            strings = Flat(np.ascontiguousarray(changed).ravel(), np.arange(len(changed) + 1, dtype=np.int64) * size)
            keys.append(hash_strings(restore(strings))[0])
    if not rows:
        return np.empty(0, np.int64), np.empty(0, np.uint64)
    return np.concatenate(rows), np.concatenate(keys)


def _changes(grid: npt.NDArray[np.uint8]) -> list[tuple[npt.NDArray[np.uint8], Int64s]]:
    """Changed copies of strings of one length, and the row of each."""
    every, size = np.arange(len(grid)), grid.shape[1]
    digit = (grid >= ord("0")) & (grid <= ord("9"))
    out: list[tuple[npt.NDArray[np.uint8], Int64s]] = []
    for place in range(size):
        here = every[digit[:, place]]
        out.append((np.delete(grid[here], place, axis=1), here))
        for figure in range(ord("0"), ord("9") + 1):
            other = here[grid[here, place] != figure]
            changed = grid[other].copy()
            changed[:, place] = figure
            out.append((changed, other))
            out.append((np.insert(grid[here], place + 1, figure, axis=1), here))
        if place + 1 < size:
            both = here[digit[here, place + 1] & (grid[here, place] != grid[here, place + 1])]
            changed = grid[both].copy()
            changed[:, [place, place + 1]] = changed[:, [place + 1, place]]
            out.append((changed, both))
    return [(changed, of.astype(np.int64)) for changed, of in out if len(of)]
