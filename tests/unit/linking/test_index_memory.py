"""An index that is built, compacted or renewed within a memory limit is the same, byte for byte, and lies in files."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from index_needles import arrays

from sociolink import CustomerIndex, LinkModel, Links, Policy, check, datasets, fit
from sociolink.datasets import World
from sociolink.errors import InputError, InvalidParameterError
from sociolink.index.scratch import Scratch
from sociolink.index.segments import write_segment
from sociolink.index.storage import FolderStorage, MemoryStorage
from sociolink.linking import limits as limits_module
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.index_building import prepare_base
from sociolink.linking.index_state import read_customers_of
from sociolink.linking.limits import Limits, exceeds, limits_of

POLICY = Policy.research(who="tests")
EACH = 60_000
POOLS: list[pa.MemoryPool] = []
"""They must outlive the buffers that they gave."""


@pytest.fixture
def small_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer is taken for one who needs 60 kB, so that a limit is small for few."""
    monkeypatch.setattr(limits_module, "BYTES_PER_CUSTOMER", EACH)


def small_for(customers: pa.Table) -> str:
    """A limit by which so many customers are prepared in nine sections or more."""
    limit = f"{16 * EACH * (len(customers) // 9)}B"
    assert exceeds(limits_of(limit), len(customers))
    return limit


@pytest.fixture(scope="module")
def model(links: Links) -> LinkModel:
    assert links.model is not None
    return links.model


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def build(folder: Path, world: World, model: LinkModel, **more: Any) -> CustomerIndex:
    return CustomerIndex.build(world.customers, model=model, policy=POLICY, path=folder, **more)


def allocated(action: Callable[[], object]) -> int:
    """Most bytes that Arrow held at a time."""
    before = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(before)
    POOLS.append(pool)
    pa.set_memory_pool(pool)
    try:
        action()
        return int(pool.max_memory())
    finally:
        pa.set_memory_pool(before)


def lies_in_a_file(array: np.ndarray[Any, Any]) -> bool:
    base: Any = array
    while isinstance(base, np.ndarray | memoryview):
        base = base.obj if isinstance(base, memoryview) else base.base
    return isinstance(base, mmap.mmap)


@pytest.mark.usefixtures("small_sections")
def test_an_index_within_a_limit_is_the_same_bytes(tmp_path: Path, world: World, model: LinkModel) -> None:
    limit = small_for(world.customers.slice(0, 270))
    plain, found = tmp_path / "plain", tmp_path / "found"
    turned = world.customers.take(pa.array(np.random.default_rng(7).permutation(len(world.customers))))
    one = build(plain, world, model)
    two = CustomerIndex.build(turned, model=model, policy=POLICY, path=found, memory_limit=limit)
    assert files_of(plain) == files_of(found)

    changed = world.customers.slice(40, 30).set_column(
        world.customers.column_names.index("given_name"), "given_name", pa.array(["Zorina"] * 30)
    )
    for index in (one, two):
        index.erase(world.customers["customer_id"].slice(0, 20).to_pylist())
        index.upsert(changed)
    one.compact()
    two.compact(memory_limit=limit)
    assert files_of(plain) == files_of(found)

    two.upsert(changed.slice(0, 5))
    renewed = CustomerIndex.renew(found, memory_limit=limit)
    assert renewed.info(verify=True).generation > two.info().generation
    assert len(renewed) == len(one)
    (base,) = (name for name in files_of(found) if name.startswith("base") and name.endswith(".data"))
    (same,) = (name for name in files_of(plain) if name.startswith("base") and name.endswith(".data"))
    assert files_of(found)[base] == files_of(plain)[same]


@pytest.mark.usefixtures("small_sections")
def test_events_on_record_lie_in_the_same_bytes(tmp_path: Path) -> None:
    world = datasets.synthetic(60, 40, coverage=0.5, seed=4, posts=2, events=2)
    small = small_for(world.customers)
    told = fit(world.profiles, world.customers, posts=world.posts, events=world.events, policy=POLICY)
    for name, limit in (("plain", None), ("found", small)):
        build(tmp_path / name, world, told, events=world.events, memory_limit=limit).compact(memory_limit=limit)
    assert files_of(tmp_path / "plain") == files_of(tmp_path / "found")


def test_a_limit_that_holds_anyhow_changes_nothing(world: World, model: LinkModel) -> None:
    index = CustomerIndex.build(world.customers, model=model, policy=POLICY, memory_limit="50%")
    assert index.path is None
    assert index.info(verify=True).customers == len(index) > 280


def test_what_is_prepared_within_a_limit_lies_in_files(world: World, model: LinkModel) -> None:
    limits = Limits(1, 37, Scratch(500))
    sources = {"customers": world.customers, "events": None}
    base, _ = prepare_base(sources, model, DEFAULT_EVIDENCE, limits=limits)
    large = [array for array in arrays(base) if array.nbytes >= 500]
    assert len(large) > 50
    assert all(map(lies_in_a_file, large))
    plain, _ = prepare_base(sources, model, DEFAULT_EVIDENCE)
    assert not any(map(lies_in_a_file, arrays(plain)))


def test_writing_takes_no_more_than_a_column(tmp_path: Path) -> None:
    column = pa.chunked_array([pa.array(np.arange(50_000)), pa.array(np.arange(50_000))])
    table = pa.table({str(number): column for number in range(10)})
    limited, plain = FolderStorage(tmp_path), MemoryStorage()
    most = allocated(lambda: write_segment(limited, "one", (table,), scratch=Scratch(1000)))
    assert most < 3 * column.nbytes
    assert allocated(lambda: write_segment(plain, "one", (table,))) > 10 * column.nbytes
    assert all(bytes(limited.map(name)) == bytes(plain.map(name)) for name in plain.names())


def test_customers_are_read_back_piece_by_piece(tmp_path: Path, world: World, model: LinkModel) -> None:
    index = build(tmp_path / "index", world, model)
    index.erase(world.customers["customer_id"].slice(0, 20).to_pylist())
    storage = FolderStorage(tmp_path / "index")
    read: dict[int | None, pa.Table] = {}

    def read_back(smallest: int | None) -> None:
        scratch = None if smallest is None else Scratch(smallest)
        read[smallest] = read_customers_of(storage, DEFAULT_EVIDENCE, scratch=scratch)[0]

    assert allocated(lambda: read_back(200)) < allocated(lambda: read_back(None)) / 3
    assert read[200].combine_chunks().equals(read[None].combine_chunks())
    assert len(read[200]) == len(index)


@pytest.mark.usefixtures("small_sections")
def test_a_check_within_a_limit_says_the_same(world: World) -> None:
    found = check(world.profiles, world.customers, memory_limit=small_for(world.customers))
    assert found.to_dict() == check(world.profiles, world.customers).to_dict()


def test_what_is_no_limit_or_no_table_is_refused(tmp_path: Path, world: World, model: LinkModel) -> None:
    with pytest.raises(InvalidParameterError, match="memory_limit"):
        build(tmp_path / "index", world, model, memory_limit="much")
    with pytest.raises(InputError, match="there is no table"):
        CustomerIndex.build(None, model=model, policy=POLICY)
    assert not (tmp_path / "index").exists()
    index = build(tmp_path / "index", world, model)
    for act in (index.compact, lambda **given: CustomerIndex.renew(tmp_path / "index", **given)):
        with pytest.raises(InvalidParameterError, match="memory_limit"):
            act(memory_limit="much")
