"""Links in files: the table, and in its metadata the model, the policy, the provenance and what the evidence means."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sociolink.calibration.reliability import MODEL_ONLY, Calibration
from sociolink.errors import InputError, Problem
from sociolink.results.labels.acceptance import Acceptance
from sociolink.results.report import RunReport

__all__ = ["FORMAT", "Stamp", "check_columns", "read_links", "stamp_table"]

FORMAT = 1
"""Version of the file of links; older ones are read for ever, newer ones are refused."""

_KEY = b"sociolink"
_REQUIRED = {
    "profile_id": pa.string(),
    "rank": pa.int32(),
    "customer_id": pa.string(),
    "probability": pa.float64(),
    "match_weight": pa.float64(),
    "margin": pa.float64(),
    "nobody_probability": pa.float64(),
    "rest_probability": pa.float64(),
    "group_id": pa.string(),
    "group_probability": pa.float64(),
    "decision": pa.string(),
}
_REMEDY = "Give a Parquet file that Links.write or sociolink link --output made."


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file of links says beside its table.

    Attributes:
        model_id: Which model made them.
        report: Of the run, without time and memory.
        phrases: For each family what its components mean.
        calibration: What the probabilities rest on.
        acceptance: At which risk they were accepted; None for all links of a run.
    """

    model_id: str
    report: RunReport
    phrases: Mapping[str, Mapping[str, str]]
    calibration: Calibration = MODEL_ONLY
    acceptance: Acceptance | None = None


def stamp_table(table: pa.Table, stamp: Stamp) -> pa.Table:
    """The table with its metadata: equal runs give equal bytes, for no clock, path or memory is told.

    Args:
        table: The links.
        stamp: What to tell.
    """
    from sociolink import __version__

    report = stamp.report.to_dict(timing=False)
    told = {
        "format": FORMAT,
        "kind": "sociolink.links",
        "version": __version__,
        "model_id": stamp.model_id,
        "policy": report["policy"],
        "provenance": report["sources"],
        "seed": report["seed"],
        "report": report,
        "calibration": stamp.calibration.to_dict(),
        "phrases": {family: dict(words) for family, words in stamp.phrases.items()},
    }
    if stamp.acceptance is not None:
        told |= {"acceptance": stamp.acceptance.sentence, "accepted": stamp.acceptance.to_dict()}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return table.replace_schema_metadata({_KEY: text.encode()})


def read_links(path: str | os.PathLike[str]) -> tuple[pa.Table, Stamp]:
    """Read a file of links.

    Args:
        path: A Parquet file that was written with `stamp_table`.

    Returns:
        The links and what the file says about them.

    Raises:
        InputError: The file cannot be read, holds no links, or was written by a newer version.
    """
    name = Path(path).name
    try:
        table = pq.ParquetFile(path).read()
    except FileNotFoundError:
        raise InputError(Problem(name, "there is no such file", "Check the path.")) from None
    except (OSError, pa.ArrowException) as error:
        raise InputError(Problem(name, f"cannot be read as Parquet ({type(error).__name__})", _REMEDY)) from None
    stamp = _read_stamp((table.schema.metadata or {}).get(_KEY), name)
    return check_columns(table, name).replace_schema_metadata(None), stamp


def check_columns(table: pa.Table, where: str) -> pa.Table:
    """Refuse a table that lacks columns of links.

    Args:
        table: A table.
        where: Its name, for messages.

    Raises:
        InputError: Columns are missing or of other types; lists all of them.
    """
    problems = []
    for name, kind in _REQUIRED.items():
        if name not in table.column_names:
            problems.append(Problem(f"{where}.{name}", "the column is missing", _REMEDY))
        elif table.schema.field(name).type != kind:
            problems.append(Problem(f"{where}.{name}", f"is not of type {kind}", _REMEDY))
    if problems:
        raise InputError(problems)
    return table


def _read_stamp(text: bytes | None, name: str) -> Stamp:
    try:
        told = json.loads(text or b"null")
        version = told["format"]
        if told["kind"] != "sociolink.links" or not isinstance(version, int):
            raise TypeError
    except (ValueError, TypeError, KeyError):
        raise InputError(Problem(name, "says nothing about a run of sociolink", _REMEDY)) from None
    if version > FORMAT:
        what = f"has format {version}; this version reads up to {FORMAT}"
        raise InputError(Problem(name, what, "Update sociolink."))
    try:
        return Stamp(
            str(told["model_id"]),
            RunReport.from_dict(told["report"]),
            told["phrases"],
            Calibration.from_dict(told.get("calibration")),
            Acceptance.from_dict(told.get("accepted")),
        )
    except (KeyError, TypeError, ValueError):
        raise InputError(Problem(name, "has damaged metadata", _REMEDY)) from None
