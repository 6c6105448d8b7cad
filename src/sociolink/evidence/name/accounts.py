"""Profiles as the name family sees them: handles and display names read as names, and the keys they offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import text_column
from sociolink.evidence.name.channel import ChannelModel, Reading, channel_model, learn_channel, read_strings
from sociolink.evidence.name.parses import Parses, sum_by_form
from sociolink.evidence.name.reading_keys import reading_keys
from sociolink.evidence.name.shown import ShownNames, show_names
from sociolink.evidence.name.strings import StringCounts
from sociolink.evidence.protocol import Keys
from sociolink.evidence.readings import read_handles
from sociolink.population.kept import keep_made
from sociolink.population.names import NameVocabulary
from sociolink.reference.facts import surname_counts
from sociolink.text.buffers import FEW, count_values
from sociolink.text.handles import core_and_boundaries
from sociolink.text.hashing import UInt64s, string_bytes
from sociolink.text.patterns import match_pattern
from sociolink.text.sorting import distinct_sorted
from sociolink.text.substrings import Places, lay_out
from sociolink.text.tokens import collapse_repeats, leet

__all__ = ["Accounts", "KeyFloor", "Strings", "learn_channels", "prepare_accounts", "profile_strings"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]

_RESPELLED = 0.03
"""P(a handle writes digits for letters, or draws letters out)."""

_LEAST_RESPELLED = 0.01
_DIGITS_INSIDE = "[a-z][013457]+[a-z]"
_MIN_PLATFORM = 100
_MAX_LEARNED = 8_000


@dataclass(frozen=True, slots=True)
class Strings:
    """One kind of string of all profiles.

    Attributes:
        values: The strings, squashed to [a-z0-9].
        places: The same, laid out.
        boundary: (places,) where the writer marked the beginning of a part.
    """

    values: pa.Array
    places: Places
    boundary: Bools


@dataclass(frozen=True, slots=True)
class Accounts:
    """A batch of profiles, prepared.

    Attributes:
        rows: Number of profiles.
        platform: (rows,) int32 index into the platforms that have weights of their own; the last is "other".
        platforms: Names of these platforms, "other" included.
        handles: Handles as names.
        displays: Display names as names.
        keys: Keys of the readings that are likely enough to matter.
        parse: (keys,) int32 reading behind each key; those of display names are counted on after those of handles.
    """

    rows: int
    platform: npt.NDArray[np.int32]
    platforms: tuple[str, ...]
    handles: Reading
    displays: Reading
    keys: Keys
    parse: npt.NDArray[np.int32]


def _boundary_flags(places: Places, masks: UInt64s) -> Bools:
    """Bit masks of boundaries as one flag a place; the ends of a string are boundaries."""
    offset = np.arange(len(places)) - places.first[places.owner]
    flags = (masks[places.owner] >> np.minimum(offset, 63).astype(np.uint64)) & np.uint64(1) > 0
    inside = offset < places.last[places.owner] - places.first[places.owner]
    out: Bools = (flags & inside & (offset < 64)) | ~inside | (offset == 0)
    return out


def profile_strings(profiles: pa.Table) -> tuple[Strings, Strings, pa.Array]:
    """Handles and display names of profiles, and their canonical platforms."""
    handles = read_handles(profiles)
    core = lay_out(handles.core)
    display, masks = core_and_boundaries(text_column(profiles, "display_name"))
    shown = lay_out(display)
    return (
        Strings(handles.core, core, _boundary_flags(core, handles.boundaries)),
        Strings(display, shown, _boundary_flags(shown, masks)),
        handles.platform,
    )


def learn_channels(profiles: pa.Table, vocabulary: NameVocabulary) -> dict[str, Any]:
    """What handles and display names look like in the first 8,000 of these profiles; holds no person."""
    handles, displays, platform = profile_strings(profiles.slice(0, _MAX_LEARNED))
    names = surname_counts()
    common = np.argsort(-names.counts, kind="stable")[:2000]
    lent = string_bytes(pa.array(np.asarray(names.names)[common].astype(str)).cast(pa.string()))
    counts = count_values(platform)
    learned = {
        "handle": learn_channel(
            handles.places, handles.boundary, vocabulary, only_at_boundaries=False, prior=lent
        ).to_dict(),
        "display": learn_channel(
            displays.places, displays.boundary, vocabulary, only_at_boundaries=True, prior=lent
        ).to_dict(),
    }
    return learned | {"platforms": sorted(name for name, count in counts.items() if count >= _MIN_PLATFORM)}


def _with_repeats(places: Places) -> Int64s:
    """The strings with a character three times in a row, and perhaps some whose neighbour begins as they end."""
    data = places.strings.data
    at = ((data[2:] == data[1:-1]) & (data[1:-1] == data[:-2])).nonzero()[0]
    return distinct_sorted(np.searchsorted(places.strings.offsets, at, side="right") - 1)


def _respell(
    handles: Strings,
    reading: Reading,
    model: ChannelModel,
    vocabulary: NameVocabulary,
    shown: ShownNames,
    ratio: Floats,
) -> Reading:
    """Add the readings of handles whose digits stand for letters or whose letters are drawn out."""
    inside = match_pattern(handles.values, _DIGITS_INSIDE).nonzero()[0]
    repeating = _with_repeats(handles.places)
    if len(inside) == 0 and len(repeating) == 0:
        return reading
    changed = []
    for some, respell in ((inside, leet), (repeating, collapse_repeats)):
        row, respelled = respell(handles.values.take(pa.array(some)))
        changed.append((some[row], respelled))
    rows = np.concatenate([row for row, _ in changed])
    if len(rows) == 0:
        return reading
    places = lay_out(pa.concat_arrays([values for _, values in changed]))
    ends = np.zeros(len(places), np.bool_)
    ends[places.first], ends[places.last] = True, True
    least = ratio[rows] / _RESPELLED
    found = read_strings(places, ends, model, vocabulary, ratio=least, shown=shown, profile=rows).parses
    string = rows[found.string].astype(np.int64)
    found = replace(found, string=string, around=found.around * _RESPELLED)
    total = reading.opaque + reading.strangers.sum(1)
    found = found.only(found.around > _LEAST_RESPELLED * total[found.string])
    parses = Parses.concat([reading.parses, found])
    strangers = reading.strangers + sum_by_form(found, len(reading.opaque))
    return replace(reading, parses=parses, strangers=strangers)


@dataclass(frozen=True, slots=True)
class KeyFloor:
    """Likelihood ratio that a customer must be able to reach for a reading to offer a key.

    Attributes:
        share: The ratio as a share of the number of customers.
        most: Where it stops to grow.
    """

    share: float
    most: float

    def at(self, customers: int) -> float:
        """The ratio among so many customers."""
        return min(self.share * customers, self.most)


_ALONE, _BESIDE, _SHOWN = KeyFloor(1e-3, 64.0), KeyFloor(1e-4, 8.0), KeyFloor(1e-5, 0.5)
"""For handles without a display name; beside one that says something else; for display names and what repeats them:
there the handle's own ratio is small, and tells all the same."""


