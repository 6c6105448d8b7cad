"""How lines become batches, and what comes of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sociolink.errors import InvalidParameterError
from sociolink.streams.answers import AuthorAnswer, PostAnswer
from sociolink.streams.posts import Rejection
from sociolink.streams.report import WatchReport

__all__ = ["BATCH", "REMEMBER", "Answered", "Pace", "check_pace"]

BATCH: Final = 64
"""Lines in a batch at most: to ask the index for 64 profiles takes a few times as long as for one."""

REMEMBER: Final = 100_000
"""Posts and authors that are remembered."""

_QUEUE_BATCHES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How lines become batches, and how much is remembered.

    Attributes:
        batch: Lines in a batch at most.
        max_delay_ms: How long the first line of a batch waits for others, in milliseconds.
        remember: Posts, and authors, that are remembered.
    """

    batch: int = BATCH
    max_delay_ms: float = 0.0
    remember: int = REMEMBER

    @property
    def queue(self) -> int:
        """Lines that are read ahead at most."""
        return _QUEUE_BATCHES * self.batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of one batch of lines.

    Attributes:
        lines: How many there were.
        line: Number of the last; 0 where no line came.
        end: Bytes of the source up to its end.
        answers: One for each post, in order.
        rejections: What was set aside, in order.
        posts: Digests of the posts.
        learned: For each author that the index was asked for: digest of the profile, digest of what it shows, and the
            answer.
        asked: Posts of these authors.
        repeated: Posts that had come before, and were passed over.
        forgotten: Whether answers that were given before are void now.
        said: What was heard of authors, for the journal.
    """

    lines: int = 0
    line: int = 0
    end: int = 0
    answers: Sequence[PostAnswer] = ()
    rejections: Sequence[Rejection] = ()
    posts: Sequence[str] = ()
    learned: Sequence[tuple[str, str, AuthorAnswer]] = ()
    asked: int = 0
    repeated: int = 0
    forgotten: bool = False
    said: Sequence[Any] = ()

    @property
    def counts(self) -> WatchReport:
        """What became of the lines."""
        decided = [answer.decision for answer in self.answers]
        aside = [one for one in self.rejections if one.severity == "row"]
        return WatchReport(
            lines=self.lines,
            posts=len(decided),
            asked=self.asked,
            link=decided.count("link"),
            review=decided.count("review"),
            none=decided.count("none"),
            rejected=len({one.line for one in aside}),
            fields=len(self.rejections) - len(aside),
            refused=sum(one.reason == "refused" for one in aside),
            repeated=self.repeated,
        )


def check_pace(pace: Pace) -> Pace:
    """The pace, if it can be kept.

    Raises:
        InvalidParameterError: Values are out of range; lists all of them.

    Examples:
        >>> check_pace(Pace(batch=0))
        Traceback (most recent call last):
        sociolink.errors.InvalidParameterError: batch is 0; it must be a whole number from 1 to 10,000
    """
    checks = (
        ("batch", _is_whole(pace.batch, 1, 10_000), "must be a whole number from 1 to 10,000"),
        ("max_delay_ms", 0 <= pace.max_delay_ms <= 60_000, "must be from 0 to 60,000 milliseconds"),
        ("remember", _is_whole(pace.remember, 0, 100_000_000), "must be a whole number from 0 to 100 million"),
    )
    wrong = [f"{name} is {getattr(pace, name)!r}; it {what}" for name, good, what in checks if not good]
    if wrong:
        raise InvalidParameterError("\n".join(wrong))
    return pace


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
