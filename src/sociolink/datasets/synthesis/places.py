"""Where made-up people live and who employs them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from sociolink.datasets.synthesis.bundled import load_toml
from sociolink.datasets.synthesis.name_lists import name_lists
from sociolink.datasets.synthesis.strings import Ints, draw, join, words, zipf

__all__ = ["Organisations", "Places", "draw_cities", "load_places", "load_words", "make_organisations"]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Cities with what goes with them, and the share of each culture's people in each.

    Attributes:
        city, region, country, country_name, country_also, flag, dial: (cities,) strings.
        city_ascii: (cities,) lower-case letters only.
        utc: (cities,) hours that clocks show beyond UTC.
        phone_digits, postcode_digits: (cities,) numbers of digits.
        streets: All street names; those of a city stand in rows `street_from` up to `street_to`.
        shares: (cultures, cities) share of people.
    """

    city: pa.Array
    city_ascii: pa.Array
    region: pa.Array
    country: pa.Array
    country_name: pa.Array
    country_also: pa.Array
    flag: pa.Array
    dial: pa.Array
    utc: npt.NDArray[np.int64]
    phone_digits: npt.NDArray[np.int64]
    postcode_digits: npt.NDArray[np.int64]
    streets: pa.Array
    street_from: npt.NDArray[np.int64]
    street_to: npt.NDArray[np.int64]
    shares: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Organisations:
    """Employers, largest first.

    Attributes:
        name: (organisations,) names.
        slug: (organisations,) names as in a web domain.
    """

    name: pa.Array
    slug: pa.Array


@cache
def load_words() -> dict[str, Any]:
    """Words and phrases of accounts, employers, biographies and posts."""
    return load_toml("words.toml")


@cache
def load_places() -> Places:
    """Build the table of cities once: it does not depend on any seed."""
    countries = load_toml("places.toml")
    cities = [(code, *pair.split("/")) for code, entry in countries.items() for pair in entry["cities"].split("|")]
    codes = [code for code, _, _ in cities]
    streets = {code: entry["streets"].split("|") for code, entry in countries.items()}
    ends = dict(zip(streets, np.cumsum([len(names) for names in streets.values()]).tolist(), strict=True))
    within = {code: zipf(codes.count(code), slope=0.9, shift=1.5) for code in countries}
    shares = np.zeros((len(name_lists()), len(cities)))
    for row, entry in enumerate(name_lists().values()):
        for code in entry.countries.split():
            shares[row, codes.index(code) : codes.index(code) + codes.count(code)] += within[code]
    names = pa.array([city for _, city, _ in cities])

    def of_country(key: str) -> pa.Array:
        return pa.array([countries[code][key] for code in codes])

    return Places(
        city=names,
        city_ascii=pa.array(["".join(filter(str.isalpha, anyascii(city).lower())) for _, city, _ in cities]),
        region=pa.array([region for _, _, region in cities]),
        country=pa.array(codes),
        country_name=of_country("name"),
        country_also=of_country("also"),
        flag=of_country("flag"),
        dial=of_country("dial"),
        utc=of_country("utc").to_numpy(),
        phone_digits=of_country("digits").to_numpy(),
        postcode_digits=of_country("postcode").to_numpy(),
        streets=pa.array([street for names in streets.values() for street in names]),
        street_from=np.array([ends[code] - len(streets[code]) for code in codes]),
        street_to=np.array([ends[code] for code in codes]),
        shares=shares / shares.sum(axis=1, keepdims=True),
    )


def make_organisations(rng: np.random.Generator, count: int, *, families: pa.Array) -> Organisations:
    """Make employers: invented words, or a family name.

    Args:
        rng: Source of chance.
        count: How many.
        families: Family names that some are called after.

    Returns:
        As many employers; a few may share a name.
    """
    vocabulary = load_words()
    heads, middles = words(vocabulary["organisation_heads"]), words(vocabulary["organisation_middles"])
    tails = words(vocabulary["organisation_tails"], by="|")
    head = pc.if_else(
        pa.array(rng.random(count) < 0.4),
        families.take(pa.array(rng.integers(0, len(families), count))),
        heads.take(pa.array(rng.integers(0, len(heads), count))),
    )
    middle = middles.take(pa.array(rng.integers(0, len(middles), count)))
    tail = tails.take(pa.array(draw(rng, zipf(len(tails), slope=0.6), count)))
    with_middle = pa.array(rng.random(count) < 0.6)
    name = join(pc.if_else(with_middle, join(head, middle, separator=" "), head), tail, separator=" ")
    slug = pc.if_else(with_middle, join(head, middle), join(head, tail))
    return Organisations(name, pc.replace_substring_regex(pc.ascii_lower(slug), "[^a-z0-9]", ""))


def draw_cities(rng: np.random.Generator, culture: Ints) -> npt.NDArray[np.int32]:
    """Draw a city for each person, by culture.

    Args:
        rng: Source of chance.
        culture: (people,) codes of cultures.

    Returns:
        (people,) rows of the table of cities.
    """
    shares = load_places().shares
    cumulated = (np.cumsum(shares, axis=1) + np.arange(len(shares))[:, None]).ravel()
    found = np.searchsorted(cumulated, culture + rng.random(len(culture)) * (1 - 1e-9), side="right")
    rows = np.minimum(found - culture * shares.shape[1], shares.shape[1] - 1)
    return np.asarray(rows, dtype=np.int32)
