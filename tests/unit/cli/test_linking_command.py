"""The command `link`: what it writes, what it says, and how it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sociolink.linking.checkpoint import clear_checkpoint
from sociolink.results.links import Links

Run = Any


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_links_are_written_and_summed_up(run: Run, tables: Path, link_command: list[object]) -> None:
    said = run(*link_command, "--posts", tables / "posts.csv", "--events", tables / "events.csv")

    assert said.code == 0, said.err
    best = Links.read(tables / "links.parquet").best().to_pylist()
    assert {row["profile_id"]: row["customer_id"] for row in best}["p1"] == "c1"
    first, second = said.out.splitlines()[:2]
    assert first.endswith("of 3 posts now have a customer; 2 of them have an open ticket.")
    assert second.startswith("profiles")
    assert said.err == ""
    for word in ("linked", "review", "nobody", "coverage", "findable", "false links", "rejects", "time", "memory"):
        assert f"\n{word}" in said.out
    assert max(map(len, said.out.splitlines())) <= 80


@pytest.mark.usefixtures("linked_at_once")
def test_quiet_prints_nothing(run: Run, link_command: list[object]) -> None:
    said = run(*link_command, "--quiet")

    assert (said.code, said.out, said.err) == (0, "", "")


@pytest.mark.usefixtures("linked_at_once")
def test_json_is_the_report(run: Run, link_command: list[object]) -> None:
    said = run(*link_command, "--json")

    told = json.loads(said.out)
    assert told["report"]["profiles"] == 4
    assert told["report"]["policy"]["purpose"] == "research"
    assert "have a customer" in told["value"]


def test_saved_model_gives_the_same_bytes(run: Run, tables: Path, link_command: list[object]) -> None:
    assert run(*link_command, "--save-model", tables / "model.json").code == 0
    first = (tables / "links.parquet").read_bytes()

    assert run(*link_command, "--model", tables / "model.json", "--threads", 1).code == 0

    assert (tables / "links.parquet").read_bytes() == first


@pytest.mark.usefixtures("linked_at_once")
def test_output_follows_its_suffix(run: Run, tables: Path, link_command: list[object]) -> None:
    path = tables / "links.csv"

    said = run(*link_command, "--output", path, "--rejects", tables / "rejects.csv")

    assert said.code == 0
    assert path.read_text().startswith('"profile_id","rank","customer_id"')
    assert (tables / "rejects.csv").read_text().startswith('"table"')


def test_policy_is_stamped_into_the_file(run: Run, tables: Path, link_command: list[object]) -> None:
    command = [*link_command[:-1], "support", "--who", "crm-data", "--lawful-basis", "contract"]

    assert run(*command).code == 0

    told = json.loads(pq.read_schema(tables / "links.parquet").metadata[b"sociolink"])
    assert told["policy"] == {"purpose": "support", "lawful_basis": "contract", "who": "crm-data"}


@pytest.mark.parametrize("policy", ["marketing", "support"])
def test_policy_that_does_not_do_is_bad_input(run: Run, tables: Path, link_command: list[object], policy: str) -> None:
    said = run(*link_command[:-1], policy)

    assert said.code == 2
    assert "policy" in said.err
    assert not (tables / "links.parquet").exists()


def test_option_left_out_is_bad_input(run: Run, tables: Path) -> None:
    said = run("link", "--customers", tables / "customers.csv")

    assert said.code == 2
    assert "Missing option" in said.err


def test_missing_columns_are_listed_together(run: Run, tables: Path, link_command: list[object]) -> None:
    (tables / "profiles.csv").write_text("nick,text\na,b\n", encoding="utf-8")
    (tables / "customers.csv").write_text("who\nx\n", encoding="utf-8")

    said = run(*link_command)

    assert said.code == 2
    for column in ("profiles.platform", "profiles.handle", "customers.customer_id"):
        assert column in said.err
    assert "Traceback" not in said.err
    assert not (tables / "links.parquet").exists()


@pytest.mark.parametrize("emptied", ["profiles", "customers"])
def test_nothing_to_link_has_its_own_code(run: Run, tables: Path, link_command: list[object], emptied: str) -> None:
    path = tables / f"{emptied}.csv"
    path.write_text(path.read_text().splitlines()[0] + "\n", encoding="utf-8")

    said = run(*link_command)

    assert said.code == 3
    assert "nothing to link" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--output", "nowhere/links.parquet", "no folder"),
        ("--output", "links.xlsx", ".parquet"),
        ("--output", "customers.csv/links.parquet", "no folder"),
        ("--save-model", "nowhere/model.json", "no folder"),
        ("--rejects", "nowhere/rejects.csv", "no folder"),
    ],
)
def test_outputs_are_checked_before_the_work(
    run: Run,
    tables: Path,
    link_command: list[object],
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    value: str,
    words: str,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the work was started")

    monkeypatch.setattr("sociolink.cli.linking.link", refuse)
    before = files_in(tables)

    said = run(*link_command, option, tables / value)

    assert said.code == 2
    assert words in said.err
    assert files_in(tables) == before


def test_read_only_folder_is_found_before_the_work(
    run: Run, tables: Path, link_command: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr("sociolink.cli.outputs.tempfile.mkstemp", refuse)

    said = run(*link_command)

    assert said.code == 2
    assert "Permission denied" in said.err
    assert not (tables / "links.parquet").exists()


@pytest.mark.usefixtures("linked_at_once")
def test_full_disk_leaves_the_old_file(
    run: Run, tables: Path, link_command: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tables / "links.parquet").write_text("yesterday's", encoding="utf-8")
    before = files_in(tables)

    def fill_up(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("sociolink.records.writers.os.fsync", fill_up)

    said = run(*link_command)

    assert said.code == 2
    assert "disk is full" in said.err
    assert (tables / "links.parquet").read_text() == "yesterday's"
    assert files_in(tables) == before


def test_debug_shows_the_traceback(run: Run, tables: Path, link_command: list[object]) -> None:
    (tables / "profiles.csv").unlink()

    assert "Traceback" not in run(*link_command).err
    assert "Traceback" in run(*link_command, "--debug").err


def test_a_checkpoint_is_removed_when_the_links_are_written(
    run: Run, tmp_path: Path, link_command: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, kept = tmp_path / "kept", list[int]()

    def clear(path: Path) -> None:
        kept.append(len(list(path.iterdir())))
        clear_checkpoint(path)

    monkeypatch.setattr("sociolink.cli.linking.clear_checkpoint", clear)
    assert run(*link_command, "--checkpoint", folder).code == 0
    assert kept == [2]  # the model and one batch
    assert not folder.exists()
