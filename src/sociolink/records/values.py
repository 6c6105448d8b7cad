"""Strings of one column turned into its declared type, with a reason for each value that cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.records.accounts import READ_AS_ADDRESS, READ_AS_AT, name_platforms, read_handles
from sociolink.records.columns import Column, arrow_type
from sociolink.records.dates import ReadDates, read_moments, read_partial_dates
from sociolink.records.patterns import (
    CONSENT_WORDS,
    CONTROL,
    CONTROL_IN_KEYS,
    COUNT,
    FLAG_WORDS,
    FLOAT_ID,
    GROUPED,
    LOST_DIGITS,
    NULL_WORDS,
    NUMBER,
    WHITESPACE,
)
from sociolink.records.rejects import Repair, code
from sociolink.records.strings import Strings
from sociolink.records.suspects import matches, trim

__all__ = ["ReadValues", "read_values"]

_Codes = npt.NDArray[np.uint8]
_KEYS = ("id", "handle", "platform", "word", "consent", "flag", "count", "number", "moment", "partial_date")


@dataclass(frozen=True, slots=True)
class ReadValues:
    """A column of the declared type.

    Attributes:
        values: Array of `arrow_type(column)` (of its items, for lists); null where missing or set aside.
        codes: Why a value was set aside, as positions in `REASONS`; 0 where it was not.
        repairs: What was repaired.
    """

    values: pa.Array
    codes: _Codes
    repairs: tuple[Repair, ...]


def read_values(column: Column, strings: Strings, *, platforms: pa.Array | None = None) -> ReadValues:
    """Check single values against the declaration and turn them into its type.

    Args:
        column: The declared column.
        strings: What was written.
        platforms: Canonical platform of each row, for handles.

    Examples:
        >>> from sociolink.records.columns import table_spec
        >>> from sociolink.records.strings import as_strings
        >>> consent = table_spec("customers").column("consent")
        >>> read = read_values(consent, as_strings(pa.array(["True", "yes", ""])))
        >>> read.values.to_pylist(), read.codes.tolist()
        ([True, None, None], [0, 7, 0])
    """
    trimmed = trim(strings.values, WHITESPACE)
    lengths = pc.binary_length(trimmed)
    text = _fill_blanks(trimmed, lengths, words=column.type not in ("text", "id", "handle"))
    cut = 0
    if trimmed is not strings.values:
        shorter = pc.not_equal(lengths, pc.binary_length(strings.values))
        cut = int(pc.sum(pc.and_(shorter, pc.is_valid(text))).as_py() or 0)
    repairs = [Repair(column.name, "white space removed", cut)]
    codes = strings.codes.copy()
    if (pc.max(lengths).as_py() or 0) > column.max_chars:
        _mark(codes, pc.greater(pc.utf8_length(text), column.max_chars), "too long")
    control = CONTROL_IN_KEYS if column.type in _KEYS else CONTROL
    _mark(codes, matches(text, control), "control characters")
    text = _without(text, codes)
    values, more = _typed(column, text, codes, platforms)
    return ReadValues(_without(values, codes), codes, tuple(r for r in (*repairs, *more) if r.count))


def _fill_blanks(values: Any, lengths: Any, *, words: bool) -> Any:
    """The values, null where they say nothing: empty, and words for nothing where the column is no text."""
    blank = pc.fill_null(pc.equal(lengths, 0), False).to_numpy(zero_copy_only=False)
    if words:
        short = pc.fill_null(pc.less_equal(lengths, max(map(len, NULL_WORDS))), False).to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(short)
        nothing = pc.is_in(pc.ascii_lower(values.take(pa.array(rows))), pa.array(NULL_WORDS))
        blank = blank.copy()
        blank[rows] |= nothing.to_numpy(zero_copy_only=False)
    return pc.if_else(pa.array(blank), None, values) if blank.any() else values


def _typed(column: Column, text: Any, codes: _Codes, platforms: pa.Array | None) -> tuple[Any, list[Repair]]:
    """Values of the declared type; marks in `codes` (made by the caller for this) what cannot be one."""
    if column.type == "id":
        return _ids(column, text, codes)
    if column.type == "handle":
        return _handles(column, text, codes, pa.nulls(len(text), pa.string()) if platforms is None else platforms)
    if column.type == "platform":
        return name_platforms(text), []
    if column.type == "word":
        return _words(column, text, codes)
    if column.type in ("consent", "flag"):
        return _truths(column, text, codes)
    if column.type in ("count", "number"):
        return _numbers(column, text, codes)
    if column.type in ("moment", "partial_date"):
        read = read_moments(text) if column.type == "moment" else read_partial_dates(text)
        return read.values, _dates(column, read, codes)
    return text, []


def _ids(column: Column, text: Any, codes: _Codes) -> tuple[Any, list[Repair]]:
    _mark(codes, matches(text, LOST_DIGITS, needs="+"), "digits lost by a spreadsheet")
    floats = matches(text, FLOAT_ID, needs=".")
    count = int(floats.sum())
    if count:
        text = pc.if_else(pa.array(floats), pc.replace_substring_regex(text, r"\.0+$", ""), text)
    return text, [Repair(column.name, "'.0' removed from a numeric id", count)]


def _handles(column: Column, text: Any, codes: _Codes, platforms: pa.Array) -> tuple[Any, list[Repair]]:
    read = read_handles(text, platforms)
    _mark(codes, pa.array(read.empty), "empty handle")
    named = ((READ_AS_ADDRESS, "handle taken out of an address"), (READ_AS_AT, "prefix removed from a handle"))
    repairs = []
    for number, repair in named:
        positions = np.flatnonzero((read.repairs == number) & (codes == 0))
        repairs.append(Repair(column.name, repair, len(positions), positions))
    return read.values, repairs


def _words(column: Column, text: Any, codes: _Codes) -> tuple[Any, list[Repair]]:
    spellings = (*((choice, choice) for choice in column.choices), *column.synonyms)
    lower = pc.ascii_lower(text)
    place = pc.index_in(lower, pa.array([spelling for spelling, _ in spellings]))
    _mark(codes, pc.and_(pc.is_valid(text), pc.is_null(place)), "not one of the words allowed")
    values = pc.take(pa.array([choice for _, choice in spellings]), place)
    changed = pc.fill_null(pc.not_equal(values, lower), False)
    return values, [Repair(column.name, "other word for an allowed one", int(pc.sum(changed).as_py() or 0))]


def _truths(column: Column, text: Any, codes: _Codes) -> tuple[Any, list[Repair]]:
    words = CONSENT_WORDS if column.type == "consent" else FLAG_WORDS
    place = pc.index_in(pc.ascii_lower(text), pa.array([word for word, _ in words]))
    reason = "not true, false or empty" if column.type == "consent" else "not one of the words allowed"
    _mark(codes, pc.and_(pc.is_valid(text), pc.is_null(place)), reason)
    return pc.take(pa.array([value for _, value in words]), place), []


def _numbers(column: Column, text: Any, codes: _Codes) -> tuple[Any, list[Repair]]:
    grouped = pc.fill_null(pc.match_substring_regex(text, GROUPED), False)
    count = int(pc.sum(grouped).as_py() or 0)
    if count:
        text = pc.if_else(grouped, pc.replace_substring(text, ",", ""), text)
    pattern = COUNT if column.type == "count" else NUMBER
    _mark(codes, pc.invert(pc.match_substring_regex(text, pattern)), "not a number")
    text = pc.replace_substring_regex(_without(text, codes), r"^\+", "")
    if column.type == "count":
        text = pc.replace_substring_regex(text, r"\.0+$", "")
    values = pc.cast(text, arrow_type(column))
    if column.minimum is not None:
        low = pc.less_equal if column.exclusive else pc.less
        _mark(codes, low(values, column.minimum), "out of range")
    if column.maximum is not None:
        _mark(codes, pc.greater(values, column.maximum), "out of range")
    return values, [Repair(column.name, "commas between thousands removed", count)]


def _dates(column: Column, read: ReadDates, codes: _Codes) -> list[Repair]:
    np.copyto(codes, read.codes, where=(codes == 0) & (read.codes != 0))
    count = int((read.rewritten & (codes == 0)).sum())
    return [Repair(column.name, "date written in another form than ISO", count)]


def _mark(codes: _Codes, bad: Any, reason: str) -> None:
    """Write a reason where values are bad and have none yet; `codes` belongs to the caller's own call."""
    if not isinstance(bad, np.ndarray):
        bad = pc.fill_null(bad, False).to_numpy(zero_copy_only=False)
    here = np.asarray(bad, dtype=np.bool_)
    codes[here & (codes == 0)] = code(reason)


def _without(values: Any, codes: _Codes) -> Any:
    """The values, null where they were set aside."""
    return pc.if_else(pa.array(codes != 0), None, values) if codes.any() else values
