"""From lines of posts to answers, batch by batch: what was seen before is answered from memory, the rest at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sociolink.calibration.decisions import DecisionRule
from sociolink.linking.author_answers import answer_authors
from sociolink.linking.live_index import LiveIndex, OpenedIndex
from sociolink.records.mapping import Mapping as ColumnMapping
from sociolink.streams.answers import AuthorAnswer, AuthorMemory, PostAnswer, SeenPosts
from sociolink.streams.batches import REMEMBER, Answered, Pace
from sociolink.streams.feed import LineFeed
from sociolink.streams.inputs import open_input
from sociolink.streams.journal import Progress
from sociolink.streams.lines import Line
from sociolink.streams.posts import Post, PostReader, Rejection, digest

__all__ = ["Watcher", "watch_lines"]

_IDLE_SECONDS = 0.2


class Watcher:
    """Answers posts, and remembers posts and authors.

    Args:
        index: The index that is asked.
        reader: What makes posts of lines.
        memory: The authors who are known.
        seen: The posts that are known.
        rule: How to decide; each profile by itself.
        top: Most customers that a card lists.
        cards: Whether to explain each answer.
        stamp: The state of the index that the memory comes from; None where it is empty.
    """

    def __init__(
        self,
        index: LiveIndex,
        reader: PostReader,
        *,
        memory: AuthorMemory,
        seen: SeenPosts,
        rule: DecisionRule,
        top: int = 3,
        cards: bool = False,
        stamp: int | None = None,
    ) -> None:
        self._index = index
        self._reader = reader
        self._memory = memory
        self._seen = seen
        self._rule = rule
        self._top = top
        self._cards = cards
        self._stamp = stamp

    @classmethod
    def start(
        cls,
        index: LiveIndex,
        *,
        rule: DecisionRule,
        mapping: Any = None,
        cards: bool = False,
        remember: int = REMEMBER,
        memory: AuthorMemory | None = None,
        seen: SeenPosts | None = None,
        stamp: int | None = None,
    ) -> Watcher:
        """A watcher; what is not given is empty. For the others see the class.

        Args:
            index: The index that is asked.
            rule: How to decide; each profile by itself.
            mapping: Column mapping, where columns are not canonical: a `Mapping`, a dict, or the path of a TOML file.
            cards: Whether to explain each answer.
            remember: Posts and authors that are remembered, where no memory is given.
            memory: The authors who are known.
            seen: The posts that are known.
            stamp: The state of the index that the memory comes from.
        """
        families = index.current().state.families
        also = [family.column for family in families if hasattr(family, "column")]
        return cls(
            index,
            PostReader(_mapping(mapping), also=also),
            memory=AuthorMemory(remember) if memory is None else memory,
            seen=SeenPosts(remember) if seen is None else seen,
            rule=rule,
            cards=cards,
            stamp=stamp,
        )

    @property
    def stamp(self) -> int:
        """The state of the index that what is remembered comes from; what came from an earlier one is forgotten."""
        return self._follow()[0].stamp

    def batches(self, feed: LineFeed, pace: Pace) -> Iterator[Answered]:
        """Answer all lines of a feed; an empty batch while none come."""
        while not feed.ended:
            lines = feed.take(pace.batch, delay_seconds=pace.max_delay_ms / 1000, patience_seconds=_IDLE_SECONDS)
            yield self.answer(lines) if lines else Answered()

    def answer(self, lines: Sequence[Line]) -> Answered:
        """Answer some lines."""
        posts: list[Post] = []
        rejections: list[Rejection] = []
        digests: list[str] = []
        refused: set[str] = set()
        repeated = 0
        for line in lines:
            post, wrong = self._reader.read(line)
            if post is None:
                rejections += wrong
                continue
            mark = digest(post.post_id)
            if not self._seen.add(mark):
                repeated += 1
                continue
            digests.append(mark)
            rejections += wrong
            if post.refused:
                rejections.append(Rejection(line.number, post.post_id, "consent", "refused"))
                refused.add(digest(post.profile_id))
            else:
                posts.append(post)
        answers, learned, void = self._answer_posts(posts)
        forgotten = [author for author in refused if self._memory.forget(author)]
        last = lines[-1]
        asked = {one[:2] for one in learned}
        return Answered(
            lines=len(lines),
            line=last.number,
            end=last.end,
            answers=[PostAnswer.of(post, one) for post, one in zip(posts, answers, strict=True)],
            rejections=rejections,
            posts=digests,
            learned=[one for one in learned if one[0] not in refused],
            asked=sum(key in asked for key in map(_key, posts)),
            repeated=repeated,
            forgotten=void or bool(forgotten),
        )

    def _answer_posts(
        self, posts: Sequence[Post]
    ) -> tuple[list[AuthorAnswer], list[tuple[str, str, AuthorAnswer]], bool]:
        """Answers of the newest state of the index, even where it changes while they are made."""
        keys = [_key(post) for post in posts]
        void = False
        while True:
            opened, changed = self._follow()
            void |= changed
            known = {key: self._memory.get(*key) for key in dict.fromkeys(keys)}
            new = {key: post.author for key, post in zip(keys, posts, strict=True) if known[key] is None}
            found = self._ask(opened, list(new.values()))
            if self._index.is_current(opened):
                break
        learned = [(*key, answer) for key, answer in zip(new, found, strict=True)]
        for author, shown, answer in learned:
            self._memory.put(author, shown, answer)
            known[author, shown] = answer
        return [_there(known[key]) for key in keys], learned, void

    def _ask(self, opened: OpenedIndex, authors: Sequence[Any]) -> list[AuthorAnswer]:
        return answer_authors(opened, authors, self._rule, top=self._top, cards=self._cards)

    def _follow(self) -> tuple[OpenedIndex, bool]:
        """The newest state of the index, and whether that made earlier answers void."""
        opened = self._index.current()
        changed = self._stamp is not None and self._stamp != opened.stamp
        if self._stamp != opened.stamp:
            self._memory.clear()
            self._stamp = opened.stamp
        return opened, changed


def watch_lines(
    watcher: Watcher,
    lines: Iterable[str | bytes | Mapping[str, Any]],
    pace: Pace,
    rejected: Callable[[Rejection], object] | None = None,
) -> Iterator[PostAnswer]:
    """The answers to posts, one by one; whoever stops taking them stops the reading.

    Args:
        watcher: Who answers.
        lines: Lines of JSON, or mappings.
        pace: How lines become batches.
        rejected: Called with what is set aside.
    """
    feed = LineFeed(open_input(lines, Progress()).source, most_lines=pace.queue)
    try:
        for answered in watcher.batches(feed, pace):
            if rejected is not None:
                for rejection in answered.rejections:
                    rejected(rejection)
            yield from answered.answers
    finally:
        feed.stop()


def _mapping(stated: Any) -> ColumnMapping | None:
    if stated is None or isinstance(stated, ColumnMapping):
        return stated
    if isinstance(stated, Mapping):
        return ColumnMapping.from_dict(stated, kind="posts")
    return ColumnMapping.from_toml(os.fspath(stated))


def _key(post: Post) -> tuple[str, str]:
    return digest(post.profile_id), post.shown


def _there(answer: AuthorAnswer | None) -> AuthorAnswer:
    assert answer is not None
    return answer
