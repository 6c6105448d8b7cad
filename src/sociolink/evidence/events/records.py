"""Events of customers as a hidden column, and the book of what they hold: numbers, products, places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.events.brands import add_brands, brands_of
from sociolink.evidence.events.formats import Format, grow_formats, learn_formats
from sociolink.evidence.events.issued import Issued, index_issued
from sociolink.evidence.events.record import RECORD_COLUMN, read_record
from sociolink.evidence.events.terms import Terms, index_terms, term_keys
from sociolink.evidence.facts import text_column
from sociolink.text.buffers import plain_strings
from sociolink.text.hashing import UInt64s, hash_strings, mix
from sociolink.text.products import model_names, spoken_names
from sociolink.text.references import normalise_references
from sociolink.text.sorting import find_sorted, sorted_distinct

__all__ = [
    "EVENTS_COLUMN",
    "EVENTS_TYPE",
    "NO_TIME",
    "EventBook",
    "index_places",
    "index_products",
    "keep_book",
    "keep_recorded",
    "list_events",
    "list_recorded",
    "seconds",
]

Int64s = npt.NDArray[np.int64]

EVENTS_COLUMN: Final = "_events"
"""Name of the hidden column."""

EVENTS_TYPE: Final = pa.list_(
    pa.struct(
        [
            ("at", pa.int64()),
            ("number", pa.uint64()),
            ("product", pa.uint64()),
            ("place", pa.uint64()),
            ("kind", pa.string()),
        ]
    )
)
"""One entry an event: when (seconds), and hashes of number, product and place; 0 where there is none. Where brands are
looked for, an event with one has a second entry, with the brand in the product's stead and no number."""

NO_TIME: Final = 2**61
"""When something happened of which no time is known."""


@dataclass(frozen=True, slots=True)
class EventBook:
    """What the events of a CRM hold, ready to be found in posts.

    Attributes:
        formats: Formats of the reference numbers.
        issued: The numbers.
        products: Names of products.
        places: Names of places.
        number: (numbers,) uint64, ascending: hashes of the numbers.
        first_at: (numbers,) when each was issued, in seconds.
        customer: (numbers,) a hash of the id of the customer who has it, -1 where several have.
    """

    formats: Mapping[str, Format]
    issued: Issued
    products: Terms
    places: Terms
    number: UInt64s
    first_at: Int64s
    customer: Int64s

    def issued_at(self, key: UInt64s) -> Int64s:
        """(n,) when numbers were issued, in seconds; long ago where that is not known."""
        at, met = find_sorted(self.number, key)
        known = self.first_at[at] if len(self.number) else at
        return np.where(met & (known < NO_TIME), known, -NO_TIME)

    def holder(self, key: UInt64s) -> Int64s:
        """(n,) a hash for the customer who has each number of the CRM."""
        at, met = find_sorted(self.number, key)
        return np.where(met, self.customer[at], -1) if len(self.number) else at - 1


def seconds(table: pa.Table, column: str) -> Int64s:
    """(rows,) seconds since 1970; `NO_TIME` where there is no time."""
    moment = table.column(column).combine_chunks() if column in table.column_names else pa.nulls(table.num_rows)
    if pa.types.is_null(moment.type):
        return np.full(table.num_rows, NO_TIME, np.int64)
    whole = pc.divide(moment.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()), 1_000_000)
    return np.asarray(pc.fill_null(whole, NO_TIME), np.int64)


