"""The report of a run: counts, coverage, expected mistakes, what was set aside, and what it took."""

from __future__ import annotations

import resource
import sys
import time
from importlib import metadata
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import DecisionRule
from sociolink.governance.policy import Policy
from sociolink.linking.decoys import DecoyEstimate
from sociolink.linking.gallery import Gallery
from sociolink.linking.inputs import Inputs
from sociolink.rendering.progress import Progress
from sociolink.results.decisions import report_decisions
from sociolink.results.model import LinkModel
from sociolink.results.report import RunReport

__all__ = ["Stopwatch", "peak_memory_mib", "summarise_run"]

_DIGITS = 6
"""Decimals of sums of probabilities; beyond them the order of the rows would show."""

_LIBRARIES = ("sociolink", "numpy", "pyarrow", "duckdb")


class Stopwatch:
    """Called with the name of each stage as it begins; passes it on and keeps the time.

    Examples:
        >>> heard = []
        >>> clock = Stopwatch(heard.append)
        >>> clock("reading")
        >>> clock("done")
        >>> heard, [name for name, _ in clock.stages]
        (['reading', 'done'], ['reading'])
    """

    __slots__ = ("_begun", "_progress", "_started")

    def __init__(self, progress: Progress | None) -> None:
        self._started = time.perf_counter()
        self._begun: list[tuple[str, float]] = []
        self._progress = progress

    def __call__(self, stage: str) -> None:
        self._begun.append((stage, time.perf_counter()))
        if self._progress is not None:
            self._progress(stage)

    @property
    def seconds(self) -> float:
        """Seconds since the watch was made."""
        return time.perf_counter() - self._started

    @property
    def stages(self) -> tuple[tuple[str, float], ...]:
        """Name and seconds of each stage that has ended."""
        return tuple((name, after - begun) for (name, begun), (_, after) in pairwise(self._begun))


def peak_memory_mib() -> float:
    """Largest resident memory of this process so far, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def _by_table(entries: pa.Table, *, counted: bool) -> dict[str, int]:
    """Rows, or the sum of their counts, by table, in the order of names."""
    number = ("count", "sum") if counted else ([], "count_all")
    groups = entries.group_by("table", use_threads=False).aggregate([number]).sort_by("table")
    numbers = groups.column("count_sum" if counted else "count_all").to_pylist()
    return dict(zip(groups.column("table").to_pylist(), numbers, strict=True))


def _total(column: pa.ChunkedArray) -> float:
    return round(float(pc.sum(column).as_py() or 0), _DIGITS)


def _describe_blocking(counted: pa.Table) -> dict[str, Any]:
    """Profiles by how many candidates they have, in bands that double, and the pairs that each family proposed."""
    counts = np.asarray(counted.column("_candidates"), np.int64)
    band = np.ceil(np.log2(np.maximum(counts, 1))).astype(np.int64) + (counts > 0)
    held = np.bincount(band, minlength=1).tolist()
    ends = [(0, 0), (1, 1), *((2 ** (place - 2) + 1, 2 ** (place - 1)) for place in range(2, len(held)))]
    met = [name for name in counted.column_names if name.startswith("_met_")]
    return {
        "candidates": [[low, high, profiles] for (low, high), profiles in zip(ends, held, strict=False)],
        "proposed_by": {name.removeprefix("_met_"): int(_total(counted.column(name))) for name in met},
    }


def summarise_run(
    counted: pa.Table,
    table: pa.Table,
    inputs: Inputs,
    model: LinkModel,
    gallery: Gallery,
    decoys: DecoyEstimate,
    *,
    policy: Policy,
    warnings: tuple[str, ...],
    clock: Stopwatch,
    seed: int,
    rule: DecisionRule,
) -> RunReport:
    """Say what happened in a run of `link`.

    Args:
        counted: What was counted of each profile.
        table: The links, with decisions.
        inputs: What was read.
        model: The model.
        gallery: The customers.
        decoys: False links counted on decoys.
        policy: Why and by whom people were linked.
        warnings: What the user should know.
        clock: What timed the stages.
        seed: Seed of the decoys.
        rule: By which the links were decided.

    Returns:
        The report.
    """
    best = table.select(["rank", "nobody_probability"]).filter(pc.less_equal(table.column("rank"), 1))
    report = RunReport(
        profiles=inputs.tables["profiles"].num_rows,
        customers=len(gallery),
        people=gallery.people,
        candidates=int(_total(counted.column("_candidates"))),
        capped_blocks=int(_total(counted.column("_capped"))),
        nobody_expected=_total(best.column("nobody_probability")),
        coverage=model.coverage.value,
        coverage_low=model.coverage.low,
        coverage_high=model.coverage.high,
        findable=model.findable.value,
        findable_low=model.findable.low,
        findable_high=model.findable.high,
        false_links_decoys=decoys.value,
        false_links_decoys_low=decoys.low,
        false_links_decoys_high=decoys.high,
        decoy_note=decoys.note,
        decoy_scores=decoys.scores,
        blocking=_describe_blocking(counted),
        refused_consent=dict(inputs.refused),
        rejects=_by_table(inputs.rejects, counted=False),
        repairs=_by_table(inputs.repairs, counted=True),
        seconds=clock.seconds,
        peak_memory_mib=peak_memory_mib(),
        stages=clock.stages,
        warnings=warnings,
        policy=policy.as_dict(),
        sources=tuple(source.as_dict() for source in inputs.sources),
        versions={name: metadata.version(name) for name in _LIBRARIES},
        seed=seed,
    )
    return report_decisions(report, table, rule)
