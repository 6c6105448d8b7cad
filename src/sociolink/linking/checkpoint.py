"""What a run that was killed leaves to the next one: its model and its finished batches."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from sociolink.errors import ModelError, OutputError
from sociolink.records.writers import write_bytes
from sociolink.results.model import LinkModel

__all__ = ["Checkpoint", "clear_checkpoint", "open_checkpoint"]

_DIGITS, _ROWS = 24, 1 << 16


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder with the finished parts of one run; parts of other runs in it are never read.

    The files hold links, so persons. They are of no use once the links are written; `clear_checkpoint` removes them.

    Attributes:
        folder: The folder.
        run: Says which run a file belongs to: a digest of the tables, the settings and the version.
    """

    folder: Path
    run: str

    def load_model(self) -> LinkModel | None:
        """The model of this run, if it was fitted before; None too where its file cannot be read."""
        try:
            return LinkModel.load(self._path("model.json"))
        except ModelError:
            return None

    def save_model(self, model: LinkModel) -> None:
        """Keep the model of this run.

        Raises:
            OutputError: The folder cannot be written.
        """
        model.save(self._path("model.json"))

    def batch(self, model: LinkModel, first: int, make: Callable[[], pa.RecordBatch]) -> pa.RecordBatch:
        """A batch of links: as it was finished before, or else made now and kept.

        Args:
            model: The model of the run.
            first: First row of the batch.
            make: Makes the batch.

        Raises:
            OutputError: The folder cannot be written.
        """
        path = self._path(f"{model.model_id}-{first:010d}.arrow")
        try:
            with pa.OSFile(os.fspath(path)) as file, pa.ipc.open_file(file) as reader:
                return reader.get_batch(0)
        except (OSError, pa.ArrowException):
            made = make()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, made.schema) as writer:
            writer.write_batch(made)
        write_bytes(sink.getvalue().to_pybytes(), path)
        return made

    def _path(self, name: str) -> Path:
        return self.folder / f"{self.run}-{name}"


def clear_checkpoint(folder: str | os.PathLike[str]) -> None:
    """Remove the parts of all runs from a folder, and the folder if nothing else is in it."""
    path = Path(folder)
    for part in path.glob(f"{'[0-9a-f]' * _DIGITS}-*"):
        part.unlink(missing_ok=True)
    if path.is_dir() and not any(path.iterdir()):
        path.rmdir()


class _Digesting(io.RawIOBase):
    """A file that is only digested."""

    def __init__(self, digest: hashlib._Hash) -> None:
        super().__init__()
        self._digest = digest

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._digest.update(data)
        return len(data)


def open_checkpoint(folder: str | os.PathLike[str], tables: Sequence[pa.Table | None], settings: str) -> Checkpoint:
    """The checkpoint of a run.

    Args:
        folder: Where its parts are kept; made if it is not there.
        tables: The canonical tables that the run reads, in the order in which it reads their rows.
        settings: Whatever else the links depend on.

    Returns:
        The checkpoint. Cost: one pass over the bytes of the tables.

    Raises:
        OutputError: The folder cannot be made.
    """
    digest = hashlib.sha256(f"{version('sociolink')}\n{settings}".encode())
    for table in tables:
        if table is None:
            digest.update(b"none")
            continue
        with pa.PythonFile(_Digesting(digest), mode="w") as file, pa.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table.combine_chunks(), max_chunksize=_ROWS)
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"The checkpoint {path.name} cannot be made: {error.strerror}. Choose another folder."
        ) from None
    return Checkpoint(path, digest.hexdigest()[:_DIGITS])
