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

from sociolink.evidence.facts import distinct_text, text_column
from sociolink.evidence.name.keys import BorneParts, NameKeys, key_of, letter_hash, make_keys, seal
from sociolink.evidence.name.strings import StringCounts, collect_strings, count_strings
from sociolink.evidence.name.tokens import NickNames, family_parts, first_bytes, given_parts, load_nicknames
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
from sociolink.text.hashing import UInt64s, hash_strings
from sociolink.text.names import NameKind, NameParts, NameSets, name_sets
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import find_sorted

__all__ = [
    "NameKeys",
    "Named",
    "People",
    "count_names",
    "count_parts",
    "fit_priors",
    "key_of",
    "learn_names",
    "letter_hash",
    "middle_initials",
    "prepare_people",
    "read_names",
    "seal",
]

Floats = npt.NDArray[np.float64]
Int32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]


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


@dataclass(frozen=True, slots=True)
class Named:
    """The names of customers, read.

    Attributes:
        sets: The sets of names that they bear.
        given: Given names that they may use, by these sets.
        family: Family names, likewise.
    """

    sets: NameSets
    given: BorneParts
    family: BorneParts

    def counts(self) -> tuple[PartCounts, PartCounts]:
        """Given and family names, by how many use them."""
        return _part_counts(self.sets.given, self.given), _part_counts(self.sets.family, self.family)

    def main_hashes(self) -> tuple[UInt64s, UInt64s]:
        """(customers,) hashes of each one's most usual given and family name."""
        return _main_hashes(self.given), _main_hashes(self.family)

    def prefixes(self) -> tuple[UInt64s, UInt64s]:
        """(customers, lengths) hashes of shortened given and family names; see `People`."""
        return (
            _main_prefixes(self.sets.given, NameKind.GIVEN, self.sets.given_of),
            _main_prefixes(self.sets.family, NameKind.FAMILY, self.sets.family_of),
        )


def read_names(customers: pa.Table) -> Named:
    """Read the names of customers."""
    columns = ("given_name", "middle_name", "family_name", "full_name", "nickname")
    sets = name_sets(*(text_column(customers, name) for name in columns))
    size = [int(of.max(initial=-1)) + 1 for of in (sets.given_of, sets.family_of)]
    given = BorneParts(given_parts(sets.given, load_nicknames()), sets.given_of, size[0])
    return Named(sets, given, BorneParts(family_parts(sets.family), sets.family_of, size[1]))


def _part_counts(names: NameParts, borne: BorneParts) -> PartCounts:
    """People by part, short forms included."""
    values = pa.concat_arrays([column.cast(pa.string()) for column in (names.value, *nickname_pairs())]).unique()
    known, _ = hash_strings(values)
    order = np.argsort(known)
    known, values = known[order], values.take(pa.array(order))
    at, own = find_sorted(known, borne.parts.key)
    bearers = borne.bearers
    weight = to_fixed_point(borne.parts.weight[own]) * bearers[borne.parts.row[own]]
    count = np.bincount(at[own], weights=weight, minlength=len(known)).astype(np.float64)
    people = float(bearers[np.diff(borne.starts) > 0].sum())
    used = count > 0
    return PartCounts(known[used], values.filter(pa.array(used)), count[used], people)


def count_parts(customers: pa.Table) -> tuple[PartCounts, PartCounts]:
    """Given and family names as these customers use them, by how many."""
    return read_names(customers).counts()


def _short_form_shares(nicknames: NickNames) -> tuple[UInt64s, Floats]:
    """Share of people, by the bundled counts, who use each short form."""
    names = given_name_counts()
    key, _ = hash_strings(pa.array(names.names.astype(str)).cast(pa.string()))
    place, entry = nicknames.expand(key)
    share = names.counts[place] / names.total * nicknames.share[entry]
    unique, inverse = np.unique(nicknames.other[entry], return_inverse=True)
    return unique, np.bincount(inverse, weights=share, minlength=len(unique)).astype(np.float64)


def fit_priors(customers: pa.Table) -> tuple[NamePrior, NamePrior]:
    """Strength and mixture of the name background for this CRM, for given and for family names."""
    return _fit_priors(count_parts(customers))


