"""Searching the raw files of an index for strings and hashes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sociolink import CustomerIndex


def arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from arrays(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from arrays(getattr(value, field.name))


def hashes(index: CustomerIndex) -> set[int]:
    found: set[int] = set()
    for section in index._state.sections:
        for array in arrays(section):
            if array.dtype == np.uint64:
                found.update(array.ravel().tolist())
    return found


def count_in_files(folder: Path, needles: list[bytes]) -> int:
    """How many of the needles stand in some file, at any place."""
    files = [path.read_bytes() for path in folder.iterdir()]
    return sum(any(needle in data for data in files) for needle in needles)


def count_aligned(folder: Path, needles: list[bytes]) -> int:
    """The same for hashes, where an array may have them; much faster."""
    wanted = np.unique(np.frombuffer(b"".join(needles), "<u8"))
    found = np.zeros(len(wanted), np.bool_)
    for path in folder.glob("*.data"):
        values = np.fromfile(path, "<u8", path.stat().st_size // 8)
        at = np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)
        found[at[wanted[at] == values]] = True
    return int(found.sum())


def private_hashes(index: CustomerIndex, without: CustomerIndex) -> list[bytes]:
    """Hashes that are there because of one customer; short strings have small numbers, which say nothing."""
    return [int(one).to_bytes(8, "little") for one in hashes(index) - hashes(without) if one >= 2**32]
