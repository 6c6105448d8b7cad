"""Link, review or none: decided from the stated risk of all links together, a budget, and what was decided before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sociolink.errors import InvalidParameterError

__all__ = [
    "DECISIONS",
    "LEAST",
    "MAX_FALSE",
    "MIN_PROBABILITY",
    "REVIEW_FROM",
    "DecisionRule",
    "check_rule",
    "decide_profiles",
    "safe_cut",
]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]

MAX_FALSE: Final = 0.05
"""Estimated share of false links among all links."""

LEAST: Final = 0.5
"""No link is made below this probability, whatever the risk and whatever was linked before: it is likelier false."""

MIN_PROBABILITY: Final = LEAST
"""Least probability of a link by default; .8 for those who act on links without looking at them."""

REVIEW_FROM: Final = 0.2
"""Probability from which an answer that is not linked is worth a look: one in five is right."""

DECISIONS: Final = ("link", "review", "none")
_LINK, _REVIEW, _NONE = range(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRule:
    """How probabilities become decisions.

    Attributes:
        max_false: Largest mean stated error of the links made, in (0, 1).
        min_probability: Least probability of a link, in [.5, 1). Where a false link costs k times as much as a missed
            one, k / (k + 1) is right: .8 for four times.
        min_margin: Least bits between the linked person and the best other answer; None for any.
        review_from: Least probability of an answer that is worth a look, in (0, 1).
        review_budget: Most profiles to review; None for all that are worth a look.
        keep: Bits by which the odds must pass the cut before an earlier decision is changed; at least 0.

    References:
        Fellegi & Sunter (1969), A theory for record linkage, JASA 64: two thresholds, and review between them.
    """

    max_false: float = MAX_FALSE
    min_probability: float = MIN_PROBABILITY
    min_margin: float | None = None
    review_from: float = REVIEW_FROM
    review_budget: int | None = None
    keep: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> DecisionRule:
        """The rule of `to_dict`; what is not said is as by default, what is not known is passed over.

        Examples:
            >>> DecisionRule.from_dict(DecisionRule(max_false=0.01).to_dict()).max_false
            0.01
        """
        known = {one.name for one in fields(DecisionRule)}
        return DecisionRule(**{name: value for name, value in data.items() if name in known})


def check_rule(rule: DecisionRule) -> DecisionRule:
    """The rule, if it can be followed.

    Raises:
        InvalidParameterError: Values are out of range; lists all of them.

    Examples:
        >>> check_rule(DecisionRule(max_false=2, review_budget=-1))
        Traceback (most recent call last):
        sociolink.errors.InvalidParameterError: max_false is 2; it must lie between 0 and 1
        review_budget is -1; it must be a whole number of at least 0, or None
    """
    margin, budget = rule.min_margin, rule.review_budget
    checks = (
        ("max_false", 0 < rule.max_false < 1, "must lie between 0 and 1"),
        ("min_probability", LEAST <= rule.min_probability < 1, f"must be at least {LEAST} and less than 1"),
        ("min_margin", margin is None or np.isfinite(margin), "must be a number of bits, or None"),
        ("review_from", 0 < rule.review_from < 1, "must lie between 0 and 1"),
        ("review_budget", budget is None or _is_count(budget), "must be a whole number of at least 0, or None"),
        ("keep", bool(rule.keep >= 0 and np.isfinite(rule.keep)), "must be a number of bits of at least 0"),
    )
    wrong = [f"{name} is {getattr(rule, name)!r}; it {what}" for name, good, what in checks if not good]
    if wrong:
        raise InvalidParameterError("\n".join(wrong))
    return rule


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def safe_cut(probability: Floats, *, max_false: float = MAX_FALSE, score: Floats | None = None) -> float:
    """Where the largest set ends whose mean stated error is small enough, best first and equals together.

    Args:
        probability: (n,) probability that each link is right.
        max_false: Largest mean of one minus the probability.
        score: (n,) by which the best come first; the probability by default.

    Returns:
        The lowest score of the set; infinity where no set is safe enough.

    Examples:
        >>> safe_cut(np.array([0.99, 0.97, 0.9, 0.6]))
        0.9
    """
    by = probability if score is None else score
    order = np.lexsort((-probability, -by))
    ranked = by[order]
    error = np.cumsum(1 - probability[order]) / np.arange(1, len(order) + 1)
    last = np.append(ranked[1:] != ranked[:-1], True) if len(order) else np.empty(0, np.bool_)
    safe = np.flatnonzero((error <= max_false) & last)
    return float(ranked[safe[-1]]) if len(safe) else float("inf")


def decide_profiles(
    probability: Floats,
    rule: DecisionRule,
    *,
    margin: Floats | None = None,
    earlier: Codes | None = None,
    tie: Codes | None = None,
) -> Codes:
    """Decisions about the best answers of all profiles together.

    An earlier decision stands until the odds have passed the cut by `rule.keep` bits, as in a trigger with hysteresis:
    the odds of what was linked before count as so many bits more, those of what was seen before and not linked as so
    many less. Only the mean stated error of all links and the limit `LEAST` take the probabilities as they are.

    Args:
        probability: (profiles,) probability of the best person; 0 where there is none.
        rule: How to decide.
        margin: (profiles,) bits between that person and the best other answer; only looked at with `min_margin` and
            to order equals.
        earlier: (profiles,) 1 where this person was linked before, -1 where the profile was seen before and not linked
            to this person, 0 where it was not seen.
        tie: (profiles,) distinct numbers that order what is equal in everything else, where the budget ends.

    Returns:
        (profiles,) places in `DECISIONS`. Those to review are the likeliest that are not linked: reviewing one of
        probability p gains a link with probability p.

    References:
        Schmitt (1938), A thermionic trigger, Journal of Scientific Instruments 15.

    Examples:
        >>> decide_profiles(np.array([0.99, 0.93, 0.4, 0.1]), DecisionRule(max_false=0.03)).tolist()
        [0, 1, 1, 2]
    """
    apart = np.zeros(len(probability)) if margin is None else np.nan_to_num(margin)
    score, least = probability, rule.min_probability
    pull = np.zeros(len(probability)) if earlier is None else rule.keep * earlier
    if pull.any():
        score, least = _log_odds(probability) + pull, float(_log_odds(np.array([least]))[0])
    usable = (probability >= LEAST) & (score >= least)
    if rule.min_margin is not None:
        usable &= apart + pull >= rule.min_margin
    cut = safe_cut(probability[usable], max_false=rule.max_false, score=score[usable])
    linked = usable & (score >= cut)
    out = np.full(len(probability), _NONE, np.int64)
    worth = ~linked & (probability >= rule.review_from)
    out[_most_valuable(probability, apart, worth, rule.review_budget, tie)] = _REVIEW
    out[linked] = _LINK
    return out


def _log_odds(probability: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        out: Floats = np.log2(probability) - np.log2(1 - probability)
    return out


def _most_valuable(probability: Floats, margin: Floats, worth: Flags, budget: int | None, tie: Codes | None) -> Codes:
    """Profiles that are worth a look, the likeliest first, as many as can be looked at."""
    found = np.flatnonzero(worth)
    if budget is None or len(found) <= budget:
        return found
    number = found if tie is None else tie[found]
    order = np.lexsort((number, -margin[found], -probability[found]))
    return np.asarray(found[order[:budget]], np.int64)
