"""A memory limit changes where arrays lie, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink import Links, Policy, datasets, fit, link
from sociolink.datasets import World
from sociolink.errors import InvalidParameterError
from sociolink.evidence.protocol import PreparesSections
from sociolink.evidence.shared import Shared
from sociolink.index.scratch import Scratch
from sociolink.linking import limits as limits_module
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.gallery import build_gallery, in_content_order
from sociolink.linking.limits import Limits, exceeds, limits_of, section_tables, warn_of_limit
from sociolink.linking.mapped_gallery import build_within, order_within
from sociolink.linking.people import group_people
from sociolink.records.readers import read_table
from sociolink.testing.family_checks.sections import differences

POLICY = Policy.research(who="tests")
SMALL = "64MiB"


@pytest.fixture(scope="module")
def customers(world: World) -> pa.Table:
    return in_content_order(read_table(world.customers, "customers").table, "customer_id")


@pytest.fixture
def tiny_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of 64 MiB is taken for one that 300 customers exceed by far; sections hold 13 of them."""
    monkeypatch.setattr(limits_module, "BYTES_PER_CUSTOMER", 300_000)


def limits(section: int) -> Limits:
    return Limits(1, section, Scratch(1))


@pytest.mark.parametrize("section", [29, 299])
def test_sections_give_the_same_arrays(world: World, links: Links, customers: pa.Table, section: int) -> None:
    assert links.model is not None
    population = links.model.population
    whole = build_gallery(customers, DEFAULT_EVIDENCE, population)
    found = build_within(customers, DEFAULT_EVIDENCE, population, limits=limits(section), threads=2)
    assert list(differences(whole, found)) == []
    assert len(found) == len(customers) > section


def test_customers_in_order_are_the_same_whatever_their_order_was(world: World, customers: pa.Table) -> None:
    read = read_table(world.customers, "customers").table
    turned = read.take(pa.array(np.random.default_rng(3).permutation(len(read))))
    found = order_within(turned, limits(50))
    assert found.combine_chunks().equals(customers)
    assert found.column(0).num_chunks == -(-len(read) // 50)
    assert order_within(turned, None).equals(customers)


def test_a_person_is_found_over_all_sections() -> None:
    rows = [
        {"customer_id": f"c{n}", "full_name": "Ada Blix", "email": [f"a{n // 2}@x.example", f"a{n // 2 + 1}@x.example"]}
        for n in range(9)
    ]
    table = read_table(rows, "customers").table
    assert group_people(table).tolist() == group_people(table, section=2).tolist() == [0] * 9


@pytest.mark.usefixtures("tiny_sections")
def test_links_within_a_limit_are_the_same_bytes(world: World, links: Links) -> None:
    assert exceeds(limits_of(SMALL), len(world.customers))
    turned = world.customers.take(pa.array(np.random.default_rng(5).permutation(len(world.customers))))
    found = link(world.profiles, turned, policy=POLICY, memory_limit=SMALL)
    assert found.table.equals(links.table)
    assert found.model == links.model
    assert found.known_accounts.equals(links.known_accounts)
    assert replace(found.report, seconds=0.0, peak_memory_mib=0.0, stages=(), warnings=(), sources=()) == replace(
        links.report, seconds=0.0, peak_memory_mib=0.0, stages=(), warnings=(), sources=()
    )
    assert fit(world.profiles, turned, policy=POLICY, memory_limit=SMALL) == links.model


@pytest.mark.usefixtures("tiny_sections")
def test_posts_and_events_count_within_a_limit() -> None:
    world = datasets.synthetic(150, 100, coverage=0.5, seed=4, posts=3, events=2)
    tables: dict[str, Any] = {"policy": POLICY, "posts": world.posts, "events": world.events}
    plain = link(world.profiles, world.customers, **tables)
    found = link(world.profiles, world.customers, **tables, memory_limit=SMALL)
    assert "bits_events" in found.table.column_names
    assert found.table.equals(plain.table)


@dataclass(frozen=True, slots=True)
class Loyalty(Shared):
    """A family of one's own, which knows of no sections."""


def test_a_family_without_sections_takes_all_customers_at_once(world: World, customers: pa.Table) -> None:
    family = Loyalty("city")
    assert not isinstance(family, PreparesSections)
    whole = build_gallery(customers, (family,), {})
    found = build_within(customers, (family,), {}, limits=limits(40))
    assert list(differences(whole, found)) == []


@pytest.mark.parametrize("limit", ["8GiB", "8 gib", "8589934592B"])
def test_a_limit_is_read_as_bytes(limit: str) -> None:
    found = limits_of(limit)
    assert found is not None
    assert found.memory_bytes == 8 * 2**30
    assert exceeds(found, 10_000_000)
    assert not exceeds(found, 1_000_000)
    assert not exceeds(None, 10**9)


def test_a_share_of_the_machine_is_a_limit() -> None:
    half, whole = limits_of("50%"), limits_of("100%")
    assert half is not None
    assert whole is not None
    assert half.memory_bytes == whole.memory_bytes // 2 > 0


@pytest.mark.parametrize("limit", ["much", "", "-1GB", "0GB", "8 gigs"])
def test_what_is_no_size_is_refused(limit: str) -> None:
    with pytest.raises(InvalidParameterError, match="memory_limit"):
        limits_of(limit)


def test_sections_hold_all_rows_once() -> None:
    table = pa.table({"row": list(range(10))})
    assert [one.num_rows for one in section_tables(table, 4)] == [4, 4, 2]
    assert [one.num_rows for one in section_tables(table.slice(0, 0), 4)] == [0]


@pytest.mark.usefixtures("tiny_sections")
def test_a_limit_that_cannot_be_kept_is_said(world: World, links: Links) -> None:
    found = link(world.profiles, world.customers, policy=POLICY, memory_limit=SMALL, model=links.model)
    assert found.table.equals(links.table)
    assert found.report.warnings == ("memory_limit cannot be kept: so many customers and profiles take about 0.8 GiB",)
    plenty = limits_of("8GiB")
    assert warn_of_limit(plenty, profiles=10_000, customers=10_000) == ()
    assert warn_of_limit(None, profiles=10**9, customers=10**9) == ()
