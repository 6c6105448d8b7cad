"""Who is who in a made-up world."""

from __future__ import annotations

from typing import Any

__all__ = ["people_of"]


def people_of(world: Any) -> tuple[dict[str, str], dict[str, str | None]]:
    """The person of each customer, and the owner of each profile, a customer or None."""
    person = dict(zip(*(world.groups[name].to_pylist() for name in ("customer_id", "group_id")), strict=True))
    owner = dict(zip(*(world.truth[name].to_pylist() for name in ("profile_id", "customer_id")), strict=True))
    return person, owner
