"""A lock between processes, held while a file is changed."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sociolink.errors import OutputError

__all__ = ["hold_lock"]

_PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.02


@contextmanager
def hold_lock(path: Path, *, patience_seconds: float = _PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock of a file; whoever else wants it waits. The system lets go of it when a process dies.

    The lock is on a hidden file beside it, `.<name>.lock`, which stays: the file itself may be replaced meanwhile.

    Args:
        path: The file that is to be changed.
        patience_seconds: How long to wait for others.

    Raises:
        OutputError: The folder cannot be written to, or others hold the lock for too long.
    """
    try:
        file = path.with_name(f".{path.name}.lock").open("ab")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{path.name} cannot be locked ({reason}). Choose another folder.") from None
    with file:
        end = time.monotonic() + patience_seconds
        while not _try_lock(file):
            if time.monotonic() > end:
                raise OutputError(f"{path.name} is held by another process. Stop it, or wait and try again.")
            time.sleep(_PAUSE_SECONDS)
        try:
            yield
        finally:
            _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
