"""Changes of an index: later customers beside the base."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.index.manifest import save_manifest, sweep
from sociolink.index.storage import Storage
from sociolink.linking.gallery import in_content_order
from sociolink.linking.index_events import put_on_record
from sociolink.linking.index_state import IndexState, write_state
from sociolink.linking.section_views import rows_of_ids, view_sections
from sociolink.linking.sections import Section, build_section, grow_states, kept_columns
from sociolink.rendering.numbers import say_count

__all__ = ["IndexChange", "add_customers", "build_later", "living_customers"]

Int64s = npt.NDArray[np.int64]
_SAID = {"absent": "not in the index", "unplaced": "events of customers not in the index"}


@dataclass(frozen=True, slots=True)
class IndexChange:
    """What a change did.

    Attributes:
        added: Customers that were not there.
        replaced: Customers whose record was replaced by a newer one.
        refused: Customers left out because consent was refused.
        rejected: Rows that could not be used.
        erased: Customers who were erased, those who refused now among them.
        absent: Ids to erase that were not in the index.
        events: Events put on record, also those in the place of an earlier one of the same id.
        unplaced: Events of customers who are not in the index; they are passed over.
    """

    added: int = 0
    replaced: int = 0
    refused: int = 0
    rejected: int = 0
    erased: int = 0
    absent: int = 0
    events: int = 0
    unplaced: int = 0

    def __str__(self) -> str:
        counts = ((_SAID.get(name, name), getattr(self, name)) for name in self.__slots__)
        return ", ".join(f"{say_count(count)} {name}" for name, count in counts if count) or "nothing changed"


def living_customers(state: IndexState, *, without: pa.Array | None = None) -> tuple[pa.Table | None, Int64s]:
    """Later customers who stay, and the rows of the base that count no more.

    Args:
        state: The index.
        without: Ids that leave.
    """
    base = state.sections[0]
    alive = state.alive
    gone = ~alive[: len(base)]
    stay = alive[len(base) :].copy()
    if without is not None:
        gone[rows_of_ids(base, without)] = True
    if len(state.sections) == 1:
        return None, np.flatnonzero(gone)
    later = state.sections[1]
    if without is not None:
        stay[rows_of_ids(later, without)] = False
    return later.customers.filter(pa.array(stay)), np.flatnonzero(gone)


def build_later(state: IndexState, base: Section, customers: pa.Table) -> Section | None:
    """Later customers, prepared with the frequencies of a base; None where there are none."""
    if customers.num_rows == 0:
        return None
    ordered = in_content_order(customers.select(base.customers.column_names), "customer_id")
    population = state.model.population
    background = grow_states(base, ordered, state.families, population)
    return build_section(ordered, state.families, population, background=background)


def add_customers(
    storage: Storage, state: IndexState, customers: pa.Table | None, events: pa.Table | None = None
) -> IndexChange:
    """Add customers, or replace those of the same id, and put events on record; the lock must be held.

    All later customers are one section that is built again: what an index says depends on its base and on who came
    later, not on the steps in which they came.
    """
    base = state.sections[0]
    given = base.customers.slice(0, 0) if customers is None else kept_columns(customers, state.families)
    there = state.whole.ids.filter(pa.array(state.alive))
    replaced = int(pc.sum(pc.is_in(there, value_set=given.column("customer_id").combine_chunks())).as_py() or 0)
    new, placed, unplaced = put_on_record(state, given, events)
    if new.num_rows == 0:
        return IndexChange(unplaced=unplaced)
    staying, gone = living_customers(state, without=new.column("customer_id").combine_chunks())
    tables = [base.customers.slice(0, 0), new] + ([] if staying is None else [staying])
    later = build_later(state, base, pa.concat_tables(tables, promote_options="permissive"))
    manifest = write_state(storage, state, later=later, view=view_sections(base, later, gone=gone))
    save_manifest(storage, manifest)
    sweep(storage, manifest)
    added = given.num_rows - replaced
    return IndexChange(added=added, replaced=replaced, events=placed, unplaced=unplaced)
