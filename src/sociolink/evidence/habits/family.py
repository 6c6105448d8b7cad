"""Habits as evidence: the language and the hours of a profile's posts, and the place that they name most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.evidence.erasing import Erasure, forget_entries
from sociolink.evidence.events.strangers import against_strangers
from sociolink.evidence.facts import text_column
from sociolink.evidence.habits.clocks import weigh_clocks, weigh_shifts
from sociolink.evidence.habits.fits import fit_hours, fit_languages
from sociolink.evidence.habits.learning import learn_manners, manners_of
from sociolink.evidence.habits.posts import HOME, HOURS
from sociolink.evidence.habits.states import LANGUAGE_COLUMNS, country_codes, read_habits, read_locales, split_locales
from sociolink.evidence.levels import Level, level_phrase, level_prior
from sociolink.evidence.localnames import LocalNames, count_local_names, hash_names, share_with_namesakes
from sociolink.evidence.place import LEVELS as PLACE_LEVELS
from sociolink.evidence.place import CustomerPlaces, Place, ProfilePlaces
from sociolink.evidence.placecodes import Places
from sociolink.evidence.protocol import Hits, Keys, Mixture, Pairs, no_keys
from sociolink.index.scratch import Scratch
from sociolink.reference.locales import locales
from sociolink.text.hashing import UInt64s
from sociolink.text.places import parse_places

__all__ = ["CustomerHabits", "Habits", "ProfileHabits"]

Floats = npt.NDArray[np.float64]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

_LANGUAGE: Final = (
    Level("language:alike", "the language that it writes in, beside those of the customer's country", 40.0),
    Level("language:apart", "the language that it writes in says nothing about where it lives", 10.0),
)
_HOURS: Final = (
    Level("hours:alike", "the hours at which it writes, beside those that people keep where the customer lives", 40.0),
    Level("hours:apart", "the hours at which it writes say nothing about where it lives", 10.0),
)
_PARTS: Final = ("home",)
_ANYBODY = Level("anybody", "anybody may write so", 1.0, group=1)


@dataclass(frozen=True, slots=True)
class CustomerHabits:
    """Where customers are at home.

    Attributes:
        locale: (customers,) int32 number of the country and language of each, in `code`.
        code: (locales,) int64, ascending; see `states.read_locales`.
        share: (locales,) share of the customers whose frequencies count, in the order of `code`.
        places: Their addresses, for the place that posts name.
        tongues: How many bear each name, and in countries of which language.
        alike: (customers,) P(somebody with the customer's name lives in a country of the same language).
    """

    locale: Int32s
    code: Int64s
    share: Floats
    places: CustomerPlaces
    tongues: LocalNames
    alike: Floats


@dataclass(frozen=True, slots=True)
class ProfileHabits:
    """How the posts of a batch of profiles fit each locale of the customers.

    Attributes:
        language: (profiles,) int64 row of `by_language`; -1 where no language is told.
        by_language: (languages, locales) P(language | locale) / P(language).
        hours: (profiles,) int64 row of `by_hours`; -1 where no hours are told.
        by_hours: (n, locales) P(hours | locale) / P(hours | the language).
        home: The places that posts name most.
    """

    language: Int64s
    by_language: Floats
    hours: Int64s
    by_hours: Floats
    home: ProfilePlaces


@dataclass(frozen=True, slots=True)
class Habits:
    """How a profile writes, against where a customer lives.

    Three channels: the place that most of its posts name or were written at, as `Place` reads a stated one; the
    language that it writes in; the hours at which it does. Languages and hours are what people of a country have in
    common: the channels are weak by nature, and limited besides. A profile that states where it is says so itself
    (`Place`), and none of the channels says it again; what a named place tells, languages and hours do not repeat.
    The profiles carry what is compared in hidden columns, which `link` adds where it is given posts.

    Attributes:
        name: Name of the family.
        parts: Which of `home`, `language` and `hours` are used. Languages and hours are not, unless they are named:
            what they add to names and places was not beyond chance (decision 19).
    """

    name: str = "habits"
    parts: tuple[str, ...] = _PARTS

    @property
    def keeps(self) -> tuple[str, ...]:
        """Columns of customers that an index keeps: those that say their language, where that is used."""
        return LANGUAGE_COLUMNS if {"language", "hours"} & set(self.parts) else ()

    @property
    def _place(self) -> Place:
        return Place(f"{self.name}.home")

    def prior(self, population: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Pseudo-counts of the components."""
        return {
            **self._place.prior(population),
            **level_prior(f"{self.name}.language", (*_LANGUAGE, _ANYBODY)),
            **level_prior(f"{self.name}.hours", (*_HOURS, _ANYBODY)),
        }

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """Where profiles come from, in what languages they write and when; and what was asked for."""
        asked = {} if self.parts == _PARTS else {"parts": list(self.parts)}
        if HOURS not in profiles.column_names:
            return asked
        found = parse_places(text_column(profiles, "location"))
        stated = np.full(profiles.num_rows, -1, np.int64)
        row = np.asarray(found["row"], np.int64)
        stated[row[::-1]] = country_codes(found["country"])[::-1]
        return learn_manners(read_habits(profiles), stated, split_locales(read_locales(customers))[0]) | asked

    def as_learned(self, population: Mapping[str, Any]) -> Habits:
        """The family with the parts that a model was fitted with."""
        return replace(self, parts=tuple(population.get("parts", self.parts)))

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: CustomerHabits | None = None
    ) -> CustomerHabits:
        """Countries, languages and addresses."""
        of = read_locales(customers)
        code, locale, count = np.unique(of, return_inverse=True, return_counts=True)
        share = count / max(len(of), 1)
        if background is not None:
            code, at = np.unique(np.append(background.code, code), return_index=True)
            share = np.append(background.share, np.zeros(len(count)))[at]
            locale = np.searchsorted(code, of)
        places = self._place.prepare_customers(
            customers, population, background=None if background is None else background.places
        )
        tongues, alike = LocalNames((), ()), np.zeros(len(of))
        if "language" in self.parts:
            known = None if background is None else background.tongues
            tongues, alike = _share_tongues(hash_names(customers), code, locale, share, known)
        return CustomerHabits(locale.astype(np.int32), code, share, places, tongues, alike)

    def prepare_sections(
        self, sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
    ) -> CustomerHabits:
        """The same, section by section; names are counted at once, where languages are used."""
        places = self._place.prepare_sections(sections, population, scratch, threads=threads)
        (of,) = scratch.map_columns(((read_locales(one),) for one in sections), [np.int64])
        code = np.unique(np.concatenate([np.unique(read) for read in _split(of, sections)]))
        (locale,) = scratch.map_columns(((np.searchsorted(code, read),) for read in _split(of, sections)), [np.int32])
        share = np.bincount(locale, minlength=len(code)) / max(len(of), 1)
        tongues, alike = LocalNames((), ()), np.zeros(len(of))
        if "language" in self.parts:
            names = scratch.map_columns((hash_names(one) for one in sections), [np.uint64] * 2)
            tongues, alike = _share_tongues((names[0], names[1]), code, locale.astype(np.int64), share, None)
        return CustomerHabits(locale, code, share, places, tongues, alike)

    def prepare_profiles(
        self, profiles: pa.Table, customers: CustomerHabits, population: Mapping[str, Any]
    ) -> ProfileHabits:
        """How languages and hours fit the locales of the customers, and the places that posts name."""
        rows = profiles.num_rows
        home = text_column(profiles, HOME) if "home" in self.parts else pa.array([""] * rows)
        places = self._place.prepare_profiles(pa.table({"location": home}), customers.places, population)
        language, hours = np.full(rows, -1, np.int64), np.full(rows, -1, np.int64)
        by_language = by_hours = np.ones((0, len(customers.code)))
        if "curve" in population:
            habits, manners = read_habits(profiles), manners_of(population)
            silent = np.diff(places.start) > 0
            of_language = np.where(silent, -1, habits.language)
            timed = habits.timed & ~silent
            if "language" in self.parts:
                used, at = np.unique(of_language[of_language >= 0], return_inverse=True)
                language[of_language >= 0] = at
                by_language = fit_languages(used, customers.code, manners)
            if "hours" in self.parts:
                told = np.flatnonzero(timed)
                hours[told] = np.arange(len(told))
                row, kept = np.searchsorted(told, habits.row), timed[habits.row]
                each = weigh_shifts(row[kept], habits.bins[kept], len(told), manners.life)
                spoken = of_language[told] if "language" in self.parts else np.full(len(told), -1)
                by_hours = fit_hours(weigh_clocks(each, manners.life), spoken, customers.code, manners)
        return ProfileHabits(language, by_language, hours, by_hours, places)

    def customer_keys(self, customers: CustomerHabits) -> Keys:
        """None: habits are shared by millions."""
        return no_keys()

    def profile_keys(self, profiles: ProfileHabits) -> Keys:
        """None."""
        return no_keys()

    def compare(
        self, customers: CustomerHabits, profiles: ProfileHabits, pairs: Pairs, hits: Hits
    ) -> tuple[Mixture, ...]:
        """Channels `habits.home`, `habits.language` and `habits.hours`."""
        (home,) = self._place.compare(customers.places, profiles.home, pairs, hits)
        each = (
            ("language", _LANGUAGE, profiles.language, profiles.by_language, customers.alike),
            ("hours", _HOURS, profiles.hours, profiles.by_hours, customers.places.share[:, 0]),
        )
        habits = (
            _compare(f"{self.name}.{name}", levels, row, ratio, alike, customers, pairs)
            for name, levels, row, ratio, alike in each
        )
        return tuple(replace(one, about="locale", settles={}) for one in (home, *habits))

    def forget(self, customers: CustomerHabits, erasure: Erasure) -> None:
        """Erase the locales that nobody else has."""
        others = read_locales(erasure.others("country", *LANGUAGE_COLUMNS))
        gone = np.setdiff1d(read_locales(erasure.customers), others)
        at = np.flatnonzero(np.isin(customers.code, gone))
        erasure.draft.overwrite(customers.share, at, 0.0)
        forget_entries(erasure.draft, at, customers.code)

    def describe(self, component: str) -> str:
        """What a component says."""
        if any(component == level.name for level in PLACE_LEVELS):
            return f"most places that its posts name say: {self._place.describe(component)}"
        return level_phrase((*_LANGUAGE, *_HOURS, _ANYBODY), component)


