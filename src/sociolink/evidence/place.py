"""Place evidence: where a profile says it is against where a customer lives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.evidence.fact_sections import sum_holders
from sociolink.evidence.facts import Holders
from sociolink.evidence.levels import Level, complete_chances, level_mixture, level_phrase, level_prior, no_levels
from sociolink.evidence.localnames import LocalNames, count_local_names, hash_names, share_with_namesakes
from sociolink.evidence.placecodes import Places, count_places, customer_places, profile_places, world_population
from sociolink.evidence.protocol import Hits, Keys, Mixture, Pairs, no_keys
from sociolink.index.scratch import Scratch
from sociolink.text.hashing import UInt64s
from sociolink.text.runs import expand_runs, starts_of_runs

__all__ = ["LEVELS", "CustomerPlaces", "Place", "ProfilePlaces"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int8s = npt.NDArray[np.int8]
Int64s = npt.NDArray[np.int64]

_OTHER_COUNTRY = "it is in another country"
_OTHER_REGION = "it is in another region of the customer's country"
LEVELS = (
    Level("city:country_differs", _OTHER_COUNTRY, 5.0),
    Level("city:region_differs", _OTHER_REGION, 15.0),
    Level("city:differs", "it is in another town near the customer's", 10.0),
    Level("city:same", "it is in the customer's town", 20.0),
    Level("region:country_differs", _OTHER_COUNTRY, 5.0, group=1),
    Level("region:differs", _OTHER_REGION, 15.0, group=1),
    Level("region:same", "it is in the customer's region", 30.0, group=1),
    Level("country:differs", _OTHER_COUNTRY, 8.0, group=2),
    Level("country:same", "it is in the customer's country", 42.0, group=2),
)
_BY_CITY, _BY_REGION, _BY_COUNTRY = 0, 4, 7
_THETA = (2.0, 20.0, 20.0, 100.0)
"""Customers that the population of a country, region, wide region, town stands for."""
_FLOOR = (1e-3, 1e-3, 1e-3, 1e-5)


@dataclass(frozen=True, slots=True)
class CustomerPlaces:
    """Where customers live.

    Attributes:
        places: One place of each customer.
        holders: How many live in each country, region, wide region and town.
        stating: For each of the four how many customers of each country state one; of countries how many in all.
        local: How many bear each name, and where.
        share: (customers, 4) P(somebody with the customer's name lives in this country; region; wide region; town).
    """

    places: Places
    holders: tuple[Holders, ...]
    stating: tuple[Holders, ...]
    local: LocalNames
    share: Floats


@dataclass(frozen=True, slots=True)
class ProfilePlaces:
    """Where profiles say they are.

    Attributes:
        places: The places, those of each profile together.
        start: (profiles + 1,) int64, where the places of each profile begin.
        named: (places,) how many places the profile names: one of several agrees more easily.
    """

    places: Places
    start: Int64s
    named: Floats


@dataclass(frozen=True, slots=True)
class Place:
    """Country, region and town, as far as both sides state them.

    A profile that names several places is compared by the one that agrees best.
    """

    name: str = "place"

    def prior(self, population: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Pseudo-counts of the levels."""
        return level_prior(self.name, LEVELS)

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """Nothing: how many people live in a place follows from the customers."""
        return {}

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: CustomerPlaces | None = None
    ) -> CustomerPlaces:
        """Codes of the places, and how many customers live in each."""
        (distinct, number), names = customer_places(customers), hash_names(customers)
        places = distinct.take(number)
        if background is None:
            holders, stating = _count_people(distinct, number)
            local, share = count_local_names(names, places, _shares(holders, stating, distinct)[number])
        else:
            holders, stating, local = background.holders, background.stating, background.local
            share = share_with_namesakes(names, places, _shares(holders, stating, distinct)[number], local)
        return CustomerPlaces(places, holders, stating, local, share)

    def prepare_sections(
        self, sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
    ) -> CustomerPlaces:
        """The same, section by section."""
        places, names, holders, stating = _read_in_sections(sections, scratch, threads)

        def shares() -> Iterator[tuple[Floats]]:
            begin = 0
            for section in sections:
                rows = np.arange(begin, begin + section.num_rows)
                yield (_shares(holders, stating, places.take(rows)),)
                begin += section.num_rows

        (everybody,) = scratch.map_columns(shares(), [np.float64])
        local, share = count_local_names(names, places, everybody.reshape(-1, len(holders)))
        return CustomerPlaces(places, holders, stating, local, share)

    def prepare_profiles(
        self, profiles: pa.Table, customers: CustomerPlaces, population: Mapping[str, Any]
    ) -> ProfilePlaces:
        """Places out of the free text of `location`."""
        places, start = profile_places(profiles)
        number = np.diff(start)
        return ProfilePlaces(places, start, np.repeat(number, number).astype(np.float64))

    def customer_keys(self, customers: CustomerPlaces) -> Keys:
        """None: a place alone proposes far too many."""
        return no_keys()

    def profile_keys(self, profiles: ProfilePlaces) -> Keys:
        """None."""
        return no_keys()

    def chances(self, customers: CustomerPlaces, profiles: ProfilePlaces, pairs: Pairs) -> Floats:
        """(pairs, levels) P(level | a random person who states as much); 0 where nothing is told."""
        out = np.zeros((len(pairs), len(LEVELS)))
        pair, _, place = _compared(customers, profiles, pairs)
        out[pair] = _chances(customers, profiles, pairs.customer[pair], place)
        return out

    def compare(
        self, customers: CustomerPlaces, profiles: ProfilePlaces, pairs: Pairs, hits: Hits
    ) -> tuple[Mixture, ...]:
        """Channel `place`: the narrowest place that both state; where a profile states one, its habits add nothing."""
        if len(profiles.named) == 0:
            return (no_levels(self.name, LEVELS, len(pairs)),)
        pair, best, place = _compared(customers, profiles, pairs)
        level: Int8s = np.full(len(pairs), -1, np.int8)
        u = np.ones(len(pairs))
        level[pair] = best
        u[pair] = _chance_of(best, customers, profiles, pairs.customer[pair], place)
        stated = (np.diff(profiles.start) > 0)[pairs.profile]
        return (replace(level_mixture(self.name, LEVELS, level=level, u=u), settles={"locale": stated}),)

    def describe(self, component: str) -> str:
        """What a level says."""
        return level_phrase(LEVELS, component)


