"""Events on record in an index: posts say there what they say in a batch."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from event_indexes import EVIDENCE, POLICY, SILENT, build, reopened, told_model

import sociolink as sl
from sociolink.errors import IndexFileError, InputError, InvalidParameterError, ModelError
from sociolink.evidence.events.family import Events
from sociolink.evidence.habits.family import Habits
from sociolink.evidence.place import Place
from sociolink.linking.index_posts import NO_EVENTS, ONLY_HABITS


@pytest.fixture(scope="module")
def world() -> Any:
    return sl.datasets.synthetic(
        500,
        400,
        coverage=0.5,
        seed=5,
        posts=4000,
        events=1000,
        opaque=0.9,
        about_events=0.6,
        fields={**SILENT, "customers.consent": 0.0, "profiles.consent": 0.0},
    )


@pytest.fixture(scope="module")
def model(world: Any) -> sl.LinkModel:
    return told_model(world)


@pytest.fixture(scope="module")
def batch(world: Any, model: sl.LinkModel) -> sl.Links:
    return sl.link(
        world.profiles,
        world.customers,
        policy=POLICY,
        posts=world.posts,
        events=world.events,
        model=model,
        evidence=EVIDENCE,
    )


@pytest.fixture(scope="module")
def built(world: Any, model: sl.LinkModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "crm.index"
    build(world, model, path=path)
    return path


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "copy")
    return tmp_path / "copy"


def posts_of(world: Any, profile_id: str) -> list[dict[str, Any]]:
    return [one for one in world.posts.to_pylist() if one["profile_id"] == profile_id]


def quoting(world: Any) -> list[str]:
    """Profiles that quote a number of their owner's."""
    return sorted(set(world.posts["profile_id"].filter(pc.equal(world.about["number"], "own")).to_pylist()))


def rows_of(links: sl.Links, profile_id: str) -> pa.Table:
    return links.table.filter(pc.equal(links.table["profile_id"], profile_id)).combine_chunks()


def test_an_index_links_as_a_batch_does(world: Any, built: Path, batch: sl.Links) -> None:
    found = reopened(built).link(world.profiles, posts=world.posts)
    assert found.table.equals(batch.table)
    assert NO_EVENTS not in found.report.warnings
    assert pc.sum(pc.greater(found.table["bits_events"], 8)).as_py() > 20
    for name in ("bits_visits", "bits_habits"):
        assert pc.sum(pc.not_equal(found.table[name], 0)).as_py() > 20


def test_find_says_what_a_batch_of_the_same_posts_says(world: Any, built: Path, model: sl.LinkModel) -> None:
    index = reopened(built)
    fields = [name for name in world.profiles.column_names if name != "consent"]
    changed = 0
    for profile_id in quoting(world)[:6]:
        profile = world.profiles.filter(pc.equal(world.profiles["profile_id"], profile_id))
        posts = posts_of(world, profile_id)
        told = {name: value for name, value in profile.select(fields).to_pylist()[0].items() if value is not None}
        found = index.find(**told, posts=[{**one, "profile_id": None} for one in posts], top=5)
        as_table = index.find(**told, posts=pa.Table.from_pylist(posts, schema=world.posts.schema), top=5)
        alone = sl.link(
            profile,
            world.customers,
            policy=POLICY,
            posts=posts,
            events=world.events,
            model=model,
            evidence=EVIDENCE,
        )
        names = [name for name in found.rows.column_names if name != "decision"]
        assert found.rows.select(names).equals(alone.table.select(names))
        assert as_table.rows.equals(found.rows)
        changed += found.customer_id != index.find(**told).customer_id
    assert changed > 2


