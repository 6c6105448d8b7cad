"""What a stream has done so far, in a folder: an append-only log in segments, each record safe when it is written."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sociolink.errors import InputError, OutputError, Problem
from sociolink.index.folders import settle_folder
from sociolink.index.locks import wait_for_lock

__all__ = ["FORMAT", "Progress", "Record", "StreamJournal"]

FORMAT = 1
"""Version of the files; older ones are read for ever, newer ones are refused."""

_PREFIX, _SUFFIX, _LOCK = "stream-", ".jsonl", "lock"
_SEGMENT_BYTES = 1 << 20
_LOCK_SECONDS = 2.0
_REMEDY = "Give another folder, or remove this one and start anew."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stream has come.

    Attributes:
        line: Lines consumed.
        read: Bytes of the input consumed; 0 where it has no places.
        input: Name and digest of the beginning of an input file; "" for a pipe.
        written: For output and rejects, where they are files, the name and how many of the bytes count.
        index: Which state of the index the answers came from.
        question: How it was asked: the decision rule, and whether with cards.
        counts: Posts so far, by what became of them.
    """

    line: int = 0
    read: int = 0
    input: str = ""
    written: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    index: int = 0
    question: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """What one commit says.

    Attributes:
        progress: How far the stream has come.
        posts: Digests of the posts consumed since the commit before.
        answers: For authors that were new: digest of the profile, digest of what it shows, and the answer.
        fresh: Whether it stands for all that was said before it.
        said: What was heard of authors; see `said.StreamSaid`.
    """

    progress: Progress
    posts: Sequence[str] = ()
    answers: Sequence[tuple[str, str, Sequence[Any]]] = ()
    fresh: bool = False
    said: Sequence[Any] = ()


class StreamJournal:
    """The log of a stream.

    The records are spread over segments. The oldest segment is removed once the others hold the last `keep` posts; so
    nothing is ever written twice, and a commit takes the same time however long the stream has run.

    Args:
        folder: Made if it is not there.
        keep: Posts whose digests are kept at least.

    Raises:
        InputError: The folder holds something else, or a damaged or newer log.
        OutputError: The folder cannot be written.
    """

    def __init__(self, folder: Path, *, keep: int) -> None:
        self._folder = folder
        self._keep = keep
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"The state folder cannot be made ({error.strerror}). Choose another place.") from error
        self._lock = self._take_lock()
        self._posts: dict[int, int] = {}
        try:
            self.records = list(self._load())
        except BaseException:
            os.close(self._lock)
            raise
        self._number = max(self._posts, default=0)
        self._file: int | None = None
        self._size = 0

    @property
    def progress(self) -> Progress:
        """How far the stream has come."""
        return self.records[-1].progress if self.records else Progress()

    def commit(self, record: Record) -> None:
        """Append a record; it is safe when this returns.

        Raises:
            OutputError: It cannot be written.
        """
        try:
            if self._file is None or self._size > _SEGMENT_BYTES:
                self._begin()
            assert self._file is not None
            line = _encode(record)
            _write_all(self._file, line)
            os.fsync(self._file)
        except OSError as error:
            raise OutputError(f"The state of the stream cannot be written ({error.strerror}).") from error
        self._size += len(line)
        self._posts[self._number] += len(record.posts)
        self._drop()

    def restart(self, record: Record) -> None:
        """Begin a log that holds this record alone, and remove all that was there before.

        Args:
            record: With `fresh`: it must hold all posts and answers that are still to be known.
        """
        earlier = list(self._posts)
        self._end()
        self.commit(record)
        for number in earlier:
            self._remove(number)

    def close(self) -> None:
        """Close the files, and let others have the folder."""
        self._end()
        os.close(self._lock)

    def _end(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _take_lock(self) -> int:
        try:
            handle = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise OutputError(f"The state folder cannot be locked ({error.strerror}).") from error
        if not wait_for_lock(handle, _LOCK_SECONDS):
            os.close(handle)
            raise OutputError("Another process watches with this state folder. End it, or give another folder.")
        return handle

    def _begin(self) -> None:
        self._end()
        self._number += 1
        path = self._path(self._number)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        self._size = 0
        self._posts[self._number] = 0
        settle_folder(self._folder)

    def _drop(self) -> None:
        """Remove the oldest segments as long as the others hold enough posts."""
        while len(self._posts) > 1:
            oldest = min(self._posts)
            if sum(self._posts.values()) - self._posts[oldest] < self._keep:
                return
            self._remove(oldest)

    def _remove(self, number: int) -> None:
        with suppress(OSError):
            self._path(number).unlink()
        self._posts.pop(number, None)

    def _path(self, number: int) -> Path:
        return self._folder / f"{_PREFIX}{number:08d}{_SUFFIX}"

    def _load(self) -> Iterator[Record]:
        names = sorted(path.name for path in self._folder.iterdir())
        numbers = [int(name[len(_PREFIX) : -len(_SUFFIX)]) for name in names if _is_segment(name)]
        if any(not _is_segment(name) and not name.startswith(".") and name != _LOCK for name in names):
            what = "holds files that are no state of a stream"
            raise InputError(Problem(self._folder.name, what, "Give an empty folder, or one that watch made."))
        for number in numbers:
            self._posts[number] = 0
            for record in self._read(number):
                if record.fresh:
                    for earlier in [one for one in self._posts if one < number]:
                        self._remove(earlier)
                self._posts[number] += len(record.posts)
                yield record

    def _read(self, number: int) -> Iterator[Record]:
        """The records of a segment; what a crash cut short is at its end, and does not count."""
        lines = self._path(number).read_bytes().split(b"\n")
        for place, line in enumerate(lines[:-1]):
            record = _decode(line, self._folder.name)
            if record is None:
                if place == len(lines) - 2:
                    return
                raise InputError(Problem(self._folder.name, "is damaged", _REMEDY))
            yield record


def _is_segment(name: str) -> bool:
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX) and name[len(_PREFIX) : -len(_SUFFIX)].isdecimal()


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while len(view):
        view = view[os.write(descriptor, view) :]


def _encode(record: Record) -> bytes:
    said = {
        "format": FORMAT,
        **{name: getattr(record.progress, name) for name in Progress.__slots__},
        "posts": list(record.posts),
        "answers": [[author, shown, list(answer)] for author, shown, answer in record.answers],
        "fresh": record.fresh,
        "said": list(record.said),
    }
    text = json.dumps(said, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _decode(line: bytes, where: str) -> Record | None:
    try:
        crc, _, text = line.partition(b" ")
        if int(crc, 16) != zlib.crc32(text):
            return None
        said = json.loads(text)
    except ValueError:
        return None
    if said["format"] > FORMAT:
        what = f"has format {said['format']}; this version reads up to {FORMAT}"
        raise InputError(Problem(where, what, "Update sociolink."))
    progress = Progress(**{name: said[name] for name in Progress.__slots__})
    answers = tuple((author, shown, tuple(answer)) for author, shown, answer in said["answers"])
    return Record(progress, tuple(said["posts"]), answers, said["fresh"], tuple(said.get("said", ())))
