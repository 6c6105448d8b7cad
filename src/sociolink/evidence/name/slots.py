"""What may stand in each slot of a form: the known words and the letters of strings, and how likely each is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.grammar import Slot
from sociolink.evidence.name.shown import READABLE, ShownArcs
from sociolink.population.names import NameVocabulary
from sociolink.text.substrings import FEW_PLACES, Arcs, Places

__all__ = ["ALONE", "KINDS", "NO_WORD", "FilledSlots", "SideBySide", "SlotArcs", "fill_slots", "fill_together"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

NO_WORD = -1
_MIDDLE_IS_GIVEN = 0.6
_SHORTEST_OTHER = _SHORTEST_ALONE = 3

KINDS = {
    Slot.GIVEN: 0,
    Slot.FAMILY: 1,
    Slot.GIVEN_PREFIX: 2,
    Slot.FAMILY_PREFIX: 3,
    Slot.BETWEEN: 4,
    Slot.OTHER_GIVEN: 5,
    Slot.OTHER_FAMILY: 6,
    Slot.GIVEN_INITIAL: 9,
    Slot.MIDDLE_INITIAL: 9,
    Slot.FAMILY_INITIAL: 10,
}
"""The kinds of `SideBySide` by slot."""

ALONE = KINDS | {Slot.GIVEN_PREFIX: 7, Slot.FAMILY_PREFIX: 8}
"""The same where no name stands in full."""


@dataclass(frozen=True, slots=True)
class SlotArcs:
    """What may stand in one slot, by source.

    Attributes:
        source: (n,) int64 place before it.
        target: (n,) int64 place after it.
        word: (n,) int64 vocabulary index, `NO_WORD` for letters.
        letter: (n,) uint8 first letter.
        chance: (n,) float64, P(a stranger puts it there).
        anybody: (n,) float64, P(anybody puts it there).
        read: (n,) bool, whether it can be read in the display name.
        begin: (places + 1,) int64, where the arcs from each place begin.
    """

    source: Int64s
    target: Int64s
    word: Int64s
    letter: Bytes
    chance: Floats
    anybody: Floats
    read: Bools
    begin: Int64s

    def __len__(self) -> int:
        return len(self.source)


FilledSlots = tuple[dict[Slot, SlotArcs], dict[Slot, SlotArcs]]
"""What may stand in each kind of slot; and what may where no name stands in full."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What may stand in the slots of all kinds, in one table.

    Attributes:
        arcs: The arcs, by kind and source.
        begin: (kinds, places + 1) int64, where the arcs of each kind from each place begin.
    """

    arcs: SlotArcs
    begin: Int64s


def _readable(chance: Floats, read: Bools) -> Floats:
    """P(a stranger puts it there): next to 1 for what stands in the display name."""
    return np.where(read, np.maximum(READABLE, chance), chance)


def _begin(places: Places, source: Int64s) -> Int64s:
    """(places + 1,) where the arcs from each place begin."""
    if len(places) <= FEW_PLACES:
        return source.searchsorted(np.arange(len(places) + 1))
    begin = np.zeros(len(places) + 1, np.int64)
    np.cumsum(np.bincount(source, minlength=len(places)), out=begin[1:])
    return begin


def _choose(every: SlotArcs, chosen: Bools, places: Places) -> SlotArcs:
    """Some of the arcs."""
    at = chosen.nonzero()[0]
    if len(at) == len(chosen):
        return every
    source = every.source[at]
    return SlotArcs(
        source,
        every.target[at],
        every.word[at],
        every.letter[at],
        every.chance[at],
        every.anybody[at],
        every.read[at],
        _begin(places, source),
    )


def _letter_arcs(places: Places, chance: Floats, allowed: Bools | None, shown: ShownArcs) -> SlotArcs:
    """The single letters that begin names."""
    byte = places.next_byte(np.arange(len(places)))
    usable = chance[byte] > 0
    if allowed is not None:
        usable &= allowed & np.append(allowed[1:], False)
    source = usable.nonzero()[0]
    read = shown.letter[source]
    share, nothing = _readable(chance[byte[source]], read), np.full(len(source), NO_WORD)
    begin = _begin(places, source)
    return SlotArcs(source, source + 1, nothing, byte[source], share, np.ones(len(source)), read, begin)


def fill_slots(
    places: Places, arcs: Arcs, vocabulary: NameVocabulary, allowed: Bools | None, shown: ShownArcs
) -> FilledSlots:
    """What may stand in each kind of slot; and what may where no name stands in full: shortened names have three
    letters or more there, for two letters are in every string.
    """
    given, family = vocabulary.given[arcs.word], vocabulary.family[arcs.word]
    middle = _MIDDLE_IS_GIVEN * given + (1 - _MIDDLE_IS_GIVEN) * family
    length, whole = arcs.target - arcs.source, shown.whole
    short = {
        Slot.GIVEN_PREFIX: vocabulary.given_prefix[arcs.word],
        Slot.FAMILY_PREFIX: vocabulary.family_prefix[arcs.word],
    }
    others = ((Slot.BETWEEN, middle, 1.0), (Slot.OTHER_GIVEN, given, 0.0), (Slot.OTHER_FAMILY, family, 0.0))
    letters, begin, one = places.next_byte(arcs.source), _begin(places, arcs.source), np.ones(len(arcs))

    def every(chance: Floats, read: Bools, anybody: Floats) -> SlotArcs:
        return SlotArcs(arcs.source, arcs.target, arcs.word, letters, chance, anybody, read, begin)

    def names(chance: Floats, anybody: Floats) -> SlotArcs:
        return _choose(every(_readable(chance, whole), whole, one), anybody > 0, places)

    def prefixes(shortest: int) -> dict[Slot, SlotArcs]:
        return {
            slot: _choose(
                every(_readable(chance, shown.stem), shown.stem, one), (chance > 0) & (length >= shortest), places
            )
            for slot, chance in short.items()
        }

    initial = _letter_arcs(places, vocabulary.given_initial, allowed, shown)
    slots = {
        Slot.GIVEN: names(np.maximum(given, shown.other), given),
        Slot.FAMILY: names(family, family),
        Slot.GIVEN_INITIAL: initial,
        Slot.MIDDLE_INITIAL: initial,
        Slot.FAMILY_INITIAL: _letter_arcs(places, vocabulary.family_initial, allowed, shown),
        **prefixes(0),
    }
    for slot, anybody, of_stranger in others:
        usable, chance = (anybody > 0) & (length >= _SHORTEST_OTHER), np.full(len(arcs), of_stranger)
        slots[slot] = _choose(every(chance, whole, anybody), usable, places)
    return slots, slots | prefixes(_SHORTEST_ALONE)


def _in_rows(*rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Arrays of one length as the rows of a matrix: what `np.stack` makes of them."""
    return np.concatenate(rows).reshape(len(rows), -1)


