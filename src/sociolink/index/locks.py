"""A lock on an open file, between processes; the system frees it when a process ends."""

from __future__ import annotations

import os
import sys
import time

__all__ = ["release_lock", "wait_for_lock"]

_PAUSE_SECONDS = 0.005


def wait_for_lock(handle: int, patience_seconds: float) -> bool:
    """Take the lock of an open file, waiting for others for a while.

    Args:
        handle: Descriptor of the file.
        patience_seconds: How long to wait.

    Returns:
        Whether the lock was taken.
    """
    end = time.monotonic() + patience_seconds
    while not _try_lock(handle):
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            os.lseek(handle, 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def release_lock(handle: int) -> None:
        """Give the lock back."""
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def release_lock(handle: int) -> None:
        """Give the lock back."""
        fcntl.flock(handle, fcntl.LOCK_UN)
