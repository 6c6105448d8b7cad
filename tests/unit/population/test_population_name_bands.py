"""Bands of family names follow the smoothed share of people who bear them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from sociolink.population.name_bands import COMMON, NAME_BANDS, RARE, band_family_names
from sociolink.reference.facts import surname_counts


def band_by_loop(names: list[str]) -> list[str | None]:
    bundled = surname_counts()
    people = sum(1 for name in names if name)
    out: list[str | None] = []
    for name in names:
        listed = int(bundled.lookup(pa.array([name]))[0])
        share = (names.count(name) - 1 + 10_000 * listed / bundled.total) / (people - 1 + 10_000)
        known = "common" if share >= COMMON else "medium" if share >= RARE else "rare"
        out.append(None if not name else known if listed else "not listed")
    return out


@pytest.mark.parametrize("seed", range(3))
def test_bands_are_those_of_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    listed = surname_counts().names.astype(str)
    pool = [*rng.choice(listed, 60), "smith", "zzyzxq", "qqqqq", ""]
    names = [str(one) for one in rng.choice(pool, 300)]
    found = band_family_names(pa.array(names), pa.nulls(300, pa.string()))
    assert found.to_pylist() == band_by_loop(names)
    assert set(found.drop_null().to_pylist()) <= set(NAME_BANDS)


def test_a_rare_name_that_many_customers_bear_is_not_rare() -> None:
    names = surname_counts()
    rare = str(names.names[names.counts.argmin()].astype(str))
    assert band_family_names(pa.array([rare]), pa.array([None], pa.string())).to_pylist() == ["rare"]
    many = band_family_names(pa.array([rare] * 3), pa.nulls(3, pa.string()))
    assert set(many.to_pylist()) == {"common"}


def test_full_names_are_read_where_there_is_no_family_name() -> None:
    family = pa.array(["Smith", None, "", None])
    full = pa.array(["Ann Zzyzxq", "Ann Smith", "Zzyzxq", None])
    assert band_family_names(family, full).to_pylist() == ["common", "common", None, None]


def test_spelling_does_not_matter() -> None:
    names = pa.array(["O'Brien", "OBRIEN", "o brien"])
    assert len(set(band_family_names(names, pa.nulls(3, pa.string())).to_pylist())) == 1


def test_no_customers() -> None:
    assert band_family_names(pa.array([], pa.string()), pa.array([], pa.string())).to_pylist() == []
