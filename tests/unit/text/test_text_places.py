"""Places out of free text: the golden pairs, columns of regions and countries, odd input."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from sociolink.text.places import MAX_PLACE_LENGTH, normalise_countries, normalise_regions, parse_places, wider_regions

GOLDEN = [
    [part.strip() for part in line.split("=>")]
    for line in (Path(__file__).parents[2] / "golden" / "places.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def _written(table: pa.Table, row: int) -> str:
    places = [place for place in table.to_pylist() if place["row"] == row]
    return "; ".join("/".join(place[part] or "-" for part in ("country", "region", "city")) for place in places)


def test_golden_places() -> None:
    table = parse_places(pa.array([text for text, _ in GOLDEN]))
    assert {text: _written(table, row) for row, (text, _) in enumerate(GOLDEN)} == dict(GOLDEN)


def test_schema_rows_and_repeats() -> None:
    table = parse_places(pa.chunked_array([["Lyon, France", None], ["NYC / LDN", "Lyon, France", ""]]))
    assert table.schema.types == [pa.int32(), pa.string(), pa.string(), pa.string(), pa.int64()]
    assert table["row"].to_pylist() == [0, 2, 2, 3]
    assert table["city_id"].to_pylist()[0] == table["city_id"].to_pylist()[3] == 2996944


def test_each_text_is_read_by_itself() -> None:
    texts = [text for text, _ in GOLDEN]
    together = parse_places(pa.array(texts))
    for row, text in enumerate(texts):
        assert _written(parse_places(pa.array([text])), 0) == _written(together, row)


@pytest.mark.parametrize("values", [pa.array([], pa.string()), pa.array([None, None]), pa.nulls(3, pa.int64())])
def test_nothing_in_nothing_out(values: pa.Array) -> None:
    assert parse_places(values).num_rows == 0
    assert len(normalise_regions(values)) == len(normalise_countries(values)) == len(values)
    assert normalise_regions(values).null_count == len(values)


def test_long_texts_are_cut() -> None:
    assert (
        parse_places(pa.array(["x" * MAX_PLACE_LENGTH + ", Paris", "Lyon " * 20_000])).to_pylist()[0]["city"] == "lyon"
    )


def test_towns_without_an_id_keep_their_name() -> None:
    assert parse_places(pa.array(["Vieux-Machin, France"])).to_pylist() == [
        {"row": 0, "country": "FR", "region": None, "city": "vieux machin", "city_id": None}
    ]


def test_regions_of_a_column() -> None:
    values = ["MI", "Michigan", "Nord", "nord", "59", "Paris", "Berlin", "Île-de-France", "Gondor", None, " "]
    wanted = ["michigan", "michigan", "nord", "nord", "nord", "paris", "berlin", "ile de france", "gondor", None, None]
    assert normalise_regions(pa.array(values)).to_pylist() == wanted
    once = normalise_regions(pa.array(values))
    assert normalise_regions(once).to_pylist() == wanted


def test_the_country_tells_codes_apart() -> None:
    codes = pa.array(["WA", "WA", "CA", "AR"])
    states = pa.array(["US", "AU", "US", "IN"])
    assert normalise_regions(codes, states).to_pylist() == [
        "washington",
        "western australia",
        "california",
        "arunachal pradesh",
    ]


def test_parsed_and_normalised_regions_agree() -> None:
    parsed = parse_places(pa.array(["Austin, TX", "Strasbourg", "Wien", "Berlin", "Genève"]))
    columns = normalise_regions(
        pa.array(["TX", "Bas-Rhin", "Wien", "Berlin", "Genève"]), pa.array(["US", "FR", "AT", "DE", "CH"])
    )
    assert parsed["region"].to_pylist() == columns.to_pylist()


def test_countries_and_wider_regions() -> None:
    values = pa.array(["US", "USA", "United States", "Deutschland", "FRA", "fr", "RE", "xx", None])
    assert normalise_countries(values).to_pylist() == ["US", "US", "US", "DE", "FR", "FR", "FR", None, None]
    assert wider_regions(pa.array(["nord", "hauts de france", None]), pa.array(["FR"] * 3)).to_pylist() == [
        "hauts de france",
        None,
        None,
    ]
