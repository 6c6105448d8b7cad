"""Well-known names of several cultures, commonest first, with syllables for the rare ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sociolink.datasets.synthesis.bundled import load_toml

__all__ = ["NameList", "name_lists"]


@dataclass(frozen=True, slots=True)
class NameList:
    """The names of one culture, as `latin` or `latin/native script`, commonest first.

    Attributes:
        given: Common given names; the three groups (split by `|`) peak around 1950, 1975 and 1997.
        family: Common family names.
        given_syllables: Beginnings, middles and ends (split by `|`) of rare given names.
        family_syllables: The same for rare family names.
        given_tail: Share of people whose given name is a rare one.
        family_tail: Share of people whose family name is a rare one.
        countries: Where these people live, commonest first.
        native: Share of display names in the native script.
        family_first: Share of names written with the family name first.
        double_family: Share of people with two family names.
    """

    given: str
    family: str
    given_syllables: str
    family_syllables: str
    given_tail: float
    family_tail: float
    countries: str
    native: float
    family_first: float
    double_family: float


@cache
def name_lists() -> Mapping[str, NameList]:
    """Name lists of every culture.

    Examples:
        >>> name_lists()["french"].family.split()[:2]
        ['Martin', 'Bernard']
    """
    return {name: NameList(**entry) for name, entry in _document().items()}


def _document() -> dict[str, dict[str, Any]]:
    return cast("dict[str, dict[str, Any]]", load_toml("names.toml")["culture"])