def _split(values: Int64s, sections: Sequence[pa.Table]) -> Iterator[Int64s]:
    """Values of all customers, section by section."""
    begin = 0
    for section in sections:
        yield values[begin : begin + section.num_rows]
        begin += section.num_rows


def _share_tongues(
    names: tuple[UInt64s, UInt64s], code: Int64s, locale: Int64s, share: Floats, background: LocalNames | None
) -> tuple[LocalNames, Floats]:
    """How many bear each name in countries of each language, and what share of each customer's namesakes do."""
    country, language = split_locales(code)
    spoken = np.where(language >= 0, language, locales().speaks[np.maximum(country, 0)].argmax(1))
    tongue = np.where(code > 0, spoken + 1, 0)
    of_tongue = np.bincount(tongue, share, len(locales().language) + 1)
    everybody = np.ones((len(locale), 4))
    everybody[:, 0] = of_tongue[tongue][locale]
    nowhere = np.zeros(len(locale), np.uint64)
    places = Places(tongue[locale].astype(np.uint64), nowhere, nowhere, nowhere)
    if background is None:
        tongues, alike = count_local_names(names, places, everybody)
    else:
        tongues, alike = background, share_with_namesakes(names, places, everybody, background)
    return tongues, np.ascontiguousarray(alike[:, 0])


