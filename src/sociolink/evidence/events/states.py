"""Events of customers and facts of posts as arrays, laid out by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.events.posts import POSTS_COLUMN, POSTS_TYPE
from sociolink.evidence.events.records import EVENTS_COLUMN, EVENTS_TYPE, NO_TIME
from sociolink.text.hashing import UInt64s

__all__ = ["EventRows", "PostFacts", "moments", "read_events", "read_posts"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_MINUTE, _MINUTES = 60, 28


@dataclass(frozen=True, slots=True)
class EventRows:
    """Events, by customer, in the order of their times.

    Attributes:
        row: (events,) int64 customer of each.
        at: (events,) seconds; `NO_TIME` where there is none.
        number: (events,) hash of the reference number; 0 where there is none.
        product: (events,) hash of the product; 0 where there is none.
        place: (events,) hash of the place; 0 where there is none.
        kind: (events,) int64 number of the kind among those that were learned; their count for any other.
    """

    row: Int64s
    at: Int64s
    number: UInt64s
    product: UInt64s
    place: UInt64s
    kind: Int64s

    def __len__(self) -> int:
        return len(self.row)

    def only(self, chosen: Bools | Int64s) -> EventRows:
        """Some of the events: those that are flagged, or those at these places in their order."""
        return EventRows(*(getattr(self, name)[chosen] for name in EventRows.__slots__))


@dataclass(frozen=True, slots=True)
class PostFacts:
    """Facts of posts, by profile.

    Attributes:
        row: (facts,) int64 profile of each.
        post: (facts,) int64 which of the profile's posts.
        at: (facts,) seconds; `NO_TIME` where there is none.
        kind: (facts,) int8 kinds of `posts`.
        key: (facts,) what.
        bits: (facts,) log2 of how many numbers there could be.
    """

    row: Int64s
    post: Int64s
    at: Int64s
    kind: npt.NDArray[np.int8]
    key: UInt64s
    bits: Floats

    def __len__(self) -> int:
        return len(self.row)

    def only(self, chosen: Bools | Int64s) -> PostFacts:
        """Some of the facts: those that are flagged, or those at these places in their order."""
        return PostFacts(*(getattr(self, name)[chosen] for name in PostFacts.__slots__))


def moments(row: Int64s, at: Int64s) -> Int64s:
    """Row and minute in one number: in the order of rows, then of times."""
    return np.asarray((row << _MINUTES) + np.clip(at // _MINUTE, 0, (1 << _MINUTES) - 1), np.int64)


def _flat(table: pa.Table, column: str, kind: pa.DataType) -> tuple[Int64s, dict[str, Any]]:
    """Rows and fields of a column of lists of structs; nothing where the table lacks the column."""
    given = table.column(column).combine_chunks() if column in table.column_names else pa.nulls(table.num_rows, kind)
    if isinstance(given, pa.ChunkedArray):
        given = pa.concat_arrays(given.chunks) if given.num_chunks else pa.array([], kind)
    lists = given.cast(kind)
    struct = pc.list_flatten(lists)
    return np.asarray(pc.list_parent_indices(lists), np.int64), {
        field.name: pc.struct_field(struct, field.name) for field in kind.value_type
    }


def read_events(customers: pa.Table, kinds: tuple[str, ...] = ()) -> EventRows:
    """The events of customers.

    Args:
        customers: Canonical customers, perhaps with their events.
        kinds: Kinds of events that were learned.
    """
    row, fields = _flat(customers, EVENTS_COLUMN, EVENTS_TYPE)
    known = pc.fill_null(pc.index_in(fields["kind"], pa.array(kinds, pa.string())), len(kinds))
    at = np.asarray(pc.fill_null(fields["at"], NO_TIME), np.int64)
    number, product, place = (
        np.asarray(pc.fill_null(fields[name], 0), np.uint64) for name in ("number", "product", "place")
    )
    return EventRows(row, at, number, product, place, np.asarray(known, np.int64))


def read_posts(profiles: pa.Table) -> PostFacts:
    """What the posts of profiles say.

    Args:
        profiles: Canonical profiles, perhaps with what their posts say.
    """
    row, fields = _flat(profiles, POSTS_COLUMN, POSTS_TYPE)
    return PostFacts(
        row,
        np.asarray(fields["post"], np.int64),
        np.asarray(fields["at"], np.int64),
        np.asarray(fields["kind"], np.int8),
        np.asarray(fields["key"], np.uint64),
        np.asarray(fields["bits"], np.float64),
    )
