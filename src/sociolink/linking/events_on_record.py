"""What the events on record of an index hold, over all its sections: posts are searched for it."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.events.books import join_books
from sociolink.evidence.events.contacts import reach_customers
from sociolink.evidence.events.family import CustomerEvents
from sociolink.evidence.events.record import read_record
from sociolink.evidence.events.records import EventBook, keep_book
from sociolink.evidence.facts import text_column
from sociolink.evidence.habits.homes import KnownPlaces, know_places
from sociolink.evidence.visits import Visits
from sociolink.linking.attachments import attach_posts, habits_of
from sociolink.linking.gallery import Gallery
from sociolink.records.columns import arrow_schema
from sociolink.text.hashing import UInt64s
from sociolink.text.sorting import distinct_sorted

__all__ = ["EventsOnRecord"]


class EventsOnRecord:
    """What posts are searched for in an index; put together when the first posts come.

    Args:
        galleries: The customers of each section, as they were prepared.
        customers: Their rows.
    """

    __slots__ = ("_customers", "_families", "_found", "_places", "_states")

    def __init__(self, galleries: tuple[Gallery, ...], customers: tuple[pa.Table, ...]) -> None:
        self._customers = customers
        self._families = galleries[0].families
        self._places: KnownPlaces | None = None
        states = (state for gallery in galleries for state in gallery.states)
        self._states = tuple(state for state in states if isinstance(state, CustomerEvents) and state.book is not None)
        self._found: tuple[EventBook, dict[str, UInt64s]] | None = None

    def __bool__(self) -> bool:
        return bool(self._states)

    @property
    def hears(self) -> bool:
        """Whether posts tell the index anything: it holds events, or its evidence asks for habits."""
        return bool(self) or bool(habits_of(self._families))

    @property
    def book(self) -> EventBook:
        """Numbers, products and places of all sections."""
        return self._join()[0]

    @property
    def reached(self) -> dict[str, UInt64s]:
        """E-mail addresses and telephone numbers of all sections, hashed and ascending."""
        return self._join()[1]

    @property
    def places(self) -> KnownPlaces | None:
        """Places of the events of all sections, as far as the evidence asks where posts are from; else None."""
        if not habits_of(self._families) and all(family.name != Visits().name for family in self._families):
            return None
        if self._places is None:
            names = [pc.unique(text_column(read_record(one), "place")) for one in self._customers]
            self._places = know_places(pa.concat_arrays(names))
        return self._places

    def attach(self, profiles: pa.Table, posts: pa.Table, *, time: tuple[int, int] | None = None) -> pa.Table:
        """Profiles with what posts say; see `attach_posts`."""
        parts = habits_of(self._families)
        return attach_posts(profiles, posts, self.book, self.reached, time=time, parts=parts, places=self.places)

    def _join(self) -> tuple[EventBook, dict[str, UInt64s]]:
        if self._found is None:
            nothing = (keep_book(arrow_schema("events").empty_table()),)
            books = [state.book for state in self._states if state.book is not None]
            book = reduce(join_books, books or nothing)
            reached = reach_customers(arrow_schema("customers").empty_table())
            for state in self._states:
                more = state.contacts.reached
                reached = {kind: distinct_sorted(np.concatenate([keys, more[kind]])) for kind, keys in reached.items()}
            self._found = book, reached
        return self._found
