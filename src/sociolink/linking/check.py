"""Looking before linking: what could be linked at all, and by which facts; no model is fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from sociolink.blocking.candidates import propose_pairs
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.gallery import content_order
from sociolink.linking.inputs import read_inputs
from sociolink.linking.kernel import confirmers
from sociolink.linking.limits import Limits, limits_of, relieve, scratch_of
from sociolink.linking.mapped_gallery import build_within, order_within
from sociolink.records.facts import describe_facts
from sociolink.records.rejects import count_rejects, count_repairs
from sociolink.rendering.shown import show_text

__all__ = ["Check", "Reach", "check"]

MAX_PROFILES = 5_000
MAX_CUSTOMERS = 100_000


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one kind of evidence reaches.

    Attributes:
        family: The evidence family.
        profiles: Share of profiles that share one of its keys with some customer.
        customers: Customers met by such a profile, on average.
    """

    family: str
    profiles: float
    customers: float


@dataclass(frozen=True, slots=True)
class Check:
    """What could be linked.

    Attributes:
        rows: Usable rows by table.
        facts: By table one row a canonical column: column, filled, share, distinct.
        reach: How far each kind of evidence reaches, on a sample.
        refused: Rows set aside because consent was refused, by table.
        rejects: What was set aside while reading, by column and reason.
        repairs: What was repaired while reading, by column and repair.
        guesses: Columns that were guessed, as "table: header -> canonical (reason)", applied or only proposed.
    """

    rows: dict[str, int]
    facts: dict[str, pa.Table]
    reach: tuple[Reach, ...]
    refused: dict[str, int]
    rejects: dict[str, int]
    repairs: dict[str, int]
    guesses: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "rows": self.rows,
            "facts": {kind: table.to_pylist() for kind, table in self.facts.items()},
            "reach": [
                {"family": one.family, "profiles": one.profiles, "customers": one.customers} for one in self.reach
            ],
            "refused": self.refused,
            "rejects": self.rejects,
            "repairs": self.repairs,
            "guesses": list(self.guesses),
        }

    _repr_pretty_ = show_text

    def __str__(self) -> str:
        lines = [", ".join(f"{count:,} {kind}" for kind, count in self.rows.items())]
        for kind, table in self.facts.items():
            filled = [row for row in table.to_pylist() if row["filled"]]
            lines.append(f"{kind}: " + ", ".join(f"{row['column']} {row['share']:.0%}" for row in filled))
        lines.extend(
            f"by {one.family}: {one.profiles:.0%} of profiles meet {one.customers:,.1f} customers each"
            for one in self.reach
            if one.profiles
        )
        lines.extend(f"{count:,} {kind} set aside: consent was refused" for kind, count in self.refused.items())
        lines.extend(f"{count:,} set aside: {reason}" for reason, count in self.rejects.items())
        lines.extend(f"{count:,} repaired: {repair}" for repair, count in self.repairs.items())
        lines.extend(f"guessed {guess}" for guess in self.guesses)
        return "\n".join(lines)


def _reach(
    profiles: pa.Table, customers: pa.Table, evidence: tuple[EvidenceFamily, ...], limits: Limits | None
) -> tuple[Reach, ...]:
    """Keys that agree, family by family, on samples drawn by content."""
    if profiles.num_rows == 0 or customers.num_rows == 0:
        return tuple(Reach(family.name, 0.0, 0.0) for family in evidence)
    few = profiles.take(pa.array(content_order(profiles, "profile_id")[:MAX_PROFILES])).combine_chunks()
    customers = order_within(customers, limits)
    some = customers.slice(0, MAX_CUSTOMERS).combine_chunks()
    population = {family.name: family.learn(few, some) for family in evidence}
    gallery = build_within(customers, evidence, population, limits=limits)
    relieve(limits)
    out: list[Reach] = []
    states = [
        family.prepare_profiles(few, state, population[family.name])
        for family, state in zip(gallery.families, gallery.states, strict=True)
    ]
    again = confirmers(gallery, states)
    for family, state, block, confirm in zip(gallery.families, states, gallery.blocks, again, strict=True):
        keys = family.profile_keys(state)
        found = propose_pairs([block], [keys], profiles=few.num_rows, customers=len(gallery), confirm=[confirm])
        single = found.pairs.customer >= 0
        met = len(np.unique(found.pairs.profile[single]))
        out.append(Reach(family.name, met / few.num_rows, float(single.sum()) / max(met, 1)))
    return tuple(out)


def check(
    profiles: Any,
    customers: Any,
    *,
    posts: Any = None,
    mapping: Any = None,
    evidence: tuple[EvidenceFamily, ...] = DEFAULT_EVIDENCE,
    memory_limit: str | None = None,
) -> Check:
    """Say what could be linked at all, by which facts, and what is wrong with the tables.

    Args:
        profiles: Profiles, as for `link`.
        customers: Customers, as for `link`.
        posts: Posts, as for `link`.
        mapping: Column mapping, where columns are not canonical.
        evidence: The evidence families.
        memory_limit: As for `link`.

    Returns:
        Counts, facts, reach of each kind of evidence, rejects and guesses of the mapping; print it.

    Raises:
        InputError: A table cannot be used; lists all problems.

    Examples:
        >>> people = [{"customer_id": "c1", "given_name": "Xenia", "family_name": "Quartermain"}]
        >>> found = check([{"platform": "github", "handle": "xeniaquartermain"}], people)
        >>> found.rows
        {'profiles': 1, 'customers': 1}
    """
    limits = limits_of(memory_limit)
    sources = {"profiles": profiles, "customers": customers, "posts": posts}
    inputs = read_inputs(sources, mapping=mapping, scratch=scratch_of(limits))
    tables = inputs.tables
    return Check(
        rows={kind: table.num_rows for kind, table in tables.items()},
        facts={kind: describe_facts(table, kind) for kind, table in tables.items()},
        reach=_reach(tables["profiles"], tables["customers"], evidence, limits),
        refused=dict(inputs.refused),
        rejects=count_rejects(inputs.rejects),
        repairs=count_repairs(inputs.repairs),
        guesses=inputs.guesses,
    )
