"""An index that follows what other processes do to it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from sociolink.evidence.protocol import EvidenceFamily
from sociolink.index.journal import JOURNAL
from sociolink.index.manifest import MANIFEST
from sociolink.index.storage import Storage
from sociolink.linking.index_state import IndexState, open_state
from sociolink.linking.link import phrases_of

__all__ = ["LiveIndex", "OpenedIndex"]


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
        self._evidence = evidence
        self._opened: OpenedIndex | None = None

    def current(self) -> OpenedIndex:
        """The newest state.

        Raises:
            IndexFileError: There is no index any more, or it is damaged.
        """
        while self._opened is None or not self.is_current(self._opened):
            stamp = self._stamp()
            state = open_state(self._storage, self._evidence)
            if stamp == self._stamp():
                self._opened = OpenedIndex(stamp, state, phrases_of(state.whole, state.model))
        return self._opened

    def is_current(self, opened: OpenedIndex) -> bool:
        """Whether nobody has changed the index since, or is about to erase from it."""
        return JOURNAL not in self._storage.names() and self._stamp() == opened.stamp

    def _stamp(self) -> int:
        return zlib.crc32(self._storage.map(MANIFEST))
