"""What authors have said in a stream so far, as far as a CRM could confirm it: hashes and times, no texts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from sociolink.evidence.events.scanning import CONTACT, Scanned
from sociolink.text.sorting import find_sorted

__all__ = ["MOST_POSTS", "AuthorSaid", "StreamSaid"]

MOST_POSTS: Final = 50
"""Posts of an author that are kept, of those that say anything; the oldest go first."""

_DAY = 86_400
_REACHED: Final = tuple(CONTACT + CONTACT_COLUMNS.index(name) for name in ("_post_email", "_post_phone"))
_TELLING: Final = {NUMBER: "number", SLIP: "number", UNKNOWN: "other number", PRODUCT: "product"}

Fact = tuple[int, int, float]
SaidPost = tuple[int, int, tuple[Fact, ...]]
"""When it was written, the hash of its text, and its facts."""


@dataclass(frozen=True, slots=True)
class AuthorSaid:
    """One author.

    Attributes:
        count: Own posts.
        timed: Those with a time.
        low: Earliest second.
        high: Latest second.
        posts: Those that say anything, at most `MOST_POSTS`.
        told: What the index was asked with last: hidden columns of the profile; empty before anything was told.
    """

    count: int = 0
    timed: int = 0
    low: int = NO_TIME
    high: int = -NO_TIME
    posts: tuple[SaidPost, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> list[Any]:
        """Plain values for JSON."""
        return [self.count, self.timed, self.low, self.high, self.posts, self.told]

    @staticmethod
    def of(data: Sequence[Any]) -> AuthorSaid:
        """The author of `plain`."""
        posts = tuple((at, mark, tuple((kind, key, bits) for kind, key, bits in facts)) for at, mark, facts in data[4])
        return AuthorSaid(data[0], data[1], data[2], data[3], posts, data[5])


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
        self, author: str, at: int, scanned: Scanned | None, book: EventBook, *, speaks: bool
    ) -> tuple[Mapping[str, Any], tuple[str, ...]]:
        """Take in a post.

        Args:
            author: Digest of its author's profile.
            at: When it was written, in seconds; `NO_TIME` where that is not known.
            scanned: What it says; None for nothing.
            book: What the events of the customers hold.
            speaks: Whether it is the author's own post.

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
            if any(kind != PLACE for kind, _, _ in scanned.facts):
                one = (at, scanned.mark, scanned.facts)
                others = [post for post in now.posts if post[:2] != one[:2]]
                kept = sorted([*others, one], key=lambda post: post[:2])[-MOST_POSTS:]
                now = replace(now, posts=tuple(kept))
                told = self._tells(author, one, book)
        if told:
            now = replace(now, told=self._columns(author, now, book))
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
            if kind in _REACHED and author not in self._wrote.get(key, ()):
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

    def _columns(self, author: str, said: AuthorSaid, book: EventBook) -> dict[str, Any]:
        """Hidden columns of the author's profile, as `attach_posts` makes them of the posts that are kept."""
        rows: set[tuple[int, int, int, int, float]] = set()
        contacts: list[Fact] = []
        for number, post in enumerate(said.posts):
            facts = self._judge(author, post, book)
            contacts += self._contacts(facts)
            rows.update((number, kind, key, post[0], bits) for kind, key, bits in facts if kind < CONTACT)
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

    def follow(self, book: EventBook, reached: Mapping[str, Any]) -> None:
        """Keep of what was said only what the customers who are on record now have; numbers that are new are known.

        Args:
            book: What the events of the customers hold now.
            reached: Addresses and telephone numbers of the customers now.
        """
        said = (key for one in self._authors.values() for _, _, facts in one.posts for _, key, _ in facts)
        known = _Known(book, reached, [*said, *self._first, *self._wrote])
        first: OrderedDict[int, tuple[str | None, int, bool]] = OrderedDict()
        for key, (author, at, was) in self._first.items():
            for now in known.number(key, was):
                first.setdefault(now, (author, at, was or now in known.number(now, True)))
        self._first = first
        self._wrote = OrderedDict((key, who) for key, who in self._wrote.items() if known.contact(key))
        for author, one in self._authors.items():
            posts = ((at, mark, known.facts(facts)) for at, mark, facts in one.posts)
            now_said = replace(one, posts=tuple(post for post in posts if post[2]))
            told = self._columns(author, now_said, book) if now_said.posts and one.told else {}
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
        self._changed = []


class _Known:
    """Which facts still hold under another state of the index.

    Args:
        book: What the events of the customers hold now.
        reached: Addresses and telephone numbers of the customers now.
        keys: Keys of all facts that are asked for.
    """

    def __init__(self, book: EventBook, reached: Mapping[str, Any], keys: Iterable[int]) -> None:
        asked = np.array(sorted(set(keys)), np.uint64)

        def among(known: Any) -> set[int]:
            return set(asked[find_sorted(known, asked)[1]].tolist())

        self._there = {
            NUMBER: among(book.number),
            PRODUCT: among(np.unique(book.products.key)),
            PLACE: among(np.unique(book.places.key)),
            _REACHED[0]: among(reached["email"]),
            _REACHED[1]: among(reached["phone"]),
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
            elif kind in self._there and key in self._there[kind]:
                kept.add((kind, key, bits))
        if any(kind >= CONTACT for kind, _, _ in kept):
            kept.update(fact for fact in facts if fact[0] >= CONTACT and fact[0] not in self._there)
        return tuple(sorted(kept)) if any(kind != PLACE for kind, _, _ in kept) else ()
