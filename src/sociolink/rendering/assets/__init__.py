"""Style sheets and scripts that pages carry inside."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["read_asset"]


@cache
def read_asset(name: str) -> str:
    """The text of one file of this folder.

    Examples:
        >>> ".sl-card" in read_asset("card.css")
        True
    """
    return files(__name__).joinpath(name).read_text("utf-8")
