"""What stands in strings, whatever it weighs: parts of names, known and unknown, and where they are cut."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.parses import cut_factors
from sociolink.evidence.name.shown import nothing_shown
from sociolink.evidence.name.slots import FilledSlots, fill_slots
from sociolink.evidence.name.unseen import UnseenWords, unseen_words
from sociolink.population.characters import CharacterModel
from sociolink.population.names import NameVocabulary
from sociolink.text.substrings import Arcs, Places, find_words

__all__ = ["Found", "find_for_good", "find_names"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in strings.

    Attributes:
        opaque: (rows,) P(string) without a name.
        cost: (places,) bits of what stands before each place.
        arcs: Known name parts.
        cut: (places,) P(a part begins or ends here, as marked).
        allowed: (places,) where parts may begin and end; anywhere if None.
        words: What may be unknown words, if it was kept.
        filled: What may stand in the slots, if it was kept.
    """

    opaque: Floats
    cost: Floats
    arcs: Arcs
    cut: Floats
    allowed: Bools | None
    words: UnseenWords | None = None
    filled: FilledSlots | None = None


def find_names(
    places: Places, allowed: Bools | None, boundary: Bools, opaque: CharacterModel, vocabulary: NameVocabulary
) -> Found:
    """Look for names in strings.

    Args:
        places: The strings.
        allowed: (places,) where parts may begin and end; anywhere if None.
        boundary: (places,) where the writer marked the beginning of a part.
        opaque: Spelling of strings as a whole.
        vocabulary: Known name parts.
    """
    costs = opaque.cumulative_bits(places.strings)
    chances = opaque.string_chances(places.strings, costs)
    arcs = find_words(places, vocabulary.index, at=allowed)
    return Found(chances, costs[0], arcs, cut_factors(places, boundary), allowed)


def find_for_good(
    places: Places, allowed: Bools | None, boundary: Bools, opaque: CharacterModel, vocabulary: NameVocabulary
) -> Found:
    """The same for strings that are read again and again, with nothing beside them."""
    found = find_names(places, allowed, boundary, opaque, vocabulary)
    words = tuple(unseen_words(places, vocabulary.spelling, allowed))
    filled = fill_slots(places, found.arcs, vocabulary, allowed, nothing_shown(places, found.arcs))
    return replace(found, words=words, filled=filled)
