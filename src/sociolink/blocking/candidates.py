"""Which pairs are compared: profiles and customers that share a key, with large blocks kept as one pair each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.evidence.protocol import Hits, Keys, Pairs, sort_keys
from sociolink.index.scratch import Scratch
from sociolink.text.runs import expand_runs, starts_of_runs
from sociolink.text.sorting import find_sorted, sort_stably

__all__ = ["MAX_BLOCK", "Candidates", "Confirm", "KeyBlocks", "index_keys", "propose_pairs"]

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

Confirm = Callable[[Int64s, Int64s], npt.NDArray[np.bool_]]

MAX_BLOCK = 64
"""Customers that share a key are compared one by one only where the key leaves at most 6 bits to be found."""


_PASS = 1 << 22


@dataclass(frozen=True, slots=True)
class KeyBlocks:
    """The customers' keys of one family, sorted, with the bounds of each block.

    Attributes:
        key: (blocks,) uint64 distinct keys, ascending.
        start: (blocks + 1,) int64 where each block begins in `row`.
        row: (n,) int32 customer of each key.
    """

    key: npt.NDArray[np.uint64]
    start: Int64s
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


def index_keys(keys: Keys, scratch: Scratch | None = None) -> KeyBlocks:
    """The keys of the customers in blocks; those that are ascending already are not copied.

    Args:
        keys: The keys.
        scratch: Where the bounds of the blocks go, if they are not to be in memory.
    """
    ordered = sort_keys(keys)[0]
    key = ordered.key
    if scratch is not None:
        distinct, begin = scratch.map_columns(_bounds(key), [np.uint64, np.int64])
        return KeyBlocks(distinct, begin, ordered.row)
    first = starts_of_runs(key)
    start = np.append(first.nonzero()[0], len(key))
    return KeyBlocks(key[first], start.astype(np.int64), ordered.row)


def _bounds(key: npt.NDArray[np.uint64]) -> Iterator[tuple[npt.NDArray[np.uint64], Int64s]]:
    """Distinct keys of an ascending array and where each begins, pass by pass; then its end."""
    for begin in range(0, len(key), _PASS):
        here = key[begin : begin + _PASS]
        first = starts_of_runs(here)
        first[0] = begin == 0 or here[0] != key[begin - 1]
        yield here[first], begin + first.nonzero()[0]
    yield key[:0], np.array([len(key)])


@dataclass(frozen=True, slots=True)
class _Met:
    """Keys of one family that agree: with one customer each (`small`), or with the many of a block (`large`).

    Attributes:
        code: (n,) int64 profile * customers + customer, or profile * blocks + block.
        customer_key: (n,) int64 index into the customers' ascending keys; for a block its first.
        profile_key: (n,) int64 index into the profiles' `Keys`.
    """

    code: Int64s
    customer_key: Int64s
    profile_key: Int64s


_NOTHING = np.empty(0, np.int64)
_NONE_MET = _Met(_NOTHING, _NOTHING, _NOTHING)


def _meet(block: KeyBlocks, keys: Keys, customers: int, max_block: int, confirm: Confirm | None) -> tuple[_Met, _Met]:
    """The small and the large blocks that the profiles' keys meet."""
    if len(keys) == 0:
        return _NONE_MET, _NONE_MET
    place, agrees = find_sorted(block.key, keys.key)
    at = agrees.nonzero()[0]
    met = place[at]
    begin = block.start[met]
    size = block.start[met + 1] - begin
    fits = size <= max_block
    run, entry = expand_runs(begin[fits], size[fits])
    used = at[fits][run]
    if confirm is not None:
        firm = confirm(entry, used).nonzero()[0]
        used, entry = used[firm], entry[firm]
    code = keys.row[used].astype(np.int64) * customers + block.row[entry]
    rest = (~fits).nonzero()[0]
    wide = keys.row[at[rest]].astype(np.int64) * max(len(block.key), 1) + met[rest]
    return _Met(code, entry, used), _Met(wide, begin[rest], at[rest])


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
    again = confirm or [None] * len(blocks)
    met = [
        _meet(block, keys, customers, max_block, check)
        for block, keys, check in zip(blocks, profile_keys, again, strict=True)
    ]
    forced = np.empty(0, np.int64) if also is None else also[0] * customers + also[1]
    return _assemble(blocks, met, forced, profiles, customers)


