"""The command `decide`: other decisions about links in a file, written to another file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sociolink.results.links import Links

Run = Any


def test_links_are_decided_again(run: Run, linked: Path) -> None:
    output = linked / "decided.parquet"
    said = run("decide", "--links", linked / "links.parquet", "--min-probability", "0.9999", "--output", output)

    assert said.code == 0, said.err
    assert "If the coverage were another" in said.out
    assert "Changes:" in said.out
    decided = Links.read(output)
    assert decided.report.decision_rule["min_probability"] == 0.9999
    assert decided.table.drop_columns("decision").equals(
        Links.read(linked / "links.parquet").table.drop_columns("decision")
    )


def test_a_budget_and_an_earlier_run(run: Run, linked: Path) -> None:
    files = (
        "--links",
        linked / "links.parquet",
        "--known",
        linked / "links.parquet",
        "--output",
        linked / "new.parquet",
    )
    said = run("decide", *files, "--review", "0", "--json")

    told = json.loads(said.out)
    assert told["changes"] == 0
    assert told["report"]["review"] == 0
    assert told["report"]["decision_rule"]["review_budget"] == 0


def test_quiet_says_nothing(run: Run, linked: Path) -> None:
    said = run("decide", "--links", linked / "links.parquet", "--output", linked / "new.csv", "--quiet")

    assert (said.code, said.out, said.err) == (0, "", "")


def test_what_cannot_be_followed_is_bad_input(run: Run, linked: Path) -> None:
    said = run("decide", "--links", linked / "links.parquet", "--output", linked / "new.parquet", "--max-false", "2")

    assert said.code == 2
    assert "max_false is 2.0" in said.err
    assert not (linked / "new.parquet").exists()
