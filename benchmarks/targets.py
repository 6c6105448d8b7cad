"""What the links have to reach on each real task, with default settings and without labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["MAX_CANDIDATES", "TARGETS", "Target", "judge"]

MAX_CANDIDATES = 50.0
"""Candidates of a profile, on average."""


@dataclass(frozen=True, slots=True)
class Target:
    """Limits of one task; None where there is none.

    Attributes:
        recall_at_p95: At least.
        log_loss: At most, in bits.
        owner_among_candidates: At least, with at most `MAX_CANDIDATES` candidates a profile on average.
    """

    recall_at_p95: float
    log_loss: float | None = None
    owner_among_candidates: float | None = None


TARGETS: Mapping[str, Target] = {
    "us_congress": Target(0.70, 0.95, 0.97),
    "us_openstates": Target(0.62, 1.40, 0.92),
    "fr_parlementaires": Target(0.95, 0.40, 0.99),
    "rubyevents_speakers": Target(0.45, 3.3, 0.70),
    "us_congress_known": Target(0.80),
    "rubyevents_speakers_known": Target(0.58),
}


def judge(record: Mapping[str, Any]) -> dict[str, bool] | None:
    """Whether each target of a measured task is met, by name; None where the task has no targets."""
    target = TARGETS.get(record["task"])
    if target is None:
        return None
    found, proposed = record["evaluation"], record["candidates"]
    met = {"R@P95": found["recall_at_p95"] >= target.recall_at_p95}
    if target.log_loss is not None:
        met["log loss"] = found["log_loss"] <= target.log_loss
    if target.owner_among_candidates is not None:
        met["owner"] = proposed["owner_among"] >= target.owner_among_candidates
        met["candidates"] = proposed["per_profile"] <= MAX_CANDIDATES
    return met
