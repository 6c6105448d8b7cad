"""The order of the rows of a gallery hangs on what they say, not on where they stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sociolink.datasets import World
from sociolink.evidence.name.family import Name
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.gallery import build_gallery, content_hashes, content_order, learn_gallery
from sociolink.records.readers import read_table
from sociolink.text.hashing import hash_strings, mix


@pytest.fixture(scope="module")
def customers(world: World) -> pa.Table:
    return read_table(world.customers, "customers").table


def test_order_does_not_depend_on_the_order_of_rows(customers: pa.Table) -> None:
    turned = customers.take(pa.array(np.random.default_rng(0).permutation(len(customers)))).combine_chunks()
    one, two = (table.take(pa.array(content_order(table, "customer_id"))) for table in (customers, turned))
    assert one.equals(two)


def test_order_does_not_depend_on_ids(customers: pa.Table) -> None:
    names = pa.array([f"other-{at}" for at in range(len(customers))])
    renamed = customers.set_column(0, "customer_id", names)
    assert np.array_equal(content_order(renamed, "customer_id"), content_order(customers, "customer_id"))


def test_rows_that_say_the_same_stand_in_the_order_of_ids() -> None:
    rows = [{"customer_id": one, "family_name": "Li"} for one in ("b", "c", "a")]
    table = read_table(rows, "customers").table
    assert content_order(table, "customer_id").tolist() == [2, 0, 1]


def test_people_count_once(customers: pa.Table) -> None:
    gallery = build_gallery(customers, (), {})
    assert gallery.people < len(gallery) == len(customers)
    assert gallery.share.sum() == pytest.approx(gallery.people)
    assert np.all(gallery.person <= np.arange(len(gallery)))
    assert np.array_equal(gallery.person[gallery.person], gallery.person)
    assert np.array_equal(np.argsort(gallery.id_rank), np.argsort(gallery.ids.to_numpy(zero_copy_only=False)))


def test_an_empty_gallery(customers: pa.Table) -> None:
    gallery = build_gallery(customers.slice(0, 0), (), {})
    assert (len(gallery), gallery.people) == (0, 0)


def test_a_gallery_does_not_change_its_customers(customers: pa.Table) -> None:
    before = customers.to_pydict()
    population = {family.name: family.learn(profiles_of_nobody(), customers) for family in DEFAULT_EVIDENCE}
    build_gallery(customers, DEFAULT_EVIDENCE, population)
    assert customers.to_pydict() == before


def profiles_of_nobody() -> pa.Table:
    return read_table([{"platform": "x", "handle": "k7q"}], "profiles").table


def test_moments_are_hashed_as_they_are_written() -> None:
    rng = np.random.default_rng(5)
    micros = np.concatenate([rng.integers(-5 * 10**15, 7 * 10**15, 500), rng.integers(-5, 5, 50) * 10**6])
    moments = pa.chunked_array([pa.array(micros, mask=rng.random(550) < 0.1).cast(pa.timestamp("us", tz="UTC"))])
    expected, _ = hash_strings(pc.fill_null(moments.cast(pa.string()), ""))
    table = pa.table({"updated_at": moments})
    salted = mix(np.zeros(len(moments), np.uint64), 1) ^ mix(expected, 2)
    assert content_hashes(table, ["updated_at"]).tolist() == salted.tolist()


@dataclass(frozen=True)
class Slow(Name):
    """A family that goes on learning until it has begun to prepare."""

    began: Event = field(default_factory=Event)

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        assert self.began.wait(10)
        return super().learn(profiles, customers)

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: Any | None = None
    ) -> Any:
        self.began.set()
        return super().prepare_customers(customers, population, background=background)


def test_a_family_prepares_while_it_learns(customers: pa.Table) -> None:
    families = (Slow(),)
    population, gallery = learn_gallery(
        customers, families, lambda family: family.learn(profiles_of_nobody(), customers), threads=2
    )
    assert population == {"name": Name().learn(profiles_of_nobody(), customers)}
    plain = build_gallery(customers, (Name(),), population, threads=1)
    assert np.array_equal(gallery.blocks[0].key, plain.blocks[0].key)
    assert np.array_equal(gallery.states[0].vocabulary.family, plain.states[0].vocabulary.family)


def test_one_thread_learns_before_it_prepares(customers: pa.Table) -> None:
    heard: list[str] = []

    def learn(family: EvidenceFamily) -> Mapping[str, Any]:
        heard.append(family.name)
        return family.learn(profiles_of_nobody(), customers)

    population, gallery = learn_gallery(
        customers, DEFAULT_EVIDENCE, learn, learned=lambda: heard.append("learned"), threads=1
    )
    assert heard == [*(family.name for family in DEFAULT_EVIDENCE), "learned"]
    assert len(gallery.states) == len(population) == len(DEFAULT_EVIDENCE)
