"""Labels and truth against the tables that they speak of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, Problem

__all__ = ["check_truth", "unknown_ids"]

_SCHEMA = pa.schema([pa.field("row", pa.int64()), pa.field("column", pa.string()), pa.field("id", pa.string())])


def unknown_ids(table: pa.Table, *, profiles: pa.Table | None = None, customers: pa.Table | None = None) -> pa.Table:
    """The ids in labels, truth or links that the tables do not have.

    Args:
        table: A table with `profile_id` and `customer_id`.
        profiles: Canonical profiles; their ids are not checked if not given.
        customers: Canonical customers; their ids are not checked if not given.

    Returns:
        Columns row (position in the table), column and id; null ids are not unknown.

    Examples:
        >>> truth = pa.table({"profile_id": ["p1", "p9"], "customer_id": ["c1", None]})
        >>> unknown_ids(truth, profiles=pa.table({"profile_id": ["p1"]})).to_pylist()
        [{'row': 1, 'column': 'profile_id', 'id': 'p9'}]
    """
    parts = []
    for name, known in (("profile_id", profiles), ("customer_id", customers)):
        if known is None or name not in table.column_names:
            continue
        ids: Any = table[name].cast(pa.string())
        strange = pc.and_(pc.is_valid(ids), pc.invert(pc.is_in(ids, known[name].cast(pa.string()))))
        rows = np.flatnonzero(strange.to_numpy().astype(bool))
        columns = [pa.array(rows), pa.array([name] * len(rows), pa.string()), ids.take(pa.array(rows))]
        parts.append(pa.table(columns, schema=_SCHEMA))
    return pa.concat_tables(parts) if parts else _SCHEMA.empty_table()


def check_truth(table: pa.Table, *, profiles: pa.Table | None = None, customers: pa.Table | None = None) -> None:
    """Insist that every id in labels or truth is known.

    Args:
        table: A table with `profile_id` and `customer_id`.
        profiles: Canonical profiles.
        customers: Canonical customers.

    Raises:
        InputError: Ids are unknown; says how many of each column, and names the first few.

    Examples:
        >>> check_truth(pa.table({"profile_id": ["p1"]}), profiles=pa.table({"profile_id": ["p1"]}))
    """
    strange = unknown_ids(table, profiles=profiles, customers=customers)
    problems = []
    for name, where in (("profile_id", "profiles"), ("customer_id", "customers")):
        ids = strange.filter(pc.equal(strange["column"], name))["id"].to_pylist()
        if ids:
            what = f"{len(ids)} of {table.num_rows} rows name ids that the {where} do not have"
            remedy = f"Check that both files belong together, and that the {where} were not set aside as rejects."
            problems.append(Problem(f"truth.{name}", what, remedy, rows=ids))
    if problems:
        raise InputError(problems)
