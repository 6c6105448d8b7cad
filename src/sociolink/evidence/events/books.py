"""Books of several sections of customers as one: what posts are searched for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.evidence.events.brands import join_terms
from sociolink.evidence.events.issued import Issued
from sociolink.evidence.events.records import EventBook
from sociolink.text.runs import starts_of_runs

__all__ = ["join_books"]

Int64s = npt.NDArray[np.int64]


def join_books(first: EventBook, second: EventBook) -> EventBook:
    """What two sets of customers hold together.

    Args:
        first: The book of many customers.
        second: That of some more, whose formats have grown out of those of the first.

    Returns:
        The book that has every number, product and place of both. A number that both have was issued when it was first
        issued in either, and is nobody's alone if its customers differ.
    """
    number = np.concatenate([first.number, second.number])
    order = np.argsort(number, kind="stable")
    number = number[order]
    begin = np.flatnonzero(starts_of_runs(number))
    issued_at = np.concatenate([first.first_at, second.first_at])[order]
    holder = np.concatenate([first.customer, second.customer])[order]
    low, high = (np.minimum.reduceat(holder, begin), np.maximum.reduceat(holder, begin)) if len(begin) else (begin,) * 2
    return EventBook(
        second.formats,
        _join_issued(first.issued, second.issued),
        join_terms(first.products, second.products),
        join_terms(first.places, second.places),
        number[begin],
        np.minimum.reduceat(issued_at, begin) if len(begin) else begin,
        np.where(low == high, low, -1),
    )


def _join_issued(first: Issued, second: Issued) -> Issued:
    alias, key, bits = (
        np.concatenate([getattr(one, name) for one in (first, second)]) for name in ("alias", "key", "bits")
    )
    order = np.lexsort((key, alias))
    alias, key, bits = alias[order], key[order], bits[order]
    fresh = starts_of_runs(alias, key)
    return Issued(alias[fresh], key[fresh], bits[fresh], tuple(sorted({*first.lengths, *second.lengths})))
