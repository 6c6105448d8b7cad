"""The main job: from two tables to ranked links with a confidence."""

from __future__ import annotations

import os
from typing import Any

from sociolink.calibration.decisions import DecisionRule
from sociolink.engines.protocol import Engine
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.attachments import attach, with_events
from sociolink.linking.batches import BATCH_PROFILES, LinkState, decide_rows, default_engine, link_kernel, map_profiles
from sociolink.linking.checkpoint import open_checkpoint
from sociolink.linking.companions import keys_of_profiles, phrases_of
from sociolink.linking.decoys import estimate_false_links
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.experience import DefaultModel, shipped_default
from sociolink.linking.inputs import read_inputs, require_policy
from sociolink.linking.known_accounts import collect_known_accounts
from sociolink.linking.limits import limits_of, relieve, scratch_of, warn_of_limit
from sociolink.linking.mapped_gallery import order_within
from sociolink.linking.parameters import check_known, check_parameters, load_model
from sociolink.linking.readiness import make_ready
from sociolink.linking.summary import Stopwatch, summarise_run
from sociolink.rendering.progress import Progress, shows_progress
from sociolink.results.links import Links
from sociolink.results.model import LinkModel

__all__ = ["link"]


@shows_progress
def link(
    profiles: Any,
    customers: Any,
    *,
    policy: Any,
    posts: Any = None,
    events: Any = None,
    known: Any = None,
    model: LinkModel | str | os.PathLike[str] | None = None,
    default: DefaultModel | None = None,
    mapping: Any = None,
    evidence: tuple[EvidenceFamily, ...] = DEFAULT_EVIDENCE,
    top: int = 5,
    seed: int = 0,
    engine: Engine | None = None,
    threads: int | None = None,
    memory_limit: str | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Progress | bool | None = None,
) -> Links:
    """Link social profiles to customers.

    Args:
        profiles: Profiles: a path (CSV, Parquet, JSON lines) or any table with `__arrow_c_stream__`; columns as in
            the table of canonical columns, `platform` and `handle` required. None takes the authors of the posts.
        customers: Customers, likewise; `customer_id` and some name or contact.
        policy: Why and by whom people are linked: a `Policy` or the name of a preset.
        posts: Posts of the profiles, to count and to show beside the links; with events also as evidence.
        events: Events of the customers, likewise. Where both are given, what posts say is compared with what happened
            to customers (`docs/posts.md`).
        known: Existing links (profile_id, customer_id; null for nobody): certain answers.
        model: A fitted model, or its path; by default one is fitted to these tables.
        default: What other populations taught, where a model is fitted; what is shipped by default.
        mapping: Column mapping, where columns are not canonical.
        evidence: The evidence families; those of the default and more take in events where posts and events are given.
        top: Most customers listed for a profile.
        seed: Seed of the decoys.
        engine: What moves the rows; DuckDB by default.
        threads: How many threads prepare and link; as many as there are cores by default.
        memory_limit: Memory that the run may take, e.g. "4GiB" or "50%"; what exceeds it goes to temporary files, and
            the links are the same (`docs/speed.md`). An engine of one's own has its own limit besides.
        checkpoint: Folder that keeps the model and every finished batch, so that a run that was killed goes on where it
            stopped, and ends with the same links. Its files hold links; remove it when they are written.
        progress: True shows the stages, in a terminal or a notebook; or what is called with the name of each.

    Returns:
        The links: for each profile the best customers, nobody and the rest, with probabilities that sum to 1.

    Raises:
        InputError: A table cannot be used; lists all problems.
        NothingToLinkError: There are no usable profiles or customers.
        PolicyError: No policy was given.
        ModelError: The model does not fit.

    Examples:
        >>> import sociolink as sl
        >>> people = [{"customer_id": "c1", "given_name": "Xenia", "family_name": "Quartermain"}]
        >>> accounts = [{"profile_id": "p1", "platform": "github", "handle": "xeniaquartermain"}]
        >>> links = sl.link(accounts, people, policy=sl.Policy.research(who="docs"))
        >>> links.table["customer_id"].to_pylist()
        ['c1']
    """
    clock = Stopwatch(progress if callable(progress) else None)
    checked = require_policy(policy)
    loaded = load_model(model)
    evidence = with_events(evidence, posts=posts, events=events, model=loaded)
    warnings = check_parameters(top, loaded, evidence)
    default_engine(threads, memory_limit)
    limits = limits_of(memory_limit)
    clock("reading")
    sources = {"profiles": profiles, "customers": customers, "posts": posts, "events": events, "truth": known}
    scratch = scratch_of(limits)
    inputs = read_inputs(sources, mapping=mapping, scratch=scratch)
    of_profiles, of_customers, of_known = (inputs.tables.get(kind) for kind in ("profiles", "customers", "truth"))
    assert of_profiles is not None
    assert of_customers is not None
    warnings += check_known(of_known, of_profiles, of_customers)
    warnings += warn_of_limit(limits, profiles=of_profiles.num_rows, customers=of_customers.num_rows)
    of_customers = order_within(of_customers, limits, threads=threads)
    of_profiles, of_customers = attach({**inputs.tables, "customers": of_customers}, evidence, scratch)
    saved = None
    if checkpoint is not None:
        settings = f"{top} {BATCH_PROFILES} {evidence!r} {loaded and loaded.model_id} {default or shipped_default()!r}"
        saved = open_checkpoint(checkpoint, (of_profiles, of_customers, of_known), settings)
        loaded = loaded or saved.load_model()
    ready = make_ready(
        (of_profiles, of_customers, of_known),
        loaded,
        evidence,
        saved=saved,
        default=default,
        seed=seed,
        threads=threads,
        limits=limits,
        clock=clock,
    )
    loaded, gallery = ready.model, ready.gallery
    clock("linking")
    state = LinkState(gallery, loaded, top, of_known, saved, limits)
    rule = DecisionRule()
    table, counted = decide_rows(
        map_profiles(
            of_profiles, link_kernel, state, gallery.families, engine=engine, threads=threads, memory_limit=memory_limit
        ),
        rule,
    )
    clock("counting false links on decoys")
    relieve(limits)
    decoys = estimate_false_links(
        of_profiles,
        of_customers,
        table,
        gallery,
        loaded,
        known=of_known,
        halves=ready.halves,
        sample=ready.sample,
        seed=seed,
        threads=threads,
    )
    clock("done")
    report = summarise_run(
        counted,
        table,
        inputs,
        loaded,
        gallery,
        decoys,
        policy=checked,
        warnings=warnings,
        clock=clock,
        seed=seed,
        rule=rule,
    )
    return Links(
        table=table,
        rejects=inputs.rejects,
        repairs=inputs.repairs,
        model=loaded,
        report=report,
        posts=inputs.tables.get("posts"),
        events=inputs.tables.get("events"),
        phrases=phrases_of(gallery, loaded),
        profile_keys=keys_of_profiles(of_profiles),
        known_accounts=collect_known_accounts(of_customers, gallery),
    )
