"""Precision, recall and coverage as a labelled sample shows them, for all profiles, as a value to read and compare."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.calibration.estimates import Share, estimate_ratio
from sociolink.errors import InvalidParameterError
from sociolink.rendering.grid import Grid
from sociolink.rendering.numbers import say_count, say_interval, say_share
from sociolink.rendering.shown import show_text
from sociolink.results.labels.labelled import IS, IS_NOT, SKIP, Labelled, read_labelled

__all__ = ["Estimate", "estimate_quality"]

Floats = npt.NDArray[np.float64]

_FAR: Final = 3.0
"""Factor by which links may be over- or underrepresented before labels are taken to be drawn from a part."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What labels of a sample say of all profiles.

    Attributes:
        precision: Share of the links made that are right; None where none was labelled.
        recall: Share of the customers' profiles that are linked to their owner; None where none was found.
        coverage: Share of the profiles whose owner is a customer.
        confidence: Of the intervals.
        labels: Profiles whose labels were used.
        set_aside: What was not used, in words; "" for nothing.
    """

    precision: Share | None
    recall: Share | None
    coverage: Share | None
    confidence: float
    labels: int
    set_aside: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    def grid(self) -> Grid:
        """The shares with their intervals."""
        names = (
            ("precision", self.precision, "of the links made are right"),
            ("recall", self.recall, "of the customers' profiles are linked to their owner"),
            ("coverage", self.coverage, "of the profiles are customers'"),
        )
        rows = tuple(
            (name, "-", "", "no label tells")
            if one is None
            else (
                name,
                say_share(one.value),
                say_interval(one.low, one.high),
                f"{meaning}; {say_count(one.labels)} labels",
            )
            for name, one, meaning in names
        )
        title = f"By {say_count(self.labels)} labels, with {say_share(self.confidence)} intervals"
        return Grid(("", "estimate", "interval", ""), rows, frozenset({1}), title)

    _repr_pretty_ = show_text

    def __str__(self) -> str:
        return self.grid().text() + (f"\nSet aside: {self.set_aside}." if self.set_aside else "")

    def _repr_html_(self) -> str:
        return self.grid().html()


def estimate_quality(table: pa.Table, labels: Any, *, confidence: float = 0.95, weights: str = "design") -> Estimate:
    """Precision, recall and coverage by labels; see `Links.estimate`."""
    if not 0 < confidence < 1:
        raise InvalidParameterError(f"confidence is {confidence}; it must lie between 0 and 1")
    found = read_labelled(table, labels).drawn(weights=weights)
    found = found.keep(found.verdict != SKIP, reason="skipped")
    right = found.right.astype(np.float64)
    linked = found.best.linked[found.place].astype(np.float64)
    if not _covers_all(found):
        precision = estimate_ratio(right * linked, linked, found.inclusion, confidence=confidence)
        aside = [found.say_aside(), "recall and coverage, as the labels were drawn from a part of the profiles"]
        return Estimate(precision, None, None, confidence, len(found.place), ", ".join(one for one in aside if one))
    owned, open_ends = (found.verdict == IS).astype(np.float64), found.verdict == IS_NOT
    best = found.best
    left = 1 - best.chance[found.place]
    of_others = np.clip(left - best.nobody[found.place], 0, 1) / np.maximum(left, 1e-12)
    owned = np.where(open_ends, np.clip(of_others, 0, 1), owned)
    hits = right * linked

    def between(hit: Floats, low: Floats, middle: Floats, high: Floats, *, is_mean: bool) -> Share | None:
        ones = np.ones(len(hit))
        parts = [
            estimate_ratio(
                value if is_mean else hit, ones if is_mean else value, found.inclusion, confidence=confidence
            )
            for value in (low, middle, high)
        ]
        return _widest(parts)

    low, high = np.where(open_ends, 0.0, owned), np.where(open_ends, 1.0, owned)
    return Estimate(
        estimate_ratio(hits, linked, found.inclusion, confidence=confidence),
        between(hits, low, owned, high, is_mean=False),
        between(hits, low, owned, high, is_mean=True),
        confidence,
        len(found.place),
        found.say_aside(),
    )


def _covers_all(found: Labelled) -> bool:
    """Whether links and other profiles stand to each other in the weighted sample much as in all profiles."""
    linked = found.best.linked
    weight = 1 / found.inclusion
    own = linked[found.place]
    made, left = (float(np.sort(weight[part]).sum()) for part in (own, ~own))
    lacks_links, lacks_others = linked.any() and made == 0, (~linked).any() and left == 0
    if lacks_links or lacks_others or not linked.any() or not (~linked).any():
        return not (lacks_links or lacks_others)
    ratio = (left / made) / (float((~linked).sum()) / float(linked.sum()))
    return 1 / _FAR <= ratio <= _FAR


def _widest(parts: list[Share | None]) -> Share | None:
    """The middle estimate with the interval that holds those of both ends."""
    known = [one for one in parts if one is not None]
    middle = parts[1]
    if middle is None:
        return None
    return Share(
        middle.value,
        min(one.low for one in known),
        max(one.high for one in known),
        middle.labels,
        min(one.worth for one in known),
    )
