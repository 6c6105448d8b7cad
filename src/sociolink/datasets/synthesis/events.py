"""What customers did: orders with their deliveries and invoices, tickets, visits and warranty cases."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.datasets.synthesis.hours import at_waking_hours
from sociolink.datasets.synthesis.incidents import Incidents
from sociolink.datasets.synthesis.people import People
from sociolink.datasets.synthesis.products import draw_products, product_names
from sociolink.datasets.synthesis.profiles import NOW, moments
from sociolink.datasets.synthesis.references import Numbering, draw_numbering
from sociolink.datasets.synthesis.strings import Ints, by_code, choose, draw, keep
from sociolink.datasets.synthesis.wording import Wording

__all__ = ["EVENT_KINDS", "Events", "draw_events", "draw_numberings", "make_events", "write_references"]

EVENT_KINDS = ("order", "ticket", "visit", "warranty", "delivery", "invoice")
_ORDER, _TICKET, _VISIT, _, _DELIVERY, _INVOICE = range(len(EVENT_KINDS))
_ORDERS, _DELIVERIES, _INVOICES = 0.42, 0.16, 0.06
_OTHER_SHARES = (0.62, 0.22, 0.16)
_ON_LAUNCH, _IN_OUTAGE = 0.2, 0.12
_HOURS_TO_DELIVERY, _HOURS_TO_INVOICE, _SPREAD = 55.0, 20.0, 0.6
_IN_OWN_CITY, _IN_FORMER_CITY = 0.85, 0.95
_MEAN_AMOUNT_LOG, _AMOUNT_SPREAD = 4.4, 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Events as codes, one row each, oldest first.

    Attributes:
        record: Row of the customer record.
        person: Row of the person.
        kind: Codes of `EVENT_KINDS`.
        product: Row of the products.
        city: Row of the city where it happened.
        at: When it happened.
        order: Number of the order that a delivery or an invoice belongs to; rows that share it share the amount.
    """

    record: Ints
    person: Ints
    kind: Ints
    product: Ints
    city: Ints
    at: npt.NDArray[np.datetime64]
    order: Ints

    def __len__(self) -> int:
        return len(self.record)

    def take(self, rows: Ints) -> Events:
        """The events of these rows."""
        return Events(
            self.record[rows],
            self.person[rows],
            self.kind[rows],
            self.product[rows],
            self.city[rows],
            self.at[rows],
            self.order[rows],
        )


def _later(rng: np.random.Generator, at: npt.NDArray[np.datetime64], hours: float) -> npt.NDArray[np.datetime64]:
    """Moments after others, by lognormal delays with a median in hours; not after the end of the world."""
    delay = np.exp(rng.normal(np.log(hours), _SPREAD, len(at))) * 3600
    return np.asarray(np.minimum(at + delay.astype("timedelta64[s]"), NOW))


def _draw_first(
    rng: np.random.Generator, orders: int, others: int, *, record_of: Ints, people: People, incidents: Incidents
) -> Events:
    """Orders, then tickets, visits and warranty cases; few customers have many, most have none or one."""
    size = orders + others
    turn = rng.permutation(len(record_of))
    record = turn[(rng.random(size) ** 1.6 * len(turn)).astype(np.int64)]
    person = record_of[record]
    kind = np.concatenate((np.full(orders, _ORDER), _TICKET + draw(rng, _OTHER_SHARES, others)))
    launched = (kind == _ORDER) & (rng.random(size) < _ON_LAUNCH)
    broken = (kind == _TICKET) & (rng.random(size) < _IN_OUTAGE)
    incident = incidents.pick(rng, launched)
    by_incident = launched | broken
    chance = rng.random(size)
    city = np.where(chance < _IN_OWN_CITY, people.city[person], people.former_city[person])
    elsewhere = (kind == _VISIT) & (chance >= _IN_FORMER_CITY)
    city = np.where(elsewhere, rng.permutation(city), city)
    at = at_waking_hours(rng, moments(rng, size, days=540, skew=1.2), city)
    at = np.where(by_incident, incidents.moments(rng, incident), at)
    product = np.where(by_incident, incidents.product[incident], draw_products(rng, size))
    return Events(record, person, kind, product, city, np.minimum(at, NOW), np.arange(size))


