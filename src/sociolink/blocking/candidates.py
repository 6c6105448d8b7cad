"""Which pairs are compared: profiles and customers that share a key, with large blocks kept as one pair each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.evidence.protocol import Hits, Keys, Pairs
from sociolink.text.runs import expand_runs
from sociolink.text.sorting import sort_stably

__all__ = ["MAX_BLOCK", "Candidates", "Confirm", "KeyBlocks", "index_keys", "propose_pairs"]

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

Confirm = Callable[[Int64s, Int64s], npt.NDArray[np.bool_]]

MAX_BLOCK = 64
"""Customers that share a key are compared one by one only where the key leaves at most 6 bits to be found."""


@dataclass(frozen=True, slots=True)
class KeyBlocks:
    """The customers' keys of one family, sorted, with the bounds of each block.

    Attributes:
        key: (blocks,) uint64 distinct keys, ascending.
        start: (blocks + 1,) int64 where each block begins in `order`.
        order: (n,) int32 index into the family's `Keys`.
        row: (n,) int32 customer of each entry of `order`.
    """

    key: npt.NDArray[np.uint64]
    start: Int64s
    order: Int32s
    row: Int32s


@dataclass(frozen=True, slots=True)
class Candidates:
    """Proposed pairs and what proposed them.

    Attributes:
        pairs: All pairs, by profile: customers in ascending order, then capped blocks, then "everybody else".
        hits: For each family the keys that agreed.
        proposed: Number of pairs with one customer.
        capped: Number of (profile, block) pairs that stand for a large block.
    """

    pairs: Pairs
    hits: tuple[Hits, ...]
    proposed: int
    capped: int


def index_keys(keys: Keys) -> KeyBlocks:
    """Sort the keys of the customers once; those of a block keep the order in which the family gave them."""
    order, key = sort_stably(keys.key)
    first = np.ones(len(key), np.bool_)
    first[1:] = key[1:] != key[:-1]
    start = np.append(np.flatnonzero(first), len(key))
    return KeyBlocks(key[first], start.astype(np.int64), order, keys.row[order])


def _look_up(blocks: KeyBlocks, keys: Keys) -> tuple[Int64s, Int64s]:
    """Indexes of profile keys that a customer has, and the blocks they meet."""
    if len(blocks.key) == 0 or len(keys) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    order = np.argsort(keys.key, kind="stable")
    at = np.minimum(np.searchsorted(blocks.key, keys.key[order]), len(blocks.key) - 1)
    met = blocks.key[at] == keys.key[order]
    known, block = order[met], at[met]
    back = np.argsort(known, kind="stable")
    return known[back], block[back]


def _distinct(codes: Int64s) -> Int64s:
    """Sorted distinct codes; a sort is several times faster than `np.unique` on many distinct values."""
    ordered = np.sort(codes)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return np.asarray(ordered[first], np.int64)


def propose_pairs(
    blocks: Sequence[KeyBlocks],
    profile_keys: Sequence[Keys],
    *,
    profiles: int,
    customers: int,
    also: tuple[Int64s, Int64s] | None = None,
    max_block: int = MAX_BLOCK,
    confirm: Sequence[Confirm | None] = (),
) -> Candidates:
    """Meet the keys of all families.

    Args:
        blocks: The customers' keys of each family.
        profile_keys: The profiles' keys of each family.
        profiles: Number of profiles.
        customers: Number of customers.
        also: Profiles and customers that are compared whatever their keys say.
        max_block: Largest block whose customers are compared one by one.
        confirm: For each family what says whether keys that agree hold up: `(customer_key, profile_key)` to bools.

    Returns:
        Every pair with a common key in a small block, one pair with `customer` -1 for every larger block met, and
        one for the customers that share no key with the profile.
    """
    small: list[tuple[Int64s, Int64s, Int64s, Int64s]] = []
    large: list[tuple[int, Int64s, Int64s, Int64s, Int64s]] = []
    for number, (block, keys) in enumerate(zip(blocks, profile_keys, strict=True)):
        at, met = _look_up(block, keys)
        size = block.start[met + 1] - block.start[met]
        fits = size <= max_block
        place, entry = expand_runs(block.start[met[fits]], size[fits])
        used, entry_key = at[fits][place], block.order[entry].astype(np.int64)
        check = confirm[number] if confirm else None
        if check is not None:
            firm = np.flatnonzero(check(entry_key, used))
            used, entry, entry_key = used[firm], entry[firm], entry_key[firm]
        small.append((keys.row[used].astype(np.int64), block.row[entry].astype(np.int64), entry_key, used))
        rest = np.flatnonzero(~fits)
        code = keys.row[at[rest]].astype(np.int64) * max(len(block.key), 1) + met[rest]
        large.append((number, _distinct(code), code, at[rest], met[rest]))
    forced = np.empty(0, np.int64) if also is None else also[0] * customers + also[1]
    return _assemble(blocks, small, large, forced, profiles, customers)


def _assemble(
    blocks: Sequence[KeyBlocks],
    small: list[tuple[Int64s, Int64s, Int64s, Int64s]],
    large: list[tuple[int, Int64s, Int64s, Int64s, Int64s]],
    forced: Int64s,
    profiles: int,
    customers: int,
) -> Candidates:
    codes = [profile * customers + customer for profile, customer, _, _ in small]
    unique = _distinct(np.concatenate([*codes, forced]))
    profile, customer = [unique // max(customers, 1)], [unique % max(customers, 1)]
    count = [np.ones(len(unique))]
    rank = [np.zeros(len(unique), np.int64)]
    for number, distinct, _, _, _ in large:
        wide = max(len(blocks[number].key), 1)
        sizes = np.diff(blocks[number].start)
        profile.append(distinct // wide)
        customer.append(np.full(len(distinct), -1))
        count.append(sizes[distinct % wide].astype(np.float64))
        rank.append(np.full(len(distinct), 1 + number))
    profile.append(np.arange(profiles))
    customer.append(np.full(profiles, -1))
    rank.append(np.full(profiles, 1 + len(blocks)))
    seen = np.bincount(np.concatenate(profile[:-1]), weights=np.concatenate(count), minlength=profiles)
    count.append(np.maximum(customers - seen, 0.0))
    everyone = (np.concatenate(profile), np.concatenate(rank), np.concatenate(customer))
    order = np.lexsort((everyone[2], everyone[1], everyone[0]))
    new = np.empty(len(order), np.int64)
    new[order] = np.arange(len(order))
    pairs = Pairs(
        everyone[0][order].astype(np.int32), everyone[2][order].astype(np.int32), np.concatenate(count)[order]
    )
    hits: list[Hits] = []
    offset = len(unique)
    for (_, _, entry, used), code, (number, distinct, many, at, met) in zip(small, codes, large, strict=True):
        of_small = new[np.searchsorted(unique, code)]
        of_large = new[offset + np.searchsorted(distinct, many)]
        first_of_block = blocks[number].order[blocks[number].start[met]].astype(np.int64)
        pair = np.concatenate([of_small, of_large])
        back = np.argsort(pair, kind="stable")
        hits.append(
            Hits(
                pair[back].astype(np.int32),
                np.concatenate([entry, first_of_block])[back].astype(np.int32),
                np.concatenate([used, at])[back].astype(np.int32),
            )
        )
        offset += len(distinct)
    capped = sum(len(distinct) for _, distinct, _, _, _ in large)
    return Candidates(pairs, tuple(hits), len(unique), capped)
