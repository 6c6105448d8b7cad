"""What one author has said in a stream so far: hashes and times, no texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sociolink.evidence.events.posts import PLACE
from sociolink.evidence.events.records import NO_TIME
from sociolink.evidence.events.scanning import TAG
from sociolink.evidence.habits.homes import KnownPlaces, home_among

__all__ = ["MOST_POSTS", "AuthorSaid", "Fact", "SaidPost", "only_places"]

MOST_POSTS: Final = 50
"""Posts of an author that are kept, of those that say anything, and as many of those that name places alone; the oldest
go first."""

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
        tags: Names of places that its posts were written at and the CRM does not have, by their hashes.
    """

    count: int = 0
    timed: int = 0
    low: int = NO_TIME
    high: int = -NO_TIME
    posts: tuple[SaidPost, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[tuple[int, str], ...] = ()

    def plain(self) -> list[Any]:
        """Plain values for JSON."""
        return [self.count, self.timed, self.low, self.high, self.posts, self.told, self.tags]

    @staticmethod
    def of(data: Sequence[Any]) -> AuthorSaid:
        """The author of `plain`."""
        posts = tuple((at, mark, tuple((kind, key, bits) for kind, key, bits in facts)) for at, mark, facts in data[4])
        tags = tuple((key, name) for key, name in data[6]) if len(data) > 6 else ()  # earlier versions wrote none
        return AuthorSaid(data[0], data[1], data[2], data[3], _newest(posts), data[5], tags)

    def with_posts(self, posts: Iterable[SaidPost], tags: Iterable[tuple[int, str]] = ()) -> AuthorSaid:
        """The author with these posts, as far as they are kept, and with the names of the places that stand in them."""
        kept = _newest(posts)
        there = {key for _, _, facts in kept for kind, key, _ in facts if kind == TAG}
        names = tuple(sorted((key, name) for key, name in {*self.tags, *tags} if key in there))
        return replace(self, posts=kept, tags=names)

    def home(self, places: KnownPlaces) -> str:
        """The name of the place that most of the posts name, or were written at; "" where there is none."""
        named = Counter(
            key for _, _, facts in self.posts for key in {key for kind, key, _ in facts if kind in (PLACE, TAG)}
        )
        home = home_among(named)
        return "" if home is None else places.name_of(home) or dict(self.tags).get(home, "")


def only_places(facts: Iterable[Fact]) -> bool:
    """Whether a post says nothing but where somebody was."""
    return all(kind in (PLACE, TAG) for kind, _, _ in facts)


def _newest(posts: Iterable[SaidPost]) -> tuple[SaidPost, ...]:
    """The newest posts, in order: so many of those that say more than where one was, and so many of the others."""
    ordered = sorted(posts, key=lambda post: post[:2])
    parts: tuple[list[SaidPost], list[SaidPost]] = ([], [])
    for post in ordered:
        parts[only_places(post[2])].append(post)
    return tuple(sorted((*parts[0][-MOST_POSTS:], *parts[1][-MOST_POSTS:]), key=lambda post: post[:2]))
