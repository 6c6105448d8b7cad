"""What posts show of how their authors live, as hidden columns of the profiles: languages, hours, where they write."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.events.records import NO_TIME, seconds
from sociolink.evidence.facts import text_column
from sociolink.evidence.habits.homes import KnownPlaces, find_homes
from sociolink.text.languages import find_languages, normalise_languages

__all__ = ["FEWEST", "HOME", "HOURS", "LANGUAGES", "list_habits"]

Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]

LANGUAGES: Final = "_languages"
"""Hidden column: the language of each post that tells one."""

HOURS: Final = "_hours"
"""Hidden column: month and hour (UTC) of each hour in which a profile wrote, as month * 24 + hour."""

HOME: Final = "_home"
"""Hidden column: the place that a profile names most, or writes at."""

FEWEST: Final = 5
"""Posts without which a habit is none."""

_HOUR = 3600


def _hour_bins(at: Int64s) -> Int64s:
    """(n,) month (from 0) * 24 + hour of each time, in UTC."""
    month = at.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12
    return month * 24 + at // _HOUR % 24


def list_habits(
    posts: pa.Table,
    author: Int64s,
    own: pa.Array,
    speaks: Bools,
    *,
    profiles: int,
    said: pa.Array | None,
    places: KnownPlaces,
    parts: tuple[str, ...],
) -> dict[str, pa.Array]:
    """Languages, hours and the home of each profile.

    Args:
        posts: Canonical posts.
        author: (posts,) row of each post's profile; -1 where it is none of them.
        own: (posts,) their own words, as `events.posts.own_words` gives them.
        speaks: (posts,) whether it is the profile that speaks.
        profiles: How many profiles there are.
        said: (profiles,) lists of `POSTS_TYPE`: places of events that posts name; None where there are no events.
        places: Places of the events.
        parts: Which of `home`, `language` and `hours` are asked for.

    Returns:
        For each hidden column (profiles,) lists, or strings.
    """
    some = np.flatnonzero(speaks)
    who = author[some]
    out = {}
    if "home" in parts:
        tags = text_column(posts, "place").take(pa.array(some))
        out[HOME] = find_homes(who, tags, profiles, said, places)
    if "language" in parts or "hours" in parts:
        out[LANGUAGES] = _list_languages(who, text_column(posts, "language"), own, some, profiles)
        out[HOURS] = _list_hours(who, seconds(posts, "created_at")[some], profiles)
    return out


def _list_languages(who: Int64s, language: pa.Array, own: pa.Array, some: Int64s, profiles: int) -> pa.Array:
    """The language that each post states, else what its text tells."""
    stated = normalise_languages(language.take(pa.array(some)))
    unstated = pc.is_null(stated)
    found = pc.replace_with_mask(stated, unstated, find_languages(own.take(pa.array(some)).filter(unstated)))
    told = np.asarray(pc.is_valid(found), np.bool_)
    return _lists(who[told], found.filter(pa.array(told)), profiles)


def _list_hours(who: Int64s, at: Int64s, profiles: int) -> pa.Array:
    """Each hour in which a profile wrote, once."""
    timed = at < NO_TIME
    hours = np.stack([who[timed], at[timed] // _HOUR], axis=1)
    writer, when = np.unique(hours, axis=0).T if len(hours) else (at[:0], at[:0])
    return _lists(writer, pa.array(_hour_bins(when * _HOUR).astype(np.int16)), profiles)


def _lists(row: Int64s, value: pa.Array, rows: int) -> pa.Array:
    """Values by row, those of a row in order."""
    rank = np.asarray(pc.rank(value, tiebreaker="dense"), np.int64)
    order = np.lexsort((rank, row))
    start = np.searchsorted(row[order], np.arange(rows + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(start), value.take(pa.array(order)))
