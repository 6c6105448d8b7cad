"""Bars of evidence in SVG: each fact begins where the one before it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Bar", "Waterfall", "draw_bar", "draw_share", "scale_waterfall"]

_LEAST = 0.6
"""Width of a bar of nothing, in per cent, so that it can be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar on a scale from 0 to 100.

    Attributes:
        left: Where it begins.
        width: How long it is.
        kind: "for", "against", "total" or "needed".
    """

    left: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The bars of one customer on one scale.

    Attributes:
        facts: One for each fact.
        total: Of all facts together.
        needed: Of the bits that are needed.
    """

    facts: tuple[Bar, ...]
    total: Bar
    needed: Bar


def scale_waterfall(bits: Sequence[float], *, needed: float) -> Waterfall:
    """Bars for facts, their sum and what is needed, on one scale.

    Args:
        bits: Of each fact.
        needed: Bits at which the customer is as likely as nobody.

    Examples:
        >>> found = scale_waterfall([10.0, -2.0], needed=5.0)
        >>> [(bar.left, bar.width, bar.kind) for bar in found.facts]
        [(0.0, 100.0, 'for'), (80.0, 20.0, 'against')]
    """
    ends = [0.0]
    for value in bits:
        ends.append(ends[-1] + value)
    low, high = min(*ends, needed), max(*ends, needed, 1e-9)
    unit = 100 / (high - low)

    def bar(begin: float, end: float, kind: str) -> Bar:
        left, right = sorted((begin, end))
        return Bar((left - low) * unit, max((right - left) * unit, _LEAST), kind)

    facts = tuple(bar(begin, end, "for" if end >= begin else "against") for begin, end in pairwise(ends))
    return Waterfall(facts, bar(0.0, ends[-1], "total"), bar(0.0, needed, "needed"))


def draw_bar(bar: Bar) -> str:
    """The bar as SVG; numbers stand beside it, so screen readers pass it over.

    Examples:
        >>> "class='sl-for'" in draw_bar(Bar(0.0, 50.0, "for"))
        True
    """
    place = f"x='{bar.left:.1f}%' width='{bar.width:.1f}%'"
    return f"<svg aria-hidden='true'><rect class='sl-{bar.kind}' {place} height='100%'/></svg>"


def draw_share(share: float) -> str:
    """A share of 1 as a bar."""
    return draw_bar(Bar(0.0, max(100 * share, _LEAST), "total"))
