"""Folders that outlive a crash: their names are on the disk before work goes on."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

__all__ = ["settle_folder"]


def settle_folder(folder: Path) -> None:
    """Make new and renamed files of a folder safe; where folders cannot be opened, they are so by themselves."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
