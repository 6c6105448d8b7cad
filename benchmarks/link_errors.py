"""Why answers are wrong: every profile of a task by what it says about a name and by what became of it.

For local reading. The counts hold no personal data; the rows do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import open_world
import pyarrow as pa
from tables import Sheet

from sociolink.linking.inputs import read_inputs
from sociolink.text.folding import fold, squash

__all__ = ["CAUSES", "KINDS", "OUTCOMES", "Answer", "cause_sheet", "classify_answers", "error_sheet", "row_sheet"]

KINDS: Mapping[str, str] = {
    "contradicted": "some evidence speaks against the customer by a bit or more",
    "twin": "another person among the customers has the same full name",
    "both names": "given and family name can be read",
    "one name": "only one of given and family name can be read: a single-part handle",
    "other facts": "no name can be read, but evidence of another family speaks for the customer",
    "start of a name": "only the first three letters of a name can be read",
    "no information": "nothing of the name can be read, and nothing else speaks for the customer",
}
"""Kinds of profiles, by what they show of their owner (of strangers' profiles: of the top customer); the first that
applies."""

OUTCOMES: Mapping[str, str] = {
    "owner linked": "right",
    "other linked": "false link, the owner is another customer",
    "stranger linked": "false link, the owner is no customer",
    "owner below": "the owner is on top, but not linked",
    "other on top": "somebody else is on top, not linked; the owner was proposed",
    "owner not proposed": "the owner is not among the customers compared one by one",
    "stranger left": "right: nobody",
}
"""What became of a profile."""

_TOP = 50
_MIN_PART = 3
_AGAINST = -1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One profile.

    Attributes:
        profile_id: The profile.
        kind: One of `KINDS`.
        outcome: One of `OUTCOMES`.
        shown: What the profile shows of a name: personal data.
        judged: Name of the customer it was held against: personal data.
        top: Name of the top customer: personal data.
        probability: P(the top person).
        nobody: P(nobody).
    """

    profile_id: str
    kind: str
    outcome: str
    shown: str
    judged: str
    top: str
    probability: float
    nobody: float


@dataclass(frozen=True, slots=True)
class _People:
    """Customers by id: name parts, squashed full name, and how many persons have the full name."""

    given: Mapping[str, list[str]]
    family: Mapping[str, list[str]]
    full: Mapping[str, str]
    persons: Mapping[str, int]
    record: Mapping[str, str]


def classify_answers(folder: Path) -> list[Answer]:
    """Link a task and sort its answers; by rules of its own that know nothing of the model."""
    links = open_world.measure_task(folder, bootstrap=0, top=_TOP).links
    owners = open_world.Owners.read(folder)
    tables = read_inputs({kind: folder / f"{kind}.parquet" for kind in ("profiles", "customers")}).tables
    people = _read_people(tables["customers"], owners)
    shown = _read_shown(tables["profiles"])
    rows = links.table.to_pylist()
    families = [name.removeprefix("bits_") for name in links.table.column_names if name.startswith("bits_")]
    of_profile: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        of_profile.setdefault(row["profile_id"], []).append(row)
    return [
        _classify(profile, listed, owners, people, shown[profile], families) for profile, listed in of_profile.items()
    ]


def _classify(
    profile: str,
    listed: Sequence[Mapping[str, Any]],
    owners: open_world.Owners,
    people: _People,
    shown: str,
    families: Sequence[str],
) -> Answer:
    owner, top = owners.of_profile.get(profile), listed[0]
    own = [row for row in listed if owner is not None and owners.person(row["customer_id"]) == owner]
    top_customer: str | None = top["customer_id"]
    if owner is None:
        judged, customer = top, top_customer
    else:
        judged, customer = (own[0], own[0]["customer_id"]) if own else ({}, people.record.get(owner))
    return Answer(
        profile,
        _kind(squashed(shown), customer, judged, people, families),
        _outcome(owner, owners.person(top_customer), str(top["decision"]), bool(own)),
        shown,
        people.full.get(customer or "", ""),
        people.full.get(top_customer or "", ""),
        float(top["group_probability"] or 0.0),
        float(top["nobody_probability"]),
    )


def _outcome(owner: str | None, top: str | None, decision: str, proposed: bool) -> str:
    if owner is None:
        return "stranger linked" if decision == "link" else "stranger left"
    if decision == "link":
        return "owner linked" if top == owner else "other linked"
    if not proposed:
        return "owner not proposed"
    return "owner below" if top == owner else "other on top"


def _kind(text: str, customer: str | None, judged: Mapping[str, Any], people: _People, families: Sequence[str]) -> str:
    if customer is None:
        return "no information"
    bits = {family: judged.get(f"bits_{family}") or 0.0 for family in families}
    if min(bits.values(), default=0.0) <= _AGAINST:
        return "contradicted"
    given, family = people.given[customer], people.family[customer]
    read = sum(any(part in text for part in parts if len(part) >= _MIN_PART) for parts in (given, family))
    if read and people.persons[people.full[customer]] > 1:
        return "twin"
    if read == 2:
        return "both names"
    if read == 1:
        return "one name"
    if any(value > 1 for name, value in bits.items() if name != "name"):
        return "other facts"
    start = any(part[:_MIN_PART] in text for part in (*given, *family) if len(part) >= _MIN_PART)
    return "start of a name" if start else "no information"


def squashed(text: str) -> str:
    """Letters and digits of one string."""
    return str(squash(pa.array([text]))[0].as_py())


def _column(table: pa.Table, name: str) -> pa.Array:
    return table.column(name).combine_chunks().cast(pa.string())


def _read_people(customers: pa.Table, owners: open_world.Owners) -> _People:
    ids = customers.column("customer_id").to_pylist()
    given, family = (
        [name.replace("-", " ").replace("'", "").split() for name in fold(_column(customers, column)).to_pylist()]
        for column in ("given_name", "family_name")
    )
    whole = squash(_column(customers, "full_name")).to_pylist()
    full = ["".join((*a, *b)) or c for a, b, c in zip(given, family, whole, strict=True)]
    persons = [owners.person(one) for one in ids]
    many = Counter(name for name, _ in set(zip(full, persons, strict=True)))
    return _People(
        dict(zip(ids, given, strict=True)),
        dict(zip(ids, family, strict=True)),
        dict(zip(ids, full, strict=True)),
        many,
        {str(person): one for one, person in zip(ids, persons, strict=True)},
    )


def _read_shown(profiles: pa.Table) -> dict[str, str]:
    columns = [_column(profiles, name).to_pylist() for name in ("handle", "display_name")]
    shown = [" / ".join(part for part in parts if part) for parts in zip(*columns, strict=True)]
    return dict(zip(profiles.column("profile_id").to_pylist(), shown, strict=True))


def error_sheet(answers: Sequence[Answer]) -> Sheet:
    """How many profiles of each kind came to what."""
    count = Counter((one.kind, one.outcome) for one in answers)
    rows = [(kind, *(f"{count[kind, outcome]:,}" for outcome in OUTCOMES)) for kind in KINDS]
    total = tuple(f"{sum(count[kind, outcome] for kind in KINDS):,}" for outcome in OUTCOMES)
    return Sheet("What profiles show, and what became of them", ("kind", *OUTCOMES), (*rows, ("all", *total)))


CAUSES: Mapping[str, str] = {
    "label noise suspected": "a link at .9 or more on both names, and nothing speaks against it",
    "twins": KINDS["twin"],
    "single-part handles": KINDS["one name"],
    "no information": "at most the first letters of a name can be read, and nothing else speaks for the customer",
    "contradicted": KINDS["contradicted"],
    "both names, less sure": KINDS["both names"],
    "other facts": KINDS["other facts"],
}
"""Why answers are wrong, or right but not sure enough to be linked."""

_CAUSE_OF_KIND = {
    "twin": "twins",
    "one name": "single-part handles",
    "start of a name": "no information",
    "no information": "no information",
    "both names": "both names, less sure",
}
_SURE = 0.9


def cause(answer: Answer) -> str:
    """One of `CAUSES`."""
    linked = answer.outcome in ("other linked", "stranger linked")
    if linked and answer.kind == "both names" and answer.probability >= _SURE:
        return "label noise suspected"
    return _CAUSE_OF_KIND.get(answer.kind, answer.kind)


def cause_sheet(answers: Sequence[Answer]) -> Sheet:
    """How many answers are wrong or not linked, by cause."""
    wrong = [one for one in answers if one.outcome not in ("owner linked", "stranger left")]
    count = Counter((cause(one), one.outcome.endswith("linked")) for one in wrong)
    rows = [
        (name, f"{count[name, True]:,}", f"{count[name, False]:,}", said)
        for name, said in CAUSES.items()
        if count[name, True] + count[name, False]
    ]
    return Sheet("Why", ("cause", "false links", "owners not linked", "what it means"), tuple(rows))


def row_sheet(answers: Sequence[Answer]) -> Sheet:
    """Every answer that is not right, the surest first. Holds personal data."""
    wrong = [one for one in answers if one.outcome not in ("owner linked", "stranger left")]
    wrong.sort(key=lambda one: (-one.probability, one.profile_id))
    header = ("profile", "outcome", "kind", "shown", "held against", "on top", "p", "nobody")
    rows = tuple(
        (
            one.profile_id,
            one.outcome,
            one.kind,
            one.shown,
            one.judged,
            one.top,
            f"{one.probability:.3f}",
            f"{one.nobody:.3f}",
        )
        for one in wrong
    )
    return Sheet("Wrong answers", header, rows)
