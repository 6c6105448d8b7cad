"""The events of whoever is erased are in no file any more, and the search that says so finds them before."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from event_indexes import EVIDENCE, build, reopened, told_model
from index_needles import arrays, count_aligned, count_in_files, private_hashes

import sociolink as sl
from sociolink.evidence.habits.states import read_locales
from sociolink.records.columns import arrow_schema
from sociolink.records.readers import read_table

WHO = {
    "customer_id": "erase-me-7731",
    "full_name": "Zorvina Quopplewitz",
    "email": ["zorvina.quopple@hrabanworks.example"],
    "phone": ["+49 171 5559273"],
    "city": "Oberzwuxelbach",
    "country": "DE",
}
TIME = ("2019-03-04T05:06:07Z", 1551675967)
EVENTS = [
    {
        "event_id": "event-vrumsel-1",
        "kind": "glimmerkauf",
        "product": "Xylotronik Wumpus 64GB",
        "occurred_at": TIME[0],
        "place": "Krumpelfeld",
    },
    {"event_id": "event-vrumsel-2", "kind": "order", "product": "Zibbelgerät", "occurred_at": "2026-03-05"},
]
TEXTS = (
    "event-vrumsel",
    "glimmerkauf",
    "Xylotronik",
    "Wumpus",
    "Krumpelfeld",
    "xylotronik",
    "Zibbelger",
    "zibbelgerat",
)


@pytest.fixture(scope="module")
def world() -> Any:
    consent = {"customers.consent": 0.0, "profiles.consent": 0.0}
    return sl.datasets.synthetic(
        150, 150, coverage=0.5, seed=5, posts=1500, events=600, about_events=0.6, fields=consent
    )


@pytest.fixture(scope="module")
def model(world: Any) -> sl.LinkModel:
    return told_model(world)


def own_number(world: Any) -> str:
    """A number of the CRM's own format, which the others here do not have."""
    known = sorted(set(world.events["reference"].to_pylist()) - {None})
    return str(next(one for one in known if sum(sign.isdigit() for sign in one) >= 6))


def other_events(world: Any) -> pa.Table:
    """The world's events without that number."""
    theirs = read_table(world.events, "events").table.select(arrow_schema("events").names)
    return theirs.filter(pc.fill_null(pc.not_equal(theirs["reference"], own_number(world)), True))


def own_events(world: Any) -> pa.Table:
    rows = [{**one, "customer_id": "erase-me-7731"} for one in EVENTS]
    rows[0]["reference"] = own_number(world)
    return read_table(rows, "events").table


def with_who(world: Any) -> pa.Table:
    """The customers, and the one who will be erased."""
    return pa.concat_tables([world.customers, pa.Table.from_pylist([WHO], schema=world.customers.schema)])


@pytest.fixture(scope="module")
def without(world: Any, model: sl.LinkModel) -> sl.CustomerIndex:
    return build(world, model, events=other_events(world))


@pytest.fixture(scope="module")
def unmoved(world: Any, model: sl.LinkModel) -> sl.CustomerIndex:
    """The same customers in the same rows, without the events of one."""
    return build(world, model, customers=with_who(world), events=other_events(world))


@pytest.fixture(scope="module")
def built(world: Any, model: sl.LinkModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "crm.index"
    events = pa.concat_tables([other_events(world), own_events(world)])
    build(world, model, customers=with_who(world), events=events, path=path)
    return path


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "copy")
    return tmp_path / "copy"


def needles(world: Any) -> tuple[list[bytes], list[bytes]]:
    """Texts, and moments in seconds and in microseconds."""
    number = own_number(world)
    texts = [one.encode() for one in (*TEXTS, number)]
    return texts, [(TIME[1] * factor).to_bytes(8, "little") for factor in (1, 1_000_000)]


def quote(world: Any) -> dict[str, Any]:
    said = [{"text": f"Where is {own_number(world)}?", "created_at": "2026-03-06"}]
    return {"platform": "x", "handle": "qq8123", "posts": said}


def test_the_search_finds_events_before_and_nothing_after(folder: Path, unmoved: sl.CustomerIndex, world: Any) -> None:
    index = reopened(folder)
    texts, moments = needles(world)
    keys = private_hashes(index, unmoved)
    assert len(keys) >= 10
    assert count_in_files(folder, texts) == len(texts)
    assert count_aligned(folder, [*keys, *moments]) == len(keys) + len(moments)
    assert index.find(**quote(world)).customer_id == "erase-me-7731"

    assert index.erase(["erase-me-7731"]).erased == 1

    assert count_in_files(folder, texts) == 0
    assert count_aligned(folder, [*keys, *moments]) == 0
    again = reopened(folder)
    assert again.info(verify=True).events == other_events(world).num_rows
    for one in (index, again):
        found = one.find(**quote(world), top=10)
        assert all(match.customer_id != "erase-me-7731" for match in found.matches)


