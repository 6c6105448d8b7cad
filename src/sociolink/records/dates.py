"""Dates as people and programs write them, read for whole columns at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.records.patterns import DATES, DAY_MONTH_YEAR, EPOCH, MONTHS, PARTIAL_DATE
from sociolink.records.rejects import code

__all__ = ["EARLIEST_YEAR", "LATEST_YEAR", "ReadDates", "read_moments", "read_partial_dates", "read_timestamps"]

EARLIEST_YEAR, LATEST_YEAR = 1800, 2199

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ReadDates:
    """Dates read from a column of strings.

    Attributes:
        values: Timestamps in UTC, or ISO strings for dates of known precision; null where nothing could be read.
        codes: Why not, as positions in `REASONS`; 0 where the value is good or was null.
        rewritten: The value was not in ISO form.
    """

    values: pa.Array
    codes: npt.NDArray[np.uint8]
    rewritten: _Bools


@dataclass(slots=True)
class _Parts:
    """Year to offset of each distinct value; `year` 0 where nothing was read yet. Private scratch space."""

    year: _Ints
    month: _Ints
    day: _Ints
    hour: _Ints
    minute: _Ints
    second: _Ints
    micro: _Ints
    offset: _Ints

    @classmethod
    def empty(cls, size: int) -> _Parts:
        return cls(*(np.zeros(size, dtype=np.int64) for _ in fields(cls)))


def read_moments(values: pa.Array) -> ReadDates:
    """Read points in time; those without an offset are taken as UTC, those without a time as midnight.

    Dates such as 03/04/2024 are read only if other values of the column tell which is the day.

    Args:
        values: Strings, trimmed, null where missing.

    Returns:
        Timestamps in microseconds, UTC.

    Examples:
        >>> read = read_moments(pa.array(["2024-05-17", "Wed Oct 10 20:19:24 +0000 2018", "soon"]))
        >>> [str(value) for value in read.values.to_pylist()]
        ['2024-05-17 00:00:00+00:00', '2018-10-10 20:19:24+00:00', 'None']
    """
    distinct, indices = _distinct(values)
    parts, known, codes = _parse(distinct)
    micros, good = _micros(parts)
    is_epoch = _matches(distinct, EPOCH) & ~known
    if is_epoch.any():
        digits = pc.cast(distinct.filter(pa.array(is_epoch)), pa.int64()).to_numpy(zero_copy_only=False)
        micros[is_epoch] = digits * np.where(digits >= 10**10, 1_000, 1_000_000)
        good |= is_epoch
        known |= is_epoch
    good &= _possible(micros)
    codes[known & ~good | ~known & (codes == 0)] = code("unreadable date")
    moments = pa.array(micros, mask=codes != 0).cast(pa.timestamp("us", tz="UTC"))
    return _spread(distinct, indices, moments, codes)


def read_timestamps(values: pa.Array) -> ReadDates | None:
    """Points in time that are typed as such, as if they had been written out and read; those without a zone are UTC.

    Args:
        values: Any array.

    Returns:
        Timestamps in microseconds, UTC; None where the array holds something else, or finer or wider times.

    Examples:
        >>> read = read_timestamps(pa.array([0, None], pa.timestamp("s", tz="Europe/Paris")))
        >>> [str(value) for value in read.values.to_pylist()]
        ['1970-01-01 00:00:00+00:00', 'None']
    """
    kind = values.type
    if not pa.types.is_timestamp(kind) or kind.unit not in ("s", "ms", "us"):
        return None
    try:
        numbers = pc.cast(pc.cast(values, pa.timestamp("us", tz=kind.tz)), pa.int64())
    except pa.ArrowInvalid:
        return None
    there = pc.is_valid(numbers).to_numpy(zero_copy_only=False)
    micros = np.asarray(pc.fill_null(numbers, 0).to_numpy(zero_copy_only=False), np.int64)
    good = ~there | _possible(micros)
    codes = np.where(good, 0, code("unreadable date")).astype(np.uint8)
    moments = pa.array(micros, mask=~(there & good)).cast(pa.timestamp("us", tz="UTC"))
    return ReadDates(moments, codes, np.zeros(len(values), np.bool_))


def _possible(micros: _Ints) -> _Bools:
    """Whether moments lie in the years that are read."""
    low, high = (np.datetime64(f"{year}-01-01", "us").astype(np.int64) for year in (EARLIEST_YEAR, LATEST_YEAR + 1))
    return np.asarray((micros >= low) & (micros < high), np.bool_)


def read_partial_dates(values: pa.Array) -> ReadDates:
    """Read dates of known precision: year, month or day.

    Args:
        values: Strings, trimmed, null where missing.

    Returns:
        ISO strings such as "1970", "1970-05" or "1970-05-17".

    Examples:
        >>> read_partial_dates(pa.array(["1970", "17.05.1970", "1970-13"])).values.to_pylist()
        ['1970', '1970-05-17', None]
    """
    distinct, indices = _distinct(values)
    is_partial = _matches(distinct, PARTIAL_DATE)
    parts, known, codes = _parse(distinct)
    if is_partial.any():
        found = pc.extract_regex(distinct.filter(pa.array(is_partial)), PARTIAL_DATE)
        parts.year[is_partial] = _ints(found, "y")
        parts.month[is_partial] = _ints(found, "m", default="1")
        parts.day[is_partial] = 1
        codes[is_partial] = 0
        known |= is_partial
    _, good = _micros(parts)
    good &= (parts.year >= EARLIEST_YEAR) & (parts.year <= LATEST_YEAR)
    codes[known & ~good | ~known & (codes == 0)] = code("unreadable date")
    keep = codes == 0
    days = _days(np.where(keep, parts.year, 2000), np.where(keep, parts.month, 1), np.where(keep, parts.day, 1))
    text = pc.if_else(pa.array(is_partial), distinct, pc.cast(pa.array(days.astype("datetime64[D]")), pa.string()))
    return _spread(distinct, indices, pc.if_else(pa.array(keep), text, None), codes)


def _distinct(values: Any) -> tuple[pa.Array, pa.Array]:
    """Distinct values and where each row finds its own."""
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    encoded = array.dictionary_encode()
    return encoded.dictionary, encoded.indices


def _spread(distinct: pa.Array, indices: pa.Array, read: pa.Array, codes: npt.NDArray[np.uint8]) -> ReadDates:
    """From distinct values back to rows; null rows are good and null."""
    iso = _matches(distinct, r"^[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:[T ].*)?)?)?$")
    there = pc.is_valid(indices).to_numpy(zero_copy_only=False)
    filled = pc.fill_null(indices, 0).to_numpy(zero_copy_only=False)
    if not len(distinct):
        return ReadDates(pc.take(read, indices), np.zeros(len(indices), np.uint8), np.zeros(len(indices), np.bool_))
    row_codes = np.where(there, codes[filled], 0).astype(np.uint8)
    return ReadDates(pc.take(read, indices), row_codes, there & ~iso[filled] & (row_codes == 0))


def _matches(values: pa.Array, pattern: str) -> _Bools:
    matched = pc.match_substring_regex(values, pattern)
    return np.asarray(pc.fill_null(matched, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _parse(distinct: pa.Array) -> tuple[_Parts, _Bools, npt.NDArray[np.uint8]]:
    """Take every value apart by the first pattern it fits; the codes hold the values whose order is uncertain."""
    size = len(distinct)
    parts, known, codes = _Parts.empty(size), np.zeros(size, np.bool_), np.zeros(size, np.uint8)
    for pattern in DATES:
        here = np.flatnonzero(_matches(distinct, pattern) & ~known)
        if len(here):
            found = pc.extract_regex(distinct.take(pa.array(here)), pattern)
            _store(parts, here, found, month=_months(found), day=_ints(found, "d"))
            known[here] = True
    here = np.flatnonzero(_matches(distinct, DAY_MONTH_YEAR) & ~known)
    if len(here):
        found = pc.extract_regex(distinct.take(pa.array(here)), DAY_MONTH_YEAR)
        first, second = _ints(found, "a"), _ints(found, "b")
        day_first, month_first = bool((first > 12).any()), bool((second > 12).any())
        swap = second > 12
        if month_first and not day_first:
            swap = np.ones_like(swap)
        certain = (first > 12) | (second > 12) | (first == second) | (day_first != month_first)
        _store(parts, here, found, month=np.where(swap, first, second), day=np.where(swap, second, first))
        known[here] = certain
        codes[here[~certain]] = code("day and month cannot be told apart")
    return parts, known, codes


def _store(parts: _Parts, here: _Ints, found: Any, *, month: _Ints, day: _Ints) -> None:
    hour, half = _ints(found, "H"), _strings(found, "half")
    if half is not None:
        late = pc.equal(pc.ascii_lower(half), "p").to_numpy(zero_copy_only=False)
        given = pc.not_equal(half, "").to_numpy(zero_copy_only=False)
        hour = np.where(given, np.where((hour >= 1) & (hour <= 12), hour % 12 + 12 * late, 99), hour)
    parts.year[here], parts.month[here], parts.day[here] = _ints(found, "y"), month, day
    parts.hour[here], parts.minute[here], parts.second[here] = hour, _ints(found, "M"), _ints(found, "S")
    fraction = _strings(found, "f")
    if fraction is not None:
        padded = pc.utf8_slice_codeunits(pc.binary_join_element_wise(fraction, "000000", ""), 0, 6)
        parts.micro[here] = pc.cast(padded, pa.int64()).to_numpy(zero_copy_only=False)
    parts.offset[here] = _offsets(_strings(found, "z"), len(here))


def _strings(found: Any, name: str) -> Any:
    """The strings of one group, "" where it took no part; None where the pattern has no such group."""
    return pc.fill_null(pc.struct_field(found, name), "") if found.type.get_field_index(name) >= 0 else None


def _ints(found: Any, name: str, *, default: str = "0") -> _Ints:
    text = _strings(found, name)
    if text is None:
        return np.zeros(len(found), dtype=np.int64)
    filled = pc.if_else(pc.equal(text, ""), default, text)
    return np.array(pc.cast(filled, pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _months(found: Any) -> _Ints:
    names = _strings(found, "mon")
    if names is None:
        return _ints(found, "m")
    place = pc.index_in(pc.ascii_lower(names), pa.array(MONTHS))
    return np.array(pc.fill_null(place, -1).to_numpy(zero_copy_only=False), dtype=np.int64) + 1


def _offsets(zones: Any, size: int) -> _Ints:
    """Minutes east of UTC; 99,999 where the offset is no offset."""
    if zones is None:
        return np.zeros(size, dtype=np.int64)
    found = pc.extract_regex(pc.replace_substring(zones, ":", ""), r"^(?P<s>[+-])(?P<h>[0-9]{2})(?P<m>[0-9]{2})?$")
    sign = np.where(pc.equal(_strings(found, "s"), "-").to_numpy(zero_copy_only=False), -1, 1)
    hours, minutes = _ints(found, "h"), _ints(found, "m")
    return np.where((hours <= 15) & (minutes <= 59), sign * (hours * 60 + minutes), 99_999).astype(np.int64)


def _days(year: _Ints, month: _Ints, day: _Ints) -> _Ints:
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(first.astype(np.int64) + day - 1)


def _micros(parts: _Parts) -> tuple[_Ints, _Bools]:
    """Microseconds since 1970 in UTC, and whether the parts make a real date."""
    ok = (parts.month >= 1) & (parts.month <= 12) & (parts.day >= 1) & (parts.year >= 1) & (parts.year <= 9999)
    year, month = np.where(ok, parts.year, 2000), np.where(ok, parts.month, 1)
    day = np.where(ok, parts.day, 1)
    next_year, next_month = np.where(month == 12, year + 1, year), np.where(month == 12, 1, month + 1)
    length = _days(next_year, next_month, np.ones_like(day)) - _days(year, month, np.ones_like(day))
    ok &= (day <= length) & (parts.hour <= 23) & (parts.minute <= 59) & (parts.second <= 59) & (parts.offset < 99_999)
    seconds = _days(year, month, day) * 86_400 + parts.hour * 3_600 + (parts.minute - parts.offset) * 60 + parts.second
    return seconds * 1_000_000 + parts.micro, ok
