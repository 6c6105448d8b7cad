"""Small made-up links, posts and events for the tests of enrichment, and every way in which the links may turn out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa

from sociolink.records.columns import arrow_schema
from sociolink.records.rejects import REJECTS_SCHEMA, REPAIRS_SCHEMA
from sociolink.results.links import Links
from sociolink.results.report import RunReport

SUPPORT = {"purpose": "support", "lawful_basis": "contract", "who": "tests"}
Listed = Mapping[str, Sequence[tuple[str, float]]]

_COLUMNS = {
    "profile_id": pa.string(),
    "rank": pa.int32(),
    "customer_id": pa.string(),
    "probability": pa.float64(),
    "match_weight": pa.float64(),
    "margin": pa.float64(),
    "nobody_probability": pa.float64(),
    "rest_probability": pa.float64(),
    "group_id": pa.string(),
    "group_probability": pa.float64(),
    "decision": pa.string(),
}


def make_links(
    listed: Listed, *, rest: Mapping[str, float] | None = None, policy: Mapping[str, str] = SUPPORT
) -> Links:
    """Links from the customers of each profile with their probabilities; what they leave is nobody's or the rest's."""
    rows = []
    for profile, customers in listed.items():
        left = (rest or {}).get(profile, 0.0)
        nobody = max(1 - left - sum(chance for _, chance in customers), 0.0)
        best = sorted(customers, key=lambda one: -one[1])
        for rank, (customer, chance) in enumerate(best, start=1):
            decided = "link" if rank == 1 and chance > 0.9 else "none"
            rows.append((profile, rank, customer, chance, 1.0, 0.0, nobody, left, customer, chance, decided))
        if not best:
            rows.append((profile, 0, None, None, None, None, nobody, left, None, None, "none"))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(_COLUMNS)
    table = pa.table(
        {name: pa.array(list(values), kind) for (name, kind), values in zip(_COLUMNS.items(), columns, strict=True)}
    )
    report = RunReport(profiles=len(listed), customers=9, policy=dict(policy))
    return Links(table, REJECTS_SCHEMA.empty_table(), REPAIRS_SCHEMA.empty_table(), None, report, model_id="made")


def make_posts(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Posts; what is left out is null, and ids are t0, t1, ..."""
    schema = arrow_schema("posts")
    full = [{"post_id": f"t{number:04}", "text": "hello", **row} for number, row in enumerate(rows)]
    return pa.Table.from_pylist(full, schema=schema)


def make_events(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Events with status and closed_at; ids are e0, e1, ..."""
    schema = arrow_schema("events")
    schema = schema.append(pa.field("status", pa.string())).append(
        pa.field("closed_at", schema.field("occurred_at").type)
    )
    return pa.Table.from_pylist(
        [{"event_id": f"e{number:04}", **row} for number, row in enumerate(rows)], schema=schema
    )


def read_marks(texts: Any) -> pa.Table:
    """A reader of opinions for texts such as "price=-0.5 product=1": exactly what they say."""
    rows = [
        (place, *mark.split("="))
        for place, text in enumerate(texts.to_pylist())
        for mark in (text or "").split()
        if "=" in mark
    ]
    return pa.table(
        {
            "text": pa.array([row[0] for row in rows], pa.int64()),
            "aspect_category": pa.array([row[1] for row in rows], pa.string()),
            "polarity": pa.array([float(row[2]) for row in rows], pa.float64()),
        }
    )


def outcomes(listed: Listed) -> Iterator[tuple[float, dict[str, str | None]]]:
    """Every way in which the links of profiles may turn out, with its probability."""
    choices = []
    for customers in listed.values():
        left = 1 - sum(chance for _, chance in customers)
        choices.append([*customers, (None, left)])
    for chosen in product(*choices):
        chance = float(np.prod([one[1] for one in chosen]))
        yield chance, dict(zip(listed, (one[0] for one in chosen), strict=True))