_Counts = tuple[tuple[Holders, ...], tuple[Holders, ...]]


def _count_people(distinct: Places, number: Int64s) -> _Counts:
    """`holders` and `stating` of `CustomerPlaces`."""
    codes = (distinct.country, distinct.region, distinct.wide, distinct.city)
    people = np.bincount(number, minlength=len(distinct.country))
    stated = (np.where(code > 0, distinct.country, np.uint64(0)) for code in codes)
    return tuple(count_places(code, people) for code in codes), tuple(count_places(code, people) for code in stated)


def _read_in_sections(
    sections: Sequence[pa.Table], scratch: Scratch, threads: int
) -> tuple[Places, tuple[UInt64s, ...], tuple[Holders, ...], tuple[Holders, ...]]:
    """Places, hashed names and counts of all customers."""

    def read(section: pa.Table) -> tuple[Places, tuple[UInt64s, UInt64s], _Counts]:
        distinct, number = customer_places(section)
        kept = scratch.keep((distinct.take(number), hash_names(section)), pieces=len(sections))
        return *kept, _count_people(distinct, number)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        found = list(pool.map(read, sections))
    codes = ((one.country, one.region, one.wide, one.city) for one, _, _ in found)
    places = Places(*scratch.map_columns(codes, [np.uint64] * 4))
    names = scratch.map_columns((one for _, one, _ in found), [np.uint64] * 2)
    holders, stating = (
        tuple(sum_holders(parts) for parts in zip(*(counts[side] for _, _, counts in found), strict=True))
        for side in range(2)
    )
    return places, names, holders, stating


def _shares(holders: tuple[Holders, ...], stating: tuple[Holders, ...], places: Places) -> Floats:
    """(places, 4) share of customers in the country; in the region, the wide region, the town of that country.

    Counts are smoothed by how many people live there, for a CRM of a few hundred says little about towns.
    """
    out = []
    world = world_population()
    nation = np.maximum(world[0].of(places.country), 1)
    codes = (places.country, places.region, places.wide, places.city)
    for kind, (code, theta, floor) in enumerate(zip(codes, _THETA, _FLOOR, strict=True)):
        total = stating[kind].of(places.country) if kind else stating[0].stating
        others = np.maximum(holders[kind].of(code) - 1, 0)
        people = world[kind].of(code) / (nation if kind else max(world[0].stating, 1))
        background = np.clip(people, floor, 1.0)
        out.append((others + theta * background) / (np.maximum(np.asarray(total) - 1, 0) + theta))
    return np.stack(out, axis=1)


def _regions_of(customer: Places, profile: Places) -> tuple[Bools, Bools, Bools]:
    """Whether both state a region, whether it is the same, and whether narrow regions were compared."""
    narrow = (customer.region > 0) & (profile.region > 0)
    both = narrow | ((customer.wide > 0) & (profile.wide > 0))
    same = np.where(narrow, customer.region == profile.region, customer.wide == profile.wide)
    return both, both & same, narrow