def learn_names(customers: pa.Table) -> tuple[tuple[NamePrior, NamePrior], NameVocabulary]:
    """What `fit_priors` learns, and the vocabulary that these customers make with it."""
    named = read_names(customers)
    counts = named.counts()
    priors = _fit_priors(counts)
    return priors, _make_vocabulary(counts, named.main_hashes(), priors)


def _fit_priors(counts: tuple[PartCounts, PartCounts]) -> tuple[NamePrior, NamePrior]:
    bundled = (given_name_counts(), surname_counts())
    spelling = part_spelling(counts[1], bundled[1])
    first, second = (fit_name_prior(own, other, spelling) for own, other in zip(counts, bundled, strict=True))
    return first, second


def _main_prefixes(names: NameParts, kind: NameKind, of: Int32s) -> UInt64s:
    """Hashes of the first letters of each customer's main part of one kind."""
    chosen = np.flatnonzero(names.kind == int(kind))
    row = names.row[chosen]
    first = starts_of_runs(row)
    values = names.value.take(pa.array(chosen[first]))
    length = np.asarray(pc.binary_length(values))
    out = np.zeros((int(of.max(initial=-1)) + 1, len(PREFIX_LENGTHS)), np.uint64)
    for column, letters in enumerate(PREFIX_LENGTHS):
        longer = length > letters
        prefixes = pc.utf8_slice_codeunits(values.filter(pa.array(longer)), 0, letters)
        out[row[first][longer], column] = hash_strings(prefixes)[0]
    return out[of]


def _main_hashes(borne: BorneParts) -> UInt64s:
    """Hash of each customer's most usual part, the first of equals; 0 where there is none."""
    parts = borne.parts
    out = np.zeros(borne.sets, np.uint64)
    if len(parts.row):
        first = starts_of_runs(parts.row)
        most = np.maximum.reduceat(parts.weight, np.flatnonzero(first))
        best = np.flatnonzero(parts.weight == most[np.cumsum(first) - 1])[::-1]
        out[parts.row[best]] = parts.key[best]
    return out[borne.of]


def middle_initials(customers: pa.Table) -> Bytes:
    """First letter of the middle name, else of the second part of a compound given name; 0 where there is none."""
    number, (given,) = distinct_text(customers, "given_name")
    second = pc.replace_substring_regex(fold(given), r"^[^ \-]*[ \-]*", "")
    out = first_bytes(second)[number]
    number, (middle,) = distinct_text(customers, "middle_name")
    letter = first_bytes(fold(middle))[number]
    out = np.where(letter > 0, letter, out)
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
    named = read_names(customers)
    with ThreadPoolExecutor(max_workers=1) as pool:
        if background is None:
            counting = pool.submit(_count_names, named, population)
        middle = middle_initials(customers)
        strings = collect_strings(customers)
        keys = make_keys(named.given, named.family, strings, middle)
        vocabulary = counting.result() if background is None else background.vocabulary
    return People(
        customers.num_rows,
        vocabulary,
        background.strings if background is not None else tuple(count_strings(one) for one in strings),
        keys,
        middle,
        *named.prefixes(),
    )


def _count_names(named: Named, population: Mapping[str, Any]) -> NameVocabulary:
    return count_names(named.counts(), named.main_hashes(), population)


def count_names(
    counts: tuple[PartCounts, PartCounts], main: tuple[UInt64s, UInt64s], population: Mapping[str, Any]
) -> NameVocabulary:
    """The vocabulary that customers make who bear these names; see `Named`."""
    priors = NamePrior(*population["given_prior"]), NamePrior(*population["family_prior"])
    return _make_vocabulary(counts, main, priors)


def _make_vocabulary(
    counts: tuple[PartCounts, PartCounts], main: tuple[UInt64s, UInt64s], priors: tuple[NamePrior, NamePrior]
) -> NameVocabulary:
    return build_vocabulary(
        *counts,
        bundled_given=given_name_counts(),
        bundled_family=surname_counts(),
        priors=priors,
        short_forms=_short_form_shares(load_nicknames()),
        classes=fit_classes(*main),
    )
