"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Basis",
    "Customers",
    "Debug",
    "Events",
    "Index",
    "Json",
    "LinksFile",
    "LinksOut",
    "Map",
    "MemoryLimit",
    "Order",
    "Policy",
    "Posts",
    "Profiles",
    "Quiet",
    "Rejects",
    "Seed",
    "Size",
    "SomeCustomers",
    "Who",
]

_CUSTOMERS = typer.Option(help="Customers: CSV, Parquet or JSON lines.", show_default=False)

Customers = Annotated[Path, _CUSTOMERS]
SomeCustomers = Annotated[Path | None, _CUSTOMERS]
Profiles = Annotated[Path, typer.Option(help="Social profiles: CSV, Parquet or JSON lines.", show_default=False)]
Posts = Annotated[Path | None, typer.Option(help="Posts of these profiles.", show_default=False)]
Events = Annotated[Path | None, typer.Option(help="Events of the customers.", show_default=False)]
Map = Annotated[
    Path | None, typer.Option("--map", help="TOML file: canonical columns from your headers.", show_default=False)
]
MemoryLimit = Annotated[
    str | None, typer.Option(help="For example 4GiB, or 50% of the machine's memory.", show_default=False)
]
LinksFile = Annotated[Path, typer.Option("--links", help="Links as a Parquet file.", show_default=False)]
LinksOut = Annotated[Path, typer.Option("--output", help="Links: .parquet, .csv or .jsonl.", show_default=False)]
Rejects = Annotated[Path | None, typer.Option(help="Where to write what was set aside.", show_default=False)]
Index = Annotated[Path, typer.Option("--index", help="Folder of the index.", show_default=False)]
Policy = Annotated[str, typer.Option("--policy", help="What linking is for: research or support.", show_default=False)]
Who = Annotated[str, typer.Option(help="Team or person who answers for it.", show_default=False)]
Basis = Annotated[str, typer.Option(help="For support, e.g. contract.", show_default=False)]
Size = Annotated[int, typer.Option(help="How many profiles.")]
Order = Annotated[str, typer.Option(help="sample: at random, for estimates; doubt: the most doubtful.")]
Seed = Annotated[int, typer.Option(help="Start of the random numbers.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
