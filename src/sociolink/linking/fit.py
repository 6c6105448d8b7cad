"""Fitting a model to profiles and customers, without labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from sociolink.errors import NothingToLinkError
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.attachments import attach, with_events
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.experience import DefaultModel, shipped_default
from sociolink.linking.gallery import Gallery, content_order
from sociolink.linking.inputs import read_inputs, require_policy
from sociolink.linking.kernel import Scored, observe
from sociolink.linking.known import certain_answers, match_known
from sociolink.linking.limits import Limits, limits_of, relieve, scratch_of
from sociolink.linking.mapped_gallery import learn_within, order_within
from sociolink.rendering.progress import Progress, shows_progress
from sociolink.results.model import Coverage, LinkModel
from sociolink.scoring.em import Observations, answer_profiles, fit_parameters, score_pairs
from sociolink.scoring.posterior import Posterior, find_coverage
from sociolink.scoring.weights import Parameters

__all__ = ["MAX_CUSTOMERS", "MAX_PROFILES", "fit", "fit_tables"]

MAX_PROFILES = 10_000
"""EM, and then decoys, look at no more than this many profiles, drawn by their content."""

MAX_CUSTOMERS = 50_000
"""What strangers look like is learned from no more than this many customers, drawn by their content."""

_START = 0.5


def _sample(table: pa.Table, key: str, size: int, threads: int | None) -> pa.Table:
    """At most `size` rows, in an order and a choice that depend on content only."""
    return table.take(pa.array(content_order(table, key, threads=threads)[:size])).combine_chunks()


def fit_tables(
    profiles: pa.Table,
    customers: pa.Table,
    *,
    evidence: tuple[EvidenceFamily, ...] = DEFAULT_EVIDENCE,
    known: pa.Table | None = None,
    default: DefaultModel | None = None,
    threads: int | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    prepared: Callable[[Gallery, Mapping[str, Mapping[str, Any]]], None] = lambda gallery, population: None,
    scored: Callable[[pa.Table, Scored, Gallery, LinkModel], None] = lambda sample, scored, gallery, model: None,
) -> tuple[LinkModel, Gallery]:
    """Fit a model to canonical tables.

    Args:
        profiles: Canonical profiles.
        customers: Canonical customers, in content order (see `gallery.in_content_order`).
        evidence: The evidence families.
        known: Existing links (profile_id, customer_id; null for nobody): certain answers.
        default: What other populations taught; what is shipped by default.
        threads: How many families learn and prepare at a time; as many as there are cores by default.
        limits: What the customers may take of the memory; all that they need by default.
        progress: Called with the name of each stage.
        prepared: Called with the gallery and what was learned, before the weights are fitted.
        scored: Called with the profiles that were drawn, in content order, how they are answered where nothing is known
            for certain, the gallery and the model.

    Returns:
        The model, and the gallery that was made on the way.

    Raises:
        NothingToLinkError: There are no profiles or no customers.
    """
    if profiles.num_rows == 0 or customers.num_rows == 0:
        empty = "profiles" if profiles.num_rows == 0 else "customers"
        raise NothingToLinkError.without_rows(empty)
    default = default or shipped_default()
    tell = progress or (lambda stage: None)
    tell("learning how strangers look")
    sample = _sample(profiles, "profile_id", MAX_PROFILES, threads)
    few = customers.slice(0, MAX_CUSTOMERS).combine_chunks()
    population, gallery = learn_within(
        customers,
        evidence,
        lambda family: family.learn(sample, few),
        limits=limits,
        learned=lambda: tell("preparing customers"),
        threads=threads,
    )
    prepared(gallery, population)
    tell("comparing a sample")
    relieve(limits)
    answers = match_known(known, sample, gallery)
    observed, candidates = observe(sample, gallery, population, known=answers)
    prior: dict[str, Mapping[str, float]] = {}
    for family in evidence:
        prior.update(family.prior(population[family.name]))
    tell("fitting weights and coverage")
    certain = certain_answers(answers, observed.pairs, sample.num_rows)
    found = fit_parameters(
        observed,
        prior,
        other=default.other,
        lookalike=default.lookalike,
        corrections=default.corrections,
        coverage=_START,
        certain=certain,
    )
    bits, by_family, _, _ = score_pairs(observed, found.parameters)
    posterior = answer_profiles(observed, found.parameters, bits, by_family)
    coverage, findable = _coverages(observed, posterior, found.parameters.coverage)
    model = LinkModel(
        tuple(family.name for family in evidence),
        population,
        _plain_weights(observed, found.parameters),
        {name: share for name, share in default.other.items() if name in population},
        {name: share for name, share in default.lookalike.items() if name in population},
        coverage,
        findable,
        profiles.num_rows,
        customers.num_rows,
        found.rounds,
        found.converged,
        {
            name: (one.for_customer, one.against_customer)
            for name, one in default.corrections.items()
            if name in population
        },
    )
    scored(sample, Scored(observed, candidates, bits, by_family, posterior, {}), gallery, model)
    return model, gallery


def _plain_weights(observed: Observations, parameters: Parameters) -> dict[str, dict[str, float]]:
    """For each channel the weight of every component, by name."""
    channels = [channel for of_family in observed.families.values() for channel in of_family]
    return {
        channel.name: dict(zip(channel.components, parameters.weights[channel.name].tolist(), strict=True))
        for channel in channels
    }


def _coverages(observed: Observations, posterior: Posterior, share: float) -> tuple[Coverage, Coverage]:
    """Coverage and findable coverage with intervals from the profile likelihood."""
    _, low, high = find_coverage(posterior.evidence)
    coverage = Coverage(share, min(low, share), max(high, share))
    found = float(posterior.pair[observed.pairs.customer >= 0].sum()) / max(observed.profiles, 1)
    scale = min(found / max(share, 1e-12), 1.0)
    return coverage, Coverage(coverage.value * scale, coverage.low * scale, coverage.high * scale)


@shows_progress
def fit(
    profiles: Any,
    customers: Any,
    *,
    policy: Any,
    posts: Any = None,
    events: Any = None,
    mapping: Any = None,
    evidence: tuple[EvidenceFamily, ...] = DEFAULT_EVIDENCE,
    known: Any = None,
    default: DefaultModel | None = None,
    memory_limit: str | None = None,
    progress: Progress | bool | None = None,
) -> LinkModel:
    """Fit a model: how people of this population make handles, and how many of the owners are customers.

    Args:
        profiles: Profiles: a path (CSV, Parquet, JSON lines) or any table with `__arrow_c_stream__`.
        customers: Customers, likewise.
        policy: Why and by whom people are linked.
        posts: Posts of the profiles; with events they are evidence, as for `link`.
        events: Events of the customers.
        mapping: Column mapping, where columns are not canonical.
        evidence: The evidence families.
        known: Existing links, as certain answers.
        default: What other populations taught; what is shipped by default.
        memory_limit: As for `link`.
        progress: True shows the stages, in a terminal or a notebook; or what is called with the name of each.

    Returns:
        A model that holds no person and can be saved.

    Raises:
        InputError: A table cannot be used; lists all problems.
        NothingToLinkError: There are no usable profiles or customers.
        PolicyError: No policy was given.
    """
    require_policy(policy)
    limits = limits_of(memory_limit)
    evidence = with_events(evidence, posts=posts, events=events)
    sources = {"profiles": profiles, "customers": customers, "posts": posts, "events": events, "truth": known}
    scratch = scratch_of(limits)
    tables = read_inputs(sources, mapping=mapping, scratch=scratch).tables
    ordered = order_within(tables["customers"], limits)
    of_profiles, of_customers = attach({**tables, "customers": ordered}, evidence, scratch)
    model, _ = fit_tables(
        of_profiles,
        of_customers,
        evidence=evidence,
        known=tables.get("truth"),
        default=default,
        limits=limits,
        progress=progress if callable(progress) else None,
    )
    return model
