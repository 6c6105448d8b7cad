"""How one kind of string (handles, display names) holds names: decorations, spelling and weights of the forms."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.found import Found, find_for_good, find_names
from sociolink.evidence.name.grammar import FORM_NAMES, FORMS, VARIANTS
from sociolink.evidence.name.parses import Parses, enumerate_parses, no_parses, sum_by_form
from sociolink.evidence.name.shown import ShownNames, find_shown
from sociolink.evidence.name.strings import StringCounts, read_whole
from sociolink.evidence.name.unseen import sum_unseen
from sociolink.population.characters import RESOLUTION, CharacterModel, fit_characters
from sociolink.population.decorations import (
    MIN_SUPPORT,
    DecorationModel,
    decoration_model,
    surround,
)
from sociolink.population.frequencies import to_fixed_point
from sociolink.population.kept import keep_made
from sociolink.population.names import NameVocabulary
from sociolink.text.hashing import Utf8Bytes, substring_hashes
from sociolink.text.substrings import Places

__all__ = ["ChannelModel", "Reading", "channel_model", "learn_channel", "read_strings"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]

_ROUNDS = 5
_COMMONER_THAN_NAME = 3.0
_OTHER_NAMES = np.array([form.prior for form in VARIANTS])
_START = np.array([form.prior for form in FORMS] + [30.0])


@dataclass(frozen=True, slots=True)
class ChannelModel:
    """What was learned about one kind of string; holds no person.

    Attributes:
        decorations: What surrounds names.
        opaque: Spelling of strings as a whole.
        weights: (forms + 1,) share of each form, then of strings without a name.
        only_at_boundaries: Whether parts begin and end at boundaries only.
    """

    decorations: DecorationModel
    opaque: CharacterModel
    weights: Floats
    only_at_boundaries: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; spelling without loss."""
        packed = np.clip(np.rint(self.opaque.bits * RESOLUTION), 0, 65535).astype("<u2")
        return {
            "decorations": self.decorations.to_dict(),
            "opaque": base64.b64encode(packed.tobytes()).decode("ascii"),
            "weights": self.weights.tolist(),
            "only_at_boundaries": self.only_at_boundaries,
        }


@keep_made
def channel_model(data: Mapping[str, Any]) -> ChannelModel:
    """The model of `ChannelModel.to_dict`."""
    return ChannelModel(
        decoration_model(data["decorations"]),
        _unpack(data["opaque"]),
        np.array(data["weights"], np.float64),
        bool(data["only_at_boundaries"]),
    )


@lru_cache(maxsize=8)
def _unpack(packed: str) -> CharacterModel:
    bits = np.frombuffer(base64.b64decode(packed), "<u2").astype(np.float64) / RESOLUTION
    size = round(len(bits) ** (1 / 3))
    return CharacterModel(bits.reshape(size, size, size))


@dataclass(frozen=True, slots=True)
class Reading:
    """Strings read as names.

    Attributes:
        places: The strings.
        parses: Their readings.
        opaque: (rows,) P(string) without a name.
        strangers: (rows, forms) P(string | a stranger, form), unknown names included.
        unseen: (rows, forms) the part of it that is due to unknown names.
    """

    places: Places
    parses: Parses
    opaque: Floats
    strangers: Floats
    unseen: Floats


def _allowed(boundary: Bools, model: ChannelModel) -> Bools | None:
    """(places,) where parts may begin and end; anywhere if None."""
    return boundary if model.only_at_boundaries else None


