"""Customers as the name family sees them: their parts, the vocabulary they make, and the keys they can be found by."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import text_column
from sociolink.evidence.name.grammar import KeyKind
from sociolink.evidence.name.strings import OwnStrings, StringCounts, collect_strings, count_strings
from sociolink.evidence.name.tokens import NickNames, Parts, family_parts, given_parts, load_nicknames
from sociolink.evidence.protocol import Keys
from sociolink.population.association import fit_classes
from sociolink.population.frequencies import NamePrior, to_fixed_point
from sociolink.population.names import (
    PREFIX_LENGTHS,
    NameVocabulary,
    PartCounts,
    build_vocabulary,
    fit_name_prior,
    part_spelling,
)
from sociolink.reference.facts import given_name_counts, nickname_pairs, surname_counts
from sociolink.text.folding import fold
from sociolink.text.hashing import UInt64s, concat_hashes, hash_strings, mix, prefix_hashes, string_bytes
from sociolink.text.names import NameKind, NameParts, customer_names
from sociolink.text.runs import expand_runs

__all__ = ["NameKeys", "People", "count_parts", "fit_priors", "key_of", "letter_hash", "prepare_people", "seal"]

Floats = npt.NDArray[np.float64]
Int32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class NameKeys:
    """Keys of customers with the probability that the customer uses these parts.

    Attributes:
        keys: The keys; those of one kind stand together, by customer.
        weight: (n,) float32, P(the customer uses these parts).
    """

    keys: Keys
    weight: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class People:
    """All customers, prepared.

    Attributes:
        rows: Number of customers.
        vocabulary: Known name parts with frequencies.
        strings: How common the strings are that customers already use.
        name_keys: Keys and weights.
        middle_initial: (rows,) uint8 first byte of the middle name; 0 where unknown.
        given_prefix: (rows, lengths) uint64 hashes of the shortened main given name; 0 where it is not longer.
        family_prefix: (rows, lengths) uint64, the same for the family name.
    """

    rows: int
    vocabulary: NameVocabulary
    strings: tuple[StringCounts, ...]
    name_keys: NameKeys
    middle_initial: Bytes
    given_prefix: UInt64s
    family_prefix: UInt64s


def key_of(kind: KeyKind, hashes: UInt64s) -> UInt64s:
    """A key from the hash of what the kind is made of."""
    return mix(hashes, int(kind))


def letter_hash(letters: Bytes) -> UInt64s:
    """The hash of one-letter strings."""
    return letters.astype(np.uint64)


def seal(hashes: UInt64s) -> UInt64s:
    """The hashes of strings with a mark after them: "ann" sealed and "asmith" is not "anna" sealed and "smith"."""
    return concat_hashes(hashes, letter_hash(np.full(len(hashes), ord("|"), np.uint8)), np.ones(len(hashes), np.int64))


def _name_parts(customers: pa.Table) -> NameParts:
    columns = ("given_name", "middle_name", "family_name", "full_name", "nickname")
    return customer_names(*(text_column(customers, name) for name in columns))


def _part_counts(parts: NameParts, tokens: Parts) -> PartCounts:
    """People by part, short forms included."""
    own_values = parts.value.dictionary if pa.types.is_dictionary(parts.value.type) else parts.value
    formal, short = nickname_pairs()
    text = [column.cast(pa.string()) for column in (own_values, formal, short)]
    values = pa.concat_arrays(text).unique()
    known, _ = hash_strings(values)
    order = np.argsort(known)
    known, values = known[order], values.take(pa.array(order))
    at = np.minimum(np.searchsorted(known, tokens.key), max(len(known) - 1, 0))
    own = known[at] == tokens.key if len(known) else np.zeros(len(tokens.key), np.bool_)
    weight = to_fixed_point(tokens.weight[own])
    count = np.bincount(at[own], weights=weight, minlength=len(known)).astype(np.float64)
    people = float(len(np.unique(tokens.row)))
    used = count > 0
    return PartCounts(known[used], values.filter(pa.array(used)), count[used], people)


def _short_form_shares(nicknames: NickNames) -> tuple[UInt64s, Floats]:
    """Share of people, by the bundled counts, who use each short form."""
    names = given_name_counts()
    key, _ = hash_strings(pa.array(names.names.astype(str)).cast(pa.string()))
    place, entry = nicknames.expand(key)
    share = names.counts[place] / names.total * nicknames.share[entry]
    unique, inverse = np.unique(nicknames.other[entry], return_inverse=True)
    return unique, np.bincount(inverse, weights=share, minlength=len(unique)).astype(np.float64)


def count_parts(customers: pa.Table) -> tuple[PartCounts, PartCounts]:
    """Given and family names as these customers use them, by how many."""
    parts = _name_parts(customers)
    return _part_counts(parts, given_parts(parts, load_nicknames())), _part_counts(parts, family_parts(parts))


def fit_priors(customers: pa.Table) -> tuple[NamePrior, NamePrior]:
    """Strength and mixture of the name background for this CRM, for given and for family names."""
    bundled = (given_name_counts(), surname_counts())
    counts = count_parts(customers)
    spelling = part_spelling(counts[1], bundled[1])
    first, second = (fit_name_prior(own, other, spelling) for own, other in zip(counts, bundled, strict=True))
    return first, second


def _pair_keys(given: Parts, family: Parts, rows: int) -> tuple[Int32s, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Every combination of a given and a family part of the same customer."""
    low = np.searchsorted(family.row, np.arange(rows), side="left")
    count = np.searchsorted(family.row, np.arange(rows), side="right") - low
    one, two = expand_runs(low[given.row], count[given.row])
    return given.row[one], one, two


