"""The commands `decide` and `accept`, and their options. What they need is loaded when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sociolink.cli.commands.options import Debug, Json, LinksFile, LinksOut, Quiet

__all__ = ["accept", "decide"]


def decide(
    links: LinksFile,
    output: LinksOut,
    max_false: Annotated[float, typer.Option(help="Largest share of the links expected to be false.")] = 0.05,
    min_probability: Annotated[float, typer.Option(help="Least probability of a link.")] = 0.5,
    min_margin: Annotated[
        float | None, typer.Option(help="Least bits over the best other answer.", show_default=False)
    ] = None,
    review: Annotated[
        int | None, typer.Option(help="Most profiles to review; by default all worth a look.", show_default=False)
    ] = None,
    review_from: Annotated[float, typer.Option(help="Least probability that is worth a look.")] = 0.2,
    known: Annotated[
        Path | None, typer.Option(help="Links of an earlier run, whose decisions are kept.", show_default=False)
    ] = None,
    keep: Annotated[float, typer.Option(help="Bits past the cut that change an earlier decision.")] = 1.0,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Decide again which links to make and which to review."""
    from sociolink.cli.deciding import DecisionOrder, run_decide

    order = DecisionOrder(
        links=links,
        output=output,
        max_false=max_false,
        min_probability=min_probability,
        min_margin=min_margin,
        review_from=review_from,
        review=review,
        known=known,
        keep=keep,
    )
    run_decide(order, as_json=as_json, quiet=quiet)


def accept(
    links: LinksFile,
    output: Annotated[
        Path | None, typer.Option(help="Accepted links: .parquet, .csv or .jsonl.", show_default=False)
    ] = None,
    max_false: Annotated[float, typer.Option(help="Largest share of false links.")] = 0.05,
    confidence: Annotated[float, typer.Option(help="With which that is to hold.")] = 0.95,
    labels: Annotated[Path | None, typer.Option(help="Verdicts on what `sample` drew.", show_default=False)] = None,
    by: Annotated[
        str | None, typer.Option(help="model, labels or decoys; labels where they are given.", show_default=False)
    ] = None,
    weights: Annotated[str, typer.Option(help="design, or equal for labels of a plain random sample.")] = "design",
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Choose the links to make at a risk, and certify it where labels or decoys can."""
    from sociolink.cli.deciding import AcceptanceOrder, run_accept

    order = AcceptanceOrder(
        links=links, output=output, max_false=max_false, confidence=confidence, labels=labels, by=by, weights=weights
    )
    run_accept(order, as_json=as_json, quiet=quiet)
