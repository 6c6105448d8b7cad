"""Where reviewers contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.results.links import Links

__all__ = ["Said", "find_disagreements", "people_of"]


@dataclass(frozen=True, slots=True)
class Said:
    """One verdict.

    Attributes:
        reviewer: Whose.
        verdict: is, is_not, nobody or skip.
        customer_id: Who it is, or is not.
    """

    reviewer: str
    verdict: str
    customer_id: str | None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"reviewer": self.reviewer, "verdict": self.verdict, "customer_id": self.customer_id}


def people_of(links: Links, profiles: list[str]) -> Mapping[tuple[str, str], str]:
    """The person behind each customer that the links list for some profiles, by profile and customer."""
    rows = links.table.filter(pc.is_in(links.table["profile_id"], pa.array(profiles, pa.string())))
    names = ("profile_id", "customer_id", "group_id")
    listed = zip(*(rows[name].to_pylist() for name in names), strict=True)
    return {(profile, customer): person or customer for profile, customer, person in listed if customer is not None}


def find_disagreements(
    labels: pa.Table, people: Mapping[tuple[str, str], str]
) -> tuple[tuple[str, tuple[Said, ...]], ...]:
    """Profiles of which reviewers say what cannot all be true.

    Two records of one person are the same answer. "Nobody" and "is not" can both be true, and a skip says nothing.
    Labels of such profiles are set aside by `recalibrate` and `estimate` until the reviewers agree.

    Args:
        labels: A canonical labels table.
        people: See `people_of`.

    Returns:
        Each such profile, in the order in which they were first judged, with all that was said of it.

    Examples:
        >>> labels = pa.table({"profile_id": ["p", "p"], "reviewer": ["ann", "bob"], "verdict": ["is", "nobody"],
        ...                    "customer_id": ["c", None]})
        >>> [(profile, len(said)) for profile, said in find_disagreements(labels, {})]
        [('p', 2)]
    """
    of: dict[str, list[Said]] = {}
    names = ("profile_id", "reviewer", "verdict", "customer_id")
    for profile, reviewer, verdict, customer in zip(*(labels[name].to_pylist() for name in names), strict=True):
        of.setdefault(profile, []).append(Said(reviewer or "", verdict, customer))
    return tuple((profile, tuple(said)) for profile, said in of.items() if _clash(profile, said, people))


def _clash(profile: str, said: list[Said], people: Mapping[tuple[str, str], str]) -> bool:
    def person(customer: str | None) -> str:
        return people.get((profile, customer or ""), customer or "")

    owners = {person(one.customer_id) for one in said if one.verdict == "is"}
    ruled_out = {person(one.customer_id) for one in said if one.verdict == "is_not"}
    nobody = any(one.verdict == "nobody" for one in said)
    return len(owners) > 1 or bool(owners & ruled_out) or bool(owners and nobody)
