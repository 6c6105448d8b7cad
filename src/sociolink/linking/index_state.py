"""An index as it is opened: manifest, sections, view and model; and how a new state of it is written."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.errors import IndexFileError
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.index.journal import JOURNAL, finish_journal
from sociolink.index.manifest import Manifest, load_manifest, save_manifest, sweep
from sociolink.index.scratch import Scratch
from sociolink.index.segments import OpenSegment, SegmentHead, open_segment, write_segment
from sociolink.index.storage import Storage
from sociolink.index.trees import layout_of
from sociolink.linking.attachments import of_posts
from sociolink.linking.events_on_record import EventsOnRecord
from sociolink.linking.gallery import Gallery
from sociolink.linking.section_views import view_sections
from sociolink.linking.sections import Section, View, join_sections, registry_of
from sociolink.results.model import LinkModel
from sociolink.text.hashing import HASH_VERSION

__all__ = [
    "BASE",
    "LATER",
    "PREPARATION",
    "VIEW",
    "IndexState",
    "open_state",
    "read_customers_of",
    "write_new",
    "write_state",
]

BASE, LATER, VIEW = "base", "later", "view"
PREPARATION = 1
"""Version of the prepared customers; to be raised when arrays of the same name come to mean something else."""

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, eq=False)
class IndexState:
    """One generation of an index.

    Attributes:
        manifest: What it is made of.
        segments: The mapped files, by role.
        sections: The base, and later customers if there are any.
        view: What joins them.
        galleries: For each section what the kernel needs.
        whole: The customers of all sections.
        families: The evidence families.
        model: The model.
        record: What the events of the customers hold.
    """

    manifest: Manifest
    segments: Mapping[str, OpenSegment]
    sections: tuple[Section, ...]
    view: View
    galleries: tuple[Gallery, ...]
    whole: Gallery
    families: tuple[EvidenceFamily, ...]
    model: LinkModel
    record: EventsOnRecord

    @property
    def alive(self) -> npt.NDArray[np.bool_]:
        """(rows,) whether a row counts: not replaced, not erased."""
        return np.asarray(self.view.share > 0, np.bool_)


def open_state(storage: Storage, evidence: tuple[EvidenceFamily, ...], *, locked: bool = False) -> IndexState:
    """Open the newest generation; what a crash cut short is finished, and what it left behind is removed.

    Args:
        storage: The files.
        evidence: Evidence families, among them those of the index.
        locked: Whether the lock is held.

    Raises:
        IndexFileError: There is no index, or it is damaged, newer, or made with other evidence.
    """
    if JOURNAL in storage.names():
        with nullcontext() if locked else storage.lock():
            finish_journal(storage)
    state = _open_newest(storage, evidence, locked=locked)
    if not locked and set(storage.names()) - state.manifest.names:
        with suppress(IndexFileError), storage.lock(wait=False):
            sweep(storage, load_manifest(storage))
    return state


def _open_newest(storage: Storage, evidence: tuple[EvidenceFamily, ...], *, locked: bool) -> IndexState:
    for attempt in range(_ATTEMPTS):
        manifest = load_manifest(storage)
        try:
            return _open(storage, manifest, evidence)
        except IndexFileError:
            # A writer may have moved on and removed what this generation is made of, or be at work in its files.
            if not locked and JOURNAL in storage.names():
                with storage.lock():
                    finish_journal(storage)
            elif attempt == _ATTEMPTS - 1 or load_manifest(storage).generation == manifest.generation:
                raise
    raise AssertionError


def _open(storage: Storage, manifest: Manifest, evidence: tuple[EvidenceFamily, ...]) -> IndexState:
    facts = manifest.facts
    model = _read_model(storage, manifest)
    families = _families(facts["families"], evidence, model)
    if facts.get("layout") != _layout(families):
        what = "The index was written by a version that prepares customers otherwise"
        raise IndexFileError(f"{what}. Bring it up to date with CustomerIndex.renew or `sociolink index renew`.")
    registry = registry_of(families)
    segments = {role: open_segment(storage, head) for role, head in manifest.segments.items()}
    by_name = {segment.head.name: segment for segment in segments.values()}
    roles = [role for role in (BASE, LATER) if role in segments]
    sections = tuple(segments[role].tree(registry, by_name) for role in roles)
    view = segments[VIEW].tree(registry, by_name)
    galleries, whole = join_sections(sections, view, families)
    record = EventsOnRecord(galleries, tuple(section.customers for section in sections))
    return IndexState(manifest, segments, sections, view, galleries, whole, families, model, record)


def _layout(families: tuple[EvidenceFamily, ...]) -> str:
    """Changes when customers are prepared otherwise: other hashes, other fields, or the same with another meaning."""
    return f"{PREPARATION}-{HASH_VERSION}-{layout_of(registry_of(families)):08x}"


def _families(names: list[str], evidence: tuple[EvidenceFamily, ...], model: LinkModel) -> tuple[EvidenceFamily, ...]:
    known: dict[str, EvidenceFamily] = {one.name: one for one in of_posts(model)}
    known |= {one.name: one for one in evidence}
    absent = [name for name in names if name not in known]
    if absent:
        what = f"The index was built with evidence that is not given: {', '.join(absent)}"
        raise IndexFileError(f"{what}. Pass evidence=...")
    return tuple(known[name] for name in names)


def read_customers_of(
    storage: Storage, evidence: tuple[EvidenceFamily, ...], *, scratch: Scratch | None = None
) -> tuple[pa.Table, tuple[EvidenceFamily, ...], LinkModel, Manifest]:
    """What is the same in all versions: the customers who count, the evidence, the model and the manifest.

    Args:
        storage: The files.
        evidence: Evidence families, among them those of the index.
        scratch: Where the customers go; they stay in memory by default.

    Raises:
        IndexFileError: There is no index, or it is damaged, newer, or made with other evidence.
    """
    manifest = load_manifest(storage)
    share = open_segment(storage, manifest.segments[VIEW]).part("share", {})
    tables = []
    begin = 0
    for role in (BASE, LATER):
        if role in manifest.segments:
            segment = open_segment(storage, manifest.segments[role])
            table = segment.part("customers", {})
            tables.append(_living(segment, table, share[begin : begin + table.num_rows] > 0, scratch))
            begin += table.num_rows
    model = _read_model(storage, manifest)
    families = _families(manifest.facts["families"], evidence, model)
    customers = pa.concat_tables(tables, promote_options="permissive")
    return customers, families, model, manifest


def _living(segment: OpenSegment, table: pa.Table, alive: npt.NDArray[np.bool_], scratch: Scratch | None) -> pa.Table:
    """The rows of a segment that count, in memory or mapped."""
    if scratch is None:
        return table.filter(pa.array(alive))
    scratch.watch(segment.data)
    return scratch.filter_rows(table, pa.array(alive))


def _read_model(storage: Storage, manifest: Manifest) -> LinkModel:
    name = manifest.facts["model"]
    text = bytes(storage.map(name))
    if zlib.crc32(text) != manifest.files.get(name):
        raise IndexFileError("The model of the index is damaged. Restore the index or build it again.")
    return LinkModel.from_dict(json.loads(text))


def write_state(
    storage: Storage,
    before: IndexState,
    *,
    later: Section | None,
    view: View,
    erased: int = 0,
    gone: int = 0,
) -> Manifest:
    """Write later customers and the view beside the base that is there; the manifest is not replaced yet.

    Args:
        storage: The files.
        before: The state of before.
        later: Later customers; None for none.
        view: What joins them with the base.
        erased: Customers erased by this change.
        gone: Rows of the base that they leave empty.

    Returns:
        The manifest that makes this the state of the index.
    """
    generation = before.manifest.generation + 1
    base = before.segments[BASE]
    heads: dict[str, SegmentHead] = {BASE: base.head}
    if later is not None:
        heads[LATER] = write_segment(storage, f"later-{generation}", later, elsewhere=base.places())
    heads[VIEW] = write_segment(storage, f"view-{generation}", view)
    said = before.manifest.facts
    facts = {**said, **_counts(view, later), "erased": said["erased"] + erased, "gone": said["gone"] + gone}
    return Manifest(generation, heads, before.manifest.files, facts)


def write_new(
    storage: Storage,
    base: Section,
    families: tuple[EvidenceFamily, ...],
    model: LinkModel,
    *,
    generation: int = 1,
    scratch: Scratch | None = None,
) -> Manifest:
    """Write an index of one section, and make it the state of the storage, with the lock held; see `write_segment`."""
    view = view_sections(base)
    text = json.dumps({**model.to_dict(), "model_id": model.model_id}).encode()
    name = f"model-{model.model_id}.json"
    storage.put(name, [text])
    heads = {
        BASE: write_segment(storage, f"base-{generation}", base, scratch=scratch),
        VIEW: write_segment(storage, f"view-{generation}", view),
    }
    facts: dict[str, Any] = {
        "families": [family.name for family in families],
        "layout": _layout(families),
        "model": name,
        "erased": 0,
        "gone": 0,
        **_counts(view, None),
    }
    manifest = Manifest(generation, heads, {name: zlib.crc32(text)}, facts)
    save_manifest(storage, manifest)
    sweep(storage, manifest)
    return manifest


def _counts(view: View, later: Section | None) -> dict[str, int]:
    return {
        "customers": int((view.share > 0).sum()),
        "people": view.people,
        "rows": len(view.share),
        "later": 0 if later is None else len(later),
    }