def read_strings(
    places: Places,
    boundary: Bools,
    model: ChannelModel,
    vocabulary: NameVocabulary,
    known: tuple[StringCounts, ...] = (),
    *,
    ratio: Floats | float = 0.0,
    shown: ShownNames | None = None,
    profile: Int64s | None = None,
    found: Found | None = None,
) -> Reading:
    """Read strings under a learned model.

    Args:
        places: The strings.
        boundary: (places,) where the writer marked the beginning of a part.
        model: What was learned about strings of this kind.
        vocabulary: Known name parts.
        known: How common the strings are that customers already use.
        ratio: (rows,) or one number: likelihood ratio that a customer must be able to reach for a reading to be of use
            in finding them.
        shown: What stands in the display names of the same profiles; what can be read there costs a stranger next to
            nothing.
        profile: (rows,) the display name that belongs to each string; that of its own row by default.
        found: What stands in the strings, where that is known already.

    Returns:
        The readings.
    """
    if not places.strings.lengths.any():
        opaque, nothing = model.opaque.string_chances(places.strings), np.zeros((len(places.first), len(FORMS)))
        return Reading(places, no_parses(), opaque, nothing, nothing)
    found = found or find_names(places, _allowed(boundary, model), boundary, model.opaque, vocabulary)
    opaque, arcs, cut, allowed = found.opaque, found.arcs, found.cut, found.allowed
    surroundings = surround(places, model.decorations, model.opaque, cost=found.cost)
    unseen = sum_unseen(places, arcs, vocabulary, surroundings, cut, allowed=allowed, words=found.words)
    unknown = (unseen * model.weights[:-1]).sum(1)  # no matrix product: its last bit depends on n
    floor = model.weights[-1] * opaque + unknown
    weights = np.append(model.weights[:-1], _OTHER_NAMES * model.weights[FORM_NAMES.index("given_family")])
    own_row = np.arange(len(opaque)) if profile is None else profile
    readable = None if shown is None else find_shown(places, arcs, shown, own_row)
    parses = enumerate_parses(
        places,
        arcs,
        vocabulary,
        surroundings,
        floor,
        cut=cut,
        weights=weights,
        allowed=allowed,
        shown=readable,
        ratio=ratio,
        filled=found.filled,
    )
    whole = read_whole(places, opaque, known)
    if len(whole):
        parses = Parses.concat([parses, whole])
    return Reading(places, parses, opaque, unseen + sum_by_form(parses, len(opaque)), unseen)


def learn_channel(
    places: Places, boundary: Bools, vocabulary: NameVocabulary, *, only_at_boundaries: bool, prior: Utf8Bytes
) -> ChannelModel:
    """Learn decorations and form weights from strings alone, by EM on the stranger's story.

    Args:
        places: Strings of profiles; only those with characters count.
        boundary: (places,) where the writer marked the beginning of a part.
        vocabulary: Known name parts.
        only_at_boundaries: Whether parts begin and end at boundaries only.
        prior: Strings that lend their spelling where there are few profiles.

    Returns:
        The model. Words carried by fewer than `MIN_SUPPORT` profiles are never learned.
    """
    filled = places.strings.lengths > 0
    weights = np.concatenate([filled.astype(np.float64), np.full(len(prior), 300.0 / max(len(prior), 1))])
    both = Utf8Bytes(
        np.concatenate([places.strings.data, prior.data]),
        np.concatenate([places.strings.offsets, places.strings.offsets[-1] + prior.offsets[1:]]),
    )
    opaque = fit_characters(both, weights, discount=MIN_SUPPORT - 1)
    model = ChannelModel(decoration_model(), opaque, _START / _START.sum(), only_at_boundaries)
    found = find_for_good(places, _allowed(boundary, model), boundary, opaque, vocabulary) if filled.any() else None
    for _ in range(_ROUNDS if filled.any() else 0):
        reading = read_strings(places, boundary, model, vocabulary, ratio=np.inf, found=found)
        of_form = np.append(model.weights[:-1], np.zeros(len(VARIANTS)))
        chance = reading.parses.around * reading.parses.parts * of_form[reading.parses.form]
        nothing = model.weights[-1] * reading.opaque
        by_form = reading.strangers * model.weights[:-1]
        total = nothing + by_form.sum(1)
        share = to_fixed_point(chance / total[reading.parses.string])
        counts = to_fixed_point(np.column_stack([by_form, nothing]) / total[:, None])[filled].sum(0)
        every = counts + _START / 10
        decorations = _learn_decorations(reading, share, vocabulary, int(filled.sum()))
        model = replace(model, weights=every / every.sum(), decorations=decorations)
    return model


