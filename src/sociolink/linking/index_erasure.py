"""Erasing customers from an index and all its files, so that a crash leaves nothing half-done."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.index.drafts import Draft
from sociolink.index.journal import finish_journal, write_journal
from sociolink.index.manifest import encode_manifest, sweep
from sociolink.index.segments import open_segment
from sociolink.index.storage import Storage
from sociolink.linking.erasure import erase_rows
from sociolink.linking.index_changes import IndexChange, build_later, living_customers
from sociolink.linking.index_state import BASE, VIEW, IndexState, write_state
from sociolink.linking.section_views import rows_of_ids, view_sections
from sociolink.linking.sections import registry_of

__all__ = ["erase_customers"]

Int64s = npt.NDArray[np.int64]


def erase_customers(storage: Storage, state: IndexState, ids: pa.Array) -> IndexChange:
    """Erase customers; the lock must be held. Ids that are not there are passed over.

    The base is changed in place. The change is tried on a private copy of its pages; what is different goes into a
    journal of new bytes, then into the file. Later customers are built again without those who are erased.
    """
    base = state.sections[0]
    rows = rows_of_ids(base, ids)
    later = np.empty(0, np.int64) if len(state.sections) == 1 else rows_of_ids(state.sections[1], ids)
    if len(rows) + len(later) == 0:
        return IndexChange()
    names = pa.concat_arrays(
        [base.ids.take(pa.array(rows)), *(one.ids.take(pa.array(later)) for one in state.sections[1:])]
    )
    erased = len(names.unique())
    staying, gone = living_customers(state, without=ids)
    draft = Draft(open_segment(storage, state.segments[BASE].head, private=True))
    base = draft.segment.tree(registry_of(state.families))
    facts = state.manifest.facts
    void = int(facts.get("void", rows[0] if len(rows) else -1))
    alone = view_sections(base, gone=rows) if len(rows) else None
    if alone is not None:
        parted = np.flatnonzero(alone.person != base.person)
        draft.overwrite(base.person, parted, alone.person[parted])
        erase_rows(draft, base, rows, state.families, state.model.population, void=void)
    patches, head = draft.patches(storage)
    segment = replace(draft.segment, head=head)
    before = replace(state, segments={**state.segments, BASE: segment}, sections=(base, *state.sections[1:]))
    new = None if staying is None else build_later(before, base, staying)
    view = (
        alone if alone is not None and new is None and len(gone) == len(rows) else view_sections(base, new, gone=gone)
    )
    manifest = write_state(storage, before, later=new, view=view, erased=erased, gone=len(rows))
    if void >= 0:
        manifest = replace(manifest, facts={**manifest.facts, "void": void})
    old = Draft(open_segment(storage, state.segments[VIEW].head, private=True))
    old.overwrite(old.segment.tree(registry_of(state.families), {segment.head.name: segment}).share, rows, 0.0)
    write_journal(storage, {**patches, **old.patches(storage)[0]}, encode_manifest(manifest))
    finish_journal(storage)
    sweep(storage, manifest)
    return IndexChange(erased=erased)
