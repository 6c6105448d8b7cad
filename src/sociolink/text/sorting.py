"""Many numbers in order: the same orders and places as numpy gives, by fewer and plainer sorts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.runs import starts_of_runs

__all__ = ["distinct_sorted", "find_sorted", "number_tuples", "sort_records", "sort_stably", "sorted_distinct"]

Bools = npt.NDArray[np.bool_]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
UInt64s = npt.NDArray[np.uint64]
Number = TypeVar("Number", bound=np.number)

_FEW = 1 << 12
_PASS = 1 << 16
_LARGE = 1 << 17


def sort_stably(keys: UInt64s) -> tuple[Int32s, UInt64s]:
    """The stable order of keys, and the keys in that order.

    The upper bits of each key and its place make one number; sorting numbers is several times faster than sorting
    places by their keys. The few keys that only their lower bits tell apart are put right afterwards.

    Args:
        keys: (n,) uint64, at most 2^31 of them.

    Returns:
        (n,) int32, what `np.argsort(keys, kind="stable")` gives; (n,) the sorted keys.

    Examples:
        >>> order, ordered = sort_stably(np.array([7, 3, 7, 1], np.uint64))
        >>> order.tolist(), ordered.tolist()
        ([3, 1, 0, 2], [1, 3, 7, 7])
    """
    if len(keys) < _FEW:
        order = np.argsort(keys, kind="stable").astype(np.int32)
        return order, keys[order]
    return _sort(keys, None)


def sort_records(records: npt.NDArray[np.void]) -> tuple[Int32s, tuple[npt.NDArray[Any], ...]]:
    """The stable order of records by their field `key`, and their fields in that order.

    What belongs together lies side by side, and is fetched in one go: several times as fast as column by column, where
    there are many.

    Args:
        records: (n,) structured, at most 2^31 of them; the first field is `key`, uint64.

    Returns:
        (n,) int32 order, as of `sort_stably`; for each field (n,) its values in this order.

    Examples:
        >>> records = np.array([(7, 1), (3, 2), (7, 3)], [("key", np.uint64), ("row", np.int64)])
        >>> order, (key, row) = sort_records(records)
        >>> order.tolist(), key.tolist(), row.tolist()
        ([1, 0, 2], [3, 7, 7], [2, 1, 3])
    """
    first, *names = records.dtype.names or ()
    if len(records) < _FEW:
        order = np.argsort(records[first], kind="stable").astype(np.int32)
        return order, tuple(records[name][order] for name in (first, *names))
    columns = [np.empty(len(records), records.dtype[name]) for name in names]

    def fetch(here: slice, at: Int32s) -> UInt64s:
        found = records.take(at)
        for name, column in zip(names, columns, strict=True):
            column[here] = found[name]
        keys: UInt64s = found[first]
        return keys

    order, ordered = _sort(records[first], fetch)
    return order, (ordered, *columns)


def _sort(keys: UInt64s, fetch: Callable[[slice, Int32s], UInt64s] | None) -> tuple[Int32s, UInt64s]:
    """The stable order of many keys, and the keys in that order; `fetch` is asked for those of each part of it."""
    size = len(keys)
    bits = (size - 1).bit_length()
    places = np.uint64((1 << bits) - 1)
    short = fetch is None and int(keys.max()).bit_length() + bits <= 64
    take = fetch or (lambda here, at: keys[at])
    packed = keys << np.uint64(bits) if short else keys & ~places
    for begin in range(0, size, _PASS):
        packed[begin : begin + _PASS] |= np.arange(begin, min(begin + _PASS, size), dtype=np.uint64)
    packed.sort()
    order = np.empty(size, np.int32)
    for begin in range(0, size, _PASS):
        here = slice(begin, min(begin + _PASS, size))
        order[here] = packed[here] & places
        packed[here] = packed[here] >> np.uint64(bits) if short else take(here, order[here])
    wrong = (packed[1:] < packed[:-1]).nonzero()[0]
    if len(wrong):
        _put_right(order, packed, wrong, ~places, take)
    return order, packed


def _put_right(
    order: Int32s, keys: UInt64s, wrong: Int64s, upper: np.uint64, take: Callable[[slice, Int32s], UInt64s]
) -> None:
    """Sort again where keys with the same upper bits are out of order; as good as never, for 64 bits are many.

    The keys are in the order of their upper bits, which is all that these searches ask about.
    """
    tops = keys[wrong] & upper
    bounds = np.stack([np.searchsorted(keys, tops), np.searchsorted(keys, tops | ~upper, side="right")], 1)
    for low, high in np.unique(bounds, axis=0).tolist():
        here = slice(low, high)
        order[here] = order[here][np.lexsort((order[here], keys[here]))]
        keys[here] = take(here, order[here])


def distinct_sorted(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """What `np.unique` gives, by a sort, which is several times faster than its hash table on many distinct values.

    Examples:
        >>> distinct_sorted(np.array([3, 1, 3])).tolist()
        [1, 3]
    """
    ordered = np.sort(values)
    fresh = starts_of_runs(ordered)
    return ordered[fresh]


def find_sorted(sorted_keys: npt.NDArray[Number], keys: npt.NDArray[Number]) -> tuple[Int64s, Bools]:
    """Where keys stand in a sorted array, and whether they do.

    Many keys are looked up in their order, so that each look-up finds what it reads where the last one left off.

    Args:
        sorted_keys: (m,) ascending.
        keys: (n,) of the same type, in any order.

    Returns:
        (n,) int64 places in `sorted_keys` and (n,) whether the key stands there; where it does not, the place is
        one beside which it would stand.

    Examples:
        >>> at, met = find_sorted(np.array([2, 5, 9]), np.array([9, 3]))
        >>> at.tolist(), met.tolist()
        ([2, 1], [True, False])
    """
    if len(sorted_keys) == 0:
        return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.bool_)
    if len(keys) < _FEW or len(sorted_keys) < _LARGE:
        at = np.searchsorted(sorted_keys, keys)
    else:
        order = np.argsort(keys)
        at = np.empty(len(keys), np.int64)
        at[order] = np.searchsorted(sorted_keys, keys[order])
    at = np.minimum(at, len(sorted_keys) - 1).astype(np.int64, copy=False)
    return at, np.asarray(sorted_keys[at] == keys, np.bool_)


def number_tuples(*codes: Int64s) -> tuple[Int64s, Int64s]:
    """Number the different tuples of small numbers, in the order in which they come.

    Args:
        codes: At least one array (rows,) of numbers from 0 on.

    Returns:
        (rows,) int64 number of each row's tuple; (numbers,) int64 first row with each.

    Examples:
        >>> number, first = number_tuples(np.array([5, 5, 0, 5]), np.array([1, 2, 0, 1]))
        >>> number.tolist(), first.tolist()
        ([0, 1, 2, 0], [0, 1, 2])
    """
    number = np.zeros(len(codes[0]), np.int64)
    for column in codes:
        if not column.any():
            continue
        both = number * (int(column.max(initial=0)) + 1) + column
        number = np.asarray(pa.array(both).dictionary_encode().indices, np.int64)
    first = np.empty(int(number.max(initial=-1)) + 1, np.int64)
    first[number[::-1]] = np.arange(len(number) - 1, -1, -1)
    return number, first


def sorted_distinct(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Different values in ascending order; null comes last, where there is one.

    Examples:
        >>> sorted_distinct(pa.array(["b", "a", "b"])).to_pylist()
        ['a', 'b']
    """
    distinct = pc.unique(values)
    return distinct.take(pc.sort_indices(distinct))
