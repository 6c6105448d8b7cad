"""Peak memory of this process, and how much of it is its own rather than pages of files that the system may drop."""

from __future__ import annotations

import resource
import sys
import threading
from pathlib import Path

__all__ = ["AnonymousPeak", "peak_memory_mib"]

_STATUS = Path("/proc/self/status")
_INTERVAL_SECONDS = 0.05


def _status_mib(name: str) -> float | None:
    """A figure of Linux about this process, in MiB."""
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
    return None


def peak_memory_mib() -> float:
    """Largest resident memory since this program started, in MiB.

    Linux hands the parent's `ru_maxrss` down to a child, so there the kernel's own mark of the new program is read.
    """
    mark = _status_mib("VmHWM")
    if mark is not None:
        return mark
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


class AnonymousPeak:
    """Looks every 50 ms how much memory belongs to no file; 0 where the system does not say.

    Unlike resident memory this leaves out mapped files, whose pages the system takes back when it needs them.
    """

    def __init__(self) -> None:
        self.mib = 0.0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> AnonymousPeak:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while _STATUS.exists():
            self.mib = max(self.mib, _status_mib("RssAnon") or 0.0)
            if self._ended.wait(_INTERVAL_SECONDS):
                return
