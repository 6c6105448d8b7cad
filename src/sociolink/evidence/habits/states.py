"""Locales of customers and habits of profiles as codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import list_column, text_column
from sociolink.evidence.habits.posts import FEWEST, HOURS, LANGUAGES
from sociolink.reference.locales import locales
from sociolink.text.languages import normalise_languages
from sociolink.text.places import normalise_countries

__all__ = ["LANGUAGE_COLUMNS", "HabitFacts", "country_codes", "read_habits", "read_locales", "split_locales"]

Int64s = npt.NDArray[np.int64]

LANGUAGE_COLUMNS: Final = ("language", "preferred_language", "locale", "lang")
"""Columns of customers that say their language, the first that is there; none is asked for."""

_AT_LEAST = 0.25
"""A language other than English is a profile's if it writes so much of its posts in it."""


@dataclass(frozen=True, slots=True)
class HabitFacts:
    """What the posts of profiles show.

    Attributes:
        language: (profiles,) row of `locales().language`; -1 where too few posts tell.
        row: (n,) profile of each hour in which one wrote, of profiles with enough of them.
        bins: (n,) month * 24 + hour, UTC.
        timed: (profiles,) whether it has enough hours.
    """

    language: Int64s
    row: Int64s
    bins: Int64s
    timed: npt.NDArray[np.bool_]


def country_codes(values: pa.Array) -> Int64s:
    """(n,) rows of `locales().country`; -1 for what is none."""
    codes = pa.array(locales().country)
    return np.asarray(pc.fill_null(pc.index_in(normalise_countries(values), value_set=codes), -1), np.int64)


def _language_codes(values: pa.Array) -> Int64s:
    found = pc.index_in(values, value_set=pa.array(locales().language))
    return np.asarray(pc.fill_null(found, -1), np.int64)


def read_locales(customers: pa.Table) -> Int64s:
    """(customers,) country and language in one number; 0 where neither is known."""
    country = country_codes(text_column(customers, "country"))
    language = np.full(customers.num_rows, -1, np.int64)
    column = next((name for name in LANGUAGE_COLUMNS if name in customers.column_names), None)
    if column is not None and pa.types.is_string(customers.schema.field(column).type):
        said = text_column(customers, column)
        language = _language_codes(normalise_languages(said))
        place = pc.struct_field(pc.extract_regex(said, r"^[A-Za-z]{2,3}[-_](?P<place>[A-Z]{2})$"), "place")
        country = np.where(country < 0, country_codes(pc.fill_null(place, "")), country)
    return (country + 1) * (len(locales().language) + 1) + language + 1


def split_locales(code: Int64s) -> tuple[Int64s, Int64s]:
    """(n,) countries and (n,) languages of codes of `read_locales`; -1 where unknown."""
    country, language = np.divmod(code, len(locales().language) + 1)
    return country - 1, language - 1


def _main_languages(profiles: pa.Table) -> Int64s:
    """(profiles,) the language that each writes in, as far as enough posts tell one."""
    row, said = list_column(profiles, LANGUAGES)
    known = locales().language
    code = _language_codes(said)
    size = len(known)
    met = code >= 0
    count = np.bincount(row[met].astype(np.int64) * size + code[met], minlength=profiles.num_rows * size)
    count = count.reshape(profiles.num_rows, size)
    english = known.index("en")
    total = count.sum(1)
    own = count.copy()
    own[:, english] = 0
    best = own.argmax(1) if len(own) else np.empty(0, np.int64)
    most = own.max(1, initial=0)
    plain = (most < _AT_LEAST * total) & (count[:, english] > 0) | (most == 0)
    return np.where(total >= FEWEST, np.where(plain, english, best), -1).astype(np.int64)


def read_habits(profiles: pa.Table) -> HabitFacts:
    """What the hidden columns of profiles say; nothing where they are not there."""
    if HOURS not in profiles.column_names:
        nothing = np.empty(0, np.int64)
        size = profiles.num_rows
        return HabitFacts(np.full(size, -1, np.int64), nothing, nothing, np.zeros(size, np.bool_))
    lists = profiles.column(HOURS).combine_chunks()
    row = np.asarray(pc.list_parent_indices(lists), np.int64)
    bins = np.asarray(pc.list_flatten(lists), np.int64)
    timed = np.bincount(row, minlength=profiles.num_rows) >= FEWEST
    kept = timed[row]
    return HabitFacts(_main_languages(profiles), row[kept], bins[kept], timed)
