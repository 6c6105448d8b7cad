"""Places as codes that can be compared: country, region, wide region, town."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import Holders, distinct_text, says_nothing, text_column
from sociolink.population.kept import keep_made
from sociolink.reference.facts import cities, regions
from sociolink.text.buffers import FEW, are_filled, join_strings, number_strings, plain_strings
from sociolink.text.hashing import UInt64s, hash_keys
from sociolink.text.placenames import plain_place
from sociolink.text.places import normalise_countries, normalise_regions, parse_places, wider_regions
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import sort_stably

__all__ = ["Places", "count_namesakes", "count_places", "customer_places", "profile_places", "world_population"]

Int64s = npt.NDArray[np.int64]

_SALT = 140


@dataclass(frozen=True, slots=True)
class Places:
    """Places as codes, each of the four (n,) uint64; 0 where nothing is known.

    Attributes:
        country: The country.
        region: The narrowest known region (a department in France).
        wide: The wide region that it lies in; the region itself where there is no wider one.
        city: The town.
    """

    country: UInt64s
    region: UInt64s
    wide: UInt64s
    city: UInt64s

    def take(self, rows: Int64s | npt.NDArray[np.int32]) -> Places:
        """The places of some rows."""
        return Places(self.country[rows], self.region[rows], self.wide[rows], self.city[rows])


def count_places(code: UInt64s, weight: Int64s | None = None) -> Holders:
    """How often each code stands (or the sum of its weights); the unknown left out."""
    known = code > 0
    order, ordered = sort_stably(code[known])
    first = starts_of_runs(ordered)
    weights = None if weight is None else weight[known][order]
    counts = np.bincount(np.cumsum(first) - 1, weights, int(first.sum())).astype(np.int64)
    return Holders(ordered[first], counts, int(counts.sum()))


def count_namesakes(code: UInt64s) -> tuple[Holders, Int64s]:
    """How often each code stands, the unknown left out, and (n,) how often each one's own does; 0 for the unknown."""
    order, ordered = sort_stably(code)
    first = starts_of_runs(ordered)
    values = ordered[first]
    counts = np.diff(np.append(np.flatnonzero(first), len(order)))
    if len(values) and values[0] == 0:
        counts[0] = 0
    own = np.empty(len(order), np.int64)
    own[order] = counts[np.cumsum(first) - 1]
    known = values > 0
    return Holders(values[known], counts[known], int(counts.sum())), own


@cache
def world_population() -> tuple[Holders, Holders, Holders, Holders]:
    """People in the towns of each country, region, wide region and of each town of the gazetteer."""
    table = cities()
    row = table["region_row"].to_numpy()
    region = plain_strings(regions()["region"].combine_chunks().take(pa.array(row, mask=row < 0)))
    named = (plain_strings(table[name].cast(pa.string())) for name in ("country", "city", "city_id"))
    country, city, city_id = named
    places = _encode(country, region, city, city_id)
    people = table["population"].to_numpy().astype(np.int64)
    codes = (places.country, places.region, places.wide, places.city)
    first, second, third, fourth = (count_places(code, people) for code in codes)
    return first, second, third, fourth


def profile_places(profiles: pa.Table) -> tuple[Places, Int64s]:
    """The places that profiles name, and (profiles + 1,) where those of each begin."""
    if says_nothing(profiles, "location"):
        nothing = np.empty(0, np.uint64)
        return Places(nothing, nothing, nothing, nothing), np.zeros(profiles.num_rows + 1, np.int64)
    found = parse_places(text_column(profiles, "location"))
    row = np.asarray(found["row"], np.int64)
    country, region, city = (plain_strings(found[name]) for name in ("country", "region", "city"))
    start = np.searchsorted(row, np.arange(profiles.num_rows + 1)).astype(np.int64)
    return _encode(country, region, city, plain_strings(found["city_id"])), start


