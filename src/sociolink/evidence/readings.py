"""What several families read in the same profiles, read once for a batch."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import pyarrow as pa

from sociolink.evidence.facts import text_column
from sociolink.text.contacts import extract_contacts, normalise_urls
from sociolink.text.handles import Handles, parse_handles

__all__ = ["read_bio_contacts", "read_handles", "read_links"]

Read = TypeVar("Read")

_READ: dict[tuple[str, int], tuple[weakref.ref[pa.Table], Any]] = {}


def _once(what: str, profiles: pa.Table, read: Callable[[pa.Table], Read]) -> Read:
    """What is read in a table, however many families ask; forgotten with the table."""
    key = what, id(profiles)
    known = _READ.get(key)
    if known is not None and known[0]() is profiles:
        return known[1]  # type: ignore[no-any-return]
    found = read(profiles)
    _READ[key] = weakref.ref(profiles, lambda _: _READ.pop(key, None)), found
    return found


def read_handles(profiles: pa.Table) -> Handles:
    """The handles of a table of profiles, taken apart once.

    Examples:
        >>> profiles = pa.table({"platform": ["x"], "handle": ["@Jo_Smith"]})
        >>> read_handles(profiles).core.to_pylist(), read_handles(profiles) is read_handles(profiles)
        (['josmith'], True)
    """
    return _once("handles", profiles, _parse)


def _parse(profiles: pa.Table) -> Handles:
    return parse_handles(text_column(profiles, "platform"), text_column(profiles, "handle"))


def read_bio_contacts(profiles: pa.Table) -> pa.Table:
    """The contacts and accounts that bios name, found once; see `text.contacts.extract_contacts`."""
    return _once("bios", profiles, lambda table: extract_contacts(text_column(table, "bio")))


def read_links(profiles: pa.Table) -> pa.Table:
    """The links of profiles, taken apart once; see `text.urls.normalise_urls`."""
    return _once("links", profiles, lambda table: normalise_urls(text_column(table, "url")))
