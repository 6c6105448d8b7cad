"""Finding and linking in an opened index: the kernel of `link`, over the sections of the index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from sociolink.blocking.candidates import Candidates
from sociolink.calibration.decisions import DecisionRule
from sociolink.engines.protocol import Engine
from sociolink.errors import NothingToLinkError
from sociolink.governance.policy import Policy
from sociolink.linking.batches import decide_rows, links_only, map_profiles, rank_batch
from sociolink.linking.companions import keys_of_profiles, phrases_of
from sociolink.linking.decoys import DecoyEstimate
from sociolink.linking.index_posts import NO_EVENTS, ONLY_HABITS
from sociolink.linking.index_state import IndexState
from sociolink.linking.inputs import read_inputs
from sociolink.linking.kernel import Observing, Scored, observe, score_batch
from sociolink.linking.known_accounts import collect_known_accounts
from sociolink.linking.listing import Listing, list_customers
from sociolink.linking.parameters import check_known
from sociolink.linking.ranking import write_links
from sociolink.linking.section_pairs import observe_sections
from sociolink.linking.summary import Stopwatch, summarise_run
from sociolink.rendering.progress import Progress
from sociolink.results.found import Found, Match
from sociolink.results.links import Links
from sociolink.scoring.em import Observations

__all__ = ["NOT_MEASURED", "SearchState", "find_rows", "known_accounts", "link_profiles", "search_kernel"]

NOT_MEASURED = "not measured: linked against an index"


@dataclass(frozen=True, slots=True)
class SearchState:
    """What the kernel knows besides its batch; frozen.

    Attributes:
        index: The opened index.
        top: Most customers listed for a profile.
        known: Existing links, or None.
    """

    index: IndexState
    top: int
    known: pa.Table | None = None


def search_kernel(batch: pa.RecordBatch, state: SearchState) -> pa.RecordBatch:
    """Links of a batch of profiles; `_row` numbers them, everything else is canonical."""
    index = state.index
    observing = _observing(index)
    return rank_batch(batch, index.whole, index.model, known=state.known, top=state.top, observing=observing)


def _observing(index: IndexState) -> Observing:
    return observe if len(index.galleries) == 1 else partial(_observe, index)


def _observe(
    index: IndexState, profiles: pa.Table, gallery: Any, population: Any, *, known: Any = None
) -> tuple[Observations, Candidates]:
    return observe_sections(profiles, index.galleries, gallery, population, known=known)


def find_rows(
    index: IndexState, profiles: pa.Table, *, top: int, phrases: dict[str, dict[str, str]]
) -> tuple[Found, ...]:
    """What is found for each profile of a small canonical table.

    The rows of a single profile are written when they are asked for. What is kept for that holds ids, bits and
    probabilities, and nothing of the index, which may change.
    """
    count = profiles.num_rows
    if count == 0:
        return ()
    if any(column.num_chunks != 1 for column in profiles.columns):
        profiles = profiles.combine_chunks()
    scored = score_batch(profiles, index.whole, index.model, observing=_observing(index))
    listed = list_customers(scored, index.whole, top)
    ids = profiles.column("profile_id").chunk(0)
    people, coverage = index.view.people, index.model.coverage.value
    nobody, rest = scored.posterior.nobody.tolist(), listed.rest.tolist()
    written = [partial(_write_found, scored, listed, ids)] if count == 1 else _write_each(scored, listed, ids)
    found = zip(ids.to_pylist(), _matches(scored, listed, count), strict=True)
    return tuple(
        Found(profile_id, matches, nobody[row], rest[row], written[row], phrases, people, coverage)
        for row, (profile_id, matches) in enumerate(found)
    )


def _write_found(scored: Scored, listed: Listing, ids: pa.Array) -> pa.Table:
    rows = write_links(scored, listed, rows=pa.array(np.arange(len(ids))), profile_ids=ids)
    return links_only(pa.Table.from_batches([rows]))


def _write_each(scored: Scored, listed: Listing, ids: pa.Array) -> list[Callable[[], pa.Table]]:
    """For each profile what gives its rows of links; all are written now."""
    rows = _write_found(scored, listed, ids)
    sizes = np.maximum(np.bincount(listed.owner, minlength=len(ids)), 1)
    begins = np.cumsum(sizes) - sizes
    return [partial(rows.slice, begin, size) for begin, size in zip(begins.tolist(), sizes.tolist(), strict=True)]


def _matches(scored: Scored, listed: Listing, profiles: int) -> list[tuple[Match, ...]]:
    """The customers that are listed for each profile."""
    bits = {family: scored.by_family[family][listed.pair].tolist() for family in scored.observed.families}
    rows = zip(
        listed.owner.tolist(),
        listed.customer_id.to_pylist(),
        listed.probability.tolist(),
        scored.bits[listed.pair].tolist(),
        listed.group_id.to_pylist(),
        listed.group.tolist(),
        listed.margin.tolist(),
        strict=True,
    )
    out: list[list[Match]] = [[] for _ in range(profiles)]
    for row, (owner, customer, probability, weight, group_id, group, margin) in enumerate(rows):
        of_families = {family: of_family[row] for family, of_family in bits.items()}
        out[owner].append(Match(customer, probability, weight, group_id, group, margin, of_families))
    return [tuple(of_profile) for of_profile in out]


def link_profiles(
    index: IndexState,
    sources: dict[str, Any],
    *,
    policy: Policy,
    accounts: pa.Table,
    mapping: Any,
    top: int,
    engine: Engine | None,
    threads: int | None,
    memory_limit: str | None,
    progress: Progress | None,
) -> Links:
    """Links of profiles against an index; see `CustomerIndex.link`."""
    clock = Stopwatch(progress)
    clock("reading")
    inputs = read_inputs(sources, mapping=mapping, needed=("profiles",))
    profiles, known = inputs.tables["profiles"], inputs.tables.get("truth")
    if profiles.num_rows == 0:
        raise NothingToLinkError.without_rows("profiles")
    warnings = check_known(known, profiles, pa.table({"customer_id": index.whole.ids}))
    said = profiles
    if inputs.tables.get("posts") is not None:
        warnings += () if index.record else (ONLY_HABITS if index.record.hears else NO_EVENTS,)
        said = index.record.attach(profiles, inputs.tables["posts"]) if index.record.hears else profiles
    clock("linking")
    state = SearchState(index, top, known)
    rule = DecisionRule()
    table, counted = decide_rows(
        map_profiles(
            said, search_kernel, state, index.families, engine=engine, threads=threads, memory_limit=memory_limit
        ),
        rule,
    )
    clock("done")
    decoys = DecoyEstimate(0.0, 0.0, 0.0, NOT_MEASURED, 0, 0.0)
    report = summarise_run(
        counted,
        table,
        inputs,
        index.model,
        index.whole,
        decoys,
        policy=policy,
        warnings=warnings,
        clock=clock,
        seed=0,
        rule=rule,
    )
    report = replace(report.without_decoys(), customers=int(index.alive.sum()), decoy_note=NOT_MEASURED)
    return Links(
        table=table,
        rejects=inputs.rejects,
        repairs=inputs.repairs,
        model=index.model,
        report=report,
        posts=inputs.tables.get("posts"),
        events=inputs.tables.get("events"),
        phrases=phrases_of(index.whole, index.model),
        profile_keys=keys_of_profiles(profiles),
        known_accounts=accounts,
    )


def known_accounts(index: IndexState) -> pa.Table:
    """Known accounts of all people; see `collect_known_accounts`."""
    parts, begin = [], 0
    for section in index.sections:
        rows = np.arange(begin, begin + len(section))
        alive = index.alive[rows]
        customers = section.customers if alive.all() else section.customers.filter(pa.array(alive))
        parts.append(collect_known_accounts(customers, index.whole, rows=rows[alive]))
        begin += len(section)
    found = pa.concat_tables(parts)
    return found.group_by(found.column_names, use_threads=False).aggregate([]) if len(parts) > 1 else found
