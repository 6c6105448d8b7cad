"""What an index holds and in which state it is, in numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sociolink.errors import IndexFileError
from sociolink.evidence.events.record import count_events
from sociolink.index.manifest import FORMAT
from sociolink.index.storage import Storage
from sociolink.linking.index_state import LATER, IndexState
from sociolink.rendering.card import draw_card
from sociolink.rendering.grid import Grid
from sociolink.rendering.numbers import say_count, say_share, say_size
from sociolink.rendering.shown import show_text

__all__ = ["IndexInfo", "describe_index"]

_COMPACT_FROM = 0.1


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """An index in numbers.

    Attributes:
        customers: Customer records that count.
        people: People they are.
        counted: Rows when frequencies were last counted.
        later: Rows that came later.
        replaced: Rows that count no more because a newer record of the same id took their place.
        erased: Customers erased since frequencies were last counted.
        events: Events on record of the customers that count; None where the index was built without events.
        generation: Counts the changes.
        size_bytes: Size of all files.
        families: Evidence that it was built with.
        model_id: The model that it was built for.
        format: Version of the files.
        verified: Whether every page was compared with its checksum.
    """

    customers: int
    people: int
    counted: int
    later: int
    replaced: int
    erased: int
    events: int | None
    generation: int
    size_bytes: int
    families: tuple[str, ...]
    model_id: str
    format: int
    verified: bool

    @property
    def worth_compacting(self) -> bool:
        """Whether a tenth of the rows have come, gone or been replaced since frequencies were counted."""
        return self.later + self.replaced + self.erased > _COMPACT_FROM * max(self.counted, 1)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "worth_compacting": self.worth_compacting}

    def grid(self) -> Grid:
        """The numbers as a table."""
        changed = self.later + self.replaced + self.erased
        rows = [
            ("customers", say_count(self.customers), f"{say_count(self.people)} people"),
            ("later", say_count(self.later), "rows since frequencies were counted"),
            ("replaced", say_count(self.replaced), "rows by newer ones"),
            ("erased", say_count(self.erased), "customers"),
            *(() if self.events is None else (("events", say_count(self.events), "on record"),)),
            ("changed", say_share(changed / max(self.counted, 1)), "compact" if self.worth_compacting else ""),
            ("size", say_size(self.size_bytes / 2**20), "all checksums hold" if self.verified else "not verified"),
            ("model", self.model_id, f"evidence: {', '.join(self.families)}"),
        ]
        return Grid((), tuple(rows), frozenset({1}), "The index")

    _repr_pretty_ = show_text

    def __str__(self) -> str:
        return f"CustomerIndex of {say_count(self.customers)} customers\n{self.grid().text()}"

    def _repr_html_(self) -> str:
        return draw_card("CustomerIndex", f"{say_count(self.customers)} customers.", [self.grid()])


def describe_index(storage: Storage, state: IndexState, *, verify: bool = False) -> IndexInfo:
    """Say what an index holds.

    Raises:
        IndexFileError: Pages were to be verified, and some are damaged.
    """
    for segment in state.segments.values() if verify else ():
        damaged = segment.damaged_pages(np.frombuffer(storage.map(segment.head.files[2]), "<u4"))
        if damaged:
            where = f"{damaged} pages of segment {segment.head.name}"
            raise IndexFileError(f"The index is damaged in {where}. Restore it or build it again.")
    facts = state.manifest.facts
    later = len(state.sections[1]) if LATER in state.segments else 0
    erased = int(facts["erased"])
    return IndexInfo(
        customers=int(facts["customers"]),
        people=int(facts["people"]),
        counted=len(state.sections[0]),
        later=later,
        replaced=len(state.sections[0]) + later - int(facts["customers"]) - int(facts["gone"]),
        erased=erased,
        events=_count_record(state),
        generation=state.manifest.generation,
        size_bytes=sum(head.size for head in state.manifest.segments.values()),
        families=tuple(facts["families"]),
        model_id=state.model.model_id,
        format=FORMAT,
        verified=verify,
    )


def _count_record(state: IndexState) -> int | None:
    """Events on record of the rows that count."""
    if not state.record:
        return None
    return int(np.concatenate([count_events(one.customers) for one in state.sections])[state.alive].sum())
