"""How often strangers use each name part: whole, shortened, or as an initial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.population.association import NameClasses, no_classes
from sociolink.population.characters import CharacterModel, fit_characters
from sociolink.population.frequencies import NamePrior, fit_prior, smooth_frequencies
from sociolink.reference.counts import NameCounts
from sociolink.text.hashing import UInt64s, hash_strings, string_bytes
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import distinct_sorted, find_sorted, sort_stably
from sociolink.text.substrings import WordIndex, index_words

__all__ = ["NameVocabulary", "PartCounts", "build_vocabulary", "fit_name_prior", "part_spelling"]

Floats = npt.NDArray[np.float64]

_RELATIVES = 0.03
"""P(a stranger is a relative of some customer), so that they bear that family name beyond chance."""

PREFIX_LENGTHS = (2, 3, 4, 5, 6, 7)
PREFIX_SHARE = 1.0 / len(PREFIX_LENGTHS)


@dataclass(frozen=True, slots=True)
class PartCounts:
    """One kind of name part (given or family) as this CRM uses it.

    Attributes:
        key: (parts,) uint64, sorted hashes.
        value: (parts,) strings.
        count: (parts,) float64, people; a person with several parts counts a fraction for each.
        people: Number of people.
    """

    key: UInt64s
    value: pa.Array
    count: Floats
    people: float


@dataclass(frozen=True, slots=True)
class NameVocabulary:
    """Every known name part and how often a stranger shows it.

    Attributes:
        index: Look-up of the parts.
        given: (parts,) P(a person uses the part as given name).
        family: (parts,) P(a person uses the part as family name).
        given_prefix: (parts,) P(a person shortens their given name to this).
        family_prefix: (parts,) P(a person shortens their family name to this).
        given_initial: (256,) P(given name begins with this byte).
        family_initial: (256,) P(family name begins with this byte).
        unseen_given: P(given name is none of the known ones).
        unseen_family: P(family name is none of the known ones).
        spelling: How names are spelled, for names that are not known.
        classes: Which given and family names go together.
    """

    index: WordIndex
    given: Floats
    family: Floats
    given_prefix: Floats
    family_prefix: Floats
    given_initial: Floats
    family_initial: Floats
    unseen_given: float
    unseen_family: float
    spelling: CharacterModel
    classes: NameClasses

    def associate(self, given: npt.NDArray[np.int64], family: npt.NDArray[np.int64]) -> Floats:
        """How much oftener full names come than their parts, numbered as in `index`, would; see `NameClasses`."""
        return self.classes.associate(self.index.keys[given], self.index.keys[family])


def part_spelling(parts: PartCounts, bundled: NameCounts) -> CharacterModel:
    """Spelling of names, from this CRM's own distinct names and the bundled ones at a tenth of their weight."""
    own, other = parts.value, pa.array(bundled.names.astype(str)).cast(pa.string())
    scale = 0.1 * len(own) / max(len(other), 1)
    weights = np.concatenate([np.ones(len(own)), np.full(len(other), max(scale, 1e-3))])
    return fit_characters(string_bytes(pa.concat_arrays([own.cast(pa.string()), other])), weights)


def fit_name_prior(parts: PartCounts, bundled: NameCounts, spelling: CharacterModel) -> NamePrior:
    """Strength and mixture of the background for one kind of part; see `fit_prior`."""
    known = bundled.lookup(parts.value) / max(bundled.total, 1)
    spelled = spelling.string_chances(string_bytes(parts.value))
    return fit_prior(parts.count, known, spelled, people=parts.people)


def _union(
    parts: PartCounts, bundled: NameCounts, spread: tuple[UInt64s, Floats] | None
) -> tuple[UInt64s, Floats, Floats, pa.Array]:
    """Sorted keys of own and bundled parts, with own counts, bundled shares and strings."""
    other = pa.array(bundled.names.astype(str)).cast(pa.string())
    share = bundled.counts / max(bundled.total, 1)
    key = np.concatenate([parts.key, hash_strings(other)[0]])
    count = np.concatenate([parts.count, np.zeros(len(other))])
    bundle = np.concatenate([np.zeros(len(parts.key)), share])
    order, key = sort_stably(key)
    first = starts_of_runs(key)
    group = np.cumsum(first) - 1
    size = int(first.sum())
    values = pa.concat_arrays([parts.value.cast(pa.string()), other]).take(pa.array(order[first]))
    counts = np.bincount(group, weights=count[order], minlength=size).astype(np.float64)
    shares = np.bincount(group, weights=bundle[order], minlength=size).astype(np.float64)
    if spread is not None:
        nick, chance = spread
        at = np.minimum(np.searchsorted(key[first], nick), size - 1)
        ok = key[first][at] == nick
        shares = shares + np.bincount(at[ok], weights=chance[ok], minlength=size)
    return key[first], counts, shares, values


