"""Lines read ahead by a thread into a queue that is bounded: who takes slowly makes the reading slow."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

from sociolink.streams.lines import Line

__all__ = ["LineFeed"]

_PATIENCE_SECONDS = 1.0


class LineFeed:
    """A bounded queue between a source of lines and who works on them.

    Args:
        source: Gives the lines, and asks what it is given whether to stop. It is read in a thread of its own.
        most_lines: Lines held at most.
        most_bytes: Bytes held at most; a line that is longer is held alone.
    """

    def __init__(
        self, source: Callable[[Callable[[], bool]], Iterator[Line]], *, most_lines: int, most_bytes: int = 1 << 24
    ) -> None:
        self._source = source
        self._most_lines = most_lines
        self._most_bytes = most_bytes
        self._queue: deque[Line] = deque()
        self._bytes = 0
        self._ended = False
        self._stopped = False
        self._failure: BaseException | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, name="sociolink-lines", daemon=True)
        self._thread.start()

    def take(self, most: int, *, delay_seconds: float, patience_seconds: float) -> list[Line]:
        """The next lines.

        Args:
            most: Lines at most.
            delay_seconds: How long to wait for more once there is one.
            patience_seconds: How long to wait for the first.

        Returns:
            The lines, in order; none where none came in time, or where the source has ended (see `ended`).

        Raises:
            Exception: What the source raised, after all lines that came before.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._ended, patience_seconds)
            if self._queue and delay_seconds > 0:
                until = time.monotonic() + delay_seconds
                self._changed.wait_for(
                    lambda: len(self._queue) >= min(most, self._most_lines) or self._ended,
                    max(until - time.monotonic(), 0.0),
                )
            taken = [self._queue.popleft() for _ in range(min(most, len(self._queue)))]
            self._bytes -= sum(line.size for line in taken)
            self._changed.notify_all()
            if not taken and self._ended and self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
            return taken

    @property
    def ended(self) -> bool:
        """Whether there is nothing left and nothing will come."""
        with self._changed:
            return self._ended and not self._queue and self._failure is None

    @property
    def held(self) -> int:
        """Lines in the queue."""
        return len(self._queue)

    def stop(self) -> None:
        """Read no more; what was read can still be taken."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def close(self) -> None:
        """Stop, and wait a little until nobody reads the source any more."""
        self.stop()
        self._thread.join(_PATIENCE_SECONDS)

    def _read(self) -> None:
        try:
            for line in self._source(lambda: self._stopped):
                self._hold(line)
        except BaseException as error:
            self._failure = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _hold(self, line: Line) -> None:
        """Put a line in the queue once there is room; what was read before a stop is held in any case."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._has_room(line))
            self._queue.append(line)
            self._bytes += line.size
            self._changed.notify_all()

    def _has_room(self, line: Line) -> bool:
        full = len(self._queue) >= self._most_lines or self._bytes + line.size > self._most_bytes
        return not full or not self._queue
