"""The command `sociolink watch` and its options. What it needs is loaded when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sociolink.cli.commands.options import Basis, Debug, Index, Map, Policy, Rejects, Who

__all__ = ["watch"]


def watch(
    index: Index,
    policy: Policy,
    posts: Annotated[str, typer.Option(help="Posts with their authors, as JSON lines; - reads a pipe.")] = "-",
    output: Annotated[str, typer.Option(help="Answers, one line of JSON a post; - writes to a pipe.")] = "-",
    state: Annotated[
        Path | None, typer.Option(help="Folder from which a stopped or killed stream goes on.", show_default=False)
    ] = None,
    rejects: Rejects = None,
    who: Who = "",
    lawful_basis: Basis = "",
    map_file: Map = None,
    card: Annotated[bool, typer.Option("--card", help="Explain each answer.")] = False,
    max_false: Annotated[float, typer.Option(help="Largest chance that a link is false.")] = 0.05,
    batch: Annotated[int, typer.Option(help="Most posts answered together.")] = 64,
    max_delay: Annotated[float, typer.Option(help="Milliseconds that a post waits for others.")] = 0.0,
    remember: Annotated[int, typer.Option(help="Posts and authors that are remembered.")] = 100_000,
    processes: Annotated[int, typer.Option(help="Processes that ask the index.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors and answers.")] = False,
    debug: Debug = False,
) -> None:
    """Say of each post of a stream whose customer wrote it."""
    from sociolink.cli.watching import WatchOrder, run_watch

    run_watch(
        WatchOrder(
            index=index,
            posts=posts,
            output=output,
            policy=policy,
            who=who,
            lawful_basis=lawful_basis,
            state=state,
            rejects=rejects,
            map_file=map_file,
            card=card,
            max_false=max_false,
            batch=batch,
            max_delay_ms=max_delay,
            remember=remember,
            processes=processes,
        ),
        as_json=as_json,
        quiet=quiet,
    )
