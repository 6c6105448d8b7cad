"""The customer beside the conversation: what `enrich` returns."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from sociolink.enrichment.summary import EnrichmentSummary
from sociolink.errors import InvalidParameterError, OutputError
from sociolink.records.writers import write_bytes, write_table
from sociolink.rendering.card import draw_card
from sociolink.rendering.grid import Grid, shorten
from sociolink.rendering.numbers import say_count, say_share

__all__ = ["TABLES", "Enrichment"]

TABLES = ("post_customers", "opinions", "customer_view", "customer_aspects", "aspect_view", "respond", "customer_value")
"""Names of the tables, as they are written."""

_FORMATS = ("parquet", "csv", "jsonl")
_KEY = b"sociolink"
_SHOWN = 5
_TEXT = 60


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Enrichment:
    """Posts, opinions and customers together, every number weighted by how likely the link is.

    docs/enrichment.md says what each column is, and in which unit.

    Attributes:
        post_customers: Posts with all customers listed for their author, and the probability that it is nobody.
        opinions: What posts say of which aspect; see docs/opinions.md.
        customer_view: A row for each customer who may have written.
        customer_aspects: What each of them says of which aspect.
        aspect_view: What customers say against what others say, by aspect and group; few people are withheld.
        respond: Posts that need an answer, the most urgent first; empty where the policy does not allow it.
        customer_value: Lifetime value, advocacy and referral value; empty unless terms were given.
        summary: Counts.
        settings: Every parameter that numbers rest on, as plain values.
        policy: The policy, as plain values.
        sources: Where the tables came from, as plain values.
        model_id: Which model made the links.
    """

    post_customers: pa.Table
    opinions: pa.Table
    customer_view: pa.Table
    customer_aspects: pa.Table
    aspect_view: pa.Table
    respond: pa.Table
    customer_value: pa.Table
    summary: EnrichmentSummary
    settings: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Mapping[str, Any], ...] = ()
    model_id: str = ""

    def to_arrow(self, name: str = "customer_view") -> pa.Table:
        """One table, with the metadata that `write` puts in a file.

        Args:
            name: One of `enrichment.TABLES`.

        Raises:
            InvalidParameterError: There is no such table.
        """
        if name not in TABLES:
            raise InvalidParameterError(f"there is no table {name!r}; there are {', '.join(TABLES)}")
        table: pa.Table = getattr(self, name)
        return table.replace_schema_metadata({_KEY: self._stamp(name).encode()})

    def to_pandas(self, name: str = "customer_view") -> Any:
        """One table as a pandas frame.

        Args:
            name: One of `enrichment.TABLES`.

        Raises:
            InvalidParameterError: There is no such table.
        """
        return self.to_arrow(name).replace_schema_metadata(None).to_pandas()

    def to_dict(self) -> dict[str, Any]:
        """Summary, settings and policy as plain values, without the tables."""
        return {
            "summary": self.summary.to_dict(),
            "settings": dict(self.settings),
            "policy": dict(self.policy),
            "sources": [dict(source) for source in self.sources],
            "model_id": self.model_id,
        }

    def write(self, folder: str | os.PathLike[str], *, format: str = "parquet") -> Path:
        """Write every table, and `enrichment.json` with summary, settings, policy and provenance.

        Each file appears whole or not at all, and equal runs write equal bytes. In CSV, text that a spreadsheet would
        run as a formula gets an apostrophe before it.

        Args:
            folder: Where to; it is made if it is not there.
            format: "parquet" (what `enrichment.json` says is in the metadata too), "csv" or "jsonl".

        Returns:
            The folder.

        Raises:
            InvalidParameterError: The format is none of these.
            OutputError: Something could not be written.
        """
        if format not in _FORMATS:
            raise InvalidParameterError(f"format is {format!r}; it must be one of {', '.join(_FORMATS)}")
        target = Path(folder)
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = error.strerror or type(error).__name__
            raise OutputError(f"{target.name} cannot be made ({what}). Choose another folder.") from None
        for name in TABLES:
            write_table(self.to_arrow(name), target / f"{name}.{format}")
        told = json.dumps(json.loads(self._stamp("")), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        write_bytes(told.encode(), target / "enrichment.json")
        return target

    def grids(self) -> list[tuple[str, Grid]]:
        """What is shown first, with titles: the summary, posts to answer, and customers who wrote most."""
        shown = [("What it came to", self.summary.grid())]
        if self.respond.num_rows:
            shown.append(("To answer first", self._respond_grid()))
        if self.customer_view.num_rows:
            shown.append(("Customers who wrote most", self._customer_grid()))
        return shown

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} ({say_count(getattr(self, name).num_rows)})" for name in TABLES)
        return f"Enrichment: {self.summary.sentence}\n  Tables: {rows}"

    def _repr_html_(self) -> str:
        return draw_card("Enrichment", self.summary.sentence, [grid for _, grid in self.grids()])

    def _respond_grid(self) -> Grid:
        rows = tuple(
            (f"{row['urgency']:.2f}", ", ".join(row["reasons"]), row["who"], shorten(row["text"], _TEXT))
            for row in self.respond.slice(0, _SHOWN).to_pylist()
        )
        return Grid(("urgency", "why", "who it is", "post"), rows, frozenset({0}), "To answer first")

    def _customer_grid(self) -> Grid:
        names = ["customer_id", "posts", "posts_low", "posts_high", "polarity", "open_issue_probability", "products"]
        view = self.customer_view.select(names)
        top = view.sort_by([("posts", "descending"), ("customer_id", "ascending")]).slice(0, _SHOWN)
        rows = tuple(
            (
                row["customer_id"],
                f"{say_count(row['posts'])} ({row['posts_low']:,} to {row['posts_high']:,})",
                "" if row["polarity"] is None else f"{row['polarity']:+.2f}",
                say_share(row["open_issue_probability"]),
                ", ".join(row["products"]),
            )
            for row in top.to_pylist()
        )
        titles = ("customer", "posts expected", "mean polarity", "open issue", "bought")
        return Grid(titles, rows, frozenset({1, 2, 3}), "Customers who wrote most")

    def _stamp(self, name: str) -> str:
        from sociolink import __version__

        told = {"format": 1, "kind": "sociolink.enrichment", "version": __version__, **self.to_dict()}
        if name:
            told["table"] = name
        return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
