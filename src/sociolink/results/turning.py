"""The fewest facts without which the answer would be another: found by trying every set, for families are few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

__all__ = ["TurningPoint", "find_turning_point"]

_MOST = 12
"""Facts that are tried, those of the most bits first; 4,096 sets."""


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """The fewest facts of one customer without which the best answer for the profile would be another.

    Attributes:
        families: Families whose facts would have to count nothing for this customer; all else stays as it is.
        bits: That they count now, all together.
        answer: The best answer now: a customer, or None for nobody.
        becomes: The best answer then.
    """

    families: tuple[str, ...]
    bits: float
    answer: str | None
    becomes: str | None

    @property
    def sentence(self) -> str:
        """The same in a sentence."""
        named = " and ".join(filter(None, (", ".join(self.families[:-1]), self.families[-1])))
        becomes = "nobody" if self.becomes is None else f"customer {self.becomes}"
        verb = "says" if len(self.families) == 1 else "say"
        return f"Without what {named} {verb}, the best answer would be {becomes}."

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "families": list(self.families), "sentence": self.sentence}


def find_turning_point(rows: Sequence[Mapping[str, Any]], row: int, families: Sequence[str]) -> TurningPoint | None:
    """The fewest facts of one customer that decide which answer is best.

    A fact is taken away by letting it count 0 bits for every record of the customer's person; the odds of all other
    answers stand to each other as before.

    Args:
        rows: All rows of the profile.
        row: That of the customer.
        families: Names of the families.

    Returns:
        Of the smallest sets the one that counts the fewest bits; None where no set changes the answer.
    """
    own = rows[row]
    person, nobody = own["group_id"], float(rows[0]["nobody_probability"])
    records = [one for one in rows if one["group_id"] == person]
    others = [one for one in rows if one["customer_id"] is not None and one["group_id"] != person]
    unlisted = max(float(own["group_probability"] or 0.0) - sum(float(one["probability"]) for one in records), 0.0)
    rival = max(others, key=lambda one: float(one["group_probability"]), default=None)
    rival_chance = 0.0 if rival is None else float(rival["group_probability"])
    other = rival["customer_id"] if rival is not None and rival_chance > nobody else None
    bar = max(rival_chance, nobody)

    def wins(taken: Sequence[str]) -> bool:
        return _chance(records, taken, unlisted) >= bar

    best = wins(())
    answer, becomes = (own["customer_id"], other) if best else (other, own["customer_id"])
    most = {name: max(abs(_bits(one, name)) for one in records) for name in families}
    told = sorted((name for name in families if most[name] > 0), key=lambda name: -most[name])[:_MOST]
    for size in range(1, len(told) + 1):
        turning = [taken for taken in combinations(told, size) if wins(taken) != best]
        if turning:
            taken = min(turning, key=lambda names: (abs(sum(_bits(own, name) for name in names)), sorted(names)))
            return TurningPoint(taken, sum(_bits(own, name) for name in taken), answer, becomes)
    return None


def _bits(row: Mapping[str, Any], family: str) -> float:
    return float(row[f"bits_{family}"] or 0.0)


def _chance(records: Sequence[Mapping[str, Any]], taken: Sequence[str], unlisted: float) -> float:
    """What the person's share of the old total would be; records beyond the list stay as they are."""
    gone = (sum(_bits(one, name) for name in taken) for one in records)
    return unlisted + sum(float(one["probability"]) * 2.0**-bits for one, bits in zip(records, gone, strict=True))
