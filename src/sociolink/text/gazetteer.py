"""The bundled names of places as sorted hashes, and what each name may mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.reference.facts import cities, countries, place_names, place_words, regions
from sociolink.text.hashing import UInt64s, hash_strings
from sociolink.text.runs import starts_of_runs

__all__ = ["CITY", "COUNTRY", "FREE", "REGION", "SHORT", "WHOLE", "Gazetteer", "load_gazetteer"]

COUNTRY, REGION, CITY = 0, 1, 2
FREE, WHOLE, SHORT = 0, 1, 2

_PROPER, _ALTERNATE, _CODE, _COLUMN = 0, 1, 2, 3
_MIN_FREE_LENGTH = 5
_MIN_FREE_POPULATION = 100_000

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Names and their senses; a sense is one place that a name may mean.

    Attributes:
        keys: (names,) uint64, sorted hashes of the folded names.
        starts: (names + 1,) the senses of name i are `starts[i]:starts[i + 1]`.
        manner: (names,) `FREE` anywhere in a text, `WHOLE` only where the rest of its segment is places too, `SHORT`
            also only at the end of its segment (two letters, digits).
        kind: (senses,) `COUNTRY`, `REGION` or `CITY`.
        place: (senses,) row of the table of that kind.
        country: (senses,) row of the countries.
        region: (senses,) row of the regions, -1 where unknown.
        prior: (senses,) log2 of how many people the place stands for.
        only_column: (senses,) true where the name means this place only in a column of regions.
        wider: (regions,) the region that holds each region, itself where none does.
    """

    keys: UInt64s
    starts: Ints
    manner: npt.NDArray[np.uint8]
    kind: Ints
    place: Ints
    country: Ints
    region: Ints
    prior: npt.NDArray[np.float64]
    only_column: npt.NDArray[np.bool_]
    wider: Ints

    def find(self, hashes: UInt64s) -> Ints:
        """The names that have these hashes, -1 where none has."""
        at = np.minimum(np.searchsorted(self.keys, hashes), len(self.keys) - 1)
        return np.asarray(np.where(self.keys[at] == hashes, at, -1))


def _ints(table: pa.Table, column: str) -> Ints:
    return np.asarray(table[column].to_numpy(), dtype=np.int64)


def _index(values: pa.ChunkedArray, of: pa.ChunkedArray) -> Ints:
    rows = {value: row for row, value in enumerate(of.to_pylist())}
    encoded = values.combine_chunks().dictionary_encode()
    codes = np.array([rows[value] for value in encoded.dictionary.to_pylist()], dtype=np.int64)
    return np.asarray(codes[np.asarray(encoded.indices)])


def _wider() -> Ints:
    table = regions()
    keys = list(zip(table["country"].to_pylist(), table["region"].to_pylist(), strict=True))
    rows = {key: row for row, key in reversed(list(enumerate(keys)))}
    parents = zip(table["country"].to_pylist(), table["wider_region"].to_pylist(), strict=True)
    return np.array([row if key[1] is None else rows[key] for row, key in enumerate(parents)], dtype=np.int64)


def _priors(kind: Ints, place: Ints, country: Ints, sort: Ints) -> npt.NDArray[np.float64]:
    """log2 of people; for a region what it takes to stand between a city of a million and a country."""
    people_of_cities = np.log2(_ints(cities(), "population"))
    people_of_countries = np.log2(np.maximum(_ints(countries(), "population"), 1))
    in_us = np.asarray(countries()["country"])[country] == "US"
    city = people_of_cities[np.where(kind == CITY, place, 0)]
    city = city + np.select([sort == _PROPER, sort == _ALTERNATE], [2.0, -6.0], 0.0)
    state = people_of_countries[np.where(kind == COUNTRY, place, 0)] + np.where(sort == _CODE, -4.0, 2.0)
    region = np.select([in_us & (sort == _CODE), in_us, sort == _CODE], [22.0, 24.0, 14.0], 20.0)
    return np.select([kind == CITY, kind == REGION], [city, region], state)


def _manner(names: pa.Array, kind: Ints, prior: npt.NDArray[np.float64], sort: Ints) -> npt.NDArray[np.uint8]:
    """How freely each sense's name may stand in a text."""
    lengths = np.asarray(pc.binary_length(names))
    common = np.asarray(pc.is_in(names, value_set=place_words("common")))
    large = (kind != CITY) | (prior >= np.log2(_MIN_FREE_POPULATION))
    free = (lengths >= _MIN_FREE_LENGTH) & large & ~common & (sort < _CODE)
    digits = np.asarray(pc.match_substring_regex(names, "^[0-9]+$"))
    return np.select([free, digits | (lengths <= 2)], [FREE, SHORT], WHOLE).astype(np.uint8)


@cache
def load_gazetteer() -> Gazetteer:
    """The gazetteer, made from the bundled tables on its first use.

    Returns:
        Every name with its senses; a few words that are never meant as a place are left out.

    Examples:
        >>> import pyarrow as pa
        >>> gazetteer = load_gazetteer()
        >>> found = gazetteer.find(hash_strings(pa.array(["new york city", "not a place"]))[0])
        >>> (found >= 0).tolist()
        [True, False]
    """
    others, towns = place_names(), cities()
    count = towns.num_rows
    names = pa.concat_arrays([towns["city"].combine_chunks(), others["name"].combine_chunks()])
    kind = np.concatenate([np.full(count, CITY), _ints(others, "kind")])
    place = np.concatenate([np.arange(count), _ints(others, "place_row")])
    sort = np.concatenate([np.full(count, 9), _ints(others, "sort")])
    city_country, region_country = (_index(t["country"], countries()["country"]) for t in (towns, regions()))
    city_region = _ints(towns, "region_row")
    as_city, as_region = np.where(kind == CITY, place, 0), np.where(kind == REGION, place, 0)
    country = np.select([kind == CITY, kind == REGION], [city_country[as_city], region_country[as_region]], place)
    region = np.select([kind == CITY, kind == REGION], [city_region[as_city], place], -1)
    prior = _priors(kind, place, country, sort)
    manner = _manner(names, kind, prior, np.where(sort == 9, _PROPER, sort))
    known = ~np.asarray(pc.is_in(names, value_set=place_words("never")))
    hashes = hash_strings(names)[0]
    order = np.lexsort((place, kind, -prior, hashes))
    order = order[known[order]]
    first = np.flatnonzero(starts_of_runs(hashes[order]))
    return Gazetteer(
        keys=hashes[order][first],
        starts=np.append(first, len(order)),
        manner=np.minimum.reduceat(manner[order], first),
        kind=kind[order],
        place=place[order],
        country=country[order],
        region=region[order],
        prior=prior[order],
        only_column=(sort == _COLUMN)[order],
        wider=_wider(),
    )
