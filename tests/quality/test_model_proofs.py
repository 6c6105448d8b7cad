"""What the model promises wherever it is used: shares sum to 1, starts do not matter, strangers are not customers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sociolink import datasets
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.experience import shipped_default
from sociolink.linking.fit import fit_tables
from sociolink.linking.gallery import build_gallery, in_content_order
from sociolink.linking.inputs import read_inputs
from sociolink.linking.kernel import observe
from sociolink.results.model import LinkModel
from sociolink.scoring.em import Observations, answer_profiles, fit_parameters, score_pairs
from sociolink.testing.family_checks.chances import check_chances
from sociolink.testing.family_checks.people import sample_customers, sample_profiles

STARTS = (0.05, 0.5, 0.95)
APART = 0.03
DEFAULT = shipped_default()


@pytest.mark.parametrize("family", DEFAULT_EVIDENCE, ids=lambda family: family.name)
def test_levels_of_a_random_person_sum_to_one(family: EvidenceFamily) -> None:
    """For every value that is compared; names are summed in `test_closed_world.py`, natures are learned."""
    assert hasattr(family, "chances") == (family.name not in ("name", "nature"))
    check_chances(family, sample_customers(), profiles=sample_profiles())


def _tables(world: datasets.World) -> dict[str, pa.Table]:
    return dict(read_inputs({"profiles": world.profiles, "customers": world.customers}).tables)


def _observe(tables: dict[str, pa.Table]) -> tuple[Observations, dict[str, dict[str, float]]]:
    """What `fit` looks at, and the prior of its weights."""
    profiles, customers = tables["profiles"], in_content_order(tables["customers"], "customer_id")
    population = {family.name: family.learn(profiles, customers) for family in DEFAULT_EVIDENCE}
    observed, _ = observe(profiles, build_gallery(customers, DEFAULT_EVIDENCE, population), population)
    prior: dict[str, dict[str, float]] = {}
    for family in DEFAULT_EVIDENCE:
        prior.update({name: dict(of) for name, of in family.prior(population[family.name]).items()})
    return observed, prior


@pytest.fixture(scope="module")
def small() -> tuple[Observations, dict[str, dict[str, float]]]:
    return _observe(_tables(datasets.synthetic(1500, 1200, coverage=0.3, seed=4, posts=0, events=0)))


def test_learned_weights_sum_to_one_in_every_group(small: tuple[Observations, dict[str, dict[str, float]]]) -> None:
    """The forms of a name of each platform, and the m of every table of levels."""
    observed, prior = small
    weights = fit_parameters(observed, prior, other=DEFAULT.other, lookalike=DEFAULT.lookalike).parameters.weights
    channels = [channel for of_family in observed.families.values() for channel in of_family]
    assert {channel.name.partition(".")[0] for channel in channels} == {family.name for family in DEFAULT_EVIDENCE}
    for channel in channels:
        assert (weights[channel.name] > 0).all()
        assert np.allclose(np.bincount(channel.group, weights=weights[channel.name]), 1.0, atol=1e-12)


def _findable(observed: Observations, prior: dict[str, dict[str, float]], start: float) -> float:
    fit = fit_parameters(
        observed, prior, other=DEFAULT.other, lookalike=DEFAULT.lookalike, coverage=start, max_rounds=200
    )
    bits, by_family, _, _ = score_pairs(observed, fit.parameters)
    posterior = answer_profiles(observed, fit.parameters, bits, by_family)
    return float(posterior.pair[observed.pairs.customer >= 0].sum()) / observed.profiles


def test_distant_starts_find_the_same_coverage(small: tuple[Observations, dict[str, dict[str, float]]]) -> None:
    assert np.ptp([_findable(*small, start) for start in STARTS]) <= APART


def _task(folder: Path, name: str) -> dict[str, pa.Table]:
    home = folder / "open_world" / name
    return dict(read_inputs({kind: str(home / f"{kind}.parquet") for kind in ("profiles", "customers")}).tables)


@pytest.mark.parametrize("name", ["us_congress", "fr_parlementaires", "rubyevents_speakers"])
def test_distant_starts_find_the_same_coverage_in_real_tasks(shared_data: Path, name: str) -> None:
    observed, prior = _observe(_task(shared_data, name))
    assert np.ptp([_findable(observed, prior, start) for start in STARTS]) <= APART


def test_a_crm_of_strangers_in_a_real_task(shared_data: Path) -> None:
    """Half of the customers go, and with them all profiles but those of people who are gone, by truth."""
    tables = _task(shared_data, "fr_parlementaires")
    truth = read_inputs(
        {"truth": str(shared_data / "open_world" / "fr_parlementaires" / "truth.parquet")}
        | {
            kind: str(shared_data / "open_world" / "fr_parlementaires" / f"{kind}.parquet")
            for kind in ("profiles", "customers")
        }
    ).tables["truth"]
    nobody = truth.filter(pa.compute.is_null(truth["customer_id"]))["profile_id"].combine_chunks()
    strangers = tables["profiles"].filter(pa.compute.is_in(tables["profiles"]["profile_id"], value_set=nobody))
    assert strangers.num_rows > 500
    model: LinkModel = fit_tables(strangers, in_content_order(tables["customers"], "customer_id"))[0]
    assert model.coverage.value < 0.05
    assert model.findable.value < 0.05
