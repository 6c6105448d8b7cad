"""What enrichment starts from: links, posts, events and customers, read and checked together."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, Problem, SociolinkError
from sociolink.governance.consent import set_aside_refused
from sociolink.governance.policy import Policy
from sociolink.records.columns import Kind, arrow_schema
from sociolink.records.readers import read_table
from sociolink.results.files import check_columns
from sociolink.results.links import Links

__all__ = ["Inputs", "read_inputs"]

_NEEDED = (
    "profile_id", "rank", "customer_id", "probability", "nobody_probability", "rest_probability", "group_probability",
    "decision",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Tables in canonical columns.

    Attributes:
        links: The columns of links that enrichment needs.
        keys: `Links.profile_keys`, if there are any.
        posts: In the order of their ids.
        events: In the order of their ids; empty where none were given.
        customers: Those who did not refuse; None where they were not given.
        refused: Ids of customers who refused.
        policy: As plain values; of the links, unless another was given.
        model_id: Which model made the links.
        sources: Where links, posts, events and customers came from.
        rejected: Rows set aside, by table.
    """

    links: pa.Table
    keys: pa.Table | None
    posts: pa.Table
    events: pa.Table
    customers: pa.Table | None
    refused: pa.Array
    policy: Mapping[str, Any]
    model_id: str
    sources: tuple[Mapping[str, Any], ...]
    rejected: Mapping[str, int]


def read_inputs(
    links: Any,
    posts: Any,
    *,
    events: Any = None,
    customers: Any = None,
    policy: Policy | None = None,
    mapping: Any = None,
    problems: tuple[Problem, ...] = (),
    check: Callable[[pa.Table | None, pa.Table | None, bool], list[Problem]] | None = None,
) -> Inputs:
    """Read everything; what is wrong with it comes in one error.

    Args:
        links: `Links`, or a file of them.
        posts: A table or file of posts; None for those that came with the links.
        events: A table or file of events; None for those that came with the links.
        customers: A table or file of customers, if there are any.
        policy: Instead of that of the links.
        mapping: Column mapping; see `Mapping`.
        problems: What is wrong already.
        check: Looks for more problems in events and customers, knowing whether customers were given at all.

    Raises:
        InputError: Tables cannot be read, or parameters do not fit them; names all of it.
    """
    found = list(problems)
    made = _read_links(links, found)
    if posts is None and made is not None and made.posts is None:
        found.append(Problem("posts", "these links came without posts", "Give them: enrich(links, posts)."))
    given = {
        "posts": posts if posts is not None or made is None else made.posts,
        "events": events if events is not None or made is None else made.events,
        "customers": customers,
    }
    read = {kind: _read(kind, source, mapping, found) for kind, source in given.items() if source is not None}
    if policy is not None and not isinstance(policy, Policy):
        found.append(Problem("policy", f"it is a {type(policy).__name__}", "Give a Policy, or leave it out."))
    tables = {kind: None if one is None else one.table for kind, one in read.items()}
    if check is not None:
        found += check(tables.get("events"), tables.get("customers"), customers is not None)
    if found or made is None:
        raise InputError(found)
    loaded = {kind: one for kind, one in read.items() if one is not None}
    consented = None if "customers" not in loaded else set_aside_refused(loaded["customers"].table)
    told = made.report.to_dict(timing=False)
    return Inputs(
        links=made.table.select(_NEEDED).combine_chunks(),
        keys=made.profile_keys,
        posts=_sorted(loaded["posts"].table, "post_id"),
        events=_sorted(loaded["events"].table, "event_id") if "events" in loaded else _nothing("events"),
        customers=None if consented is None else consented.kept,
        refused=pa.array([], pa.string()) if consented is None else consented.refused,
        policy=told["policy"] if policy is None else policy.as_dict(),
        model_id=made.made_by,
        sources=tuple(one.provenance.as_dict() for one in loaded.values()),
        rejected={kind: one.provenance.rejected for kind, one in loaded.items()},
    )


def _read_links(links: Any, found: list[Problem]) -> Links | None:
    try:
        made = Links.read(links) if isinstance(links, str | os.PathLike) else links
        if not isinstance(made, Links):
            remedy = "Give what link() returned, or a Parquet file that Links.write made."
            raise InputError(Problem("links", f"they are a {type(links).__name__}", remedy))
        check_columns(made.table, "links")
    except InputError as error:
        found += error.problems
        return None
    return made


def _read(kind: Any, source: Any, mapping: Any, found: list[Problem]) -> Any:
    try:
        return read_table(source, _kind(kind), mapping=mapping)
    except InputError as error:
        found += error.problems
    except SociolinkError as error:
        found.append(Problem(kind, str(error), "See docs/tables.md."))
    return None


def _kind(kind: Kind) -> Kind:
    return kind


def _sorted(table: pa.Table, key: str) -> pa.Table:
    """Rows in the order of their ids, so that nothing below depends on how they came."""
    column = table[key]
    if len(column) < 2 or pc.all(pc.less(column.slice(0, len(column) - 1), column.slice(1))).as_py():
        return table.combine_chunks()
    order = pc.sort_indices(table.select([key]), sort_keys=[(key, "ascending")])
    return table.take(order).combine_chunks()


def _nothing(kind: Kind) -> pa.Table:
    return arrow_schema(kind).empty_table()
