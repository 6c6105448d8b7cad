"""The keys on which the customers of readings are found."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.channel import Reading
from sociolink.evidence.name.grammar import READINGS, KeyKind, Slot
from sociolink.evidence.name.parses import Parses
from sociolink.evidence.name.people import letter_hash, seal
from sociolink.population.names import NameVocabulary
from sociolink.text.hashing import UInt64s, concat_hashes, mix

__all__ = ["reading_keys"]

Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]


def _key_positions() -> Int64s:
    """(readings, 3) where in each form the parts of its key stand, in the order of the key; -1 for none."""
    out = np.full((len(READINGS), 3), -1)
    for number, form in enumerate(READINGS):
        out[number, : len(form.key_slots)] = [form.slots.index(slot) for slot in form.key_slots]
    return out


def _written_out() -> Bools:
    """(readings, 3) whether the name stands in full at each position of each form."""
    out = np.zeros((len(READINGS), 3), np.bool_)
    for number, form in enumerate(READINGS):
        out[number, : len(form.slots)] = [slot in (Slot.GIVEN, Slot.FAMILY) for slot in form.slots]
    return out


_KEY_POSITIONS, _WRITTEN_OUT = _key_positions(), _written_out()
_KEY_KINDS = np.array([int(form.key) for form in READINGS], np.uint64)
_SEALED = np.array([form.key is KeyKind.GIVEN_FAMILY for form in READINGS])


def _part_hashes(parses: Parses, rows: Int64s, position: Int64s, vocabulary: NameVocabulary) -> tuple[UInt64s, Int64s]:
    """Hash and length of what stands at a position; for initials and shortened names of their first letter."""
    full = _WRITTEN_OUT[parses.form[rows], position].nonzero()[0]
    hashes, lengths = letter_hash(parses.letters[rows, position]), np.ones(len(rows), np.int64)
    row, at = rows[full], position[full]
    begin = np.where(at == 0, parses.start[row], parses.stops[row, at - 1])
    hashes[full], lengths[full] = vocabulary.index.keys[parses.words[row, at]], parses.stops[row, at] - begin
    return hashes, lengths


def reading_keys(reading: Reading, rows: Int64s, vocabulary: NameVocabulary) -> UInt64s:
    """The keys on which the customers of some readings are found."""
    parses = reading.parses
    form = parses.form[rows]
    made = reading.places.prefixes[reading.places.last][parses.string[rows]]
    for step, position in enumerate(_KEY_POSITIONS[form].T):
        here = (position >= 0).nonzero()[0]
        hashes, lengths = _part_hashes(parses, rows[here], position[here], vocabulary)
        if step == 0:
            made[here] = hashes
            continue
        before = made[here]
        before = np.where(_SEALED[form[here]], seal(before), before)
        made[here] = concat_hashes(before, hashes, lengths)
    return mix(made, _KEY_KINDS[form])
