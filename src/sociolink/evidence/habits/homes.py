"""The place that a profile names most: one of the CRM's events, or one that its posts were written at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.events.posts import PLACE, POSTS_TYPE
from sociolink.evidence.events.terms import term_keys
from sociolink.text.buffers import plain_strings
from sociolink.text.hashing import UInt64s, hash_strings, mix
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import find_sorted

__all__ = ["KnownPlaces", "find_homes", "home_among", "know_places", "read_tags"]

Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]

_SALT = 506
_FEWEST_NAMED: Final = 2
_SHARE_NAMED: Final = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class KnownPlaces:
    """Places of the CRM's events.

    Attributes:
        key: (places,) uint64, ascending; see `term_keys`.
        name: (places,) a name of each: of several ways to write it the first in the order of the alphabet.
    """

    key: UInt64s
    name: pa.Array

    def name_of(self, key: int) -> str | None:
        """The name of one place; None where it is not there."""
        at, met = find_sorted(self.key, np.array([key], np.uint64))
        return str(self.name[int(at[0])]) if met[0] else None


def know_places(names: pa.Array) -> KnownPlaces:
    """Make places of events known.

    Args:
        names: Their names, as often as they come; empty ones are passed over.

    Examples:
        >>> known = know_places(pa.array(["Ulm ", "Bonn", "Bonn", ""]))
        >>> len(known.key), known.name_of(int(term_keys(pa.array(["ulm"]))[0]))
        (2, 'Ulm ')
    """
    distinct = pc.unique(plain_strings(names))
    key = term_keys(distinct)
    order = np.lexsort((np.asarray(pc.rank(distinct, tiebreaker="dense"), np.int64), key))
    order = order[key[order] > 0]
    order = order[starts_of_runs(key[order])]
    return KnownPlaces(key[order], distinct.take(pa.array(order)))


def read_tags(tags: pa.Array, known: KnownPlaces) -> tuple[Bools, UInt64s]:
    """Where posts were written, as far as it is no place of the CRM: those are found as places that posts name.

    Args:
        tags: (n,) places as posts state them; "" for none.
        known: Places of the events.

    Returns:
        (n,) whether it is such a place; (n,) its hash. Two ways to write a place are two.
    """
    encoded = tags.dictionary_encode()
    term, which = term_keys(encoded.dictionary), np.asarray(encoded.indices, np.int64)
    other = (term > 0) & ~find_sorted(known.key, term)[1]
    key = mix(hash_strings(plain_strings(encoded.dictionary))[0], _SALT)
    return other[which], key[which]


def home_among(counts: Mapping[int, int]) -> int | None:
    """The place that most of a profile's posts with any place name.

    Args:
        counts: How many posts name each place.

    Examples:
        >>> home_among({7: 3, 8: 2}), home_among({7: 1}), home_among({7: 2, 8: 2})
        (7, None, None)
    """
    total = sum(counts.values())
    return next((key for key, n in counts.items() if n >= _FEWEST_NAMED and n >= _SHARE_NAMED * total), None)


def find_homes(who: Int64s, tags: pa.Array, profiles: int, said: pa.Array | None, known: KnownPlaces) -> pa.Array:
    """The home of each profile; see `home_among`.

    Args:
        who: (posts,) row of each post's profile, of posts in which one speaks.
        tags: (posts,) where each was written; "" where that is not known.
        profiles: How many profiles there are.
        said: (profiles,) lists of `POSTS_TYPE`: places of events that posts name; None where there are no events.
        known: Places of the events.

    Returns:
        (profiles,) names; "" where there is none.
    """
    said = pa.nulls(profiles, POSTS_TYPE) if said is None else said
    named = pc.list_flatten(said.cast(POSTS_TYPE))
    is_place = np.asarray(pc.equal(pc.struct_field(named, "kind"), PLACE), np.bool_)
    of_name = np.asarray(pc.list_parent_indices(said), np.int64)[is_place]
    key_of_name = np.asarray(pc.struct_field(named, "key"), np.uint64)[is_place]
    tagged, tag = read_tags(tags, known)
    row, key = np.concatenate([of_name, who[tagged]]), np.concatenate([key_of_name, tag[tagged]])
    distinct, place = np.unique(key, return_inverse=True)
    both, count = np.unique(row * max(len(distinct), 1) + place, return_counts=True)
    row, place = np.divmod(both, max(len(distinct), 1))
    total = np.bincount(row, weights=count, minlength=profiles)
    good = (count >= _FEWEST_NAMED) & (count >= _SHARE_NAMED * total[row])
    home = np.full(profiles, -1, np.int64)
    home[row[good]] = place[good]
    names = _name_places(distinct, tags.filter(pa.array(tagged)), tag[tagged], known)
    return pc.fill_null(names.take(pa.array(home, mask=home < 0)), "")


def _name_places(distinct: UInt64s, tags: pa.Array, key: UInt64s, known: KnownPlaces) -> pa.Array:
    """(n,) names of places: those of the CRM, else what posts state."""
    at, met = find_sorted(known.key, distinct)
    _, first = np.unique(key, return_index=True)
    of_tag, tagged = find_sorted(key[first], distinct)
    names = pa.concat_arrays([known.name, plain_strings(tags.take(pa.array(first)))])
    place = np.where(met, at, len(known.key) + of_tag)
    return names.take(pa.array(place, mask=~(met | tagged)))
