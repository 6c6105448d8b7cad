"""Posts and events beside the profiles and customers that they belong to, for evidence that reads both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.events.contacts import list_contacts, reach_customers
from sociolink.evidence.events.family import Events
from sociolink.evidence.events.posts import POSTS_COLUMN, list_posts, own_words
from sociolink.evidence.events.records import EVENTS_COLUMN, EventBook, keep_book, list_events
from sociolink.evidence.facts import text_column
from sociolink.evidence.habits.family import Habits
from sociolink.evidence.habits.homes import KnownPlaces, know_places
from sociolink.evidence.habits.posts import list_habits
from sociolink.evidence.protocol import EvidenceFamily, RemembersSettings
from sociolink.evidence.visits import Visits
from sociolink.index.scratch import Scratch
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.records.authors import attach_profiles
from sociolink.results.model import LinkModel
from sociolink.text.hashing import UInt64s

__all__ = ["attach", "attach_posts", "habits_of", "of_posts", "with_events"]

_OF_POSTS: Final[tuple[EvidenceFamily, ...]] = (Events(), Visits(), Habits())
"""The families that read posts."""


def with_events(
    evidence: tuple[EvidenceFamily, ...],
    *,
    posts: object,
    events: object,
    model: LinkModel | None = None,
) -> tuple[EvidenceFamily, ...]:
    """The evidence that is used: events and visits too, where both tables are there, habits, where there are posts.

    What a model knows is used as well, with the settings that it was fitted with; what is named stays as it is.

    Args:
        evidence: What was asked for; a choice that leaves out a family of the default is left as it is.
        posts: Posts, or None.
        events: Events, or None.
        model: A model that is given.

    Examples:
        >>> [family.name for family in with_events(DEFAULT_EVIDENCE, posts=[], events=[])][-1]
        'habits'
        >>> with_events(DEFAULT_EVIDENCE, posts=None, events=[]) == DEFAULT_EVIDENCE
        True
    """
    if not set(DEFAULT_EVIDENCE) <= set(evidence):
        return evidence
    both = posts is not None and events is not None
    given = dict(zip((one.name for one in _OF_POSTS), (both, both, posts is not None), strict=True))
    named, known = {one.name for one in evidence}, () if model is None else model.families
    added = (one for one in of_posts(model) if one.name not in named and (given[one.name] or one.name in known))
    return (*evidence, *added)


def of_posts(model: LinkModel | None) -> tuple[EvidenceFamily, ...]:
    """The families that read posts, with the settings that a model was fitted with."""
    learned = {} if model is None else model.population
    return tuple(
        one.as_learned(learned[one.name]) if isinstance(one, RemembersSettings) and one.name in learned else one
        for one in _OF_POSTS
    )


def attach(
    tables: Mapping[str, pa.Table], evidence: tuple[EvidenceFamily, ...], scratch: Scratch | None = None
) -> tuple[pa.Table, pa.Table]:
    """Profiles with what their posts say, and customers with their events.

    Args:
        tables: Canonical tables by kind: profiles and customers, perhaps posts and events.
        evidence: The evidence families.
        scratch: Where the customers' events go; they stay in memory by default.

    Returns:
        Profiles and customers, with hidden columns more; as they are where posts are missing, or no family
        reads them.
    """
    profiles, customers = tables["profiles"], tables["customers"]
    posts, events = tables.get("posts"), tables.get("events")
    names = {family.name for family in evidence}
    if names.isdisjoint((Events().name, Visits().name)):
        events = None
    if posts is None or (events is None and Habits().name not in names):
        return profiles, customers
    spoken = _read_authors(profiles, posts)
    where = pa.array([], pa.string())
    if events is not None:
        events = _of_customers(events, customers)
        book = keep_book(events, brands=any(getattr(one, "brands", False) for one in evidence))
        profiles = _attach_facts(profiles, posts, spoken, book, reach_customers(customers))
        listed = list_events(events, customers, book)
        customers = customers.append_column(EVENTS_COLUMN, listed if scratch is None else scratch.keep(listed))
        where = text_column(events, "place")
    return _attach_habits(profiles, posts, spoken, habits_of(evidence), know_places(where)), customers


def _of_customers(events: pa.Table, customers: pa.Table) -> pa.Table:
    """Events of these customers; what happened to others, who may have refused, is not looked at."""
    return events.filter(pc.is_in(events.column("customer_id"), customers.column("customer_id").combine_chunks()))


def habits_of(evidence: tuple[EvidenceFamily, ...]) -> tuple[str, ...]:
    """The parts of the habits that evidence uses; none where it leaves them out."""
    return next((getattr(one, "parts", ()) for one in evidence if one.name == Habits().name), ())


def _attach_habits(
    profiles: pa.Table, posts: pa.Table, spoken: _Spoken, parts: tuple[str, ...], places: KnownPlaces
) -> pa.Table:
    """Profiles with what posts show of how their authors live."""
    if not parts:
        return profiles
    said = profiles.column(POSTS_COLUMN).combine_chunks() if POSTS_COLUMN in profiles.column_names else None
    found = list_habits(posts, *spoken, profiles=profiles.num_rows, said=said, places=places, parts=parts)
    for name, column in found.items():
        profiles = profiles.append_column(name, column)
    return profiles


_Spoken = tuple[npt.NDArray[np.int64], pa.Array, npt.NDArray[np.bool_]]
"""(posts,) row of each post's profile, -1 where it is none of them; own words; whether the profile speaks."""


def _read_authors(profiles: pa.Table, posts: pa.Table) -> _Spoken:
    place = pc.index_in(
        attach_profiles(posts, profiles).column("profile_id").combine_chunks(),
        profiles.column("profile_id").combine_chunks(),
        skip_nulls=True,
    )
    author = np.asarray(pc.fill_null(place, -1), np.int64)
    return author, *own_words(posts, author, profiles)


def attach_posts(
    profiles: pa.Table,
    posts: pa.Table,
    book: EventBook,
    known: Mapping[str, UInt64s],
    *,
    time: tuple[int, int] | None = None,
    parts: tuple[str, ...] = (),
    places: KnownPlaces | None = None,
) -> pa.Table:
    """Profiles with what their posts say.

    Args:
        profiles: Canonical profiles.
        posts: Canonical posts, of them and of others.
        book: What the events of the customers hold.
        known: Addresses and telephone numbers of the customers; see `reach_customers`.
        time: First and last second of the time in which posts were read; that of these posts by default.
        parts: Habits that are asked for; see `Habits`.
        places: Places of the events; needed for habits.

    Returns:
        The profiles, with hidden columns more.
    """
    spoken = _read_authors(profiles, posts)
    said = _attach_facts(profiles, posts, spoken, book, known, time=time)
    return said if places is None else _attach_habits(said, posts, spoken, parts, places)


def _attach_facts(
    profiles: pa.Table,
    posts: pa.Table,
    spoken: _Spoken,
    book: EventBook,
    known: Mapping[str, UInt64s],
    *,
    time: tuple[int, int] | None = None,
) -> pa.Table:
    author, own, speaks = spoken
    said = list_posts(posts, author, own, speaks, profiles=profiles.num_rows, book=book, time=time)
    contacts = list_contacts(own, author, profiles, known)
    with_posts = profiles.append_column(POSTS_COLUMN, said)
    for name, column in contacts.items():
        with_posts = with_posts.append_column(name, column)
    return with_posts
