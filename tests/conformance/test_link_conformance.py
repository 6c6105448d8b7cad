"""Links are the same, bit by bit, whatever the order of rows, the names of ids, the threads, batches and engine."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet
import pytest

from sociolink import Links, Policy, datasets, link
from sociolink.datasets import World
from sociolink.engines.duckdb import DuckDBEngine

sys.path.insert(0, str(Path(__file__).parent))

from toy_engine import ToyEngine

POLICY = Policy.research(who="tests")
IDS = ("profile_id", "customer_id", "group_id", "runner_up")
PREFIX = "renamed-"


@pytest.fixture(scope="module")
def world() -> World:
    return datasets.synthetic(240, 220, coverage=0.5, seed=21, entered_twice=0.1, namesakes=0.1)


@pytest.fixture(scope="module")
def known(world: World) -> pa.Table:
    """A few existing links, so that these are covered as well."""
    return world.truth.select(["profile_id", "customer_id"]).slice(0, 15)


@pytest.fixture(scope="module")
def links(world: World, known: pa.Table) -> Links:
    return link(world.profiles, world.customers, policy=POLICY, known=known)


def canonical(table: pa.Table) -> bytes:
    """The bytes of links in the order of their profiles' ids."""
    ordered = table.sort_by([("profile_id", "ascending"), ("rank", "ascending")]).combine_chunks()
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, ordered.schema) as stream:
        stream.write_table(pa.Table.from_pydict(ordered.to_pydict(), ordered.schema))
    return sink.getvalue()


def turn_rows(table: pa.Table, seed: int) -> pa.Table:
    return table.take(pa.array(np.random.default_rng(seed).permutation(table.num_rows)))


def rename_ids(table: pa.Table) -> pa.Table:
    """Ids with a common prefix: other ids in the same order."""
    for name in set(IDS) & set(table.column_names):
        renamed = pc.binary_join_element_wise(PREFIX, table[name], "")
        table = table.set_column(table.column_names.index(name), name, renamed)
    return table


def restore_ids(table: pa.Table) -> pa.Table:
    for name in IDS:
        column = table[name]
        assert all(one is None or one.startswith(PREFIX) for one in column.to_pylist())
        restored = pc.utf8_slice_codeunits(column, len(PREFIX))
        table = table.set_column(table.column_names.index(name), name, restored)
    return table


def same_report(one: Links, other: Links) -> bool:
    """Whether the reports agree in all but time, memory and sources."""
    left, right = (found.report.to_dict(timing=False) for found in (one, other))
    return {**left, "sources": None} == {**right, "sources": None}


def test_rows_permuted(world: World, known: pa.Table, links: Links) -> None:
    found = link(turn_rows(world.profiles, 1), turn_rows(world.customers, 2), policy=POLICY, known=turn_rows(known, 3))
    assert canonical(found.table) == canonical(links.table)
    assert found.model == links.model
    assert same_report(found, links)


def test_links_stand_in_the_order_of_the_profiles(world: World, links: Links) -> None:
    turned = turn_rows(world.profiles, 1)
    found = link(turned, world.customers, policy=POLICY, model=links.model)
    refused = {row["profile_id"] for row in turned.to_pylist() if row["consent"] is False}
    order = [one for one in turned["profile_id"].to_pylist() if one not in refused]
    assert list(dict.fromkeys(found.table["profile_id"].to_pylist())) == order


def test_ids_renamed_and_rows_permuted(world: World, known: pa.Table, links: Links) -> None:
    profiles, customers = rename_ids(turn_rows(world.profiles, 4)), rename_ids(turn_rows(world.customers, 5))
    found = link(profiles, customers, policy=POLICY, known=rename_ids(known))
    assert canonical(restore_ids(found.table)) == canonical(links.table)
    assert found.model == links.model
    assert same_report(found, links)


def test_threads(world: World, known: pa.Table, links: Links) -> None:
    """Three are not what most machines take by themselves; one thread is among the engines below."""
    found = link(world.profiles, world.customers, policy=POLICY, known=known, threads=3)
    assert found.table.equals(links.table)
    assert found.model == links.model
    assert same_report(found, links)


def test_batches(world: World, known: pa.Table, links: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sociolink.linking.batches.BATCH_PROFILES", 17)
    profiles = world.profiles.slice(0, 40)
    whole = link(world.profiles, world.customers, policy=POLICY, known=known, model=links.model)
    part = link(profiles, world.customers, policy=POLICY, known=known, model=links.model)
    assert whole.table.equals(links.table)
    own = pc.is_in(links.table["profile_id"], value_set=profiles["profile_id"].combine_chunks())
    answers = [name for name in links.table.column_names if name != "decision"]  # which looks at all profiles
    assert part.table.select(answers).equals(links.table.filter(own).select(answers).combine_chunks())


@pytest.mark.parametrize(
    "make", [ToyEngine, lambda: DuckDBEngine(threads=1, memory_limit="256MB")], ids=["toy", "duckdb"]
)
def test_engines(world: World, known: pa.Table, links: Links, make: Callable[[], Any]) -> None:
    found = link(world.profiles, world.customers, policy=POLICY, known=known, engine=make())
    assert found.table.equals(links.table)
    assert found.model == links.model
    assert same_report(found, links)


def test_formats_other_columns_and_their_order_change_nothing(
    world: World, known: pa.Table, links: Links, tmp_path: Path
) -> None:
    profiles = world.profiles.append_column("shoe_size", pa.array([42] * world.profiles.num_rows))
    pa.parquet.write_table(profiles, tmp_path / "profiles.parquet")
    customers = world.customers.select(world.customers.column_names[::-1]).to_pandas()
    found = link(tmp_path / "profiles.parquet", customers, policy=POLICY, known=known)
    assert found.table.equals(links.table)
