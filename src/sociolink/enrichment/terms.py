"""The parameters that numbers rest on: every one with a name, none hidden in a formula."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from sociolink.errors import InvalidParameterError, Problem

__all__ = ["Urgency", "ValueTerms", "read_terms"]

Terms = TypeVar("Terms", "Urgency", "ValueTerms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """How posts that need an answer are put in order; see `responses.rank_posts` for the formula.

    Attributes:
        intent_to_leave: Weight of the reason, 0 to 1.
        complaint: See `intent_to_leave`.
        question: See `intent_to_leave`.
        open_ticket: See `intent_to_leave`; it counts as far as it is likely that the author has one.
        open_ticket_from: Least probability of an open ticket that alone makes a post one to answer.
        half_life_days: Days after which a post is half as urgent.
        stranger: What a post of nobody in the CRM is worth against one of a customer, 0 to 1.
        unnamed: What a post is worth that names nothing in the catalogue, 0 to 1.
        within_days: Oldest posts that are looked at.
    """

    intent_to_leave: float = 0.9
    complaint: float = 0.6
    question: float = 0.4
    open_ticket: float = 0.3
    open_ticket_from: float = 0.5
    half_life_days: float = 3.0
    stranger: float = 0.5
    unnamed: float = 0.5
    within_days: float = 14.0

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        _check(
            self,
            shares=(
                "intent_to_leave",
                "complaint",
                "question",
                "open_ticket",
                "open_ticket_from",
                "stranger",
                "unnamed",
            ),
        )
        _check_positive(self, ("half_life_days", "within_days"))

    def to_dict(self) -> dict[str, float]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueTerms:
    """What a customer and a referral are worth; amounts in the currency of the events. None has a default.

    Attributes:
        margin: Contribution, as a share of the amounts of events, 0 to 1.
        retention: Probability that a customer is still one a year later, 0 to 1.
        discount_rate: Of money, per year; at least 0.
        years: Horizon, a whole number of at least 1.
        least_years: Shortest time over which yearly amounts and posts are averaged, above 0.
        referrals_per_advocacy: New customers that one post of praise or advice brings, on average.
        share_anyway: Share of them who would have come without it, 0 to 1.
        referred_margin: Contribution of a referred customer, per year.
        referral_cost: Cost of a referral (a reward, say), per referred customer and year.
        marketing_cost: Cost of keeping a referred customer, per year.
        acquisition_saved: Cost of acquisition saved with a customer who would not have come otherwise.
        acquisition_saved_anyway: The same with one who would have come anyway.
    """

    margin: float
    retention: float
    discount_rate: float
    years: int
    least_years: float
    referrals_per_advocacy: float
    share_anyway: float
    referred_margin: float
    referral_cost: float
    marketing_cost: float
    acquisition_saved: float
    acquisition_saved_anyway: float

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        _check(self, shares=("margin", "retention", "share_anyway"))
        _check_positive(self, ("years", "least_years"))
        if int(self.years) != self.years:
            raise InvalidParameterError(f"years is {self.years!r}; it must be a whole number")

    def to_dict(self) -> dict[str, float]:
        """Plain values."""
        return asdict(self)


def read_terms(kind: type[Terms], given: Any, name: str, problems: list[Problem]) -> Terms | None:
    """Terms from what a caller gave: the terms themselves, or their values by name.

    Args:
        kind: Which terms.
        given: A mapping, or the terms.
        name: Of the parameter, for messages.
        problems: Where what is wrong is added.
    """
    if isinstance(given, kind):
        return given
    remedy = f"Give {', '.join(one.name for one in fields(kind))}."
    if not isinstance(given, Mapping):
        problems.append(Problem(name, f"it is a {type(given).__name__}", remedy))
        return None
    try:
        return kind(**given)
    except InvalidParameterError as error:
        problems.append(Problem(name, str(error), "See docs/enrichment.md."))
    except TypeError:
        names = {one.name for one in fields(kind)}
        unknown = sorted(str(one)[:40] for one in set(given) - names)
        needed = sorted(names - set(given)) if kind is ValueTerms else []
        parts = [f"unknown: {', '.join(unknown)}"] if unknown else []
        parts += [f"missing: {', '.join(needed)}"] if needed else []
        problems.append(Problem(name, "; ".join(parts) or "its values are no numbers", remedy))
    return None


def _check(terms: Any, *, shares: tuple[str, ...]) -> None:
    for one in fields(terms):
        value = getattr(terms, one.name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            raise InvalidParameterError(f"{one.name} is {value!r}; it must be a number of at least 0")
        if one.name in shares and value > 1:
            raise InvalidParameterError(f"{one.name} is {value!r}; it must lie between 0 and 1")


def _check_positive(terms: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if getattr(terms, name) <= 0:
            raise InvalidParameterError(f"{name} is {getattr(terms, name)!r}; it must be above 0")
