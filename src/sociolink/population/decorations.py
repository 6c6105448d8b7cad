"""What people put around a name: words learned from the profiles, digits, and unexplained characters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.population.characters import CharacterModel
from sociolink.population.kept import keep_made
from sociolink.text.hashing import hash_strings
from sociolink.text.substrings import Places, WordIndex, find_words, index_words

__all__ = ["MIN_SUPPORT", "DecorationModel", "Surroundings", "decoration_model", "surround"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

MIN_SUPPORT = 10
"""A word is learned as a decoration only where at least this many profiles carry it."""

_SECOND_PIECE = 0.15
_DIGIT_LENGTH = np.array([0.0, 0.22, 0.36, 0.14, 0.2, 0.03, 0.02, 0.01, 0.01, 0.005, 0.005])
_JUNK_STOP = 0.25


@dataclass(frozen=True, slots=True)
class DecorationModel:
    """P(characters before or after a name).

    Attributes:
        empty: P(nothing), for the side before and the side after.
        words: P(word) given that there is something, for each side.
        digits: P(a run of digits) given that there is something, for each side.
        junk: P(unexplained characters) given that there is something, for each side.
    """

    empty: tuple[float, float]
    words: tuple[Mapping[str, float], Mapping[str, float]]
    digits: tuple[float, float]
    junk: tuple[float, float]

    def to_dict(self) -> dict[str, object]:
        """Plain data for JSON."""
        return {
            "empty": list(self.empty),
            "words": [dict(side) for side in self.words],
            "digits": list(self.digits),
            "junk": list(self.junk),
        }


def decoration_model(data: Mapping[str, object] | None = None) -> DecorationModel:
    """The model of `to_dict`, or the one to start learning from."""
    if data is None:
        return DecorationModel((0.85, 0.7), ({}, {}), (0.05, 0.6), (0.95, 0.4))
    empty, words, digits, junk = (data[key] for key in ("empty", "words", "digits", "junk"))
    return DecorationModel(tuple(empty), tuple(words), tuple(digits), tuple(junk))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What surrounds a name that begins or ends at a place.

    Attributes:
        before: (places,) P(everything before the place).
        after: (places,) P(everything after the place).
    """

    before: Floats
    after: Floats


@keep_made
def _word_table(words: tuple[Mapping[str, float], Mapping[str, float]]) -> tuple[WordIndex, tuple[Floats, Floats]]:
    """The words of both sides as one index, and for each side their shares; 0 for those of the other."""
    every = list(dict(words[0]) | dict(words[1]))
    keys, _ = hash_strings(pa.array(every, pa.string()))
    order = np.argsort(keys)
    before, after = (np.array([side.get(word, 0.0) for word in every], np.float64)[order] for side in words)
    return index_words(keys[order]), (before, after)


def _digit_runs(places: Places) -> tuple[Int64s, Int64s]:
    """Places before and after every maximal run of digits."""
    is_digit = np.zeros(len(places) + 1, np.bool_)
    nxt = places.next_byte(np.arange(len(places)))
    is_digit[:-1] = (nxt >= ord("0")) & (nxt <= ord("9"))
    begin = is_digit[:-1].copy()
    begin[1:] &= ~is_digit[:-2] | (places.owner[1:] != places.owner[:-1])
    stop = np.zeros(len(places), np.bool_)
    stop[1:] = is_digit[:-2] & (~is_digit[1:-1] | (places.owner[1:] != places.owner[:-1]))
    stop &= np.arange(len(places)) > places.first[places.owner]
    return begin.nonzero()[0], stop.nonzero()[0]


def _pieces(places: Places, model: DecorationModel) -> tuple[Int64s, Int64s, tuple[Floats, Floats]]:
    """Arcs of known words and of runs of digits, with their probabilities on each side."""
    index, shares = _word_table(model.words)
    arcs = find_words(places, index, min_length=1, max_length=20)
    begin, stop = _digit_runs(places)
    length = np.minimum(stop - begin, len(_DIGIT_LENGTH) - 1)
    scale = 10.0 ** -(stop - begin).astype(np.float64)
    before, after = (
        np.concatenate([share[arcs.word], digits * _DIGIT_LENGTH[length] * scale])
        for share, digits in zip(shares, model.digits, strict=True)
    )
    return np.concatenate([arcs.source, begin]), np.concatenate([arcs.target, stop]), (before, after)


def surround(
    places: Places, model: DecorationModel, characters: CharacterModel, *, cost: Floats | None = None
) -> Surroundings:
    """Probabilities of what stands before and after every place of every string.

    Args:
        places: The strings.
        model: The decorations.
        characters: Spelling of unexplained characters.
        cost: What `characters.cumulative_bits` says of the strings, where that is known.

    Returns:
        For each side: nothing, one piece, or two known pieces, summed over all ways.
    """
    if cost is None:
        cost, _ = characters.cumulative_bits(places.strings)
    source, target, chances = _pieces(places, model)
    at = np.arange(len(places))
    size = len(places)
    sides: list[Floats] = []
    for side in (0, 1):
        edge = places.first[places.owner] if side == 0 else places.last[places.owner]
        length = np.abs(at - edge)
        junk = model.junk[side] * _JUNK_STOP * (1 - _JUNK_STOP) ** np.maximum(length - 1, 0)
        one = np.where(length > 0, junk * 2.0 ** -np.abs(cost - cost[edge]), 0.0)
        chance = chances[side]
        near, far = (source, target) if side == 0 else (target, source)
        single = np.bincount(far, weights=np.where(near == edge[near], chance, 0.0), minlength=size)
        double = np.bincount(far, weights=single[near] * chance, minlength=size)
        some = one + (1 - _SECOND_PIECE) * single + _SECOND_PIECE * double
        sides.append(np.where(length == 0, model.empty[side], (1 - model.empty[side]) * some))
    return Surroundings(sides[0], sides[1])
