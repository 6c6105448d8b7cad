"""The door for tables: any source and any headers in; canonical columns, rejects and repairs out."""

from __future__ import annotations

import os
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, Problem
from sociolink.index.scratch import Scratch
from sociolink.records.accounts import platforms_of_addresses
from sociolink.records.aliases import Service, find_service
from sociolink.records.cells import SourceColumn
from sociolink.records.checks import check_columns
from sociolink.records.columns import Kind, TableSpec, table_spec
from sociolink.records.mapping import Header, Mapping, Proposal, likeliest_headers, propose_mapping
from sociolink.records.provenance import SourceInfo
from sociolink.records.rejects import (
    REASONS,
    REJECTS_SCHEMA,
    REPAIRS_SCHEMA,
    Finding,
    Repair,
    join_tables,
    rejects_table,
    repairs_table,
)
from sociolink.records.separated import ReadRows
from sociolink.records.services import first_items, prepare_column
from sociolink.records.sources import open_source
from sociolink.records.strings import as_strings

__all__ = ["Loaded", "read_table"]

Headers = dict[str, tuple[Header, ...]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table that was read.

    Attributes:
        table: All canonical columns in canonical order, then the source's other columns; good rows in their order.
        rejects: What was set aside; see `records.rejects.REJECTS_SCHEMA`.
        repairs: What was repaired; see `records.rejects.REPAIRS_SCHEMA`.
        mapping: The columns that were used: those stated and the sure guesses.
        proposals: Every guess, the unsure ones (not applied) too.
        provenance: Where the table came from.
    """

    table: pa.Table
    rejects: pa.Table
    repairs: pa.Table
    mapping: Mapping
    proposals: tuple[Proposal, ...]
    provenance: SourceInfo


def read_table(
    source: Any,
    kind: Kind,
    *,
    mapping: Mapping | MappingType[str, Any] | str | os.PathLike[str] | None = None,
    scratch: Scratch | None = None,
) -> Loaded:
    """Read a table of one kind from a file or from memory.

    Bad rows never stop the reading and never vanish: they are in `rejects`. Columns under other names are found by the
    mapping, and where that says nothing by known headers; every guess is in `proposals`.

    Args:
        source: Path of a CSV, Parquet or JSON lines file; a table with `__arrow_c_stream__`; or a list of dicts.
        kind: One of `KINDS`.
        mapping: A `Mapping`, a dict, or the path of a TOML file.
        scratch: Where large columns go while others are read; they stay in memory by default.

    Returns:
        The canonical table and what happened on the way.

    Raises:
        InputError: The source cannot be read, the mapping does not fit it, or required columns are missing (all are
            listed, with their likeliest candidates).

    Examples:
        >>> loaded = read_table(pa.table({"Network": ["Twitter"], "screen_name": ["@JSmith84"]}), "profiles")
        >>> loaded.table.select(["profile_id", "platform", "handle"]).to_pylist()
        [{'profile_id': 'x:jsmith84', 'platform': 'x', 'handle': 'JSmith84'}]
    """
    spec = table_spec(kind)
    opened = open_source(source, scratch=scratch)
    read = opened.read
    names = read.table.column_names
    if len(set(names)) < len(names):
        repeated = sorted({name for name in names if names.count(name) > 1})
        raise InputError(Problem(kind, f"columns with the same name: {', '.join(repeated)}", "Rename all but one."))
    stated = _stated(mapping, kind).columns(kind)
    _check_headers(stated, kind, names)
    service = find_service(names, kind)
    headers, proposals = _choose(spec, stated, names, service)
    if names or read.table.num_rows:
        _check_required(spec, headers, read.table)
    sources = _sources(headers, read.table, service, spec)
    checked = check_columns(kind, sources, size=read.table.num_rows, rows=read.rows, scratch=scratch)
    used = {header.name for chosen in headers.values() for header in chosen}
    others, other_rejects = _other_columns(read, used, spec, checked.table[spec.columns[0].name], checked.kept)
    table = checked.table
    for name, column in others.items():
        table = table.append_column(name, column)
    rejects = join_tables([checked.rejects, other_rejects, _broken(read, kind)], REJECTS_SCHEMA)
    rejects = rejects.take(pc.sort_indices(rejects, [("row", "ascending")])) if len(others) or read.broken else rejects
    whole = [Repair("", repair, count) for repair, count in read.repairs]
    repairs = repairs_table(kind, whole, rows=read.rows, ids=pa.nulls(len(read.rows), pa.string()))
    total = read.table.num_rows + len(read.broken)
    info = SourceInfo(
        kind=kind,
        format=opened.format,
        name=opened.name,
        rows=total,
        rejected=total - table.num_rows,
        columns=tuple(names),
        sha256=opened.sha256,
        service=service.name if service else "",
    )
    final = Mapping(
        tuple((kind, canonical, chosen) for canonical, chosen in headers.items() if _renames(canonical, chosen))
    )
    return Loaded(table, rejects, join_tables([repairs, checked.repairs], REPAIRS_SCHEMA), final, proposals, info)


def _stated(mapping: Mapping | MappingType[str, Any] | str | os.PathLike[str] | None, kind: str) -> Mapping:
    if mapping is None:
        return Mapping()
    if isinstance(mapping, Mapping):
        return mapping
    if isinstance(mapping, MappingType):
        return Mapping.from_dict(mapping, kind=kind)
    return Mapping.from_toml(os.fspath(mapping))


def _check_headers(stated: Headers, kind: str, names: list[str]) -> None:
    problems = []
    for canonical, headers in stated.items():
        for header in headers:
            if header.name and header.name not in names:
                near = ", ".join(map(repr, likeliest_headers(canonical, kind, names))) or "none alike"
                what = f"the mapping names {header.name!r}, which the table does not have"
                problems.append(Problem(f"{kind}.{canonical}", what, f"Likeliest columns: {near}."))
    if problems:
        raise InputError(problems)


def _choose(
    spec: TableSpec, stated: Headers, names: list[str], service: Service | None
) -> tuple[Headers, tuple[Proposal, ...]]:
    """The headers of each canonical column: stated, else of the same name, else surely guessed."""
    claimed = {header.name for headers in stated.values() for header in headers}
    proposals = tuple(p for p in propose_mapping(names, spec.kind) if p.canonical not in stated)
    chosen: Headers = {}
    for column in spec.columns:
        sure = [p.header for p in proposals if p.sure and p.canonical == column.name and p.header.name not in claimed]
        if column.name in stated:
            chosen[column.name] = stated[column.name]
        elif sure:
            chosen[column.name] = tuple(sure)
        elif column.name in names and column.name not in claimed:
            chosen[column.name] = (Header(column.name),)
    if service and service.platform and "platform" not in chosen:
        chosen["platform"] = (Header("", value=service.platform),)
    return {name: headers for name, headers in chosen.items() if headers}, proposals


def _check_required(spec: TableSpec, headers: Headers, table: pa.Table) -> None:
    """One error that names every missing column and the columns most likely meant."""
    there = set(headers)
    if "handle" in there and "platform" not in there and "platform" in spec.names:
        handles = as_strings(first_items(table[headers["handle"][0].name])).values if headers["handle"][0].name else []
        if len(handles) and pc.count(platforms_of_addresses(handles)).as_py():
            there.add("platform")
    missing = [
        column.name for column in spec.columns if column.required and not column.made and column.name not in there
    ]
    if spec.one_of and not any(set(group) <= there for group in spec.one_of):
        missing += [name for name in spec.one_of[1] if name not in there and name not in missing]
    used = {header.name for chosen in headers.values() for header in chosen}
    free = [name for name in table.column_names if name not in used]
    problems = []
    for name in missing:
        near = likeliest_headers(name, spec.kind, free)
        candidates = f"Likeliest here: {', '.join(map(repr, near))}. " if near else ""
        constant = " (or platform = {value = 'x'} if all are on one)" if name == "platform" else ""
        remedy = f"{candidates}Rename it, or map it with [{spec.kind}] {name} = 'your column'{constant}"
        where = f"{spec.kind}.{name}"
        problems.append(Problem(where, "the required column is missing", f"{remedy}, by --map or mapping=."))
    if problems and free and not used and not any(likeliest_headers(name, spec.kind, free) for name in missing):
        what = f"no column of {len(free)} has a known name"
        problems.append(Problem(spec.kind, what, "Is the first line data? It must hold the names of the columns."))
    if problems:
        raise InputError(problems)


def _sources(
    headers: Headers, table: pa.Table, service: Service | None, spec: TableSpec
) -> dict[str, list[SourceColumn]]:
    sources: dict[str, list[SourceColumn]] = {}
    for canonical, chosen in headers.items():
        for header in chosen:
            if not header.name:
                values: Any = pa.array([header.value] * table.num_rows, pa.string())
            else:
                values = prepare_column(service, canonical, table[header.name], table=table)
            if not spec.column(canonical).multi:
                values = first_items(values)
            sources.setdefault(canonical, []).append(SourceColumn(values, header.prefix))
    return sources


def _other_columns(
    read: ReadRows, used: set[str], spec: TableSpec, ids: Any, kept: Any
) -> tuple[dict[str, Any], pa.Table]:
    """The columns that are not canonical, for the rows kept; bytes as strings, damaged ones set aside."""
    others: dict[str, Any] = {}
    findings = []
    take = None if len(kept) == read.table.num_rows else pa.array(kept)
    for name in read.table.column_names:
        if name in used:
            continue
        column = read.table[name] if take is None else read.table[name].take(take)
        if pa.types.is_binary(column.type):
            strings = as_strings(column)
            column = strings.values
            positions = np.flatnonzero(strings.codes)
            for number in np.unique(strings.codes[positions]).tolist():
                classes = pa.array(["bytes"] * len(positions), pa.string())
                findings.append(Finding(name, positions, REASONS[number], "field", classes))
        others[f"source.{name}" if name in spec.names else name] = column
    return others, rejects_table(spec.kind, findings, rows=read.rows[kept], ids=ids)


def _broken(read: ReadRows, kind: str) -> pa.Table:
    """Rows of a file that could not even be taken apart."""
    size = len(read.broken)
    columns = [
        [kind] * size,
        [number for number, _ in read.broken],
        [None] * size,
        [None] * size,
        ["row"] * size,
        [reason for _, reason in read.broken],
        ["row"] * size,
    ]
    return pa.table(columns, schema=REJECTS_SCHEMA)


def _renames(canonical: str, headers: tuple[Header, ...]) -> bool:
    return headers != (Header(canonical),)
