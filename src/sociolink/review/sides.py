"""The two sides of a question: what the profile says, and what is on record of the customer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.records.columns import Kind, table_spec
from sociolink.records.readers import read_table

__all__ = ["Sides", "read_sides"]

Side = Mapping[str, str]

_LEFT_OUT: Final = ("profile_id", "customer_id", "user_id", "consent")


@dataclass(frozen=True, slots=True)
class Sides:
    """What is known of profiles and customers, for cards.

    Attributes:
        profiles: For each profile its columns that are filled, by label.
        customers: For each customer, likewise.
    """

    profiles: Mapping[str, Side] = field(default_factory=dict)
    customers: Mapping[str, Side] = field(default_factory=dict)


def read_sides(
    *,
    profiles: Any = None,
    customers: Any = None,
    mapping: Any = None,
    profile_ids: Collection[str],
    customer_ids: Collection[str],
) -> Sides:
    """Read what is known of some profiles and customers.

    Args:
        profiles: The profiles, as for `link`; nothing is shown of them if not given.
        customers: The customers, likewise.
        mapping: Column mapping, where columns are not canonical.
        profile_ids: Which profiles to keep.
        customer_ids: Which customers to keep.

    Raises:
        InputError: A table cannot be read.

    Examples:
        >>> table = pa.table({"profile_id": ["p1"], "platform": ["x"], "handle": ["jo"], "display_name": ["Jo"]})
        >>> read_sides(profiles=table, profile_ids=["p1"], customer_ids=[]).profiles
        {'p1': {'platform': 'x', 'handle': 'jo', 'display name': 'Jo'}}
    """
    return Sides(
        {} if profiles is None else _rows(profiles, "profiles", profile_ids, mapping),
        {} if customers is None else _rows(customers, "customers", customer_ids, mapping),
    )


def _rows(source: Any, kind: Kind, ids: Collection[str], mapping: Any) -> dict[str, Side]:
    table = read_table(source, kind, mapping=mapping).table
    key = table_spec(kind).key or ""
    own = table.filter(pc.is_in(table[key], pa.array(list(ids), pa.string())))
    names = [name for name in table_spec(kind).names if name not in _LEFT_OUT]
    return {
        str(row[key]): {name.replace("_", " "): _say(row[name]) for name in names if row[name] not in (None, "", [])}
        for row in own.to_pylist()
    }


def _say(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
