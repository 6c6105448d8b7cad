"""A reader of names that tries every form over every split of every string, in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, combinations_with_replacement

import numpy as np
import pyarrow as pa

from sociolink.evidence.name.grammar import FORMS, READINGS, Form, KeyKind, Slot
from sociolink.population.characters import CharacterModel
from sociolink.population.frequencies import NamePrior
from sociolink.population.names import NameVocabulary, PartCounts, build_vocabulary
from sociolink.reference.counts import NameCounts
from sociolink.text.hashing import hash_strings
from sociolink.text.substrings import index_words

GIVEN = {"ann": 0.2, "anna": 0.1, "bo": 0.05, "jo": 0.15, "mia": 0.02}
FAMILY = {"asmith": 0.01, "smith": 0.2, "bo": 0.03, "li": 0.1, "nab": 0.004}
GIVEN_PREFIX = {"an": 0.1, "ann": 0.02, "mi": 0.01}
FAMILY_PREFIX = {"sm": 0.05, "smi": 0.05, "na": 0.001}
GIVEN_INITIAL = {"a": 0.6, "b": 0.1, "j": 0.25, "m": 0.05}
FAMILY_INITIAL = {"a": 0.05, "s": 0.5, "b": 0.1, "l": 0.3, "n": 0.05}
UNSEEN_GIVEN, UNSEEN_FAMILY = 0.08, 0.11
SLOTS = {
    Slot.GIVEN: GIVEN,
    Slot.FAMILY: FAMILY,
    Slot.GIVEN_PREFIX: GIVEN_PREFIX,
    Slot.FAMILY_PREFIX: FAMILY_PREFIX,
    Slot.GIVEN_INITIAL: GIVEN_INITIAL,
    Slot.FAMILY_INITIAL: FAMILY_INITIAL,
    Slot.MIDDLE_INITIAL: GIVEN_INITIAL,
}
LONG_GIVEN, LONG_FAMILY = (
    {word: chance for word, chance in names.items() if len(word) >= 3} for names in (GIVEN, FAMILY)
)
ANYBODYS = {
    Slot.BETWEEN: {
        word: 0.6 * LONG_GIVEN.get(word, 0.0) + 0.4 * LONG_FAMILY.get(word, 0.0) for word in {*LONG_GIVEN, *LONG_FAMILY}
    },
    Slot.OTHER_GIVEN: LONG_GIVEN,
    Slot.OTHER_FAMILY: LONG_FAMILY,
}
"""Names that are on nobody's record, as common for a customer as for a stranger: three letters or more."""
VARIANT_WEIGHTS = {"other_given": 0.02, "other_family": 0.3}
WORDS = sorted({*GIVEN, *FAMILY, *GIVEN_PREFIX, *FAMILY_PREFIX})
STRINGS = (
    "annasmith",
    "annasmith",
    "",
    "jo",
    "bobo",
    "repjosmith84",
    "smithann",
    "xxannabliyy",
    "aasmith",
    "zzzzz",
    "miasm",
    "annabo",
    "josm",
    "jali",
    "boanna4senate",
    "annmiasmith",
    "annnabsmith",
    "annsmi",
    "asmi",
    "annb",
)


@dataclass(frozen=True)
class SlowReading:
    """One form laid over one split of a string; `form` counts through `READINGS`."""

    form: int
    stops: tuple[int, ...]
    around: float
    parts: float


def names_by_place() -> list[str]:
    """The words in the order of the vocabulary."""
    keys, _ = hash_strings(pa.array(WORDS))
    return [WORDS[place] for place in np.argsort(keys)]


def small_vocabulary(spelling: CharacterModel) -> NameVocabulary:
    """The names above."""
    words = names_by_place()
    keys, _ = hash_strings(pa.array(words))
    columns = [np.array([one.get(word, 0.0) for word in words]) for one in list(SLOTS.values())[:2]]
    columns += [np.array([one.get(word, 0.0) for word in words]) for one in (GIVEN_PREFIX, FAMILY_PREFIX)]
    letters = [np.zeros(256), np.zeros(256)]
    for row, one in zip(letters, (GIVEN_INITIAL, FAMILY_INITIAL), strict=True):
        for letter, chance in one.items():
            row[ord(letter)] = chance
    return replace(
        _empty_vocabulary(),
        index=index_words(keys),
        given=columns[0],
        family=columns[1],
        given_prefix=columns[2],
        family_prefix=columns[3],
        given_initial=letters[0],
        family_initial=letters[1],
        unseen_given=UNSEEN_GIVEN,
        unseen_family=UNSEEN_FAMILY,
        spelling=spelling,
    )


