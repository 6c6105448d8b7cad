"""Who is erased is in no file any more, and the search that says so finds them before."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from index_needles import arrays, count_aligned, count_in_files, hashes, private_hashes

from sociolink import CustomerIndex, LinkModel, Links, Policy, fit
from sociolink.datasets import World
from sociolink.evidence.shared import Shared
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.erasure import _all_dead

POLICY = Policy.research(who="tests")
WHO = {
    "customer_id": "erase-me-7731",
    "given_name": "Zorvina",
    "middle_name": "Ukkelise",
    "family_name": "Quopplewitz-Hraban",
    "nickname": "Zorvi",
    "email": ["zorvina.quopple@hrabanworks.example"],
    "phone": ["+49 171 5559273"],
    "birth_date": "1971-03-29",
    "street": "Vlumpgasse 3",
    "city": "Oberzwuxelbach",
    "country": "DE",
    "organisation": ["Zwuxel Hrabanworks GmbH"],
    "job_title": "Glimmerschleifer",
    "website": ["https://hrabanworks.example/zorvi"],
    "handles": ["x:zorvinq71"],
}
TEXTS = (
    "erase-me-7731", "Zorvina", "Ukkelise", "Quopplewitz", "Hraban", "zorvina.quopple", "5559273", "1971-03-29",
    "Vlumpgasse", "Oberzwuxelbach", "Hrabanworks", "Glimmerschleifer", "zorvinq71",
)  # fmt: skip


@pytest.fixture(scope="module")
def customers(world: World) -> pa.Table:
    kept = world.customers.filter(pc.fill_null(world.customers["consent"], True)).slice(0, 150)
    return pa.concat_tables([kept, pa.Table.from_pylist([WHO], schema=kept.schema)])


@pytest.fixture(scope="module")
def model(links: Links) -> LinkModel:
    assert links.model is not None
    return LinkModel.from_dict(json.loads(json.dumps(links.model.to_dict())))


@pytest.fixture(scope="module")
def built(customers: pa.Table, model: LinkModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "crm.index"
    CustomerIndex.build(customers, model=model, policy=POLICY, path=path)
    return path


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture(scope="module")
def without(customers: pa.Table, model: LinkModel) -> CustomerIndex:
    return CustomerIndex.build(customers.slice(0, 150), model=model, policy=POLICY)


def test_the_search_finds_before_and_nothing_after(folder: Path, without: CustomerIndex) -> None:
    index = CustomerIndex.open(folder, policy=POLICY)
    texts = [text.encode() for text in TEXTS]
    keys = private_hashes(index, without)
    profile = {"platform": "github", "handle": "zorvinaquopplewitz"}
    assert index.find(**profile).customer_id == "erase-me-7731"
    assert len(keys) > 60
    assert count_in_files(folder, texts) == len(texts)
    assert count_in_files(folder, keys) == len(keys)

    change = index.erase(["erase-me-7731", "nobody-of-this-id"])

    assert (change.erased, change.absent) == (1, 1)
    assert count_in_files(folder, texts) == 0
    assert count_in_files(folder, keys) == 0
    assert index.find(**profile).customer_id is None
    assert index.find(platform="x", handle="zorvinq71").customer_id is None
    again = CustomerIndex.open(folder, policy=POLICY)
    assert again.find(**profile).rows.equals(index.find(**profile).rows)
    assert again.info(verify=True).erased == 1
    assert not [path for path in folder.iterdir() if "journal" in path.name or "partial" in path.name]


def test_everybody_else_is_still_there(folder: Path, without: CustomerIndex, world: World) -> None:
    index = CustomerIndex.open(folder, policy=POLICY)

    index.erase(["erase-me-7731"])

    state, other = index._state, without._state
    for blocks, expected in zip(state.sections[0].blocks, other.sections[0].blocks, strict=True):
        living = state.alive[blocks.row]
        size = np.add.reduceat(living, blocks.start[:-1]) if len(blocks.key) else np.empty(0)
        assert np.array_equal(blocks.key[size > 0], expected.key)
        assert np.array_equal(size[size > 0], np.diff(expected.start))
    assert state.view.people == other.view.people
    assert all(np.isfinite(array).all() for array in arrays(state.sections[0]) if array.dtype.kind == "f")
    found, wanted = index.link(world.profiles), without.link(world.profiles)
    assert found.report.customers == wanted.report.customers
    for mine, theirs in zip(found.best().to_pylist(), wanted.best().to_pylist(), strict=True):
        if theirs["probability"] > 0.9:
            assert mine["customer_id"] == theirs["customer_id"]
    index.compact()
    assert index.link(world.profiles).table.equals(wanted.table)


def test_erasing_one_by_one_leaves_what_others_still_have(folder: Path, customers: pa.Table, model: LinkModel) -> None:
    twin = {**WHO, "customer_id": "twin-5512", "nickname": None}
    index = CustomerIndex.open(folder, policy=POLICY)
    index.upsert([twin])
    index.compact()
    shared = [b"Quopplewitz", b"Vlumpgasse"]

    index.erase(["erase-me-7731"])
    found = index.find(platform="github", handle="zorvinaquopplewitz")
    assert found.customer_id == "twin-5512"
    assert count_in_files(folder, shared) == 2
    assert count_in_files(folder, [b"erase-me-7731", b"Zorvi\0"]) == 0

    index.erase(["twin-5512"])
    without = CustomerIndex.build(customers.slice(0, 150), model=model, policy=POLICY)
    alone = CustomerIndex.build([WHO, twin], model=model, policy=POLICY)
    needles = [int(one).to_bytes(8, "little") for one in hashes(alone) - hashes(without) if one >= 2**32]
    assert count_in_files(folder, [text.encode() for text in (*TEXTS, "twin-5512")]) == 0
    assert count_aligned(folder, needles) == 0


def test_who_came_later_or_was_replaced_is_erased_too(folder: Path, without: CustomerIndex, model: LinkModel) -> None:
    index = CustomerIndex.open(folder, policy=POLICY)
    newer = {**WHO, "family_name": "Blixtrumsel", "email": ["new@blixtrumsel.example"]}
    other = {**WHO, "customer_id": "later-8821", "given_name": "Yxandra", "email": None, "phone": None, "handles": None}
    index.upsert([newer, other])
    keys = private_hashes(index, without)
    texts = [text.encode() for text in (*TEXTS, "Blixtrumsel", "later-8821", "Yxandra")]
    assert count_aligned(folder, keys) == len(keys)
    assert count_in_files(folder, texts) == len(texts)

    assert index.erase(["erase-me-7731"]).erased == 1
    assert count_in_files(folder, [b"erase-me-7731", b"Blixtrumsel", b"zorvinq71"]) == 0
    assert index.find(platform="github", handle="yxandraquopplewitz").customer_id == "later-8821"
    assert index.erase(["later-8821"]).erased == 1

    assert count_in_files(folder, texts) == 0
    assert count_aligned(folder, keys) == 0
    assert index.info(verify=True).later == 0
    assert index.erase(["later-8821"]).erased == 0


def test_a_reader_of_before_names_nobody_who_was_erased(folder: Path) -> None:
    reader = CustomerIndex.open(folder, policy=POLICY)
    writer = CustomerIndex.open(folder, policy=POLICY)

    writer.erase(["erase-me-7731"])

    found = reader.find(platform="github", handle="zorvinaquopplewitz", top=10)
    assert found.customer_id is None
    assert all("\0" not in match.customer_id for match in found.matches)


def test_everybody_can_be_erased(folder: Path, customers: pa.Table) -> None:
    from sociolink.errors import NothingToLinkError

    index = CustomerIndex.open(folder, policy=POLICY)

    index.erase(customers["customer_id"].to_pylist())

    assert len(index) == 0
    assert index.find(platform="github", handle="zorvinaquopplewitz").customer_id is None
    assert count_in_files(folder, [text.encode() for text in TEXTS]) == 0
    with pytest.raises(NothingToLinkError):
        index.compact()


def test_values_of_a_shared_column_are_erased(customers: pa.Table, world: World, tmp_path: Path) -> None:
    evidence = (*DEFAULT_EVIDENCE[1:], Shared("loyalty"))
    numbers = pa.array([f"loyal-{number // 2}" for number in range(customers.num_rows - 1)] + ["loyal-secret"])
    table = customers.append_column("loyalty", numbers)
    model = fit(world.profiles, table, policy=POLICY, evidence=evidence)
    index = CustomerIndex.build(table, model=model, policy=POLICY, evidence=evidence, path=tmp_path / "index")
    assert count_in_files(tmp_path / "index", [b"loyalsecret", b"loyal-secret"]) == 2

    index.erase(["erase-me-7731", customers["customer_id"][0].as_py()])

    assert count_in_files(tmp_path / "index", [b"loyalsecret", b"loyal-secret"]) == 0
    assert count_in_files(tmp_path / "index", [b"loyal0", b"loyal-0"]) == 2


def test_blocks_are_dead_where_a_loop_finds_nobody() -> None:
    rng = np.random.default_rng(5)
    flags = rng.random(30) < 0.7
    row = rng.integers(0, 30, 400).astype(np.int32)
    bounds = np.sort(rng.integers(0, 401, 120))
    begin, end = bounds[:-1], bounds[1:]
    expected = [all(flags[one] or one == 3 for one in row[a:b]) for a, b in zip(begin, end, strict=True)]
    assert _all_dead(begin, end, row, flags, 3).tolist() == expected
    assert 10 < sum(expected) < len(expected) - 10
    nothing = np.empty(0, np.int64)
    assert _all_dead(nothing, nothing, row[:0], flags, 3).tolist() == []
