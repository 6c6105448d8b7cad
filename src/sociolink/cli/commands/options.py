"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Customers", "Debug", "Json", "LinksFile", "Map", "Posts", "Profiles", "Quiet"]

Customers = Annotated[Path, typer.Option(help="Customers: CSV, Parquet or JSON lines.", show_default=False)]
Profiles = Annotated[Path, typer.Option(help="Social profiles: CSV, Parquet or JSON lines.", show_default=False)]
Posts = Annotated[Path | None, typer.Option(help="Posts of these profiles.", show_default=False)]
Map = Annotated[
    Path | None, typer.Option("--map", help="TOML file: canonical columns from your headers.", show_default=False)
]
LinksFile = Annotated[Path, typer.Option("--links", help="Links as a Parquet file.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
