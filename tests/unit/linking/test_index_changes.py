"""Later customers are found like earlier ones, and counting anew gives what building anew gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sociolink import CustomerIndex, LinkModel, Links, Policy
from sociolink.datasets import World
from sociolink.engines.duckdb import DuckDBEngine
from sociolink.linking.batches import LinkState, link_kernel
from sociolink.linking.gallery import build_gallery, in_content_order
from sociolink.linking.people import group_people
from sociolink.linking.ranking import links_schema
from sociolink.records.readers import read_table

POLICY = Policy.research(who="tests")


@pytest.fixture(scope="module")
def customers(world: World) -> pa.Table:
    return world.customers.filter(pc.fill_null(world.customers["consent"], True))


@pytest.fixture(scope="module")
def model(links: Links) -> LinkModel:
    assert links.model is not None
    return LinkModel.from_dict(json.loads(json.dumps(links.model.to_dict())))


def moved(customers: pa.Table) -> pa.Table:
    """The same people somewhere else."""
    rows = [{**row, "city": "Lyon", "region": None, "country": "FR"} for row in customers.to_pylist()]
    return pa.Table.from_pylist(rows, schema=customers.schema)


@pytest.fixture(scope="module")
def news(customers: pa.Table) -> pa.Table:
    """Customers who come later: 15 who moved, and 60 new ones."""
    return pa.concat_tables([moved(customers.slice(0, 15)), customers.slice(200, 60)])


@pytest.fixture(scope="module")
def folder(customers: pa.Table, news: pa.Table, model: LinkModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "crm.index"
    index = CustomerIndex.build(customers.slice(0, 200), model=model, policy=POLICY, path=path)
    order = np.random.default_rng(0).permutation(news.num_rows)
    counts = [index.upsert(news.take(pa.array(part))) for part in np.array_split(order, 3)]
    assert sum(change.added for change in counts) == 60
    assert sum(change.replaced for change in counts) == 15
    return path


@pytest.fixture(scope="module")
def linked(folder: Path, world: World) -> Links:
    return CustomerIndex.open(folder, policy=POLICY).link(world.profiles)


def reference(index: CustomerIndex, profiles: pa.Table, model: LinkModel) -> pa.Table:
    """One gallery of everybody who counts, with the background of the index, through the kernel of `link`."""
    state = index._state
    whole = pa.concat_tables([section.customers for section in state.sections])
    living = in_content_order(whole.filter(pa.array(state.alive)), "customer_id")
    background = state.galleries[0].states
    gallery = build_gallery(living, state.families, model.population, background=background)
    read = read_table(profiles, "profiles").table
    read = read.filter(pc.fill_null(read["consent"], True))
    numbered = read.append_column("_row", pa.array(np.arange(read.num_rows)))
    schema = links_schema(tuple(family.name for family in state.families))
    with DuckDBEngine() as engine:
        mapped = engine.map_batches(
            engine.scan(numbered), link_kernel, LinkState(gallery, model, 5, None), schema=schema
        )
        return engine.collect(mapped, order_by=("_row", "rank"))


def test_an_index_with_later_customers_answers_like_one_gallery(
    folder: Path, world: World, model: LinkModel, linked: Links
) -> None:
    index = CustomerIndex.open(folder, policy=POLICY)
    expected = reference(index, world.profiles, model)

    best = {row["profile_id"]: row for row in expected.to_pylist() if row["rank"] <= 1}
    found = {row["profile_id"]: row for row in linked.table.to_pylist() if row["rank"] <= 1}

    assert found.keys() == best.keys()
    for profile, row in found.items():
        for name in ("probability", "match_weight", "nobody_probability", "group_probability"):
            assert row[name] == pytest.approx(best[profile][name], abs=1e-3), (profile, name)
        if row["probability"] is not None and row["probability"] > 0.5:
            assert row["customer_id"] == best[profile]["customer_id"]


def test_find_batch_and_reopening_agree(folder: Path, world: World, linked: Links) -> None:
    index = CustomerIndex.open(folder, policy=POLICY)
    names = [name for name in linked.table.column_names if name != "decision"]
    rows = [{name: value for name, value in row.items() if value is not None} for row in world.profiles.to_pylist()]
    for row in [row for row in rows if row.get("consent") is not False][:8]:
        expected = linked.table.filter(pc.equal(linked.table["profile_id"], row["profile_id"])).select(names)

        assert index.find(top=5, **row).rows.equals(expected)


def test_steps_and_order_do_not_matter(
    folder: Path, customers: pa.Table, news: pa.Table, model: LinkModel, world: World, linked: Links
) -> None:
    at_once = CustomerIndex.build(customers.slice(0, 200), model=model, policy=POLICY)
    before = at_once.link(world.profiles)

    change = at_once.upsert(news)

    assert (change.added, change.replaced, change.erased) == (60, 15, 0)
    assert str(change) == "60 added, 15 replaced"
    assert at_once.link(world.profiles).table.equals(linked.table)
    assert not before.table.equals(linked.table)
    info = at_once.info(verify=True)
    assert (info.customers, info.counted, info.later, info.replaced) == (260, 200, 75, 15)
    assert info.worth_compacting


def test_people_are_those_of_all_records_together(folder: Path, linked: Links) -> None:
    state = CustomerIndex.open(folder, policy=POLICY)._state
    whole = pa.concat_tables([section.customers for section in state.sections]).combine_chunks()
    living = np.flatnonzero(state.alive)

    expected = living[group_people(whole.take(pa.array(living)))]

    assert np.array_equal(state.view.person[living], expected)
    assert state.view.people == len(np.unique(expected)) == linked.report.people
    assert np.allclose(np.bincount(state.view.person[living], weights=state.view.share[living])[np.unique(expected)], 1)


def test_ranks_are_those_of_the_ids(folder: Path) -> None:
    state = CustomerIndex.open(folder, policy=POLICY)._state
    living = np.flatnonzero(state.alive)
    ids = [state.whole.ids[int(row)].as_py() for row in living]

    assert [ids[place] for place in np.argsort(state.view.id_rank[living])] == sorted(ids)


def test_compacting_gives_what_building_gives(
    folder: Path, customers: pa.Table, news: pa.Table, model: LinkModel, world: World, tmp_path: Path
) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    everybody = pa.concat_tables([customers.slice(15, 185), news])
    expected = CustomerIndex.build(everybody, model=model, policy=POLICY).link(world.profiles)

    index = CustomerIndex.open(copy, policy=POLICY)
    index.compact()

    assert index.link(world.profiles).table.equals(expected.table)
    info = CustomerIndex.open(copy, policy=POLICY).info(verify=True)
    assert (info.customers, info.later, info.replaced, info.worth_compacting) == (260, 0, 0, False)
    assert len([path for path in copy.iterdir() if path.suffix == ".data"]) == 2


def test_a_new_name_is_found_at_once(folder: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(folder, tmp_path / "copy")
    index = CustomerIndex.open(tmp_path / "copy", policy=POLICY)
    profile = {"platform": "github", "handle": "zorinaquopplewitz"}
    assert index.find(**profile).customer_id is None

    index.upsert([{"customer_id": "new", "given_name": "Zorina", "family_name": "Quopplewitz"}])

    assert index.find(**profile).customer_id == "new"
    assert index.find(platform="x", handle="zquopplewitz").matches[0].customer_id == "new"


def test_who_opened_an_index_keeps_what_they_opened(folder: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(folder, tmp_path / "copy")
    reader = CustomerIndex.open(tmp_path / "copy", policy=POLICY)
    writer = CustomerIndex.open(tmp_path / "copy", policy=POLICY)
    profile = {"platform": "github", "handle": "zorinaquopplewitz"}
    before = reader.find(**profile)

    writer.upsert([{"customer_id": "new", "given_name": "Zorina", "family_name": "Quopplewitz"}])

    assert reader.find(**profile).rows.equals(before.rows)
    assert writer.find(**profile).customer_id == "new"
    assert CustomerIndex.open(tmp_path / "copy", policy=POLICY).find(**profile).customer_id == "new"
    reader.upsert([{"customer_id": "newer", "given_name": "Ada", "family_name": "Blixtrum"}])
    assert reader.find(**profile).customer_id == "new"


def test_who_refuses_is_erased(folder: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(folder, tmp_path / "copy")
    index = CustomerIndex.open(tmp_path / "copy", policy=POLICY)
    known = index._state.whole.ids[100].as_py()

    change = index.upsert([{"customer_id": known, "given_name": "No", "family_name": "Thanks", "consent": False}])

    assert (change.refused, change.erased, change.added) == (1, 1, 0)
    assert len(index) == 259


def test_rows_that_are_written_later_are_those_of_the_answer(folder: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(folder, tmp_path / "copy")
    index = CustomerIndex.open(tmp_path / "copy", policy=POLICY)
    index.upsert([{"customer_id": "new", "given_name": "Zorina", "family_name": "Quopplewitz"}])
    profile = {"platform": "github", "handle": "zorinaquopplewitz"}
    expected = index.find(**profile).rows

    found = index.find(**profile)
    index.erase([match.customer_id for match in found.matches])

    assert found.rows.equals(expected)
    assert found.rows["customer_id"].to_pylist() == [match.customer_id for match in found.matches]
    assert index.find(**profile).customer_id is None
