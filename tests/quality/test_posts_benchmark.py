"""The benchmark of posts and events at a tiny size: its groups, its measures and its controls."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

import sociolink as sl
from benchmark_modules import load
from sociolink.datasets import World
from sociolink.evaluation.answers import read_answers


@pytest.fixture(scope="module")
def linked() -> tuple[World, sl.Links]:
    posts = load("posts")
    world = posts.make_world(500, 400, 5, opaque=0.1)
    return world, posts.link_world(world)


def test_it_measures_a_small_world_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posts = load("posts")
    path, page = tmp_path / "posts.json", tmp_path / "page.md"
    page.write_text("<!-- posts -->\n<!-- /posts -->\n", encoding="utf-8")
    monkeypatch.setattr(posts, "PAGE", page)
    sizes = ["--customers", "250", "--profiles", "120", "--seeds", "2"]
    monkeypatch.setattr(sys, "argv", ["posts.py", *sizes, "--output", str(path), "--errors", "--write-docs"])

    posts.main()

    found = json.loads(path.read_text(encoding="utf-8"))
    groups = {"quotes", "product and time"}
    assert set(found["groups"]) == {*groups, *(name + posts.NEW for name in groups), "everybody"}
    assert found["groups"]["everybody"]["with"]["profiles"] == 120
    assert [one["seed"] for one in found["worlds"]] == [2]
    assert "| everybody |" in page.read_text(encoding="utf-8")


def test_groups_are_apart_and_say_nothing_of_their_name() -> None:
    posts = load("posts")
    world = posts.make_world(600, 600, 3, opaque=0.8)
    groups = posts.groups_of(world)
    silent = ~np.asarray(world.truth["tells_name"])

    assert not (groups["quotes"] & groups["product and time"]).any()
    assert (silent | ~groups["quotes"]).all()
    assert groups["quotes"].sum() > 10
    assert groups["product and time"].sum() > 10
    assert groups["everybody"].all()


def test_dates_are_exchanged_within_kinds_and_numbers_gone() -> None:
    posts = load("posts")
    events = posts.make_world(300, 50, 1).events
    moved = posts.exchange_dates(events, 0)

    assert moved["reference"].null_count == len(moved)
    assert moved.drop(["occurred_at", "reference"]).equals(events.drop(["occurred_at", "reference"]))
    assert (np.asarray(moved["occurred_at"]) != np.asarray(events["occurred_at"])).mean() > 0.9
    for kind in pc.unique(events["kind"]).to_pylist():
        old, new = (table.filter(pc.equal(table["kind"], kind))["occurred_at"].to_pylist() for table in (events, moved))
        assert sorted(old) == sorted(new)


def test_measures_are_those_of_evaluation(linked: tuple[World, sl.Links]) -> None:
    """The reference is `evaluate` itself, on one world."""
    rankings = load("rankings")
    world, links = linked
    answers = read_answers(links.table, world.truth, groups=world.groups)

    found = rankings.Ranking.of([(answers, np.ones(len(world.truth), np.bool_))]).measure()
    expected = sl.evaluate(links, world.truth, groups=world.groups, bootstrap=0)

    assert found["recall_at_p95"] == pytest.approx(expected.recall_at_p95, abs=1e-4)
    assert expected.claim95 is not None
    assert found["claim95_precision"] == pytest.approx(expected.claim95.precision, abs=1e-4)
    low, high = found["recall_at_p95_interval"]
    assert low <= found["recall_at_p95"] <= high


def test_new_links_are_counted_with_their_truth(linked: tuple[World, sl.Links]) -> None:
    posts = load("posts")
    world, links = linked
    nothing = replace(links, table=links.table.slice(0, 0))

    none, all_new = posts.count_new(world, links, links), posts.count_new(world, nothing, links)
    assert (none["new"], none["new_false"]) == (0, 0)
    assert all_new["new"] == none["links_with"] > 20
    assert 0 < all_new["new_false"] < all_new["new"] / 3