def _levels(customer: Places, profile: Places) -> Int8s:
    """Level of each pair of places, both of which state a country."""
    same_country = customer.country == profile.country
    regional, same_region, _ = _regions_of(customer, profile)
    urban = (customer.city > 0) & (profile.city > 0)
    same_city = urban & same_country & (customer.city == profile.city)
    by_city = np.where(same_city, 3, np.where(same_region | ~regional, 2, 1))
    level = np.where(urban, _BY_CITY + by_city, np.where(regional, _BY_REGION + 1 + same_region, _BY_COUNTRY + 1))
    base = np.where(urban, _BY_CITY, np.where(regional, _BY_REGION, _BY_COUNTRY))
    return np.where(same_country, level, base).astype(np.int8)


def _compared(customers: CustomerPlaces, profiles: ProfilePlaces, pairs: Pairs) -> tuple[Int64s, Int8s, Int64s]:
    """Pairs that tell something, their level, and the profile's place (of several, the one that agrees best)."""
    count = np.diff(profiles.start)[pairs.profile]
    asked = ((pairs.customer >= 0) & (count > 0)).nonzero()[0]
    asked = asked[customers.places.country[pairs.customer[asked]] > 0]
    run, place = expand_runs(profiles.start[pairs.profile[asked]], count[asked])
    pair = asked[run]
    stated = profiles.places.country[place] > 0
    pair, place = pair[stated], place[stated]
    level = _levels(customers.places.take(pairs.customer[pair]), profiles.places.take(place))
    agreement = level - np.select([level >= _BY_COUNTRY, level >= _BY_REGION], [_BY_COUNTRY, _BY_REGION], _BY_CITY)
    order = np.lexsort((place, -agreement, pair))
    best = order[starts_of_runs(pair[order])]
    return pair[best], level[best], place[best]


def _parted(
    customers: CustomerPlaces, profiles: ProfilePlaces, customer: npt.NDArray[np.int32], place: Int64s
) -> tuple[Bools, Bools, Floats, Floats, Floats]:
    """For pairs of places: whether towns are compared, else regions; P(same country), P(same region), P(same town)."""
    own, theirs = customers.places.take(customer), profiles.places.take(place)
    regional, _, narrow = _regions_of(own, theirs)
    urban = (own.city > 0) & (theirs.city > 0)
    country, region, wide, city = customers.share[customer].T
    country = country * profiles.named[place]
    region = np.where(regional, np.where(narrow, region, wide), 1.0)
    return urban, regional & ~urban, country, region, np.minimum(city, region)


def _chance_of(
    level: Int8s,
    customers: CustomerPlaces,
    profiles: ProfilePlaces,
    customer: npt.NDArray[np.int32],
    place: Int64s,
) -> Floats:
    """(n,) what `_chances` says of one level each, without the others of its row."""
    urban, by_region, country, region, city = _parted(customers, profiles, customer, place)
    one = np.where(urban | by_region, country * (1 - region), country)
    two = np.where(urban, country * (region - city) + 1e-4, np.where(by_region, country * region, 0.0))
    three = np.where(urban, country * city, 0.0)
    rest = np.maximum(1.0 - (one + (two + three)), 1e-3)  # added up as `complete_chances` adds up a row
    step = level - np.where(urban, _BY_CITY, np.where(by_region, _BY_REGION, _BY_COUNTRY))
    return np.asarray(np.choose(step, [rest, one, two, three]) / ((rest + one) + (two + three)))


def _chances(
    customers: CustomerPlaces, profiles: ProfilePlaces, customer: npt.NDArray[np.int32], place: Int64s
) -> Floats:
    """(n, levels) P(level | somebody with the customer's name who states as much), for the profile's place."""
    urban, by_region, country, region, city = _parted(customers, profiles, customer, place)
    out = np.zeros((len(customer), len(LEVELS)))
    out[urban, _BY_CITY + 1] = (country * (1 - region))[urban]
    out[urban, _BY_CITY + 2] = (country * (region - city))[urban] + 1e-4
    out[urban, _BY_CITY + 3] = (country * city)[urban]
    out[by_region, _BY_REGION + 1] = (country * (1 - region))[by_region]
    out[by_region, _BY_REGION + 2] = (country * region)[by_region]
    by_country = ~urban & ~by_region
    out[by_country, _BY_COUNTRY + 1] = country[by_country]
    rest = np.where(urban, _BY_CITY, np.where(by_region, _BY_REGION, _BY_COUNTRY))
    return complete_chances(out, rest)
