"""A lock between processes, held while a file is changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sociolink.errors import OutputError
from sociolink.index.locks import release_lock, wait_for_lock

__all__ = ["hold_lock"]

_PATIENCE_SECONDS = 20.0


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
        if not wait_for_lock(file.fileno(), patience_seconds):
            raise OutputError(f"{path.name} is held by another process. Stop it, or wait and try again.")
        try:
            yield
        finally:
            release_lock(file.fileno())
