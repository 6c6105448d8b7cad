"""Who writes what when: posts as codes, before any words."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sociolink.datasets.synthesis.accounts import AccountKind, Accounts
from sociolink.datasets.synthesis.delays import draw_delays
from sociolink.datasets.synthesis.events import EVENT_KINDS, Events
from sociolink.datasets.synthesis.hours import at_waking_hours, put_off_till_morning
from sociolink.datasets.synthesis.incidents import Incidents
from sociolink.datasets.synthesis.people import People
from sociolink.datasets.synthesis.products import draw_products
from sociolink.datasets.synthesis.profiles import NOW, moments
from sociolink.datasets.synthesis.strings import Bools, Ints, draw

__all__ = [
    "MENUS",
    "NUMBERED",
    "POST_KINDS",
    "TOPICS",
    "Drafts",
    "Number",
    "date_drafts",
    "draft_posts",
    "draw_authors",
]

POST_KINDS = ("post", "reply", "repost", "quote")
TOPICS = ("chat", "praise", "complaint", "outage", "launch", "contact", "unfiled")
_TOPIC_SHARES = (0.545, 0.1, 0.15, 0.06, 0.05, 0.005, 0.09)
_CHAT, _, _, _OUTAGE, _LAUNCH, _CONTACT, _UNFILED = range(len(TOPICS))
NUMBERED = tuple(f"{kind}_number" for kind in EVENT_KINDS)
#: Menus of phrases; an unfiled event takes those of events.
MENUS = (
    *TOPICS[:_UNFILED],
    *EVENT_KINDS,
    *NUMBERED,
    "behalf_number",
    "asked_number",
    "company",
    "company_number",
    "business",
    "bot",
)
_UNFILED_SHARES = (0.5, 0.2, 0.12, 0.06, 0.09, 0.03)
_REPLIES, _REPLIES_ABOUT_EVENTS = 0.22, 0.35
_OF_THE_COMPANY = 0.5
_DAYS, _SKEW = 540, 1.2


class Number:
    """Whose reference number a post holds."""

    NONE, OWN, MISTYPED, ON_BEHALF, PASSED_ON, FOREIGN, COMPANY = range(7)
    NAMES = (None, "own", "mistyped", "on_behalf", "passed_on", "foreign", "company")


@dataclass(frozen=True, slots=True, eq=False)
class Drafts:
    """Posts as codes, one row each.

    Attributes:
        author: Row of the account.
        menu: Row of `MENUS`: which phrases it takes.
        event: Row of the event that it is about, or -1.
        event_kind: Kind of the event that it is about, filed or not; of `EVENT_KINDS`.
        number: Whose number it holds; of `Number`.
        product: Row of the product.
        city: Row of the city.
        at: When it was written.
        kind: Codes of `POST_KINDS`.
    """

    author: Ints
    menu: Ints
    event: Ints
    event_kind: Ints
    number: Ints
    product: Ints
    city: Ints
    at: npt.NDArray[np.datetime64]
    kind: Ints

    def __len__(self) -> int:
        return len(self.author)

    def take(self, rows: Ints) -> Drafts:
        """The posts of these rows."""
        return Drafts(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def own(self) -> Bools:
        """Whether each is about an event of its author's own."""
        return (self.event >= 0) & np.isin(self.number, (Number.NONE, Number.OWN, Number.MISTYPED))


def draw_authors(rng: np.random.Generator, size: int, accounts: int) -> npt.NDArray[np.int64]:
    """Accounts that write; few write many. The order of activity is `rng`'s first draw."""
    return rng.permutation(accounts)[(rng.random(size) ** 2.2 * accounts).astype(np.int64)]


def _own_events(rng: np.random.Generator, owner: Ints, events: Events) -> Ints:
    """One event of each author's own; -1 where there is none."""
    if len(events) == 0:
        return np.full(len(owner), -1)
    order = np.argsort(events.person, kind="stable")
    persons = events.person[order]
    first, last = np.searchsorted(persons, owner, side="left"), np.searchsorted(persons, owner, side="right")
    chosen = first + (rng.random(len(owner)) * (last - first)).astype(np.int64)
    return np.where(last > first, order[np.minimum(chosen, len(order) - 1)], -1)