def fill_together(
    places: Places, arcs: Arcs, vocabulary: NameVocabulary, allowed: Bools | None, shown: ShownArcs
) -> SideBySide:
    """What `fill_slots` finds, in one table and in few steps: for few strings."""
    word, whole, stem = arcs.word, shown.whole, shown.stem
    given, family = vocabulary.given[word], vocabulary.family[word]
    short, shortened = vocabulary.given_prefix[word], vocabulary.family_prefix[word]
    middle = _MIDDLE_IS_GIVEN * given + (1 - _MIDDLE_IS_GIVEN) * family
    one, none = np.ones(len(word)), np.zeros(len(word))
    prefixes = _readable(short, stem), _readable(shortened, stem)
    full = _readable(np.maximum(given, shown.other), whole), _readable(family, whole)
    weight = _in_rows(given, family, short, shortened, middle, given, family, short, shortened)
    usable = weight > 0
    usable[4:] &= arcs.target - arcs.source >= _SHORTEST_OTHER
    kind, at = usable.nonzero()
    chance = _in_rows(*full, *prefixes, one, none, none, *prefixes)
    anybody = _in_rows(one, one, one, one, middle, given, family, one, one)
    read = _in_rows(whole, whole, stem, stem, whole, whole, whole, stem, stem)
    letters = places.next_byte(arcs.source)
    first = _letter_arcs(places, vocabulary.given_initial, allowed, shown)
    last = _letter_arcs(places, vocabulary.family_initial, allowed, shown)
    source = np.concatenate([arcs.source[at], first.source, last.source])
    kinds = np.concatenate([kind, np.full(len(first), 9), np.full(len(last), 10)])
    size = len(places) + 1
    begin = (kinds * size + source).searchsorted(np.arange(11 * size)).reshape(11, size)
    table = SlotArcs(
        source,
        np.concatenate([arcs.target[at], first.target, last.target]),
        np.concatenate([word[at], first.word, last.word]),
        np.concatenate([letters[at], first.letter, last.letter]),
        np.concatenate([chance[kind, at], first.chance, last.chance]),
        np.concatenate([anybody[kind, at], first.anybody, last.anybody]),
        np.concatenate([read[kind, at], first.read, last.read]),
        begin[:, 0],
    )
    return SideBySide(table, begin)
