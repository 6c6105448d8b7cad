"""Events of customers prepared section by section: the same arrays as all at once, with one section in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.evidence.events.keys import few_at_a_time, join_kinds, number_keys, stretch_keys
from sociolink.evidence.events.naming import TIMED, TimedEvents, lay_out_timed, timed_columns
from sociolink.evidence.events.quoting import KnownNumbers, index_numbers, numbers_of
from sociolink.evidence.events.records import EventBook, keep_recorded, list_recorded
from sociolink.evidence.events.states import EventRows, read_events
from sociolink.evidence.protocol import Keys, sort_keys
from sociolink.index.scratch import Scratch

__all__ = ["SectionedEvents", "prepare_in_sections"]

_MERGED = 1 << 22


@dataclass(frozen=True, slots=True)
class SectionedEvents:
    """Events of all customers.

    Attributes:
        numbers: Their reference numbers.
        timed: Those with a product and a time.
        keys: Blocking keys, ascending, those of others among them.
        book: What posts are searched for, where the events are on record; else None.
    """

    numbers: KnownNumbers
    timed: TimedEvents
    keys: Keys
    book: EventBook | None


def prepare_in_sections(
    sections: Sequence[pa.Table], kinds: tuple[str, ...], others: Keys, scratch: Scratch, *, brands: bool
) -> SectionedEvents:
    """Prepare what happened to customers.

    Args:
        sections: Canonical customers with their events, one section after the other.
        kinds: Kinds of events that were learned.
        others: More keys of the same family; among equal ones they come last.
        scratch: Where large arrays go.
        brands: Whether makers of products are looked for as well.

    Returns:
        The events; what is on record is read at once for the book, numbers and times are sorted at once.
    """
    begins = np.cumsum([0, *(one.num_rows for one in sections)]).tolist()
    book = keep_recorded(sections, brands=brands)

    def prepare() -> Iterator[tuple[npt.NDArray[Any], ...]]:
        for section, begin in zip(sections, begins, strict=False):
            events = read_events(list_recorded(section, book), kinds)
            events = replace(events, row=events.row + begin)
            yield *numbers_of(events), *timed_columns(events)

    row, number, moment, *columns = scratch.map_columns(prepare(), [np.int64, np.uint64, *TIMED])
    timed = lay_out_timed(EventRows(*columns), moment, begins[-1])
    ordered = scratch.keep((number_keys(row, number), stretch_keys(timed.events), others))
    key, owner = scratch.map_columns(_merge(*ordered), [np.uint64, np.int32])
    return SectionedEvents(index_numbers(row, number, begins[-1]), timed, Keys(key, owner), book)


def _merge(numbers: Keys, stretches: Keys, others: Keys) -> Iterator[tuple[npt.NDArray[Any], ...]]:
    """All keys in ascending order, equal ones kind by kind; a range of keys at a time."""
    passes = sum(len(one.key) for one in (numbers, stretches, others)) // _MERGED + 1
    bounds = [(1 << 64) * number // passes for number in range(passes + 1)]
    for low, end in pairwise(bounds):
        number, stretch, other = (_between(one, low, end - 1) for one in (numbers, stretches, others))
        ordered = sort_keys(join_kinds(number, few_at_a_time(stretch), other))[0]
        yield ordered.key, ordered.row


def _between(keys: Keys, low: int, high: int) -> Keys:
    here = (keys.key >= np.uint64(low)) & (keys.key <= np.uint64(high))
    return Keys(keys.key[here], keys.row[here])
