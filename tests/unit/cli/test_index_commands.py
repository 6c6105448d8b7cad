"""The commands `sociolink index ...`, from a table to an answer and to nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sociolink import Policy, fit

Run = Any

PEOPLE = [
    {"customer_id": "c1", "given_name": "Xenia", "family_name": "Quartermain", "email": "xenia@quartermain.example"},
    {"customer_id": "c2", "given_name": "Olu", "family_name": "Adeyemi", "email": "olu@adeyemi.example"},
]
ACCOUNTS = [
    {"profile_id": "p1", "platform": "github", "handle": "xeniaquartermain"},
    {"profile_id": "p2", "platform": "x", "handle": "sunny_days"},
]


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("commands")
    fit(ACCOUNTS, PEOPLE, policy=Policy.research(who="tests")).save(path / "model.json")
    for name, rows in (("people", PEOPLE), ("more", [{"customer_id": "c3", "full_name": "Zorina Quopplewitz"}])):
        write_rows(path / f"{name}.jsonl", rows)
    return path


def test_an_index_from_its_first_to_its_last_customer(run: Run, folder: Path) -> None:
    index = str(folder / "crm.index")
    given = ["--customers", str(folder / "people.jsonl"), "--model", str(folder / "model.json"), "--policy", "research"]
    built = run("index", "build", "--index", index, *given)
    assert built.code == 0, built.err
    assert "2 people" in built.out

    ask = ["index", "find", "--index", index, "--policy", "research", "--platform", "github"]
    found = json.loads(run(*ask, "--handle", "xeniaquartermain", "--json").out)
    assert found["customer_id"] == "c1"
    assert "c1" in run(*ask, "--handle", "xeniaquartermain", "--display-name", "Xenia Quartermain").out

    added = run("index", "upsert", "--index", index, "--customers", str(folder / "more.jsonl"), "--json")
    assert json.loads(added.out)["change"]["added"] == 1
    assert json.loads(run(*ask, "--handle", "zorinaquopplewitz", "--json").out)["customer_id"] == "c3"

    (folder / "ids.txt").write_text("c1\n\n")
    erased = run("index", "erase", "--index", index, "--id", "c3", "--ids", str(folder / "ids.txt"))
    assert erased.code == 0
    assert "2 erased" in erased.out
    again = run("index", "erase", "--index", index, "--id", "c3")
    assert "1 not in the index" in again.out.lower()
    assert json.loads(run(*ask, "--handle", "xeniaquartermain", "--json").out)["customer_id"] is None

    assert run("index", "compact", "--index", index).code == 0
    info = json.loads(run("index", "info", "--index", index, "--verify", "--json").out)["index"]
    assert (info["customers"], info["erased"], info["verified"]) == (1, 0, True)


def test_a_memory_limit_is_taken_by_what_builds(run: Run, folder: Path, tmp_path: Path) -> None:
    given = ["--customers", str(folder / "people.jsonl"), "--model", str(folder / "model.json"), "--policy", "research"]
    index = str(tmp_path / "crm.index")
    commands = (["build", "--index", index, *given], ["compact", "--index", index], ["renew", "--index", index])
    for command in commands:
        done = run("index", *command, "--memory-limit", "4GiB")
        assert done.code == 0, done.err
        refused = run("index", *command, "--memory-limit", "much")
        assert refused.code == 2
        assert "memory_limit='much'" in refused.err


def test_what_cannot_be_done_is_said(run: Run, folder: Path) -> None:
    nowhere = run("index", "info", "--index", str(folder / "nowhere"))
    assert nowhere.code == 2
    assert "no folder nowhere" in nowhere.err
    nobody = run("index", "erase", "--index", str(folder))
    assert nobody.code == 2
    assert "--ids" in nobody.err
    missing = run("index", "erase", "--index", str(folder), "--ids", str(folder / "no.txt"))
    assert missing.code == 2
    assert "no.txt cannot be read" in missing.err


def test_events_are_put_on_record(run: Run, folder: Path, tmp_path: Path) -> None:
    events = [
        {"event_id": "e1", "customer_id": "c2", "kind": "order", "reference": "AB-100234", "occurred_at": "2026-03-01"}
    ]
    later = [{**events[0], "event_id": "e2"}, {**events[0], "event_id": "e3", "customer_id": "c9"}]
    posts = [{"post_id": "t", "profile_id": "p2", "text": "hello", "created_at": "2026-03-02"}]
    for name, rows in (("events", events), ("later", later)):
        write_rows(tmp_path / f"{name}.jsonl", rows)
    told = fit(ACCOUNTS, PEOPLE, posts=posts, events=events, policy=Policy.research(who="tests"))
    told.save(tmp_path / "model.json")
    people, index = ("--customers", str(folder / "people.jsonl")), str(tmp_path / "crm.index")
    with_events = ("--events", str(tmp_path / "events.jsonl"))

    build = ("index", "build", "--index", index, *people, *with_events, "--policy", "research", "--model")
    refused = run(*build, str(folder / "model.json"))
    assert refused.code != 0
    assert "fitted without posts and events" in refused.err
    built = run(*build, str(tmp_path / "model.json"), "--json")
    assert json.loads(built.out)["index"]["events"] == 1

    change = run("index", "upsert", "--index", index, "--events", str(tmp_path / "later.jsonl"))
    assert "1 events" in change.out
    assert "1 events of customers not in the index" in change.out
    nothing = run("index", "upsert", "--index", index)
    assert "give customers, events or both" in nothing.err
