"""What would be linked if the learned coverage were half or twice as large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.calibration.coverage_shift import half_and_twice, odds_ratio, shift_nobody, shift_probabilities
from sociolink.calibration.decisions import DECISIONS, DecisionRule, decide_profiles
from sociolink.rendering.grid import Grid
from sociolink.rendering.numbers import say_count, say_share
from sociolink.rendering.shown import show_text
from sociolink.results.best_answers import BestAnswers, exact_total, read_best

__all__ = ["Scenario", "Sensitivity", "measure_sensitivity"]

Floats = npt.NDArray[np.float64]

_FLOOR = 1e-300
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a coverage would mean, with everything else as it was learned.

    Attributes:
        coverage: Share of profiles whose owner is a customer.
        linked: Links that would be made.
        kept: Those among them that are made as it is.
        false_expected: Links among `linked` that would be expected to be false.
        false_expected_now: Links made as it is that would be expected to be false.
        nobody_expected: Profiles that would be expected to be no customer's.
    """

    coverage: float
    linked: int
    kept: int
    false_expected: float
    false_expected_now: float
    nobody_expected: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How much the links hang on the learned coverage.

    Attributes:
        half: With half the coverage.
        learned: As it is.
        twice: With twice the coverage, or half the share of nobody where that is less.
    """

    half: Scenario
    learned: Scenario
    twice: Scenario

    @property
    def sentence(self) -> str:
        """The same in one sentence."""
        half, now, twice = self.half, self.learned, self.twice
        return (
            f"At a coverage of {say_share(half.coverage)} instead of {say_share(now.coverage)}, "
            f"{say_count(half.false_expected_now)} of today's {say_count(now.linked)} links would be expected to be "
            f"false and {say_count(half.linked)} would be made; at {say_share(twice.coverage)}, "
            f"{say_count(twice.false_expected_now)} and {say_count(twice.linked)}."
        )

    def grid(self) -> Grid:
        """The three coverages side by side."""
        rows = tuple(
            (
                f"{name} ({say_share(one.coverage)})",
                say_count(one.linked),
                say_count(one.kept),
                say_count(one.false_expected),
                say_count(one.false_expected_now),
                say_count(one.nobody_expected),
            )
            for name, one in (("half", self.half), ("as learned", self.learned), ("twice", self.twice))
        )
        titles = ("coverage", "links", "of today's", "false", "false of today's", "nobody")
        return Grid(titles, rows, frozenset(range(1, 6)), "If the coverage were another")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @staticmethod
    def from_dict(data: Mapping[str, Any] | None) -> Sensitivity | None:
        """The value of `to_dict`; None of None."""
        if data is None:
            return None
        return Sensitivity(*(Scenario(**data[name]) for name in ("half", "learned", "twice")))

    _repr_pretty_ = show_text

    def __str__(self) -> str:
        return self.grid().text()

    def _repr_html_(self) -> str:
        return self.grid().html()


def measure_sensitivity(table: pa.Table, rule: DecisionRule, *, coverage: float) -> Sensitivity | None:
    """Decide again under half and twice the coverage.

    Args:
        table: The links, with decisions.
        rule: By which links would be made.
        coverage: As learned.

    Returns:
        The figures, exact for the model at hand; None where the coverage is not between 0 and 1. What was linked before
        (`known`) plays no part in it but in the links as they are.
    """
    if not 0 < coverage < 1:
        return None
    best = read_best(table)
    half, twice = half_and_twice(coverage)
    return Sensitivity(*(_scenario(best, rule, coverage, other) for other in (half, coverage, twice)))


def _scenario(best: BestAnswers, rule: DecisionRule, coverage: float, other: float) -> Scenario:
    ratio = odds_ratio(coverage, other)
    person = shift_probabilities(best.chance, best.nobody, ratio)
    nobody = shift_nobody(best.nobody, ratio)
    made = linked = best.linked
    if ratio != 1:
        linked = decide_profiles(person, rule, margin=_margin(best, ratio)) == DECISIONS.index("link")
    return Scenario(
        other,
        int(linked.sum()),
        int((linked & made).sum()),
        exact_total(1 - person[linked]),
        exact_total(1 - person[made]),
        exact_total(nobody),
    )


def _margin(best: BestAnswers, ratio: float) -> Floats:
    """The margins under other odds: those over another customer stay, those over nobody move.

    Where nobody stops being the best other answer, the customer who takes its place is not known here, so that the
    margin is an upper bound.
    """
    over_nobody = np.log2(np.maximum(best.chance, _FLOOR)) - np.log2(np.maximum(best.nobody, _FLOOR))
    moved = over_nobody + np.log2(ratio)
    out: Floats = np.where(best.margin >= over_nobody - _ROUNDING, moved, np.minimum(best.margin, moved))
    return out
