"""Checks that people who extend sociolink run on what they wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sociolink.testing.engines import assert_engine_conforms
    from sociolink.testing.families import assert_family_conforms

__all__ = ["assert_engine_conforms", "assert_family_conforms"]

_HOMES = {
    "assert_engine_conforms": "sociolink.testing.engines",
    "assert_family_conforms": "sociolink.testing.families",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
