"""The command line: its commands and their options. What they need is loaded when they run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sociolink.cli.commands.deciding import accept, decide
from sociolink.cli.commands.diffing import diff
from sociolink.cli.commands.indexing import index_app
from sociolink.cli.commands.labelling import recalibrate, review, sample
from sociolink.cli.commands.options import (
    Basis,
    Customers,
    Debug,
    Events,
    Json,
    LinksFile,
    LinksOut,
    Map,
    MemoryLimit,
    Policy,
    Posts,
    Profiles,
    Quiet,
    Rejects,
    Seed,
    Who,
)
from sociolink.cli.commands.watching import watch
from sociolink.cli.failures import run_guarded

__all__ = ["app", "main"]

app = typer.Typer(
    name="sociolink",
    help="How do I know this tweet is my customer? Links social profiles to CRM records, with a probability for each "
    "and for nobody.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(index_app)


def _show_version(wanted: bool) -> None:
    if wanted:
        from sociolink import __version__

        typer.echo(f"sociolink {__version__}")
        raise typer.Exit


@app.callback()
def _start(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
def link(
    customers: Customers,
    profiles: Profiles,
    output: LinksOut,
    policy: Policy,
    posts: Posts = None,
    events: Events = None,
    known: Annotated[
        Path | None, typer.Option(help="Known links: profile_id, customer_id (empty: nobody).", show_default=False)
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Labels of these profiles: correct the probabilities.", show_default=False)
    ] = None,
    who: Who = "",
    lawful_basis: Basis = "",
    map_file: Map = None,
    model: Annotated[Path | None, typer.Option(help="A saved model; else one is fitted.", show_default=False)] = None,
    save_model: Annotated[Path | None, typer.Option(help="Where to save the model.", show_default=False)] = None,
    rejects: Rejects = None,
    report: Annotated[Path | None, typer.Option(help="Report for people: .html.", show_default=False)] = None,
    report_people: Annotated[
        bool, typer.Option("--report-people", help="Show handles, names and bios in the report.")
    ] = False,
    top: Annotated[int, typer.Option(help="Most customers listed for a profile.")] = 5,
    seed: Seed = 0,
    threads: Annotated[int | None, typer.Option(help="Threads; all by default.", show_default=False)] = None,
    memory_limit: MemoryLimit = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Folder from which a killed run goes on.", show_default=False)
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Link profiles to customers."""
    from sociolink.cli.linking import LinkOrder, run_link

    run_link(
        LinkOrder(
            customers=customers,
            profiles=profiles,
            output=output,
            policy=policy,
            who=who,
            lawful_basis=lawful_basis,
            posts=posts,
            events=events,
            known=known,
            labels=labels,
            map_file=map_file,
            model=model,
            save_model=save_model,
            rejects=rejects,
            report=report,
            report_people=report_people,
            top=top,
            seed=seed,
            threads=threads,
            memory_limit=memory_limit,
            checkpoint=checkpoint,
        ),
        as_json=as_json,
        quiet=quiet,
    )


for command in (decide, accept, sample, recalibrate, review):
    app.command()(command)


@app.command()
def evaluate(
    links: LinksFile,
    truth: Annotated[Path, typer.Option(help="profile_id, customer_id (empty: nobody).", show_default=False)],
    groups: Annotated[
        Path | None, typer.Option(help="customer_id, group_id of records of one person.", show_default=False)
    ] = None,
    profiles: Annotated[
        Path | None, typer.Option(help="The profiles: compares platforms and scripts.", show_default=False)
    ] = None,
    customers: Annotated[
        Path | None, typer.Option(help="The customers: compares common and rare names.", show_default=False)
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure links against the truth."""
    from sociolink.cli.reading import run_evaluate

    run_evaluate(links, truth, groups=groups, profiles=profiles, customers=customers, as_json=as_json)


@app.command()
def explain(
    links: LinksFile,
    profile: Annotated[str, typer.Option(help="Id of the profile.", show_default=False)],
    customer: Annotated[
        str | None, typer.Option(help="One of its customers; the best by default.", show_default=False)
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Say why a profile is, or is not, a customer's."""
    from sociolink.cli.reading import run_explain

    run_explain(links, profile, customer=customer, as_json=as_json)


@app.command()
def enrich(
    links: LinksFile,
    posts: Annotated[Path, typer.Option(help="Posts of the linked profiles.", show_default=False)],
    out: Annotated[
        Path, typer.Option("--output", "--out", help="Folder for the tables; made if needed.", show_default=False)
    ],
    events: Events = None,
    customers: Annotated[
        Path | None, typer.Option(help="Customers: consent, customer_since, segment.", show_default=False)
    ] = None,
    segment: Annotated[
        str | None, typer.Option(help="Column of the customers to split by.", show_default=False)
    ] = None,
    k: Annotated[int, typer.Option("--k", help="Fewest people that a row may tell about.")] = 10,
    terms: Annotated[
        Path | None, typer.Option(help="TOML file with [urgency] and [value].", show_default=False)
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Count ages from here; by default from the last post.", show_default=False)
    ] = None,
    file_format: Annotated[str, typer.Option("--format", help="parquet, csv or jsonl.")] = "parquet",
    map_file: Map = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Put what customers say beside what they bought."""
    from sociolink.cli.enriching import EnrichOrder, run_enrich

    order = EnrichOrder(
        links=links,
        posts=posts,
        out=out,
        events=events,
        customers=customers,
        segment=segment,
        k=k,
        terms=terms,
        as_of=as_of,
        format=file_format,
        map_file=map_file,
    )
    run_enrich(order, as_json=as_json, quiet=quiet)


app.command()(diff)
app.command()(watch)


@app.command()
def check(
    customers: Customers,
    profiles: Profiles,
    posts: Posts = None,
    map_file: Map = None,
    memory_limit: MemoryLimit = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Say what could be linked at all, and what the headers were taken for."""
    from sociolink.cli.reading import run_check

    run_check(profiles, customers, posts=posts, map_file=map_file, memory_limit=memory_limit, as_json=as_json)


@app.command()
def demo(
    folder: Annotated[Path | None, typer.Option(help="Keep the tables and links here.", show_default=False)] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Make up a small world, link it, and show what comes out."""
    from sociolink.cli.demo import run_demo

    run_demo(folder, as_json=as_json)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: Of the command; those of the process by default.

    Returns:
        0 done, 1 a mistake in sociolink itself, 2 bad input, 3 nothing to link, 4 more has changed than allowed.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    return run_guarded(lambda: app(args=given, prog_name="sociolink"), debug="--debug" in given)
