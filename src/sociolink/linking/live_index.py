"""An index that follows what other processes do to it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from sociolink.evidence.protocol import EvidenceFamily
from sociolink.index.journal import JOURNAL
from sociolink.index.manifest import MANIFEST
from sociolink.index.storage import Storage
from sociolink.linking.companions import phrases_of
from sociolink.linking.index_state import IndexState, open_state

__all__ = ["CHANGING", "LiveIndex", "OpenedIndex"]

CHANGING = -1
"""The stamp of an index that somebody is erasing from."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenedIndex:
    """One state of an index, as it was opened.

    Attributes:
        stamp: Changes when the index does.
        state: The state.
        phrases: For each family what each component means.
    """

    stamp: int
    state: IndexState
    phrases: dict[str, dict[str, str]]


class LiveIndex:
    """The newest state of an index, opened again when it has changed.

    Args:
        storage: Its files.
        evidence: Evidence families, among them those of the index.
    """

    def __init__(self, storage: Storage, evidence: tuple[EvidenceFamily, ...]) -> None:
        self._storage = storage
        self.evidence = evidence
        self._opened: OpenedIndex | None = None

    def current(self) -> OpenedIndex:
        """The newest state; an erasure that is not finished is waited for, or finished.

        Raises:
            IndexFileError: There is no index any more, or it is damaged.
        """
        while self._opened is None or self._opened.stamp != self.stamp():
            before = self.stamp()
            state = open_state(self._storage, self.evidence)
            stamp = self.stamp()
            if stamp == before != CHANGING:
                self._opened = OpenedIndex(stamp, state, phrases_of(state.whole, state.model))
        return self._opened

    def columns(self) -> tuple[str, ...]:
        """Columns of profiles that its evidence asks for besides the canonical ones."""
        return tuple(family.column for family in self.current().state.families if hasattr(family, "column"))

    def hears(self) -> bool:
        """Whether what posts say counts."""
        return self.current().state.record.hears

    def stamp(self) -> int:
        """What changes when the index does, without opening it; `CHANGING` while somebody erases.

        Raises:
            IndexFileError: There is no index any more.
        """
        return CHANGING if JOURNAL in self._storage.names() else zlib.crc32(self._storage.map(MANIFEST))
