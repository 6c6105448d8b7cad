"""All readings of a string as a name with something around it, for many strings at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.grammar import FORMS, READINGS, VARIANTS, KeyKind, Slot
from sociolink.evidence.name.partial import PRUNE, TRACE, Around, Least, Partial, falls, read_form
from sociolink.evidence.name.shown import ShownArcs, nothing_shown
from sociolink.evidence.name.slots import NO_WORD, FilledSlots, SlotArcs, fill_slots, fill_together
from sociolink.evidence.name.together import Together, read_together
from sociolink.population.decorations import Surroundings
from sociolink.population.names import NameVocabulary
from sociolink.text.substrings import FEW_PLACES, Arcs, Places

__all__ = ["NO_WORD", "Parses", "cut_factors", "enumerate_parses", "no_parses", "sum_by_form"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

_SLOTS_OF = np.array([len(form.slots) for form in READINGS])
_AT_BOUNDARY, _OFF_BOUNDARY = 0.9, 0.1


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
        shown: (n,) bool, whether all parts stand in the display name of the same profile.
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
    shown: Bools

    def __len__(self) -> int:
        return len(self.string)

    def only(self, keep: Bools | Int64s) -> Parses:
        """The chosen rows."""
        if keep.dtype == np.bool_:
            keep = keep.nonzero()[0]
        return Parses(*(getattr(self, name)[keep] for name in self.__slots__))

    @staticmethod
    def concat(parts: Sequence[Parses]) -> Parses:
        """Readings one after the other."""
        return Parses(*(np.concatenate([getattr(one, name) for one in parts]) for name in Parses.__slots__))

    def slots_filled(self) -> Int64s:
        """(n,) number of slots of each reading's form."""
        return np.asarray(_SLOTS_OF[self.form], np.int64)


def no_parses() -> Parses:
    """No readings."""
    nothing, three = np.empty(0, np.int64), np.empty((0, 3), np.int64)
    letters, chance = np.empty((0, 3), np.uint8), np.empty(0)
    return Parses(nothing, nothing, nothing, nothing, three, three, letters, chance, chance, np.empty(0, np.bool_))


def cut_factors(places: Places, boundary: Bools) -> Floats:
    """P(the writer marked a place where a part ends); 1 in strings that mark nothing."""
    at = np.arange(len(places))
    inner = (at > places.first[places.owner]) & (at < places.last[places.owner])
    styled = np.bincount(places.owner, weights=boundary & inner, minlength=len(places.first)) > 0
    factor = np.where(boundary, _AT_BOUNDARY, _OFF_BOUNDARY)
    return np.where(inner & styled[places.owner], factor, 1.0)


def _write_out(
    number: int, found: Partial, filled: Sequence[SlotArcs], owner: Int64s, vocabulary: NameVocabulary
) -> Parses:
    """Readings in one form with everything that is asked of them later."""
    size = len(found.end)
    stops, words, letters = np.empty((size, 3), np.int64), np.empty((size, 3), np.int64), np.zeros((size, 3), np.uint8)
    stops[:], words[:] = found.end[:, None], NO_WORD
    for position, (slot, arc) in enumerate(zip(filled, found.arcs, strict=True)):
        stops[:, position], words[:, position] = slot.target[arc], slot.word[arc]
        letters[:, position] = slot.letter[arc]
    start = filled[0].source[found.arcs[0]]
    parts = found.parts.copy()
    form = READINGS[number]
    if number < len(FORMS) and Slot.GIVEN in form.slots and Slot.FAMILY in form.slots:
        rows = (found.read == 0).nonzero()[0]
        given, family = (words[rows, form.slots.index(slot)] for slot in (Slot.GIVEN, Slot.FAMILY))
        parts[rows] *= vocabulary.associate(given, family)
    shown = found.read == len(form.slots)
    return Parses(
        owner[found.end], np.full(size, number), start, found.end, stops, words, letters, found.around, parts, shown
    )


