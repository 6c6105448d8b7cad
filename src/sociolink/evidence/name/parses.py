"""All readings of a string as a name with something around it, for many strings at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.grammar import FORMS, READINGS, VARIANTS, KeyKind, Slot
from sociolink.evidence.name.shown import ShownArcs, nothing_shown
from sociolink.evidence.name.slots import NO_WORD, SlotArcs, fill_slots
from sociolink.population.decorations import Surroundings
from sociolink.population.names import NameVocabulary
from sociolink.text.runs import expand_runs
from sociolink.text.substrings import FEW_PLACES, Arcs, Places

__all__ = ["NO_WORD", "Parses", "cut_factors", "enumerate_parses", "no_parses", "sum_by_form"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

_PRUNE = 1e-2
_TRACE = 1e-4
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


def no_parses() -> Parses:
    """No readings."""
    nothing, three = np.empty(0, np.int64), np.empty((0, 3), np.int64)
    letters, chance = np.empty((0, 3), np.uint8), np.empty(0)
    return Parses(nothing, nothing, nothing, nothing, three, three, letters, chance, chance, np.empty(0, np.bool_))


@dataclass(frozen=True, slots=True)
class _Least:
    """What a reading of each string must reach to be kept: enough around it, or enough of the string in all."""

    around: Floats
    chance: Floats

    def keeps(self, string: Int64s, around: Floats, parts: Floats) -> Int64s:
        """The readings that reach it."""
        return ((around > self.around[string]) | (around * parts > self.chance[string])).nonzero()[0]


@dataclass(frozen=True, slots=True)
class _Partial:
    """Readings in the making: the arc in each slot so far, the place reached, probabilities, parts that were read."""

    arcs: tuple[Int64s, ...]
    end: Int64s
    around: Floats
    parts: Floats
    read: npt.NDArray[np.int8]

    def only(self, keep: Int64s) -> _Partial:
        """The chosen readings."""
        if len(keep) == len(self.end):
            return self
        arcs = tuple(one[keep] for one in self.arcs)
        return _Partial(arcs, self.end[keep], self.around[keep], self.parts[keep], self.read[keep])

    def times(self, factor: Floats | float) -> _Partial:
        """With something more around them."""
        return _Partial(self.arcs, self.end, self.around * factor, self.parts, self.read)


def cut_factors(places: Places, boundary: Bools) -> Floats:
    """P(the writer marked a place where a part ends); 1 in strings that mark nothing."""
    at = np.arange(len(places))
    inner = (at > places.first[places.owner]) & (at < places.last[places.owner])
    styled = np.bincount(places.owner, weights=boundary & inner, minlength=len(places.first)) > 0
    factor = np.where(boundary, _AT_BOUNDARY, _OFF_BOUNDARY)
    return np.where(inner & styled[places.owner], factor, 1.0)


def _join(left: _Partial, slot: SlotArcs) -> _Partial:
    """Every way to go on."""
    one, two = expand_runs(slot.begin[left.end], slot.begin[left.end + 1] - slot.begin[left.end])
    return _Partial(
        (*(arc[one] for arc in left.arcs), two),
        slot.target[two],
        left.around[one] * slot.anybody[two],
        left.parts[one] * slot.chance[two],
        left.read[one] + slot.read[two],
    )


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around the names of all strings.

    Attributes:
        owner: (places,) the string of each place.
        cut: (places,) P(a part begins or ends there, as marked).
        ahead: (places,) P(what stands before the place, and a cut).
        beyond: (places,) P(what stands after the place, and a cut).
        early: Whether readings are given up before they are complete.
    """

    owner: Int64s
    cut: Floats
    ahead: Floats
    beyond: Floats
    early: bool


def _read_form(filled: Sequence[SlotArcs], outside: _Around, least: _Least) -> _Partial | None:
    """All readings in one form, with what stands around them, that are worth keeping; None where there is none."""

    def worth(found: _Partial) -> _Partial:
        return found.only(least.keeps(outside.owner[found.end], found.around, found.parts))

    first = filled[0]
    every, around = np.arange(len(first)), outside.ahead[first.source] * first.anybody
    found = _Partial((every,), first.target, around, first.chance, first.read.astype(np.int8))
    found = worth(found) if outside.early else found
    for slot in filled[1:]:
        found = found.times(outside.cut[found.end])
        found = worth(found) if outside.early else found
        if len(found.end) == 0:
            return None
        found = _join(found, slot)
    found = worth(found.times(outside.beyond[found.end]))
    return found if len(found.end) else None


def _falls(slots: Mapping[Slot, SlotArcs], beyond: Floats) -> bool:
    """Whether a reading never becomes likelier by going on: no factor of its probabilities is above 1."""
    whole = (Slot.GIVEN, Slot.FAMILY, Slot.GIVEN_PREFIX, Slot.FAMILY_PREFIX)
    return all(one.max(initial=0.0) <= 1.0 for one in (beyond, *(slots[slot].chance for slot in whole)))


def _write_out(
    number: int, found: _Partial, filled: Sequence[SlotArcs], owner: Int64s, vocabulary: NameVocabulary
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
        rows = np.flatnonzero(found.read == 0)
        given, family = (words[rows, form.slots.index(slot)] for slot in (Slot.GIVEN, Slot.FAMILY))
        keys = vocabulary.index.keys
        parts[rows] *= vocabulary.classes.associate(keys[given], keys[family])
    shown = found.read == len(form.slots)
    return Parses(
        owner[found.end], np.full(size, number), start, found.end, stops, words, letters, found.around, parts, shown
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

    Returns:
        The readings by form, those of a string always in the same order: those of use to find customers, and those
        that make up more than a ten-thousandth of P(string).
    """
    slots, alone = fill_slots(places, arcs, vocabulary, allowed, shown or nothing_shown(places, arcs))
    ahead, beyond = surroundings.before * cut, surroundings.after * cut
    early = len(places) > FEW_PLACES or not _falls(slots, beyond)
    outside = _Around(places.owner, cut, ahead, beyond, early)
    of_form = np.append(weights[: len(FORMS)], np.zeros(len(VARIANTS)))
    shares, form_weights = weights.tolist(), of_form.tolist()
    total, wanted = floor.copy(), np.maximum(_PRUNE, ratio)
    kept: list[Parses] = []
    for number, form in enumerate(READINGS):
        if not form.slots:
            continue
        filled = [(alone if form.key is KeyKind.INITIAL_PAIR else slots)[slot] for slot in form.slots]
        share, weight = shares[number] if number >= len(FORMS) else 1.0, form_weights[number]
        if share == 0 or not all(map(len, filled)):
            continue
        least = _Least(wanted * total / share, _TRACE * total / max(weight, _TRACE))
        found = _read_form(filled, outside, least)
        if found is None:
            continue
        written = _write_out(number, found.times(share), filled, places.owner, vocabulary)
        total += weight * np.bincount(written.string, weights=written.around * written.parts, minlength=len(floor))
        kept.append(written)
    joined = Parses.concat(kept) if kept else no_parses()
    least = _Least(wanted * total, _TRACE * total)
    return joined.only(least.keeps(joined.string, joined.around, joined.parts * of_form[joined.form]))


def sum_by_form(parses: Parses, rows: int) -> Floats:
    """(rows, forms) P(string | a stranger, form), summed over the ways to split."""
    size = len(READINGS)
    cell = parses.string * size + parses.form
    total = np.bincount(cell, weights=parses.around * parses.parts, minlength=rows * size)
    return np.asarray(total.reshape(rows, size)[:, : len(FORMS)], np.float64)
