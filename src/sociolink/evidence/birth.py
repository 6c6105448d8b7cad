"""Birth evidence: years in handles, dates, years and ages in bios against a customer's date of birth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.birthdays import FIRST_YEAR, YEARS, StatedBirths, read_births
from sociolink.evidence.facts import text_column
from sociolink.evidence.levels import Level, complete_chances, level_mixture, level_phrase, level_prior, no_levels
from sociolink.evidence.protocol import Hits, Keys, Mixture, Pairs, no_keys
from sociolink.index.scratch import Scratch

__all__ = ["LEVELS", "Birth", "CustomerBirths", "ProfileBirths"]

Floats = npt.NDArray[np.float64]
Int8s = npt.NDArray[np.int8]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

_OTHER = "it states another year of birth than the customer's"
_NEAR = "the stated age or year of birth is within a year of the customer's"
LEVELS = (
    Level("date:differs", _OTHER, 4.0),
    Level("date:near", _NEAR, 2.0),
    Level("date:year", "the stated date of birth is in the customer's year", 4.0),
    Level("date:same", "the stated date of birth is the customer's", 40.0),
    Level("year:differs", _OTHER, 10.0, group=1),
    Level("year:near", _NEAR, 12.0, group=1),
    Level("year:same", "the stated year of birth is the customer's", 28.0, group=1),
    Level("number:differs", "its numbers do not hold the customer's year of birth", 32.0, group=2),
    Level("number:near", "its numbers are within a year of the customer's year of birth", 3.0, group=2),
    Level("number:same", "its numbers hold the customer's year of birth", 15.0, group=2),
)
_BY_DATE, _BY_YEAR, _BY_NUMBER = 0, 4, 7
_THETA = 5.0
_KERNEL = np.array([1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 1.0]) / 16.0
_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class CustomerBirths:
    """Births of all customers.

    Attributes:
        year: (customers,) int32 years since `FIRST_YEAR`; -1 where unknown.
        date: (customers,) int32 year * 10000 + month * 100 + day; 0 where the day is unknown.
        share: (years,) P(a random customer was born in the year).
    """

    year: Int32s
    date: Int32s
    share: Floats


@dataclass(frozen=True, slots=True)
class ProfileBirths:
    """What a batch of profiles states.

    Attributes:
        births: What was read.
        chance: (statements, 3) P(a random customer's year differs; is near; is the same).
    """

    births: StatedBirths
    chance: Floats


@dataclass(frozen=True, slots=True)
class Birth:
    """Date or year of birth.

    What is stated as a birth or an age, and numbers that may be a year ("84" at the end of a handle), have weights of
    their own: most numbers are not years of birth, and how many are is learned.
    """

    name: str = "birth"

    def prior(self, population: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Pseudo-counts of the levels."""
        return level_prior(self.name, LEVELS)

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """Nothing: how many people are born in a year follows from the customers."""
        return {}

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: CustomerBirths | None = None
    ) -> CustomerBirths:
        """Years and dates, and how frequent each year is."""
        since, date = _read_dates(customers)
        return CustomerBirths(since, date, _share_years(since) if background is None else background.share)

    def prepare_sections(
        self, sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
    ) -> CustomerBirths:
        """The same, section by section."""
        since, date = scratch.map_columns((_read_dates(one) for one in sections), [np.int32] * 2)
        return CustomerBirths(since, date, _share_years(since))

    def prepare_profiles(
        self, profiles: pa.Table, customers: CustomerBirths, population: Mapping[str, Any]
    ) -> ProfileBirths:
        """Dates, years, ages and numbers of profiles."""
        births = read_births(profiles)
        if len(births.said) == 0:
            return ProfileBirths(births, np.zeros((0, 3)))
        chance = [(births.likeness == step) @ customers.share for step in range(3)]
        return ProfileBirths(births, np.stack(chance, axis=1))

    def customer_keys(self, customers: CustomerBirths) -> Keys:
        """None: a year alone proposes far too many."""
        return no_keys()

    def profile_keys(self, profiles: ProfileBirths) -> Keys:
        """None."""
        return no_keys()

    def chances(self, customers: CustomerBirths, profiles: ProfileBirths, pairs: Pairs) -> Floats:
        """(pairs, levels) P(level | a random person born as likely as the customers are); 0 where nothing is told."""
        out = np.zeros((len(pairs), len(LEVELS)))
        pair, statement, base = _compared(customers, profiles.births, pairs)
        out[pair] = _chances(profiles, statement, base)
        return out

    def compare(
        self, customers: CustomerBirths, profiles: ProfileBirths, pairs: Pairs, hits: Hits
    ) -> tuple[Mixture, ...]:
        """Channel `birth`."""
        births = profiles.births
        if len(births.said) == 0:
            return (no_levels(self.name, LEVELS, len(pairs)),)
        pair, statement, base = _compared(customers, births, pairs)
        customer = pairs.customer[pair]
        step = births.likeness[statement, customers.year[customer]].astype(np.int64)
        day = (births.dates[statement] == customers.date[customer][:, None]).any(1)
        step = np.where((base == _BY_DATE) & day, 3, step)
        level: Int8s = np.full(len(pairs), -1, np.int8)
        u = np.ones(len(pairs))
        level[pair] = base + step
        u[pair] = _chances(profiles, statement, base)[np.arange(len(pair)), level[pair]]
        return (level_mixture(self.name, LEVELS, level=level, u=u),)

    def describe(self, component: str) -> str:
        """What a level says."""
        return level_phrase(LEVELS, component)