def _menus(rng: np.random.Generator, topic: Ints, event_kind: Ints, filed: Bools, author_kind: Ints) -> Ints:
    about_event = filed | (topic == _UNFILED)
    menu = np.where(about_event, _UNFILED + event_kind, topic)
    menu = np.where((topic == _CONTACT) & (author_kind > AccountKind.SHIFTED), _CHAT, menu)
    own_company = rng.random(len(topic)) < _OF_THE_COMPANY
    company = np.where(own_company, MENUS.index("company"), MENUS.index("business"))
    menu = np.where(author_kind == AccountKind.ORGANISATION, company, menu)
    return np.where(author_kind == AccountKind.BOT, MENUS.index("bot"), menu)


def draft_posts(
    rng: np.random.Generator,
    count: int,
    *,
    accounts: Accounts,
    people: People,
    events: Events,
    incidents: Incidents,
    about_events: float,
) -> Drafts:
    """Draft posts without numbers: everyday life, praise, complaints, outages, launches, events of one's own.

    Customers and strangers alike write about purchases, tickets and visits that no event stands for: made elsewhere,
    given as a present, or another company's.

    Args:
        rng: Source of chance.
        count: Number of posts.
        accounts: The accounts that write them.
        people: The people.
        events: What customers did.
        incidents: Outages and launches.
        about_events: Share of the posts of a customer with events that are about one of them.

    Returns:
        The drafts, in no order.
    """
    author = draw_authors(rng, count, len(accounts.kind))
    owner, author_kind = accounts.owner[author], accounts.kind[author]
    event = np.where(author_kind == AccountKind.CUSTOMER, _own_events(rng, owner, events), -1)
    event = np.where(rng.random(count) < about_events, event, -1)
    filed = event >= 0
    topic = np.where(filed, _CHAT, draw(rng, _TOPIC_SHARES, count))
    event_kind = draw(rng, _UNFILED_SHARES, count)
    city, product = people.city[owner], draw_products(rng, count)
    incident = incidents.pick(rng, topic == _LAUNCH)
    of_incident = (topic == _OUTAGE) | (topic == _LAUNCH)
    product = np.where(of_incident, incidents.product[incident], product)
    at = at_waking_hours(rng, moments(rng, count, days=_DAYS, skew=_SKEW), city, (owner * 2654435761 >> 7) % 5 - 2)
    at = np.where(of_incident, incidents.moments(rng, incident), at)
    shown_city = np.where(topic == _OUTAGE, incidents.city[incident], city)
    if len(events):
        event_kind = np.where(filed, events.kind[event], event_kind)
        product = np.where(filed, events.product[event], product)
        shown_city = np.where(filed & (event_kind == EVENT_KINDS.index("visit")), events.city[event], shown_city)
    kind = (rng.random(count) < np.where(filed | (topic == _UNFILED), _REPLIES_ABOUT_EVENTS, _REPLIES)).astype(np.int64)
    menu = _menus(rng, topic, event_kind, filed, author_kind)
    number = np.full(count, Number.NONE)
    at = np.minimum(at, NOW)
    return Drafts(author, menu, event, event_kind, number, product, shown_city, at, kind)


def date_drafts(rng: np.random.Generator, drafts: Drafts, events: Events, cities: Ints) -> Drafts:
    """Write about events after they happened, and less at night; what quotes a number never comes before it.

    Args:
        rng: Source of chance.
        drafts: The posts, with the numbers they hold.
        events: What customers did.
        cities: (rows,) where each author lives.

    Returns:
        The posts with the moments of those about events.
    """
    rows = np.flatnonzero(drafts.event >= 0)
    if len(rows) == 0:
        return drafts
    happened = events.at[drafts.event[rows]]
    unquoted = drafts.number[rows] == Number.NONE
    written = draw_delays(rng, drafts.event_kind[rows], happened, may_be_before=unquoted)
    at: Any = drafts.at.copy()
    at[rows] = np.minimum(put_off_till_morning(rng, written, cities[rows]), NOW)
    return replace(drafts, at=at)