def _empty_vocabulary() -> NameVocabulary:
    """A vocabulary in which no name goes better with one than with another."""
    nobody = PartCounts(np.empty(0, np.uint64), pa.array([], pa.string()), np.empty(0), 0.0)
    counts = NameCounts(np.array([b"x"]), np.ones(1, np.int64), 1)
    prior = NamePrior(1.0, 0.5)
    return build_vocabulary(nobody, nobody, bundled_given=counts, bundled_family=counts, priors=(prior, prior))


def slow_cuts(text: str, boundary: list[bool]) -> list[float]:
    """0.9 at a boundary and 0.1 elsewhere, but 1 at both ends and in strings that mark nothing."""
    inner = range(1, len(text))
    if not any(boundary[place] for place in inner):
        return [1.0] * (len(text) + 1)
    return [(0.9 if boundary[place] else 0.1) if place in inner else 1.0 for place in range(len(text) + 1)]


def slow_readings(
    text: str, before: list[float], after: list[float], cut: list[float], allowed: list[bool] | None
) -> Iterator[SlowReading]:
    """Every form over every split, with the probability of what stands around and of the parts."""
    for number, form in enumerate(READINGS):
        for stops in combinations(range(len(text) + 1), len(form.slots) + 1) if form.slots else ():
            common, chance = _slots_chances(text, stops, form)
            if common == 0 or (allowed is not None and not all(allowed[stop] for stop in stops)):
                continue
            around = before[stops[0]] * after[stops[-1]] * common
            for stop in stops:
                around *= cut[stop]
            yield SlowReading(number, stops, around, chance)


def _slots_chances(text: str, stops: tuple[int, ...], form: Form) -> tuple[float, float]:
    """What is the same whoever writes the string, and P(a stranger's name has these parts); 0, 0 if it cannot be."""
    common, chance = VARIANT_WEIGHTS.get(form.name, 1.0), 1.0 if form in FORMS else 0.0
    for slot, begin, end in zip(form.slots, stops[:-1], stops[1:], strict=True):
        word = text[begin:end]
        if slot in ANYBODYS:
            known = ANYBODYS[slot].get(word, 0.0)
            common *= known
        else:
            known = SLOTS[slot].get(word, 0.0)
            chance *= known
        shortened = form.key is KeyKind.INITIAL_PAIR and slot in (Slot.GIVEN_PREFIX, Slot.FAMILY_PREFIX)
        if known == 0 or (shortened and len(word) < 3):
            return 0.0, 0.0
    return common, chance


def slow_spelling(spelling: CharacterModel, word: str) -> float:
    """P(word), its end included."""
    alphabet = "\0abcdefghijklmnopqrstuvwxyz0123456789"
    codes = [0, 0, *(alphabet.index(letter) for letter in word), 0]
    return 2.0 ** -sum(spelling.bits[codes[i], codes[i + 1], codes[i + 2]] for i in range(len(word) + 1))


def slow_unseen(
    text: str,
    before: list[float],
    after: list[float],
    cut: list[float],
    allowed: list[bool] | None,
    spelling: CharacterModel,
) -> dict[str, float]:
    """P(text | a stranger, form) where at least one name of 3 to 14 letters is on no list."""
    out = {"family": 0.0, "given": 0.0, "given_family": 0.0, "initial_family": 0.0}

    def unknown(begin: int, end: int) -> float:
        return slow_spelling(spelling, text[begin:end]) if 3 <= end - begin <= 14 else 0.0

    def may(*stops: int) -> bool:
        return allowed is None or all(allowed[stop] for stop in stops)

    for begin, end in combinations_with_replacement(range(len(text) + 1), 2):
        if may(begin, end):
            around = before[begin] * cut[begin] * after[end] * cut[end]
            out["family"] += around * UNSEEN_FAMILY * unknown(begin, end)
            out["given"] += around * UNSEEN_GIVEN * unknown(begin, end)
    for begin, middle, end in combinations(range(len(text) + 1), 3):
        if may(begin, middle, end):
            around = before[begin] * cut[begin] * cut[middle] * after[end] * cut[end]
            new_given, new_family = UNSEEN_GIVEN * unknown(begin, middle), UNSEEN_FAMILY * unknown(middle, end)
            old_given, old_family = GIVEN.get(text[begin:middle], 0.0), FAMILY.get(text[middle:end], 0.0)
            both = new_given * new_family + old_given * new_family + new_given * old_family
            out["given_family"] += around * both
            out["initial_family"] += around * GIVEN_INITIAL.get(text[begin:middle], 0.0) * new_family
    return out