def _prefixes(values: pa.Array, frequency: Floats) -> tuple[UInt64s, Floats]:
    """Hashes of shortened names and P(a person shortens their name so)."""
    strings = string_bytes(values)
    text = values.cast(pa.string())
    keys: list[UInt64s] = []
    chances: list[Floats] = []
    for length in PREFIX_LENGTHS:
        longer = strings.lengths > length
        cut = pc.utf8_slice_codeunits(text.filter(pa.array(longer)), 0, length).dictionary_encode()
        codes = cut.indices.to_numpy()
        keys.append(hash_strings(cut.dictionary)[0])
        used = np.bincount(codes, weights=frequency[longer], minlength=len(cut.dictionary))
        chances.append(np.asarray(PREFIX_SHARE * used, np.float64))
    return np.concatenate(keys), np.concatenate(chances)


def _initials(values: pa.Array, frequency: Floats) -> Floats:
    """(256,) P(a name begins with each byte)."""
    strings = string_bytes(values)
    some = strings.lengths > 0
    out = np.bincount(strings.data[strings.offsets[:-1][some]], weights=frequency[some], minlength=256)
    return np.asarray(out / max(out.sum(), 1e-12), np.float64)


def build_vocabulary(
    given: PartCounts,
    family: PartCounts,
    *,
    bundled_given: NameCounts,
    bundled_family: NameCounts,
    priors: tuple[NamePrior, NamePrior],
    short_forms: tuple[UInt64s, Floats] | None = None,
    classes: NameClasses | None = None,
) -> NameVocabulary:
    """All parts of this CRM and of the bundled counts with their frequencies.

    Args:
        given: Given names of this CRM, with short forms.
        family: Family names of this CRM.
        bundled_given: Bundled counts of given names.
        bundled_family: Bundled counts of family names.
        priors: Strength and mixture for given and for family names.
        short_forms: Hashes of short forms and the share of people who use each, by the bundled counts.
        classes: Which given and family names go together; by default none do.

    Returns:
        The vocabulary; seconds for a million people are about those of sorting their distinct names.
    """
    spelling = part_spelling(family, bundled_family)
    columns: list[tuple[UInt64s, Floats, pa.Array]] = []
    unseen: list[float] = []
    for parts, bundled, prior, spread in (
        (given, bundled_given, priors[0], short_forms),
        (family, bundled_family, priors[1], None),
    ):
        key, counts, shares, values = _union(parts, bundled, spread)
        spelled = spelling.string_chances(string_bytes(values))
        found = smooth_frequencies(key, counts, shares, spelled, people=parts.people, prior=prior)
        frequency = found.frequency
        unseen.append(found.unseen)
        if parts is family:
            frequency = frequency + _RELATIVES * counts / max(parts.people, 1.0)
        columns.append((key, frequency, values))
    prefixes = [_prefixes(values, frequency) for _, frequency, values in columns]
    everything = distinct_sorted(np.concatenate([columns[0][0], columns[1][0], prefixes[0][0], prefixes[1][0]]))
    spread_out: list[Floats] = []
    for key, chance in ((columns[0][0], columns[0][1]), (columns[1][0], columns[1][1]), *prefixes):
        at, _ = find_sorted(everything, key)
        spread_out.append(np.bincount(at, weights=chance, minlength=len(everything)).astype(np.float64))
    return NameVocabulary(
        index_words(everything),
        spread_out[0],
        spread_out[1],
        spread_out[2],
        spread_out[3],
        _initials(columns[0][2], columns[0][1]),
        _initials(columns[1][2], columns[1][1]),
        unseen[0],
        unseen[1],
        spelling,
        no_classes() if classes is None else classes,
    )
