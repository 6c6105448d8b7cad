"""The bundled gazetteer: sound references between its tables, known facts, a bounded size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

import sociolink.reference
from sociolink.reference.addressing import NUMBERING, free_mail_domains, public_suffixes
from sociolink.reference.facts import cities, countries, place_names, place_words, regions


def test_rows_point_at_rows() -> None:
    regions_of_cities = cities()["region_row"].to_numpy()
    assert regions_of_cities.min() == -1
    assert regions_of_cities.max() < regions().num_rows
    assert set(cities()["country"].to_pylist()) <= set(countries()["country"].to_pylist())
    with_region = regions_of_cities >= 0
    state = np.asarray(regions()["country"])[regions_of_cities]
    assert np.array_equal(state[with_region], np.asarray(cities()["country"])[with_region])
    sizes = [countries().num_rows, regions().num_rows, cities().num_rows]
    for kind, size in enumerate(sizes):
        rows = place_names().filter(pc.equal(place_names()["kind"], kind))["place_row"].to_numpy()
        assert 0 <= rows.min() <= rows.max() < size


@pytest.mark.parametrize("table", [cities, place_names])
def test_names_are_folded(table) -> None:
    column = "city" if table is cities else "name"
    assert pc.all(pc.match_substring_regex(table()[column], "^[a-z0-9]+( [a-z0-9]+)*$")).as_py()


def test_wider_regions_exist() -> None:
    known = set(zip(regions()["country"].to_pylist(), regions()["region"].to_pylist(), strict=True))
    wider = zip(regions()["country"].to_pylist(), regions()["wider_region"].to_pylist(), strict=True)
    assert {pair for pair in wider if pair[1]} <= known


def test_cities_are_unique_and_paris_is_in_france() -> None:
    ids = cities()["city_id"].to_numpy()
    assert len(np.unique(ids)) == len(ids)
    paris = cities().filter(pc.equal(cities()["city_id"], 2988507)).to_pylist()[0]
    assert (paris["city"], paris["country"], paris["population"]) == ("paris", "FR", 2_100_000)
    assert round(paris["latitude"], 2) == 48.85


def test_lists_of_words_and_domains() -> None:
    assert "near" in place_words("filler").to_pylist()
    assert not free_mail_domains() & {"acme.com"}
    assert all(suffix.count(".") == 1 for suffix in public_suffixes())
    assert all(fewest <= most and code.isdigit() for code, _, (fewest, most) in NUMBERING.values())


def test_the_data_stay_small() -> None:
    data = Path(sociolink.reference.__file__).parent / "data"
    assert sum(file.stat().st_size for file in data.glob("*.parquet")) < 3_000_000
    assert sum(file.stat().st_size for file in data.iterdir()) < 9_000_000
