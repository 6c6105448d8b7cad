"""Name counts: the right figures, the right answers on odd input, nothing that can be changed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from sociolink.reference.facts import given_name_births, given_name_counts, surname_counts


@pytest.mark.parametrize("load", [surname_counts, given_name_counts, given_name_births])
def test_names_are_sorted_distinct_and_folded(load) -> None:
    names = load().names
    assert np.all(names[1:] > names[:-1])
    letters = np.frombuffer(names.tobytes(), np.uint8)
    assert np.all((letters == 0) | ((letters >= ord("a")) & (letters <= ord("z"))))


def test_totals_hold_at_least_what_is_listed() -> None:
    assert surname_counts().total == surname_counts().counts.sum()
    assert given_name_counts().total > given_name_counts().counts.sum()


def test_lookup_of_known_unknown_null_long_and_foreign_values() -> None:
    values = pa.array(["smith", "xqzzzv", None, "", "smith" * 1000, "михаил", "garcia"])
    assert surname_counts().lookup(values).tolist() == [2369644, 0, 0, 0, 0, 0, 1149510]


@pytest.mark.parametrize(
    "values",
    [
        pa.array(["smith", "lee"]).dictionary_encode(),
        pa.chunked_array([["smith"], ["lee"]]),
        pa.array(["x", "smith", "lee"]).slice(1),
        pa.array(["smith", "lee"], pa.large_string()),
    ],
)
def test_lookup_takes_every_kind_of_string_array(values) -> None:
    assert surname_counts().lookup(values).tolist() == [2369644, 695657]


@pytest.mark.parametrize("values", [pa.array([], pa.string()), pa.array([None, None]), pa.nulls(2, pa.string())])
def test_lookup_of_nothing(values) -> None:
    assert surname_counts().lookup(values).tolist() == [0] * len(values)
    assert given_name_births().lookup(values).shape == (len(values), 19)


def test_every_listed_name_is_found() -> None:
    counts = given_name_counts()
    assert np.array_equal(counts.lookup(pa.array(counts.names.astype(str))), counts.counts)


def test_births_sum_to_one_and_tell_generations_apart() -> None:
    births = given_name_births()
    chances = births.probabilities(pa.array(["debra", "jayden", "xqzzzv", None]))
    assert np.allclose(chances.sum(axis=1), 1.0)
    mean = chances @ births.birth_years_from
    assert mean[0] < 1965 < 2000 < mean[1]
    assert np.allclose(chances[2], births.totals / births.totals.sum())
    assert np.array_equal(chances[2], chances[3])


def test_facts_cannot_be_changed() -> None:
    for array in (surname_counts().names, surname_counts().counts, given_name_births().counts):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
