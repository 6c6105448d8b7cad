"""What a company sells and is called: the names that opinions are looked for under."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sociolink.errors import InputError, Problem
from sociolink.opinions.lexicon import CATEGORIES
from sociolink.text.products import model_names

__all__ = ["Catalogue", "as_catalogue", "catalogue_of_events"]

_FORMS = "Give names, a dict of name to category or of category to names, or a table with name (and category, aliases)."


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Names of products, brands and other aspects.

    Attributes:
        names: As the company writes them; each once.
        categories: Category of each, one of `CATEGORIES`.
        aliases: Other ways to write each.
    """

    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    aliases: tuple[tuple[str, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.names)


def as_catalogue(given: Any) -> Catalogue:
    """A catalogue from what a caller has.

    Args:
        given: None; a `Catalogue`; names (products all); a dict of name to category, or of category to names; or a
            table with `name`, and perhaps `category` and `aliases`, or with `product`, as events have.

    Raises:
        InputError: It is none of these, or a category is unknown.

    Examples:
        >>> as_catalogue({"brand": ["AT&T"], "product": ["iPhone"]}).categories
        ('brand', 'product')
        >>> as_catalogue(["iPhone"]).names
        ('iPhone',)
    """
    if given is None:
        return Catalogue()
    if isinstance(given, Catalogue):
        return given
    if isinstance(given, Mapping):
        if set(given) <= set(CATEGORIES) and not any(isinstance(value, str) for value in given.values()):
            return _catalogue((str(name), kind, ()) for kind, names in given.items() for name in names)
        return _catalogue((str(name), str(kind), ()) for name, kind in given.items())
    if hasattr(given, "__arrow_c_stream__"):
        table = pa.table(given)
        if "name" not in table.column_names and "product" in table.column_names:
            return catalogue_of_events(table)
        if "name" not in table.column_names:
            raise InputError(Problem("catalogue.name", "the column is missing", _FORMS))
        empty = [None] * table.num_rows
        columns = [table[key].to_pylist() if key in table.column_names else empty for key in ("category", "aliases")]
        return _catalogue(
            (str(name), kind or "product", _split(aliases))
            for name, kind, aliases in zip(table["name"].to_pylist(), *columns, strict=True)
            if name
        )
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        return _catalogue((str(name), "product", ()) for name in given)
    raise InputError(Problem("catalogue", f"{type(given).__name__} is no catalogue", _FORMS))


def catalogue_of_events(events: pa.Table) -> Catalogue:
    """The products that customers bought, by the events.

    Args:
        events: Canonical events.

    Examples:
        >>> catalogue_of_events(pa.table({"product": ["Tab 8 64GB", None, "Tab 8 64GB", "Fiber Max"]})).names
        ('Fiber Max', 'Tab 8 64GB')
    """
    if "product" not in events.column_names:
        return Catalogue()
    names = sorted({name for name in events["product"].unique().to_pylist() if name and name.strip()})
    known = set(names)
    return _catalogue(
        (name, "product", () if model in known else (model,))
        for name, model in zip(names, model_names(pa.array(names, pa.string())).to_pylist(), strict=True)
    )


def _split(aliases: Any) -> tuple[str, ...]:
    if not aliases:
        return ()
    parts: Iterable[str] = re.split(r"[|;]", aliases) if isinstance(aliases, str) else aliases
    return tuple(part.strip() for part in parts if part and part.strip())


def _catalogue(rows: Iterable[tuple[str, str, tuple[str, ...]]]) -> Catalogue:
    kept: dict[str, tuple[str, tuple[str, ...]]] = {}
    for name, kind, aliases in rows:
        kept.setdefault(name.strip(), (kind, aliases))
    kept.pop("", None)
    unknown = sorted({kind for kind, _ in kept.values()} - set(CATEGORIES))
    if unknown:
        what = f"{len(unknown)} unknown categories, the first {unknown[0]!r}"
        raise InputError(Problem("catalogue.category", what, f"Use {', '.join(CATEGORIES)}."))
    return Catalogue(
        tuple(kept), tuple(kind for kind, _ in kept.values()), tuple(aliases for _, aliases in kept.values())
    )