def _number(codes: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    """Distinct codes, ascending; the order that sorts the codes; for each of them, in that order, its number."""
    if len(codes) == 0:
        return _NOTHING, _NOTHING, _NOTHING
    order, ordered = sort_stably(codes.view(np.uint64))
    first = starts_of_runs(ordered)
    return ordered[first].view(np.int64), order.astype(np.int64), np.cumsum(first) - 1


def _assemble(
    blocks: Sequence[KeyBlocks], met: list[tuple[_Met, _Met]], forced: Int64s, profiles: int, customers: int
) -> Candidates:
    """Each pair once: customers, then large blocks by family, then everybody else."""
    codes = np.concatenate([*(small.code for small, _ in met), forced])
    unique, order, number = _number(codes)
    wide = [_number(large.code) for _, large in met]
    owner = [unique // max(customers, 1)]
    owner += [code // max(len(block.key), 1) for (code, _, _), block in zip(wide, blocks, strict=True)]
    many = np.stack([np.bincount(one, minlength=profiles) for one in owner])
    sizes = np.vstack([many, np.ones((1, profiles), np.int64)])
    begin = (np.cumsum(sizes.T).reshape(profiles, -1) - sizes.T).T if profiles else sizes
    place = [_places(one, begin[kind]) for kind, one in enumerate(owner)]
    pairs = int(sizes.sum())
    customer, count = np.full(pairs, -1, np.int32), np.ones(pairs)
    profile = np.repeat(np.arange(profiles, dtype=np.int32), sizes.sum(0))
    customer[place[0]] = unique % max(customers, 1)
    seen = many[0].astype(np.float64)
    for kind, (block, (code, _, _)) in enumerate(zip(blocks, wide, strict=True), start=1):
        if len(code) == 0:
            continue
        at = code % max(len(block.key), 1)
        count[place[kind]] = block.start[at + 1] - block.start[at]
        seen += np.bincount(owner[kind], weights=count[place[kind]], minlength=profiles)
    count[begin[-1]] = np.maximum(customers - seen, 0.0)
    hits = _hits(met, place, order, number, wide)
    capped = sum(len(code) for code, _, _ in wide)
    return Candidates(Pairs(profile, customer, count), hits, len(unique), capped)


def _places(owner: Int64s, begin: Int64s) -> Int64s:
    """Where entries go that are sorted by owner, if those of each owner begin at `begin`."""
    first = np.searchsorted(owner, np.arange(len(begin)))
    return begin[owner] + np.arange(len(owner)) - first[owner]


def _hits(
    met: list[tuple[_Met, _Met]],
    place: list[Int64s],
    order: Int64s,
    number: Int64s,
    wide: list[tuple[Int64s, Int64s, Int64s]],
) -> tuple[Hits, ...]:
    """The keys that agreed, by pair."""
    hits: list[Hits] = []
    offset = 0
    for kind, ((small, large), (_, wide_order, wide_number)) in enumerate(zip(met, wide, strict=True), start=1):
        if len(small.code) + len(large.code) == 0:
            hits.append(Hits(*(np.empty(0, np.int32) for _ in range(3))))
            continue
        mine = (order >= offset) & (order < offset + len(small.code))
        at = order[mine] - offset
        offset += len(small.code)
        pair = np.concatenate([place[0][number[mine]], place[kind][wide_number]])
        customer_key = np.concatenate([small.customer_key[at], large.customer_key[wide_order]])
        profile_key = np.concatenate([small.profile_key[at], large.profile_key[wide_order]])
        if len(wide_order):
            back = np.argsort(pair, kind="stable")
            pair, customer_key, profile_key = pair[back], customer_key[back], profile_key[back]
        hits.append(Hits(pair.astype(np.int32), customer_key.astype(np.int32), profile_key.astype(np.int32)))
    return tuple(hits)
