"""What families were fitted with is what they are used with, wherever they are not named again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import sociolink as sl
from sociolink.evidence.events.family import Events
from sociolink.evidence.habits.family import Habits
from sociolink.evidence.place import Place
from sociolink.evidence.visits import Visits
from sociolink.linking.attachments import with_events
from sociolink.linking.defaults import DEFAULT_EVIDENCE

POLICY = sl.Policy.research(who="tests")
ASKED = (Events(brands=True), Visits(), Habits(parts=("home", "hours")))


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    world = sl.datasets.synthetic(
        120,
        100,
        coverage=0.6,
        seed=5,
        posts=1000,
        events=400,
        about_events=0.8,
        opaque=0.6,
        fields={"customers.consent": 0.0, "profiles.consent": 0.0},
    )
    names = [name and f"Kestrel {name}" for name in world.events["product"].to_pylist()]
    place = world.events.column_names.index("product")
    texts = pc.replace_substring_regex(world.posts["text"], "(?i)(?:fiber|nova|zen|pulse|family)[a-z0-9 ]*", "Kestrel")
    return {
        "profiles": world.profiles,
        "customers": world.customers,
        "events": world.events.set_column(place, "product", pa.array(names, pa.string())),
        "posts": world.posts.set_column(world.posts.column_names.index("text"), "text", texts),
    }


@pytest.fixture(scope="module")
def model(tables: dict[str, Any]) -> sl.LinkModel:
    found = sl.fit(**tables, policy=POLICY, evidence=(*DEFAULT_EVIDENCE, *ASKED))
    return sl.LinkModel.from_dict(json.loads(json.dumps(found.to_dict())))


def test_a_batch_and_an_index_need_no_reminder(tables: dict[str, Any], model: sl.LinkModel, tmp_path: Path) -> None:
    named = sl.link(**tables, policy=POLICY, model=model, evidence=(*DEFAULT_EVIDENCE, *ASKED)).table
    assert sl.link(**tables, policy=POLICY, model=model).table.equals(named)
    assert model.population["events"]["brands"]["key"]
    sl.CustomerIndex.build(
        tables["customers"], events=tables["events"], model=model, policy=POLICY, path=tmp_path / "index"
    )
    opened = sl.CustomerIndex.open(tmp_path / "index", policy=POLICY)
    assert opened.link(tables["profiles"], posts=tables["posts"]).table.equals(named)
    for index in (opened, sl.CustomerIndex.renew(tmp_path / "index", policy=POLICY)):
        assert index._state.families == (*DEFAULT_EVIDENCE, *ASKED)


def test_what_is_named_stays_as_it_is(model: sl.LinkModel) -> None:
    given: dict[str, Any] = {"posts": [], "events": [], "model": model}
    assert with_events(DEFAULT_EVIDENCE, **given) == (*DEFAULT_EVIDENCE, *ASKED)
    named = (*DEFAULT_EVIDENCE, Habits(parts=()))
    assert with_events(named, **given) == (*named, *ASKED[:2])
    assert with_events((Place(),), **given) == (Place(),)


def test_models_of_before_are_used_with_the_defaults(model: sl.LinkModel) -> None:
    population = {**model.population, "events": {}, "habits": {}}
    before = replace(model, population=population)
    found = with_events(DEFAULT_EVIDENCE, posts=None, events=None, model=before)
    assert found[len(DEFAULT_EVIDENCE) :] == (Events(), Visits(), Habits())


def test_parts_are_remembered_where_nothing_was_learned(tables: dict[str, Any]) -> None:
    assert Habits().learn(tables["profiles"], tables["customers"]) == {}
    silent = Habits(parts=())
    learned = silent.learn(tables["profiles"], tables["customers"])
    assert Habits().as_learned(json.loads(json.dumps(learned))) == silent
