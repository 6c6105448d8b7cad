"""Handles beside display names: what a display name already says, a handle does not say again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.tokens import load_nicknames
from sociolink.population.names import NameVocabulary
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import distinct_sorted, find_sorted
from sociolink.text.substrings import Arcs, Places, find_words

__all__ = ["READABLE", "ShownArcs", "ShownNames", "find_shown", "nothing_shown", "show_names"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]

READABLE = 0.9
"""P(a handle uses the name of the display name | there is one)."""


@dataclass(frozen=True, slots=True)
class ShownNames:
    """What stands in display names, as sorted codes `profile * size + thing`.

    Attributes:
        size: Number of known name parts.
        words: Whole parts.
        stems: Beginnings of parts.
        letters: First letters of parts (`profile * 256 + letter`).
        others: Short or long forms of whole parts.
        other_share: P(a person uses the form | they show the part), for each of `others`.
    """

    size: int
    words: Int64s
    stems: Int64s
    letters: Int64s
    others: Int64s
    other_share: Floats


@dataclass(frozen=True, slots=True)
class ShownArcs:
    """What of the words and letters of strings can be read in the display names of the same profiles.

    Attributes:
        whole: (arcs,) whether the word stands there.
        stem: (arcs,) whether a part there begins so.
        other: (arcs,) P(a person uses the word | they show the part that it is a form of); 0 where it is none.
        letter: (places,) whether a part there begins with the letter after each place.
    """

    whole: Bools
    stem: Bools
    other: Floats
    letter: Bools


def nothing_shown(places: Places, arcs: Arcs) -> ShownArcs:
    """Where there are no display names."""
    none = np.zeros(len(arcs), np.bool_)
    return ShownArcs(none, none, np.zeros(len(arcs)), np.zeros(len(places), np.bool_))


def show_names(displays: Places, begin: Bools, vocabulary: NameVocabulary) -> ShownNames:
    """What handles can be read in.

    Args:
        displays: Display names.
        begin: (places,) where a part begins or ends in them.
        vocabulary: Known name parts.
    """
    arcs = find_words(displays, vocabulary.index, starts=begin)
    keys = vocabulary.index.keys
    size = len(keys)
    owner = displays.owner[arcs.source]
    whole = begin[arcs.target]
    at = begin.nonzero()[0]
    letters = displays.owner[at] * 256 + displays.next_byte(at)
    nicknames = load_nicknames()
    place, entry = nicknames.expand(keys[arcs.word[whole]])
    known, word = vocabulary.index.find(nicknames.other[entry])
    codes = owner[whole][place[known]] * size + word
    order = np.lexsort((-nicknames.share[entry[known]], codes))
    first = starts_of_runs(codes[order])
    best = order[first]
    return ShownNames(
        size,
        distinct_sorted(owner[whole] * size + arcs.word[whole]),
        distinct_sorted(owner * size + arcs.word),
        distinct_sorted(letters),
        codes[best],
        nicknames.share[entry[known]][best],
    )


def find_shown(places: Places, arcs: Arcs, shown: ShownNames, profile: Int64s) -> ShownArcs:
    """Look up the words and letters of strings.

    Args:
        places: The strings.
        arcs: Known name parts in them.
        shown: What stands in the display names.
        profile: (rows,) the display name that belongs to each string.
    """
    code = profile[places.owner[arcs.source]] * shown.size + arcs.word
    at, met = find_sorted(shown.others, code)
    other = np.where(met, shown.other_share[at], 0.0) if len(shown.others) else np.zeros(len(code))
    letters = profile[places.owner] * 256 + places.next_byte(np.arange(len(places)))
    return ShownArcs(
        find_sorted(shown.words, code)[1],
        find_sorted(shown.stems, code)[1],
        other,
        find_sorted(shown.letters, letters)[1],
    )
