"""Lines of a source, one by one, with the place where each ends, so that reading can go on from there."""

from __future__ import annotations

import json
import os
import select
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["MOST_BYTES", "Line", "number_items", "read_lines"]

MOST_BYTES = 1 << 20
"""Longest line that is kept; of a longer one only its place is told."""

_BLOCK = 1 << 16
_PATIENCE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a source.

    Attributes:
        number: Counted from 1.
        end: Bytes of the source up to its end; 0 for sources without bytes.
        data: Its bytes without the line break, or a mapping that was given instead; None where it is too long.
    """

    number: int
    end: int
    data: bytes | Mapping[str, Any] | None

    @property
    def size(self) -> int:
        """Bytes it takes, about."""
        return len(self.data) if isinstance(self.data, bytes) else 1024


def read_lines(
    descriptor: int,
    stopped: Callable[[], bool] = lambda: False,
    *,
    start: int = 0,
    number: int = 0,
    grows: bool = False,
) -> Iterator[Line]:
    """The lines of an open file or pipe.

    What follows the last line break is a line where the source ends, and none where the reading was stopped.

    Args:
        descriptor: Of the file or pipe, at `start`.
        stopped: Asked while nothing comes; True ends the reading.
        start: Bytes that were read before.
        number: Lines that were read before.
        grows: Whether the file may be read on later. Then what follows the last line break is a line only if it is a
            whole JSON object: else it may be half of one that is still being written.
    """
    pieces: list[bytes] = []
    held = 0
    end = start
    while not stopped():
        if not _is_ready(descriptor):
            continue
        block = os.read(descriptor, _BLOCK)
        *whole, rest = block.split(b"\n")
        for part in whole:
            number += 1
            size = held + len(part)
            end += size + 1
            yield Line(number, end, b"".join([*pieces, part]) if size <= MOST_BYTES else None)
            pieces, held = [], 0
        held += len(rest)
        if rest:
            pieces = [*pieces, rest] if held <= MOST_BYTES else []
        if not block:
            last = b"".join(pieces) if held <= MOST_BYTES else None
            if held and (not grows or _is_whole(last)):
                yield Line(number + 1, end + held, last)
            return


def number_items(
    items: Iterable[str | bytes | Mapping[str, Any]], stopped: Callable[[], bool] = lambda: False
) -> Iterator[Line]:
    """Lines that are there already: texts, bytes, or mappings instead of them.

    Args:
        items: The lines.
        stopped: Asked before each; True ends the reading.

    Examples:
        >>> [line.data for line in number_items(["{}", {"post_id": 1}])]
        [b'{}', {'post_id': 1}]
    """
    for number, item in enumerate(items, 1):
        if stopped():
            return
        data = item.encode("utf-8", "surrogatepass") if isinstance(item, str) else item
        long = isinstance(data, bytes) and len(data) > MOST_BYTES
        yield Line(number, 0, None if long else data)


def _is_whole(data: bytes | None) -> bool:
    """Whether bytes are a whole JSON object, which no beginning of one is."""
    try:
        return isinstance(json.loads(data or b""), dict)
    except (ValueError, RecursionError):
        return False


def _is_ready(descriptor: int) -> bool:
    """Whether there is something to read; waits a little."""
    if sys.platform == "win32":
        return True  # pipes cannot be asked there: reading waits, and a stop shows with the next line
    return bool(select.select([descriptor], [], [], _PATIENCE_SECONDS)[0])
