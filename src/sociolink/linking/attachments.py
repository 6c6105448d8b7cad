"""Posts and events beside the profiles and customers that they belong to, for evidence that reads both."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.events.contacts import list_contacts, reach_customers
from sociolink.evidence.events.family import Events
from sociolink.evidence.events.posts import POSTS_COLUMN, list_posts, own_words
from sociolink.evidence.events.records import EVENTS_COLUMN, EventBook, keep_book, list_events
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.records.authors import attach_profiles
from sociolink.text.hashing import UInt64s

__all__ = ["attach", "attach_posts", "with_events"]


def with_events(
    evidence: tuple[EvidenceFamily, ...], *, posts: object, events: object, known: tuple[str, ...] = ()
) -> tuple[EvidenceFamily, ...]:
    """The evidence that is used: events too, where both tables are there or the model knows them.

    Args:
        evidence: What was asked for; a choice that leaves out a family of the default is left as it is.
        posts: Posts, or None.
        events: Events, or None.
        known: Families of a model that is given.

    Examples:
        >>> [family.name for family in with_events(DEFAULT_EVIDENCE, posts=[], events=[])][-1]
        'events'
        >>> with_events(DEFAULT_EVIDENCE, posts=[], events=None) == DEFAULT_EVIDENCE
        True
    """
    family = Events()
    if any(one.name == family.name for one in evidence) or not set(DEFAULT_EVIDENCE) <= set(evidence):
        return evidence
    wanted = (posts is not None and events is not None) or family.name in known
    return (*evidence, family) if wanted else evidence


def attach(tables: Mapping[str, pa.Table], evidence: tuple[EvidenceFamily, ...]) -> tuple[pa.Table, pa.Table]:
    """Profiles with what their posts say, and customers with their events.

    Args:
        tables: Canonical tables by kind: profiles and customers, perhaps posts and events.
        evidence: The evidence families.

    Returns:
        Profiles and customers, with hidden columns more; as they are where posts or events are missing, or
        no family reads them.
    """
    profiles, customers = tables["profiles"], tables["customers"]
    posts, events = tables.get("posts"), tables.get("events")
    if posts is None or events is None or all(family.name != Events().name for family in evidence):
        return profiles, customers
    book = keep_book(events)
    with_posts = attach_posts(profiles, posts, book, reach_customers(customers))
    return with_posts, customers.append_column(EVENTS_COLUMN, list_events(events, customers, book))


def attach_posts(
    profiles: pa.Table,
    posts: pa.Table,
    book: EventBook,
    known: Mapping[str, UInt64s],
    *,
    time: tuple[int, int] | None = None,
) -> pa.Table:
    """Profiles with what their posts say.

    Args:
        profiles: Canonical profiles.
        posts: Canonical posts, of them and of others.
        book: What the events of the customers hold.
        known: Addresses and telephone numbers of the customers; see `reach_customers`.
        time: First and last second of the time in which posts were read; that of these posts by default.

    Returns:
        The profiles, with hidden columns more.
    """
    place = pc.index_in(
        attach_profiles(posts, profiles).column("profile_id").combine_chunks(),
        profiles.column("profile_id").combine_chunks(),
        skip_nulls=True,
    )
    author = np.asarray(pc.fill_null(place, -1), np.int64)
    own, speaks = own_words(posts, author, profiles)
    said = list_posts(posts, author, own, speaks, profiles=profiles.num_rows, book=book, time=time)
    contacts = list_contacts(own, author, profiles, known)
    with_posts = profiles.append_column(POSTS_COLUMN, said)
    for name, column in contacts.items():
        with_posts = with_posts.append_column(name, column)
    return with_posts