def keep_book(events: pa.Table, formats: Mapping[str, Format] | None = None, *, brands: bool = False) -> EventBook:
    """Read what events hold.

    Args:
        events: Canonical events.
        formats: Formats of earlier numbers, which these may widen.
        brands: Whether makers of products are looked for as well.

    Examples:
        >>> from sociolink.records.columns import arrow_schema
        >>> len(keep_book(arrow_schema("events").empty_table()).number)
        0
    """
    numbers = normalise_references(text_column(events, "reference"))
    formats = learn_formats(numbers) if formats is None else grow_formats(formats, numbers)
    issued = index_issued(numbers, formats)
    key = np.unique(issued.key)
    of, at = hash_strings(numbers)[0], seconds(events, "occurred_at")
    owner = (mix(hash_strings(plain_strings(events.column("customer_id")))[0]) >> np.uint64(1)).astype(np.int64)
    place, met = find_sorted(key, of)
    first_at = np.full(len(key), NO_TIME, np.int64)
    np.minimum.at(first_at, place[met], at[met])
    low, high = np.full(len(key), np.iinfo(np.int64).max), np.full(len(key), -1)
    np.minimum.at(low, place[met], owner[met])
    np.maximum.at(high, place[met], owner[met])
    return EventBook(
        formats,
        issued,
        index_products(events, brands=brands),
        index_places(events),
        key,
        first_at,
        np.where(low == high, low, -1),
    )


def keep_recorded(
    tables: Sequence[pa.Table], formats: Mapping[str, Format] | None = None, *, brands: bool
) -> EventBook | None:
    """Read what the events on record of customers hold; None where none are kept there.

    Args:
        tables: Customers, one table after the other.
        formats: As in `keep_book`.
        brands: As in `keep_book`.
    """
    if RECORD_COLUMN not in tables[0].column_names:
        return None
    return keep_book(pa.concat_tables([read_record(one) for one in tables]), formats, brands=brands)


def list_recorded(customers: pa.Table, book: EventBook | None) -> pa.Table:
    """Customers with the hidden column, made from what is on record; as they are where there is no book."""
    if book is None:
        return customers
    return customers.append_column(EVENTS_COLUMN, list_events(read_record(customers), customers, book))


def index_products(events: pa.Table, *, brands: bool = False) -> Terms:
    """The names of the products of events, and the ways to write them; and those of their makers, where asked for."""
    names = sorted_distinct(text_column(events, "product"))
    terms = index_terms(*spoken_names(names))
    return add_brands(terms, names) if brands else terms


def index_places(events: pa.Table) -> Terms:
    """The names of the places of events."""
    return index_terms(pc.unique(text_column(events, "place")))


def list_events(events: pa.Table, customers: pa.Table, book: EventBook) -> pa.Array:
    """The events of each customer.

    Args:
        events: Canonical events; those of customers who are not there are passed over.
        customers: Canonical customers.
        book: What `keep_book` read in these events.

    Returns:
        (customers,) lists of `EVENTS_TYPE`, in the order of their times; empty where there are none.
    """
    ids = customers.column("customer_id").combine_chunks()
    row = pc.index_in(events.column("customer_id").combine_chunks(), ids)
    owner = np.asarray(pc.fill_null(row, -1), np.int64)
    number = hash_strings(normalise_references(text_column(events, "reference")))[0]
    number = np.where(find_sorted(book.number, number)[1], number, np.uint64(0))
    goods = text_column(events, "product").dictionary_encode()
    product = term_keys(model_names(goods.dictionary))[np.asarray(goods.indices, np.int64)]
    place = term_keys(text_column(events, "place"))
    at, kind = seconds(events, "occurred_at"), pc.utf8_lower(text_column(events, "kind"))
    brand = brands_of(goods.dictionary, book.products)[np.asarray(goods.indices, np.int64)]
    twice = np.append(np.arange(len(at)), np.flatnonzero(brand))
    number = np.append(number, np.zeros(len(twice) - len(at), np.uint64))
    product = np.append(product, brand[brand > 0])
    at, place, owner, kind = at[twice], place[twice], owner[twice], kind.take(pa.array(twice))
    rank = np.asarray(pc.rank(kind, tiebreaker="dense"), np.int64)
    order = np.lexsort((rank, place, product, number, at, owner))
    order = order[owner[order] >= 0]
    fields = [pa.array(values[order]) for values in (at, number, product, place)]
    struct = pa.StructArray.from_arrays([*fields, kind.take(pa.array(order))], fields=list(EVENTS_TYPE.value_type))
    start = np.searchsorted(owner[order], np.arange(len(ids) + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(start), struct).cast(EVENTS_TYPE)
