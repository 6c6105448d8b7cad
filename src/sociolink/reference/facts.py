"""The door to the bundled facts: each is loaded once, on its first use, and never changes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.reference.counts import GivenNameBirths, NameCounts, load_array
from sociolink.reference.nicknames import read_nickname_pairs

__all__ = [
    "cities",
    "countries",
    "given_name_births",
    "given_name_counts",
    "nickname_pairs",
    "place_names",
    "place_words",
    "regions",
    "surname_counts",
]

_DATA = Path(__file__).parent / "data"


def _load_counts(stem: str) -> NameCounts:
    names = cast("npt.NDArray[np.bytes_]", load_array(f"{stem}_names"))
    counts: npt.NDArray[Any] = load_array(f"{stem}_counts").astype(np.int64)
    counts.setflags(write=False)
    return NameCounts(names, counts, int(cast("Any", load_array(f"{stem}_total"))))


@cache
def surname_counts() -> NameCounts:
    """How many people in the United States bear each surname (US Census Bureau, 2020).

    Returns:
        156,619 surnames; the total is the sum of what is listed.

    Examples:
        >>> import pyarrow as pa
        >>> surname_counts().lookup(pa.array(["smith", "zzyzx", None])).tolist()
        [2369644, 0, 0]
    """
    return _load_counts("surname")


@cache
def given_name_counts() -> NameCounts:
    """How many people in the United States bear each given name (US Census Bureau, 2020).

    Returns:
        53,615 given names; the total holds all other names too.

    Examples:
        >>> import pyarrow as pa
        >>> given_name_counts().lookup(pa.array(["david"])).tolist()
        [2813019]
    """
    return _load_counts("given_name")


@cache
def given_name_births() -> GivenNameBirths:
    """When the bearers of given names were born, in bins of five years (US Social Security Administration).

    Returns:
        18,930 given names and 19 bins from 1930.

    Examples:
        >>> import pyarrow as pa
        >>> births = given_name_births()
        >>> chances = births.probabilities(pa.array(["debra"]))[0]
        >>> int(births.birth_years_from[chances.argmax()])
        1955
    """
    return GivenNameBirths(
        cast("npt.NDArray[np.bytes_]", load_array("birth_names")),
        load_array("birth_bins").astype(np.int64),
        cast("npt.NDArray[np.int32]", load_array("birth_counts")),
    )


@cache
def nickname_pairs() -> tuple[pa.StringArray, pa.StringArray]:
    """Formal given names and their short forms, many to many, folded, sorted by the formal name.

    Returns:
        (pairs,) formal names and (pairs,) nicknames; read them both ways.

    Examples:
        >>> formal, nick = nickname_pairs()
        >>> pairs = set(zip(formal.to_pylist(), nick.to_pylist()))
        >>> ("robert", "bob") in pairs, ("francisco", "paco") in pairs
        (True, True)
    """
    pairs = read_nickname_pairs()
    return pa.array([formal for formal, _ in pairs], pa.string()), pa.array([nick for _, nick in pairs], pa.string())


def _load_table(stem: str) -> pa.Table:
    import pyarrow.parquet as pq

    return pq.read_table(_DATA / f"{stem}.parquet", memory_map=True)


@cache
def countries() -> pa.Table:
    """Countries, sorted by code; dependent territories of France and the United States are regions of these.

    Returns:
        country (ISO 3166-1 alpha-2), name, iso3, dialling_code, population.

    Examples:
        >>> countries().num_rows > 200
        True
    """
    return _load_table("countries")


@cache
def regions() -> pa.Table:
    """Regions of 15 large countries, with the departments of France inside its regions.

    Returns:
        country, code (as in ISO 3166-2, without the country), region (folded), wider_region (folded, or null).

    Examples:
        >>> {"michigan", "seine saint denis", "lombardia"} <= set(regions()["region"].to_pylist())
        True
    """
    return _load_table("regions")


@cache
def cities() -> pa.Table:
    """Places of 1,000 people or more (GeoNames, CC BY 4.0), sorted by country.

    Returns:
        city_id (GeoNames), city (folded), country, region_row (a row of `regions`, -1 where unknown), population (two
        digits), latitude, longitude (to .01 degree).

    Examples:
        >>> cities().num_rows > 150_000
        True
    """
    return _load_table("cities")


@cache
def place_names() -> pa.Table:
    """Names of places other than the cities' own: countries, regions, abbreviations, names in other languages.

    Returns:
        name (folded), kind (0 country, 1 region, 2 city), place_row (a row of the table of that kind), sort (0 a proper
        name, 1 one of GeoNames' alternates, 2 a code, 3 a name that is meant only in a column of regions).

    Examples:
        >>> "nyc" in place_names()["name"].to_pylist()
        True
    """
    return _load_table("place_names")


@cache
def place_words(kind: str) -> pa.StringArray:
    """Words that tell a place from a text, folded.

    Args:
        kind: `never` (names of towns that are never meant as such), `common` (places that are everyday words as well)
            or `filler` (words like "near").

    Returns:
        The words.

    Examples:
        >>> "greater" in place_words("filler").to_pylist()
        True
    """
    lines = (_DATA / "place_words.txt").read_text("utf-8").splitlines()
    return pa.array([word for line in lines if line.startswith(f"{kind}:") for word in line.split()[1:]], pa.string())