def test_events_of_people_who_refused_are_not_looked_at(world: Any, model: sl.LinkModel, tmp_path: Path) -> None:
    refused = np.arange(world.customers.num_rows) % 5 == 0
    names = [name for name in world.customers.column_names if name != "consent"]
    asked = world.customers.select(names).append_column("consent", pa.array(~refused))
    others = world.customers.filter(pa.array(~refused))
    theirs = world.events.filter(pc.is_in(world.events["customer_id"], others["customer_id"].combine_chunks()))
    given = {"policy": POLICY, "posts": world.posts, "model": model, "evidence": EVIDENCE}

    found = sl.link(world.profiles, asked, events=world.events, **given).table
    assert theirs.num_rows < world.events.num_rows
    without = sl.link(world.profiles, others, events=theirs, **given).table
    assert found.drop_columns("group_id").equals(without.drop_columns("group_id"))
    index = build(world, model, path=tmp_path / "crm.index", customers=asked)
    assert index.link(world.profiles, posts=world.posts).table.equals(found)


def test_many_at_once_and_in_any_order(world: Any, built: Path, batch: sl.Links) -> None:
    turned = np.random.default_rng(3).permutation(world.profiles.num_rows)
    fields = [name for name in world.profiles.column_names if name != "consent"]
    rows = [
        {name: value for name, value in one.items() if value is not None}
        for one in world.profiles.select(fields).take(pa.array(turned)).to_pylist()
    ]
    found = reopened(built).find_many(rows, posts=world.posts, top=5)
    for one in found[::7]:
        expected = rows_of(batch, one.profile_id)
        names = [name for name in one.rows.column_names if name != "decision"]
        assert one.rows.select(names).equals(expected.select(names))


def test_the_time_of_reading_is_what_a_single_post_is_weighed_against(world: Any, built: Path) -> None:
    index = reopened(built)
    named = pc.and_(pc.is_valid(world.about["event_id"]), pc.is_null(world.about["number"]))
    changed = 0
    for one in world.posts.filter(named).to_pylist()[:40]:
        told = {"platform": "x", "handle": "zzqqxx8812", "posts": [one]}
        whole = index.find(**told, posts_time=("2020-01-01", "2030-01-01"))
        changed += whole.rows["probability"][0] != index.find(**told).rows["probability"][0]
    assert changed > 5


def test_without_events_the_model_says_what_posts_tell(world: Any, model: sl.LinkModel) -> None:
    index = sl.CustomerIndex.build(world.customers, model=model, policy=POLICY, evidence=EVIDENCE[:-1])
    found = index.link(world.profiles, posts=world.posts)
    assert ONLY_HABITS in found.report.warnings
    assert index.info().events is None
    batch = sl.link(
        world.profiles, world.customers, policy=POLICY, posts=world.posts, model=model, evidence=EVIDENCE
    ).table
    names = [name for name in found.table.column_names if name != "group_id"]
    assert found.table.select(names).equals(batch.select(names))
    with pytest.raises(InvalidParameterError, match="built without events"):
        index.upsert(events=world.events)


def test_posts_alone_say_in_an_index_what_they_say_in_a_batch() -> None:
    """Where people write from needs no events: neither in a batch, nor for a single question, nor in a stream."""
    given: dict[str, Any] = {"customers.consent": 0.0, "profiles.consent": 0.0, "profiles.location": 0.0}
    world = sl.datasets.synthetic(150, 120, coverage=0.6, seed=4, posts=1500, habits=1.0, fields=given)
    batch = sl.link(world.profiles, world.customers, policy=POLICY, posts=world.posts)
    assert pc.sum(pc.not_equal(batch.table["bits_habits"], 0)).as_py() > 20
    assert batch.model is not None
    index = sl.CustomerIndex.build(world.customers, model=batch.model, policy=POLICY)
    assert index.link(world.profiles, posts=world.posts).table.equals(batch.table)
    fields = [name for name in world.profiles.column_names if name != "consent"]
    told = [
        {name: value for name, value in one.items() if value is not None}
        for one in world.profiles.select(fields).to_pylist()
    ]
    for one in index.find_many(told, posts=world.posts, top=5):
        names = [name for name in one.rows.column_names if name not in ("decision", "group_id")]
        assert one.rows.select(names).equals(rows_of(batch, one.profile_id).select(names))
    moved = pc.unique(batch.table.filter(pc.greater(batch.table["bits_habits"], 1.0))["profile_id"]).to_pylist()[:5]
    by_id = {one["profile_id"]: one for one in told}
    author = ("platform", "handle", "display_name", "bio", "url", "user_id")
    lines = [
        {**post, **{name: by_id[one].get(name) for name in author}} for one in moved for post in posts_of(world, one)
    ]
    heard = {answer.profile_id: answer for answer in index.watch(lines)}
    shown = [{name: by_id[one].get(name) for name in ("profile_id", *author)} for one in moved]
    found = index.find_many(shown, posts=world.posts)
    assert len(heard) == len(moved) > 2
    for one in found:
        assert heard[one.profile_id].customer_id == one.customer_id
        assert heard[one.profile_id].probability == one.rows["probability"][0].as_py()


