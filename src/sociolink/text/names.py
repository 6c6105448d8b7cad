"""The names of customers as flat tokens with their variants, and the tokens of display names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import flatten, plain_strings, restore, select
from sociolink.text.folding import fold, squash
from sociolink.text.full_names import ADDITIONS, MAX_FULL_NAME, peel_fields, split_full_names
from sociolink.text.name_parts import NameKind, NameParts, column_parts, merge_parts, nickname_parts
from sociolink.text.runs import expand_runs
from sociolink.text.sorting import number_tuples
from sociolink.text.tokens import Tokens, tokenise

__all__ = [
    "NameKind",
    "NameParts",
    "NameSets",
    "customer_names",
    "name_sets",
    "name_tokens_of_display",
    "split_full_names",
]

_FROM_FULL = 0.5
_THREE_WORDS = r"\S\s+\S+\s+\S"
_FAMILY_KINDS = (int(NameKind.FAMILY), int(NameKind.MAIDEN))

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class NameSets:
    """The different sets of names that customers bear, and who bears which.

    Attributes:
        given: Given names, middle names and nicknames; `row` is the number of the set.
        given_of: (customers,) int32 number of each customer's set of given names.
        family: Family and maiden names, likewise.
        family_of: (customers,) int32 number of each customer's set of family names.
    """

    given: NameParts
    given_of: Int32s
    family: NameParts
    family_of: Int32s


def customer_names(
    given: pa.Array, middle: pa.Array, family: pa.Array, full: pa.Array, nickname: pa.Array
) -> NameParts:
    """All parts of customers' names under which they may appear.

    Compound names come whole and in parts, family names with and without particles, umlauts in each spelling. Where
    given or family name is missing it is read from the full name, which also yields nicknames, maiden and middle
    names that the other columns lack.

    Args:
        given: Given names; any of the columns may be all null.
        middle: Middle names or initials.
        family: Family names.
        full: Full names.
        nickname: Nicknames, several separated by comma or semicolon.

    Returns:
        The parts, in the order of the rows.

    Examples:
        >>> none = pa.nulls(1, pa.string())
        >>> parts = customer_names(pa.array(["Jean-Luc"]), none, pa.array(["de la Cruz"]), none, none)
        >>> parts.filter(parts.kind == NameKind.GIVEN).value.to_pylist()
        ['jeanluc', 'jean', 'luc']
        >>> parts.filter(parts.kind == NameKind.FAMILY).value.to_pylist()
        ['delacruz', 'cruz']
    """
    sets = name_sets(given, middle, family, full, nickname)
    parts = _in_a_row([_spread(sets.given, sets.given_of), _spread(sets.family, sets.family_of)])
    return parts.take(np.argsort(parts.row * np.int64(8) + parts.kind, kind="stable"))


def name_sets(given: pa.Array, middle: pa.Array, family: pa.Array, full: pa.Array, nickname: pa.Array) -> NameSets:
    """The same parts as `customer_names`, each set of names once however many customers bear it.

    Args:
        given: Given names; any of the columns may be all null.
        middle: Middle names or initials.
        family: Family names.
        full: Full names.
        nickname: Nicknames, several separated by comma or semicolon.

    Returns:
        The sets. Customers whose full name says more than their other columns have sets of their own.

    Examples:
        >>> none = pa.nulls(3, pa.string())
        >>> sets = name_sets(pa.array(["Ann", "Eve", "Ann"]), none, pa.array(["Lee", "Lee", "Ray"]), none, none)
        >>> sets.given.value.to_pylist(), sets.given_of.tolist(), sets.family_of.tolist()
        (['ann', 'eve'], [0, 1, 0], [0, 0, 1])
    """
    columns = _code_columns(given, middle, family, full, nickname)
    read = _rows_to_read(columns)
    rest = np.ones(len(columns["full"].of), np.bool_)
    rest[read] = False
    own = np.flatnonzero(rest)
    of_given, given_parts = _given_sets(columns, own)
    of_family, family_parts = _family_sets(columns, own)
    more = _read_parts(columns, read)
    is_family = np.isin(more.kind, _FAMILY_KINDS)
    given_of, given_parts = _with_more(own, of_given, given_parts, read, more.filter(~is_family))
    family_of, family_parts = _with_more(own, of_family, family_parts, read, more.filter(is_family))
    return NameSets(given_parts, given_of, family_parts, family_of)


def name_tokens_of_display(values: pa.Array) -> Tokens:
    """Tokens of display names; titles and other decorations stay, an apostrophe inside a word does not part it.

    Args:
        values: Display names; null counts as empty.

    Returns:
        Folded tokens in the order of the values.

    Examples:
        >>> name_tokens_of_display(pa.array(["Sen. Pat O'Neil 🇺🇸"])).value.to_pylist()
        ['sen', 'pat', 'oneil']
    """
    flat = flatten(fold(values))
    letter = (flat.data >= ord("a")) & (flat.data <= ord("z"))
    inside = np.zeros_like(letter)
    inside[1:-1] = letter[:-2] & letter[2:]
    inside &= ~(flat.starts | flat.ends)
    return tokenise(restore(select(flat, ~(inside & (flat.data == ord("'"))))))


@dataclass(frozen=True, slots=True, eq=False)
class _Coded:
    """A column by its different values.

    Attributes:
        of: (rows,) int64 number of each row's value.
        values: (numbers,) strings, most of them different.
    """

    of: Int64s
    values: pa.Array

    def at(self, rows: Int64s) -> pa.Array:
        return self.values.take(pa.array(self.of[rows]))

    def also(self, values: pa.Array) -> _Coded:
        """Another column that follows from this one: (numbers,) values that need not differ, and mostly do not."""
        encoded = values.dictionary_encode()
        numbers = np.asarray(encoded.indices, np.int64)
        of = numbers[self.of] if len(encoded.dictionary) > 1 else np.zeros_like(self.of)
        return _Coded(of, encoded.dictionary)

    def told(self, about: pa.Array) -> npt.NDArray[np.bool_]:
        """(rows,) what is told about the values."""
        return np.asarray(about, np.bool_)[self.of]


def _code_columns(
    given: pa.Array, middle: pa.Array, family: pa.Array, full: pa.Array, nickname: pa.Array
) -> dict[str, _Coded]:
    """The columns cut to a bearable length, and what stands in given and family names beside the names."""
    out: dict[str, _Coded] = {}
    named = {"given": given, "middle": middle, "family": family, "full": full, "nickname": nickname}
    for name, column in named.items():
        encoded = plain_strings(column).dictionary_encode()
        coded = _Coded(np.asarray(encoded.indices, np.int64), encoded.dictionary)
        short = pc.utf8_slice_codeunits(encoded.dictionary, 0, MAX_FULL_NAME)
        kept: tuple[pa.Array, ...] = peel_fields(short) if name in ("given", "family") else (short,)
        out[name] = _Coded(coded.of, kept[0])
        for also, values in zip(("_nickname", "_maiden"), kept[1:], strict=False):
            out[name + also] = coded.also(values)
    return out


def _rows_to_read(columns: dict[str, _Coded]) -> Int64s:
    """Rows whose full name says more than their given and family name."""
    empty = {name: columns[name].told(pc.equal(columns[name].values, "")) for name in ("given", "family", "middle")}
    full = columns["full"]
    longer = full.told(pc.match_substring_regex(full.values, _THREE_WORDS)) & empty["middle"]
    says_more = full.told(pc.match_substring_regex(full.values, ADDITIONS)) | longer
    wanted = (says_more | empty["given"] | empty["family"]) & full.told(pc.not_equal(full.values, ""))
    rows = np.flatnonzero(wanted)
    present = squash(pc.binary_join_element_wise(columns["given"].at(rows), columns["family"].at(rows), ""))
    return rows[np.asarray(pc.not_equal(squash(full.at(rows)), present), np.bool_)]


def _given_sets(columns: dict[str, _Coded], rows: Int64s) -> tuple[Int32s, NameParts]:
    nicknames = ("nickname", "given_nickname", "family_nickname")
    number, first = number_tuples(*(columns[name].of[rows] for name in ("given", "middle", *nicknames)))
    given, middle, *rest = (columns[name].at(rows[first]) for name in ("given", "middle", *nicknames))
    parts = [column_parts(NameKind.GIVEN, given), column_parts(NameKind.MIDDLE, middle), *map(nickname_parts, rest)]
    return number.astype(np.int32), merge_parts(parts, [])


def _family_sets(columns: dict[str, _Coded], rows: Int64s) -> tuple[Int32s, NameParts]:
    maiden = ("given_maiden", "family_maiden")
    number, first = number_tuples(*(columns[name].of[rows] for name in ("family", *maiden)))
    family, *rest = (columns[name].at(rows[first]) for name in ("family", *maiden))
    parts = [column_parts(NameKind.FAMILY, family), *(column_parts(NameKind.MAIDEN, column) for column in rest)]
    return number.astype(np.int32), merge_parts(parts, [])


def _read_parts(columns: dict[str, _Coded], rows: Int64s) -> NameParts:
    """Parts of customers whose full name is read; what it says in other words than their columns counts less."""
    at = {name: column.at(rows) for name, column in columns.items()}
    given, family, middle = at["given"], at["family"], at["middle"]
    more = _read_full(at)
    own = [
        column_parts(NameKind.GIVEN, pc.if_else(pc.equal(given, ""), more["given"], given)),
        column_parts(NameKind.FAMILY, pc.if_else(pc.equal(family, ""), more["family"], family)),
        column_parts(NameKind.MIDDLE, middle),
    ]
    maidens = (at["given_maiden"], at["family_maiden"], more["maiden"])
    own += [column_parts(NameKind.MAIDEN, column) for column in maidens]
    nicknames = (at["nickname"], at["given_nickname"], at["family_nickname"], more["nickname"])
    own += [nickname_parts(column) for column in nicknames]
    said_in_full = [
        column_parts(NameKind.MIDDLE, more["middle"]),
        column_parts(NameKind.FAMILY, pc.if_else(pc.equal(family, ""), "", more["family"]), scale=_FROM_FULL),
    ]
    return merge_parts(own, said_in_full)


def _read_full(at: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """What full names add, empty where they add nothing: names that are missing, nicknames, maiden names."""
    table = split_full_names(at["full"])
    more = {name: plain_strings(table[name]) for name in ("given", "middle", "family", "maiden", "nickname")}
    only_one_word = pc.and_(pc.equal(more["family"], ""), pc.not_equal(at["family"], ""))
    more["given"] = pc.if_else(only_one_word, "", more["given"])
    more["middle"] = pc.if_else(pc.equal(at["middle"], ""), more["middle"], "")
    return more


def _with_more(own: Int64s, of: Int32s, parts: NameParts, read: Int64s, more: NameParts) -> tuple[Int32s, NameParts]:
    """Sets of all rows: those with sets in common, and those with one of their own."""
    sets = int(of.max(initial=-1)) + 1
    out = np.empty(len(own) + len(read), np.int32)
    out[own] = of
    out[read] = sets + np.arange(len(read), dtype=np.int32)
    moved = NameParts((more.row + sets).astype(np.int32), more.kind, more.value, more.weight)
    return out, _in_a_row([parts, moved])


def _in_a_row(parts: list[NameParts]) -> NameParts:
    row, kind, weight = (np.concatenate([getattr(one, name) for one in parts]) for name in ("row", "kind", "weight"))
    return NameParts(row, kind, pa.concat_arrays([one.value for one in parts]), weight)


def _spread(parts: NameParts, of: Int32s) -> NameParts:
    """The parts of each customer's set."""
    start = np.searchsorted(parts.row, np.arange(of.max(initial=-1) + 2))
    customer, place = expand_runs(start[of], np.diff(start)[of])
    spread = parts.take(place)
    return NameParts(customer.astype(np.int32), spread.kind, spread.value, spread.weight)
