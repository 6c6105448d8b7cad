"""Why a profile is, or is not, a customer's: the arithmetic of one link, in words and as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.rendering.card import draw_card
from sociolink.rendering.grid import Grid, tame
from sociolink.rendering.numbers import say_bits, say_fit, say_share
from sociolink.results.report import RunReport

__all__ = ["Answer", "Explanation", "Fact", "bits_needed", "explain_rows"]

_NOTHING_SEEN = 0.05


@dataclass(frozen=True, slots=True)
class Fact:
    """What one family of evidence says about a profile and a customer.

    Attributes:
        family: The evidence family.
        bits: For the customer (above 0) or against (below 0).
        phrase: What was seen, in words.
    """

    family: str
    bits: float
    phrase: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One link, explained by the very numbers that made it.

    Attributes:
        profile_id: The profile.
        customer_id: The customer that is explained; None where nobody was proposed.
        probability: P(this record's owner owns the profile).
        group_probability: P(the person owns it), where the records of one person share the answer.
        nobody_probability: P(the owner is not in the CRM).
        rest_probability: P(it is a customer that is not listed).
        decision: "link", "review" or "none".
        facts: What each family says; their bits add up to `match_weight`.
        match_weight: Bits that speak for the customer.
        bits_needed: Bits at which the customer is as likely as nobody.
        runner_up: The best other answer: a customer, or None for nobody.
        margin: log2 of the probability over that of the runner-up, in bits; None where nothing was proposed.
    """

    profile_id: str
    customer_id: str | None
    probability: float
    group_probability: float
    nobody_probability: float
    rest_probability: float
    decision: str
    facts: tuple[Fact, ...]
    match_weight: float
    bits_needed: float
    runner_up: str | None
    margin: float | None

    @property
    def others_per_10000(self) -> float:
        """How many of 10,000 other people would show as much: 10,000 times 2^-bits, at most all of them."""
        return float(10_000 * min(1.0, 2.0**-self.match_weight))

    @property
    def sentence(self) -> str:
        """The explanation in a few sentences."""
        if self.customer_id is None:
            return f"{self.profile_id} is linked to nobody: no customer shares a name, contact or account with it."
        if self.nobody_probability == 0 and self.rest_probability == 0:
            return f"{self.profile_id} is known to be customer {self.customer_id}'s: it was given as an existing link."
        told = [fact for fact in self.facts if abs(fact.bits) >= _NOTHING_SEEN]
        for_it = [fact for fact in sorted(told, key=lambda fact: -fact.bits) if fact.bits > 0]
        against = [fact for fact in sorted(told, key=lambda fact: fact.bits) if fact.bits < 0]
        said = f"{self._headline()}."
        if for_it:
            said += f" For it: {_list_facts(for_it)}."
        if against:
            said += f" Against it: {_list_facts(against)}."
        other = "nobody" if self.runner_up is None else f"customer {self.runner_up}"
        said += f" That is {self.match_weight:.1f} bits where {self.bits_needed:.1f} make it as likely as nobody"
        said += f", and {say_fit(self.match_weight)}."
        return f"{said} The best other answer is {other}{self._behind()}."

    def grid(self) -> Grid:
        """The bits, fact by fact."""
        rows = [(fact.family, fact.phrase, say_bits(fact.bits)) for fact in self.facts]
        if self.customer_id is not None:
            rows.append(("", "all facts together", say_bits(self.match_weight)))
        rows.append(("", "needed to be as likely as nobody", say_bits(self.bits_needed)))
        if self.margin is not None:
            rows.append(("", f"margin over {self.runner_up or 'nobody'}", say_bits(self.margin)))
        return Grid(("evidence", "what was seen", "bits"), tuple(rows), frozenset({2}), "Evidence in bits")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded."""
        return {**asdict(self), "others_per_10000": self.others_per_10000, "sentence": self.sentence}

    def __str__(self) -> str:
        return f"{tame(self.sentence)}\n\n{self.grid().text()}"

    def _repr_html_(self) -> str:
        return draw_card(f"Why {self.profile_id}?", self.sentence, [self.grid()])

    def _headline(self) -> str:
        certainty = say_share(self.group_probability)
        if self.decision == "link":
            return f"{self.profile_id} is linked to customer {self.customer_id} ({certainty})"
        if self.group_probability > max(self.nobody_probability, 0.5):
            return f"{self.profile_id} is likely customer {self.customer_id} ({certainty})"
        if self.runner_up is not None and self.margin is not None and self.margin < 0:
            return f"{self.profile_id} is likelier customer {self.runner_up}; {self.customer_id} has {certainty}"
        nobody = say_share(self.nobody_probability)
        if self.nobody_probability > 0.5:
            return f"{self.profile_id} is likely nobody in the CRM ({nobody}); {self.customer_id} has {certainty}"
        rest = say_share(self.rest_probability)
        return (
            f"{self.profile_id} is open: nobody in the CRM ({nobody}), {self.customer_id} ({certainty}) "
            f"or a customer who is not listed ({rest})"
        )

    def _behind(self) -> str:
        if self.margin is None:
            return ""
        return f", {abs(self.margin):.1f} bits {'behind' if self.margin >= 0 else 'ahead'}"


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """All that was found for one profile.

    Attributes:
        profile_id: The profile.
        table: Its rows of the links, best first.
        explanation: Of the best customer.
    """

    profile_id: str
    table: pa.Table
    explanation: Explanation

    @property
    def sentence(self) -> str:
        """The best answer and why, in a few sentences."""
        return self.explanation.sentence

    def grid(self) -> Grid:
        """Every answer with its probability."""
        listed = self.table.filter(pc.is_valid(self.table["customer_id"]))
        names = ("rank", "customer_id", "probability", "match_weight", "decision")
        rows = [
            (str(rank), str(customer), say_share(probability), say_bits(bits), str(decision))
            for rank, customer, probability, bits, decision in zip(
                *(listed[name].to_pylist() for name in names), strict=True
            )
        ]
        for name, share in (
            ("nobody", self.explanation.nobody_probability),
            ("any other customer", self.explanation.rest_probability),
        ):
            rows.append(("", name, say_share(share), "", ""))
        titles = ("rank", "customer", "probability", "bits", "decision")
        return Grid(titles, tuple(rows), frozenset({0, 2, 3}), "Answers")

    def to_pandas(self) -> Any:
        """The rows as a pandas frame."""
        return self.table.to_pandas()

    def __str__(self) -> str:
        return f"{tame(self.sentence)}\n\n{self.grid().text()}"

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return draw_card(self.profile_id, self.sentence, [self.grid(), self.explanation.grid()])


def bits_needed(report: RunReport) -> float:
    """Bits at which one customer is as likely as nobody: log2(N (1 - coverage) / coverage).

    Args:
        report: Of the run; N counts people.

    Examples:
        >>> round(bits_needed(RunReport(profiles=9, customers=1024, people=1024, coverage=0.5)), 6)
        10.0
    """
    from math import log2

    people = max(report.people or report.customers, 1)
    coverage = min(max(report.coverage, 1e-9), 1 - 1e-9)
    return log2(people) + log2((1 - coverage) / coverage)


def _needed(own: Mapping[str, Any], report: RunReport) -> float:
    """Bits at which the customer of a row is as likely as nobody, strangers who look like customers included."""
    from math import log2

    probability, nobody = float(own["probability"] or 0.0), float(own["nobody_probability"])
    if probability > 0 and nobody > 0:
        return float(own["match_weight"]) - log2(probability / nobody)
    return bits_needed(report)


def explain_rows(
    rows: pa.Table, *, row: int, phrases: Mapping[str, Mapping[str, str]], report: RunReport
) -> Explanation:
    """Explain one row among the rows of its profile.

    Args:
        rows: All rows of the profile, best first.
        row: The one that is explained.
        phrases: For each family what each component means.
        report: Of the run.

    Returns:
        The explanation; the bits of its facts add up to the row's match weight.
    """
    own = rows.slice(row, 1).to_pylist()[0]
    others = [other for other in rows.to_pylist() if other["group_id"] != own["group_id"]]
    best = max(others, key=lambda other: float(other["group_probability"] or 0.0), default=None)
    rival = best if best and float(best["group_probability"] or 0.0) > own["nobody_probability"] else None
    names = [name.removeprefix("bits_") for name in rows.column_names if name.startswith("bits_")]
    facts = tuple(
        Fact(name, float(own[f"bits_{name}"] or 0.0), _say(own.get(f"level_{name}"), phrases.get(name, {})))
        for name in names
    )
    found = own["customer_id"] is not None
    return Explanation(
        profile_id=own["profile_id"],
        customer_id=own["customer_id"],
        probability=float(own["probability"] or 0.0),
        group_probability=float(own["group_probability"] or own["probability"] or 0.0),
        nobody_probability=float(own["nobody_probability"]),
        rest_probability=float(own["rest_probability"]),
        decision=own["decision"],
        facts=tuple(fact for fact in facts if fact.phrase or fact.bits) if found else (),
        match_weight=float(own["match_weight"] or 0.0),
        bits_needed=_needed(own, report),
        runner_up=None if rival is None else rival["customer_id"],
        margin=own["margin"] if found else None,
    )


def _say(levels: str | None, phrases: Mapping[str, str]) -> str:
    """What components mean that are written `channel:component` (or only `component`), separated by commas."""
    said: list[str] = []
    for level in filter(None, map(str.strip, (levels or "").split(","))):
        channel, _, component = level.rpartition(":")
        phrase = next((phrases[key] for key in (level, component) if key in phrases), component)
        part = f"{phrase} ({channel.partition(':')[0]})" if channel else phrase
        if part not in said:
            said.append(part)
    return ", ".join(said)


def _list_facts(facts: list[Fact]) -> str:
    return "; ".join(f"{fact.phrase or fact.family}, {say_bits(fact.bits)}" for fact in facts)
