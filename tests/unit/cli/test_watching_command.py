"""The command `watch`: pipes, signals, and counts beside the answers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sociolink import CustomerIndex, Policy, fit

Run = Any

PEOPLE = [
    {"customer_id": "c1", "given_name": "Xenia", "family_name": "Quartermain", "email": "xenia@quartermain.example"},
    {"customer_id": "c2", "given_name": "Olu", "family_name": "Adeyemi", "email": "olu@adeyemi.example"},
]
AUTHORS = [
    {"profile_id": "p1", "platform": "github", "handle": "xeniaquartermain"},
    {"profile_id": "p2", "platform": "x", "handle": "sunny_days"},
]
CODE = "from sociolink.cli.app import main; raise SystemExit(main())"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("streams")
    policy = Policy.research(who="tests")
    CustomerIndex.build(PEOPLE, model=fit(AUTHORS, PEOPLE, policy=policy), policy=policy, path=path / "crm.index")
    posts = [{"post_id": f"t{number}", "text": "hi", **AUTHORS[number % 2]} for number in range(6)]
    (path / "posts.jsonl").write_text("".join(json.dumps(post) + "\n" for post in posts) + "broken\n")
    return path


def test_a_file_of_posts_becomes_a_file_of_answers(run: Run, folder: Path, tmp_path: Path) -> None:
    given = ["--index", folder / "crm.index", "--posts", folder / "posts.jsonl", "--policy", "research"]
    outputs = ["--output", tmp_path / "answers.jsonl", "--rejects", tmp_path / "rejects.jsonl"]
    said = run("watch", *given, *outputs, "--json", "--card")

    assert said.code == 0, said.err
    assert said.out == ""
    counts = json.loads(said.err)
    assert (counts["posts"], counts["rejected"]) == (6, 1)
    answers = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert [answer["customer_id"] for answer in answers] == ["c1", None] * 3
    assert answers[0]["card"]["sentence"].startswith("p1")
    assert json.loads((tmp_path / "rejects.jsonl").read_text())["line"] == 7


def start(folder: Path, *more: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", CODE, "watch", "--index", folder / "crm.index", "--policy", "research", *more]
    pipe = subprocess.PIPE
    return subprocess.Popen([str(part) for part in command], stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_stream_that_is_told_to_stop_finishes_what_it_read(folder: Path, tmp_path: Path) -> None:
    running = start(folder, "--state", tmp_path / "state", "--json")
    assert running.stdin is not None
    assert running.stdout is not None
    lines = (folder / "posts.jsonl").read_bytes().splitlines(keepends=True)
    running.stdin.write(b"".join(lines[:3]))
    running.stdin.flush()
    first = json.loads(running.stdout.readline())
    os.kill(running.pid, signal.SIGTERM)
    rest, said = running.communicate(timeout=60)

    assert running.returncode == 0
    assert first["post_id"] == "t0"
    assert [json.loads(line)["post_id"] for line in rest.splitlines()] == ["t1", "t2"]
    assert json.loads(said)["posts"] == 3

    again = start(folder, "--state", tmp_path / "state", "--json")
    rest, said = again.communicate(b"".join(lines), timeout=60)

    assert [json.loads(line)["post_id"] for line in rest.splitlines()] == ["t3", "t4", "t5"]
    assert (json.loads(said)["posts"], json.loads(said)["repeated"]) == (6, 3)


def test_nobody_who_reads_ends_the_stream_with_a_message(folder: Path, tmp_path: Path) -> None:
    running = start(folder)
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdout.close()
    running.stdin.write((folder / "posts.jsonl").read_bytes())
    running.stdin.close()
    running.wait(timeout=60)
    assert running.stderr is not None

    assert running.returncode == 2
    assert b"Nobody reads the output" in running.stderr.read()


def test_bad_orders_are_one_message(run: Run, folder: Path, tmp_path: Path) -> None:
    given = ["--index", folder / "crm.index", "--policy", "research", "--posts", folder / "posts.jsonl"]

    assert "max_delay_ms is -1" in run("watch", *given, "--max-delay", "-1", "--output", tmp_path / "o").err
    assert "there is no folder" in run("watch", *given, "--output", tmp_path / "none" / "o").err
    assert run("watch", *given[:4], "--posts", tmp_path / "none", "--output", tmp_path / "o").code == 2
