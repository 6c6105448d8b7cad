"""All readings of a string as a name with something around it, for many strings at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.grammar import FORMS, READINGS, KeyKind, Slot
from sociolink.population.decorations import Surroundings
from sociolink.population.names import NameVocabulary
from sociolink.text.runs import expand_runs
from sociolink.text.substrings import Arcs, Places

__all__ = ["NO_WORD", "Parses", "associations", "cut_factors", "enumerate_parses", "sum_by_form"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

NO_WORD = -1
_PRUNE = 1e-2
_AT_BOUNDARY, _OFF_BOUNDARY = 0.9, 0.1
_MIDDLE_IS_GIVEN = 0.6
_SHORTEST_OTHER = 3
_SHORTEST_ALONE = 3


@dataclass(frozen=True, slots=True)
class Parses:
    """Readings of strings; one row per string, form and way to split.

    Attributes:
        string: (n,) int64 row of the string.
        form: (n,) int64 index into `READINGS`.
        start: (n,) int64 place before the name.
        end: (n,) int64 place after the name.
        stops: (n, 3) int64 place after each slot.
        words: (n, 3) int64 vocabulary index of the part in each slot, `NO_WORD` for initials and absent slots.
        letters: (n, 3) uint8 first letter in each slot, 0 in absent slots.
        around: (n,) float64, P(what stands around the name and where it is cut).
        parts: (n,) float64, P(a stranger's name has these parts).
    """

    string: Int64s
    form: Int64s
    start: Int64s
    end: Int64s
    stops: Int64s
    words: npt.NDArray[np.int64]
    letters: Bytes
    around: Floats
    parts: Floats

    def __len__(self) -> int:
        return len(self.string)

    def only(self, keep: npt.NDArray[np.bool_] | Int64s) -> Parses:
        """The chosen rows."""
        if keep.dtype == np.bool_:
            keep = np.flatnonzero(keep)
        return Parses(*(getattr(self, name)[keep] for name in self.__slots__))

    @staticmethod
    def concat(parts: Sequence[Parses]) -> Parses:
        """Readings one after the other."""
        return Parses(*(np.concatenate([getattr(one, name) for one in parts]) for name in Parses.__slots__))

    def slots_filled(self) -> Int64s:
        """(n,) number of slots of each reading's form."""
        sizes = np.array([len(form.slots) for form in READINGS])
        return np.asarray(sizes[self.form], np.int64)


@dataclass(frozen=True, slots=True)
class _SlotArcs:
    """What may stand in one slot, by source: first letter, P(a stranger's part), P(anybody has it there)."""

    source: Int64s
    target: Int64s
    word: Int64s
    letter: Bytes
    chance: Floats
    anybody: Floats

    def only(self, keep: npt.NDArray[np.bool_]) -> _SlotArcs:
        """The chosen arcs."""
        return _SlotArcs(*(getattr(self, name)[keep] for name in self.__slots__))


def _word_arcs(places: Places, arcs: Arcs, chance: Floats) -> _SlotArcs:
    """The words that strangers use so."""
    chosen = arcs.only(chance[arcs.word] > 0)
    letters = places.next_byte(chosen.source)
    return _SlotArcs(chosen.source, chosen.target, chosen.word, letters, chance[chosen.word], np.ones(len(chosen)))


def _other_arcs(places: Places, arcs: Arcs, chance: Floats, *, of_stranger: float) -> _SlotArcs:
    """Names that the customer's record does not have, as common as among people."""
    long_enough = arcs.target - arcs.source >= _SHORTEST_OTHER
    chosen = arcs.only((chance[arcs.word] > 0) & long_enough)
    letters = places.next_byte(chosen.source)
    return _SlotArcs(
        chosen.source, chosen.target, chosen.word, letters, np.full(len(chosen), of_stranger), chance[chosen.word]
    )


def _letter_arcs(places: Places, chance: Floats, allowed: npt.NDArray[np.bool_] | None) -> _SlotArcs:
    """The single letters that begin names."""
    byte = places.next_byte(np.arange(len(places)))
    usable = chance[byte] > 0
    if allowed is not None:
        usable &= allowed & np.append(allowed[1:], False)
    source = np.flatnonzero(usable)
    return _SlotArcs(
        source, source + 1, np.full(len(source), NO_WORD), byte[source], chance[byte[source]], np.ones(len(source))
    )


def cut_factors(places: Places, boundary: npt.NDArray[np.bool_]) -> Floats:
    """P(the writer marked a place where a part ends); 1 in strings that mark nothing."""
    at = np.arange(len(places))
    inner = (at > places.first[places.owner]) & (at < places.last[places.owner])
    styled = np.bincount(places.owner, weights=boundary & inner, minlength=len(places.first)) > 0
    factor = np.where(boundary, _AT_BOUNDARY, _OFF_BOUNDARY)
    return np.where(inner & styled[places.owner], factor, 1.0)


def _join(left: Parses, slot: _SlotArcs, number: int, cut: Floats, least: Floats) -> Parses:
    """Extend readings by what may stand next, where what stands around them is still worth more than `least`."""
    begin = np.append(0, np.cumsum(np.bincount(slot.source, minlength=len(cut))))
    one, two = expand_runs(begin[left.end], begin[left.end + 1] - begin[left.end])
    around = (left.around * cut[left.end])[one] * slot.anybody[two]
    keep = np.flatnonzero(around > least[left.string][one])
    one, two, around = one[keep], two[keep], around[keep]
    grown = left.only(one)
    stops, words, letters, end = grown.stops, grown.words, grown.letters, slot.target[two]
    stops[:, number], words[:, number], letters[:, number] = end, slot.word[two], slot.letter[two]
    parts = grown.parts * slot.chance[two]
    return replace(grown, end=end, stops=stops, words=words, letters=letters, around=around, parts=parts)


def _read_form(
    number: int, filled: Sequence[_SlotArcs], places: Places, cut: Floats, before: Floats, floor: Floats
) -> Parses:
    """All readings in one form, with what stands before them but not yet what stands after."""
    begin = filled[0]
    size = len(begin.source)
    stops = np.repeat(begin.target[:, None], 3, axis=1)
    words, letters = np.full((size, 3), NO_WORD), np.zeros((size, 3), np.uint8)
    words[:, 0], letters[:, 0] = begin.word, begin.letter
    around = before[begin.source] * cut[begin.source] * begin.anybody
    owner = places.owner[begin.source]
    form_number = np.full(size, number)
    found = Parses(owner, form_number, begin.source, begin.target, stops, words, letters, around, begin.chance)
    for position, following in enumerate(filled[1:], start=1):
        found = _join(found, following, position, cut, _PRUNE * floor)
    return found


def _long_enough(arcs: _SlotArcs, slot: Slot) -> _SlotArcs:
    """Shortened names of three letters or more: where no name stands in full, two letters are in every string."""
    if slot not in (Slot.GIVEN_PREFIX, Slot.FAMILY_PREFIX):
        return arcs
    return arcs.only(arcs.target - arcs.source >= _SHORTEST_ALONE)


def _fill_slots(
    places: Places, arcs: Arcs, vocabulary: NameVocabulary, allowed: npt.NDArray[np.bool_] | None
) -> dict[Slot, _SlotArcs]:
    """What may stand in each kind of slot."""
    middle = _MIDDLE_IS_GIVEN * vocabulary.given + (1 - _MIDDLE_IS_GIVEN) * vocabulary.family
    return {
        Slot.GIVEN: _word_arcs(places, arcs, vocabulary.given),
        Slot.FAMILY: _word_arcs(places, arcs, vocabulary.family),
        Slot.GIVEN_PREFIX: _word_arcs(places, arcs, vocabulary.given_prefix),
        Slot.FAMILY_PREFIX: _word_arcs(places, arcs, vocabulary.family_prefix),
        Slot.GIVEN_INITIAL: _letter_arcs(places, vocabulary.given_initial, allowed),
        Slot.FAMILY_INITIAL: _letter_arcs(places, vocabulary.family_initial, allowed),
        Slot.BETWEEN: _other_arcs(places, arcs, middle, of_stranger=1.0),
        Slot.OTHER_GIVEN: _other_arcs(places, arcs, vocabulary.given, of_stranger=0.0),
        Slot.OTHER_FAMILY: _other_arcs(places, arcs, vocabulary.family, of_stranger=0.0),
        Slot.MIDDLE_INITIAL: _letter_arcs(places, vocabulary.given_initial, allowed),
    }


def enumerate_parses(
    places: Places,
    arcs: Arcs,
    vocabulary: NameVocabulary,
    surroundings: Surroundings,
    floor: Floats,
    *,
    cut: Floats,
    variants: Floats,
    allowed: npt.NDArray[np.bool_] | None = None,
) -> Parses:
    """Read every string in every form.

    Args:
        places: The strings.
        arcs: Known name parts in them.
        vocabulary: Known name parts.
        surroundings: What may stand around a name.
        floor: (rows,) P(string) by other explanations; readings far below this and below the best are dropped.
        cut: (places,) P(a part begins or ends here, as marked).
        variants: (variants,) weight of each of `VARIANTS`.
        allowed: (places,) where parts may begin and end; anywhere by default.

    Returns:
        The readings by form, those of a string always in the same order. A reading is kept if its surroundings alone
        are worth more than a hundredth of the string's probability: below that no customer's name could make a
        likelihood ratio above a hundredth of it.
    """
    slots = _fill_slots(places, arcs, vocabulary, allowed)
    least = _PRUNE * floor[places.owner]
    may_begin = surroundings.before * cut > least
    may_end = surroundings.after * cut > least
    first = {slot: arcs.only(may_begin[arcs.source]) for slot, arcs in slots.items()}
    last = {slot: arcs.only(may_end[arcs.target]) for slot, arcs in slots.items()}
    kept: list[Parses] = []
    share = np.concatenate([np.ones(len(FORMS)), variants])
    for number, form in enumerate(READINGS):
        if not form.slots:
            continue
        filled = [slots[slot] for slot in form.slots]
        filled[0] = first[form.slots[0]]
        filled[-1] = last[form.slots[-1]]
        if form.key is KeyKind.INITIAL_PAIR:
            filled = [_long_enough(one, slot) for one, slot in zip(filled, form.slots, strict=True)]
        found = _read_form(number, filled, places, cut, surroundings.before, floor)
        around = share[number] * found.around * surroundings.after[found.end] * cut[found.end]
        found = replace(found, around=around)
        kept.append(found.only(around > _PRUNE * floor[found.string]))
    joined = Parses.concat(kept)
    joined = replace(joined, parts=joined.parts * associations(joined, vocabulary))
    total = floor + np.bincount(joined.string, weights=joined.around * joined.parts, minlength=len(floor))
    return joined.only(joined.around > _PRUNE * total[joined.string])


def associations(parses: Parses, vocabulary: NameVocabulary) -> Floats:
    """(n,) how much likelier the parts stand together than alone; 1 for forms without a whole given and family name."""
    out = np.ones(len(parses))
    keys = vocabulary.index.keys
    for number, form in enumerate(FORMS):
        if Slot.GIVEN in form.slots and Slot.FAMILY in form.slots:
            rows = np.flatnonzero(parses.form == number)
            given, family = (parses.words[rows, form.slots.index(slot)] for slot in (Slot.GIVEN, Slot.FAMILY))
            out[rows] = vocabulary.classes.associate(keys[given], keys[family])
    return out


def sum_by_form(parses: Parses, rows: int) -> Floats:
    """(rows, forms) P(string | a stranger, form), summed over the ways to split."""
    size = len(READINGS)
    cell = parses.string * size + parses.form
    total = np.bincount(cell, weights=parses.around * parses.parts, minlength=rows * size)
    return np.asarray(total.reshape(rows, size)[:, : len(FORMS)], np.float64)
