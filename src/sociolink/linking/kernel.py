"""The kernel: a batch of profiles and a gallery in, scored pairs out; used by fit, link and decoys alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.blocking.candidates import Candidates, Confirm, propose_pairs
from sociolink.errors import ModelError
from sociolink.evidence.protocol import ConfirmsKeys, EvidenceFamily, Hits, Mixture, Pairs
from sociolink.evidence.settled import silence_settled
from sociolink.linking.gallery import Gallery
from sociolink.linking.known import KnownAnswers, certain_answers
from sociolink.population.kept import keep_made
from sociolink.results.model import LinkModel
from sociolink.scoring.em import Observations, answer_profiles, score_pairs
from sociolink.scoring.posterior import Posterior, clamp
from sociolink.scoring.weights import Correction, Parameters

__all__ = [
    "Observing",
    "Scored",
    "compare",
    "confirmers",
    "count_people",
    "observe",
    "parameters_of",
    "propose",
    "score_batch",
]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
Observing = Callable[..., tuple[Observations, Candidates]]
"""Proposes and compares pairs as `observe` does."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A batch of profiles, scored.

    Attributes:
        observed: The pairs and their channels.
        candidates: What blocking proposed.
        bits: (pairs,) match weights.
        by_family: For each family (pairs,) bits.
        posterior: The answers.
        shares: For each family and channel (entries,) share of each entry in its pair, for explanations.
    """

    observed: Observations
    candidates: Candidates
    bits: Floats
    by_family: Mapping[str, Floats]
    posterior: Posterior
    shares: Mapping[str, tuple[Floats, ...]]


def parameters_of(model: LinkModel, observed: Observations) -> Parameters:
    """The parameters of a model in the order of the observed components, ready for scoring.

    Raises:
        ModelError: The model knows other channels or components than those observed.
    """
    weights: dict[str, Floats] = {}
    for channel in (one for channels in observed.families.values() for one in channels):
        ordered = _in_order(model.weights.get(channel.name, {}), channel.components)
        if ordered is None:
            raise ModelError(f"The model knows other components of {channel.name} than this version. Fit it again.")
        weights[channel.name] = ordered
    return Parameters(model.coverage.value, weights, model.other, model.lookalike, _corrections(model.corrections))


@keep_made
def _corrections(pairs: Mapping[str, tuple[float, float]]) -> dict[str, Correction]:
    return {family: Correction(*pair) for family, pair in pairs.items()}


@keep_made
def _in_order(weights: Mapping[str, float], components: tuple[str, ...]) -> Floats | None:
    """(components,) their weights, not to be written to; None where the weights are those of others."""
    if len(weights) != len(components) or any(part not in weights for part in components):
        return None
    out = np.array([weights[part] for part in components], np.float64)
    out.setflags(write=False)
    return out


def observe(
    profiles: pa.Table,
    gallery: Gallery,
    population: Mapping[str, Mapping[str, Any]],
    *,
    known: KnownAnswers | None = None,
) -> tuple[Observations, Candidates]:
    """Propose and compare pairs.

    Args:
        profiles: Canonical profiles, a batch.
        gallery: The customers.
        population: What each family learned.
        known: Known answers; their pairs are compared whatever their keys say.

    Returns:
        The compared pairs, and what proposed them. A record of somebody entered n times counts 1/n of a person.
    """
    states = [
        family.prepare_profiles(profiles, state, population.get(family.name, {}))
        for family, state in zip(gallery.families, gallery.states, strict=True)
    ]
    candidates = propose(gallery, states, profiles.num_rows, None if known is None else known.pairs())
    pairs = count_people(candidates.pairs, gallery, profiles.num_rows)
    families = compare(gallery, states, pairs, candidates.hits)
    return Observations(pairs, families, profiles.num_rows, gallery.people), candidates


def propose(
    gallery: Gallery, states: Sequence[Any], profiles: int, also: tuple[Int64s, Int64s] | None = None
) -> Candidates:
    """The pairs of a batch.

    Args:
        gallery: The customers.
        states: For each family its prepared profiles.
        profiles: Number of profiles.
        also: Profiles and customers that are compared whatever their keys say.
    """
    keys = [family.profile_keys(state) for family, state in zip(gallery.families, states, strict=True)]
    confirm = confirmers(gallery, states)
    return propose_pairs(gallery.blocks, keys, profiles=profiles, customers=len(gallery), also=also, confirm=confirm)


def compare(
    gallery: Gallery, states: Sequence[Any], pairs: Pairs, hits: Sequence[Hits]
) -> dict[str, tuple[Mixture, ...]]:
    """For each family the channels of pairs; what one has settled the others pass over."""
    return silence_settled(
        {
            family.name: family.compare(of_customers, of_profiles, pairs, agreed)
            for family, of_customers, of_profiles, agreed in zip(
                gallery.families, gallery.states, states, hits, strict=True
            )
        }
    )


@keep_made
def _confirming(family: EvidenceFamily) -> ConfirmsKeys | None:
    return family if isinstance(family, ConfirmsKeys) else None


def confirmers(gallery: Gallery, states: Sequence[Any]) -> list[Confirm | None]:
    """For each family what looks again at keys that agree, given the profiles prepared by each."""
    return [
        None if family is None else partial(family.confirm_keys, of_customers, of_profiles)
        for family, of_customers, of_profiles in zip(
            map(_confirming, gallery.families), gallery.states, states, strict=True
        )
    ]


def count_people(pairs: Pairs, gallery: Gallery, profiles: int) -> Pairs:
    """Pairs that count people instead of records; "everybody else" is the last pair of each profile."""
    if len(gallery) == 0:
        return pairs
    single = pairs.customer >= 0
    count = np.where(single, gallery.share[np.maximum(pairs.customer, 0)], pairs.count)
    last = np.append(pairs.profile[1:] != pairs.profile[:-1], True)
    named = np.bincount(pairs.profile[~last], weights=count[~last], minlength=profiles)
    count[last] = np.maximum(gallery.people - named[pairs.profile[last]], 0.0)
    return replace(pairs, count=count)


def score_batch(
    profiles: pa.Table,
    gallery: Gallery,
    model: LinkModel,
    *,
    known: KnownAnswers | None = None,
    observing: Observing = observe,
) -> Scored:
    """Score a batch of profiles; every profile's answer depends on that profile, the gallery and the model alone."""
    observed, candidates = observing(profiles, gallery, model.population, known=known)
    parameters = parameters_of(model, observed)
    bits, by_family, sums, _ = score_pairs(observed, parameters)
    posterior = answer_profiles(observed, parameters, bits, by_family)
    posterior = clamp(posterior, certain_answers(known, observed.pairs, profiles.num_rows))
    shares = {family: tuple(channel.customer for channel in channels) for family, channels in sums.items()}
    return Scored(observed, candidates, bits, by_family, posterior, shares)
