"""The scripts that stand beside the data: another scorer, baselines, and the same task at another coverage."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import sociolink as sl

__all__ = ["score_baseline", "score_links", "thin_out"]

_SAME = {
    "nll": "log_loss",
    "brier": "brier",
    "R1": "recall_at_1",
    "PC": "owner_listed",
    "R_at_P95": "recall_at_p95",
    "R_at_P99": "recall_at_p99",
    "fl": "false_links",
}
_ROUNDING = 2e-4


def _run(script: Path, *arguments: object) -> str:
    command = [sys.executable, str(script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script.name} failed: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout


def score_links(bench: Path, folder: Path, links: sl.Links, ours: dict[str, Any]) -> dict[str, Any] | None:
    """The figures of the scorer beside the data, and where they differ from ours.

    Args:
        bench: Folder of the scripts.
        folder: The task's folder.
        links: The links.
        ours: Our own evaluation of them.

    Returns:
        Its figures, with `differs` naming those that are not ours; None where there is no such scorer.
    """
    script = bench / "score.py"
    if not script.is_file():
        return None
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(temporary) / "links.parquet"
        links.write(target)
        theirs: dict[str, Any] = json.loads(_run(script, folder, target))
    theirs["differs"] = [name for name, own in _SAME.items() if abs((theirs[name] or 0) - (ours[own] or 0)) > _ROUNDING]
    return theirs


def score_baseline(bench: Path, folder: Path, *, kind: str = "best") -> dict[str, Any] | None:
    """What the best simple string similarity reaches; None where there is no such script."""
    script = bench / "baselines.py"
    if not script.is_file():
        return None
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(temporary) / "links.parquet"
        _run(script, folder, target, kind)
        seconds = time.perf_counter() - started
        truth, groups = folder / "truth.parquet", folder / "groups.parquet"
        found = sl.evaluate(target, truth, groups=groups, bootstrap=0)
    return {
        "kind": kind,
        "recall_at_1": round(found.recall_at_1, 4),
        "recall_at_p95": round(found.recall_at_p95, 4),
        "log_loss": round(found.log_loss, 4),
        "seconds": round(seconds, 1),
    }


def thin_out(bench: Path, folder: Path, target: Path, coverage: float) -> None:
    """Write the same task at another coverage to the folder `target`."""
    _run(bench / "coverage.py", folder, target, coverage)
