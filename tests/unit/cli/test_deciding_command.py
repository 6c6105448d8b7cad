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
    assert " lost" in said.out
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


def flat(text: str) -> str:
    """What was said, in one line."""
    return " ".join(text.split())


def label_rows(folder: Path, *, chance: float | None) -> Path:
    """Labels of all profiles, as the truth says."""
    verdicts = {"p1": "c1", "p2": "c2", "p3": "c3", "p4": None}
    rows = [
        {"profile_id": name, "customer_id": owner, "verdict": "is" if owner else "nobody"}
        for name, owner in verdicts.items()
    ]
    path = folder / "labels.jsonl"
    extra = {} if chance is None else {"inclusion_probability": chance}
    path.write_text("".join(json.dumps({**row, **extra}) + "\n" for row in rows), encoding="utf-8")
    return path


def test_links_are_accepted_at_a_risk(run: Run, linked: Path) -> None:
    labels, output = label_rows(linked, chance=1.0), linked / "accepted.parquet"
    command = ("accept", "--links", linked / "links.parquet", "--labels", labels, "--confidence", "0.8")
    said = run(*command, "--max-false", "0.5", "--output", output)
    assert said.code == 0, said.err
    assert "Certified with 80.0% confidence: 0 of 3 audited" in flat(said.out)
    accepted = Links.read(output)
    assert accepted.best()["profile_id"].to_pylist() == ["p1", "p2", "p3"]

    said = run(*command, "--max-false", "0.01")
    assert said.code == 0, said.err
    assert "Cannot be certified" in flat(said.out)
    told = json.loads(run(*command, "--max-false", "0.01", "--json").out)["acceptance"]
    assert told["certified"] is False
    assert 0.1 < told["upper"] < 0.5
    assert told["sentence"].endswith("more if some are false.")
    assert told["labels_needed"] == 161


def test_acceptance_without_labels_and_by_a_plain_sample(run: Run, linked: Path) -> None:
    links = linked / "links.parquet"
    assert "Not certified" in flat(run("accept", "--links", links).out)
    assert "Certified" not in flat(run("accept", "--links", links, "--by", "decoys").out)
    assert run("accept", "--links", links, "--quiet").out == ""
    labels = label_rows(linked, chance=None)
    refused = run("accept", "--links", links, "--labels", labels)
    assert refused.code == 2
    assert "weights='equal'" in refused.err
    command = ("--labels", labels, "--weights", "equal", "--max-false", "0.5", "--confidence", "0.8")
    assert "Certified with 80.0% confidence" in flat(run("accept", "--links", links, *command).out)
