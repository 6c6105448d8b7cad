"""Where nobody is a customer, coverage comes out small: on made-up strangers and on decoys of real customers."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from sociolink import datasets
from sociolink.linking.decoys import draw_decoys
from sociolink.linking.fit import fit_tables
from sociolink.linking.inputs import read_inputs
from sociolink.results.model import LinkModel

MOST = 0.05
NOBODY_LIKE_A_CUSTOMER = {"namesakes": 0.0, "households": 0.0, "fans": 0.0, "parodies": 0.0}
"""Off: strangers who share a customer's whole name on purpose, and so look like one to anybody."""


def fit(profiles: pa.Table, customers: pa.Table) -> LinkModel:
    read = read_inputs({"profiles": profiles, "customers": customers}).tables
    return fit_tables(read["profiles"], read["customers"])[0]


@pytest.mark.parametrize("seed", [1, 2])
def test_strangers_of_the_same_population(seed: int) -> None:
    world = datasets.synthetic(600, 600, coverage=0.0, seed=seed, **NOBODY_LIKE_A_CUSTOMER)
    model = fit(world.profiles, world.customers)
    assert model.coverage.value < MOST
    assert model.findable.value < MOST


@pytest.mark.parametrize("coverage", [0.0, 0.6])
def test_a_crm_of_decoys(coverage: float) -> None:
    """The customers of these profiles replaced by decoys of theirs."""
    world = datasets.synthetic(2000, 1500, coverage=coverage, seed=3)
    customers = read_inputs({"profiles": world.profiles, "customers": world.customers}).tables["customers"]
    decoys = draw_decoys(customers, fit(world.profiles, world.customers), 2000, seed=0)
    assert fit(world.profiles, decoys).coverage.value < MOST


def task(folder: Path, name: str) -> dict[str, pa.Table]:
    home = folder / "open_world" / name
    kinds = ("profiles", "customers")
    return dict(read_inputs({kind: str(home / f"{kind}.parquet") for kind in kinds}).tables)


@pytest.mark.parametrize("name", ["us_congress", "fr_parlementaires", "rubyevents_speakers"])
def test_real_profiles_against_decoys_of_their_customers(shared_data: Path, name: str) -> None:
    tables = task(shared_data, name)
    model, _ = fit_tables(tables["profiles"], tables["customers"])
    decoys = draw_decoys(tables["customers"], model, tables["customers"].num_rows, seed=0)
    assert fit_tables(tables["profiles"], decoys)[0].coverage.value < MOST


@pytest.mark.parametrize(
    ("profiles", "customers"), [("us_openstates", "fr_parlementaires"), ("rubyevents_speakers", "us_congress")]
)
def test_real_profiles_against_customers_of_another_country(shared_data: Path, profiles: str, customers: str) -> None:
    model, _ = fit_tables(task(shared_data, profiles)["profiles"], task(shared_data, customers)["customers"])
    assert model.coverage.value < 0.01
    assert model.findable.value < 0.01
