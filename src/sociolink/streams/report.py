"""What became of the posts of a stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sociolink.rendering.grid import Grid
from sociolink.rendering.numbers import say_count, say_share

__all__ = ["WatchReport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchReport:
    """Counts of a stream; with a state folder, since it began.

    Attributes:
        lines: Lines read.
        posts: Posts answered.
        asked: Of these, posts whose author the index was asked for; the others were known.
        link: Answers with the decision link.
        review: Answers with the decision review.
        none: Answers with the decision none.
        rejected: Lines set aside.
        fields: Values set aside in posts that were answered.
        refused: Posts whose author refused consent; they are among the rejected.
        repeated: Posts that had been answered before, and were passed over.

    Examples:
        >>> WatchReport(lines=3, posts=2, rejected=1).to_dict()["posts"]
        2
    """

    lines: int = 0
    posts: int = 0
    asked: int = 0
    link: int = 0
    review: int = 0
    none: int = 0
    rejected: int = 0
    fields: int = 0
    refused: int = 0
    repeated: int = 0

    def to_dict(self) -> dict[str, int]:
        """Plain values for JSON."""
        return asdict(self)

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> WatchReport:
        """The report of `to_dict`; what is not known is passed over."""
        return WatchReport(**{name: int(value) for name, value in data.items() if name in WatchReport.__slots__})

    def plus(self, other: WatchReport) -> WatchReport:
        """Both together."""
        mine, its = self.to_dict(), other.to_dict()
        return WatchReport(**{name: mine[name] + its[name] for name in mine})

    def grid(self) -> Grid:
        """The counts as a table."""
        share = say_share(1 - self.asked / self.posts) if self.posts else "0%"
        rows = (
            ("posts", say_count(self.posts), f"of {say_count(self.lines)} lines; {share} by authors who were known"),
            ("link", say_count(self.link), "posts whose author is a customer"),
            ("review", say_count(self.review), "not sure enough, but worth a look"),
            ("none", say_count(self.none), ""),
            ("rejected", say_count(self.rejected), f"lines; {say_count(self.refused)} where consent was refused"),
            ("fields", say_count(self.fields), "values set aside in posts that were answered"),
            ("repeated", say_count(self.repeated), "posts that had come before"),
        )
        return Grid((), rows, frozenset({1}), "What became of the posts")

    def __str__(self) -> str:
        return self.grid().text()

    def _repr_html_(self) -> str:
        return self.grid().html()
