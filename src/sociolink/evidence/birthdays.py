"""What profiles say about when somebody was born: dates, years and ages in bios, numbers in handles."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import text_column
from sociolink.evidence.readings import read_handles
from sociolink.text.buffers import FEW, cut_strings
from sociolink.text.patterns import extract_groups, match_pattern, replace_pattern

__all__ = ["FIRST_YEAR", "YEARS", "StatedBirths", "read_births"]

Int32s = npt.NDArray[np.int32]

FIRST_YEAR = 1900
YEARS = 126

_OLDEST, _YOUNGEST = 1930, 2012
_MAX_BIO = 1000
_YEAR = "(?P<y>19[3-9][0-9]|200[0-9]|201[0-2])"
_EDGE, _END = "(?:^|[^0-9])", "(?:[^0-9]|$)"
_DATES = (
    rf"{_EDGE}(?P<a>[0-3]?[0-9])[./-](?P<b>[0-3]?[0-9])[./-]{_YEAR}{_END}",
    rf"{_EDGE}{_YEAR}[./-](?P<b>[01][0-9])[./-](?P<a>[0-3][0-9]){_END}",
)
_HANDLE_DATES = (
    rf"{_EDGE}(?P<a>[0-3][0-9])(?P<b>[0-3][0-9]){_YEAR}{_END}",
    rf"{_EDGE}{_YEAR}(?P<b>[01][0-9])(?P<a>[0-3][0-9]){_END}",
)
_BORN = rf"(?i)(?:born|\bn[ée]e?\b|\bgeb|\bb\.|nacid[oa]|nat[oa]|🎂|birthday|\bdob\b)[^0-9]{{0,16}}{_YEAR}{_END}"
_NOT_BORN = (
    r"(?i)(?:since|depuis|seit|desde|est\.?|established|founded|class of|promo|elected|élue?|from|©)[^0-9]{0,10}"
    r"[0-9]{4}|[0-9]{4}\s*[/\p{Pd}]\s*(?:[0-9]{2,4}|now|today)"
)
_ALONE = rf"{_EDGE}{_YEAR}{_END}"
_AGE = (
    r"(?i)(?:(?:^|[^0-9])(?P<before>[1-9][0-9])\s*(?:y/?o\b|yrs?[ -]old|years?[ -]old|jahre alt|años\b"
    r"|ans\s*(?:$|[,.|•·/;!-]))|\bage[d:]?\s*(?P<after>[1-9][0-9])\b)"
)
_LAST_TWO = r"[^0-9](?P<y>[0-9]{2})$"


@dataclass(frozen=True, slots=True)
class StatedBirths:
    """Statements of a batch of profiles, at most one each.

    Attributes:
        of_profile: (profiles,) int32, the statement of each profile; -1 where there is none.
        likeness: (statements, years) int8: 2 where the year is stated, 1 where it is within one of it or fits a stated
            age, else 0.
        said: (statements,) whether a birth or an age is stated, and not just a number.
        dates: (statements, 2) int32 stated date as year * 10000 + month * 100 + day, and how it reads with day and
            month exchanged; 0 where there is none.
    """

    of_profile: Int32s
    likeness: npt.NDArray[np.int8]
    said: npt.NDArray[np.bool_]
    dates: Int32s


@dataclass(frozen=True, slots=True)
class _Digits:
    """Those of some texts that hold a digit, for the others state no number.

    Attributes:
        rows: Number of texts.
        row: (n,) int64 the texts with a digit.
        text: (n,) these texts.
    """

    rows: int
    row: npt.NDArray[np.int64]
    text: pa.Array


def read_births(profiles: pa.Table) -> StatedBirths:
    """Read what profiles say about births.

    Args:
        profiles: Canonical profiles.

    Returns:
        The statements: a date in bio or handle if there is one, else a stated birth, else an age (which needs
        `created_at`), else numbers that may be years.

    Examples:
        >>> table = pa.table({"platform": ["x", "x"], "handle": ["jo_84", "ann"], "bio": ["", "born in 1990"]})
        >>> births = read_births(table)
        >>> [int(FIRST_YEAR + row.argmax()) for row in births.likeness], births.said.tolist()
        ([1984, 1990], [False, True])
    """
    rows = profiles.num_rows
    core = _with_digits(read_handles(profiles).core)
    bio = _with_digits(cut_strings(text_column(profiles, "bio"), _MAX_BIO))
    if len(bio.row) + len(core.row) == 0:
        return _nothing_stated(rows)
    dates = _first_dates([(bio, _DATES), (core, _HANDLE_DATES)])
    born = _years(bio, _BORN)
    age = _ages(bio)
    created = _created_years(profiles) if age.any() else np.zeros(rows, np.int32)
    aged = (age > 0) & (created > 0)
    otherwise = replace(bio, text=replace_pattern(bio.text, _NOT_BORN, " "))
    numbers = [_years(otherwise, _ALONE), _years(core, _ALONE), _last_two(core)]
    of_date = dates[:, 0] // 10000
    said = (of_date > 0) | (born > 0) | aged
    stated = (said | (np.stack(numbers) > 0).any(0)).nonzero()[0]
    likeness = np.zeros((len(stated), YEARS), np.int8)
    certain = np.where(of_date > 0, of_date, born)[stated]
    guessed = (certain == 0) & aged[stated]
    for back, near in ((-1, True), (0, True), (1, True), (2, True)):
        _mark(likeness, np.where(guessed, (created - age)[stated] - back, 0), near_only=near)
    _mark(likeness, certain)
    for number in numbers:
        _mark(likeness, np.where(said, 0, number)[stated])
    of_profile = np.full(rows, -1, np.int32)
    of_profile[stated] = np.arange(len(stated))
    return StatedBirths(of_profile, likeness, said[stated], dates[stated])


def _mark(likeness: npt.NDArray[np.int8], year: npt.NDArray[np.integer], *, near_only: bool = False) -> None:
    """Mark a year of each row, 0 for none, and its neighbours."""
    if not year.any():
        return
    for shift, step in ((0, 1),) if near_only else ((-1, 1), (1, 1), (0, 2)):
        column = year + shift - FIRST_YEAR
        rows = ((year > 0) & (column >= 0) & (column < YEARS)).nonzero()[0]
        likeness[rows, column[rows]] = np.maximum(likeness[rows, column[rows]], step)


def _with_digits(text: pa.Array) -> _Digits:
    rows = match_pattern(text, "[0-9]").nonzero()[0]
    return _Digits(len(text), rows, text.take(pa.array(rows)) if len(rows) else text.slice(0, 0))


def _nothing_stated(rows: int) -> StatedBirths:
    """Profiles without a digit."""
    nothing = np.empty((0, 2), np.int32)
    return StatedBirths(np.full(rows, -1, np.int32), np.empty((0, YEARS), np.int8), np.empty(0, np.bool_), nothing)


def _numbers(text: _Digits, pattern: str, *names: str) -> list[Int32s]:
    """For each name (rows,) the number that a pattern finds first, 0 for none."""
    out = [np.zeros(text.rows, np.int32) for _ in names]
    if len(text.row):
        parts = extract_groups(text.text, pattern)
        for number, name in enumerate(names):
            if len(text.row) < FEW:
                out[number][text.row] = [int(value or 0) for value in parts[name].to_pylist()]
                continue
            found = pc.fill_null(parts[name], "")
            value = pc.if_else(pc.equal(found, ""), None, found).cast(pa.int32())
            out[number][text.row] = np.asarray(pc.fill_null(value, 0), np.int32)
    return out


def _years(text: _Digits, pattern: str) -> Int32s:
    """First year that a pattern finds in each text, 0 for none."""
    return _numbers(text, pattern, "y")[0]


def _last_two(core: _Digits) -> Int32s:
    """Two digits at the end of handles as years, 0 where they cannot be meant."""
    two = _numbers(core, _LAST_TWO, "y")[0]
    found = np.zeros(core.rows, np.bool_)
    found[core.row] = match_pattern(core.text, _LAST_TWO)
    year = np.where(two > _YOUNGEST % 100, 1900 + two, 2000 + two)
    return np.where(found & (year >= _OLDEST) & (year <= _YOUNGEST), year, 0).astype(np.int32)


def _ages(bio: _Digits) -> Int32s:
    before, after = _numbers(bio, _AGE, "before", "after")
    return np.maximum(before, after)


def _created_years(profiles: pa.Table) -> Int32s:
    if "created_at" not in profiles.column_names or not pa.types.is_timestamp(profiles["created_at"].type):
        return np.zeros(profiles.num_rows, np.int32)
    return np.asarray(pc.fill_null(pc.year(profiles["created_at"]), 0), np.int32)


def _first_dates(sources: list[tuple[_Digits, tuple[str, str]]]) -> Int32s:
    """(rows, 2) the first date in any source, day first and month first; 0 where that is no date."""
    rows = sources[0][0].rows
    out = np.zeros((rows, 2), np.int32)
    for text, patterns in sources:
        if len(text.row) == 0:
            continue
        for pattern, either in zip(patterns, (True, False), strict=True):
            year, a, b = _numbers(text, pattern, "y", "a", "b")
            day_first, month_first = _date(year, b, a), _date(year, a, b) if either else np.zeros(rows, np.int32)
            found = np.stack([day_first, np.where(a == b, 0, month_first)], axis=1)
            found = np.where(found[:, :1] == 0, found[:, ::-1], found)
            out = np.where(out[:, :1] > 0, out, found)
    return out.astype(np.int32)


def _date(year: Int32s, month: Int32s, day: Int32s) -> Int32s:
    real = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return np.where(real, year * 10000 + month * 100 + day, 0).astype(np.int32)
