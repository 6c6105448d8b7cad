"""Whether outputs can be written, found out before the work starts."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sociolink.errors import OutputError

__all__ = ["TABLES", "check_outputs"]

TABLES = (".parquet", ".csv", ".jsonl", ".ndjson")
"""Suffixes of tables."""


def check_outputs(paths: Sequence[tuple[Path | None, Sequence[str]]]) -> None:
    """Refuse outputs that could not be written in the end.

    Args:
        paths: Each output with the suffixes that it may have; None is passed over, no suffixes means any.

    Raises:
        OutputError: A folder is missing or read-only, or a suffix says nothing; names all of them.
    """
    problems = [found for path, suffixes in paths if path is not None for found in _problems(path, suffixes)]
    if problems:
        raise OutputError("\n".join(problems))


def _problems(path: Path, suffixes: Sequence[str]) -> list[str]:
    if suffixes and path.suffix.lower() not in suffixes:
        return [f"{path} cannot be written: it must end in {', '.join(suffixes)}."]
    folder = path.parent
    if path.is_dir():
        return [f"{path} cannot be written: there is a folder of that name. Choose another name."]
    if not folder.is_dir():
        return [f"{path} cannot be written: there is no folder {folder}. Make it first."]
    try:
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=folder)
        os.close(handle)
        Path(draft).unlink()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return [f"{path} cannot be written ({reason}). Choose another folder or change its permissions."]
    return []
