"""Runs a command as a process of its own: seconds, processor seconds, peak memory of its whole tree."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Run", "run_cold"]

_PROC = Path("/proc")
_PAUSE = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took.

    Attributes:
        seconds: From its start to its end.
        cpu_seconds: Of it and its children, user and system.
        peak_gib: Largest resident memory of all its processes together, looked at every 50 ms; where there is no
            `/proc`, the largest of one process.
        output: What it printed.
        failure: Last line of its errors where it failed, None where it did not.
    """

    seconds: float
    cpu_seconds: float
    peak_gib: float
    output: str
    failure: str | None


def run_cold(
    command: Sequence[object],
    *,
    folder: Path | None = None,
    variables: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Run:
    """Run a command to its end.

    Args:
        command: Program and arguments.
        folder: Where it runs.
        variables: Environment variables that differ from ours.
        timeout: Seconds after which it and its children are ended, as a failure.
    """
    environment = {**os.environ, **(variables or {})}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], cwd=folder, env=environment, stdout=out, stderr=err, start_new_session=True
        )
        late = threading.Event()
        watch = threading.Timer(timeout, _end, (process.pid, late)) if timeout else None
        if watch:
            watch.start()
        peak = _Peak(process.pid)
        peak.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        peak.stop()
        if watch:
            watch.cancel()
        largest = peak.bytes or usage.ru_maxrss * 1024
        out.seek(0)
        err.seek(0)
        lines = [line for line in err.read().splitlines() if line.strip()]
        failure = None
        if late.is_set():
            failure = f"not done after {timeout:.0f} s"
        elif process.returncode:
            failure = lines[-1] if lines else f"ended with {process.returncode}"
        return Run(seconds, usage.ru_utime + usage.ru_stime, largest / 2**30, out.read(), failure)


def _end(leader: int, late: threading.Event) -> None:
    late.set()
    os.killpg(leader, signal.SIGKILL)


class _Peak(threading.Thread):
    """Looks at the resident memory of a process and what it started."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self._root = root
        self._done = threading.Event()

    def run(self) -> None:
        while _PROC.is_dir() and not self._done.wait(_PAUSE):
            self.bytes = max(self.bytes, _tree_bytes(self._root))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _tree_bytes(root: int) -> int:
    """Resident memory of the session that `root` leads."""
    total = 0
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            except OSError:  # it ended meanwhile
                continue
            total += int(fields[21]) * _PAGE if int(fields[3]) == root else 0
    return total
