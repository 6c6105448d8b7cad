"""What authors have said in a stream so far, as far as a CRM could confirm it: hashes and times, no texts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from sociolink.evidence.events.contacts import CONTACT_COLUMNS, MOST_AUTHORS
from sociolink.evidence.events.posts import (
    LATER,
    MOST_NUMBERED,
    NUMBER,
    PLACE,
    POSTS_COLUMN,
    PRODUCT,
    SLIP,
    SPAN,
    UNKNOWN,
)
from sociolink.evidence.events.records import NO_TIME, EventBook
from sociolink.evidence.events.scanning import CONTACT, TAG, Scanned
from sociolink.evidence.habits.homes import KnownPlaces
from sociolink.evidence.habits.posts import HOME
from sociolink.streams.author_said import AuthorSaid, Fact, SaidPost, only_places
from sociolink.streams.still_held import REACHED, StillHeld

__all__ = ["StreamSaid"]

_DAY = 86_400
_TELLING: Final = {NUMBER: "number", SLIP: "number", UNKNOWN: "other number", PRODUCT: "product"}


class StreamSaid:
    """What all authors have said, and who was the first to show a number.

    Args:
        most: Authors, numbers and contacts remembered at most, each; the longest unseen author and the oldest number or
            contact are forgotten first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._authors: OrderedDict[str, AuthorSaid] = OrderedDict()
        self._first: OrderedDict[int, tuple[str | None, int, bool]] = OrderedDict()
        self._wrote: OrderedDict[int, tuple[str, ...]] = OrderedDict()
        self._time = (NO_TIME, -NO_TIME)
        self._changed: list[Any] = []

    def hear(
        self,
        author: str,
        at: int,
        scanned: Scanned | None,
        book: EventBook,
        *,
        speaks: bool,
        places: KnownPlaces | None = None,
    ) -> tuple[Mapping[str, Any], tuple[str, ...]]:
        """Take in a post.

        Args:
            author: Digest of its author's profile.
            at: When it was written, in seconds; `NO_TIME` where that is not known.
            scanned: What it says; None for nothing.
            book: What the events of the customers hold.
            speaks: Whether it is the author's own post.
            places: Places of the events, where posts that name places alone count; else None.

        Returns:
            Hidden columns of the author's profile, as far as anything was told; and what this post tells.
        """
        if at < NO_TIME:
            self._time = (min(self._time[0], at), max(self._time[1], at))
        before = self._authors.get(author, AuthorSaid())
        now = before
        if speaks:
            timed = at < NO_TIME
            now = replace(
                before,
                count=before.count + 1,
                timed=before.timed + timed,
                low=min(before.low, at) if timed else before.low,
                high=max(before.high, at) if timed else before.high,
            )
        told: tuple[str, ...] = ()
        if scanned is not None:
            self._show(author, at, scanned)
            if scanned.facts and (places is not None or not only_places(scanned.facts)):
                one = (at, scanned.mark, scanned.facts)
                others = (post for post in now.posts if post[:2] != one[:2])
                tags = ((key, scanned.tag) for kind, key, _ in scanned.facts if kind == TAG and scanned.tag)
                now = now.with_posts((*others, one), tags)
                told = self._tells(author, one, book)
                if places is not None and self._places_tell(before, now, one, places):
                    told = tuple(sorted({*told, "place"}))
        if told:
            now = replace(now, told=self._columns(author, now, book, places))
        same = now.posts is before.posts
        self._changed.append(["count", author, now.plain()[:4]] if same else ["author", author, now.plain()])
        self._keep(author, now)
        return now.told, told

    def _keep(self, author: str, now: AuthorSaid) -> None:
        self._authors[author] = now
        self._authors.move_to_end(author)
        self._trim(self._authors)

    def _trim(self, kept: OrderedDict[Any, Any]) -> None:
        """Forget the oldest of what is more than is remembered."""
        while len(kept) > self._most:
            kept.popitem(last=False)

    def _show(self, author: str, at: int, scanned: Scanned) -> None:
        """Remember who showed a number first, and who wrote a contact."""
        foreign = {key for kind, key, _ in scanned.facts if kind == UNKNOWN}
        for key in sorted({*scanned.shown, *foreign}):
            earlier = self._first.get(key)
            shown: tuple[str | None, int, bool] = (author, at, key not in foreign)
            if earlier is not None and earlier[1] == at and earlier[0] != author:
                shown = (None, at, earlier[2])
            elif earlier is not None and earlier[1] <= at:
                continue
            self._first[key] = shown
            self._changed.append(["number", key, shown])
            self._trim(self._first)
        for kind, key, _ in scanned.facts:
            if kind in REACHED and author not in self._wrote.get(key, ()):
                self._wrote[key] = (*self._wrote.get(key, ()), author)[: MOST_AUTHORS + 1]
                self._changed.append(["contact", key, self._wrote[key]])
                self._trim(self._wrote)

    def _tells(self, author: str, post: SaidPost, book: EventBook) -> tuple[str, ...]:
        """What a post tells, in words."""
        facts = self._judge(author, post, book)
        numbered = any(kind in (NUMBER, SLIP, LATER) for kind, _, _ in facts)
        told = {
            _TELLING[kind]
            for kind, _, _ in facts
            if kind in _TELLING and (kind != PRODUCT or (not numbered and post[0] < NO_TIME))
        }
        return tuple(sorted(told | ({"contact"} if self._contacts(facts) else set())))

    def _places_tell(self, before: AuthorSaid, now: AuthorSaid, post: SaidPost, places: KnownPlaces) -> bool:
        """Whether a post names a place of the events alone, or changes where the author seems to be at home."""
        at, _, facts = post
        kinds = {kind for kind, _, _ in facts}
        alone = PLACE in kinds and at < NO_TIME and kinds <= {PLACE, TAG, UNKNOWN, *range(CONTACT, CONTACT + 10)}
        return alone or before.home(places) != now.home(places)

    def _judge(self, author: str, post: SaidPost, book: EventBook) -> list[Fact]:
        """The facts of a post, in the light of who was first."""
        at, _, facts = post
        out = []
        for kind, key, bits in facts:
            judged = kind
            if kind in (NUMBER, SLIP):
                first = self._first.get(key)
                own = first is None or first[0] == author or (kind == SLIP and first[1] > at)
                issued = int(book.issued_at(np.array([key], np.uint64))[0])
                judged = LATER if not own else UNKNOWN if at + _DAY < issued else kind
            out.append((judged, key, bits))
        return out

    def _contacts(self, facts: Iterable[Fact]) -> list[Fact]:
        """Contacts that few authors write; of a post with a public one none."""
        found = [fact for fact in facts if fact[0] >= CONTACT]
        public = any(len(self._wrote.get(key, ())) > MOST_AUTHORS for _, key, _ in found)
        return [] if public else found

    def _columns(self, author: str, said: AuthorSaid, book: EventBook, places: KnownPlaces | None) -> dict[str, Any]:
        """Hidden columns of the author's profile, as `attach_posts` makes them of the posts that are kept."""
        rows: set[tuple[int, int, int, int, float]] = set()
        contacts: list[Fact] = []
        for number, post in enumerate(said.posts):
            facts = self._judge(author, post, book)
            contacts += self._contacts(facts)
            rows.update((number, kind, key, post[0], bits) for kind, key, bits in facts if kind < TAG)
        mine = sorted({key for _, kind, key, _, _ in rows if kind == NUMBER})
        serves = len(set(book.holder(np.array(mine, np.uint64)).tolist())) > MOST_NUMBERED
        low, high = self._span(said)
        out = [{"post": -1, "at": low, "kind": SPAN, "key": max(high - low, 1), "bits": float(said.count)}]
        out += [
            {
                "post": number,
                "at": at,
                "kind": LATER if serves and kind in (NUMBER, SLIP) else kind,
                "key": key,
                "bits": bits,
            }
            for number, kind, key, at, bits in sorted(rows)
        ]
        columns: dict[str, Any] = {POSTS_COLUMN: out}
        for number, name in enumerate(CONTACT_COLUMNS):
            columns[name] = sorted({key for kind, key, _ in contacts if kind == CONTACT + number})
        if places is not None:
            columns[HOME] = said.home(places)
        return columns

    def _span(self, said: AuthorSaid) -> tuple[int, int]:
        """First and last second that the posts of an author cover; see `posts._spans`."""
        first, last = (self._time[0], self._time[1] + 1) if self._time[0] < NO_TIME else (0, 1)
        if said.timed < 2:
            return first, last
        gap = (said.high - said.low) // max(2 * (said.timed - 1), 1)
        return max(said.low - gap, first), min(said.high + gap, last)

    def forget(self, author: str) -> None:
        """Forget one author; numbers that they showed stay shown, by nobody."""
        self._authors.pop(author, None)
        for key, (first, at, known) in self._first.items():
            if first == author:
                self._first[key] = (None, at, known)
        for key, authors in self._wrote.items():
            self._wrote[key] = tuple(one for one in authors if one != author)

    def follow(self, book: EventBook, reached: Mapping[str, Any], places: KnownPlaces | None = None) -> None:
        """Keep of what was said only what the customers who are on record now have; numbers that are new are known.

        Args:
            book: What the events of the customers hold now.
            reached: Addresses and telephone numbers of the customers now.
            places: Places of the events now, where posts that name places alone count; else None.
        """
        said = (key for one in self._authors.values() for _, _, facts in one.posts for _, key, _ in facts)
        known = StillHeld(book, reached, [*said, *self._first, *self._wrote], places=places is not None)
        first: OrderedDict[int, tuple[str | None, int, bool]] = OrderedDict()
        for key, (author, at, was) in self._first.items():
            for now in known.number(key, was):
                first.setdefault(now, (author, at, was or now in known.number(now, True)))
        self._first = first
        self._wrote = OrderedDict((key, who) for key, who in self._wrote.items() if known.contact(key))
        for author, one in self._authors.items():
            posts = ((at, mark, known.facts(facts)) for at, mark, facts in one.posts)
            now_said = one.with_posts(post for post in posts if post[2])
            told = self._columns(author, now_said, book, places) if now_said.posts and one.told else {}
            self._authors[author] = replace(now_said, told=told)

    def clear(self) -> None:
        """Forget all."""
        self._authors.clear()
        self._first.clear()
        self._wrote.clear()
        self._time = (NO_TIME, -NO_TIME)

    def take_changes(self) -> list[Any]:
        """What has changed since this was asked last, for the journal."""
        changed, self._changed = self._changed, []
        return [*changed, ["time", "", self._time]] if changed else []

    def everything(self) -> list[Any]:
        """All that is remembered, for the journal."""
        return [
            *(["author", author, said.plain()] for author, said in self._authors.items()),
            *(["number", key, shown] for key, shown in self._first.items()),
            *(["contact", key, wrote] for key, wrote in self._wrote.items()),
            ["time", "", self._time],
        ]

    def remember(self, said: Iterable[Sequence[Any]]) -> None:
        """Take in what the journal says."""
        for kind, key, value in said:
            if kind == "author":
                self._keep(key, AuthorSaid.of(value))
            elif kind == "count":
                earlier = self._authors.get(key, AuthorSaid())
                self._keep(key, replace(earlier, count=value[0], timed=value[1], low=value[2], high=value[3]))
            elif kind == "number":
                self._first[key] = (value[0], value[1], value[2])
            elif kind == "contact":
                self._wrote[key] = tuple(value)
            else:
                self._time = (value[0], value[1])
        self._trim(self._first)
        self._trim(self._wrote)
        self._changed = []
