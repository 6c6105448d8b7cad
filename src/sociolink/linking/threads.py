"""How many threads a part of the work may use."""

from __future__ import annotations

import os

__all__ = ["count_threads"]


def count_threads(threads: int | None) -> int:
    """As many as are allowed; as many as there are cores where nothing is said.

    Examples:
        >>> count_threads(3), count_threads(None) >= 1
        (3, True)
    """
    return threads or os.cpu_count() or 1