def draw_events(
    rng: np.random.Generator,
    count: int,
    *,
    person_of_record: npt.NDArray[np.int64],
    people: People,
    incidents: Incidents,
) -> Events:
    """Draw events: first what customers do, then the deliveries and invoices of their orders.

    Args:
        rng: Source of chance.
        count: Number of events.
        person_of_record: (records,) row of each record's person.
        people: The people.
        incidents: Launches, after which orders come in, and outages, in which tickets are opened.

    Returns:
        The events, oldest first.
    """
    orders = int(np.ceil(_ORDERS * count))
    follow = {_DELIVERY: (int(_DELIVERIES * count), _HOURS_TO_DELIVERY)}
    follow[_INVOICE] = (int(_INVOICES * count), _HOURS_TO_INVOICE)
    others = count - orders - sum(size for size, _ in follow.values())
    first = _draw_first(rng, orders, others, record_of=person_of_record, people=people, incidents=incidents)
    parts = [first]
    for kind, (size, hours) in follow.items():
        part = first.take(rng.permutation(orders)[:size])
        parts.append(replace(part, kind=np.full(size, kind), at=_later(rng, part.at, hours)))
    names = ("record", "person", "kind", "product", "city", "at", "order")
    both = Events(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    return both.take(np.argsort(both.at, kind="stable"))


def draw_numberings(rng: np.random.Generator, events: Events) -> tuple[Numbering, ...]:
    """The reference numbers of each kind of event.

    Args:
        rng: Source of chance.
        events: The events.

    Returns:
        A numbering for each of `EVENT_KINDS`.
    """
    return tuple(draw_numbering(rng, name, events.at[events.kind == kind]) for kind, name in enumerate(EVENT_KINDS))


def write_references(events: Events, numberings: tuple[Numbering, ...]) -> pa.Array:
    """The reference number of each event."""
    rank = np.empty(len(events), np.int64)
    for kind in range(len(EVENT_KINDS)):
        rows = np.flatnonzero(events.kind == kind)
        rank[rows] = np.arange(len(rows))
    written = [numbering.write() for numbering in numberings]
    return by_code(events.kind, len(EVENT_KINDS), lambda kind, rows: written[kind].take(pa.array(rank[rows])))


def make_events(
    rng: np.random.Generator,
    wording: Wording,
    events: Events,
    *,
    references: pa.Array,
    ids: pa.Array,
    customer_ids: pa.Array,
) -> pa.Table:
    """The table of events.

    Args:
        rng: Source of chance.
        wording: How people read.
        events: The events.
        references: (events,) reference numbers.
        ids: (events,) event ids.
        customer_ids: (records,) customer ids.

    Returns:
        One row an event, in the canonical columns, and `status`: open or closed for tickets, null for the rest.
    """
    size = len(events)
    recent = events.at > NOW - np.timedelta64(60, "D")
    is_ticket = events.kind == _TICKET
    is_open = rng.random(size) < np.where(recent, 0.6, 0.1)
    priced = np.isin(events.kind, (_ORDER, _INVOICE)) | (rng.random(size) < 0.05)
    amount = np.round(np.exp(rng.normal(_MEAN_AMOUNT_LOG, _AMOUNT_SPREAD, size)), 2)[events.order]
    on_site = (events.kind == _VISIT) | (rng.random(size) < 0.3)
    return pa.table(
        {
            "event_id": ids,
            "customer_id": customer_ids.take(pa.array(events.record)),
            "kind": pa.array(EVENT_KINDS).take(pa.array(events.kind)),
            "product": product_names().take(pa.array(events.product)),
            "reference": references,
            "occurred_at": pa.array(events.at, pa.timestamp("us", tz="UTC")),
            "place": keep(wording.places.city.take(pa.array(events.city)), on_site),
            "amount": keep(pa.array(amount), priced),
            "status": keep(choose(is_open, "open", pa.repeat("closed", size)), is_ticket),
        }
    )
