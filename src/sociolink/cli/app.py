"""The command line: its commands and their options. What they need is loaded when they run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sociolink.cli.diff_command import diff
from sociolink.cli.failures import run_guarded
from sociolink.cli.index_app import index_app
from sociolink.cli.watch_command import watch

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

Customers = Annotated[Path, typer.Option(help="Customers: CSV, Parquet or JSON lines.", show_default=False)]
Profiles = Annotated[Path, typer.Option(help="Social profiles: CSV, Parquet or JSON lines.", show_default=False)]
Posts = Annotated[Path | None, typer.Option(help="Posts of these profiles.", show_default=False)]
Map = Annotated[
    Path | None, typer.Option("--map", help="TOML file: canonical columns from your headers.", show_default=False)
]
LinksFile = Annotated[Path, typer.Option("--links", help="Links as a Parquet file.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


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
    output: Annotated[Path, typer.Option(help="Links: .parquet, .csv or .jsonl.", show_default=False)],
    policy: Annotated[str, typer.Option(help="What linking is for: research or support.", show_default=False)],
    posts: Posts = None,
    events: Annotated[Path | None, typer.Option(help="Events of the customers.", show_default=False)] = None,
    known: Annotated[
        Path | None, typer.Option(help="Known links: profile_id, customer_id (empty: nobody).", show_default=False)
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Labels of these profiles: correct the probabilities.", show_default=False)
    ] = None,
    who: Annotated[str, typer.Option(help="Team or person who answers for it.", show_default=False)] = "",
    lawful_basis: Annotated[str, typer.Option(help="For support, e.g. contract.", show_default=False)] = "",
    map_file: Map = None,
    model: Annotated[Path | None, typer.Option(help="A saved model; else one is fitted.", show_default=False)] = None,
    save_model: Annotated[Path | None, typer.Option(help="Where to save the model.", show_default=False)] = None,
    rejects: Annotated[Path | None, typer.Option(help="Where to write what was set aside.", show_default=False)] = None,
    report: Annotated[Path | None, typer.Option(help="Report for people: .html.", show_default=False)] = None,
    report_people: Annotated[
        bool, typer.Option("--report-people", help="Show handles, names and bios in the report.")
    ] = False,
    top: Annotated[int, typer.Option(help="Most customers listed for a profile.")] = 5,
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 0,
    threads: Annotated[int | None, typer.Option(help="Threads; all by default.", show_default=False)] = None,
    memory_limit: Annotated[str | None, typer.Option(help="For example 4GiB.", show_default=False)] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Folder from which a killed run goes on.", show_default=False)
    ] = None,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
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


@app.command()
def decide(
    links: LinksFile,
    output: Annotated[Path, typer.Option(help="Links: .parquet, .csv or .jsonl.", show_default=False)],
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
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
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


@app.command()
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
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    debug: Debug = False,
) -> None:
    """Choose the links to make at a risk, and certify it where labels or decoys can."""
    from sociolink.cli.deciding import AcceptanceOrder, run_accept

    order = AcceptanceOrder(
        links=links, output=output, max_false=max_false, confidence=confidence, labels=labels, by=by, weights=weights
    )
    run_accept(order, as_json=as_json, quiet=quiet)


@app.command()
def sample(
    links: LinksFile,
    output: Annotated[Path, typer.Option(help="Profiles to label: .csv, .parquet or .jsonl.", show_default=False)],
    size: Annotated[int, typer.Option(help="How many profiles.")] = 200,
    order: Annotated[str, typer.Option(help="sample: at random, for estimates; doubt: the most doubtful.")] = "sample",
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 0,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    debug: Debug = False,
) -> None:
    """Draw a sample of profiles to label."""
    from sociolink.cli.labelling import run_sample

    run_sample(links, output, size=size, order=order, seed=seed, as_json=as_json, quiet=quiet)


@app.command()
def recalibrate(
    links: LinksFile,
    labels: Annotated[
        Path, typer.Option(help="profile_id, customer_id, verdict, inclusion_probability.", show_default=False)
    ],
    output: Annotated[Path, typer.Option(help="Links: .parquet, .csv or .jsonl.", show_default=False)],
    apply: Annotated[
        bool, typer.Option("--apply/--no-apply", help="Correct the links, or only say what that would change.")
    ] = True,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    debug: Debug = False,
) -> None:
    """Correct the probabilities of links by labels."""
    from sociolink.cli.labelling import run_recalibrate

    run_recalibrate(links, labels, output, apply=apply, as_json=as_json, quiet=quiet)


@app.command()
def review(
    links: LinksFile,
    labels: Annotated[
        Path, typer.Option(help="File of labels, .jsonl: made, or continued where it is there.", show_default=False)
    ],
    profiles: Annotated[Path | None, typer.Option(help="The profiles, to show them.", show_default=False)] = None,
    customers: Annotated[Path | None, typer.Option(help="The customers, to show them.", show_default=False)] = None,
    map_file: Map = None,
    size: Annotated[int, typer.Option(help="How many profiles.")] = 200,
    order: Annotated[str, typer.Option(help="sample: at random, for estimates; doubt: the most doubtful.")] = "sample",
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 0,
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
    events: Annotated[Path | None, typer.Option(help="Events of the customers.", show_default=False)] = None,
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
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
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
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Say what could be linked at all, and what the headers were taken for."""
    from sociolink.cli.reading import run_check

    run_check(profiles, customers, posts=posts, map_file=map_file, as_json=as_json)


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
