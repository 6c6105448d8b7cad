"""What is answered for a post, and what is remembered of the authors who were seen."""

from __future__ import annotations

import json
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sociolink.streams.posts import Post

__all__ = ["AuthorAnswer", "AuthorMemory", "PostAnswer", "SeenPosts"]


_ALWAYS = ("post_id", "profile_id", "customer_id", "probability", "nobody", "decision")
_BEFORE = ("customer_id", "probability", "nobody", "decision")


@dataclass(frozen=True, slots=True)
class AuthorAnswer:
    """Whose profile it is, as far as can be said.

    Attributes:
        customer_id: The likeliest customer; None where nobody is likelier.
        probability: Of this answer.
        nobody: P(the owner is no customer).
        decision: link, review or none, decided as if it were the only profile.
        card: The explanation as plain values, where it was asked for.
    """

    customer_id: str | None
    probability: float
    nobody: float
    decision: str
    card: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PostAnswer:
    """Who wrote a post.

    Attributes:
        post_id: The post.
        profile_id: Its author.
        customer_id: The author's likeliest customer; None where nobody is likelier.
        probability: Of this answer: of the customer, else of nobody.
        nobody: P(the author is no customer).
        decision: link, review or none.
        card: The explanation as plain values, where it was asked for.
        told: What the post says that the index was asked about: "number", "other number", "product", "contact".
        before: The author's answer before such a post, where it is remembered.
    """

    post_id: str
    profile_id: str
    customer_id: str | None
    probability: float
    nobody: float
    decision: str
    card: Mapping[str, Any] | None = None
    told: tuple[str, ...] = ()
    before: AuthorAnswer | None = None

    @staticmethod
    def of(
        post: Post, answer: AuthorAnswer, told: tuple[str, ...] = (), before: AuthorAnswer | None = None
    ) -> PostAnswer:
        """The answer of its author."""
        return PostAnswer(
            post.post_id,
            post.profile_id,
            answer.customer_id,
            answer.probability,
            answer.nobody,
            answer.decision,
            answer.card,
            told,
            before,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values; `card`, `told` and `before` only where there are any."""
        out = {name: getattr(self, name) for name in _ALWAYS}
        if self.card is not None:
            out["card"] = self.card
        if self.told:
            out["told"] = list(self.told)
        if self.before is not None:
            out["before"] = {name: getattr(self.before, name) for name in _BEFORE}
        return out

    def to_json(self) -> str:
        """As one line of JSON.

        Examples:
            >>> PostAnswer("1", "x:jo", None, 0.75, 0.75, "none").to_json()
            '{"post_id": "1", "profile_id": "x:jo", ..., "probability": 0.75, "nobody": 0.75, "decision": "none"}'
        """
        return json.dumps(self.to_dict(), ensure_ascii=False)


class AuthorMemory:
    """The answers of authors who were seen; of more than `most` the longest unseen is forgotten.

    Args:
        most: Authors remembered at most.

    Examples:
        >>> memory = AuthorMemory(1)
        >>> memory.put("a", "as shown", AuthorAnswer("c", 0.9, 0.1, "review"))
        >>> memory.get("a", "as shown").customer_id, memory.get("a", "with another bio")
        ('c', None)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[str, tuple[str, AuthorAnswer]] = OrderedDict()

    def get(self, author: str, shown: str) -> AuthorAnswer | None:
        """The answer of an author who still shows the same."""
        found = self._answers.get(author)
        if found is None or found[0] != shown:
            return None
        self._answers.move_to_end(author)
        return found[1]

    def last(self, author: str) -> AuthorAnswer | None:
        """The last answer of an author, whatever was shown then."""
        found = self._answers.get(author)
        return None if found is None else found[1]

    def put(self, author: str, shown: str, answer: AuthorAnswer) -> None:
        """Remember."""
        self._answers[author] = (shown, answer)
        self._answers.move_to_end(author)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)

    def forget(self, author: str) -> bool:
        """Forget one author; whether there was something to forget."""
        return self._answers.pop(author, None) is not None

    def clear(self) -> bool:
        """Forget all; whether there was something to forget."""
        there = bool(self._answers)
        self._answers.clear()
        return there

    def __iter__(self) -> Iterator[tuple[str, str, AuthorAnswer]]:
        return ((author, shown, answer) for author, (shown, answer) in self._answers.items())

    def __len__(self) -> int:
        return len(self._answers)


class SeenPosts:
    """The last posts, to tell those that come again.

    Args:
        most: Posts remembered at most.
        digests: Of posts seen before, the oldest first.

    Examples:
        >>> seen = SeenPosts(2)
        >>> [seen.add(one) for one in "aabca"]
        [True, False, True, True, True]
    """

    def __init__(self, most: int, digests: Iterable[str] = ()) -> None:
        self._most = most
        self._order: deque[str] = deque()
        self._known: set[str] = set()
        for one in digests:
            self.add(one)

    def add(self, post: str) -> bool:
        """Whether a post is new; it is remembered."""
        if post in self._known:
            return False
        self._known.add(post)
        self._order.append(post)
        if len(self._order) > self._most:
            self._known.discard(self._order.popleft())
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    def __len__(self) -> int:
        return len(self._order)
