"""Word lists by which opinions are read, one folder a language; read on their first use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

__all__ = ["LISTS", "opinion_languages", "opinion_words"]

LISTS = (
    "polarity", "general", "classes", "grammar", "aspects", "implied", "unspoken", "intents", "emoji", "verbs",
    "numbers", "events", "learned",
)  # fmt: skip
"""What each language has; NOTICE says where `general`, `classes` and `learned` come from, the others are our own."""

_FOLDER = Path(__file__).parent / "data" / "opinions"
_WORDS_ONLY = ("general", "classes", "learned")


def opinion_languages() -> tuple[str, ...]:
    """Languages (ISO 639-1) that opinions can be read in.

    Examples:
        >>> opinion_languages()
        ('en',)
    """
    return tuple(sorted(path.name for path in _FOLDER.iterdir() if path.is_dir()))


@cache
def opinion_words(language: str, name: str) -> Mapping[str, tuple[str, ...]]:
    """One list of a language: its keys, and the phrases under each.

    Args:
        language: One of `opinion_languages()`.
        name: One of `LISTS`.

    Returns:
        Phrases by key, in the order of the file; words between single spaces.

    Examples:
        >>> "battery life" in opinion_words("en", "aspects")["product"]
        True
    """
    found: dict[str, list[str]] = {}
    for line in (_FOLDER / language / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        key, colon, said = line.partition(":")
        if not colon:
            key, said = "", line
        parts = said.split() if name in _WORDS_ONLY else [part.strip() for part in said.split("|")]
        found.setdefault(key.strip(), []).extend(part for part in parts if part)
    return MappingProxyType({key: tuple(dict.fromkeys(parts)) for key, parts in found.items()})
