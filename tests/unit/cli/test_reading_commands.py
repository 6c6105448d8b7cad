"""The commands that only read: evaluate, explain and check."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

Run = Any


def test_evaluate_prints_a_table(run: Run, linked: Path) -> None:
    said = run("evaluate", "--links", linked / "links.parquet", "--truth", linked / "truth.csv")

    assert said.code == 0, said.err
    assert "log loss" in said.out
    assert "R@P95" in said.out


def test_evaluate_gives_json(run: Run, linked: Path) -> None:
    said = run("evaluate", "--links", linked / "links.parquet", "--truth", linked / "truth.csv", "--json")

    assert json.loads(said.out)["recall_at_1"] == 1.0


def test_evaluate_takes_groups(run: Run, linked: Path) -> None:
    groups = linked / "groups.csv"
    groups.write_text("customer_id,group_id\nc1,g1\nc2,g1\nc3,g3\nc4,g4\n", encoding="utf-8")
    (linked / "truth.csv").write_text("profile_id,customer_id\np1,c2\n", encoding="utf-8")
    command = ("evaluate", "--links", linked / "links.parquet", "--truth", linked / "truth.csv", "--json")

    assert json.loads(run(*command).out)["recall_at_1"] == 0.0
    assert json.loads(run(*command, "--groups", groups).out)["recall_at_1"] == 1.0


def test_evaluate_compares_bands(run: Run, linked: Path) -> None:
    tables = ("--profiles", linked / "profiles.csv", "--customers", linked / "customers.csv")
    command = ("evaluate", "--links", linked / "links.parquet", "--truth", linked / "truth.csv", *tables)
    said = run(*command)

    assert said.code == 0, said.err
    assert "How bands are served" in said.out
    assert "family name" in said.out
    assert json.loads(run(*command, "--json").out)["parity"]["overall"]["recall"]["value"] == 1.0


def test_truth_about_unknown_profiles_is_bad_input(run: Run, linked: Path) -> None:
    (linked / "truth.csv").write_text("profile_id,customer_id\np9,c1\n", encoding="utf-8")

    said = run("evaluate", "--links", linked / "links.parquet", "--truth", linked / "truth.csv")

    assert said.code == 2
    assert "not in the links" in said.err


def test_explain_tells_why(run: Run, linked: Path) -> None:
    said = run("explain", "--links", linked / "links.parquet", "--profile", "p1")

    assert said.code == 0
    assert said.out.startswith("p1 is linked to customer c1")
    assert "needed to be as likely as nobody" in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_explain_gives_json(run: Run, linked: Path) -> None:
    said = run("explain", "--links", linked / "links.parquet", "--profile", "p1", "--json")

    told = json.loads(said.out)
    assert told["customer_id"] == "c1"
    assert sum(fact["bits"] for fact in told["facts"]) == pytest.approx(told["match_weight"], abs=1e-9)
    assert told["answers"][0]["customer_id"] == "c1"


def test_explain_of_an_unknown_profile_is_bad_input(run: Run, linked: Path) -> None:
    said = run("explain", "--links", linked / "links.parquet", "--profile", "p9")

    assert said.code == 2
    assert "there is no profile 'p9'" in said.err


def test_explain_of_something_else_is_bad_input(run: Run, linked: Path) -> None:
    said = run("explain", "--links", linked / "truth.csv", "--profile", "p1")

    assert said.code == 2
    assert "cannot be read as Parquet" in said.err


@pytest.mark.skipif(find_spec("sociolink.linking.check") is None, reason="check has not landed")
def test_check_tells_what_could_be_linked(run: Run, tables: Path) -> None:
    files = ("--customers", tables / "customers.csv", "--profiles", tables / "profiles.csv")

    said = run("check", *files)
    told = run("check", *files, "--json")

    assert said.code == 0, said.err
    assert "profiles" in said.out
    assert json.loads(told.out) == json.loads(run("check", *files, "--json", "--memory-limit", "50%").out)
    assert run("check", *files, "--memory-limit", "much").code == 2
    assert json.loads(told.out)
