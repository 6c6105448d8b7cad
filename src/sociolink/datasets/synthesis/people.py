"""Who lives in the synthetic world: names, births, homes, jobs, and the alias that each person likes."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from sociolink.datasets.synthesis.lexicon import BIRTH_BIN_YEARS, Lexicon
from sociolink.datasets.synthesis.places import Places, draw_cities
from sociolink.datasets.synthesis.strings import Ints, draw, zipf

__all__ = ["People", "PopulationShape", "draw_people"]

Codes = npt.NDArray[np.int32]
_NONE = -1
_YOUNGEST, _OLDEST = 2008, 1935


@dataclass(frozen=True, slots=True)
class PopulationShape:
    """How a population is made up.

    Attributes:
        cultures: Share of each culture, in the order of the lexicon.
        households: Share of people who share family name and address with another person.
        namesakes: Share of people who are given another person's names, beyond chance.
        years_younger: How much younger the whole population is.
    """

    cultures: tuple[float, ...]
    households: float
    namesakes: float
    years_younger: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """People as codes, one row each; -1 is none.

    Attributes:
        culture: Code of the culture.
        given, middle: Rows of the given names.
        family, second_family, former_family: Rows of the family names; `former_family` is a maiden name.
        nickname: Row of the short forms.
        birth: Day of birth.
        city, former_city: Rows of the cities.
        street, house: Row of the streets and number of the house.
        organisation, job, hobby: Rows of the employers, jobs and hobbies.
        phone: Digits of the phone number.
        style: Chance in [0, 1) that decides how this person writes a handle.
    """

    culture: Codes
    given: Codes
    middle: Codes
    family: Codes
    second_family: Codes
    former_family: Codes
    nickname: Codes
    birth: npt.NDArray[np.datetime64]
    city: Codes
    former_city: Codes
    street: Codes
    house: Codes
    organisation: Codes
    job: Codes
    hobby: Codes
    phone: npt.NDArray[np.int64]
    style: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.culture)

    def take(self, rows: Ints) -> People:
        """The people of these rows."""
        return People(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def birth_year(self) -> npt.NDArray[np.int64]:
        """(people,) year of birth."""
        return self.birth.astype("datetime64[Y]").astype(np.int64) + 1970

    def join(self, other: People) -> People:
        """These people, then the others."""
        pairs = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return People(*(np.concatenate(pair) for pair in pairs))


def _households(rng: np.random.Generator, size: int, share: float) -> Ints:
    """Row of the head of each person's household."""
    living_together = min(share, 1.0)
    sizes = np.array([1, 2, 3, 4])
    together = np.array([0.0, 0.5, 0.25, 0.25])
    weights = together / (together @ sizes) * living_together
    weights[0] = 1.0 - living_together
    drawn = sizes[draw(rng, weights, size)]
    heads = np.concatenate(([0], np.cumsum(drawn)))
    heads = heads[heads < size]
    return np.repeat(heads, np.diff(np.append(heads, size)))


def _births(rng: np.random.Generator, given: Codes, lexicon: Lexicon, years_younger: int) -> npt.NDArray[np.datetime64]:
    """Day of birth, in a year that suits the given name."""
    years = lexicon.birth_years_from
    alive = np.where((years >= _OLDEST) & (years + BIRTH_BIN_YEARS <= _YOUNGEST + 1), 1.0, 1e-7)
    cumulated = np.cumsum(lexicon.cohorts * alive, axis=1)
    cumulated /= cumulated[:, -1:]
    flat = (cumulated + np.arange(len(cumulated))[:, None]).ravel()
    cohort = lexicon.given.cohort[given]
    found = np.searchsorted(flat, cohort + rng.random(len(given)) * (1 - 1e-9), side="right") - cohort * len(years)
    first_year = np.clip(years[np.minimum(found, len(years) - 1)], _OLDEST, _YOUNGEST - BIRTH_BIN_YEARS + 1)
    year = np.minimum(first_year + rng.integers(0, BIRTH_BIN_YEARS, len(given)) + years_younger, _YOUNGEST)
    days = rng.integers(0, 365, len(given)).astype("timedelta64[D]")
    return np.asarray((year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + days)


def _second_families(
    rng: np.random.Generator, culture: Codes, lexicon: Lexicon, double: npt.NDArray[np.float64]
) -> Codes:
    drawn = lexicon.family.draw(rng, culture)
    return np.where(rng.random(len(culture)) < double[culture], drawn, _NONE).astype(np.int32)


def draw_people(
    rng: np.random.Generator,
    size: int,
    *,
    shape: PopulationShape,
    lexicon: Lexicon,
    places: Places,
    double_family: tuple[float, ...],
    organisations: int,
    jobs: int,
    hobbies: int,
) -> People:
    """Draw a population.

    Args:
        rng: Source of chance.
        size: Number of people.
        shape: What the population is made up of.
        lexicon: Names by culture.
        places: Cities by culture.
        double_family: Share of people with two family names, by culture.
        organisations: Number of employers.
        jobs: Number of jobs.
        hobbies: Number of hobbies.

    Returns:
        The people, those of one household next to each other.
    """
    head = _households(rng, size, shape.households)
    culture = draw(rng, shape.cultures, size).astype(np.int32)[head]
    city = draw_cities(rng, culture)[head]
    given = lexicon.given.draw(rng, culture)
    family = lexicon.family.draw(rng, culture)[head]
    second = _second_families(rng, culture, lexicon, np.array(double_family))[head]
    copied = rng.random(size) < shape.namesakes
    model = np.where(copied, rng.integers(0, max(size, 1), size), np.arange(size))
    given, family, second, culture = given[model], family[model], second[model], culture[model]
    streets = places.street_from[city] + (
        rng.random(size)[head] * (places.street_to[city] - places.street_from[city])
    ).astype(np.int64)
    middle = lexicon.given.draw(rng, culture)
    moved = draw_cities(rng, culture)
    return People(
        culture=culture,
        given=given,
        middle=np.where((rng.random(size) < 0.6) & (middle != given), middle, _NONE).astype(np.int32),
        family=family,
        second_family=second,
        former_family=np.where(rng.random(size) < 0.3, lexicon.family.draw(rng, culture), _NONE).astype(np.int32),
        nickname=lexicon.nicknames.draw(rng, given),
        birth=_births(rng, given, lexicon, shape.years_younger),
        city=city,
        former_city=moved,
        street=streets.astype(np.int32),
        house=rng.integers(1, 220, size).astype(np.int32)[head],
        organisation=draw(rng, zipf(organisations, slope=0.6), size).astype(np.int32),
        job=draw(rng, zipf(jobs, slope=0.5), size).astype(np.int32),
        hobby=draw(rng, zipf(hobbies, slope=0.5), size).astype(np.int32),
        phone=rng.integers(10_000_000, 100_000_000, size),
        style=rng.random(size),
    )
