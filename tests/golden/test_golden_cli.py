"""What commands print, as text that anyone can read and add to.

Each file in `cli/` begins with a command and holds what it must print and the code it must end with. To add one, write
the command alone and run the tests with GOLDEN=write; then read what was written.
"""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import pyarrow as pa
import pytest

from sociolink.cli.app import main
from sociolink.records.rejects import REJECTS_SCHEMA, REPAIRS_SCHEMA
from sociolink.results.links import Links
from sociolink.results.report import RunReport

FOLDER = Path(__file__).parent / "cli"
CASES = sorted(FOLDER.glob("*.txt"))
NAMES = [
    "profile_id",
    "rank",
    "customer_id",
    "probability",
    "match_weight",
    "bits_name",
    "bits_place",
    "level_name",
    "level_place",
    "margin",
    "nobody_probability",
    "rest_probability",
    "group_id",
    "group_probability",
    "decision",
]
STRINGS = {"profile_id", "customer_id", "level_name", "level_place", "group_id", "decision"}


def make_links() -> Links:
    told = json.loads((FOLDER / "links.json").read_text(encoding="utf-8"))
    kinds = {name: pa.string() if name in STRINGS else pa.float64() for name in NAMES} | {"rank": pa.int32()}
    for row in told["rows"]:
        parts = [row[name] for name in ("bits_name", "bits_place") if row[name] is not None]
        row["match_weight"] = sum(parts) if parts else None
    table = pa.Table.from_pylist(told["rows"], schema=pa.schema(kinds.items()))
    empty = (REJECTS_SCHEMA.empty_table(), REPAIRS_SCHEMA.empty_table())
    return Links(table, *empty, None, RunReport.from_dict(told["report"]), phrases=told["phrases"], model_id="golden")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_command_prints_what_it_always_printed(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    make_links().write("links.parquet")
    expected = path.read_text(encoding="utf-8")
    command = expected.splitlines()[0]

    code = main(shlex.split(command.removeprefix("$ sociolink ")))

    shown = capsys.readouterr()
    said = f"{command}\n{shown.out}{shown.err}[ends with {code}]\n"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(said, encoding="utf-8")
    assert said == expected


def test_there_are_cases() -> None:
    assert len(CASES) > 5