def _worth_a_key(reading: Reading, weights: Floats, customers: int, named: Bools | None = None) -> Int64s:
    """Readings that could make some customer's likelihood ratio large enough to matter.

    `named` says which handles have a display name; without it the readings are those of display names.
    """
    total = weights[-1] * reading.opaque + (weights[:-1] * reading.strangers).sum(1)
    parses = reading.parses
    floor = np.full(len(parses), _SHOWN.at(customers))
    if named is not None:
        beside = np.where(parses.shown, _SHOWN.at(customers), _BESIDE.at(customers))
        floor = np.where(named[parses.string], beside, _ALONE.at(customers))
    return np.flatnonzero(parses.around >= floor * total[parses.string])


@keep_made
def _number_platforms(names: Sequence[str]) -> dict[str, int]:
    """The platforms that have weights of their own, numbered."""
    return {str(name): number for number, name in enumerate(names)}


def _platform_numbers(platform: pa.Array, own: Mapping[str, int]) -> npt.NDArray[np.int32]:
    """(rows,) numbers of platforms, that of all others last."""
    if len(platform) < FEW:
        return np.array([own.get(name, len(own)) for name in platform.to_pylist()], np.int32)
    index = pc.index_in(platform, value_set=pa.array(list(own), pa.string()))
    return np.asarray(pc.fill_null(index, len(own)), np.int32)


def prepare_accounts(
    profiles: pa.Table,
    vocabulary: NameVocabulary,
    strings: tuple[StringCounts, ...],
    population: Mapping[str, Any],
    *,
    customers: int,
) -> Accounts:
    """Read a batch of profiles.

    Args:
        profiles: Canonical profiles.
        vocabulary: Known name parts of the customers.
        strings: How common the strings are that customers already use.
        population: What `learn_channels` returned.
        customers: Number of customers.

    Returns:
        Readings of handles (given the display names) and of display names, and the keys of both.
    """
    handles, displays, platform = profile_strings(profiles)
    model, of_display = channel_model(population["handle"]), channel_model(population["display"])
    named = displays.places.strings.lengths > 0
    ratio = np.where(named, _SHOWN.at(customers), _ALONE.at(customers))
    shown = show_names(displays.places, displays.boundary, vocabulary)
    first = read_strings(handles.places, handles.boundary, model, vocabulary, strings, ratio=ratio, shown=shown)
    second = read_strings(displays.places, displays.boundary, of_display, vocabulary, ratio=ratio)
    first = _respell(handles, first, model, vocabulary, shown, ratio)
    own = _number_platforms(population["platforms"])
    chosen = (
        _worth_a_key(first, model.weights, customers, named),
        _worth_a_key(second, of_display.weights, customers),
    )
    key = [reading_keys(reading, rows, vocabulary) for reading, rows in zip((first, second), chosen, strict=True)]
    row = [reading.parses.string[rows] for reading, rows in zip((first, second), chosen, strict=True)]
    parse = np.concatenate([chosen[0], len(first.parses) + chosen[1]])
    return Accounts(
        profiles.num_rows,
        _platform_numbers(platform, own),
        (*own, "other"),
        first,
        second,
        Keys(np.concatenate(key), np.concatenate(row).astype(np.int32)),
        parse.astype(np.int32),
    )
