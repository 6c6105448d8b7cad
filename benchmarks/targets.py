"""What the links have to reach on each real task, with default settings and without labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = [
    "CLAIM_PRECISION",
    "COVERAGE_RELATIVE",
    "COVERAGE_TOLERANCE",
    "MAX_CANDIDATES",
    "SHARE_OF_ORACLE",
    "TARGETS",
    "THINNED_CLAIM_PRECISION",
    "Target",
    "judge",
    "judge_thinned",
]

CLAIM_PRECISION, SHARE_OF_ORACLE = 0.93, 0.95
"""Of the links whose own mean stated error is 5%: least precision, and least share of the oracle's right links."""

MAX_CANDIDATES = 100.0
"""Candidates of a profile, on average."""

THINNED_CLAIM_PRECISION = 0.90
"""The same at other coverages."""

COVERAGE_RELATIVE, COVERAGE_TOLERANCE = 0.25, 0.03
"""Findable coverage is learned within this share of the truth or this distance."""


@dataclass(frozen=True, slots=True)
class Target:
    """Limits of one task; None where there is none.

    Attributes:
        recall_at_p95: At least; met where it lies inside or below the interval.
        log_loss: At most, in bits; met where it lies inside or above the interval.
    """

    recall_at_p95: float
    log_loss: float | None = None


TARGETS: Mapping[str, Target] = {
    "us_congress": Target(0.82, 0.70),
    "us_openstates": Target(0.75, 1.10),
    "fr_parlementaires": Target(0.98, 0.22),
    "rubyevents_speakers": Target(0.58, 2.6),
    "us_congress_known": Target(0.90),
    "rubyevents_speakers_known": Target(0.70),
}


def judge(record: Mapping[str, Any]) -> dict[str, bool] | None:
    """Whether each target of a measured task is met, by name; None where the task has no targets."""
    target = TARGETS.get(record["task"])
    if target is None:
        return None
    found = record["evaluation"]
    met = {"R@P95": target.recall_at_p95 <= found["recall_at_p95_interval"][1]}
    if target.log_loss is not None:
        met["log loss"] = target.log_loss >= found["log_loss_interval"][0]
    claim = found["claim95"] or {}
    met["claim95"] = (claim.get("precision") or 0.0) >= CLAIM_PRECISION
    met["share of oracle"] = (claim.get("share_of_oracle") or 0.0) >= SHARE_OF_ORACLE
    for name, band in zip(
        ("[.5,.8)", "[.8,.95)", "[.95,1]", "nobody"), (*found["bands"], found["nobody"]), strict=True
    ):
        if band is not None:
            met[name] = bool(band.get("within", True))
    return met


def judge_thinned(record: Mapping[str, Any]) -> dict[str, bool]:
    """Whether each demand on a task at another coverage is met, by name."""
    share, claim = record["coverage"], record["evaluation"]["claim95"]
    difference = abs(share["findable"] - share["findable_true"])
    allowed = max(COVERAGE_TOLERANCE, COVERAGE_RELATIVE * share["findable_true"])
    met = {"findable": difference <= allowed}
    if claim is not None:
        met["claim95"] = claim["precision"] >= THINNED_CLAIM_PRECISION
    return met
