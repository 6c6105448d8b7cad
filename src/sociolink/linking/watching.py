"""From lines of posts to answers, batch by batch: what was seen before is answered from memory, the rest together."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

from sociolink.linking.asking import Answers, Asker
from sociolink.linking.listening import Listener, Told
from sociolink.linking.live_index import CHANGING
from sociolink.streams.answers import AuthorAnswer, AuthorMemory, PostAnswer, SeenPosts
from sociolink.streams.batches import Answered, Pace
from sociolink.streams.feed import LineFeed
from sociolink.streams.inputs import open_input
from sociolink.streams.journal import Progress
from sociolink.streams.lines import Line
from sociolink.streams.posts import Post, PostReader, Rejection, digest

__all__ = ["Watcher", "watch_lines"]

_IDLE_SECONDS = 0.2
_BUSY_SECONDS = 0.001

Key = tuple[str, str]
"""Digests of a profile and of what it shows."""


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """A batch of lines whose authors are being asked for."""

    lines: Sequence[Line]
    posts: list[Post] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    said: list[Any] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    repeated: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class _Pending:
    """A batch, what its posts are known by, and the question that was put for those who are not known."""

    batch: _Batch
    keys: list[Key]
    asked: list[Key]
    answers: Future[Answers] | None

    @property
    def done(self) -> bool:
        return self.answers is None or self.answers.done()


class Watcher:
    """Answers posts, and remembers posts and authors.

    Args:
        asker: Who asks the index.
        reader: What makes posts of lines.
        memory: The authors who are known.
        seen: The posts that are known.
        listener: Who takes in what posts say; None where nobody does.
        stamp: The state of the index that the memory comes from; None where it is empty.
    """

    def __init__(
        self,
        asker: Asker,
        reader: PostReader,
        *,
        memory: AuthorMemory,
        seen: SeenPosts,
        listener: Listener | None = None,
        stamp: int | None = None,
    ) -> None:
        self._asker = asker
        self._reader = reader
        self._memory = memory
        self._seen = seen
        self._listener = listener
        self._stamp = stamp
        self._flying: set[Key] = set()

    def follow(self) -> bool:
        """Forget what came from an earlier state of the index.

        Returns:
            Whether that made answers void that were given before.
        """
        now = self._asker.stamp()
        while now == CHANGING:
            self._asker.ask([]).result()
            now = self._asker.stamp()
        changed = self._stamp is not None and self._stamp != now
        if self._stamp != now:
            self._memory.clear()
            self._stamp = now
        if changed and self._listener is not None:
            self._listener.follow()
        return changed

    @property
    def stamp(self) -> int:
        """The state of the index that what is remembered comes from."""
        if self._stamp is None:
            self.follow()
        return self._stamp or 0

    def batches(self, feed: LineFeed, pace: Pace) -> Iterator[Answered]:
        """Answer all lines of a feed, in order; an empty batch while none come.

        Args:
            feed: The lines.
            pace: How they become batches.
        """
        pending: deque[_Pending] = deque()
        held = 0
        while pending or not feed.ended:
            wait = not self._asker.idle or held >= pace.queue or feed.ended
            if not wait and pending and self._asker.pause > 0:
                time.sleep(_BUSY_SECONDS)
            elif not wait:
                patience = _BUSY_SECONDS if pending else _IDLE_SECONDS
                lines = feed.take(pace.batch, delay_seconds=pace.max_delay_ms / 1000, patience_seconds=patience)
                if lines:
                    pending.append(self._ask(lines))
                    held += len(lines)
                elif not pending:
                    yield Answered(forgotten=self.follow())
            while pending and (wait or pending[0].done):
                wait = False
                one = pending.popleft()
                held -= len(one.batch.lines)
                yield self._finish(one)

    def _ask(self, lines: Sequence[Line]) -> _Pending:
        """Read lines, and ask for those authors who are not known and were not asked for."""
        batch = self._read(lines)
        keys = [_key(post) for post in batch.posts]
        new = {
            key: post.author
            for key, post in zip(keys, batch.posts, strict=True)
            if key not in self._flying and self._memory.get(*key) is None
        }
        self._flying.update(new)
        return _Pending(batch, keys, list(new), self._asker.ask(list(new.values())) if new else None)

    def _read(self, lines: Sequence[Line]) -> _Batch:
        batch = _Batch(lines)
        heard = 0
        for line in lines:
            post, wrong = self._reader.read(line)
            if post is None:
                batch.rejections.extend(wrong)
                continue
            mark = digest(post.post_id)
            if not self._seen.add(mark):
                batch.repeated.append(mark)
                continue
            batch.digests.append(mark)
            batch.rejections.extend(wrong)
            if post.refused:
                batch.rejections.append(Rejection(line.number, post.post_id, "consent", "refused"))
                author = digest(post.profile_id)
                batch.refused.add(author)
                self._listen(batch, heard)
                heard = len(batch.posts)
                if self._listener is not None:
                    self._listener.forget(author)
            else:
                batch.posts.append(post)
        self._listen(batch, heard)
        return batch if self._listener is None else replace(batch, said=self._listener.take_changes())

    def _listen(self, batch: _Batch, begin: int) -> None:
        """Take in what the posts of a batch say, from one of them on."""
        told: list[Told] = [()] * (len(batch.posts) - begin)
        if self._listener is not None:
            batch.posts[begin:], told = self._listener.listen(batch.posts[begin:])
        batch.told.extend(told)

    def _finish(self, pending: _Pending) -> Answered:
        """The answers of a batch, from the state that the index has now."""
        batch = pending.batch
        found, void = self._collect(pending)
        self._flying.difference_update(pending.asked)
        known = {key: found.get(key) or self._memory.get(*key) for key in pending.keys}
        answers = self._tell(pending, {key: _there(answer) for key, answer in known.items()})
        for (author, shown), answer in found.items():
            self._memory.put(author, shown, answer)
        forgotten = [author for author in batch.refused if self._memory.forget(author)]
        last = batch.lines[-1]
        return Answered(
            lines=len(batch.lines),
            line=last.number,
            end=last.end,
            answers=answers,
            rejections=batch.rejections,
            posts=batch.digests,
            learned=[(*key, answer) for key, answer in found.items() if key[0] not in batch.refused],
            asked=sum(key in found for key in pending.keys),
            repeated=len(batch.repeated),
            forgotten=void or bool(forgotten),
            said=batch.said,
        )

    def _tell(self, pending: _Pending, known: Mapping[Key, AuthorAnswer]) -> list[PostAnswer]:
        """An answer for each post; for those that tell something, with what the author's answer was before."""
        last = {author: self._memory.last(author) for author, _ in pending.keys}
        answers = []
        for post, key, told in zip(pending.batch.posts, pending.keys, pending.batch.told, strict=True):
            answers.append(PostAnswer.of(post, known[key], told, last[key[0]] if told else None))
            last[key[0]] = known[key]
        return answers

    def _collect(self, pending: _Pending) -> tuple[dict[Key, AuthorAnswer], bool]:
        """Answers that are not in memory, all of the state that the index has now; whether earlier ones are void."""
        authors = {key: post.author for key, post in zip(pending.keys, pending.batch.posts, strict=True)}
        stamp, found = self._answers(pending.answers, pending.asked)
        void = False
        while authors:
            void |= self.follow()
            if stamp != self._stamp:
                found = {}
            missing = [key for key in authors if key not in found and self._memory.get(*key) is None]
            if not missing:
                break
            stamp, more = self._answers(self._asker.ask([authors[key] for key in missing]), missing)
            found |= more
        return found, void

    def _answers(
        self, asked: Future[Answers] | None, keys: Sequence[Key]
    ) -> tuple[int | None, dict[Key, AuthorAnswer]]:
        if asked is None:
            return self._stamp, {}
        stamp, answers = asked.result()
        return stamp, dict(zip(keys, answers, strict=True))


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


def _key(post: Post) -> Key:
    return digest(post.profile_id), post.shown


def _there(answer: AuthorAnswer | None) -> AuthorAnswer:
    assert answer is not None
    return answer