def _read_dates(customers: pa.Table) -> tuple[Int32s, Int32s]:
    """`year` and `date` of `CustomerBirths`."""
    parts = pc.extract_regex(
        text_column(customers, "birth_date"), r"^(?P<y>[0-9]{4})(?:-(?P<m>[0-9]{2})(?:-(?P<d>[0-9]{2}))?)?"
    )
    year, month, day = (
        np.asarray(pc.fill_null(_number(pc.struct_field(parts, part)), 0), np.int32) for part in ("y", "m", "d")
    )
    known = (year >= FIRST_YEAR) & (year < FIRST_YEAR + YEARS)
    date = np.where(known & (day > 0), year * 10000 + month * 100 + day, 0).astype(np.int32)
    return np.where(known, year - FIRST_YEAR, -1).astype(np.int32), date


def _share_years(since: Int32s) -> Floats:
    """(years,) P(a random customer was born in the year), smoothed."""
    counts = np.bincount(since[since >= 0], minlength=YEARS).astype(np.float64)
    smooth = np.convolve(counts, _KERNEL, mode="same") + _THETA / YEARS
    return np.asarray(smooth / smooth.sum(), np.float64)


def _number(strings: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(strings, ""), None, strings).cast(pa.int32())


def _compared(customers: CustomerBirths, births: StatedBirths, pairs: Pairs) -> tuple[Int64s, Int64s, Int64s]:
    """Pairs that tell something, the profile's statement, and the first level of its kind."""
    statement = births.of_profile[pairs.profile]
    pair = ((pairs.customer >= 0) & (statement >= 0)).nonzero()[0]
    pair = pair[customers.year[pairs.customer[pair]] >= 0]
    of_pair = statement[pair].astype(np.int64)
    dated = (births.dates[of_pair, 0] > 0) & (customers.date[pairs.customer[pair]] > 0)
    base = np.where(dated, _BY_DATE, np.where(births.said[of_pair], _BY_YEAR, _BY_NUMBER))
    return pair, of_pair, base


def _chances(profiles: ProfileBirths, statement: Int64s, base: Int64s) -> Floats:
    out = np.zeros((len(statement), len(LEVELS)))
    chance = profiles.chance[statement]
    rows = np.arange(len(statement))
    for step in (1, 2):
        out[rows, base + step] = chance[:, step]
    dated = (base == _BY_DATE).nonzero()[0]
    days = (profiles.births.dates[statement[dated]] > 0).sum(1) / _DAYS
    out[dated, _BY_DATE + 3] = out[dated, _BY_DATE + 2] * days
    out[dated, _BY_DATE + 2] *= 1 - days
    return complete_chances(out, base)
