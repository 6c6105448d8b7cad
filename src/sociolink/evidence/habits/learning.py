"""How people of each country write and when, learned from all posts at once, without links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sociolink.evidence.habits.clocks import DailyLife, count_local_hours, start_life, weigh_clocks, weigh_shifts
from sociolink.evidence.habits.states import HabitFacts
from sociolink.reference.facts import countries
from sociolink.reference.locales import locales

__all__ = ["Manners", "learn_manners", "manners_of"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_ROUNDS, _MOST_PROFILES = 12, 4000
_STRENGTH, _STRENGTH_OF_CURVE, _OF_ITS_OWN = 50.0, 500.0, 0.5
_WRITES: Final = (30.0, 12.0, 8.0)
"""Pseudo-counts: somebody writes in a language of the country; English, as many do anywhere; any language."""

_SMALLEST, _DIGITS, _SUPPORT = 1e-6, 6, 10


@dataclass(frozen=True, slots=True, eq=False)
class Manners:
    """How people write.

    Attributes:
        country: (countries,) share of profiles from each.
        writes: (3,) P(own language), P(English whatever the country), P(any language).
        spoken: (languages,) how many write in each.
        life: When people write.
    """

    country: Floats
    writes: Floats
    spoken: Floats
    life: DailyLife

    def parts(self) -> tuple[Floats, Floats, Floats]:
        """Each (countries, languages): P(language) if it is a language of the country; if English; if any."""
        known = locales()
        english = np.zeros_like(known.speaks)
        english[:, known.language.index("en")] = 1.0
        every = np.broadcast_to(self.spoken, known.speaks.shape)
        own = np.where(known.speaks.sum(1, keepdims=True) > 0, known.speaks, every)
        return own, english, every

    def languages(self) -> Floats:
        """(countries, languages) P(somebody of the country writes in the language)."""
        out = sum(weight * part for weight, part in zip(self.writes, self.parts(), strict=True))
        return np.maximum(np.asarray(out, np.float64), _SMALLEST)


def _start(customers: Int64s) -> Manners:
    """Before anything was seen: as many come from a country as customers and people of the world do."""
    known = locales()
    world = np.asarray(countries()["population"].to_numpy(), np.float64)
    ours = np.bincount(customers[customers >= 0], minlength=len(known.country)).astype(np.float64)
    share = (1 - _OF_ITS_OWN) * world / world.sum() + _OF_ITS_OWN * ours / max(ours.sum(), 1.0)
    writes = np.array(_WRITES) / sum(_WRITES)
    spoken = np.asarray(share @ known.speaks)
    spoken = (spoken + 1e-4) / (spoken + 1e-4).sum()
    return Manners(share / share.sum(), writes, spoken, start_life())


def learn_manners(habits: HabitFacts, stated: Int64s, customers: Int64s) -> dict[str, Any]:
    """Where profiles come from, how they write and when, each given the others.

    EM with the country of each profile as what is not seen, unless the profile states it. The start is what is known
    of countries, so that what is learned stays tied to it.

    Args:
        habits: What posts of a sample of profiles show.
        stated: (profiles,) country that each states, -1 for none.
        customers: (customers,) country of each customer, -1 for none.

    Returns:
        Plain data, no person; {} where no profile shows a habit.

    References:
        Dempster, Laird & Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm, JRSS B 39.
    """
    told = np.flatnonzero((habits.language >= 0) | habits.timed)[:_MOST_PROFILES]
    if len(told) == 0:
        return {}
    start = _start(customers)
    kept = habits.row <= told[-1]
    of = np.searchsorted(told, habits.row[kept])
    seen = _Seen(habits.language[told], habits.timed[told], stated[told], of, habits.bins[kept])
    manners = start
    for _ in range(_ROUNDS):
        manners = _one_round(seen, manners, start)
    codes = locales()
    return {
        "country": _plain(codes.country, manners.country),
        "writes": np.round(manners.writes, _DIGITS).tolist(),
        "spoken": _plain(codes.language, manners.spoken),
        "curve": np.round(manners.life.curve, _DIGITS).tolist(),
        "shifts": np.round(manners.life.shifts, _DIGITS).tolist(),
        "all_day": round(manners.life.all_day, _DIGITS),
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What the profiles that show anything show; see `HabitFacts`."""

    language: Int64s
    timed: npt.NDArray[np.bool_]
    stated: Int64s
    row: Int64s
    bins: Int64s


