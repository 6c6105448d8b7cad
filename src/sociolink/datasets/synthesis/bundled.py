"""Bundled words of the made-up world."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

__all__ = ["load_toml"]


def load_toml(name: str) -> dict[str, Any]:
    """A file of `datasets/data`."""
    return tomllib.loads(files("sociolink.datasets").joinpath("data", name).read_text(encoding="utf-8"))
