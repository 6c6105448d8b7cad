"""Truth and labels that name what is not there."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sociolink.errors import InputError
from sociolink.records.labels import check_truth, unknown_ids
from sociolink.records.readers import read_table

PROFILES = pa.table({"profile_id": ["1", "2"]})
CUSTOMERS = pa.table({"customer_id": ["a", "b"]})


def test_truth_with_unknown_ids_is_reported_and_can_be_refused() -> None:
    truth = read_table(pa.table({"profile_id": [1, 2, 9], "customer_id": ["a", None, "z"]}), "truth").table
    assert unknown_ids(truth, profiles=PROFILES, customers=CUSTOMERS).to_pylist() == [
        {"row": 2, "column": "profile_id", "id": "9"},
        {"row": 2, "column": "customer_id", "id": "z"},
    ]
    with pytest.raises(InputError) as caught:
        check_truth(truth, profiles=PROFILES, customers=CUSTOMERS)
    assert [problem.where for problem in caught.value.problems] == ["truth.profile_id", "truth.customer_id"]
    assert "1 of 3 rows" in str(caught.value)


def test_known_ids_pass() -> None:
    truth = pa.table({"profile_id": ["1", None], "customer_id": ["b", None]})
    check_truth(truth, profiles=PROFILES, customers=CUSTOMERS)
    assert unknown_ids(truth, profiles=PROFILES, customers=CUSTOMERS).num_rows == 0


def test_verdicts() -> None:
    table = pa.table(
        {
            "profile_id": ["1"] * 5,
            "customer_id": ["a", None, None, "b", None],
            "verdict": ["IS", "is", "nobody", "perhaps", "skip"],
            "inclusion_probability": [0.5, 1.0, 0.0, 1.0, 1.5],
        }
    )
    loaded = read_table(table, "labels")
    assert loaded.table["verdict"].to_pylist() == ["is", "nobody", "skip"]
    assert loaded.table["inclusion_probability"].to_pylist() == [0.5, None, None]
    assert list(zip(loaded.rejects["row"].to_pylist(), loaded.rejects["reason"].to_pylist(), strict=True)) == [
        (1, "missing for this verdict"),
        (2, "out of range"),
        (3, "not one of the words allowed"),
        (4, "out of range"),
    ]
