"""Headers under which the canonical columns are known elsewhere, and the exports and API objects that use them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

__all__ = ["Service", "find_service", "fold_header", "header_aliases", "platform_of_header"]

_NETWORKS = ("twitter", "x", "linkedin", "instagram", "facebook", "github", "mastodon", "bluesky", "youtube", "tiktok")
_TAILS = r"(?:handle|username|user|url|profile|profileurl|account|page|companypage)?"


@dataclass(frozen=True, slots=True)
class Service:
    """An export or API object that is known by its headers.

    Attributes:
        name: What it is, in words.
        kind: Table it is read as.
        signs: Sets of folded headers; the service is known by any one of them in full.
        aliases: Canonical column and its headers, best first; a later one fills what an earlier one lacks.
        platform: Platform of every row, if the service has one.
        html: Canonical columns whose text is HTML.
        only: The signs must be all the columns there are.
    """

    name: str
    kind: str
    signs: tuple[frozenset[str], ...]
    aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    platform: str = ""
    html: tuple[str, ...] = ()
    only: bool = False


def fold_header(header: str) -> str:
    """A header without case, punctuation and white space.

    Args:
        header: As written.

    Examples:
        >>> fold_header("public_metrics.followers_count"), fold_header("First Name")
        ('publicmetricsfollowerscount', 'firstname')
    """
    return re.sub(r"[\W_]+", "", header.casefold())


def find_service(headers: Iterable[str], kind: str) -> Service | None:
    """The export or API object that has such headers.

    Args:
        headers: As written.
        kind: Table it is to be read as.

    Examples:
        >>> find_service(["id", "username", "public_metrics.followers_count"], "profiles").name
        'X API v2 user'
    """
    folded = {fold_header(header) for header in headers}
    for service in _services():
        if service.kind == kind and any(folded == s if service.only else folded >= s for s in service.signs):
            return service
    return None


def header_aliases(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Folded headers of each canonical column of a table, best first.

    Args:
        kind: One of `KINDS`.

    Examples:
        >>> header_aliases("truth")["profile_id"]
        ('profile', 'account')
    """
    return _aliases().get(kind, {})


def platform_of_header(header: str) -> str:
    """The platform whose accounts a customer table's column holds; empty for any other column.

    Args:
        header: As written.

    Examples:
        >>> platform_of_header("Twitter Username"), platform_of_header("LinkedIn URL"), platform_of_header("x")
        ('x', 'linkedin', '')
    """
    folded = fold_header(header)
    for name in _NETWORKS:
        if folded != "x" and re.fullmatch(re.escape(name) + _TAILS, folded):
            return "x" if name == "twitter" else name
    return ""


@cache
def _declared() -> Any:
    text = resources.files("sociolink.records").joinpath("headers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _aliases() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    tables = _declared()["aliases"].items()
    return MappingProxyType({kind: MappingProxyType(_folded(columns)) for kind, columns in tables})


@cache
def _services() -> tuple[Service, ...]:
    return tuple(
        Service(
            name=one["name"],
            kind=one["kind"],
            signs=tuple(frozenset(map(fold_header, signs)) for signs in one["signs"]),
            aliases=tuple(_folded(one.get("columns", {})).items()),
            platform=one.get("platform", ""),
            html=tuple(one.get("html", ())),
            only=one.get("only", False),
        )
        for one in _declared()["services"]
    )


def _folded(columns: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(map(fold_header, headers)) for name, headers in columns.items()}