def _write_together(found: Together, owner: Int64s) -> Parses:
    """Readings in all forms with everything that is asked of them later."""
    if len(found.end) == 0:
        return no_parses()
    table, absent = found.table, found.arcs < 0
    stops, words = table.target[found.arcs], table.word[found.arcs]
    letters = np.asarray(table.letter[found.arcs], np.uint8)
    np.copyto(stops, found.end[:, None], where=absent)
    words[absent], letters[absent] = NO_WORD, 0
    return Parses(
        owner[found.end],
        found.form,
        table.source[found.arcs[:, 0]],
        found.end,
        stops,
        words,
        letters,
        found.around,
        found.parts,
        found.read == _SLOTS_OF[found.form],
    )


def enumerate_parses(
    places: Places,
    arcs: Arcs,
    vocabulary: NameVocabulary,
    surroundings: Surroundings,
    floor: Floats,
    *,
    cut: Floats,
    weights: Floats,
    allowed: Bools | None = None,
    shown: ShownArcs | None = None,
    ratio: Floats | float = 0.0,
    filled: FilledSlots | None = None,
) -> Parses:
    """Read every string in every form.

    Args:
        places: The strings.
        arcs: Known name parts in them.
        vocabulary: Known name parts.
        surroundings: What may stand around a name.
        floor: (rows,) P(string) by explanations without known names.
        cut: (places,) P(a part begins or ends here, as marked).
        weights: (readings,) weight of each of `READINGS`; that of a variant is how often it stands for a form.
        allowed: (places,) where parts may begin and end; anywhere by default.
        shown: What can be read in the display names of the same profiles.
        ratio: (rows,) or one number: the likelihood ratio that a customer must be able to reach for a reading to be of
            use in finding them; at least a hundredth.
        filled: What may stand in the slots (`fill_slots`), where that is known already.

    Returns:
        The readings by form, those of a string always in the same order: those of use to find customers, and those
        that make up more than a ten-thousandth of P(string).
    """
    asked = (places, arcs, vocabulary, allowed, shown or nothing_shown(places, arcs))
    outside = Around(places.owner, cut, surroundings.before * cut, surroundings.after * cut)
    of_form = np.append(weights[: len(FORMS)], np.zeros(len(VARIANTS)))
    shares = np.append(np.ones(len(FORMS)), weights[len(FORMS) :])
    wanted = np.maximum(PRUNE, ratio)
    together = fill_together(*asked) if len(places) <= FEW_PLACES and filled is None else None
    if together is not None and falls(together.arcs.chance, outside.beyond):
        found, total = read_together(
            together, outside, floor, wanted, shares=shares, weights=of_form, vocabulary=vocabulary
        )
        joined = _write_together(found, places.owner)
    else:
        filled = filled or fill_slots(*asked)
        joined, total = _read_by_form(filled, outside, floor, wanted, shares, of_form, vocabulary)
    least = Least(wanted * total, TRACE * total)
    return joined.only(least.keeps(joined.string, joined.around, joined.parts * of_form[joined.form]))


def _read_by_form(
    filled: FilledSlots,
    outside: Around,
    floor: Floats,
    wanted: Floats,
    shares: Floats,
    weights: Floats,
    vocabulary: NameVocabulary,
) -> tuple[Parses, Floats]:
    """The readings in each form that are worth keeping after the forms before it, and (rows,) P(string)."""
    slots, alone = filled
    total = floor.copy()
    kept: list[Parses] = []
    for number, (form, share, weight) in enumerate(zip(READINGS, shares.tolist(), weights.tolist(), strict=True)):
        if not form.slots:
            continue
        arcs = [(alone if form.key is KeyKind.INITIAL_PAIR else slots)[slot] for slot in form.slots]
        if share == 0 or not all(map(len, arcs)):
            continue
        least = Least(wanted * total / share, TRACE * total / max(weight, TRACE))
        found = read_form(arcs, outside, least)
        if found is None:
            continue
        written = _write_out(number, found.times(share), arcs, outside.owner, vocabulary)
        total += weight * np.bincount(written.string, weights=written.around * written.parts, minlength=len(floor))
        kept.append(written)
    return Parses.concat(kept) if kept else no_parses(), total


def sum_by_form(parses: Parses, rows: int) -> Floats:
    """(rows, forms) P(string | a stranger, form), summed over the ways to split."""
    size = len(READINGS)
    cell = parses.string * size + parses.form
    total = np.bincount(cell, weights=parses.around * parses.parts, minlength=rows * size)
    return np.asarray(total.reshape(rows, size)[:, : len(FORMS)], np.float64)
