"""Proposing and comparing over several sections of customers: one set of pairs, so one posterior per profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.blocking.candidates import Candidates
from sociolink.evidence.protocol import Denominator, Hits, Mixture, Pairs
from sociolink.linking.gallery import Gallery
from sociolink.linking.kernel import compare, count_people, propose
from sociolink.linking.known import KnownAnswers
from sociolink.scoring.em import Observations

__all__ = ["observe_sections"]

Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]

_SINGLE, _CAPPED, _EVERYBODY = range(3)


def observe_sections(
    profiles: pa.Table,
    sections: Sequence[Gallery],
    whole: Gallery,
    population: Mapping[str, Mapping[str, Any]],
    *,
    known: KnownAnswers | None = None,
) -> tuple[Observations, Candidates]:
    """Propose and compare pairs; see `kernel.observe`.

    Args:
        profiles: Canonical profiles, a batch.
        sections: The customers, section by section, with states that read profiles alike.
        whole: The customers of all sections.
        population: What each family learned.
        known: Known answers, with rows of `whole`.

    Returns:
        The pairs of all sections, customers in ascending rows of `whole`, capped blocks of each section, and one
        "everybody else" for each profile.
    """
    prepared: list[Any] = []
    found: list[Candidates] = []
    compared: list[dict[str, tuple[Mixture, ...]]] = []
    begin = 0
    for section in sections:
        prepared = _prepare(profiles, section, population, prepared)
        candidates = propose(section, prepared, profiles.num_rows, _known_pairs(known, begin, len(section)))
        compared.append(compare(section, prepared, candidates.pairs, candidates.hits))
        found.append(candidates)
        begin += len(section)
    pairs, place = _join_pairs([one.pairs for one in found], [len(one) for one in sections])
    pairs = count_people(pairs, whole, profiles.num_rows)
    families = {
        name: tuple(
            _join_channel(parts, place, len(pairs)) for parts in zip(*(one[name] for one in compared), strict=True)
        )
        for name in compared[0]
    }
    hits = tuple(_join_hits(parts, place) for parts in zip(*(one.hits for one in found), strict=True))
    candidates = Candidates(pairs, hits, sum(one.proposed for one in found), sum(one.capped for one in found))
    return Observations(pairs, families, profiles.num_rows, whole.people), candidates


def _prepare(
    profiles: pa.Table, section: Gallery, population: Mapping[str, Mapping[str, Any]], before: list[Any]
) -> list[Any]:
    """Prepared profiles; a family that can adopt a background has said the same for the section before."""
    return [
        before[number]
        if before and hasattr(family, "adopt")
        else family.prepare_profiles(profiles, state, population.get(family.name, {}))
        for number, (family, state) in enumerate(zip(section.families, section.states, strict=True))
    ]


def _known_pairs(known: KnownAnswers | None, begin: int, size: int) -> tuple[Int64s, Int64s] | None:
    if known is None:
        return None
    profile, customer = known.pairs()
    here = (customer >= begin) & (customer < begin + size)
    return profile[here], customer[here] - begin


def _join_pairs(parts: Sequence[Pairs], sizes: Sequence[int]) -> tuple[Pairs, list[Int64s]]:
    """The pairs of all sections by profile, and where each section's pairs went; -1 for those left out."""
    kinds: list[Int64s] = []
    begin = 0
    customers: list[Int64s] = []
    for number, (pairs, size) in enumerate(zip(parts, sizes, strict=True)):
        last = np.append(pairs.profile[1:] != pairs.profile[:-1], True) if len(pairs) else np.empty(0, np.bool_)
        kind = np.where(last, _EVERYBODY, np.where(pairs.customer >= 0, _SINGLE, _CAPPED))
        kinds.append(np.where(last, -1, kind) if number else kind)
        customers.append(np.where(pairs.customer >= 0, pairs.customer.astype(np.int64) + begin, -1))
        begin += size
    kind = np.concatenate(kinds)
    profile = np.concatenate([pairs.profile for pairs in parts])
    kept = np.flatnonzero(kind >= 0)
    order = kept[np.lexsort((kept, kind[kept], profile[kept]))]
    new = np.full(len(kind), -1)
    new[order] = np.arange(len(order))
    joined = Pairs(
        profile[order],
        np.concatenate(customers)[order].astype(np.int32),
        np.concatenate([pairs.count for pairs in parts])[order],
    )
    ends = np.cumsum([len(pairs) for pairs in parts])[:-1]
    return joined, list(np.split(new, ends))


def _join_hits(parts: Sequence[Hits], place: Sequence[Int64s]) -> Hits:
    """The keys of all sections that agreed, by pair; indexes of customers' keys are those of their section."""
    pair = np.concatenate([place[number][part.pair] for number, part in enumerate(parts)])
    kept = np.flatnonzero(pair >= 0)
    order = kept[np.argsort(pair[kept], kind="stable")]
    customer_key, profile_key = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("customer_key", "profile_key")
    )
    return Hits(pair[order].astype(np.int32), customer_key[order], profile_key[order])


def _join_channel(parts: Sequence[Mixture], place: Sequence[Int64s], size: int) -> Mixture:
    """One channel of all sections."""
    entries = [place[number][part.pair] for number, part in enumerate(parts)]
    kept = [entry >= 0 for entry in entries]
    first = parts[0]
    return replace(
        first,
        pair=np.concatenate([entry[keep] for entry, keep in zip(entries, kept, strict=True)]).astype(np.int32),
        component=np.concatenate([part.component[keep] for part, keep in zip(parts, kept, strict=True)]),
        likelihood=np.concatenate([part.likelihood[keep] for part, keep in zip(parts, kept, strict=True)]),
        pairs=size,
        denominator=_join_denominator([part.denominator for part in parts], place, size),
    )


def _join_denominator(parts: Sequence[Denominator | None], place: Sequence[Int64s], size: int) -> Denominator | None:
    told = [part for part in parts if part is not None]
    if len(told) < len(parts):
        return None
    of_pair = np.full(size, -1, np.int32)
    begin = 0
    rows = []
    for part, new in zip(told, place, strict=True):
        stated = np.flatnonzero((part.of_pair >= 0) & (new >= 0))
        of_pair[new[stated]] = part.of_pair[stated] + begin
        rows.append(part.row + begin)
        begin += len(part.opaque)
    return Denominator(
        of_pair,
        np.concatenate(rows).astype(np.int32),
        np.concatenate([part.component for part in told]),
        np.concatenate([part.likelihood for part in told]),
        np.concatenate([part.opaque for part in told]),
    )
