"""Erasing what customers had: from the lists of events and numbers, and from what posts are searched for."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.erasing import Erasure, forget_entries, forget_words
from sociolink.evidence.events.brands import is_brand
from sociolink.evidence.events.issued import Issued, without_letters
from sociolink.evidence.events.naming import TimedEvents
from sociolink.evidence.events.quoting import member_keys
from sociolink.evidence.events.record import RECORD_COLUMN, count_events, read_record
from sociolink.evidence.events.records import EventBook, index_places, index_products
from sociolink.evidence.events.states import moments
from sociolink.evidence.events.terms import Terms
from sociolink.evidence.facts import text_column
from sociolink.index.drafts import Draft
from sociolink.index.row_bytes import locate_bytes
from sociolink.text.hashing import UInt64s, hash_strings
from sociolink.text.references import normalise_references
from sociolink.text.runs import expand_runs
from sociolink.text.sorting import distinct_sorted, find_sorted

__all__ = ["forget_events", "forget_moments"]

Int64s = npt.NDArray[np.int64]


def forget_events(member: UInt64s, timed: TimedEvents, book: EventBook, erasure: Erasure) -> None:
    """Erase what some customers had.

    Args:
        member: Customers and numbers; see `quoting.KnownNumbers`.
        timed: Events with a product and a time.
        book: What posts are searched for.
        erasure: Who is erased.
    """
    mine, theirs = read_record(erasure.customers), read_record(erasure.others("customer_id", RECORD_COLUMN))
    row = np.repeat(erasure.rows, count_events(erasure.customers))
    numbers = normalise_references(text_column(mine, "reference"))
    key = hash_strings(numbers)[0]
    forget_words(erasure.draft, member, member_keys(row, key))
    gone = _not_left(distinct_sorted(key), book, theirs)
    _forget_issued(erasure.draft, book.issued, numbers.filter(pa.array(find_sorted(gone, key)[1])), gone)
    at, met = find_sorted(book.number, gone)
    forget_entries(erasure.draft, at[met], book.number, book.first_at, book.customer)
    forget_moments(erasure.draft, timed, erasure.rows)
    for column, terms, index in (
        ("product", book.products, partial(index_products, brands=bool(is_brand(book.products.key).any()))),
        ("place", book.places, index_places),
    ):
        left = pc.unique(text_column(theirs, column))
        if not pc.all(pc.is_in(text_column(mine, column), value_set=left)).as_py():
            _forget_terms(erasure.draft, terms, index(theirs))


def _not_left(keys: UInt64s, book: EventBook, theirs: pa.Table) -> UInt64s:
    """Numbers that nobody else has."""
    several = keys[(book.holder(keys) < 0) & find_sorted(book.number, keys)[1]]
    if len(several) == 0:
        return keys
    left = np.unique(hash_strings(normalise_references(text_column(theirs, "reference")))[0])
    return np.setdiff1d(keys, several[find_sorted(left, several)[1]])


def _forget_issued(draft: Draft, issued: Issued, numbers: pa.Array, gone: UInt64s) -> None:
    """Erase numbers, and what follows their first letters where that stands alone."""
    alias = np.unique(hash_strings(pa.concat_arrays([numbers, without_letters(numbers)]))[0])
    begin = np.searchsorted(issued.alias, alias)
    _, at = expand_runs(begin, np.searchsorted(issued.alias, alias, side="right") - begin)
    at = at[find_sorted(gone, issued.key[at])[1]]
    forget_entries(draft, at, issued.alias, issued.key, issued.bits)


def forget_moments(draft: Draft, timed: TimedEvents, rows: Int64s) -> None:
    """Erase what happened to some customers, and when."""
    start = moments(rows, np.zeros(len(rows), np.int64))
    begin = np.searchsorted(timed.moment, start)
    end = np.searchsorted(timed.moment, moments(rows + 1, np.zeros(len(rows), np.int64)))
    run, at = expand_runs(begin, end - begin)
    once = at[~is_brand(timed.events.product[at])]
    when, count = np.unique(timed.events.at[once], return_counts=True)
    forget_entries(draft, expand_runs(np.searchsorted(timed.when, when), count)[1], timed.when)
    for name in ("at", "number", "product", "place", "kind"):
        draft.overwrite(getattr(timed.events, name), at, 0)
    draft.overwrite(timed.moment, at, start[run])


def _forget_terms(draft: Draft, terms: Terms, left: Terms) -> None:
    """Erase names that are not left, and their words."""
    gone = np.flatnonzero(~find_sorted(left.alias, terms.alias)[1])
    forget_entries(draft, gone, terms.alias, terms.key)
    forget_words(draft, terms.openings, np.setdiff1d(terms.openings, left.openings))
    unused = np.flatnonzero(~np.asarray(pc.is_in(terms.words, value_set=left.words), np.bool_))
    for begins, sizes in locate_bytes(pa.table({"words": terms.words}), unused, draft):
        draft.blank(begins, sizes)
