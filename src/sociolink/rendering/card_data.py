"""What a card shows: the explanation of one profile as a frozen value that knows nothing of how it is drawn."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["CardAnswer", "CardData", "CardFact"]


@dataclass(frozen=True, slots=True)
class CardFact:
    """One fact: what a family of evidence says.

    Attributes:
        family: The evidence family.
        phrase: What was seen, in words.
        bits: For the customer (above 0) or against (below 0).
    """

    family: str
    phrase: str
    bits: float


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """One answer to whose profile it is.

    Attributes:
        kind: "customer", "nobody" or "rest" (customers that are not listed).
        customer_id: The customer; None for the other kinds.
        probability: Of the answer; those of all answers add up to 1.
        match_weight: Bits that speak for the customer; None for the other kinds.
        rank: From 1, of the customer; None for the other kinds.
        decision: About the customer; "" for the other kinds.
    """

    kind: str
    customer_id: str | None
    probability: float
    match_weight: float | None = None
    rank: int | None = None
    decision: str = ""

    @property
    def name(self) -> str:
        """The answer in words."""
        if self.customer_id is not None:
            return self.customer_id
        return "nobody" if self.kind == "nobody" else "any other customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardData:
    """All that a card shows of one profile and one customer.

    Attributes:
        profile_id: The profile.
        customer_id: The customer that is explained; None where nobody was proposed.
        decision: "link", "review" or "none".
        sentence: The explanation in plain words.
        probability: P(the person owns the profile).
        facts: What each family says; their bits add up to `match_weight`.
        match_weight: Bits that speak for the customer.
        bits_needed: Bits at which the customer is as likely as nobody.
        others_per_10000: How many of 10,000 other people would show as much.
        runner_up: The best other answer: a customer, or None for nobody.
        margin: Bits over the runner-up; None where nothing was proposed.
        turning: Which facts would change the answer, in words; "" where none would.
        answers: Every answer, nobody and the rest included.
        profile: What is known of the profile, as pairs of label and text; empty where only ids are known.
        customer: What is known of the customer, likewise.
    """

    profile_id: str
    customer_id: str | None
    decision: str
    sentence: str
    probability: float
    facts: tuple[CardFact, ...]
    match_weight: float
    bits_needed: float
    others_per_10000: float
    runner_up: str | None
    margin: float | None
    turning: str = ""
    answers: tuple[CardAnswer, ...] = ()
    profile: tuple[tuple[str, str], ...] = ()
    customer: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded and unescaped."""
        return asdict(self)
