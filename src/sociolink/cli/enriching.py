"""The command `enrich`: from links, posts, events and customers to a folder of tables."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sociolink.cli.outputs import check_outputs
from sociolink.cli.screen import Screen
from sociolink.enrichment.enrich import enrich
from sociolink.errors import InputError, OutputError, Problem

__all__ = ["EnrichOrder", "run_enrich"]

_SECTIONS = ("urgency", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichOrder:
    """What the command was told; see the options of `sociolink enrich`."""

    links: Path
    posts: Path
    out: Path
    events: Path | None = None
    customers: Path | None = None
    segment: str | None = None
    k: int = 10
    terms: Path | None = None
    as_of: str | None = None
    format: str = "parquet"
    map_file: Path | None = None


def run_enrich(order: EnrichOrder, *, as_json: bool = False, quiet: bool = False) -> None:
    """Enrich, write the tables, and say what came of it.

    Args:
        order: What to read and where to write.
        as_json: Print summary and settings as JSON.
        quiet: Print nothing.

    Raises:
        SociolinkError: A file cannot be read or written, or a parameter is out of range.
    """
    _check_folder(order.out)
    terms = _read_terms(order.terms)
    found = enrich(
        order.links,
        order.posts,
        events=order.events,
        customers=order.customers,
        segment=order.segment,
        k=order.k,
        urgency=terms.get("urgency"),
        value=terms.get("value"),
        as_of=order.as_of,
        mapping=order.map_file,
    )
    found.write(order.out, format=order.format)
    if quiet:
        return
    screen = Screen()
    if as_json:
        screen.data({"output": str(order.out), **found.to_dict()})
        return
    screen.say(found.summary.sentence, style="bold")
    for title, grid in found.grids():
        screen.title(title)
        screen.show(grid)
    screen.space()
    screen.say(f"Written to {order.out}.")


def _check_folder(out: Path) -> None:
    """Refuse a folder that could not be written to in the end."""
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} cannot be written: there is a file of that name. Choose another folder.")
    check_outputs([((out if out.is_dir() else out.parent) / "enrichment.json", (".json",))])


def _read_terms(path: Path | None) -> Mapping[str, Any]:
    if path is None:
        return {}
    remedy = f"Give a TOML file with {' and '.join(f'[{name}]' for name in _SECTIONS)}."
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(Problem(path.name, f"cannot be read ({error.strerror})", "Check the path.")) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise InputError(Problem(path.name, "is no TOML", remedy)) from None
    unknown = sorted(set(told) - set(_SECTIONS))
    if unknown:
        raise InputError(Problem(path.name, f"has {len(unknown)} sections of other names", remedy))
    return told
