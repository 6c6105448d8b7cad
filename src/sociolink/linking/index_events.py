"""Events on record: put beside the customers of an index when it is built, and when events or customers come later."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InvalidParameterError, ModelError
from sociolink.evidence.events.family import Events
from sociolink.evidence.events.record import RECORD_COLUMN, list_record, read_record
from sociolink.evidence.habits.family import Habits
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.index.scratch import Scratch
from sociolink.linking.attachments import with_events
from sociolink.linking.index_state import IndexState
from sociolink.linking.inputs import read_all
from sociolink.linking.section_views import rows_of_ids
from sociolink.records.readers import Loaded
from sociolink.results.model import LinkModel

__all__ = ["put_on_record", "read_changes", "require_hearing", "require_record", "usable_families", "with_record"]


def read_changes(sources: dict[str, Any], *, mapping: Any = None) -> dict[str, Loaded]:
    """Read customers and events, whichever are given.

    Raises:
        InputError: A table cannot be used; lists the problems of both.
        InvalidParameterError: None is given.
    """
    loaded = read_all(sources, mapping=mapping)
    if not loaded:
        raise InvalidParameterError("There is nothing to put into the index: give customers, events or both.")
    return loaded


def usable_families(
    evidence: tuple[EvidenceFamily, ...], model: LinkModel, *, events: bool
) -> tuple[EvidenceFamily, ...]:
    """The families of an index: those that the model knows; events and visits only where there are events.

    Raises:
        InvalidParameterError: There are events, and the evidence leaves them out.
        ModelError: There are events, and the model does not know them.
    """
    name = Events().name
    if events and name not in model.families:
        what = "The model was fitted without posts and events, so that it cannot say what events are worth"
        raise ModelError(f"{what}. Fit it with both: fit(profiles, customers, posts=..., events=...).")
    chosen = with_events(evidence, posts=None, events=None, model=model)
    if not events:
        chosen = tuple(family for family in chosen if family in evidence or family.name == Habits().name)
    if events and all(family.name != name for family in chosen):
        raise InvalidParameterError("evidence leaves out events, and events are given. Add Events() to it.")
    return tuple(family for family in chosen if family.name in model.families)


def with_record(customers: pa.Table, events: pa.Table | None, *, scratch: Scratch | None = None) -> pa.Table:
    """Customers with their events on record, kept in `scratch` if given; as they are where there are none."""
    if events is None:
        return customers
    listed = list_record(events, customers.column("customer_id").combine_chunks())
    return customers.append_column(RECORD_COLUMN, listed if scratch is None else scratch.keep(listed))


def require_record(state: IndexState) -> None:
    """Make sure that an index can take events.

    Raises:
        InvalidParameterError: It was built without.
    """
    if not state.record:
        raise InvalidParameterError("The index was built without events. Build it again with events=...")


def require_hearing(state: IndexState) -> None:
    """Make sure that posts can tell an index anything.

    Raises:
        InvalidParameterError: It was built without events, and none of its evidence reads posts alone.
    """
    if not state.record.hears:
        what = "The index was built without events, and its evidence does not read posts"
        raise InvalidParameterError(f"{what}. Build it again with events=..., or for a model fitted with posts.")


def put_on_record(state: IndexState, customers: pa.Table, events: pa.Table | None) -> tuple[pa.Table, int, int]:
    """Customers who are to be prepared anew, with all their events on record.

    Args:
        state: The index.
        customers: Customers who are added or replaced; these keep the events that they have.
        events: Later events, or None. One whose id is on record replaces that one, whoever has it.

    Returns:
        The customers, with those who are there and whose events change; how many of the events were put on record, and
        how many belong to customers who are not there.
    """
    if not state.record:
        return customers, 0, 0
    ids = customers.column("customer_id").combine_chunks()
    later = read_record(customers.slice(0, 0)) if events is None else events
    wanted = pa.concat_arrays([later.column("customer_id").combine_chunks(), _holders(state, later.column("event_id"))])
    touched = _living(state, wanted.filter(pc.invert(pc.is_in(wanted, value_set=ids))).unique())
    everybody = pa.concat_tables([customers, touched], promote_options="permissive")
    kept = read_record(pa.concat_tables([_living(state, ids), touched]))
    kept = kept.filter(pc.invert(pc.is_in(kept["event_id"], value_set=later["event_id"].combine_chunks())))
    record = pa.concat_tables([kept, later.select(kept.column_names)], promote_options="permissive").combine_chunks()
    everybody_ids = everybody.column("customer_id").combine_chunks()
    there = pc.sum(pc.is_in(later["customer_id"], value_set=everybody_ids)).as_py() or 0
    plain = everybody.drop_columns([name for name in (RECORD_COLUMN,) if name in everybody.column_names])
    return with_record(plain, record), there, later.num_rows - there


def _living(state: IndexState, ids: pa.Array) -> pa.Table:
    """The rows that count of some customers."""
    begin, tables = 0, []
    for section in state.sections:
        rows = rows_of_ids(section, ids)
        rows = rows[state.alive[begin + rows]]
        tables.append(section.customers.take(pa.array(rows)))
        begin += len(section)
    return pa.concat_tables(tables, promote_options="permissive")


def _holders(state: IndexState, event_ids: Any) -> pa.Array:
    """Ids of the customers who have one of these events on record."""
    found = [pa.array([], pa.string())]
    for section in state.sections if len(event_ids) else ():
        lists = section.customers.column(RECORD_COLUMN).combine_chunks()
        known = pc.struct_field(pc.list_flatten(lists), "event_id")
        at = np.flatnonzero(np.asarray(pc.is_in(known, value_set=event_ids.combine_chunks()), np.bool_))
        rows = pc.list_parent_indices(lists).take(pa.array(at))
        found.append(section.ids.take(rows))
    return pa.concat_arrays(found)