def _compare(
    name: str,
    levels: tuple[Level, ...],
    row: Int64s,
    ratio: Floats,
    alike: Floats,
    customers: CustomerHabits,
    pairs: Pairs,
) -> Mixture:
    """A channel from the ratios of profiles and locales.

    A stranger who bears the customer's name lives in a country like the customer's with the share of its namesakes (as
    in `localnames`), and writes as people do there; else as anybody. Customers who were not compared count the mean of
    all.
    """
    told = np.flatnonzero((pairs.customer >= 0) & (row[pairs.profile] >= 0))
    told = told[customers.code[customers.locale[pairs.customer[told]]] > 0]
    rest = np.flatnonzero((pairs.customer < 0) & (row[pairs.profile] >= 0))
    customer = pairs.customer[told]
    there = ratio[row[pairs.profile[told]], customers.locale[customer]]
    others = _mean(ratio, customers)[row[pairs.profile[rest]]] if len(rest) else np.empty(0)
    fits = np.concatenate([there / (alike[customer] * there + 1 - alike[customer]), others])
    pair = np.concatenate([told, rest])
    return against_strangers(
        name,
        [one.name for one in levels],
        [_ANYBODY.name],
        pairs,
        pair=np.repeat(pair, 2),
        component=np.tile(np.arange(2), len(pair)),
        likelihood=np.stack([fits, np.ones(len(pair))], axis=1).ravel(),
        stranger=np.zeros(len(row), np.int64),
    )


def _mean(ratio: Floats, customers: CustomerHabits) -> Floats:
    """(n,) mean ratio over all customers, in a fixed order; those of whom nothing is known count 1."""
    out = np.zeros(len(ratio))
    for number, (code, share) in enumerate(zip(customers.code, customers.share, strict=True)):
        out += share * (ratio[:, number] if code > 0 else 1.0)
    return out + max(1.0 - float(customers.share.sum()), 0.0)
