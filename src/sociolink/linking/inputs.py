"""Reading what link, fit and check are given, with consent respected and everything set aside counted."""

from __future__ import annotations

import os
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sociolink.errors import InputError, PolicyError, Problem
from sociolink.governance.consent import set_aside_refused
from sociolink.governance.policy import Policy
from sociolink.index.scratch import Scratch
from sociolink.records.authors import author_profiles
from sociolink.records.mapping import Mapping, Proposal
from sociolink.records.provenance import SourceInfo
from sociolink.records.readers import Loaded, read_table

__all__ = ["Inputs", "read_all", "read_inputs", "require_policy"]

_NEEDED = ("profiles", "customers")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Tables that may be used.

    Attributes:
        tables: Canonical tables by kind, refused rows left out.
        rejects: Everything set aside, all tables together.
        repairs: Everything repaired, all tables together.
        refused: Rows without consent, by kind.
        sources: Where the tables came from.
        guesses: Columns whose meaning was guessed, each in words.
    """

    tables: MappingType[str, pa.Table]
    rejects: pa.Table
    repairs: pa.Table
    refused: MappingType[str, int]
    sources: tuple[SourceInfo, ...]
    guesses: tuple[str, ...]


def require_policy(policy: object) -> Policy:
    """The policy, or a clear error.

    Raises:
        PolicyError: There is none, or it is not a policy.
    """
    if isinstance(policy, Policy):
        return policy
    if isinstance(policy, str):
        return Policy.from_name(policy)
    raise PolicyError("Linking people needs a policy: pass policy=Policy.research(who=...) or Policy.support(...).")


def _as_known(problems: Sequence[Problem]) -> list[Problem]:
    """Problems of existing links, which are read as truth is, under the name by which they were given."""
    names = {f"truth.{column}": f"known.{column}" for column in ("profile_id", "customer_id")}
    return [Problem(names.get(one.where, one.where), one.what, one.remedy, one.rows) for one in problems]


def read_all(
    sources: MappingType[str, Any],
    *,
    mapping: Any = None,
    needed: tuple[str, ...] = (),
    scratch: Scratch | None = None,
) -> dict[str, Loaded]:
    """Read tables as they are, and report all their problems together; see `read_inputs`."""
    loaded: dict[str, Loaded] = {}
    problems: list[Problem] = []
    if isinstance(mapping, str | os.PathLike):
        mapping = Mapping.from_toml(os.fspath(mapping))
    elif isinstance(mapping, MappingType):
        mapping = Mapping.from_dict(mapping)
    for kind, source in sources.items():
        if source is None:
            if kind in needed and not (kind == "profiles" and sources.get("posts") is not None):
                problems.append(Problem(kind, "there is no table", "Give a path, or any table in memory."))
            continue
        try:
            loaded[kind] = read_table(source, kind, mapping=mapping, scratch=scratch)  # type: ignore[arg-type]
        except InputError as error:
            problems.extend(_as_known(error.problems) if kind == "truth" else error.problems)
    if problems:
        raise InputError(problems)
    return loaded


def read_inputs(
    sources: MappingType[str, Any],
    *,
    mapping: Any = None,
    needed: tuple[str, ...] = _NEEDED,
    scratch: Scratch | None = None,
) -> Inputs:
    """Read all tables and report all their problems together.

    Args:
        sources: By kind what to read; None is left out. Customers are needed, and profiles, or posts that name
            their authors.
        mapping: Column mapping; see `records.mapping.Mapping`.
        needed: Tables that must be there.
        scratch: Where large columns go; they stay in memory by default.

    Returns:
        The tables.

    Raises:
        InputError: A table cannot be read; lists the problems of all tables.
    """
    loaded = read_all(sources, mapping=mapping, needed=needed, scratch=scratch)
    tables: dict[str, pa.Table] = {}
    refused: dict[str, int] = {}
    for kind, one in loaded.items():
        if kind in _NEEDED:
            consented = set_aside_refused(one.table, scratch=scratch)
            tables[kind], refused[kind] = consented.kept, consented.count
        else:
            tables[kind] = one.table
    if "profiles" not in tables and "posts" in tables:
        tables["profiles"] = author_profiles(tables["posts"])
    return Inputs(
        tables,
        pa.concat_tables([one.rejects for one in loaded.values()]),
        pa.concat_tables([one.repairs for one in loaded.values()]),
        {kind: count for kind, count in refused.items() if count},
        tuple(one.provenance for one in loaded.values()),
        tuple(_say_guess(kind, guess) for kind, one in loaded.items() for guess in one.proposals),
    )


def _say_guess(kind: str, guess: Proposal) -> str:
    used = "" if guess.sure else ", not applied"
    return f"{kind}: {guess.header.name} -> {guess.canonical} ({guess.reason}, {guess.confidence:.0%} sure{used})"
