"""The main job: from two tables to ranked links with a confidence."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import DecisionRule
from sociolink.engines.protocol import Engine, Kernel
from sociolink.errors import InvalidParameterError, ModelError, NothingToLinkError
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.attachments import attach, with_events
from sociolink.linking.checkpoint import Checkpoint, open_checkpoint
from sociolink.linking.decoys import estimate_false_links
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.experience import DefaultModel, shipped_default
from sociolink.linking.fit import fit_tables
from sociolink.linking.gallery import Gallery
from sociolink.linking.inputs import read_inputs, require_policy
from sociolink.linking.kernel import Observing, observe, score_batch
from sociolink.linking.known import match_known
from sociolink.linking.known_accounts import collect_known_accounts
from sociolink.linking.limits import Limits, exceeds, limits_of, relieve, warn_of_limit
from sociolink.linking.mapped_gallery import build_within, order_within
from sociolink.linking.orphans import Half, build_halves
from sociolink.linking.ranking import links_schema, rank_links
from sociolink.linking.summary import Stopwatch, summarise_run
from sociolink.rendering.progress import Progress, shows_progress
from sociolink.results.decisions import decide_table
from sociolink.results.links import Links
from sociolink.results.model import LinkModel
from sociolink.text.handles import parse_handles

if TYPE_CHECKING:
    from sociolink.engines.duckdb import DuckDBEngine

__all__ = [
    "BATCH_PROFILES",
    "LinkState",
    "check_known",
    "decide_rows",
    "keys_of_profiles",
    "link",
    "link_kernel",
    "links_only",
    "load_model",
    "map_profiles",
    "phrases_of",
    "rank_batch",
]

BATCH_PROFILES = 10_000


@dataclass(frozen=True, slots=True)
class LinkState:
    """What the kernel knows besides its batch; frozen.

    Attributes:
        gallery: The customers.
        model: The model.
        top: Most customers listed for a profile.
        known: Existing links, or None.
        checkpoint: Where finished batches are kept, or None.
        limits: What the run may take of the memory, or None.
    """

    gallery: Gallery
    model: LinkModel
    top: int
    known: pa.Table | None
    checkpoint: Checkpoint | None = None
    limits: Limits | None = None


def link_kernel(batch: pa.RecordBatch, state: LinkState) -> pa.RecordBatch:
    """Links of a batch of profiles; `_row` numbers them, everything else is canonical."""
    if state.checkpoint is None:
        return _link_batch(batch, state)
    first = int(batch.column("_row")[0].as_py())
    return state.checkpoint.batch(state.model, first, lambda: _link_batch(batch, state))


def _link_batch(batch: pa.RecordBatch, state: LinkState) -> pa.RecordBatch:
    relieve(state.limits)
    return rank_batch(batch, state.gallery, state.model, known=state.known, top=state.top)


def rank_batch(
    batch: pa.RecordBatch,
    gallery: Gallery,
    model: LinkModel,
    *,
    known: pa.Table | None,
    top: int,
    observing: Observing = observe,
) -> pa.RecordBatch:
    """Score a batch of numbered profiles, and list the best customers of each."""
    profiles = pa.Table.from_batches([batch])
    answers = match_known(known, profiles, gallery)
    scored = score_batch(profiles, gallery, model, known=answers, observing=observing)
    return rank_links(scored, gallery, rows=batch.column("_row"), profile_ids=batch.column("profile_id"), top=top)


def map_profiles(
    profiles: pa.Table,
    kernel: Kernel,
    state: Any,
    families: tuple[EvidenceFamily, ...],
    *,
    engine: Engine | None,
    threads: int | None,
    memory_limit: str | None,
) -> pa.Table:
    """Rows of `links_schema` for all profiles, in their order, by a kernel on an engine; DuckDB by default."""
    numbered = profiles.append_column("_row", pa.array(np.arange(profiles.num_rows)))
    schema = links_schema(tuple(family.name for family in families))
    with nullcontext(engine) if engine is not None else _default_engine(threads, memory_limit) as chosen:
        mapped = chosen.map_batches(chosen.scan(numbered), kernel, state, schema=schema, batch_rows=BATCH_PROFILES)
        return chosen.collect(mapped, order_by=("_row", "rank"))


def links_only(rows: pa.Table) -> pa.Table:
    """The rows without what is only counted."""
    return rows.drop_columns([name for name in rows.column_names if name.startswith("_")])


def decide_rows(rows: pa.Table, rule: DecisionRule) -> tuple[pa.Table, pa.Table]:
    """The links with their decisions; and what was only counted, one row a profile in the same order."""
    table = decide_table(links_only(rows), rule).combine_chunks()
    counted = rows.select([name for name in rows.column_names if name.startswith("_")])
    return table, counted.filter(pc.less_equal(rows.column("rank"), 1)).combine_chunks()


def load_model(model: Any) -> LinkModel | None:
    """The model that was given, or that of the path that was given."""
    if isinstance(model, str | os.PathLike):
        return LinkModel.load(os.fspath(model))
    if model is None or isinstance(model, LinkModel):
        return model
    raise InvalidParameterError(f"model is a {type(model).__name__}; it must be a LinkModel or the path of one.")


def _check_parameters(top: int, model: LinkModel | None, evidence: tuple[EvidenceFamily, ...]) -> tuple[str, ...]:
    if not isinstance(top, int) or not 1 <= top <= 1000:
        raise InvalidParameterError(f"top is {top!r}; it must be a whole number from 1 to 1000.")
    names = [family.name for family in evidence]
    if not names:
        raise InvalidParameterError("evidence is empty; it must name at least one family.")
    if len(set(names)) < len(names):
        raise InvalidParameterError(f"evidence names a family twice: {', '.join(sorted(names))}.")
    if model is None:
        return ()
    unknown = [name for name in names if name not in model.families]
    gone = [name for name in model.families if name not in names]
    if gone:
        raise ModelError(f"The model was fitted with evidence that is not given: {', '.join(gone)}. Pass evidence=...")
    return tuple(f"the model does not know the evidence {name}: its weight is 0" for name in unknown)


def check_known(known: pa.Table | None, profiles: pa.Table, customers: pa.Table) -> tuple[str, ...]:
    """A warning for each kind of id that existing links name and that is not there."""
    warnings = []
    for key, table in (("profile_id", profiles), ("customer_id", customers)):
        if known is None:
            continue
        named = pc.unique(pc.drop_null(known.column(key)))
        absent = len(named) - (pc.sum(pc.is_in(named, value_set=table.column(key).combine_chunks())).as_py() or 0)
        if absent:
            warnings.append(f"known names {absent} ids of column {key} that are not there; they were passed over")
    return tuple(warnings)


def _check_rows(profiles: pa.Table, customers: pa.Table) -> None:
    for name, table in (("profiles", profiles), ("customers", customers)):
        if table.num_rows == 0:
            raise NothingToLinkError.without_rows(name)


def _ready(
    tables: tuple[pa.Table, pa.Table, pa.Table | None],
    model: LinkModel | None,
    evidence: tuple[EvidenceFamily, ...],
    *,
    saved: Checkpoint | None,
    default: DefaultModel | None,
    seed: int,
    threads: int | None,
    limits: Limits | None,
    clock: Progress,
) -> tuple[LinkModel, Gallery, Future[tuple[Half, ...]] | None]:
    """The model, fitted where none is given; the customers, prepared; and halves of them, if built meanwhile."""
    profiles, customers, known = tables
    if model is not None:
        _check_rows(profiles, customers)
        clock("preparing customers")
        usable = tuple(family for family in evidence if family.name in model.families)
        return model, build_within(customers, usable, model.population, limits=limits, threads=threads), None
    halves: list[Future[tuple[Half, ...]]] = []
    with ThreadPoolExecutor(max_workers=1) as beside:

        def build(gallery: Gallery, population: Mapping[str, Mapping[str, Any]]) -> None:
            if threads != 1 and not exceeds(limits, customers.num_rows):
                halves.append(beside.submit(build_halves, customers, gallery, population, seed=seed, threads=1))

        fitted, gallery = fit_tables(
            profiles,
            customers,
            evidence=evidence,
            known=known,
            default=default,
            threads=threads,
            limits=limits,
            progress=clock,
            prepared=build,
        )
    if saved is not None:
        saved.save_model(fitted)
    return fitted, gallery, next(iter(halves), None)


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
    evidence = with_events(evidence, posts=posts, events=events, known=loaded.families if loaded else ())
    warnings = _check_parameters(top, loaded, evidence)
    _default_engine(threads, memory_limit)
    limits = limits_of(memory_limit)
    clock("reading")
    sources = {"profiles": profiles, "customers": customers, "posts": posts, "events": events, "truth": known}
    inputs = read_inputs(sources, mapping=mapping, scratch=None if limits is None else limits.scratch)
    of_profiles, of_customers, of_known = (inputs.tables.get(kind) for kind in ("profiles", "customers", "truth"))
    assert of_profiles is not None
    assert of_customers is not None
    warnings += check_known(of_known, of_profiles, of_customers)
    warnings += warn_of_limit(limits, profiles=of_profiles.num_rows, customers=of_customers.num_rows)
    of_customers = order_within(of_customers, limits, threads=threads)
    of_profiles, of_customers = attach({**inputs.tables, "customers": of_customers}, evidence)
    saved = None
    if checkpoint is not None:
        settings = f"{top} {BATCH_PROFILES} {evidence!r} {loaded and loaded.model_id} {default or shipped_default()!r}"
        saved = open_checkpoint(checkpoint, (of_profiles, of_customers, of_known), settings)
        loaded = loaded or saved.load_model()
    loaded, gallery, halves = _ready(
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
        of_profiles, of_customers, table, gallery, loaded, known=of_known, halves=halves, seed=seed, threads=threads
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


def _default_engine(threads: int | None, memory_limit: str | None) -> DuckDBEngine:
    """DuckDB, loaded when it is needed; it refuses what it cannot be given."""
    from sociolink.engines.duckdb import DuckDBEngine

    return DuckDBEngine(threads=threads, memory_limit=memory_limit)


def phrases_of(gallery: Gallery, model: LinkModel) -> dict[str, dict[str, str]]:
    """What each component means, by family."""
    out: dict[str, dict[str, str]] = {}
    for family in gallery.families:
        out[family.name] = {}
        for channel, parts in model.weights.items():
            name, _, rest = channel.partition(".")
            if name == family.name:
                out[name].update({f"{rest}:{part}" if rest else part: family.describe(part) for part in parts})
    return out


def keys_of_profiles(profiles: pa.Table) -> pa.Table:
    """What posts can be matched by when they lack a profile id."""
    platform, handle = (profiles.column(name).combine_chunks() for name in ("platform", "handle"))
    parsed = parse_handles(platform, handle)
    return pa.table(
        {
            "profile_id": profiles.column("profile_id"),
            "platform": parsed.platform,
            "handle_core": pc.utf8_lower(parsed.handle),
            "user_id": profiles.column("user_id"),
        }
    )
