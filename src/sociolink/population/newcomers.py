"""Name parts that nobody bore when the others were counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.population.frequencies import NamePrior
from sociolink.population.names import PREFIX_LENGTHS, PREFIX_SHARE, NameVocabulary, PartCounts
from sociolink.text.hashing import UInt64s, prefix_hashes, string_bytes
from sociolink.text.substrings import index_words

__all__ = ["extend_vocabulary"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_KEPT = 0.5
"""How much of one bearer counts for a stranger; learned where all are counted, half where one comes later."""

_RELATIVES = 0.03


def extend_vocabulary(
    vocabulary: NameVocabulary,
    given: PartCounts,
    family: PartCounts,
    *,
    people: int,
    priors: tuple[NamePrior, NamePrior],
) -> NameVocabulary:
    """A vocabulary with the parts of later people; the frequencies of known parts stay as they are.

    Args:
        vocabulary: Parts that were counted.
        given: Given names of later people.
        family: Family names of later people.
        people: People who were counted.
        priors: Strength and mixture for given and for family names.

    Returns:
        The vocabulary; the same object where nothing is new.
    """
    columns: list[tuple[UInt64s, Floats]] = []
    before = (vocabulary.given, vocabulary.family, vocabulary.given_prefix, vocabulary.family_prefix)
    for number, (parts, prior, relatives) in enumerate(((given, priors[0], 0.0), (family, priors[1], _RELATIVES))):
        fresh = np.flatnonzero(_unused(vocabulary.index.keys, before[number], parts.key))
        values = parts.value.take(pa.array(fresh)).cast(pa.string())
        spelled = vocabulary.spelling.string_chances(string_bytes(values))
        count = parts.count[fresh]
        own = np.maximum(count - 1, 0) + _KEPT * np.minimum(count, 1.0)
        background = prior.strength * (1 - prior.bundled_share) * spelled
        frequency = (own + background) / (max(people, 1) - 1 + prior.strength) + relatives * count / max(people, 1)
        key, chance = _prefixes(values, frequency)
        unused = _unused(vocabulary.index.keys, before[2 + number], key)
        columns.extend([(parts.key[fresh], frequency), (key[unused], chance[unused])])
    columns = [columns[0], columns[2], columns[1], columns[3]]
    wanted = np.unique(np.concatenate([key for key, _ in columns]))
    if len(wanted) == 0:
        return vocabulary
    new = wanted[_unused(vocabulary.index.keys, np.ones(len(vocabulary.index.keys)), wanted)]
    at = np.searchsorted(vocabulary.index.keys, new)
    keys = np.insert(vocabulary.index.keys, at, new)
    spread = [
        np.insert(old, at, 0.0) + np.bincount(np.searchsorted(keys, key), weights=chance, minlength=len(keys))
        for old, (key, chance) in zip(before, columns, strict=True)
    ]
    return replace(
        vocabulary,
        index=index_words(keys) if len(new) else vocabulary.index,
        given=spread[0],
        family=spread[1],
        given_prefix=spread[2],
        family_prefix=spread[3],
    )


def _unused(known: UInt64s, frequency: Floats, keys: UInt64s) -> npt.NDArray[np.bool_]:
    """(keys,) whether each is missing in sorted keys, or known there as something else only."""
    if len(known) == 0:
        return np.ones(len(keys), np.bool_)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray((known[at] != keys) | (frequency[at] == 0), np.bool_)


def _prefixes(values: pa.Array, frequency: Floats) -> tuple[UInt64s, Floats]:
    """Hashes of shortened names and P(a person shortens their name so), one for each name and length."""
    strings = string_bytes(values)
    hashes = prefix_hashes(strings)
    begin = strings.offsets[:-1] + np.arange(len(strings))
    keys, chances = [np.empty(0, np.uint64)], [np.empty(0)]
    for length in PREFIX_LENGTHS:
        longer = strings.lengths > length
        keys.append(hashes[begin[longer] + length])
        chances.append(PREFIX_SHARE * frequency[longer])
    return np.concatenate(keys), np.concatenate(chances)