def _initials(parts: Parts) -> Parts:
    """First letters of each customer's parts as parts of their own, their weights added up."""
    code = parts.row.astype(np.int64) * 256 + parts.initial
    order = np.argsort(code, kind="stable")
    ordered = code[order]
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    weight = np.bincount(np.cumsum(first) - 1, weights=parts.weight[order], minlength=int(first.sum()))
    row, letter = np.divmod(ordered[first], 256)
    initial = letter.astype(np.uint8)
    one = np.ones(len(row), np.int32)
    return Parts(row.astype(np.int32), letter_hash(initial), one, initial, np.asarray(weight, np.float64))


def _joined(
    kind: KeyKind, left: Parts, right: Parts, rows: int, *, sealed: bool = False
) -> tuple[Int32s, UInt64s, Floats]:
    """Keys of every combination of a left and a right part of the same customer."""
    row, one, two = _pair_keys(left, right, rows)
    first = seal(left.key[one]) if sealed else left.key[one]
    key = concat_hashes(first, right.key[two], right.length[two].astype(np.int64))
    return row, key_of(kind, key), left.weight[one] * right.weight[two]


def _make_keys(
    given: Parts, family: Parts, strings: tuple[OwnStrings, ...], middle_initial: Bytes, rows: int
) -> NameKeys:
    """Keys of every kind, each once for a customer."""
    short_given, short_family = _initials(given), _initials(family)
    made = [
        _joined(KeyKind.GIVEN_FAMILY, given, family, rows, sealed=True),
        _joined(KeyKind.INITIAL_FAMILY, short_given, family, rows),
        _joined(KeyKind.GIVEN_INITIAL, given, short_family, rows),
        (family.row, key_of(KeyKind.FAMILY, family.key), family.weight),
        (given.row, key_of(KeyKind.GIVEN, given.key), given.weight),
    ]
    made.append(_joined(KeyKind.INITIAL_PAIR, short_given, short_family, rows))
    row, one, two = _pair_keys(short_given, short_family, rows)
    known = np.flatnonzero(middle_initial[row] > 0)
    row, one, two = row[known], one[known], two[known]
    single = np.ones(len(row), np.int64)
    initials = concat_hashes(short_given.key[one], letter_hash(middle_initial[row]), single)
    initials = concat_hashes(initials, short_family.key[two], single)
    made.append((row, key_of(KeyKind.INITIALS, initials), short_given.weight[one] * short_family.weight[two]))
    made.extend((own.row, key_of(own.kind, own.key), own.weight) for own in strings)
    all_row, all_key, all_weight = (np.concatenate(column) for column in zip(*made, strict=True))
    return NameKeys(Keys(all_key, all_row), all_weight.astype(np.float32))


