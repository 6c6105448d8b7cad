"""Columns of names taken apart: each name whole and in parts, in every spelling, with a weight for each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import Flat, flatten, restore
from sociolink.text.folding import fold_variants, squash
from sociolink.text.name_words import PARTICLES, PARTICLES_IN_LOWER_CASE
from sociolink.text.runs import starts_of_runs

__all__ = ["NameKind", "NameParts", "column_parts", "merge_parts", "nickname_parts"]

_SPELLING, _DROPPED, _PART, _LATER_PART, _INITIALS = 0.9, 0.8, 0.7, 0.6, 0.3
_NO_LETTERS = r"\s!-/:-@\[-`{-\x{BF}\x{2000}-\x{2BFF}\x{3000}-\x{3004}\x{3008}-\x{3020}\x{30FB}"
_SEPARATORS = f"[{_NO_LETTERS}]+"
_SEVERAL_WORDS = f"[^{_NO_LETTERS}][{_NO_LETTERS}]+[^{_NO_LETTERS}]"
_NO_NAMES = sorted(PARTICLES | PARTICLES_IN_LOWER_CASE)


class NameKind(IntEnum):
    """What a part of a name is."""

    GIVEN = 0
    FAMILY = 1
    MIDDLE = 2
    NICKNAME = 3
    MAIDEN = 4


@dataclass(frozen=True, slots=True, eq=False)
class NameParts:
    """Parts of the names of many customers, one after the other.

    Attributes:
        row: int32, in order; the customer.
        kind: uint8; a `NameKind`. Kinds are in order within a row, weights fall within a kind.
        value: `[a-z0-9]` only, none empty, distinct within row and kind.
        weight: float32 in (0, 1]: 1 for the name as it stands, less for spellings, parts and shortened forms.
    """

    row: npt.NDArray[np.int32]
    kind: npt.NDArray[np.uint8]
    value: pa.Array
    weight: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.row)

    def filter(self, keep: npt.NDArray[np.bool_]) -> NameParts:
        """Only the parts that are marked."""
        return NameParts(self.row[keep], self.kind[keep], self.value.filter(pa.array(keep)), self.weight[keep])

    def take(self, order: npt.NDArray[np.int64]) -> NameParts:
        """The parts in another order."""
        return NameParts(self.row[order], self.kind[order], self.value.take(pa.array(order)), self.weight[order])


def nickname_parts(values: pa.Array) -> NameParts:
    """Parts of a column of nicknames, several in a value separated by a sign."""
    lists = pc.split_pattern_regex(values, r"\s*[;,/|]\s*")
    parts = column_parts(NameKind.NICKNAME, pc.list_flatten(lists))
    parent = np.asarray(pc.list_parent_indices(lists), dtype=np.int32)
    return NameParts(parent[parts.row], parts.kind, parts.value, parts.weight)


def column_parts(kind: NameKind, values: pa.Array, *, scale: float = 1.0) -> NameParts:
    """Parts and variants of one column; they are made for each distinct value and copied to the rows."""
    encoded = values.dictionary_encode()
    if pc.max(pc.binary_length(encoded.dictionary)).as_py() in (None, 0):
        return _column(np.zeros(0, np.int32), kind, pa.array([], pa.string()), 1.0)
    made = merge_parts([_whole(kind, encoded.dictionary), *_words(kind, encoded.dictionary)], [])
    codes = np.asarray(encoded.indices)
    first = np.searchsorted(made.row, np.arange(len(encoded.dictionary) + 1))
    counts = np.diff(first)[codes]
    row = np.repeat(np.arange(len(codes), dtype=np.int32), counts)
    within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    expanded = made.take(np.repeat(first[:-1][codes], counts) + within)
    return NameParts(row, expanded.kind, expanded.value, (expanded.weight * scale).astype(np.float32))


def _column(row: npt.NDArray[np.int32], kind: int, value: pa.Array, weight: npt.ArrayLike) -> NameParts:
    weights = np.broadcast_to(np.asarray(weight, np.float32), row.shape)
    return NameParts(row, np.full(len(row), kind, np.uint8), value, weights)


def _whole(kind: NameKind, values: pa.Array) -> NameParts:
    row, value = fold_variants(values)
    first = starts_of_runs(row)
    return _column(row, kind, value, np.where(first, 1.0, _SPELLING))


def _words(kind: NameKind, values: pa.Array) -> list[NameParts]:
    """The words of names of several words, their initials, and the names without particles."""
    several = np.flatnonzero(np.asarray(pc.match_substring_regex(values, _SEVERAL_WORDS), dtype=np.bool_))
    if not len(several):
        return []
    lists = pc.split_pattern_regex(values.take(pa.array(several)), _SEPARATORS)
    words, parent = pc.list_flatten(lists), several[np.asarray(pc.list_parent_indices(lists))].astype(np.int32)
    plain = squash(words)
    length = np.asarray(pc.binary_length(plain))
    single = length == 1
    named = (length > 1) & ~np.asarray(pc.is_in(plain, value_set=pa.array(_NO_NAMES)), dtype=np.bool_)
    word_row, spelling = fold_variants(words)
    leading = starts_of_runs(parent)
    weight = np.where(leading, _PART, _LATER_PART)
    if kind is NameKind.MIDDLE:
        weight = np.ones(len(words))
    spelt = named[word_row]
    made = [_column(parent[word_row][spelt], kind, spelling.filter(pa.array(spelt)), weight[word_row][spelt])]
    if kind in (NameKind.GIVEN, NameKind.MIDDLE):
        made.append(_column(parent[single], NameKind.MIDDLE, plain.filter(pa.array(single)), 1.0))
    if kind is NameKind.GIVEN:
        initials = _joined(parent[named], pc.utf8_slice_codeunits(plain.filter(pa.array(named)), 0, 1))
        compound = np.asarray(pc.binary_length(initials[1])) > 1
        letters = initials[1].filter(pa.array(compound))
        made.append(_column(initials[0][compound], NameKind.NICKNAME, letters, _INITIALS))
    if kind in (NameKind.FAMILY, NameKind.MAIDEN):
        dropped = _joined(parent[named], plain.filter(pa.array(named)))
        made.append(_column(dropped[0], kind, dropped[1], _DROPPED))
    return made


def _joined(parent: npt.NDArray[np.int32], words: pa.Array) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """The words of each parent in one."""
    flat = flatten(words)
    first = starts_of_runs(parent)
    starts = np.flatnonzero(first)
    offsets = np.append(flat.offsets[starts], flat.offsets[-1])
    return parent[starts], restore(Flat(flat.data, offsets))


def merge_parts(own: list[NameParts], others: list[NameParts]) -> NameParts:
    """All parts in order of row, kind and falling weight, once each; of others, only what no kind of own parts says."""
    sources = own + others
    row = np.concatenate([source.row for source in sources])
    kind = np.concatenate([source.kind for source in sources])
    value = pa.concat_arrays([source.value for source in sources])
    weight = np.concatenate([source.weight for source in sources])
    is_other = np.repeat(np.arange(len(sources)) >= len(own), [len(source) for source in sources])
    keep = np.asarray(pc.not_equal(value, ""), dtype=np.bool_)
    if is_other.any():
        keep[is_other] &= ~_said_before(row, value, is_other)
    parts = NameParts(row, kind, value, weight).filter(keep)
    parts = parts.take(np.argsort(-parts.weight, kind="stable"))
    parts = parts.take(np.argsort(parts.row * np.int64(8) + parts.kind, kind="stable"))
    codes = np.asarray(parts.value.dictionary_encode().indices, dtype=np.int64)
    pair = (parts.row * np.int64(8) + parts.kind) * (codes.max(initial=0) + 1) + codes
    return parts.filter(_first_occurrence(pair))


def _said_before(row: npt.NDArray[np.int32], value: pa.Array, is_other: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """For each of the other parts, whether a part that is not among them has the same row and value."""
    has_other = np.zeros(row.max(initial=-1) + 1, np.bool_)
    has_other[row[is_other]] = True
    near = np.flatnonzero(has_other[row])
    codes = np.asarray(value.take(pa.array(near)).dictionary_encode().indices, dtype=np.int64)
    said = row[near] * np.int64(len(codes) + 1) + codes
    other = is_other[near]
    return np.asarray(pc.is_in(pa.array(said[other]), value_set=pa.array(said[~other])), dtype=np.bool_)


def _first_occurrence(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """True where a key stands for the first time; Arrow numbers keys in the order in which they come."""
    numbers = np.asarray(pa.array(keys).dictionary_encode().indices, dtype=np.int64)
    fresh = np.ones(len(keys), np.bool_)
    fresh[1:] = numbers[1:] > np.maximum.accumulate(numbers)[:-1]
    return fresh
