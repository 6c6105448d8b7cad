"""The label file: one judgement a line, on the disk before the next one is asked for."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from sociolink.errors import InputError, InvalidParameterError, OutputError, Problem
from sociolink.records.columns import arrow_schema
from sociolink.records.readers import read_table
from sociolink.records.writers import write_bytes
from sociolink.review.locks import hold_lock

__all__ = ["VERDICTS", "Judgement", "LabelFile"]

VERDICTS: Final = ("is", "is_not", "nobody", "skip")
SUFFIXES: Final = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one reviewer says of one profile: a row of the labels table.

    Attributes:
        profile_id: The profile.
        customer_id: Who it is, or is not; None for "nobody" and "skip".
        verdict: One of `VERDICTS`.
        reviewer: Who says so.
        decided_at: When, as ISO text in UTC.
        inclusion_probability: With which the profile was drawn; None where it is of no sample.
        source: What the judgement was made with.
    """

    profile_id: str
    customer_id: str | None
    verdict: str
    reviewer: str
    decided_at: str
    inclusion_probability: float | None = None
    source: str = "review"

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise InvalidParameterError(f"verdict is {self.verdict!r}; it must be one of {', '.join(VERDICTS)}")
        if (self.customer_id is None) == (self.verdict in ("is", "is_not")):
            lacking = "needs" if self.customer_id is None else "takes no"
            raise InvalidParameterError(f"the verdict {self.verdict} {lacking} customer")


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A file of JSON lines that is a clean labels table at every moment: `links.recalibrate(path)` reads it as it is.

    A judgement is appended and brought to the disk before `add` returns. A reviewer has one judgement of a profile: a
    later one takes the place of an earlier one. To take one back, the file is written anew and put in the place of the
    old one in a single step, so that a crash loses nothing that was decided. Several processes may share the file;
    lines that others wrote stay as they are.

    Attributes:
        path: The file, ending in .jsonl or .ndjson; it need not be there yet.

    Examples:
        >>> import tempfile
        >>> file = LabelFile(Path(tempfile.mkdtemp()) / "labels.jsonl")
        >>> file.add(Judgement(profile_id="p1", customer_id=None, verdict="nobody", reviewer="ann", decided_at=""))
        >>> file.read().select(["profile_id", "verdict", "reviewer"]).to_pylist()
        [{'profile_id': 'p1', 'verdict': 'nobody', 'reviewer': 'ann'}]
        >>> file.take_back("ann"), len(file.read())
        ('p1', 0)
    """

    path: Path

    def __post_init__(self) -> None:
        if self.path.suffix.lower() not in SUFFIXES:
            raise InvalidParameterError(f"labels go to a file ending in {' or '.join(SUFFIXES)}, not {self.path.name}")

    def read(self) -> pa.Table:
        """All judgements as a canonical labels table, in the order of the file; empty where there is no file.

        Raises:
            InputError: The file cannot be read, or holds other than labels.
        """
        return self.read_with_rejects()[0]

    def read_with_rejects(self) -> tuple[pa.Table, int]:
        """All judgements, and how many lines could not be used.

        Raises:
            InputError: The file cannot be read, or holds other than labels.
        """
        if not self.path.exists() or self.path.stat().st_size == 0:
            return arrow_schema("labels").empty_table(), 0
        loaded = read_table(str(self.path), "labels")
        return loaded.table.select(arrow_schema("labels").names), loaded.provenance.rejected

    def add(self, judgement: Judgement) -> None:
        """Put a judgement on the disk.

        Raises:
            OutputError: It could not be written; nothing that was there is lost.
        """
        line = (json.dumps(asdict(judgement), ensure_ascii=False) + "\n").encode()
        with hold_lock(self.path):
            lines = self._lines()
            own = (judgement.profile_id, judgement.reviewer)
            earlier = [number for number, one in enumerate(lines) if _whose(one) == own]
            if earlier:
                kept = [one for number, one in enumerate(lines) if number not in earlier]
                write_bytes(b"".join([*kept, line]), self.path)
            else:
                self._append(line)

    def take_back(self, reviewer: str) -> str | None:
        """Take the last judgement of a reviewer out of the file.

        Returns:
            The profile that it was of; None where there is nothing of this reviewer's.

        Raises:
            OutputError: The file could not be written; it is as it was.
        """
        with hold_lock(self.path):
            lines = self._lines()
            for number in range(len(lines) - 1, -1, -1):
                whose = _whose(lines[number])
                if whose is not None and whose[1] == reviewer:
                    write_bytes(b"".join(lines[:number] + lines[number + 1 :]), self.path)
                    return whose[0]
        return None

    def _lines(self) -> list[bytes]:
        """The lines, each with its end."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            what = f"cannot be read ({error.strerror or type(error).__name__})"
            raise InputError(Problem(self.path.name, what, "Check the path and its permissions.")) from None
        lines = data.splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):
            lines[-1] += b"\n"
        return lines

    def _append(self, line: bytes) -> None:
        """Add a line at the end; a line that a crash left half-written ends before it."""
        try:
            with self.path.open("a+b") as file:
                size = file.seek(0, os.SEEK_END)
                if size:
                    file.seek(size - 1)
                    line = line if file.read(1) == b"\n" else b"\n" + line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise OutputError(f"the judgement was not saved in {self.path.name} ({reason}).") from None


def _whose(line: bytes) -> tuple[str, str] | None:
    """Profile and reviewer of a line; None where it does not say."""
    try:
        loaded = json.loads(line)
    except ValueError:
        return None
    if not isinstance(loaded, dict):
        return None
    profile, reviewer = loaded.get("profile_id"), loaded.get("reviewer")
    return (profile, reviewer) if isinstance(profile, str) and isinstance(reviewer, str) else None
