"""What an enrichment came to: counts, none of them dropped in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sociolink.enrichment.chances import add_up
from sociolink.enrichment.conversation import Conversation
from sociolink.enrichment.inputs import Inputs
from sociolink.rendering.grid import Grid
from sociolink.rendering.numbers import say_count, say_share
from sociolink.results.best_answers import exact_total

__all__ = ["EnrichmentSummary", "sum_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentSummary:
    """Counts of one enrichment.

    Attributes:
        posts: All posts that could be read, reposts too.
        reposts: Posts that only pass on another's words.
        unknown_authors: Posts whose author is none of the linked profiles; they have no customer.
        customers_posts: Own posts expected to be customers'; probabilities summed.
        nobody_posts: Own posts expected to be nobody's.
        unlisted_posts: Own posts expected to be customers' who are not listed for their author.
        profiles: Linked profiles that wrote.
        opinions: Opinions found.
        customers: Customers in the customer view.
        refused: Customers left out because they refused.
        withheld: Rows of the aspect view that are withheld.
        to_answer: Posts that need an answer.
        note: Why there are none, where the policy does not allow it.
        rejected: Rows that could not be read, by table.
    """

    posts: int = 0
    reposts: int = 0
    unknown_authors: int = 0
    customers_posts: float = 0.0
    nobody_posts: float = 0.0
    unlisted_posts: float = 0.0
    profiles: int = 0
    opinions: int = 0
    customers: int = 0
    refused: int = 0
    withheld: int = 0
    to_answer: int = 0
    note: str = ""
    rejected: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @property
    def sentence(self) -> str:
        """The summary in a sentence or two."""
        own = self.posts - self.reposts
        said = (
            f"{say_count(own)} posts and {say_count(self.reposts)} reposts; {say_count(float(self.customers_posts))} "
            f"posts are expected to be by {say_count(self.customers)} listed customers, "
            f"{say_count(float(self.nobody_posts))} by nobody in the CRM."
        )
        return f"{said} {self.note}" if self.note else said

    def grid(self) -> Grid:
        """The counts as a table."""
        share = self.unknown_authors / self.posts if self.posts else 0.0
        unlisted = f"of them {say_count(float(self.unlisted_posts))} of customers who are not listed"
        rows = (
            ("posts", say_count(self.posts), f"{say_count(self.reposts)} of them reposts"),
            ("unknown authors", say_count(self.unknown_authors), f"{say_share(share)} of the posts; no customer"),
            ("customers' posts", say_count(float(self.customers_posts + self.unlisted_posts)), unlisted),
            ("nobody's posts", say_count(float(self.nobody_posts)), "expected, by the links"),
            ("opinions", say_count(self.opinions), f"of {say_count(self.profiles)} profiles that wrote, and others"),
            ("customers", say_count(self.customers), _refused(self.refused)),
            ("withheld rows", say_count(self.withheld), "of the aspect view: too few people"),
            ("to answer", say_count(self.to_answer), self.note or "posts that need an answer"),
            ("set aside", say_count(sum(self.rejected.values())), "rows that could not be read"),
        )
        return Grid(("what", "count", "notes"), rows, frozenset({1}), "What it came to")


def sum_up(inputs: Inputs, talk: Conversation, **counts: Any) -> EnrichmentSummary:
    """The summary.

    Args:
        inputs: What was read.
        talk: The conversation.
        **counts: Attributes that others know.
    """
    authors, tally = talk.authors, talk.tally
    listed = add_up(authors.chance, authors.profile, len(authors.profiles))
    return EnrichmentSummary(
        posts=inputs.posts.num_rows,
        reposts=int(tally.is_repost.sum()),
        unknown_authors=int((authors.of_post < 0).sum()),
        customers_posts=exact_total(listed * tally.posts),
        nobody_posts=exact_total(authors.nobody * tally.posts),
        unlisted_posts=exact_total(authors.rest * tally.posts),
        profiles=int(((tally.posts + tally.reposts) > 0).sum()),
        opinions=talk.opinions.num_rows,
        refused=len(inputs.refused),
        rejected=dict(inputs.rejected),
        **counts,
    )


def _refused(count: int) -> str:
    return f"in the conversation; {say_count(count)} refused and are left out" if count else "in the conversation"