def test_posts_that_no_evidence_reads(world: Any, model: sl.LinkModel) -> None:
    index = sl.CustomerIndex.build(world.customers, model=model, policy=POLICY, evidence=EVIDENCE[:3])
    assert NO_EVENTS in index.link(world.profiles, posts=world.posts).report.warnings
    with pytest.raises(InvalidParameterError, match="built without events"):
        index.find(platform="x", handle="jo", posts=[{"text": "hi"}])


def test_a_model_that_does_not_know_events_is_refused(world: Any) -> None:
    plain = sl.fit(world.profiles, world.customers, policy=POLICY, evidence=EVIDENCE[:-1])
    with pytest.raises(ModelError, match="fitted without posts and events"):
        build(world, plain)


def test_bad_posts_are_told_together(built: Path) -> None:
    index = reopened(built)
    with pytest.raises(InputError) as caught:
        index.find(
            platform="x",
            handle="jo",
            posts=[{"text": None}, {"text": "a", "created_at": "the day before"}, {"text": ""}],
        )
    assert "posts.text: missing (rows 0, 2)" in str(caught.value)
    with pytest.raises(InputError, match="str is no post"):
        index.find(platform="x", handle="jo", posts=["hello"])
    with pytest.raises(InvalidParameterError, match="posts_time"):
        index.find(platform="x", handle="jo", posts=[], posts_time=("2026-01-02", "2026-01-01"))


@pytest.mark.parametrize("steps", [1, 3])
def test_events_that_come_later(world: Any, model: sl.LinkModel, batch: sl.Links, tmp_path: Path, steps: int) -> None:
    """Frequencies stay those of the base; after compact all is as if it had been there from the beginning."""
    order = np.argsort(world.events["event_id"].to_numpy(zero_copy_only=False))
    events = world.events.take(pa.array(order))
    index = build(world, model, events=events.slice(0, 900), path=tmp_path / "index")
    for part in range(steps):
        rows = events.slice(900).take(pa.array(np.arange(part, 100, steps)))
        change = index.upsert(events=rows)
        assert (change.events, change.added, change.replaced) == (rows.num_rows, 0, 0)
    assert index.info().events == 1000
    late = set(events["reference"].slice(900).to_pylist()) - {None}
    said = [one for one in world.posts.to_pylist() if any(number in one["text"] for number in late)]
    found = index.link(world.profiles, posts=world.posts)
    own = set(quoting(world))
    near = [
        (rows_of(found, one["profile_id"]), rows_of(batch, one["profile_id"]))
        for one in said
        if one["profile_id"] in own
    ]
    assert len(near) > 2
    for mine, theirs in near:
        assert mine["customer_id"][0] == theirs["customer_id"][0]
        assert mine["probability"][0].as_py() == pytest.approx(theirs["probability"][0].as_py(), abs=0.05)
    if steps == 1:
        one_step = found.table
        again = build(world, model, events=events.slice(0, 900))
        again.upsert(events=events.slice(950))
        again.upsert(events=events.slice(900, 60))
        assert again.link(world.profiles, posts=world.posts).table.equals(one_step)
    index.compact()
    assert index.link(world.profiles, posts=world.posts).table.equals(batch.table)


