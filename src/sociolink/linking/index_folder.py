"""Folders of indexes: an index that is there, or a place where one may be made."""

from __future__ import annotations

import os
from pathlib import Path

from sociolink.errors import InputError, OutputError, Problem
from sociolink.index.manifest import MANIFEST
from sociolink.index.storage import FolderStorage

__all__ = ["existing_folder", "new_folder"]


def existing_folder(path: str | os.PathLike[str]) -> Path:
    """The folder of an index.

    Raises:
        InputError: There is no such folder.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise InputError(Problem("path", f"there is no folder {folder.name}", "Build the index first."))
    return folder


def new_folder(path: str | os.PathLike[str]) -> FolderStorage:
    """A folder for an index: made if it is not there; what is no index is not touched.

    Raises:
        OutputError: The folder holds something else, or cannot be made.
    """
    folder = Path(path)
    try:
        folder.mkdir(exist_ok=True)
        storage = FolderStorage(folder)
        names = storage.names()
    except OSError as error:
        raise OutputError(f"The folder {folder.name} cannot be used ({error.strerror}). Choose another one.") from error
    if names and MANIFEST not in names:
        raise OutputError(f"The folder {folder.name} holds other files. Choose an empty folder for the index.")
    return storage
