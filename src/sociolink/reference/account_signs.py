"""Phrases by which accounts tell what made them: a person, an organisation, a machine, or somebody who imitates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

__all__ = ["PLACES", "SIGNS", "account_signs"]

SIGNS = ("imitation", "automated", "organisation", "person")
"""What an account can say of itself."""

PLACES = ("bio", "name", "handle")
"""Where it can say so."""

_FILE = Path(__file__).parent / "data" / "account_signs.txt"


@cache
def account_signs() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Phrases by sign and place, as they are written; in six languages, our own list.

    Returns:
        For each of `SIGNS` and `PLACES` that has any, its phrases, sorted.

    Examples:
        >>> "fan club" in account_signs()["imitation", "bio"], "fan club" in account_signs()["imitation", "handle"]
        (True, False)
    """
    phrases: dict[tuple[str, str], set[str]] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        key, colon, said = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        sign, _, place = key.partition(".")
        for one in ("bio", "name") if place == "text" else (place,):
            phrases.setdefault((sign, one), set()).update(part.strip() for part in said.split("|"))
    return MappingProxyType({key: tuple(sorted(found)) for key, found in phrases.items()})
