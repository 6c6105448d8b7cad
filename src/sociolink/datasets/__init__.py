"""Made-up worlds to try the library on: `synthetic` and `demo_world`; nothing is loaded before it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sociolink.datasets.generation import demo_world, synthetic
    from sociolink.datasets.world import World

__all__ = ["World", "demo_world", "synthetic"]


def __getattr__(name: str) -> Any:
    if name in ("synthetic", "demo_world"):
        from sociolink.datasets import generation

        return getattr(generation, name)
    if name == "World":
        from sociolink.datasets.world import World

        return World
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
