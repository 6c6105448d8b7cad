"""Why a profile is, or is not, a customer's: the arithmetic of one link, in words and as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from sociolink.rendering.card import card_html, card_text, facts_grid
from sociolink.rendering.card_data import CardAnswer, CardData, CardFact
from sociolink.rendering.grid import Grid
from sociolink.rendering.numbers import say_bits, say_fit, say_share
from sociolink.rendering.shown import show_text
from sociolink.results.report import RunReport
from sociolink.results.turning import TurningPoint, find_turning_point

__all__ = ["Explanation", "Fact", "bits_needed", "explain_rows", "say_levels"]

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
        turning_point: The fewest facts without which the best answer would be another; None where there are none.
        posterior: Every answer for the profile, nobody and the rest last; their probabilities add up to 1.
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
    turning_point: TurningPoint | None = None
    posterior: tuple[CardAnswer, ...] = ()

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

    def card(
        self, *, profile: Mapping[str, object] | None = None, customer: Mapping[str, object] | None = None
    ) -> CardData:
        """What `rendering.card` draws: HTML, text or plain values.

        Args:
            profile: What is known of the profile, by label, shown beside the evidence; what is None or empty is left
                out.
            customer: What is known of the customer, likewise.
        """
        return CardData(
            profile_id=self.profile_id,
            customer_id=self.customer_id,
            decision=self.decision,
            sentence=self.sentence,
            probability=self.group_probability,
            facts=tuple(CardFact(fact.family, fact.phrase, fact.bits) for fact in self.facts),
            match_weight=self.match_weight,
            bits_needed=self.bits_needed,
            others_per_10000=self.others_per_10000,
            runner_up=self.runner_up,
            margin=self.margin,
            turning="" if self.turning_point is None else self.turning_point.sentence,
            answers=self.posterior,
            profile=_details(profile),
            customer=_details(customer),
        )

    def grid(self) -> Grid:
        """The bits, fact by fact."""
        return facts_grid(self.card())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded; `json_schema` describes them."""
        said = {"others_per_10000": self.others_per_10000, "sentence": self.sentence}
        turning = None if self.turning_point is None else self.turning_point.to_dict()
        return {**asdict(self), "turning_point": turning, **said}

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """The JSON schema of `to_dict`."""
        from sociolink.results.explanation_schema import ExplanationRecord

        return ExplanationRecord.model_json_schema()

    _repr_pretty_ = show_text

    def __str__(self) -> str:
        return card_text(self.card())

    def _repr_html_(self) -> str:
        return card_html(self.card(), styled=True)

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
    every = rows.to_pylist()
    own = every[row]
    others = [other for other in every if other["group_id"] != own["group_id"]]
    best = max(others, key=lambda other: float(other["group_probability"] or 0.0), default=None)
    rival = best if best and float(best["group_probability"] or 0.0) > own["nobody_probability"] else None
    names = [name.removeprefix("bits_") for name in rows.column_names if name.startswith("bits_")]
    facts = tuple(
        Fact(name, float(own[f"bits_{name}"] or 0.0), say_levels(own.get(f"level_{name}"), phrases.get(name, {})))
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
        turning_point=find_turning_point(every, row, names) if found else None,
        posterior=_list_answers(every),
    )


def _list_answers(rows: Sequence[Mapping[str, Any]]) -> tuple[CardAnswer, ...]:
    """Every answer of a profile: its rows, nobody, and the rest."""
    listed = [
        CardAnswer(
            "customer", row["customer_id"], row["probability"], row["match_weight"], row["rank"], row["decision"]
        )
        for row in rows
        if row["customer_id"] is not None
    ]
    others = (("nobody", rows[0]["nobody_probability"]), ("rest", rows[0]["rest_probability"]))
    return (*listed, *(CardAnswer(kind, None, float(chance)) for kind, chance in others))


def _details(known: Mapping[str, object] | None) -> tuple[tuple[str, str], ...]:
    """Labels and texts of what is known, without what is empty."""
    pairs = ((str(label).replace("_", " "), value) for label, value in (known or {}).items())
    texts = (
        (label, ", ".join(map(str, value)) if isinstance(value, list | tuple) else value) for label, value in pairs
    )
    return tuple((label, str(value)) for label, value in texts if value not in (None, ""))


def say_levels(levels: str | None, phrases: Mapping[str, str]) -> str:
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
