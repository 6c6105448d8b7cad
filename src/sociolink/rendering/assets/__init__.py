"""Style sheets and scripts that pages carry inside."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["read_asset"]


@cache
def read_asset(name: str, room: str = "rendering") -> str:
    """The text of one file of this folder, or of the folder `assets` of another room.

    Examples:
        >>> ".sl-card" in read_asset("card.css")
        True
    """
    return files("sociolink").joinpath(room, "assets", name).read_text("utf-8")
