"""Small worlds of posts and events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from sociolink.evidence.events.family import Events
from sociolink.linking.attachments import attach
from sociolink.linking.inputs import read_inputs
from sociolink.testing.family_checks.people import sample_customers, sample_profiles

START = datetime(2026, 1, 1, tzinfo=UTC)
PRODUCTS = ("Zen headphones", "Orbit router", "Lumo lamp")


def event(number: int, customer: str = "c0", *, day: float = 0.0, **more: Any) -> dict[str, Any]:
    """One event."""
    at = START + timedelta(days=day)
    return {"event_id": f"e{number}", "customer_id": customer, "kind": "order", "occurred_at": at, **more}


def post(number: int, profile: str, text: str, *, day: float = 0.0, **more: Any) -> dict[str, Any]:
    """One post."""
    at = START + timedelta(days=day)
    return {"post_id": f"t{number}", "profile_id": profile, "text": text, "created_at": at, **more}


def attached(
    posts: Sequence[dict[str, Any]],
    events: Sequence[dict[str, Any]],
    *,
    profiles: pa.Table | None = None,
    customers: pa.Table | None = None,
) -> tuple[pa.Table, pa.Table]:
    """Profiles with what they say and customers with their events, as `link` makes them."""
    sources = {
        "profiles": sample_profiles() if profiles is None else profiles,
        "customers": sample_customers() if customers is None else customers,
        "posts": pa.Table.from_pylist(list(posts)),
        "events": pa.Table.from_pylist(list(events)),
    }
    return attach(read_inputs(sources).tables, (Events(),))


def accounts(*names: str) -> pa.Table:
    """Profiles of these ids and handles."""
    rows = [{"profile_id": name, "platform": "x", "handle": name} for name in names]
    return pa.Table.from_pylist(rows)


def people(count: int) -> pa.Table:
    """Customers c0, c1 ... whose names say nothing."""
    rows = [{"customer_id": f"c{number}", "full_name": f"Person {number}"} for number in range(count)]
    return pa.Table.from_pylist(rows)
