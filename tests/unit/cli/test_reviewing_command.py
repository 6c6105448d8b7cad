"""The commands `review` and `link --labels`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sociolink.cli.reviewing import ReviewOrder, prepare_review
from sociolink.results.links import Links
from sociolink.review.server import ReviewServer

Run = Any


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> list[ReviewServer]:
    """The server is stopped at once, as by Ctrl-C; here is what was served."""
    served: list[ReviewServer] = []

    def stop(server: ReviewServer) -> None:
        served.append(server)
        raise KeyboardInterrupt

    monkeypatch.setattr(ReviewServer, "serve_forever", stop)
    return served


def judge_all(folder: Path) -> None:
    order = ReviewOrder(links=folder / "links.parquet", labels=folder / "labels.jsonl", reviewer="ann")
    session = prepare_review(order)
    item = session.answer({"do": "show"})["item"]
    while item:
        verdict = "nobody" if item["profile_id"] == "p4" else "is"
        item = session.answer({"do": "judge", "profile_id": item["profile_id"], "verdict": verdict})["item"]


def test_a_review_is_served_under_a_secret_address(run: Run, linked: Path, stopped: list[ReviewServer]) -> None:
    files = ("--links", linked / "links.parquet", "--labels", linked / "labels.jsonl")
    said = run(
        "review", *files, "--profiles", linked / "profiles.csv", "--customers", linked / "customers.csv", "--blind"
    )

    (server,) = stopped
    assert said.code == 0, said.err
    assert said.err == ""
    assert server.server_address[0] == "127.0.0.1"
    assert f"http://127.0.0.1:{server.site.port}/{server.site.token}/" in said.out
    assert "4 profiles to review" in said.out
    assert "sociolink recalibrate --links links.parquet --labels labels.jsonl" in said.out.replace("\n", " ")
    assert server.site.session.blind
    assert server.site.session.sides.profiles["p1"]["handle"] == "wilhelminafarquharson"
    assert server.site.session.sides.customers["c1"]["city"] == "Leeds"


def test_an_address_that_others_can_reach_is_warned_of(run: Run, linked: Path, stopped: list[ReviewServer]) -> None:
    files = ("--links", linked / "links.parquet", "--labels", linked / "labels.jsonl")

    said = run("review", *files, "--host", "0.0.0.0")

    assert said.code == 0
    assert "can be reached from other machines" in said.err
    assert stopped[0].server_address[0] == "0.0.0.0"


def test_labels_of_another_sample_are_warned_of(run: Run, linked: Path, stopped: list[ReviewServer]) -> None:
    judge_all(linked)
    files = ("--links", linked / "links.parquet", "--labels", linked / "labels.jsonl")

    assert run("review", *files).err == ""
    assert "labels in labels.jsonl are of another sample" in run("review", *files, "--size", "2").err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--labels", "labels.csv"), "must end in .jsonl"),
        (("--labels", "nowhere/labels.jsonl"), "no folder"),
        (("--labels", "labels.jsonl", "--size", "0"), "n is 0"),
        (("--labels", "labels.jsonl", "--order", "best"), "order is 'best'"),
        (("--labels", "labels.jsonl", "--looks", "0"), "looks is 0"),
        (("--labels", "labels.jsonl", "--port", "99999"), "port is 99999"),
    ],
)
def test_what_cannot_be_reviewed_is_said(
    run: Run, linked: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(linked)
    ended = run("review", "--links", "links.parquet", *arguments)

    assert ended.code == 2
    assert said in ended.err.replace("\n", " ")


@pytest.mark.usefixtures("linked_at_once")
def test_links_are_corrected_by_labels_on_the_way(run: Run, linked: Path, link_command: list[object]) -> None:
    judge_all(linked)
    before = Links.read(linked / "links.parquet")

    said = run(*link_command, "--labels", linked / "labels.jsonl")

    assert said.code == 0, said.err
    assert "Recalibrated by 4 labels" in said.out
    after = Links.read(linked / "links.parquet")
    assert after.calibration == before.recalibrate(linked / "labels.jsonl").calibration
    told = json.loads(run(*link_command, "--labels", linked / "labels.jsonl", "--json").out)
    assert told["calibration"]["size"] == 4
    assert "calibration" not in json.loads(run(*link_command, "--json").out)


def test_labels_that_cannot_be_read_stop_before_the_work(
    run: Run, tables: Path, link_command: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sociolink.cli.linking.link", lambda *_, **__: pytest.fail("it linked"))

    said = run(*link_command, "--labels", tables / "none.jsonl")

    assert said.code == 2
    assert "none.jsonl" in said.err


def test_the_address_as_json(run: Run, linked: Path, stopped: list[ReviewServer]) -> None:
    said = run("review", "--links", linked / "links.parquet", "--labels", linked / "labels.jsonl", "--json")

    told = json.loads(said.out)
    assert told["profiles"] == 4
    assert told["address"] == stopped[0].url