def test_everybody_elses_posts_say_what_they_said(folder: Path, without: sl.CustomerIndex, world: Any) -> None:
    index = reopened(folder)

    index.erase(["erase-me-7731"])

    mine, theirs = (one._state.record.book for one in (index, without))
    for name in ("number", "first_at"):
        assert set(getattr(theirs, name).tolist()) <= set(getattr(mine, name).tolist())
    found = {one["profile_id"]: one for one in index.link(world.profiles, posts=world.posts).best().to_pylist()}
    for one in without.link(world.profiles, posts=world.posts).best().to_pylist():
        if one["probability"] > 0.9:
            assert found[one["profile_id"]]["customer_id"] == one["customer_id"]
    index.compact()
    expected = without.link(world.profiles, posts=world.posts).table
    assert index.link(world.profiles, posts=world.posts).table.equals(expected)


def test_what_others_have_too_stays(folder: Path, world: Any) -> None:
    index = reopened(folder)
    texts, moments = needles(world)
    other = world.customers["customer_id"][3].as_py()
    index.upsert(
        events=[
            {
                "event_id": "shared",
                "customer_id": other,
                "reference": own_number(world),
                **{key: EVENTS[0][key] for key in ("product", "place", "occurred_at")},
            }
        ]
    )
    index.compact()

    index.erase(["erase-me-7731"])

    assert index.find(**quote(world)).customer_id == other
    shared = [one.encode() for one in (own_number(world), "Xylotronik", "Krumpelfeld")]
    assert count_in_files(folder, shared) == 3
    assert count_in_files(folder, [b"Zibbelger", b"zibbelgerat", b"event-vrumsel", b"glimmerkauf"]) == 0

    index.erase([other])
    assert count_in_files(folder, texts) == 0
    assert count_aligned(folder, moments) == 0


def test_events_that_came_later_are_erased_too(
    world: Any, model: sl.LinkModel, without: sl.CustomerIndex, tmp_path: Path
) -> None:
    index = build(world, model, events=other_events(world), path=tmp_path / "index")
    index.upsert([WHO], events=own_events(world))
    texts, moments = needles(world)
    keys = private_hashes(index, without)
    assert len(keys) > 10
    assert count_in_files(tmp_path / "index", texts) == len(texts)
    assert index.find(**quote(world)).customer_id == "erase-me-7731"

    index.erase(["erase-me-7731"])

    assert count_in_files(tmp_path / "index", texts) == 0
    assert count_aligned(tmp_path / "index", [*keys, *moments]) == 0
    assert index.find(**quote(world)).customer_id != "erase-me-7731"
    assert index.link(world.profiles, posts=world.posts).table.equals(
        without.link(world.profiles, posts=world.posts).table
    )


def test_everybody_with_events_can_be_erased(folder: Path, world: Any) -> None:
    index = reopened(folder)
    index.erase([*world.customers["customer_id"].to_pylist(), "erase-me-7731"])
    assert index.info(verify=True).events == 0
    numbers = [one.encode() for one in world.events["reference"].to_pylist() if one]
    products = [one.encode() for one in world.events["product"].to_pylist() if one]
    assert count_in_files(folder, [*numbers, *products]) == 0
    assert index.find(**quote(world)).customer_id is None
    assert np.isfinite(index.find(**quote(world)).nobody_probability)


def test_the_locale_of_one_customer_goes_with_them(world: Any, model: sl.LinkModel, tmp_path: Path) -> None:
    """A country in which nobody else lives, and where the customer was and when."""
    other = {**WHO, "country": "BT", "city": "Thimphu"}
    customers = pa.concat_tables([world.customers, pa.Table.from_pylist([other], schema=world.customers.schema)])
    index = build(world, model, customers=customers, path=tmp_path / "index")
    number = next(place for place, one in enumerate(EVIDENCE) if one.name == "habits")
    (code,) = read_locales(pa.table({"country": ["BT"]})).tolist()
    assert code in index._state.sections[0].states[number].code.tolist()
    before, without = (
        {int(key) for part in arrays(one._state.sections[0].states[number]) for key in part if part.dtype == np.uint64}
        for one in (index, build(world, model))
    )
    keys = [key.to_bytes(8, "little") for key in before - without if key >= 2**32]
    assert count_aligned(tmp_path / "index", keys) == len(keys) > 5

    index.erase([other["customer_id"]])

    state = reopened(tmp_path / "index")._state.sections[0].states[number]
    assert code not in state.code.tolist()
    assert (np.diff(state.code) >= 0).all()
    assert count_aligned(tmp_path / "index", keys) == 0
    index.upsert([{"customer_id": "new", "full_name": "Jo Doe", "country": "BT"}])
    assert index.find(platform="x", handle="jodoe").matches is not None
