"""Decoys are customers whom no profile can belong to, and what links to them counts false links."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sociolink import Links
from sociolink.datasets import World
from sociolink.linking.decoys import draw_decoys, estimate_false_links, gamma_interval, predict_count
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.gallery import build_gallery, in_content_order
from sociolink.linking.inputs import read_inputs
from sociolink.linking.orphans import OrphanHits, find_owners
from sociolink.linking.readiness import make_ready
from sociolink.records.readers import read_table
from sociolink.results.model import Coverage, LinkModel

SIZE = 2000


@pytest.fixture(scope="module")
def customers(world: World) -> pa.Table:
    return read_table(world.customers, "customers").table


@pytest.fixture(scope="module")
def model(links: Links) -> LinkModel:
    assert links.model is not None
    return links.model


@pytest.fixture(scope="module")
def decoys(customers: pa.Table, model: LinkModel) -> pa.Table:
    return draw_decoys(customers, model, SIZE, seed=0)


def test_decoys_are_canonical_customers_with_ids_of_their_own(customers: pa.Table, decoys: pa.Table) -> None:
    assert decoys.schema.names == customers.schema.names
    assert [field.type for field in decoys.schema] == [field.type for field in customers.schema]
    ids = decoys["customer_id"].to_pylist()
    assert len(set(ids)) == decoys.num_rows == SIZE
    assert not set(ids) & set(customers["customer_id"].to_pylist())


@pytest.mark.parametrize("column", ["email", "phone", "handles", "website", "nickname", "full_name", "street"])
def test_decoys_can_neither_be_reached_nor_have_accounts(decoys: pa.Table, column: str) -> None:
    assert decoys[column].null_count == SIZE


def test_what_a_decoy_has_comes_from_one_customer(customers: pa.Table, decoys: pa.Table) -> None:
    """Its family name apart, which is drawn by itself."""
    copied = ["given_name", "birth_date", "city", "region", "country"]
    real = {tuple(row.values()) for row in customers.select(copied).to_pylist()}
    assert {tuple(row.values()) for row in decoys.select(copied).to_pylist()} <= real


def test_family_names_are_of_this_crm_bundled_and_spelled(customers: pa.Table, decoys: pa.Table) -> None:
    own = set(customers["family_name"].to_pylist())
    names = [name for name in decoys["family_name"].to_pylist() if name]
    share = sum(name in own for name in names) / len(names)
    assert len(names) > 0.9 * SIZE
    assert 0.02 < share < 0.98
    assert len(set(names)) > 200


def test_a_full_name_that_two_share_is_no_more_frequent_than_by_chance(customers: pa.Table, decoys: pa.Table) -> None:
    """A shuffle would hand most customers' rare full names to decoys."""
    real = set(zip(customers["given_name"].to_pylist(), customers["family_name"].to_pylist(), strict=True))
    made = list(zip(decoys["given_name"].to_pylist(), decoys["family_name"].to_pylist(), strict=True))
    assert sum(pair in real and None not in pair for pair in made) / SIZE < 0.1


@pytest.mark.parametrize("regions", [1, 4, 40])
def test_no_decoy_gets_both_names_of_one_customer(model: LinkModel, regions: int) -> None:
    """Not even where a customer is the only one of the region."""
    rows = [
        {
            "customer_id": f"c{at}",
            "given_name": f"given{at}",
            "family_name": f"family{at}",
            "region": f"r{at % regions}",
        }
        for at in range(40)
    ]
    made = draw_decoys(read_table(rows, "customers").table, model, SIZE, seed=0)
    pairs = zip(made["given_name"].to_pylist(), made["family_name"].to_pylist(), strict=True)
    whole = sum(one.removeprefix("given") == two.removeprefix("family") for one, two in pairs)
    assert whole < 0.005 * SIZE  # a few are spelled so by chance


def test_decoys_of_a_single_customer(model: LinkModel) -> None:
    only = read_table([{"customer_id": "c", "given_name": "Jo", "family_name": "Li"}], "customers").table
    assert draw_decoys(only, model, 10, seed=0).num_rows == 10


def test_seeds(customers: pa.Table, model: LinkModel, decoys: pa.Table) -> None:
    assert draw_decoys(customers, model, SIZE, seed=0).equals(decoys)
    assert not draw_decoys(customers, model, SIZE, seed=1).equals(decoys)


def test_order_of_customers_changes_nothing(customers: pa.Table, model: LinkModel, decoys: pa.Table) -> None:
    ordered = in_content_order(customers, "customer_id")
    turned = customers.take(pa.array(np.random.default_rng(0).permutation(customers.num_rows)))
    found = draw_decoys(in_content_order(turned, "customer_id"), model, SIZE, seed=0)
    assert found.equals(draw_decoys(ordered, model, SIZE, seed=0))


