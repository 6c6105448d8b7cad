"""The declared specification applied to a whole table: good rows, rejects and repairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.index.scratch import Scratch
from sociolink.records.accounts import make_profile_ids, platforms_of_addresses
from sociolink.records.cells import GatheredColumn, SourceColumn, gather_lists, gather_values
from sociolink.records.columns import Column, TableSpec, arrow_type, table_spec
from sociolink.records.patterns import WHITESPACE
from sociolink.records.rejects import REASONS, Finding, Repair, rejects_table, repairs_table, value_classes
from sociolink.records.strings import as_strings
from sociolink.text.hashing import hash_strings
from sociolink.text.runs import starts_of_runs

__all__ = ["Checked", "check_columns"]

_Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Checked:
    """A table after its checks.

    Attributes:
        table: Canonical columns of the rows that are good, in the order of the source.
        kept: Positions of those rows in what was checked.
        rejects: What was set aside (`REJECTS_SCHEMA`).
        repairs: What was repaired (`REPAIRS_SCHEMA`).
    """

    table: pa.Table
    kept: _Positions
    rejects: pa.Table
    repairs: pa.Table


def check_columns(
    kind: str,
    columns: Mapping[str, Sequence[SourceColumn]],
    *,
    size: int,
    rows: _Positions | None = None,
    scratch: Scratch | None = None,
) -> Checked:
    """Check columns against the declaration of their table.

    A bad value in a required column or in `consent` sets the row aside, any other bad value only itself. Of rows with
    the same id one is kept: the latest `updated_at`, then the fullest, then the first in the order of its text.

    Args:
        kind: One of `KINDS`.
        columns: Source columns of each canonical column; those that are absent are null.
        size: Number of rows.
        rows: Row number in the source of each row, for the rejects; 0, 1, ... if not given.
        scratch: Where large columns go as they are read; they stay in memory by default.

    Returns:
        The good rows with all canonical columns, and what happened to the others.

    Examples:
        >>> ids = [SourceColumn(pa.array([1, 2, 1]))]
        >>> checked = check_columns("customers", {"customer_id": ids}, size=3)
        >>> checked.table["customer_id"].to_pylist(), checked.rejects["reason"].to_pylist()
        (['1', '2'], ['duplicate id'])
    """
    spec = table_spec(kind)
    numbers = np.arange(size, dtype=np.int64) if rows is None else rows
    gathered = _gather(spec, columns, size, scratch)
    made = _make_ids(spec, gathered)
    findings = _findings(spec, made)
    dropped = np.zeros(size, dtype=np.bool_)
    for finding in findings:
        if finding.severity == "row":
            dropped[finding.positions] = True
    table = pa.table([made[name].values for name in spec.names], names=list(spec.names))
    id_column = made[spec.key or spec.columns[0].name]
    ids = id_column.values
    if spec.key is not None:
        repeats = _repeats(table, spec.key, np.flatnonzero(~dropped))
        classes = value_classes(ids.take(pa.array(repeats)))
        findings.append(Finding(spec.key, repeats, "duplicate id", "row", classes))
        dropped[repeats] = True
    kept = np.flatnonzero(~dropped)
    table = table if len(kept) == size else table.take(pa.array(kept))
    repairs = [repair for column in made.values() for repair in column.repairs]
    return Checked(
        table if scratch is None or len(kept) == size else scratch.keep(table),
        kept,
        rejects_table(kind, findings, rows=numbers, ids=ids, order=spec.names),
        repairs_table(kind, repairs, rows=numbers, ids=ids),
    )


def _gather(
    spec: TableSpec, columns: Mapping[str, Sequence[SourceColumn]], size: int, scratch: Scratch | None
) -> dict[str, GatheredColumn]:
    """All columns, two at a time; a handle is read by the rules of its platform, which comes before it."""

    def gather(column: Column) -> GatheredColumn:
        found = read(column)
        return found if scratch is None else scratch.keep(found)

    def read(column: Column) -> GatheredColumn:
        sources = columns.get(column.name, ())
        if not sources:
            return _nulls(column, size)
        if column.multi:
            return gather_lists(column, sources)
        platforms = gathered["platform"].values if column.type == "handle" else None
        return gather_values(column, sources, platforms=platforms)

    gathered: dict[str, GatheredColumn] = {}
    for column in (column for column in spec.columns if column.type == "platform"):
        gathered[column.name] = gather(column)
        if columns.get("handle"):
            gathered["platform"] = _fill_platforms(gathered["platform"], columns["handle"][0])
    rest = [column for column in spec.columns if column.type != "platform"]
    with ThreadPoolExecutor(max_workers=2) as pool:
        gathered.update(zip((column.name for column in rest), pool.map(gather, rest), strict=True))
    return {column.name: gathered[column.name] for column in spec.columns}


def _nulls(column: Column, size: int) -> GatheredColumn:
    return GatheredColumn(
        pa.nulls(size, arrow_type(column)), np.zeros(size, dtype=np.uint8), pa.array([], pa.string()), ()
    )


def _fill_platforms(platform: GatheredColumn, handles: SourceColumn) -> GatheredColumn:
    """Name the platform after the address that stands for the handle, where it is missing."""
    missing = pc.and_(pc.is_null(platform.values), pa.array(platform.codes == 0))
    if not pc.any(missing).as_py():
        return platform
    known = platforms_of_addresses(pc.utf8_trim(as_strings(handles.values).values, WHITESPACE))
    filled = pc.if_else(missing, known, platform.values)
    count = int(pc.count(filled).as_py()) - int(pc.count(platform.values).as_py())
    if not count:
        return platform
    repair = Repair("platform", "taken from the address of the handle", count)
    return GatheredColumn(filled, platform.codes, platform.classes, (*platform.repairs, repair))


def _make_ids(spec: TableSpec, gathered: dict[str, GatheredColumn]) -> dict[str, GatheredColumn]:
    """The columns with `profile_id` made from platform and handle where it is missing."""
    if not spec.makes_profile_id:
        return gathered
    given = gathered["profile_id"]
    missing = pc.and_(pc.is_null(given.values), pa.array(given.codes == 0))
    if not pc.any(missing).as_py():
        return gathered
    made = make_profile_ids(gathered["platform"].values, gathered["handle"].values)
    values = pc.if_else(missing, made, given.values)
    count = int(pc.count(values).as_py()) - int(pc.count(given.values).as_py())
    repairs = (*given.repairs, Repair("profile_id", "made from platform and handle", count)) if count else given.repairs
    return {**gathered, "profile_id": GatheredColumn(values, given.codes, given.classes, repairs)}


def _findings(spec: TableSpec, gathered: Mapping[str, GatheredColumn]) -> list[Finding]:
    findings: list[Finding] = []
    for column in spec.columns:
        own = gathered[column.name]
        severity: Literal["row", "field"] = "row" if column.required or column.type == "consent" else "field"
        for number in np.unique(own.codes[own.codes != 0]).tolist():
            positions = np.flatnonzero(own.codes == number)
            classes = own.classes.filter(pa.array(own.codes[own.codes != 0] == number))
            findings.append(Finding(column.name, positions, REASONS[number], severity, classes))
        if column.required and not column.made:
            findings.append(_missing(column.name, _is_null(own) & (own.codes == 0), "missing"))
    for name, words, other in spec.needs:
        said = pc.fill_null(pc.is_in(gathered[name].values, pa.array(words)), False).to_numpy(zero_copy_only=False)
        findings.append(_missing(other, said & _is_null(gathered[other]), "missing for this verdict"))
    if spec.one_of:
        authorless = np.ones(len(next(iter(gathered.values())).codes), dtype=np.bool_)
        for group in spec.one_of:
            authorless &= np.logical_or.reduce([_is_null(gathered[name]) for name in group])
        findings.append(_missing(spec.one_of[0][0], authorless, "no author"))
    return findings


def _missing(column: str, where: Any, reason: str) -> Finding:
    positions = np.flatnonzero(where)
    return Finding(column, positions, reason, "row", pa.array(["null"] * len(positions), pa.string()))


def _is_null(column: GatheredColumn) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.is_null(column.values).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _repeats(table: pa.Table, key: str, positions: _Positions) -> _Positions:
    """Rows to set aside because another with the same id is kept; the choice does not depend on the order of rows."""
    keys = table[key].combine_chunks()
    keys = pa.concat_arrays(keys.chunks) if isinstance(keys, pa.ChunkedArray) else keys
    hashes = np.sort(hash_strings(keys)[0][positions])
    if not (hashes[1:] == hashes[:-1]).any():
        return np.empty(0, dtype=np.int64)
    numbers = keys.dictionary_encode().indices
    codes = pc.fill_null(numbers, -1).to_numpy(zero_copy_only=False).astype(np.int64)[positions]
    counts = np.bincount(codes[codes >= 0]) if len(codes) else np.zeros(1, dtype=np.int64)
    where = np.flatnonzero((codes >= 0) & (counts[np.maximum(codes, 0)] > 1)) if len(codes) else codes
    if not len(where):
        return np.empty(0, dtype=np.int64)
    own = table.take(pa.array(positions[where]))
    filled = np.sum([pc.is_valid(column).to_numpy() for column in own.columns], axis=0)
    age = own["updated_at"].cast(pa.int64()) if "updated_at" in own.column_names else pa.nulls(len(where), pa.int64())
    text = pc.binary_join_element_wise(*(_as_text(column) for column in own.columns), "\x1f", null_handling="replace")
    ranked = pa.table(
        {"code": codes[where], "age": pc.negate(pc.fill_null(age, -(2**62))), "filled": -filled, "text": text}
    )
    order = pc.sort_indices(ranked, [(name, "ascending") for name in ranked.column_names]).to_numpy()
    first = starts_of_runs(codes[where][order])
    return np.sort(positions[where[order[~first]]])


def _as_text(column: Any) -> Any:
    if pa.types.is_list(column.type):
        return pc.binary_join(column, "\x1e")
    return pc.cast(pc.cast(column, pa.int64()) if pa.types.is_timestamp(column.type) else column, pa.string())
