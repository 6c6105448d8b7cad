"""Where the lines of a stream go: a file that can be cut back to what was committed, or a pipe."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from sociolink.errors import OutputError

__all__ = ["LineOutput"]


class LineOutput:
    """A file or pipe that lines are appended to.

    Args:
        target: Path of a file, or the descriptor of what is open already.
        written: Bytes of the file that count, where it was begun before: what stands behind them is cut off. None
            begins it anew.

    Raises:
        OutputError: It cannot be opened, or is shorter than what was written.
    """

    def __init__(self, target: Path | int, *, written: int | None = None) -> None:
        self.name = "" if isinstance(target, int) else target.name
        self._own = not isinstance(target, int)
        self._parts: list[bytes] = []
        self._is_file, self.size = False, 0
        if isinstance(target, int):
            self._descriptor = target
            return
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        try:
            self._descriptor = os.open(target, flags, 0o666)
        except OSError as error:
            raise self._refused(error) from error
        try:
            self._is_file = stat.S_ISREG(os.fstat(self._descriptor).st_mode)
            if self._is_file:
                self._cut(written or 0)
        except OSError as error:
            self.close()
            raise self._refused(error) from error
        except OutputError:
            self.close()
            raise

    def _refused(self, error: OSError) -> OutputError:
        return OutputError(f"{self.name} cannot be written ({error.strerror}).")

    def _cut(self, written: int) -> None:
        there = os.fstat(self._descriptor).st_size
        if there < written:
            what = f"{self.name} has {there:,} bytes, but {written:,} were written to it"
            raise OutputError(f"{what}. Restore it, move it away, or give another state folder.")
        os.ftruncate(self._descriptor, written)
        os.lseek(self._descriptor, written, os.SEEK_SET)
        self.size = written

    def add(self, line: str) -> None:
        """Append a line; it is written by `flush`."""
        self._parts.append(line.encode("utf-8", "replace") + b"\n")

    def flush(self) -> None:
        """Hand over all lines.

        Raises:
            OutputError: The disk is full, or nobody reads the pipe any more.
        """
        if not self._parts:
            return
        data = memoryview(b"".join(self._parts))
        self._parts = []
        self.size += len(data)
        try:
            while len(data):
                data = data[os.write(self._descriptor, data) :]
        except BrokenPipeError as error:
            raise OutputError("Nobody reads the output any more; what was not read is not committed.") from error
        except OSError as error:
            raise OutputError(f"{self.name or 'The output'} cannot be written ({error.strerror}).") from error

    def settle(self) -> None:
        """Make sure that what was handed over outlasts a crash; pipes have nothing to settle."""
        if self._is_file:
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file; what was open already stays so."""
        if self._own:
            os.close(self._descriptor)
