"""Where the files of an index lie: a folder, or memory; every write is whole or not there, and safe when it returns."""

from __future__ import annotations

import io
import mmap
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sociolink.errors import IndexFileError, OutputError
from sociolink.index.folders import settle_folder
from sociolink.index.locks import release_lock, wait_for_lock

__all__ = ["FolderStorage", "MemoryStorage", "Patch", "Storage"]

Patch = tuple[int, bytes]
"""New bytes and where they go."""

_LOCK = "lock"
_PATIENCE_SECONDS = 10.0


class Storage(Protocol):
    """Named files; one writer at a time, any number of readers."""

    def names(self) -> list[str]:
        """Names of all files."""

    def map(self, name: str) -> memoryview:
        """The bytes of a file, read-only, without reading them.

        Raises:
            IndexFileError: There is no such file, or it cannot be read.
        """

    def copy(self, name: str) -> memoryview:
        """The bytes of a file, to be changed in memory alone.

        Raises:
            IndexFileError: There is no such file, or it cannot be read.
        """

    def put(self, name: str, parts: Iterable[bytes | memoryview]) -> None:
        """Write a new file; it is there whole when this returns. A file of that name is replaced at once."""

    def patch(self, name: str, patches: Sequence[Patch]) -> None:
        """Overwrite bytes of a file in place; they are safe when this returns."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def lock(self, *, wait: bool = True) -> AbstractContextManager[None]:
        """Keep other writers out for a while.

        Args:
            wait: Whether to wait some seconds for another writer.

        Raises:
            IndexFileError: Another writer is at work, or nobody may write here.
        """


class FolderStorage:
    """A folder of files.

    Args:
        folder: The folder.
    """

    __slots__ = ("folder",)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Names of all files but the lock."""
        return sorted(path.name for path in self.folder.iterdir() if path.is_file() and path.name != _LOCK)

    def map(self, name: str) -> memoryview:
        """The file, mapped into memory."""
        return self._map(name, mmap.ACCESS_READ)

    def copy(self, name: str) -> memoryview:
        """The file, mapped so that only pages that are changed are copied."""
        return self._map(name, mmap.ACCESS_COPY)

    def _map(self, name: str, access: int) -> memoryview:
        try:
            with open(self.folder / name, "rb") as file:
                if os.fstat(file.fileno()).st_size == 0:
                    return memoryview(bytearray())
                return memoryview(mmap.mmap(file.fileno(), 0, access=access))
        except OSError as error:
            raise IndexFileError(f"The index lacks its file {name} ({error.strerror}). Build it again.") from error

    def put(self, name: str, parts: Iterable[bytes | memoryview]) -> None:
        """Write beside it, then rename."""
        draft = self.folder / f"{name}.partial"
        try:
            with open(draft, "wb") as file:
                for part in parts:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self.folder / name)
            settle_folder(self.folder)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            what = f"The index cannot be written ({error.strerror}); what was there is still there."
            raise OutputError(what) from error

    def patch(self, name: str, patches: Sequence[Patch]) -> None:
        """Write at the places, then wait for the disk."""
        try:
            with open(self.folder / name, "r+b", buffering=0) as file:
                for at, data in patches:
                    _write_at(file, data, at)
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"The index cannot be changed ({error.strerror}). Open it again to finish.") from error

    def remove(self, name: str) -> None:
        """Unlink; a reader that has it mapped keeps it."""
        with suppress(OSError):
            (self.folder / name).unlink()

    @contextmanager
    def lock(self, *, wait: bool = True) -> Iterator[None]:
        """An exclusive lock on a file of its own; the system frees it when the process ends."""
        try:
            handle = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise IndexFileError(f"The index cannot be locked for writing ({error.strerror}).") from error
        try:
            if not wait_for_lock(handle, _PATIENCE_SECONDS if wait else 0.0):
                raise IndexFileError("Another process is writing this index. Try again when it is done.")
            yield
            release_lock(handle)
        finally:
            os.close(handle)


def _write_at(file: io.FileIO, data: bytes, at: int) -> None:
    """Write all bytes at a place of a file; in one call where the system has it."""
    left = memoryview(data)
    while left:
        if hasattr(os, "pwrite"):
            done = os.pwrite(file.fileno(), left, at)
        else:
            file.seek(at)
            done = file.write(left)
        left, at = left[done:], at + done


class MemoryStorage:
    """Files in memory, for an index without a path."""

    __slots__ = ("_files",)

    def __init__(self) -> None:
        self._files: dict[str, bytearray] = {}

    def names(self) -> list[str]:
        """Names of all files."""
        return sorted(self._files)

    def map(self, name: str) -> memoryview:
        """The bytes themselves."""
        if name not in self._files:
            raise IndexFileError(f"The index lacks its file {name}. Build it again.")
        return memoryview(self._files[name]).toreadonly()

    def copy(self, name: str) -> memoryview:
        """A copy of the bytes."""
        return memoryview(bytearray(self.map(name)))

    def put(self, name: str, parts: Iterable[bytes | memoryview]) -> None:
        """Keep the bytes."""
        self._files[name] = bytearray(b"".join(parts))

    def patch(self, name: str, patches: Sequence[Patch]) -> None:
        """Overwrite in place."""
        for at, data in patches:
            self._files[name][at : at + len(data)] = data

    def remove(self, name: str) -> None:
        """Forget the bytes; who holds a view of them keeps it."""
        self._files.pop(name, None)

    @contextmanager
    def lock(self, *, wait: bool = True) -> Iterator[None]:
        """Nothing: nobody else sees this memory."""
        yield
