"""The commands `sample`, `recalibrate` and `review`, and their options. What they need is loaded when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sociolink.cli.commands.options import Debug, Json, LinksFile, LinksOut, Map, Order, Quiet, Seed, Size

__all__ = ["recalibrate", "review", "sample"]


def sample(
    links: LinksFile,
    output: Annotated[Path, typer.Option(help="Profiles to label: .csv, .parquet or .jsonl.", show_default=False)],
    size: Size = 200,
    order: Order = "sample",
    seed: Seed = 0,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Draw a sample of profiles to label."""
    from sociolink.cli.labelling import run_sample

    run_sample(links, output, size=size, order=order, seed=seed, as_json=as_json, quiet=quiet)


def recalibrate(
    links: LinksFile,
    labels: Annotated[
        Path, typer.Option(help="profile_id, customer_id, verdict, inclusion_probability.", show_default=False)
    ],
    output: LinksOut,
    apply: Annotated[
        bool, typer.Option("--apply/--no-apply", help="Correct the links, or only say what that would change.")
    ] = True,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Correct the probabilities of links by labels."""
    from sociolink.cli.labelling import run_recalibrate

    run_recalibrate(links, labels, output, apply=apply, as_json=as_json, quiet=quiet)


def review(
    links: LinksFile,
    labels: Annotated[
        Path, typer.Option(help="File of labels, .jsonl: made, or continued where it is there.", show_default=False)
    ],
    profiles: Annotated[Path | None, typer.Option(help="The profiles, to show them.", show_default=False)] = None,
    customers: Annotated[Path | None, typer.Option(help="The customers, to show them.", show_default=False)] = None,
    map_file: Map = None,
    size: Size = 200,
    order: Order = "sample",
    seed: Seed = 0,
    reviewer: Annotated[str, typer.Option(help="Who reviews; your user name by default.", show_default=False)] = "",
    blind: Annotated[bool, typer.Option("--blind", help="Hide scores.")] = False,
    looks: Annotated[int, typer.Option(help="How many reviewers look at each profile.")] = 1,
    host: Annotated[str, typer.Option(help="Address to serve; any but this machine's own is open to others.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="Port; 0 for one that is free.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the address as JSON.")] = False,
    debug: Debug = False,
) -> None:
    """Judge links on a page that this machine serves."""
    from sociolink.cli.reviewing import ReviewOrder, run_review

    run_review(
        ReviewOrder(
            links=links,
            labels=labels,
            profiles=profiles,
            customers=customers,
            map_file=map_file,
            size=size,
            order=order,
            seed=seed,
            reviewer=reviewer,
            blind=blind,
            looks=looks,
            host=host,
            port=port,
            as_json=as_json,
        )
    )