def _digits(places: Places) -> Bools:
    """(places,) whether a digit follows."""
    byte = places.next_byte(np.arange(len(places)))
    return (byte >= ord("0")) & (byte <= ord("9"))


def _outer_digits(places: Places) -> Int64s:
    """(rows,) place where the run of digits at the end of each string begins."""
    digit = _digits(places)
    at = np.arange(len(places))
    inner = at < places.last[places.owner]
    blocked = np.where(inner & ~digit, at + 1, places.first[places.owner])
    return np.asarray(np.maximum.reduceat(blocked, places.first), np.int64)


def _copies(places: Places) -> Int64s:
    """(rows,) how many of the strings are the same as this one."""
    _, inverse, count = np.unique(places.prefixes[places.last], return_inverse=True, return_counts=True)
    return np.asarray(count[inverse], np.int64)


def _learn_decorations(reading: Reading, share: Floats, vocabulary: NameVocabulary, filled: int) -> DecorationModel:
    places, parses = reading.places, reading.parses
    outer = _outer_digits(places)[parses.string]
    digits_until = np.cumsum(np.append(0, _digits(places)))
    empty: list[float] = []
    words: list[dict[str, float]] = []
    digits: list[float] = []
    junk: list[float] = []
    for side in (0, 1):
        if side == 0:
            begin, end = places.first[parses.string], parses.start
            only_digits = digits_until[end] - digits_until[begin] == end - begin
        else:
            begin, end = parses.end, np.maximum(parses.end, outer)
            only_digits = (begin == end) & (places.last[parses.string] > parses.end)
        nothing = (parses.start == begin) if side == 0 else (parses.end == places.last[parses.string])
        worded = ~nothing & ~only_digits & (end > begin) & (end - begin <= 20)
        learned, rest = _learn_words(places, begin[worded], end[worded], share[worded], vocabulary, filled)
        mass = [float(share[nothing].sum()), float(share[only_digits & ~nothing].sum()), sum(learned.values())]
        some = mass[1] + mass[2] + rest + float(share[~nothing & ~only_digits & ~worded].sum()) + 3.0
        empty.append((mass[0] + 2.0) / (mass[0] + some + 1.0))
        words.append({word: weight / some for word, weight in learned.items()})
        digits.append((mass[1] + 1.0) / some)
        junk.append(max(1.0 - (mass[1] + 1.0 + mass[2]) / some, 0.01))
    return DecorationModel((empty[0], empty[1]), (words[0], words[1]), (digits[0], digits[1]), (junk[0], junk[1]))


def _learn_words(
    places: Places, begin: Int64s, end: Int64s, share: Floats, vocabulary: NameVocabulary, filled: int
) -> tuple[dict[str, float], float]:
    """Words with enough support that are commoner than as a name, and the support of all others.

    Ten accounts of one person are one person: half of the support must come from strings that differ.
    """
    keys = substring_hashes(places.prefixes, begin, end - begin)
    unique, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    support = np.bincount(inverse, weights=share, minlength=len(unique))
    apart = np.bincount(inverse, weights=share / _copies(places)[places.owner[begin]], minlength=len(unique))
    as_name = np.zeros(len(unique))
    known, word = vocabulary.index.find(unique)
    as_name[known] = np.maximum(vocabulary.given[word], vocabulary.family[word])
    chosen = (
        (support >= MIN_SUPPORT)
        & (apart >= MIN_SUPPORT / 2)
        & (support / max(filled, 1) > _COMMONER_THAN_NAME * as_name)
    )
    owner = places.owner[begin[first]]
    low, high = begin[first] - owner, end[first] - owner
    raw = places.strings.data.tobytes()
    found = {raw[low[i] : high[i]].decode("ascii", "replace"): float(support[i]) for i in chosen.nonzero()[0]}
    return found, float(support[~chosen].sum())
