"""Profiles in batches to rows of links: the kernel as an engine runs it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import DecisionRule
from sociolink.engines.protocol import Engine, Kernel
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.checkpoint import Checkpoint
from sociolink.linking.gallery import Gallery
from sociolink.linking.kernel import Observing, observe, score_batch
from sociolink.linking.known import match_known
from sociolink.linking.limits import Limits, relieve
from sociolink.linking.ranking import links_schema, rank_links
from sociolink.results.decisions import decide_table
from sociolink.results.model import LinkModel

if TYPE_CHECKING:
    from sociolink.engines.duckdb import DuckDBEngine

__all__ = [
    "BATCH_PROFILES",
    "LinkState",
    "decide_rows",
    "default_engine",
    "link_kernel",
    "links_only",
    "map_profiles",
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
    scored = score_batch(profiles, gallery, model, known=match_known(known, profiles, gallery), observing=observing)
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
    with nullcontext(engine) if engine is not None else default_engine(threads, memory_limit) as chosen:
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


def default_engine(threads: int | None, memory_limit: str | None) -> DuckDBEngine:
    """DuckDB, loaded when it is needed; it refuses what it cannot be given."""
    from sociolink.engines.duckdb import DuckDBEngine

    return DuckDBEngine(threads=threads, memory_limit=memory_limit)
