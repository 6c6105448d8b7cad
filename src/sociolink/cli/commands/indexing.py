"""The commands `sociolink index ...` and their options. What they need is loaded when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sociolink.cli.commands.options import (
    Basis,
    Customers,
    Debug,
    Index,
    Json,
    Map,
    MemoryLimit,
    Policy,
    SomeCustomers,
    Who,
)

__all__ = ["index_app"]

index_app = typer.Typer(
    name="index",
    help="Keep customers prepared: build an index once, then ask it, change it, erase from it.",
    no_args_is_help=True,
)

Record = Annotated[
    Path | None,
    typer.Option(help="Events of customers, kept on record: posts are then evidence.", show_default=False),
]
Fact = Annotated[str | None, typer.Option(show_default=False)]


@index_app.command()
def build(
    customers: Customers,
    model: Annotated[Path, typer.Option(help="A saved model; see --save-model of link.", show_default=False)],
    index: Annotated[Path, typer.Option("--index", help="Folder for the index.", show_default=False)],
    policy: Policy,
    who: Who = "",
    lawful_basis: Basis = "",
    events: Record = None,
    map_file: Map = None,
    memory_limit: MemoryLimit = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Prepare customers for a model and keep them in a folder."""
    from sociolink.cli.indexing import run_build

    told = (policy, who, lawful_basis)
    run_build(
        customers,
        model,
        index,
        policy=told,
        events=events,
        map_file=map_file,
        memory_limit=memory_limit,
        as_json=as_json,
    )


@index_app.command()
def upsert(
    index: Index,
    customers: SomeCustomers = None,
    events: Record = None,
    map_file: Map = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Add customers, or replace those whose id is there already; put events on record."""
    from sociolink.cli.indexing import run_upsert

    run_upsert(index, customers, events=events, map_file=map_file, as_json=as_json)


@index_app.command()
def erase(
    index: Index,
    id_: Annotated[
        list[str] | None, typer.Option("--id", help="Id of a customer; may be given again.", show_default=False)
    ] = None,
    ids: Annotated[Path | None, typer.Option(help="Text file with one id a line.", show_default=False)] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Erase customers from all files of the index."""
    from sociolink.cli.indexing import run_erase

    run_erase(index, id_ or [], ids, as_json=as_json)


@index_app.command()
def compact(index: Index, memory_limit: MemoryLimit = None, as_json: Json = False, debug: Debug = False) -> None:
    """Build the index again from its own customers, with frequencies counted anew."""
    from sociolink.cli.indexing import run_compact

    run_compact(index, memory_limit=memory_limit, as_json=as_json)


@index_app.command()
def renew(index: Index, memory_limit: MemoryLimit = None, as_json: Json = False, debug: Debug = False) -> None:
    """Bring an index that another version wrote up to date."""
    from sociolink.cli.indexing import run_renew

    run_renew(index, memory_limit=memory_limit, as_json=as_json)


@index_app.command()
def find(
    index: Index,
    policy: Policy,
    platform: Annotated[str, typer.Option(help="Platform of the profile.", show_default=False)],
    handle: Annotated[str, typer.Option(help="Its handle.", show_default=False)],
    display_name: Fact = None,
    bio: Fact = None,
    location: Fact = None,
    url: Fact = None,
    email: Fact = None,
    phone: Fact = None,
    who: Who = "",
    lawful_basis: Basis = "",
    top: Annotated[int, typer.Option(help="Most customers listed.")] = 3,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Say whose profile it may be."""
    from sociolink.cli.indexing import run_find

    facts = {"display_name": display_name, "bio": bio, "location": location, "url": url, "email": email, "phone": phone}
    profile = {"platform": platform, "handle": handle, **facts}
    run_find(index, profile, policy=(policy, who, lawful_basis), top=top, as_json=as_json)


@index_app.command()
def info(
    index: Index,
    verify: Annotated[bool, typer.Option("--verify", help="Compare everything with its checksums.")] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Say what an index holds and in which state it is."""
    from sociolink.cli.indexing import run_info

    run_info(index, verify=verify, as_json=as_json)
