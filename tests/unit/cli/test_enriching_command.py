"""The command `enrich`: files in, a folder of tables out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Run = Any


def files(linked: Path) -> tuple[Any, ...]:
    return (
        "--links", linked / "links.parquet", "--posts", linked / "posts.csv", "--events", linked / "events.csv",
        "--customers", linked / "customers.csv",
    )  # fmt: skip


def test_tables_are_written_and_summed_up(run: Run, linked: Path) -> None:
    said = run("enrich", *files(linked), "--out", linked / "out")

    assert said.code == 0, said.err
    assert "What it came to" in said.out
    posts = pq.read_table(linked / "out" / "post_customers.parquet")
    assert set(posts["post_id"].to_pylist()) == {"t1", "t2", "t3"}
    view = pq.read_table(linked / "out" / "customer_view.parquet").to_pylist()
    assert view[0]["open_tickets"] == 1


def test_json_and_terms(run: Run, linked: Path) -> None:
    terms = linked / "terms.toml"
    terms.write_text("[urgency]\nwithin_days = 30\n")

    said = run("enrich", *files(linked), "--out", linked / "out", "--terms", terms, "--format", "csv", "--json")

    told = json.loads(said.out)
    assert told["settings"]["urgency"]["within_days"] == 30
    assert told["summary"]["posts"] == 3
    assert (linked / "out" / "respond.csv").is_file()


def test_quiet_says_nothing(run: Run, linked: Path) -> None:
    assert run("enrich", *files(linked), "--out", linked / "out", "--quiet").out == ""


def test_bad_input_is_said_at_once(run: Run, linked: Path) -> None:
    said = run("enrich", *files(linked), "--out", linked / "out", "--segment", "tier", "--k", "0")

    assert said.code == 2
    assert "customers.tier" in said.err
    assert "k: it is 0" in said.err
    assert not (linked / "out").exists()


def test_terms_and_folders_are_checked_first(run: Run, linked: Path) -> None:
    terms = linked / "terms.toml"
    for text, word in (("[urgent]\nx = 1\n", "sections"), ("[", "is no TOML")):
        terms.write_text(text)
        said = run("enrich", *files(linked), "--out", linked / "out", "--terms", terms)
        assert (said.code, word in said.err) == (2, True)

    assert run("enrich", *files(linked), "--out", linked / "posts.csv").code == 2
    assert run("enrich", *files(linked), "--out", linked / "no" / "such" / "folder").code == 2
    assert run("enrich", *files(linked), "--out", linked / "out", "--terms", linked / "none.toml").code == 2
