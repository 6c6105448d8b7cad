"""What is found for one profile in an index: the customers it may belong to, and nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from sociolink.calibration.decisions import DecisionRule
from sociolink.results.answer import Answer
from sociolink.results.decisions import decide_table
from sociolink.results.explanation import explain_rows
from sociolink.results.report import RunReport

__all__ = ["Found", "Match"]


@dataclass(frozen=True, slots=True)
class Match:
    """One customer that a profile may belong to.

    Attributes:
        customer_id: The customer.
        probability: P(this record's owner owns the profile).
        match_weight: Bits that speak for the customer.
        group_id: The person, by the first of their records.
        group_probability: P(the person owns the profile).
        margin: Bits over the best other answer.
        bits: Bits of each evidence family.
    """

    customer_id: str
    probability: float
    match_weight: float
    group_id: str
    group_probability: float
    margin: float
    bits: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Found:
    """What `CustomerIndex.find` returns; the numbers are those of `link` under the same model.

    Attributes:
        profile_id: The profile.
        matches: The listed customers, the likeliest first.
        nobody_probability: P(the owner is no customer).
        rest_probability: P(the owner is a customer that is not listed).
        written: Writes the rows of links that say so.
        phrases: For each family what each component means.
        people: People in the index.
        coverage: The learned share of profiles whose owner is a customer.
    """

    profile_id: str
    matches: tuple[Match, ...]
    nobody_probability: float
    rest_probability: float
    written: Callable[[], pa.Table]
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    people: int = 0
    coverage: float = 0.5

    @property
    def customer_id(self) -> str | None:
        """The best customer; None where nobody is likelier."""
        best = self.matches[0] if self.matches else None
        return best.customer_id if best is not None and best.group_probability >= self.nobody_probability else None

    @property
    def rows(self) -> pa.Table:
        """The rows of links that say so, without decisions."""
        return self.written()

    @property
    def answer(self) -> Answer:
        """The same as the card of a link, with its explanation; decided as if it were the only profile."""
        table = decide_table(self.rows, DecisionRule()).combine_chunks()
        report = RunReport(profiles=1, customers=self.people, people=self.people, coverage=self.coverage)
        return Answer(self.profile_id, table, explain_rows(table, row=0, phrases=self.phrases, report=report))

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON, unrounded."""
        return {
            "profile_id": self.profile_id,
            "customer_id": self.customer_id,
            "nobody_probability": self.nobody_probability,
            "rest_probability": self.rest_probability,
            "matches": [
                {name: getattr(one, name) for name in Match.__slots__ if name != "bits"} | {"bits": dict(one.bits)}
                for one in self.matches
            ],
        }

    def __len__(self) -> int:
        return len(self.matches)

    def __repr__(self) -> str:
        return str(self.answer)

    def _repr_html_(self) -> str:
        return self.answer._repr_html_()
