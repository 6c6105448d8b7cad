"""Erasing customers from a section, in place: their strings, their keys, and what nobody else has in any dictionary."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.blocking.candidates import KeyBlocks
from sociolink.evidence.erasing import Erasure, forget_facts, forget_holders, forget_words
from sociolink.evidence.facts import Holders, KnownFacts
from sociolink.evidence.protocol import EvidenceFamily, Keys
from sociolink.index.drafts import Draft
from sociolink.index.row_bytes import locate_bytes
from sociolink.linking.sections import Section
from sociolink.text.runs import expand_runs

__all__ = ["erase_rows"]

Int64s = npt.NDArray[np.int64]

_FEW, _MORE = 2, 5


def erase_rows(
    draft: Draft,
    section: Section,
    rows: Int64s,
    families: tuple[EvidenceFamily, ...],
    population: Mapping[str, Mapping[str, Any]],
    *,
    void: int,
) -> None:
    """Erase rows of a section.

    Args:
        draft: The section's segment, to be changed.
        section: The section, as a view of the draft.
        rows: (erased,) int64, ascending.
        families: The evidence families.
        population: What each family learned.
        void: The row in whose name what is left of erased rows goes on, so that nothing tells them apart.
    """
    customers = pa.concat_tables([section.customers.take(pa.array(rows))]).combine_chunks()
    flags = np.zeros(len(section), np.bool_)
    flags[rows] = True
    for family, state, blocks in zip(families, section.states, section.blocks, strict=True):
        entries = _erase_keys(draft, blocks, flags, void)
        learned = population.get(family.name, {})
        of_rows = _row_arrays(family, state, section, learned)
        own = None if hasattr(family, "grow") else family.prepare_customers(customers, learned)
        _erase_state(draft, state, own, rows, entries, of_rows, void)
        if hasattr(family, "forget"):
            family.forget(state, Erasure(draft, rows, entries, customers, section.customers, blocks.key))
    _erase_codes(draft, section, flags, void)
    draft.overwrite(section.id_rank, rows, 0)
    for begins, sizes in locate_bytes(section.customers, rows, draft):
        draft.blank(begins, sizes)


def _erase_keys(draft: Draft, blocks: KeyBlocks, flags: npt.NDArray[np.bool_], void: int) -> Int64s:
    """Take rows out of their blocks; returns the entries of the family's ascending keys that were theirs."""
    at = np.flatnonzero(flags[blocks.row])
    block = np.unique(np.searchsorted(blocks.start, at, side="right") - 1)
    draft.overwrite(blocks.row, at, void)
    alone = _all_dead(blocks.start[block], blocks.start[block + 1], blocks.row, flags, void)
    forget_words(draft, blocks.key, blocks.key[block[alone]])
    return at


def _all_dead(
    begin: Int64s, end: Int64s, row: npt.NDArray[np.int32], flags: npt.NDArray[np.bool_], void: int
) -> npt.NDArray[np.bool_]:
    """(runs,) whether nobody is left in each run of rows; those that begin with somebody who stays are not read on."""
    if len(row) == 0:
        return np.ones(len(begin), np.bool_)
    opens = row[np.minimum(begin, len(row) - 1)]
    dead = (begin == end) | flags[opens] | (opens == void)
    maybe = np.flatnonzero(dead)
    run, entry = expand_runs(begin[maybe], (end - begin)[maybe])
    living = ~flags[row[entry]] & (row[entry] != void)
    dead[maybe] = np.bincount(run, weights=living, minlength=len(maybe)) == 0
    return np.asarray(dead, np.bool_)


def _erase_codes(draft: Draft, section: Section, flags: npt.NDArray[np.bool_], void: int) -> None:
    """Take rows out of the codes by which records of one person are found."""
    at = np.flatnonzero(flags[section.code_row])
    draft.overwrite(section.code_row, at, void)
    code = section.code[at]
    first = np.searchsorted(section.code, code, side="left")
    last = np.searchsorted(section.code, code, side="right")
    forget_words(draft, section.code, code[_all_dead(first, last, section.code_row, flags, void)])


def _row_arrays(
    family: EvidenceFamily, state: Any, section: Section, population: Mapping[str, Any]
) -> frozenset[tuple[str, ...]]:
    """Paths of the arrays of a state that have one entry a row: those that grow with rows on which nothing stands."""
    lengths: list[dict[tuple[str, ...], int]] = []
    for size in (_FEW, _MORE):
        blank = pa.table(
            [pa.nulls(size, field.type) for field in section.customers.schema], schema=section.customers.schema
        )
        found: dict[tuple[str, ...], int] = {}
        prepared = family.prepare_customers(blank, population, background=state)
        _walk(prepared, (), lambda path, array, found=found: found.__setitem__(path, len(array)))  # type: ignore[misc]
        lengths.append(found)
    few, more = lengths
    return frozenset(path for path, length in few.items() if length == _FEW and more.get(path) == _MORE)


def _walk(value: Any, path: tuple[str, ...], visit: Callable[[tuple[str, ...], npt.NDArray[Any]], None]) -> None:
    if isinstance(value, np.ndarray):
        visit(path, value)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            _walk(item, (*path, str(number)), visit)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            _walk(getattr(value, field.name), (*path, field.name), visit)


def _erase_state(
    draft: Draft,
    value: Any,
    own: Any,
    rows: Int64s,
    entries: Int64s,
    of_rows: frozenset[tuple[str, ...]],
    void: int,
    path: tuple[str, ...] = (),
) -> None:
    """Erase what a state says of rows, part by part; `own` is the state of these rows alone."""
    if isinstance(value, KnownFacts):
        forget_facts(draft, value, rows)
    elif isinstance(value, Holders):
        if own is not None:
            forget_holders(draft, value, own.key, own.count)
    elif isinstance(value, Keys):
        draft.overwrite(value.key, entries, np.uint64(0))
        draft.overwrite(value.row, entries, void)
    elif isinstance(value, np.ndarray):
        if path in of_rows:
            blank = 1 if np.issubdtype(value.dtype, np.floating) else 0  # a chance of 1 says nothing about anybody
            draft.overwrite(value, rows, np.asarray(blank, value.dtype))
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            part = own[number] if isinstance(own, tuple) and number < len(own) else None
            _erase_state(draft, item, part, rows, entries, of_rows, void, (*path, str(number)))
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            part = getattr(own, field.name, None)
            of_field = getattr(value, field.name)
            _erase_state(draft, of_field, part, rows, entries, of_rows, void, (*path, field.name))
