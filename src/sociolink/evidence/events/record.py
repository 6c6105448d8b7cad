"""The events on record of customers: what an index keeps of them, beside each customer."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.records.columns import arrow_schema

__all__ = ["RECORD_COLUMN", "RECORD_TYPE", "count_events", "list_record", "read_record"]

Int64s = npt.NDArray[np.int64]

RECORD_COLUMN: Final = "_record"
"""Name of the hidden column."""

_FIELDS: Final = tuple(
    field
    for field in arrow_schema("events")
    if field.name in ("event_id", "kind", "product", "reference", "occurred_at", "place")
)

RECORD_TYPE: Final = pa.list_(pa.struct(_FIELDS))
"""One entry an event, with the canonical columns that evidence reads."""


def list_record(events: pa.Table, ids: pa.Array) -> pa.Array:
    """The events of each customer, in the order of their ids.

    Args:
        events: Canonical events; those of customers who are not there are passed over.
        ids: (customers,) ids.

    Returns:
        (customers,) lists of `RECORD_TYPE`, empty where there are none.

    Examples:
        >>> rows = [{"event_id": "e2", "customer_id": "b"}, {"event_id": "e1", "customer_id": "b"}]
        >>> events = pa.Table.from_pylist(rows, schema=arrow_schema("events"))
        >>> [[one["event_id"] for one in of] for of in list_record(events, pa.array(["a", "b"])).to_pylist()]
        [[], ['e1', 'e2']]
    """
    place = pc.index_in(events.column("customer_id").combine_chunks(), ids)
    owner = np.asarray(pc.fill_null(place, -1), np.int64)
    rank = np.asarray(pc.rank(events.column("event_id").combine_chunks(), tiebreaker="first"), np.int64)
    order = np.lexsort((rank, owner))
    order = order[owner[order] >= 0]
    chosen = events.take(pa.array(order))
    fields = [chosen.column(field.name).combine_chunks().cast(field.type) for field in _FIELDS]
    start = np.searchsorted(owner[order], np.arange(len(ids) + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(start), pa.StructArray.from_arrays(fields, fields=list(_FIELDS)))


def read_record(customers: pa.Table) -> pa.Table:
    """The events on record, as canonical events without what is not kept.

    Args:
        customers: Customers with their events on record; without that column there are none.
    """
    if RECORD_COLUMN not in customers.column_names:
        return arrow_schema("events").empty_table()
    lists = customers.column(RECORD_COLUMN).combine_chunks()
    if isinstance(lists, pa.ChunkedArray):
        lists = pa.concat_arrays(lists.chunks) if lists.num_chunks else pa.array([], RECORD_TYPE)
    struct = pc.list_flatten(lists.cast(RECORD_TYPE))
    columns = {field.name: pc.struct_field(struct, field.name) for field in _FIELDS}
    ids = customers.column("customer_id").combine_chunks()
    return pa.table({"customer_id": ids.take(pc.list_parent_indices(lists)), **columns})


def count_events(customers: pa.Table) -> Int64s:
    """(customers,) how many events each has on record."""
    if RECORD_COLUMN not in customers.column_names:
        return np.zeros(customers.num_rows, np.int64)
    size = pc.fill_null(pc.list_value_length(customers.column(RECORD_COLUMN).combine_chunks()), 0)
    return np.asarray(size, np.int64)