def _code(*parts: pa.Array, salt: int) -> UInt64s:
    """Codes of tuples of strings; 0 where the last is empty."""
    strings, number = number_strings(join_strings(*parts, separator="\n"))
    code, _ = hash_keys(strings, _SALT + salt)
    return np.where(are_filled(parts[-1]), code[number], np.uint64(0))


@keep_made
def _as_set(known: pa.Array) -> frozenset[str]:
    return frozenset(known.to_pylist())


def _is_in(values: pa.Array, known: pa.Array) -> pa.Array:
    """What `pc.is_in` says, which lays out all known values at each call; few values are looked up one by one."""
    if len(values) >= FEW:
        return pc.is_in(values, value_set=known)
    listed = _as_set(known)
    return pa.array([value in listed for value in values.to_pylist()], pa.bool_())


def _encode(country: pa.Array, region: pa.Array, city: pa.Array, city_id: pa.Array) -> Places:
    """Codes of places; a region that is not in the gazetteer is not known, a town goes by its id or its name."""
    listed = _is_in(join_strings(country, region, separator="\n"), _known_regions())
    region = pc.if_else(listed, region, "")
    wider = plain_strings(wider_regions(region, country))
    wide = pc.if_else(pc.equal(wider, ""), region, wider)
    narrow = _code(country, region, salt=1)
    has_parts = _is_in(join_strings(country, region, separator="\n"), _divided_regions())
    narrow = np.where(np.asarray(has_parts, np.bool_), np.uint64(0), narrow)
    town = pc.if_else(pc.equal(city_id, ""), city, city_id)
    where = pc.if_else(pc.equal(city_id, ""), country, "")
    return Places(_code(country, salt=0), narrow, _code(country, wide, salt=1), _code(where, town, salt=2))


@cache
def _known_regions() -> pa.Array:
    """Country and region of all regions of the gazetteer."""
    known = regions()
    return pc.binary_join_element_wise(known["country"], known["region"], "\n").combine_chunks()


@cache
def _divided_regions() -> pa.Array:
    """Regions that are made of other regions, so that somebody in one of these may name the wide one."""
    table = regions()
    parts = table.filter(pc.is_valid(table["wider_region"]))
    parts = parts.filter(pc.not_equal(parts["region"], parts["wider_region"]))
    return pc.unique(pc.binary_join_element_wise(parts["country"], parts["wider_region"], "\n"))


def customer_places(customers: pa.Table) -> tuple[Places, Int64s]:
    """The different places where customers live, and (customers,) which of them is each one's.

    Country and region are those of their columns, else what the town tells.
    """
    number, (city, state, region) = distinct_text(customers, "city", "country", "region")
    return _read_columns(city, state, region), number


def _read_columns(city: pa.Array, state: pa.Array, region: pa.Array) -> Places:
    """The places that the columns of an address name."""
    country = plain_strings(normalise_countries(state))
    region = plain_strings(normalise_regions(region, country))
    text = pc.binary_join_element_wise(plain_place(city), region, country, ", ")
    found = parse_places(pc.if_else(pc.equal(city, ""), "", text))
    row = np.asarray(found["row"], np.int64)
    known, first = np.unique(row, return_index=True)
    at = np.full(len(city), -1, np.int64)
    at[known] = first
    index = pa.array(at, mask=at < 0)

    def looked_up(column: pa.Array) -> pa.Array:
        return pc.fill_null(column.take(index), "")

    found_country = looked_up(plain_strings(found["country"]))
    country = pc.if_else(pc.equal(country, ""), found_country, country)
    agrees = pc.equal(country, found_country)
    found_region = pc.if_else(agrees, looked_up(plain_strings(found["region"])), "")
    region = pc.if_else(pc.equal(region, ""), found_region, region)
    city_id = pc.if_else(agrees, looked_up(plain_strings(found["city_id"])), "")
    return _encode(country, region, plain_place(city), city_id)
