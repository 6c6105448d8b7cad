"""What is known of each customer from events: purchases, products, tickets, spending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.enrichment.dates import EARLY, LATE, moments, read_column
from sociolink.results.posts import mark_open
from sociolink.text.sorting import distinct_sorted, sorted_distinct

__all__ = ["OWNING_KINDS", "History", "read_history"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

OWNING_KINDS = ("order", "purchase", "sale", "subscription", "delivery", "invoice", "warranty")
"""Kinds of events after which the customer has the product."""

_UNDONE = ("cancelled", "canceled", "returned", "refunded")


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Events by customer, customers numbered as in `Authors`.

    Attributes:
        events: (customers,) how many.
        first: (customers,) microseconds of the first; the largest number where none has a moment.
        last: (customers,) of the last; the smallest number where none has a moment.
        tickets_known: Whether events say which tickets are open.
        open_tickets: (customers,) how many are open.
        opened: (customers,) microseconds when the first of the open ones was opened; the largest number where unknown.
        closed: (customers,) microseconds when the last ticket was closed; the smallest number where none was.
        spent: (customers,) sum of the amounts.
        products: Names, ascending.
        owner: (holdings,) number of the customer, ascending.
        product: (holdings,) number of the product that the customer bought.
    """

    events: Ints
    first: Ints
    last: Ints
    tickets_known: bool
    open_tickets: Ints
    opened: Ints
    closed: Ints
    spent: Floats
    products: pa.Array
    owner: Ints
    product: Ints

    def list_products(self) -> pa.Array:
        """(customers,) lists of the names of what each bought."""
        counts = np.bincount(self.owner, minlength=len(self.events))
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return pa.ListArray.from_arrays(pa.array(offsets), self.products.take(pa.array(self.product)))


def read_history(events: pa.Table, customers: pa.Array, *, owning: Sequence[str] = OWNING_KINDS) -> History:
    """Events by customer.

    Args:
        events: Canonical events, in the order of their ids; `status` and `closed_at` say what is open or was undone.
        customers: Ids of the customers that matter, ascending.
        owning: Kinds of events after which the customer has the product.
    """
    marked = mark_open(events)
    at = np.asarray(pc.fill_null(pc.index_in(events["customer_id"], customers), -1), np.int64)
    listed = pa.array(at >= 0)
    all_tickets = pc.fill_null(pc.equal(pc.utf8_lower(events["kind"].combine_chunks()), "ticket"), False)
    tickets_known = marked is not None and len(marked) > 0 and _any_told(all_tickets, marked)
    events = events.filter(listed).combine_chunks()
    of = at[at >= 0]
    size = len(customers)
    moment, dated = moments(events["occurred_at"])
    kind = pc.utf8_lower(events["kind"])
    ticket = np.asarray(all_tickets.filter(listed), np.bool_)
    own = pa.nulls(len(of), pa.bool_()) if marked is None else marked.filter(listed)
    open_ = np.asarray(pc.fill_null(own, False), np.bool_)
    shut = ticket & np.asarray(pc.is_valid(own), np.bool_) & ~open_
    closed, closed_known = _closed(events, moment, dated)
    amount = np.asarray(pc.fill_null(events["amount"], 0.0), np.float64)
    order = np.lexsort((amount, of))
    products, owner, product = _holdings(events, kind, of, owning)
    return History(
        events=np.bincount(of, minlength=size),
        first=_extreme(moment, of, dated, size=size, latest=False),
        last=_extreme(moment, of, dated, size=size, latest=True),
        tickets_known=tickets_known,
        open_tickets=np.bincount(of[open_], minlength=size),
        opened=_extreme(moment, of, open_ & dated, size=size, latest=False),
        closed=_extreme(closed, of, shut & closed_known, size=size, latest=True),
        spent=np.bincount(of[order], weights=amount[order], minlength=size).astype(np.float64),
        products=products,
        owner=owner,
        product=product,
    )


def _any_told(tickets: pa.Array, marked: pa.Array) -> bool:
    """Whether it is said of any ticket that it is open or closed, or there is no ticket."""
    told = pc.is_valid(marked).filter(tickets)
    return len(told) == 0 or told.true_count > 0


def _closed(events: pa.Table, moment: Ints, dated: Bools) -> tuple[Ints, Bools]:
    """When tickets were closed: as stated, else when they happened."""
    if "closed_at" not in events.column_names:
        return moment, dated
    stated, known, _ = read_column(events["closed_at"])
    return np.where(known, stated, moment), known | dated


def _extreme(moment: Ints, of: Ints, chosen: Bools, *, size: int, latest: bool) -> Ints:
    out = np.full(size, EARLY if latest else LATE)
    (np.maximum if latest else np.minimum).at(out, of[chosen], moment[chosen])
    return out


def _holdings(events: pa.Table, kind: pa.Array, of: Ints, owning: Sequence[str]) -> tuple[pa.Array, Ints, Ints]:
    """Products, and which customer has which: each once."""
    bought = pc.is_in(kind, pa.array([name.lower() for name in owning], pa.string()))
    if kind.null_count == len(kind):
        bought = pa.array(np.ones(len(kind), np.bool_))
    if "status" in events.column_names:
        status = pc.utf8_lower(pc.utf8_trim_whitespace(events["status"].cast(pa.string())))
        bought = pc.and_not(bought, pc.is_in(status, pa.array(_UNDONE)))
    name = pc.utf8_trim_whitespace(events["product"])
    there = pc.and_(bought, pc.fill_null(pc.not_equal(name, ""), False))
    mask = np.asarray(there, np.bool_)
    names = name.filter(pa.array(mask))
    names = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
    products = sorted_distinct(names)
    width = max(len(products), 1)
    keys = distinct_sorted(of[mask] * width + np.asarray(pc.index_in(names, products), np.int64))
    return products, keys // width, keys % width
