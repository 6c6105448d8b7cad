"""Groups of customers that are compared: by product, tenure and segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.enrichment.dates import LATE, YEAR, read_column
from sociolink.enrichment.history import History
from sociolink.text.sorting import sorted_distinct

__all__ = ["SINCE", "Grouping", "group_customers"]

Ints = npt.NDArray[np.int64]

SINCE = "customer_since"
"""Column of customers that says since when they are customers; without it the first event does."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """One way to group customers.

    Attributes:
        by: "all", "product", "tenure" or "segment".
        names: Of the groups; null for those of whom it is not known.
        customer: (members,) number of the customer.
        group: (members,) number of the group; a customer may be in several by product, in one else.
    """

    by: str
    names: pa.Array
    customer: Ints
    group: Ints


def group_customers(
    ids: pa.Array,
    customers: pa.Table | None,
    *,
    history: History,
    as_of: int | None,
    tenure_years: Sequence[float],
    segment: str | None,
) -> list[Grouping]:
    """Groupings of the listed customers.

    Args:
        ids: (customers,) their ids.
        customers: The table of customers, if there is one.
        history: Their events.
        as_of: The moment from which tenure is counted, in microseconds.
        tenure_years: Where bands of tenure end, in years, ascending.
        segment: Column of the customers, if they are to be grouped by one.
    """
    everybody = np.arange(len(ids))
    groupings = [Grouping("all", pa.array(["all"]), everybody, np.zeros(len(ids), np.int64)), _by_product(ids, history)]
    if as_of is not None:
        since = _since(ids, customers, history)
        groupings.append(_by_tenure(since, as_of=as_of, tenure_years=tenure_years))
    if segment is not None and customers is not None:
        column = customers[segment].combine_chunks()
        if pa.types.is_list(column.type):
            column = pc.binary_join(column.cast(pa.list_(pa.string())), ";")
        values = _of(ids, customers, column.cast(pa.string()))
        names = sorted_distinct(values.drop_null())
        number = np.asarray(pc.fill_null(pc.index_in(values, names, skip_nulls=True), -1), np.int64)
        groupings.append(_with_unknown("segment", names, number))
    return groupings


def _by_product(ids: pa.Array, history: History) -> Grouping:
    """By what they bought; those of whom no purchase is known have no group's name."""
    none = np.flatnonzero(np.bincount(history.owner, minlength=len(ids)) == 0)
    names = pa.concat_arrays([history.products.cast(pa.string()), pa.nulls(1, pa.string())])
    group = np.concatenate([history.product, np.full(len(none), len(history.products))])
    return Grouping("product", names, np.concatenate([history.owner, none]), group)


def _since(ids: pa.Array, customers: pa.Table | None, history: History) -> Ints:
    """(customers,) since when they are customers; the largest number where it is not known."""
    if customers is None or SINCE not in customers.column_names:
        return history.first
    moment, known, _ = read_column(customers[SINCE])
    stated = _of(ids, customers, pa.array(moment, mask=~known))
    return np.where(np.asarray(pc.is_valid(stated), np.bool_), np.asarray(pc.fill_null(stated, 0)), history.first)


def _by_tenure(since: Ints, *, as_of: int, tenure_years: Sequence[float]) -> Grouping:
    ends = [f"{end:g}" for end in tenure_years]
    names = [f"under {ends[0]} years", *(f"{a} to {b} years" for a, b in pairwise(ends))]
    names.append(f"{ends[-1]} years or more")
    known = since < LATE
    years = np.where(known, as_of - np.where(known, since, 0), 0) / YEAR
    band = np.searchsorted(np.asarray(tenure_years, np.float64), years, side="right")
    return _with_unknown("tenure", pa.array(names), np.where(known, band, -1))


def _with_unknown(by: str, names: pa.Array, number: Ints) -> Grouping:
    return Grouping(
        by,
        pa.concat_arrays([names.cast(pa.string()), pa.nulls(1, pa.string())]),
        np.arange(len(number)),
        np.where(number >= 0, number, len(names)).astype(np.int64),
    )


def _of(ids: pa.Array, customers: pa.Table, values: pa.Array) -> pa.Array:
    """(customers,) their values; null where the table does not have them."""
    return values.take(pc.index_in(ids, customers["customer_id"].combine_chunks()))
