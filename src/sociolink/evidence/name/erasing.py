"""Erasing customers from the vocabulary: name parts, shortened names and own strings that nobody else has."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.erasing import Erasure, forget_index, forget_words
from sociolink.evidence.facts import find_sorted
from sociolink.evidence.name.grammar import KeyKind
from sociolink.evidence.name.people import People, count_parts, key_of
from sociolink.evidence.name.strings import collect_strings
from sociolink.population.names import PREFIX_LENGTHS, PREFIX_SHARE, NameVocabulary
from sociolink.reference.counts import find_rows
from sociolink.reference.facts import given_name_counts, surname_counts
from sociolink.text.hashing import UInt64s, hash_strings

__all__ = ["forget_people"]

Floats = npt.NDArray[np.float64]

_ROUNDING = 1e-9


def _bundled(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """(n,) whether each is one of the bundled names, which are nobody's."""
    given, family = (find_rows(one.names, texts) >= 0 for one in (given_name_counts(), surname_counts()))
    return np.asarray(given | family, np.bool_)


def forget_people(people: People, erasure: Erasure) -> None:
    """Erase name parts and strings of customers from a state, where nobody else has them."""
    draft = erasure.draft
    draft.overwrite(people.name_keys.weight, erasure.entries, np.float32(0))
    given, family = count_parts(erasure.customers)
    words = np.concatenate([given.key, family.key])
    texts = pa.concat_arrays([given.value.cast(pa.string()), family.value.cast(pa.string())])
    unused = [~erasure.still_used(key_of(kind, words)) for kind in (KeyKind.GIVEN, KeyKind.FAMILY)]
    forget_words(draft, people.vocabulary.classes.given_keys, words[unused[0]])
    forget_words(draft, people.vocabulary.classes.family_keys, words[unused[1]])
    gone = unused[0] & unused[1] & ~_bundled(texts)
    _, first = np.unique(words, return_index=True)
    once = np.zeros(len(words), np.bool_)
    once[first] = True
    chosen = np.flatnonzero(gone & once)
    _forget_parts(people.vocabulary, words[chosen], texts.take(pa.array(chosen)), erasure)
    for known, own in zip(people.strings, collect_strings(erasure.customers), strict=True):
        forget_index(draft, known.index, own.key[~erasure.still_used(key_of(own.kind, own.key))])


def _forget_parts(vocabulary: NameVocabulary, words: UInt64s, texts: pa.Array, erasure: Erasure) -> None:
    """Erase name parts, and shortened forms that only they had."""
    keys = vocabulary.index.keys
    at, known = find_sorted(keys, words)
    at, words, texts = at[known], words[known], texts.filter(pa.array(known))
    candidates = [words]
    sides = ((vocabulary.given, vocabulary.given_prefix), (vocabulary.family, vocabulary.family_prefix))
    for frequency, prefixed in sides:
        candidates.append(_take_away(keys, prefixed, texts, frequency[at], erasure))
        erasure.draft.overwrite(frequency, at, 0.0)
    wanted = np.unique(np.concatenate(candidates))
    there, _ = find_sorted(keys, wanted)
    used = np.sum([column[there] for side in sides for column in side], axis=0)
    forget_index(erasure.draft, vocabulary.index, wanted[used == 0])


def _take_away(keys: UInt64s, prefixed: Floats, texts: pa.Array, frequency: Floats, erasure: Erasure) -> UInt64s:
    """Take names out of the chances of their shortened forms; returns these forms."""
    forms, chances = [np.empty(0, np.uint64)], [np.empty(0)]
    length_of = np.asarray(pc.binary_length(texts), np.int64)
    for length in PREFIX_LENGTHS:
        longer = length_of > length
        forms.append(hash_strings(pc.utf8_slice_codeunits(texts.filter(pa.array(longer)), 0, length))[0])
        chances.append(PREFIX_SHARE * frequency[longer])
    form, inverse = np.unique(np.concatenate(forms), return_inverse=True)
    lost = np.bincount(inverse, weights=np.concatenate(chances), minlength=len(form))
    at, known = find_sorted(keys, form)
    at, lost, form = at[known], lost[known], form[known]
    left = prefixed[at] - lost
    left = np.where(left <= _ROUNDING * prefixed[at], 0.0, left)
    changed = lost > 0
    erasure.draft.overwrite(prefixed, at[changed], left[changed])
    return form
