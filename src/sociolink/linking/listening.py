"""Listening to a stream: what each post says beside what is on record, taken into what its author has said so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sociolink.evidence.events.scanning import PostScanner
from sociolink.linking.live_index import LiveIndex
from sociolink.streams.posts import Post, digest
from sociolink.streams.said import StreamSaid

__all__ = ["Listener", "Told"]

Told = tuple[str, ...]
"""What a post tells, in words; nothing for most."""


class Listener:
    """Adds to the authors of posts what they have said.

    Args:
        index: The index.
        said: What authors have said before.
    """

    def __init__(self, index: LiveIndex, said: StreamSaid) -> None:
        self._index = index
        self._said = said
        self._stamp: int | None = None
        self._scanner: PostScanner | None = None

    def follow(self) -> None:
        """Keep of what was said what the customers who are on record now have."""
        self._open()
        if self._scanner is None:
            self._said.clear()
        else:
            self._said.follow(self._scanner.book, self._scanner.reached, self._scanner.places)

    def listen(self, posts: Sequence[Post]) -> tuple[list[Post], list[Told]]:
        """Posts whose authors show what they have said, and what each post tells."""
        self._open()
        if self._scanner is None:
            return list(posts), [()] * len(posts)
        found = self._scanner.scan(
            [post.text for post in posts],
            [post.place for post in posts],
            [post.repeats for post in posts],
            [post.author for post in posts],
        )
        heard: list[Post] = []
        told: list[Told] = []
        for place, post in enumerate(posts):
            author = digest(post.profile_id)
            shown, tells = self._said.hear(
                author,
                post.at,
                found.get(place),
                self._scanner.book,
                speaks=not post.repeats,
                places=self._scanner.places,
            )
            heard.append(replace(post, author={**post.author, **shown}) if shown else post)
            told.append(tells)
        return heard, told

    def take_changes(self) -> list[object]:
        """What was heard since this was asked last, for the journal."""
        return self._said.take_changes()

    def forget(self, author: str) -> None:
        """Forget what an author has said."""
        self._said.forget(author)

    def _open(self) -> None:
        opened = self._index.current()
        if opened.stamp != self._stamp:
            record = opened.state.record
            self._scanner = PostScanner(record.book, record.reached, record.places) if record.hears else None
            self._stamp = opened.stamp
