"""Peak memory of this process."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

__all__ = ["peak_memory_mib"]

_STATUS = Path("/proc/self/status")


def peak_memory_mib() -> float:
    """Largest resident memory since this program started, in MiB.

    Linux hands the parent's `ru_maxrss` down to a child, so there the kernel's own mark of the new program is read.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
