"""Posts one by one, as they come: what each says that a CRM could confirm, with a cheap look before a thorough one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.events.contacts import CONTACT_COLUMNS, list_contacts
from sociolink.evidence.events.posts import own_part, scan_posts
from sociolink.evidence.events.records import EventBook
from sociolink.evidence.events.terms import opening_words
from sociolink.evidence.habits.homes import KnownPlaces, read_tags
from sociolink.records.columns import arrow_schema
from sociolink.text.hashing import UInt64s, hash_strings
from sociolink.text.places import parse_places

__all__ = ["CONTACT", "TAG", "PostScanner", "Scanned"]

CONTACT: Final = 10
"""Kind of a fact of the first of `CONTACT_COLUMNS`; those of the others follow."""

TAG: Final = CONTACT - 1
"""Kind of a fact: where a post was written, as far as it is no place of the CRM; see `homes.read_tags`."""

_FEWEST_DIGITS = 3
_CONTACT = re.compile(r"[^\s@]@[^\s@]|(?:[0-9][^0-9\n]{0,3}){7}")
_MOST_WORDS = 1 << 17

Fact = tuple[int, int, float]
"""Kind, key and bits."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a post says.

    Attributes:
        mark: Hash of its text.
        facts: What it says itself: kinds of `posts`, numbers as if nobody had shown them before, and contacts.
        shown: Numbers of the CRM that it shows to others.
        tag: Where it was written, of a `TAG` of which the gazetteer knows where it is; else "".
    """

    mark: int
    facts: tuple[Fact, ...] = ()
    shown: tuple[int, ...] = ()
    tag: str = ""


class PostScanner:
    """Reads posts against what is on record.

    A post in which no word begins a name, and which has neither three digits nor an address, says nothing: its words
    tell, each of which is looked at once.

    Args:
        book: What the events of the customers hold.
        reached: Addresses and telephone numbers of the customers; see `contacts.reach_customers`.
        places: Places of the events, where it counts which of them posts name alone; else None.
    """

    __slots__ = ("_book", "_places", "_reached", "_words")

    def __init__(self, book: EventBook, reached: Mapping[str, UInt64s], places: KnownPlaces | None = None) -> None:
        self._places = places
        self._book = book
        self._reached = reached
        self._words: dict[str, bool] = {}

    @property
    def book(self) -> EventBook:
        """What the events hold."""
        return self._book

    @property
    def reached(self) -> Mapping[str, UInt64s]:
        """What customers can be reached by."""
        return self._reached

    @property
    def places(self) -> KnownPlaces | None:
        """Places of the events, where posts that name places alone count."""
        return self._places

    def scan(
        self, texts: Sequence[str], places: Sequence[str], reposts: Sequence[bool], authors: Sequence[Mapping[str, Any]]
    ) -> dict[int, Scanned]:
        """What posts say, of those that say anything.

        Args:
            texts: (posts,) texts.
            places: (posts,) where each was written; "" where that is not known.
            reposts: (posts,) whether each repeats another.
            authors: (posts,) canonical columns of the authors.
        """
        likely = self._likely(texts, places)
        if not likely:
            return {}
        shown = pa.array([texts[place] for place in likely], pa.string())
        speaks = np.array([not reposts[place] for place in likely], np.bool_)
        own = pa.array([text if said else "" for text, said in zip(own_part(shown).to_pylist(), speaks, strict=True)])
        where = pa.array([places[place] for place in likely], pa.string())
        facts, shows = scan_posts(own, shown, where, speaks, self._book)
        said: list[list[Fact]] = [[] for _ in likely]
        for post, *fact in zip(*(one.tolist() for one in facts), strict=True):
            said[post].append((fact[0], fact[1], fact[2]))
        public: list[list[int]] = [[] for _ in likely]
        for post, key in zip(*(one.tolist() for one in shows), strict=True):
            public[post].append(key)
        self._add_contacts(said, own, [authors[place] for place in likely])
        tags = self._add_tags(said, pc.if_else(pa.array(speaks), where, ""))
        marks = hash_strings(shown)[0].tolist()
        return {
            place: Scanned(
                marks[number], tuple(sorted(set(said[number]))), tuple(sorted(set(public[number]))), tags[number]
            )
            for number, place in enumerate(likely)
            if said[number] or public[number]
        }

    def _likely(self, texts: Sequence[str], places: Sequence[str]) -> list[int]:
        """Posts that deserve a thorough look."""
        words = [text.split() for text in texts]
        fresh = list(dict.fromkeys(word for of in words for word in of if word not in self._words))
        if fresh:
            if len(self._words) + len(fresh) > _MOST_WORDS:
                self._words.clear()
                fresh = list(dict.fromkeys(word for of in words for word in of))
            words_of = pa.array(fresh, pa.string())
            opens = opening_words(words_of, self._book.products)
            if self._places is not None:
                opens |= opening_words(words_of, self._book.places)
            self._words.update(zip(fresh, opens.tolist(), strict=True))
        known, placed = self._words, self._places is not None
        return [
            place
            for place, (text, of) in enumerate(zip(texts, words, strict=True))
            if any(known[word] for word in of)
            or sum(map(text.count, "0123456789")) >= _FEWEST_DIGITS
            or _CONTACT.search(text)
            or (placed and places[place])
        ]

    def _add_tags(self, said: list[list[Fact]], tags: pa.Array) -> list[str]:
        """Where posts were written; returns those of which the gazetteer knows where they are."""
        if self._places is None:
            return [""] * len(said)
        other, key = read_tags(tags, self._places)
        for post in np.flatnonzero(other).tolist():
            said[post].append((TAG, int(key[post]), 0.0))
        found = parse_places(pc.if_else(pa.array(other), tags, ""))
        named = set(found["row"].filter(pc.is_valid(found["country"])).to_pylist())
        return [tag if post in named else "" for post, tag in enumerate(tags.to_pylist())]

    def _add_contacts(self, said: list[list[Fact]], own: pa.Array, authors: Sequence[Mapping[str, Any]]) -> None:
        """Addresses and telephone numbers of customers, post by post."""
        asked = [place for place, text in enumerate(own.to_pylist()) if _CONTACT.search(text)]
        if not asked:
            return
        fields = [field for field in arrow_schema("profiles") if field.name in ("bio", "email", "phone")]
        columns = {
            field.name: pa.array([authors[place].get(field.name) for place in asked], field.type) for field in fields
        }
        texts = own.take(pa.array(asked))
        found = [
            list_contacts(
                texts.slice(place, 1), np.zeros(1, np.int64), pa.table(columns).slice(place, 1), self._reached
            )
            for place in range(len(asked))
        ]
        for place, of in zip(asked, found, strict=True):
            for number, column in enumerate(CONTACT_COLUMNS):
                said[place].extend((CONTACT + number, key, 0.0) for key in of[column][0].as_py())