def _main_prefixes(parts: NameParts, kind: NameKind, rows: int) -> UInt64s:
    """Hashes of the first letters of each customer's main part of one kind."""
    chosen = np.flatnonzero(parts.kind == int(kind))
    order = chosen[np.lexsort((-parts.weight[chosen], parts.row[chosen]))]
    first = np.ones(len(order), np.bool_)
    first[1:] = parts.row[order][1:] != parts.row[order][:-1]
    main = order[first]
    out = np.zeros((rows, len(PREFIX_LENGTHS)), np.uint64)
    strings = string_bytes(parts.value.take(pa.array(main)))
    prefixes = prefix_hashes(strings)
    start = strings.offsets[:-1] + np.arange(len(strings))
    for column, length in enumerate(PREFIX_LENGTHS):
        longer = strings.lengths > length
        out[parts.row[main][longer], column] = prefixes[start[longer] + length]
    return out


def _main_hashes(parts: Parts, rows: int) -> UInt64s:
    """Hash of each customer's most usual part, the first of equals; 0 where there is none."""
    out = np.zeros(rows, np.uint64)
    if len(parts.row) == 0:
        return out
    first = np.ones(len(parts.row), np.bool_)
    first[1:] = parts.row[1:] != parts.row[:-1]
    most = np.maximum.reduceat(parts.weight, np.flatnonzero(first))
    best = np.flatnonzero(parts.weight == most[np.cumsum(first) - 1])[::-1]
    out[parts.row[best]] = parts.key[best]
    return out


def _middle_initials(customers: pa.Table) -> Bytes:
    """First letter of the middle name, else of the second part of a compound given name; 0 where there is none."""
    middle = string_bytes(fold(text_column(customers, "middle_name")))
    second = pc.replace_substring_regex(fold(text_column(customers, "given_name")), r"^[^ \-]*[ \-]*", "")
    other = string_bytes(second)
    out = np.zeros(len(middle), np.uint8)
    for strings in (other, middle):
        some = strings.lengths > 0
        out[some] = strings.data[strings.offsets[:-1][some]]
    out[(out < ord("a")) | (out > ord("z"))] = 0
    return out


def prepare_people(customers: pa.Table, population: Mapping[str, Any], *, background: People | None = None) -> People:
    """Prepare all customers.

    Args:
        customers: Canonical customers.
        population: Holds `given_prior` and `family_prior`: strength and share of the bundled counts.
        background: People whose frequencies count; these customers' own by default.

    Returns:
        Their vocabulary, keys and what is needed to verify shortened names.
    """
    rows = customers.num_rows
    parts = _name_parts(customers)
    given, family = given_parts(parts, load_nicknames()), family_parts(parts)
    with ThreadPoolExecutor(max_workers=1) as pool:
        if background is None:
            counting = pool.submit(_count_parts, parts, given, family, population, rows)
        middle = _middle_initials(customers)
        strings = collect_strings(customers)
        name_keys = _make_keys(given, family, strings, middle, rows)
        vocabulary = counting.result() if background is None else background.vocabulary
    return People(
        rows,
        vocabulary,
        background.strings if background is not None else tuple(count_strings(one) for one in strings),
        name_keys,
        middle,
        _main_prefixes(parts, NameKind.GIVEN, rows),
        _main_prefixes(parts, NameKind.FAMILY, rows),
    )


def _count_parts(
    parts: NameParts, given: Parts, family: Parts, population: Mapping[str, Any], rows: int
) -> NameVocabulary:
    """The vocabulary that these customers make."""
    return build_vocabulary(
        _part_counts(parts, given),
        _part_counts(parts, family),
        bundled_given=given_name_counts(),
        bundled_family=surname_counts(),
        priors=(NamePrior(*population["given_prior"]), NamePrior(*population["family_prior"])),
        short_forms=_short_form_shares(load_nicknames()),
        classes=fit_classes(_main_hashes(given, rows), _main_hashes(family, rows)),
    )