def _one_round(seen: _Seen, manners: Manners, start: Manners) -> Manners:
    """Expectation of countries, clocks and shifts, then the manners that fit them best."""
    goes_by, life = locales().goes_by, manners.life
    writes = manners.languages()
    spoke = seen.language >= 0
    language = np.maximum(seen.language, 0)
    each = weigh_shifts(seen.row, seen.bins, len(seen.language), life)
    by_clock = weigh_clocks(each, life)
    of_language = np.where(spoke[:, None], writes.T[language], 1.0)
    of_hours = np.where(seen.timed[:, None], by_clock @ goes_by.T, 1.0)
    chance = manners.country * of_language * of_hours
    here = np.flatnonzero(seen.stated >= 0)
    only = np.zeros((len(here), chance.shape[1]))
    only[np.arange(len(here)), seen.stated[here]] = 1.0
    chance[here] = only
    country = chance / np.maximum(chance.sum(1, keepdims=True), 1e-300)
    counts = _supported(country.sum(0)) + _STRENGTH * start.country
    return Manners(
        counts / counts.sum(),
        _writes(manners, country[spoke], language[spoke], writes),
        _spoken(language[spoke], start.spoken),
        _life(seen, country / np.maximum(of_hours, 1e-300), by_clock, each, life),
    )


def _supported(counts: Floats) -> Floats:
    """Counts that so many profiles stand behind that none can be told from them."""
    return np.where(counts >= _SUPPORT, counts, 0.0)


def _writes(manners: Manners, country: Floats, language: Int64s, writes: Floats) -> Floats:
    """How often people write in their own language, in English, in any."""
    by_pair = np.zeros(writes.shape)
    np.add.at(by_pair.T, language, country)
    used = [
        float((by_pair * weight * part / writes).sum())
        for weight, part in zip(manners.writes, manners.parts(), strict=True)
    ]
    counts = np.array(used) + np.array(_WRITES)
    return np.asarray(counts / counts.sum())


def _spoken(language: Int64s, start: Floats) -> Floats:
    counts = _supported(np.bincount(language, minlength=len(start)).astype(np.float64)) + _STRENGTH * start
    return np.asarray(counts / counts.sum())


def _life(seen: _Seen, country: Floats, by_clock: Floats, each: Floats, life: DailyLife) -> DailyLife:
    """When people write, from those whose hours are known; `country` is P(country) / P(hours | country)."""
    first = start_life()
    clock = np.where(seen.timed[:, None], country @ locales().goes_by * by_clock, 0.0)
    shifted = (1 - life.all_day) * life.shifts * each / by_clock[:, :, None] * clock[:, :, None]
    curve = count_local_hours(seen.row, seen.bins, shifted) + _STRENGTH_OF_CURVE * first.curve
    shifts = shifted.sum((0, 1)) + _STRENGTH * first.shifts
    people = float(seen.timed.sum())
    all_day = (people - float(shifted.sum()) + _STRENGTH * first.all_day) / (people + _STRENGTH)
    return DailyLife(curve / curve.sum(), shifts / shifts.sum(), all_day)


def _plain(names: tuple[str, ...], shares: Floats) -> dict[str, float]:
    """Shares by name, without those that are as good as none."""
    return {
        name: round(float(share), _DIGITS)
        for name, share in zip(names, shares, strict=True)
        if round(float(share), _DIGITS) > 0
    }


def manners_of(population: Mapping[str, Any]) -> Manners:
    """What was learned, as arrays."""
    known = locales()
    country = np.array([population["country"].get(name, 0.0) for name in known.country])
    spoken = np.array([population["spoken"].get(name, 0.0) for name in known.language]) + _SMALLEST
    life = DailyLife(np.array(population["curve"]), np.array(population["shifts"]), float(population["all_day"]))
    return Manners(country / country.sum(), np.array(population["writes"]), spoken / spoken.sum(), life)
