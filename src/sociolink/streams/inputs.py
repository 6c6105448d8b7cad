"""Where posts come from: a file that is read on from its place, a pipe, or lines that are there already."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sociolink.errors import InputError, Problem
from sociolink.streams.journal import Progress
from sociolink.streams.lines import Line, number_items, read_lines

__all__ = ["PostInput", "open_input"]

_BEGINNING = 4096
_STDIN = 0


@dataclass(frozen=True, slots=True)
class PostInput:
    """Lines of posts.

    Attributes:
        source: Gives the lines; it is asked to stop by the function that it is given.
        said: What is kept of it, to know it again; "" for what cannot be read a second time.
        descriptor: Of the file, to be closed; None where there is none of its own.
    """

    source: Callable[[Callable[[], bool]], Iterator[Line]]
    said: str = ""
    descriptor: int | None = None

    def close(self) -> None:
        """Close the file."""
        if self.descriptor is not None:
            os.close(self.descriptor)


def open_input(posts: Any, progress: Progress, *, grows: bool = False) -> PostInput:
    """Open posts, at the place where reading ended before.

    Args:
        posts: Path of a file, "-" for standard input, or lines: texts, bytes or mappings.
        progress: How far the stream had come. Another file is read from its beginning.
        grows: Whether a file may be read on later; see `read_lines`.

    Raises:
        InputError: The file cannot be read, or is shorter than what was read of it.
    """
    if posts == "-":
        return PostInput(partial(read_lines, _STDIN))
    if not isinstance(posts, str | os.PathLike):
        return PostInput(partial(number_items, posts))
    path = Path(posts)
    descriptor: int | None = None
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        return _go_on(path.name, descriptor, progress, grows)
    except BaseException as error:
        if descriptor is not None:
            os.close(descriptor)
        if not isinstance(error, OSError):
            raise
        raise InputError(Problem(path.name, f"cannot be read ({error.strerror})", "Check the path.")) from None


def _go_on(name: str, descriptor: int, progress: Progress, grows: bool) -> PostInput:
    """What is open, at the place where reading ended before."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(0, "it is a folder")
        return PostInput(partial(read_lines, descriptor), "", descriptor)
    same = _is_same(name, descriptor, progress.input)
    if same and status.st_size < progress.read:
        what = f"has {status.st_size:,} bytes, but {progress.read:,} were read of it"
        raise InputError(Problem(name, what, "Restore it, or give another state folder."))
    said = progress.input if same else _describe(name, descriptor, _BEGINNING)
    start, number = (_pass_break(descriptor, progress.read), progress.line) if same else (0, 0)
    os.lseek(descriptor, start, os.SEEK_SET)
    return PostInput(partial(read_lines, descriptor, start=start, number=number, grows=grows), said, descriptor)


def _pass_break(descriptor: int, read: int) -> int:
    """The place behind the line break that has come since to a last line that had none."""
    if read == 0:
        return 0
    os.lseek(descriptor, read - 1, os.SEEK_SET)
    around = os.read(descriptor, 3)
    last, then = around[:1], around[1:]
    if last == b"\n":
        return read
    return read + (2 if then == b"\r\n" else 1 if then[:1] == b"\n" else 0)


def _describe(name: str, descriptor: int, size: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    beginning = os.read(descriptor, size)
    return f"{hashlib.sha256(beginning).hexdigest()[:32]} {len(beginning)} {name}"


def _is_same(name: str, descriptor: int, said: str) -> bool:
    """Whether a file is the one that was read before: of that name, with that beginning."""
    parts = said.split(" ", 2)
    return len(parts) == 3 and _describe(name, descriptor, int(parts[1])) == said
