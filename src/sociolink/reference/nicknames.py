"""Given names and their short forms, English ones from the `nicknames` package, others from a list of our own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

__all__ = ["read_nickname_pairs"]

_SHORT_FORMS = Path(__file__).parent / "data" / "short_forms.txt"


def _fold(name: str) -> str:
    """Small ASCII letters only: this list is Latin, so that decomposition is enough."""
    decomposed = unicodedata.normalize("NFKD", name).lower()
    return "".join(letter for letter in decomposed if "a" <= letter <= "z")


def _english() -> Iterator[tuple[str, str]]:
    from nicknames import name_triplets

    for triplet in name_triplets():
        if triplet.relationship == "has_nickname":
            yield triplet.name1, triplet.name2


def _others() -> Iterator[tuple[str, str]]:
    for line in _SHORT_FORMS.read_text("utf-8").splitlines():
        formal, colon, nicks = line.partition(":")
        if colon and not line.startswith("#"):
            for nick in nicks.split():
                yield formal, nick


def read_nickname_pairs() -> list[tuple[str, str]]:
    """Every pair of a formal given name and a short form, folded, sorted and distinct.

    Returns:
        (formal, nickname), many to many; no name is its own nickname.
    """
    pairs = {(_fold(formal), _fold(nick)) for source in (_english(), _others()) for formal, nick in source}
    return sorted((formal, nick) for formal, nick in pairs if formal and nick and formal != nick)
