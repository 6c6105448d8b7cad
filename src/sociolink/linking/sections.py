"""What an index is made of: a base of customers, perhaps a section of later ones, and the view that joins them."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.blocking.candidates import KeyBlocks
from sociolink.errors import IndexFileError
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.index.trees import Registry, classes_of
from sociolink.linking.gallery import Gallery, build_gallery
from sociolink.linking.limits import Limits, exceeds
from sociolink.linking.mapped_gallery import build_within
from sociolink.linking.people import person_codes
from sociolink.records.columns import arrow_schema
from sociolink.text.hashing import UInt64s
from sociolink.text.sorting import sort_stably

__all__ = [
    "Section",
    "View",
    "adopt_states",
    "build_section",
    "grow_states",
    "join_sections",
    "kept_columns",
    "registry_of",
]

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Section:
    """Customers that were prepared together.

    Attributes:
        customers: Their canonical rows, in content order.
        states: For each family the prepared customers.
        blocks: For each family the sorted keys.
        code: (n,) uint64, ascending; see `people.person_codes`.
        code_row: (n,) int32 row of each code.
        person: (rows,) int64 lowest row of the person a record belongs to, among these customers alone.
        id_rank: (rows,) int64 rank of each id among these; 0 for an erased one.
    """

    customers: pa.Table
    states: tuple[Any, ...]
    blocks: tuple[KeyBlocks, ...]
    code: UInt64s
    code_row: Int32s
    person: Int64s
    id_rank: Int64s

    def __len__(self) -> int:
        return int(self.customers.num_rows)

    @property
    def ids(self) -> pa.Array:
        """(rows,) ids."""
        column = self.customers.column("customer_id")
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


@dataclass(frozen=True, slots=True)
class View:
    """What holds for the rows of all sections together, those of the base first.

    Attributes:
        person: (rows,) int64 lowest row of the person a record belongs to.
        share: (rows,) float64, one over the number of records of the person; 0 for a row that counts no more.
        people: Number of people.
        id_rank: (rows,) int64 rank of each id.
    """

    person: Int64s
    share: Floats
    people: int
    id_rank: Int64s


def registry_of(families: tuple[EvidenceFamily, ...]) -> Registry:
    """The classes that an index with these families may hold.

    Raises:
        IndexFileError: A family does not say what its prepared customers are.
    """
    hints: list[Any] = [Section, View]
    for family in families:
        returned = typing.get_type_hints(type(family).prepare_customers).get("return", Any)
        if not isinstance(returned, type):
            what = f"The evidence {family.name} does not say which class its prepare_customers returns"
            raise IndexFileError(f"{what}; an index needs that. Annotate it with a frozen dataclass.")
        hints.append(returned)
    return classes_of(*hints)


def kept_columns(customers: pa.Table, families: tuple[EvidenceFamily, ...]) -> pa.Table:
    """The columns that evidence can read: the canonical ones, and those that a family names in `column` or `keeps`."""
    wanted = {*arrow_schema("customers").names, *(getattr(family, "column", None) for family in families)}
    wanted.update(name for family in families for name in getattr(family, "keeps", ()))
    return customers.select([name for name in customers.column_names if name in wanted])


def build_section(
    customers: pa.Table,
    families: tuple[EvidenceFamily, ...],
    population: Mapping[str, Mapping[str, Any]],
    *,
    background: tuple[Any, ...] | None = None,
    limits: Limits | None = None,
) -> Section:
    """Prepare customers for an index.

    Args:
        customers: Canonical customers, in content order.
        families: The evidence families.
        population: What each family learned.
        background: For each family the prepared customers whose frequencies count; their own by default.
        limits: What customers who count for themselves may take of the memory; all that they need by default.

    Returns:
        The section, the same with limits and without.
    """
    if background is None:
        gallery = build_within(customers, families, population, limits=limits)
    else:
        gallery = build_gallery(customers, families, population, background=background)
    code, code_row = _sorted_codes(customers, limits)
    return Section(customers, gallery.states, gallery.blocks, code, code_row, gallery.person, gallery.id_rank)


def _sorted_codes(customers: pa.Table, limits: Limits | None) -> tuple[UInt64s, Int32s]:
    """Codes of persons, ascending, and the row of each."""
    within = limits if exceeds(limits, customers.num_rows) else None
    row, code = person_codes(customers, section=None if within is None else within.section)
    order, code = sort_stably(code)
    codes = code, row.astype(np.int32)[order]
    return codes if within is None else within.scratch.keep(codes)


def grow_states(
    section: Section,
    customers: pa.Table,
    families: tuple[EvidenceFamily, ...],
    population: Mapping[str, Mapping[str, Any]],
) -> tuple[Any, ...]:
    """The states of a base, knowing what later customers bring along; as background for these.

    A family may have a method `grow(state, customers, population)` for that: new names, for example. What others have
    never seen before they take as they find it.
    """
    return tuple(
        family.grow(state, customers, population.get(family.name, {})) if hasattr(family, "grow") else state
        for family, state in zip(families, section.states, strict=True)
    )


def adopt_states(base: Section, later: Section, families: tuple[EvidenceFamily, ...]) -> tuple[Any, ...]:
    """The states of a base with the background of later customers, so that both read profiles alike.

    A family that has `grow` has `adopt(state, background)` too; `prepare_profiles` must then say the same of both.
    """
    return tuple(
        family.adopt(state, grown) if hasattr(family, "adopt") else state
        for family, state, grown in zip(families, base.states, later.states, strict=True)
    )


def join_sections(
    sections: tuple[Section, ...], view: View, families: tuple[EvidenceFamily, ...]
) -> tuple[tuple[Gallery, ...], Gallery]:
    """Galleries that the kernel works on.

    Args:
        sections: The base, and perhaps later customers.
        view: What joins them.
        families: The evidence families.

    Returns:
        A gallery for each section, for keys and comparisons; and one for all, for ids and people. Rows that count no
        more have an empty id there.
    """
    states = [section.states for section in sections]
    if len(sections) > 1:
        states[0] = adopt_states(sections[0], sections[1], families)
    galleries: list[Gallery] = []
    begin = 0
    for section, of_section in zip(sections, states, strict=True):
        rows = slice(begin, begin + len(section))
        galleries.append(
            Gallery(
                section.ids,
                families,
                of_section,
                section.blocks,
                view.person[rows],
                view.share[rows],
                view.people,
                view.id_rank[rows],
            )
        )
        begin = rows.stop
    ids = galleries[0].ids if len(galleries) == 1 else pa.concat_arrays([one.ids for one in galleries])
    if begin and not view.share.all():
        ids = pc.if_else(pa.array(view.share > 0), ids, "")
    whole = replace(galleries[0], ids=ids, person=view.person, share=view.share, id_rank=view.id_rank)
    return tuple(galleries), whole
