"""Taking an owner out gives what linking without that owner would have given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from sociolink import Links
from sociolink.datasets import World
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.gallery import Gallery, build_gallery, in_content_order
from sociolink.linking.inputs import read_inputs
from sociolink.linking.kernel import score_batch
from sociolink.linking.orphans import OrphanHits, build_halves, find_owners, orphan_alone, orphan_with_half
from sociolink.results.model import LinkModel


def tables(world: World) -> dict[str, pa.Table]:
    """Without those who refused consent, as `link` reads them."""
    return dict(read_inputs({"profiles": world.profiles, "customers": world.customers}).tables)


@pytest.fixture(scope="module")
def model(links: Links) -> LinkModel:
    assert links.model is not None
    return links.model


@pytest.fixture(scope="module")
def customers(world: World) -> pa.Table:
    return in_content_order(tables(world)["customers"], "customer_id")


@pytest.fixture(scope="module")
def gallery(customers: pa.Table, model: LinkModel) -> Gallery:
    return build_gallery(customers, DEFAULT_EVIDENCE, model.population)


@pytest.fixture(scope="module")
def profiles(world: World) -> pa.Table:
    return tables(world)["profiles"]


def test_heirs_are_those_of_a_gallery_without_the_owner(
    profiles: pa.Table, customers: pa.Table, gallery: Gallery, model: LinkModel
) -> None:
    """The slow way: for some owners a gallery without them, under the same frequencies."""
    owners = find_owners(profiles, gallery, model)
    assert len(owners.weight) > 50
    for entry in np.argsort(-owners.heir)[:4]:
        gone = gallery.person == owners.person[entry]
        left = customers.filter(pa.array(~gone))
        without = build_gallery(left, gallery.families, model.population, background=gallery.states)
        one = profiles.slice(int(owners.profile[entry]), 1).combine_chunks()
        scored = score_batch(one, replace(without, people=gallery.people), model)
        pairs = scored.observed.pairs
        by_person = np.zeros(left.num_rows)
        real = pairs.customer >= 0
        np.add.at(by_person, without.person[pairs.customer[real]], scored.posterior.pair[real])
        assert owners.heir[entry] == pytest.approx(by_person.max(), rel=0.02)
        assert owners.heir[entry] > 0.01


def test_owners_have_their_probability(profiles: pa.Table, links: Links, gallery: Gallery, model: LinkModel) -> None:
    owners = find_owners(profiles, gallery, model)
    ids = zip(
        profiles["profile_id"].take(pa.array(owners.profile)).to_pylist(),
        gallery.ids.take(pa.array(owners.person)).to_pylist(),
        strict=True,
    )
    found = dict(zip(ids, owners.weight.tolist(), strict=True))
    best = links.table.filter(pa.compute.equal(links.table["rank"], 1)).to_pylist()
    sure = [row for row in best if row["group_probability"] > 0.1]
    assert len(sure) > 50
    for row in sure:
        weight = found.get((row["profile_id"], row["group_id"]), 0.0)
        assert weight == pytest.approx(row["group_probability"], abs=1e-5)


def total(hits: OrphanHits) -> float:
    return float((hits.hits * hits.scale).sum())


def test_lower_thresholds_hit_more(profiles: pa.Table, customers: pa.Table, gallery: Gallery, model: LinkModel) -> None:
    owners = find_owners(profiles, gallery, model)
    strict, loose = (orphan_alone(owners, gallery, threshold=threshold) for threshold in (0.9, 0.05))
    assert 0 <= total(strict) < total(loose)
    assert (loose.hits <= loose.size + 1e-9).all()
    parts = build_halves(customers, gallery, model.population, seed=0)
    halves = orphan_with_half(profiles, owners, parts, gallery, model, threshold=0.05)
    assert total(halves) > 0
    assert halves.decoys == pytest.approx(gallery.people, abs=1)
    assert np.allclose(halves.scale, 2.0, rtol=0.02)


def test_the_seed_says_who_stays(profiles: pa.Table, customers: pa.Table, gallery: Gallery, model: LinkModel) -> None:
    owners = find_owners(profiles, gallery, model)
    built = [build_halves(customers, gallery, model.population, seed=seed) for seed in (3, 3, 4)]
    one, again, other = (orphan_with_half(profiles, owners, each, gallery, model, threshold=0.2).hits for each in built)
    assert np.array_equal(one, again)
    assert not np.array_equal(built[0][0].stays, built[2][0].stays)
    assert len(other) > 0


def test_one_customer_alone_has_no_halves(customers: pa.Table, model: LinkModel) -> None:
    gallery = build_gallery(customers.slice(0, 1), DEFAULT_EVIDENCE, model.population)
    assert build_halves(customers.slice(0, 1), gallery, model.population, seed=0) == ()
