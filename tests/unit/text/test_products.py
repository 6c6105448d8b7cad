"""Names of products as people say them."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.text.products import model_names, spoken_names

VARIANTS = ("", " 128GB", " 256 GB Black", " - Space Grey", ", refurbished", " (2024)", " 2 pack", " [EU] Dark Blue")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", ["Orbit Phone 15", "Lumo lamp", "Nova 5G Plus"])
def test_variants_are_one_product(name: str, variant: str) -> None:
    assert model_names(pa.array([name + variant])).to_pylist() == [name]


@pytest.mark.parametrize(
    "name", ["Black", "Red Hat Linux", "Gold (24k)", "XL", "", "Old Town 10", "12 Pack", "Nova 5G"]
)
def test_what_would_vanish_stays(name: str) -> None:
    assert model_names(pa.array([name])).to_pylist() == [name]


@given(st.lists(st.sampled_from(["Acme", "Nova", "Tab 8", "64GB", "Black", "(new)", "Pro", ",", "Hub"]), max_size=6))
def test_a_model_is_its_own_model(words: list[str]) -> None:
    once = model_names(pa.array([" ".join(words)]))
    assert model_names(once).to_pylist() == once.to_pylist()


def test_makers_are_left_out_where_that_is_clear() -> None:
    names = ["Acme Nova 5G", "Acme HomeHub", "Acme Watch", "Acme Tab 8 64GB", "Zed Tab 8", "Zed Lamp 2", "Zed Hub X"]
    ways = dict(zip(*(column.to_pylist() for column in spoken_names(pa.array(names))), strict=True))
    assert ways["Nova 5G"] == "Acme Nova 5G"
    assert ways["HomeHub"] == "Acme HomeHub"
    assert "Watch" not in ways
    assert "Tab 8" not in ways
    assert ways["Acme Tab 8"] == ways["Acme Tab 8 64GB"] == "Acme Tab 8"


def test_a_word_of_two_names_is_no_maker() -> None:
    written, _ = spoken_names(pa.array(["Nova Tab 8", "Nova Phone 9"]))
    assert sorted(written.to_pylist()) == ["Nova Phone 9", "Nova Tab 8"]


def test_without_names_there_is_nothing_to_write() -> None:
    assert [len(column) for column in spoken_names(pa.array([], pa.string()))] == [0, 0]
