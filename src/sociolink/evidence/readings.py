"""What several families read in the same profiles, read once for a batch."""

from __future__ import annotations

import weakref

import pyarrow as pa

from sociolink.evidence.facts import text_column
from sociolink.text.handles import Handles, parse_handles

__all__ = ["read_handles"]

_READ: dict[int, tuple[weakref.ref[pa.Table], Handles]] = {}


def read_handles(profiles: pa.Table) -> Handles:
    """The handles of a table of profiles, taken apart once however many families ask; forgotten with the table.

    Examples:
        >>> profiles = pa.table({"platform": ["x"], "handle": ["@Jo_Smith"]})
        >>> read_handles(profiles).core.to_pylist(), read_handles(profiles) is read_handles(profiles)
        (['josmith'], True)
    """
    number = id(profiles)
    known = _READ.get(number)
    if known is not None and known[0]() is profiles:
        return known[1]
    handles = parse_handles(text_column(profiles, "platform"), text_column(profiles, "handle"))
    _READ[number] = weakref.ref(profiles, lambda _: _READ.pop(number, None)), handles
    return handles