@pytest.mark.parametrize("shape", [1.5, 2.5, 5.5, 20.5, 100.5, 3000.5])
def test_interval_is_that_of_the_gamma_distribution(shape: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    low, high = gamma_interval(shape, shape)
    assert low == pytest.approx(stats.gamma.ppf(0.025, shape), rel=0.02, abs=0.02)
    assert high == pytest.approx(stats.gamma.ppf(0.975, shape), rel=0.01)


@pytest.mark.parametrize(
    ("shape", "low", "high"), [(5.5, 1.9079, 10.9600), (20.5, 12.6073, 30.2803), (100.5, 81.8150, 121.0779)]
)
def test_interval_has_the_values_of_tables(shape: float, low: float, high: float) -> None:
    assert gamma_interval(shape, shape) == (pytest.approx(low, rel=0.02), pytest.approx(high, rel=0.01))


def clusters(rng: np.random.Generator, rate: float, sizes: np.ndarray) -> np.ndarray:
    return rng.choice(sizes, rng.poisson(rate)).astype(np.float64)


@pytest.mark.parametrize("ratio", [0.5, 2.0])
@pytest.mark.parametrize("sizes", [[1], [1, 1, 2, 5]])
def test_interval_holds_the_count_as_often_as_it_says(ratio: float, sizes: list[int]) -> None:
    """Strangers' accounts go to decoys in clusters, as those of owners do."""
    rng = np.random.default_rng(0)
    held = []
    for _ in range(600):
        seen, unseen = (clusters(rng, 15 * times, np.array(sizes)) for times in (1.0, ratio))
        hits = OrphanHits(seen, seen, np.ones(len(seen)), 1000)
        _, low, high = predict_count(
            hits, hits, strangers=500 * ratio, owned=500, others=0, coverage=Coverage(0.5, 0.5, 0.5)
        )
        held.append(low <= unseen.sum() <= high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.035)


def test_estimate_is_of_the_size_of_the_truth(
    world: World, links: Links, customers: pa.Table, model: LinkModel
) -> None:
    ordered = in_content_order(customers, "customer_id")
    gallery = build_gallery(ordered, DEFAULT_EVIDENCE, model.population)
    profiles = read_table(world.profiles, "profiles").table
    kept = profiles.filter(pc.is_in(profiles["profile_id"], links.table["profile_id"].combine_chunks()))
    found = estimate_false_links(kept, ordered, links.table, gallery, model, seed=1)
    assert found.decoys >= 0.9 * gallery.people
    assert 0 <= found.low <= found.value <= found.high < 0.3 * kept.num_rows
    assert found == estimate_false_links(kept, ordered, links.table, gallery, model, seed=1)
    assert found.note == "" or found.note.startswith("diagnostic only")


def test_too_few_owners_say_nothing(world: World, links: Links, customers: pa.Table, model: LinkModel) -> None:
    gallery = build_gallery(customers, DEFAULT_EVIDENCE, model.population)
    profiles = read_table(world.profiles, "profiles").table.slice(0, 30)
    few = links.table.filter(pc.is_in(links.table["profile_id"], profiles["profile_id"].combine_chunks()))
    found = estimate_false_links(profiles, customers, few, gallery, model)
    made = few.filter(pc.and_(pc.equal(few["decision"], "link"), pc.equal(few["rank"], 1))).num_rows
    assert (found.low, found.high) == (0.0, made)
    assert found.note.startswith("diagnostic only")


def test_without_links_nothing_is_counted(world: World, links: Links, customers: pa.Table, model: LinkModel) -> None:
    gallery = build_gallery(customers, DEFAULT_EVIDENCE, model.population)
    profiles = read_table(world.profiles, "profiles").table
    none = links.table.set_column(
        links.table.column_names.index("decision"), "decision", pa.array(["none"] * links.table.num_rows)
    )
    found = estimate_false_links(profiles, customers, none, gallery, model)
    assert (found.value, found.hits, found.note) == (0.0, 0, "no links were made")


def test_what_fitting_found_out_about_owners_is_what_decoys_would_find(world: World, links: Links) -> None:
    """The sample of the fit, scored once, against profiles that are drawn and scored again."""
    read = read_inputs({"profiles": world.profiles, "customers": world.customers}).tables
    ordered = in_content_order(read["customers"], "customer_id")
    options = {"saved": None, "default": None, "seed": 0, "threads": None, "limits": None}
    made = make_ready((read["profiles"], ordered, None), None, DEFAULT_EVIDENCE, clock=lambda stage: None, **options)
    assert made.sample is not None
    again = find_owners(made.sample.profiles, made.gallery, made.model)
    for name in ("profile", "person", "weight", "heir"):
        assert np.array_equal(getattr(made.sample.owners, name), getattr(again, name))
    assert len(again.weight) > 50
    given = (read["profiles"], ordered, links.table, made.gallery, made.model)
    assert estimate_false_links(*given, sample=made.sample) == estimate_false_links(*given)
    told = pa.table({"profile_id": read["profiles"]["profile_id"][:1], "customer_id": pa.nulls(1, pa.string())})
    known = make_ready((read["profiles"], ordered, told), None, DEFAULT_EVIDENCE, clock=lambda stage: None, **options)
    assert known.sample is None
