"""What customers did: orders, tickets, visits and warranty cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.datasets.synthesis.places import load_words
from sociolink.datasets.synthesis.profiles import NOW, moments
from sociolink.datasets.synthesis.strings import Ints, choose, digits, draw, join, keep, words, zipf
from sociolink.datasets.synthesis.wording import Wording

__all__ = ["EVENT_KINDS", "Events", "draw_events", "make_events"]

EVENT_KINDS = ("order", "ticket", "visit", "warranty")
_SHARES = (0.5, 0.27, 0.13, 0.1)
_PREFIXES = ("ORD-", "TCK-", "VIS-", "WAR-")
_MEAN_AMOUNT_LOG, _AMOUNT_SPREAD = 4.4, 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Events as codes, one row each.

    Attributes:
        record: Row of the customer record.
        person: Row of the person.
        kind: Codes of `EVENT_KINDS`.
        product: Row of the products.
        reference: Reference numbers.
        at: When it happened.
    """

    record: npt.NDArray[np.int64]
    person: npt.NDArray[np.int64]
    kind: Ints
    product: Ints
    reference: pa.Array
    at: npt.NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.record)


def draw_events(rng: np.random.Generator, count: int, *, person_of_record: npt.NDArray[np.int64]) -> Events:
    """Draw events; few customers have many, most have none or one.

    Args:
        rng: Source of chance.
        count: Number of events.
        person_of_record: (records,) row of each record's person.

    Returns:
        The events, oldest first.
    """
    order = rng.permutation(len(person_of_record))
    record = order[(rng.random(count) ** 1.6 * len(order)).astype(np.int64)]
    kind = draw(rng, _SHARES, count)
    number = rng.choice(np.arange(10_000_000, 10_000_000 + 80 * max(count, 1), 80), count, replace=False)
    number += rng.integers(0, 80, count)
    products = words(load_words()["products"], by="|")
    return Events(
        record=record,
        person=person_of_record[record],
        kind=kind,
        product=draw(rng, zipf(len(products), slope=0.5), count),
        reference=join(pa.array(_PREFIXES).take(pa.array(kind)), digits(number)),
        at=np.sort(moments(rng, count, days=540, skew=1.2)),
    )


def make_events(
    rng: np.random.Generator, wording: Wording, events: Events, *, ids: pa.Array, customer_ids: pa.Array
) -> pa.Table:
    """The table of events.

    Args:
        rng: Source of chance.
        wording: How people read.
        events: The events.
        ids: (events,) event ids.
        customer_ids: (records,) customer ids.

    Returns:
        One row an event, in the canonical columns, and `status`: open or closed for tickets, null for the rest.
    """
    size = len(events)
    recent = events.at > NOW - np.timedelta64(60, "D")
    is_ticket = events.kind == EVENT_KINDS.index("ticket")
    is_open = rng.random(size) < np.where(recent, 0.6, 0.1)
    priced = (events.kind == EVENT_KINDS.index("order")) | (rng.random(size) < 0.1)
    amount = np.round(np.exp(rng.normal(_MEAN_AMOUNT_LOG, _AMOUNT_SPREAD, size)), 2)
    on_site = (events.kind == EVENT_KINDS.index("visit")) | (rng.random(size) < 0.3)
    return pa.table(
        {
            "event_id": ids,
            "customer_id": customer_ids.take(pa.array(events.record)),
            "kind": pa.array(EVENT_KINDS).take(pa.array(events.kind)),
            "product": words(load_words()["products"], by="|").take(pa.array(events.product)),
            "reference": events.reference,
            "occurred_at": pa.array(events.at, pa.timestamp("us", tz="UTC")),
            "place": keep(wording.city(events.person), on_site),
            "amount": keep(pa.array(amount), priced),
            "status": keep(choose(is_open, "open", pa.repeat("closed", size)), is_ticket),
        }
    )
