"""Handles beside display names: what a display name already says, a handle does not say again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sociolink.evidence.facts import find_sorted
from sociolink.evidence.name.channel import Reading
from sociolink.evidence.name.grammar import READINGS, Slot
from sociolink.evidence.name.parses import Parses, associations, sum_by_form
from sociolink.evidence.name.tokens import load_nicknames
from sociolink.population.names import NameVocabulary
from sociolink.text.substrings import Places, find_words

__all__ = ["READABLE", "add_display_names"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]

READABLE = 0.9
"""P(a handle uses the name of the display name | there is one)."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What stands in display names, as sorted codes `profile * size + thing`.

    Attributes:
        words: Whole parts.
        stems: Beginnings of parts.
        letters: First letters of parts (`profile * 256 + letter`).
        others: Short or long forms of whole parts.
        other_share: P(a person uses the form | they show the part), for each of `others`.
    """

    words: Int64s
    stems: Int64s
    letters: Int64s
    others: Int64s
    other_share: Floats


def _show(displays: Places, begin: Bools, vocabulary: NameVocabulary) -> _Shown:
    """What the handle's parts can be read in."""
    arcs = find_words(displays, vocabulary.index)
    arcs = arcs.only(begin[arcs.source])
    keys = vocabulary.index.keys
    size = len(keys)
    owner = displays.owner[arcs.source]
    whole = begin[arcs.target]
    at = np.flatnonzero(begin)
    letters = displays.owner[at] * 256 + displays.next_byte(at)
    nicknames = load_nicknames()
    place, entry = nicknames.expand(keys[arcs.word[whole]])
    known, word = vocabulary.index.find(nicknames.other[entry])
    codes = owner[whole][place[known]] * size + word
    order = np.lexsort((-nicknames.share[entry[known]], codes))
    first = np.ones(len(order), np.bool_)
    first[1:] = codes[order][1:] != codes[order][:-1]
    best = order[first]
    return _Shown(
        np.unique(owner[whole] * size + arcs.word[whole]),
        np.unique(owner * size + arcs.word),
        np.unique(letters),
        codes[best],
        nicknames.share[entry[known]][best],
    )


def _slot_chance(
    slot: Slot, parses: Parses, rows: Int64s, position: int, shown: _Shown, vocabulary: NameVocabulary
) -> tuple[Bools, Floats]:
    """Whether what stands in a slot can be read in the display name, and P(a stranger puts it there)."""
    word, letter = parses.words[rows, position], parses.letters[rows, position]
    code = parses.string[rows] * len(vocabulary.index.keys) + word
    if slot in (Slot.BETWEEN, Slot.OTHER_GIVEN, Slot.OTHER_FAMILY):
        return find_sorted(shown.words, code)[1], np.full(len(rows), float(slot is Slot.BETWEEN))
    if slot in (Slot.GIVEN_PREFIX, Slot.FAMILY_PREFIX):
        prefix = vocabulary.given_prefix if slot is Slot.GIVEN_PREFIX else vocabulary.family_prefix
        read, chance = find_sorted(shown.stems, code)[1], prefix[word]
    elif slot in (Slot.GIVEN, Slot.FAMILY):
        read, chance = (
            find_sorted(shown.words, code)[1],
            (vocabulary.given if slot is Slot.GIVEN else vocabulary.family)[word],
        )
        if slot is Slot.GIVEN and len(shown.others):
            at = np.minimum(np.searchsorted(shown.others, code), len(shown.others) - 1)
            chance = np.maximum(chance, np.where(shown.others[at] == code, shown.other_share[at], 0.0))
    else:
        initial = vocabulary.family_initial if slot is Slot.FAMILY_INITIAL else vocabulary.given_initial
        read, chance = find_sorted(shown.letters, parses.string[rows] * 256 + letter)[1], initial[letter]
    return read, np.where(read, np.maximum(READABLE, chance), chance)


def add_display_names(
    handles: Reading, displays: Places, boundary: Bools, vocabulary: NameVocabulary
) -> tuple[Reading, Bools]:
    """Make the parts of a handle that can be read in the display name cost a stranger next to nothing.

    Args:
        handles: Handles as names.
        displays: Display names of the same profiles.
        boundary: (places of displays,) where a part begins or ends in them.
        vocabulary: Known name parts.

    Returns:
        The handles read so, and for each reading whether all its parts stand in the display name.
    """
    parses = handles.parses
    shown = _show(displays, boundary, vocabulary)
    parts, all_read = np.ones(len(parses)), np.ones(len(parses), np.bool_)
    none_read = np.ones(len(parses), np.bool_)
    for number, form in enumerate(READINGS):
        rows = np.flatnonzero(parses.form == number)
        if not form.slots:
            parts[rows], all_read[rows] = parses.parts[rows], False
        for position, slot in enumerate(form.slots):
            read, chance = _slot_chance(slot, parses, rows, position, shown, vocabulary)
            parts[rows] *= chance
            all_read[rows] &= read
            none_read[rows] &= ~read
    parts = np.where(none_read, parts * associations(parses, vocabulary), parts)
    parses = replace(parses, parts=parts)
    strangers = handles.unseen + sum_by_form(parses, len(handles.opaque))
    return replace(handles, parses=parses, strangers=strangers), all_read
