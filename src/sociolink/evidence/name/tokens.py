"""The name parts that a customer may use, each with the probability that they do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.reference.facts import nickname_pairs
from sociolink.text.hashing import UInt64s, hash_strings, string_bytes
from sociolink.text.names import NameKind, NameParts
from sociolink.text.runs import expand_runs, starts_of_runs
from sociolink.text.sorting import sort_stably

__all__ = ["NickNames", "Parts", "family_parts", "first_bytes", "given_parts", "load_nicknames"]

Floats = npt.NDArray[np.float64]
Int32s = npt.NDArray[np.int32]

_NICKNAME_SHARE = 0.2
_FORMAL_SHARE = 0.2
_KIND_WEIGHT = {
    NameKind.GIVEN: 1.0,
    NameKind.NICKNAME: 1.0,
    NameKind.MIDDLE: 0.12,
    NameKind.FAMILY: 1.0,
    NameKind.MAIDEN: 0.25,
}


@dataclass(frozen=True, slots=True)
class Parts:
    """Name parts of customers, one row per customer and distinct part.

    Attributes:
        row: (n,) int32 customers, ascending.
        key: (n,) uint64 hashes of the parts.
        length: (n,) int32 characters.
        initial: (n,) uint8, first byte.
        weight: (n,) float64, P(the customer uses this part); sums to at most 1 over a customer.
    """

    row: Int32s
    key: UInt64s
    length: Int32s
    initial: npt.NDArray[np.uint8]
    weight: Floats


@dataclass(frozen=True, slots=True)
class NickNames:
    """Short forms of given names, both ways.

    Attributes:
        key: (n,) uint64, sorted hashes of a name.
        other: (n,) uint64, a name that may stand for it.
        length: (n,) int32, characters of `other`.
        initial: (n,) uint8, first byte of `other`.
        share: (n,) float64, P(`other` is used | the name is `key`).
    """

    key: UInt64s
    other: UInt64s
    length: Int32s
    initial: npt.NDArray[np.uint8]
    share: Floats

    def expand(self, keys: UInt64s) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Places in `keys` and the entries of the table that belong to them."""
        low = np.searchsorted(self.key, keys, side="left")
        count = np.searchsorted(self.key, keys, side="right") - low
        return expand_runs(low, count)


@cache
def load_nicknames() -> NickNames:
    """The bundled short forms as hashes."""
    formal, nick = nickname_pairs()
    sides = [(formal, nick, _NICKNAME_SHARE), (nick, formal, _FORMAL_SHARE)]
    key = np.concatenate([hash_strings(one)[0] for one, _, _ in sides])
    other, length = (np.concatenate(x) for x in zip(*(hash_strings(two) for _, two, _ in sides), strict=True))
    initial = np.concatenate([first_bytes(two) for _, two, _ in sides])
    total = np.concatenate([np.full(len(one), share) for one, _, share in sides])
    order = np.argsort(key, kind="stable")
    key, other, length, initial, total = (x[order] for x in (key, other, length, initial, total))
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    return NickNames(key, other, length.astype(np.int32), initial, total / count[inverse])


def first_bytes(values: pa.Array) -> npt.NDArray[np.uint8]:
    """(values,) first byte of each string; 0 of an empty one."""
    strings = string_bytes(values)
    data = np.append(strings.data, np.uint8(0))
    return np.where(strings.lengths > 0, data[np.minimum(strings.offsets[:-1], len(strings.data))], 0).astype(np.uint8)


def _select(parts: NameParts, kinds: tuple[NameKind, ...]) -> Parts:
    """Parts of some kinds, as hashes, weighted by their kind."""
    chosen = np.isin(parts.kind, [int(kind) for kind in kinds])
    values = parts.value.filter(pa.array(chosen))
    encoded = values.dictionary_encode() if not pa.types.is_dictionary(values.type) else values
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = encoded.indices.to_numpy()
    key, length = hash_strings(encoded.dictionary)
    scale = np.zeros(max(int(kind) for kind in NameKind) + 1)
    for kind, worth in _KIND_WEIGHT.items():
        scale[int(kind)] = worth
    weight = parts.weight[chosen].astype(np.float64) * scale[parts.kind[chosen]]
    initial = first_bytes(encoded.dictionary)
    return Parts(parts.row[chosen], key[codes], length[codes].astype(np.int32), initial[codes], weight)


def _normalised(row: Int32s, key: UInt64s, length: Int32s, initial: npt.NDArray[np.uint8], weight: Floats) -> Parts:
    """Add up equal parts of a customer and scale their weights to sum to 1."""
    keep = length > 0
    row, key, length, initial, weight = row[keep], key[keep], length[keep], initial[keep], weight[keep]
    order = _by_row_and_key(row, key)
    row, key, length, initial, weight = row[order], key[order], length[order], initial[order], weight[order]
    first = starts_of_runs(row, key)
    group = np.cumsum(first) - 1
    summed = np.bincount(group, weights=weight, minlength=int(first.sum()))
    row = row[first]
    total = np.bincount(row, weights=summed)
    return Parts(row, key[first], length[first], initial[first], np.asarray(summed / total[row], np.float64))


def _by_row_and_key(row: Int32s, key: UInt64s) -> npt.NDArray[np.integer]:
    """The stable order by row, then key."""
    order, _ = sort_stably(key)
    again, _ = sort_stably(row[order].astype(np.uint64))
    return order[again]


def family_parts(parts: NameParts) -> Parts:
    """Family names, with their variants and maiden names, each customer's weights summing to 1."""
    chosen = _select(parts, (NameKind.FAMILY, NameKind.MAIDEN))
    return _normalised(chosen.row, chosen.key, chosen.length, chosen.initial, chosen.weight)


def given_parts(parts: NameParts, nicknames: NickNames) -> Parts:
    """Given names, middle names, recorded and usual short forms, each customer's weights summing to 1."""
    chosen = _select(parts, (NameKind.GIVEN, NameKind.NICKNAME, NameKind.MIDDLE))
    unique, code = np.unique(chosen.key, return_inverse=True)
    place, entry = nicknames.expand(unique)
    count = np.bincount(place, minlength=len(unique))
    start = np.cumsum(count) - count
    source, number = expand_runs(start[code], count[code])
    used = entry[number]
    has = np.zeros(len(unique))
    np.add.at(has, place, nicknames.share[entry])
    return _normalised(
        np.concatenate([chosen.row, chosen.row[source]]).astype(np.int32),
        np.concatenate([chosen.key, nicknames.other[used]]),
        np.concatenate([chosen.length, nicknames.length[used]]),
        np.concatenate([chosen.initial, nicknames.initial[used]]),
        np.concatenate([chosen.weight * (1 - has[code]), chosen.weight[source] * nicknames.share[used]]),
    )
