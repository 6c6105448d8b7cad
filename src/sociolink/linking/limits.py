"""What a memory limit means: how many customers are prepared at a time, and which arrays go to the disk."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from sociolink.errors import InvalidParameterError
from sociolink.index.scratch import Scratch

__all__ = ["Limits", "exceeds", "limits_of", "relieve", "scratch_of", "section_tables", "warn_of_limit"]

BYTES_PER_CUSTOMER: Final = 2_600
"""Memory of a run without a limit, for each customer (`benchmarks/scale.py`, a million of them)."""

_BASE_BYTES: Final = 800 * 2**20
_MAPPED_BYTES_PER_CUSTOMER: Final = 300
_BYTES_PER_PROFILE: Final = 1_500
"""What a run holds in memory itself when its customers are mapped."""

_SIZE: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(\w+|%)\s*")
_UNITS: Final = {"B": 1} | {
    f"{letter}{mark}B": base ** (place + 1)
    for mark, base in (("", 1000), ("I", 1024))
    for place, letter in enumerate("KMGT")
}
_SECTION_SHARE, _ARRAY_SHARE = 16, 256


@dataclass(frozen=True, slots=True)
class Limits:
    """How a run keeps to its memory limit.

    Attributes:
        memory_bytes: The limit.
        section: Customers that are prepared at a time.
        scratch: Where arrays go that are not kept in memory.
    """

    memory_bytes: int
    section: int
    scratch: Scratch


def limits_of(memory_limit: str | None) -> Limits | None:
    """What a limit such as "8GiB", "512MB" or "60%" (of the machine's memory) asks for; None where there is none.

    Raises:
        InvalidParameterError: It is no size.

    Examples:
        >>> limits_of("8GiB").section
        206488
    """
    if memory_limit is None:
        return None
    said = _SIZE.fullmatch(memory_limit)
    unit = said[2].upper() if said else ""
    scale = _machine_bytes() / 100 if unit == "%" else _UNITS.get(unit, 0)
    size = int(float(said[1]) * scale) if said else 0
    if size == 0:
        what = f"memory_limit={memory_limit!r}: give a size such as '4GB' or '512MiB', or '60%'."
        raise InvalidParameterError(what)
    section = max(size // _SECTION_SHARE // BYTES_PER_CUSTOMER, 1)
    return Limits(size, section, Scratch(max(size // _ARRAY_SHARE, 1), resident=size // 2))


def exceeds(limits: Limits | None, customers: int) -> bool:
    """Whether so many customers must be prepared in sections."""
    if limits is None:
        return False
    return customers * BYTES_PER_CUSTOMER > limits.memory_bytes // 2 and customers > limits.section


def scratch_of(limits: Limits | None) -> Scratch | None:
    """Where arrays go that are not kept in memory; None where there is no limit."""
    return None if limits is None else limits.scratch


def relieve(limits: Limits | None) -> None:
    """Give back pages of mapped arrays, where there are any and the process holds much."""
    if limits is not None:
        limits.scratch.relieve()


def warn_of_limit(limits: Limits | None, *, profiles: int, customers: int) -> tuple[str, ...]:
    """A warning where a limit is too small to be kept.

    Examples:
        >>> warn_of_limit(limits_of("1GiB"), profiles=1_000_000, customers=10_000_000)
        ('memory_limit cannot be kept: so many customers and profiles take about 5.0 GiB',)
        >>> warn_of_limit(limits_of("8GiB"), profiles=1_000_000, customers=10_000_000)
        ()
    """
    if limits is None:
        return ()
    each = _MAPPED_BYTES_PER_CUSTOMER if exceeds(limits, customers) else BYTES_PER_CUSTOMER
    needed = _BASE_BYTES + each * customers + _BYTES_PER_PROFILE * profiles
    if needed <= limits.memory_bytes:
        return ()
    what = f"so many customers and profiles take about {needed / 2**30:.1f} GiB"
    return (f"memory_limit cannot be kept: {what}",)


def _machine_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 8 * 2**30


def section_tables(table: pa.Table, rows: int) -> list[pa.Table]:
    """The table in pieces of so many rows, one after the other; at least one."""
    return [table.slice(begin, rows) for begin in range(0, max(table.num_rows, 1), rows)]
