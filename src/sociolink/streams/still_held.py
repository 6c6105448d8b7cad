"""What was said that still holds when the index has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from sociolink.evidence.events.contacts import CONTACT_COLUMNS
from sociolink.evidence.events.posts import NUMBER, PLACE, PRODUCT, SLIP, UNKNOWN
from sociolink.evidence.events.records import EventBook
from sociolink.evidence.events.scanning import CONTACT, TAG
from sociolink.streams.author_said import Fact, only_places
from sociolink.text.sorting import find_sorted

__all__ = ["REACHED", "StillHeld"]

REACHED: Final = tuple(CONTACT + CONTACT_COLUMNS.index(name) for name in ("_post_email", "_post_phone"))
"""Kinds of facts by which customers can be reached."""


class StillHeld:
    """Which facts still hold under another state of the index.

    Args:
        book: What the events of the customers hold now.
        reached: Addresses and telephone numbers of the customers now.
        keys: Keys of all facts that are asked for.
        places: Whether posts that name places alone count.
    """

    def __init__(self, book: EventBook, reached: Mapping[str, Any], keys: Iterable[int], *, places: bool) -> None:
        self._places = places
        asked = np.array(sorted(set(keys)), np.uint64)

        def among(known: Any) -> set[int]:
            return set(asked[find_sorted(known, asked)[1]].tolist())

        self._there = {
            NUMBER: among(book.number),
            PRODUCT: among(np.unique(book.products.key)),
            PLACE: among(np.unique(book.places.key)),
            REACHED[0]: among(reached["email"]),
            REACHED[1]: among(reached["phone"]),
        }
        self._there[SLIP] = self._there[NUMBER]
        self._issued = {int(key): self._meant(book, key) for key in asked[find_sorted(book.issued.alias, asked)[1]]}

    @staticmethod
    def _meant(book: EventBook, alias: Any) -> tuple[Fact, ...]:
        """The numbers of the CRM that one way to write them stands for."""
        begin, end = (int(np.searchsorted(book.issued.alias, alias, side)) for side in ("left", "right"))
        rows = zip(book.issued.key[begin:end].tolist(), book.issued.bits[begin:end].tolist(), strict=True)
        return tuple(dict.fromkeys((NUMBER, key, bits) for key, bits in rows))

    def number(self, key: int, known: bool) -> tuple[int, ...]:
        """The numbers that one which was shown is now; none where it was the CRM's and is not any more."""
        if known:
            return (key,) if key in self._there[NUMBER] else ()
        return tuple(one for _, one, _ in self._issued.get(key, ())) or (key,)

    def contact(self, key: int) -> bool:
        """Whether some customer has a contact."""
        return any(key in there for kind, there in self._there.items() if kind >= CONTACT)

    def facts(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """Of the facts of a post those that hold; numbers that are the CRM's now are its numbers."""
        kept: set[Fact] = set()
        for kind, key, bits in facts:
            if kind == UNKNOWN:
                kept.update(self._issued.get(key, ((kind, key, bits),)))
            elif (kind in self._there and key in self._there[kind]) or (kind == TAG and self._places):
                kept.add((kind, key, bits))
        if any(kind >= CONTACT for kind, _, _ in kept):
            kept.update(fact for fact in facts if fact[0] >= CONTACT and fact[0] not in self._there)
        return tuple(sorted(kept)) if self._places or not only_places(kept) else ()
