"""Events as evidence: what a profile says in its posts, against what happened to a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.contact import LEVELS as CONTACT_LEVELS
from sociolink.evidence.contact import Contact, CustomerContacts, ProfileContacts
from sociolink.evidence.erasing import Erasure
from sociolink.evidence.events.contacts import said_contacts
from sociolink.evidence.events.forgetting import forget_events
from sociolink.evidence.events.keys import join_kinds, moments_of_customers, moments_of_profiles, number_keys
from sociolink.evidence.events.learning import learn_events, wording_of
from sociolink.evidence.events.naming import (
    NamingPosts,
    TimedEvents,
    collect_naming,
    index_timed,
)
from sociolink.evidence.events.quoting import (
    BORROWED,
    LEVELS,
    MADE_UP,
    NONE,
    SILENT,
    STRANGERS,
    UNQUOTED,
    KnownNumbers,
    QuotedNumbers,
    collect_quotes,
    compare_numbers,
    index_numbers,
    numbers_of,
)
from sociolink.evidence.events.record import RECORD_COLUMN
from sociolink.evidence.events.records import EVENTS_COLUMN, EVENTS_TYPE, EventBook, keep_recorded, list_recorded
from sociolink.evidence.events.sections import prepare_in_sections
from sociolink.evidence.events.states import read_events, read_posts
from sociolink.evidence.events.strangers import against_strangers
from sociolink.evidence.events.weighing import compare_naming
from sociolink.evidence.levels import Level, level_phrase, level_prior
from sociolink.evidence.protocol import Hits, Keys, Mixture, Pairs, sort_keys
from sociolink.index.scratch import Scratch
from sociolink.text.buffers import count_values

__all__ = ["CustomerEvents", "Events", "ProfilePosts"]

Floats = npt.NDArray[np.float64]
Int8s = npt.NDArray[np.int8]
Int64s = npt.NDArray[np.int64]

_MOST_KINDS = 20

_LEAST = 2.0**-100
"""No number of quotes is taken for less likely."""

_NAMING = (
    Level("silent", "its posts are about nothing of the customer's, as those of many customers are", 12.0),
    Level("seldom", "its posts beside the customer's events, of a customer who seldom writes about them", 4.0),
    Level("sometimes", "its posts beside the customer's events, of a customer who sometimes writes about them", 6.0),
    Level("often", "its posts beside the customer's events, of a customer who often writes about them", 3.0),
)
_ANYBODY = Level("anybody", "anybody may write so", 1.0, group=1)


@dataclass(frozen=True, slots=True)
class CustomerEvents:
    """Events of all customers.

    Attributes:
        numbers: Their reference numbers.
        timed: Those with a product and a time.
        contacts: Their e-mail addresses and telephone numbers.
        keys: Blocking keys.
        book: What posts are searched for, where the customers have their events on record; else None.
    """

    numbers: KnownNumbers
    timed: TimedEvents
    contacts: CustomerContacts
    keys: Keys
    book: EventBook | None = None


@dataclass(frozen=True, slots=True)
class ProfilePosts:
    """What the posts of a batch of profiles say.

    Attributes:
        quoted: Reference numbers.
        naming: Posts that name products.
        contacts: Addresses and numbers in posts.
        keys: Blocking keys.
        population: What was learned.
    """

    quoted: QuotedNumbers
    naming: NamingPosts
    contacts: ProfileContacts
    keys: Keys
    population: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Events:
    """What a profile says in its posts, against what happened to a customer.

    Three channels: reference numbers that the profile was the first to quote; the products and places that its other
    posts name, at the time of the customer's events; and the customer's e-mail address or telephone number in a post.
    With `brands`, a post that names no product but the maker of some counts as well: see `brands`. What was learned
    says whether an index looks for makers.

    Both tables carry what is compared in hidden columns, which `link` adds where it is given posts and events; without
    them the family says nothing.
    """

    name: str = "events"
    brands: bool = False

    @property
    def keeps(self) -> tuple[str, ...]:
        """Hidden columns of customers that an index keeps."""
        return (RECORD_COLUMN,)

    @property
    def _contact(self) -> Contact:
        return Contact(f"{self.name}.contact")

    def prior(self, population: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Pseudo-counts of the levels of numbers, and of how much customers write."""
        return {
            **level_prior(f"{self.name}.number", (*LEVELS, *STRANGERS)),
            **level_prior(f"{self.name}.product", (*_NAMING, _ANYBODY)),
            **self._contact.prior(population),
        }

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """How often posts name what, how soon customers write, and what time-shifted events say by chance."""
        kinds = _kinds(customers)
        return learn_events(
            read_posts(profiles), read_events(customers, kinds), kinds, (profiles.num_rows, customers.num_rows)
        )

    def as_learned(self, population: Mapping[str, Any]) -> Events:
        """The family as a model was fitted with it: makers are looked for where it learned how often they are named."""
        return replace(self, brands="brands" in population)

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: CustomerEvents | None = None
    ) -> CustomerEvents:
        """Numbers and timed events, of the hidden column or of what is on record."""
        before = None if background is None or background.book is None else background.book.formats
        book = keep_recorded([customers], before, brands="brands" in population)
        events = read_events(list_recorded(customers, book), wording_of(population)[0])
        rows = customers.num_rows
        row, key = numbers_of(events)
        numbers = index_numbers(row, key, rows, None if background is None else background.numbers)
        timed = index_timed(events, rows, None if background is None else background.timed)
        contacts = self._contact.prepare_customers(
            _reached(customers), population, background=None if background is None else background.contacts
        )
        keys = (
            number_keys(row, key),
            moments_of_customers(timed.events),
            self._contact.customer_keys(contacts),
        )
        return CustomerEvents(numbers, timed, contacts, sort_keys(join_kinds(*keys))[0], book)

    def prepare_sections(
        self, sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
    ) -> CustomerEvents:
        """The same, section by section; what is on record, numbers and times are put in order at once."""
        tables = [_reached(one) for one in sections]
        contacts = self._contact.prepare_sections(tables, population, scratch, threads=threads)
        others = self._contact.customer_keys(contacts)
        brands, kinds = "brands" in population, wording_of(population)[0]
        found = prepare_in_sections(sections, kinds, others, scratch, brands=brands)
        return CustomerEvents(found.numbers, found.timed, contacts, found.keys, found.book)

    def prepare_profiles(
        self, profiles: pa.Table, customers: CustomerEvents, population: Mapping[str, Any]
    ) -> ProfilePosts:
        """Numbers that are quoted, and posts that name products."""
        facts = read_posts(profiles)
        rows = profiles.num_rows
        quoted = collect_quotes(facts, rows, customers.numbers.issued)
        naming = collect_naming(facts, rows, population)
        known = quoted.exact | quoted.slip
        contacts = self._contact.judge(said_contacts(profiles), customers.contacts)
        keys = (
            number_keys(quoted.row[known], quoted.key[known]),
            moments_of_profiles(naming, wording_of(population)[1].lags),
            self._contact.profile_keys(contacts),
        )
        return ProfilePosts(quoted, naming, contacts, join_kinds(*keys), population)

    def customer_keys(self, customers: CustomerEvents) -> Keys:
        """Numbers, products at a time where few customers had them, addresses and telephone numbers."""
        return customers.keys

    def profile_keys(self, profiles: ProfilePosts) -> Keys:
        """The same, for the days before each post."""
        return profiles.keys

    def compare(
        self, customers: CustomerEvents, profiles: ProfilePosts, pairs: Pairs, hits: Hits
    ) -> tuple[Mixture, ...]:
        """Channels `events.number`, `events.product` and `events.contact`.

        Customers who were not compared one by one count as well: as many of them as have events did not do what the
        profile says.
        """
        level, chances = compare_numbers(customers.numbers, profiles.quoted, pairs)
        numbers = self._compare_numbers(customers, profiles, pairs, level, chances)
        (contacts,) = self._contact.compare(customers.contacts, profiles.contacts, pairs, hits)
        naming = compare_naming(
            f"{self.name}.product",
            [one.name for one in _NAMING],
            _ANYBODY.name,
            pairs,
            known=customers.timed,
            naming=profiles.naming,
            wording=wording_of(profiles.population)[1],
            population=profiles.population,
        )
        return numbers, naming, contacts

    def _compare_numbers(
        self, customers: CustomerEvents, profiles: ProfilePosts, pairs: Pairs, level: Int8s, chances: Floats
    ) -> Mixture:
        """Channel `events.number`: levels, worth m / u."""
        known, quoted = customers.numbers, profiles.quoted
        told = np.flatnonzero(level >= 0)
        rest = np.flatnonzero((pairs.customer < 0) & quoted.wrote[pairs.profile] & (known.share > 0))
        owner = pairs.profile[rest]
        said = quoted.said[owner]
        worth = 1.0 / np.maximum(chances[told, level[told]], _LEAST)
        worth = np.where(level[told] == NONE, worth * quoted.not_own[pairs.profile[told]], worth)
        others = known.share * np.where(said, quoted.not_own[owner], 1.0)
        first = len(LEVELS)
        return against_strangers(
            f"{self.name}.number",
            [one.name for one in LEVELS],
            [one.name for one in STRANGERS],
            pairs,
            pair=np.concatenate([told, rest, rest, rest]),
            component=np.concatenate(
                [
                    level[told],
                    np.where(said, NONE, UNQUOTED),
                    first + np.where(said, MADE_UP, SILENT),
                    np.full(len(rest), first + BORROWED),
                ]
            ),
            likelihood=np.concatenate(
                [
                    worth,
                    others,
                    np.full(len(rest), 1 - known.share),
                    np.where(said, (1 - known.share) * quoted.borrowed[owner], 0.0),
                ]
            ),
            stranger=np.where(quoted.said, MADE_UP, SILENT),
            also=(BORROWED, np.where(quoted.said, quoted.borrowed, 0.0)),
        )

    def forget(self, customers: CustomerEvents, erasure: Erasure) -> None:
        """Erase what customers had from lists and from the book."""
        if customers.book is not None:
            forget_events(customers.numbers.member, customers.timed, customers.book, erasure)

    def describe(self, component: str) -> str:
        """What a component says."""
        if any(component == level.name for level in CONTACT_LEVELS):
            return f"in a post, {self._contact.describe(component)}"
        return level_phrase((*LEVELS, *STRANGERS, *_NAMING, _ANYBODY), component)


def _reached(customers: pa.Table) -> pa.Table:
    """Where customers can be reached, if anything is known of their events."""
    names = set(customers.column_names)
    contact = ("email", "phone", "country") if names & {EVENTS_COLUMN, RECORD_COLUMN} else ()
    return customers.select(["customer_id", *(name for name in contact if name in names)])


def _kinds(customers: pa.Table) -> tuple[str, ...]:
    """The most frequent kinds of the customers' events, in the order of the alphabet."""
    if EVENTS_COLUMN not in customers.column_names:
        return ()
    lists = customers.column(EVENTS_COLUMN).combine_chunks().cast(EVENTS_TYPE)
    counts = count_values(pc.struct_field(pc.list_flatten(lists), "kind"))
    often = sorted((kind for kind in counts if kind), key=lambda kind: (-counts[kind], kind))
    return tuple(sorted(often[:_MOST_KINDS]))