def test_an_event_of_the_same_id_takes_the_place_of_the_other(world: Any, model: sl.LinkModel, tmp_path: Path) -> None:
    index = build(world, model, path=tmp_path / "index")
    ids = world.customers["customer_id"].to_pylist()
    old = world.events.slice(0, 1).to_pylist()[0]
    other = next(one for one in ids if one != old["customer_id"])
    change = index.upsert(
        events=[{**old, "customer_id": other}, {**old, "event_id": "new", "customer_id": "nobody-of-this-id"}]
    )
    assert (change.events, change.unplaced) == (1, 1)
    assert "1 events of customers not in the index" in str(change)
    assert index.info().events == 1000
    moved = world.events.filter(pc.not_equal(world.events["event_id"], old["event_id"]))
    moved = pa.concat_tables([moved, pa.Table.from_pylist([{**old, "customer_id": other}], schema=moved.schema)])
    index.compact()
    expected = build(world, model, events=moved)
    assert index.link(world.profiles, posts=world.posts).table.equals(
        expected.link(world.profiles, posts=world.posts).table
    )


def test_customers_who_are_replaced_keep_their_events(world: Any, model: sl.LinkModel, batch: sl.Links) -> None:
    index = build(world, model)
    change = index.upsert(world.customers.slice(0, 40))
    assert (change.added, change.replaced, change.events) == (0, 40, 0)
    assert index.info().events == 1000
    index.compact()
    assert index.link(world.profiles, posts=world.posts).table.equals(batch.table)


def test_new_customers_come_with_their_events(world: Any, model: sl.LinkModel, batch: sl.Links) -> None:
    first = world.customers.slice(0, 450)
    index = build(world, model, customers=first)
    assert index.info().events < 1000
    theirs = world.events.filter(
        pc.invert(pc.is_in(world.events["customer_id"], first["customer_id"].combine_chunks()))
    )
    change = index.upsert(world.customers.slice(450), events=theirs)
    assert (change.added, change.events, change.unplaced) == (50, theirs.num_rows, 0)
    index.compact()
    assert index.link(world.profiles, posts=world.posts).table.equals(batch.table)


def test_opened_again_and_by_whoever_does_not_name_the_evidence(built: Path, world: Any) -> None:
    with pytest.raises(IndexFileError, match="evidence that is not given"):
        sl.CustomerIndex.open(built, policy=POLICY, evidence=EVIDENCE[:1])
    index = sl.CustomerIndex.open(built, policy=POLICY)
    info = index.info(verify=True)
    assert info.events == 1000
    assert "events" in info.families
    assert sl.CustomerIndex.renew(built, policy=POLICY).info().events == 1000


def test_an_index_of_before_has_neither_visits_nor_habits_and_opens(world: Any, model: sl.LinkModel) -> None:
    evidence = tuple(one for one in EVIDENCE if one.name not in ("visits", "habits"))
    index = sl.CustomerIndex.build(world.customers, events=world.events, model=model, policy=POLICY, evidence=evidence)
    assert sl.CustomerIndex(index._storage, POLICY, EVIDENCE).info().families == index.info().families
    found = index.link(world.profiles, posts=world.posts)
    assert "bits_events" in found.table.column_names
    assert "bits_visits" not in found.table.column_names


def test_habits_that_are_asked_for_are_heard_too(world: Any, tmp_path: Path) -> None:
    """Languages and hours as well, with a language that customers state in a column of its own."""
    evidence = (Place(), Habits(parts=("home", "language", "hours")), Events())
    spoken = pa.array(["es" if number % 3 else "de" for number in range(world.customers.num_rows)])
    customers = world.customers.append_column("language", spoken)
    given = {"policy": POLICY, "posts": world.posts, "events": world.events, "evidence": evidence}
    model = sl.fit(world.profiles, customers, **given)
    batch = sl.link(world.profiles, customers, model=model, **given)
    index = sl.CustomerIndex.build(
        customers, events=world.events, model=model, policy=POLICY, evidence=evidence, path=tmp_path / "index"
    )
    assert index.link(world.profiles, posts=world.posts).table.equals(batch.table)
    index.erase(world.customers["customer_id"].slice(3, 2).to_pylist())
    assert len(index) == world.customers.num_rows - 2
