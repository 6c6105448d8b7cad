"""The command `sociolink diff` and its options. What it needs is loaded when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sociolink.cli.commands.options import Debug, Json, Map, Quiet

__all__ = ["diff"]

Earlier = Annotated[Path | None, typer.Option(help="As it was, to compare.", show_default=False)]
Later = Annotated[Path | None, typer.Option(help="As it is.", show_default=False)]


def diff(
    old: Annotated[Path, typer.Argument(help="Links of before, as a Parquet file.", show_default=False)],
    new: Annotated[Path, typer.Argument(help="Links of now.", show_default=False)],
    moved: Annotated[float, typer.Option(help="Least difference of a probability that counts as a change.")] = 0.1,
    old_model: Earlier = None,
    new_model: Later = None,
    old_profiles: Earlier = None,
    new_profiles: Later = None,
    old_customers: Earlier = None,
    new_customers: Later = None,
    map_file: Map = None,
    out: Annotated[
        Path | None,
        typer.Option("--output", "--out", help="Changed profiles: .parquet, .csv or .jsonl.", show_default=False),
    ] = None,
    fail_over: Annotated[
        float | None,
        typer.Option(help="End with code 4 if a larger share of the links has changed.", show_default=False),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Say which links are not what they were, and why."""
    from sociolink.cli.diffing import DiffOrder, run_diff

    run_diff(
        DiffOrder(
            old=old,
            new=new,
            moved=moved,
            models=(old_model, new_model),
            profiles=(old_profiles, new_profiles),
            customers=(old_customers, new_customers),
            map_file=map_file,
            out=out,
            fail_over=fail_over,
        ),
        as_json=as_json,
        quiet=quiet,
    )
