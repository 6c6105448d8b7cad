"""Moments as numbers: columns of any kind, and the day from which everything is seen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from sociolink.records.dates import read_moments

__all__ = ["DAY", "EARLY", "LATE", "YEAR", "moments", "read_as_of", "read_column", "show_moment", "show_moments"]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

DAY = 86_400_000_000
"""Microseconds."""

YEAR = 365.25 * DAY
"""Microseconds."""

EARLY = int(np.iinfo(np.int64).min)
LATE = int(np.iinfo(np.int64).max)


def moments(column: Any) -> tuple[Ints, Bools]:
    """Microseconds since 1970 of a canonical column, and whether they are known."""
    known = np.asarray(pc.is_valid(column), np.bool_)
    return np.asarray(pc.fill_null(column.cast(pa.int64()), 0), np.int64), known


def read_column(column: pa.ChunkedArray) -> tuple[Ints, Bools, int]:
    """Microseconds of a column that is no canonical one.

    Args:
        column: Timestamps, dates, or strings in any form that `read_table` reads.

    Returns:
        (rows,) microseconds since 1970, (rows,) whether they are known, and how many values could not be read.

    Examples:
        >>> read_column(pa.chunked_array([["1970-01-02", None, "soon"]]))
        (array([86400000000,           0,           0]), array([ True, False, False]), 1)
    """
    values = column.combine_chunks()
    if pt.is_timestamp(values.type) or pt.is_date(values.type):
        stamps = values.cast(pa.timestamp("us", tz=getattr(values.type, "tz", None)), safe=False)
        return (*moments(stamps), 0)
    if not (pt.is_string(values.type) or pt.is_large_string(values.type)):
        return np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_), len(values) - values.null_count
    text = pc.utf8_trim_whitespace(values.cast(pa.string()))
    text = pc.if_else(pc.equal(text, ""), None, text)
    read = read_moments(text).values
    return (*moments(read), read.null_count - text.null_count)


def read_as_of(given: Any) -> int | None:
    """Microseconds of a moment that a caller gave; None where it cannot be read.

    Examples:
        >>> read_as_of("1970-01-02"), read_as_of(date(1970, 1, 2)), read_as_of("soon")
        (86400000000, 86400000000, None)
    """
    if isinstance(given, str):
        value, known, _ = read_column(pa.chunked_array([[given]]))
        return int(value[0]) if known[0] else None
    if isinstance(given, date) and not isinstance(given, datetime):
        given = datetime(given.year, given.month, given.day, tzinfo=UTC)
    if not isinstance(given, datetime) or given != given:  # pandas has a moment that is none, unlike itself
        return None
    at = given if given.tzinfo is not None else given.replace(tzinfo=UTC)
    past = at - datetime(1970, 1, 1, tzinfo=UTC)
    return past.days * DAY + past.seconds * 1_000_000 + past.microseconds


def show_moments(moment: Ints, known: Bools) -> pa.Array:
    """Microseconds as timestamps; null where they are not known."""
    return pa.array(np.where(known, moment, 0), mask=~known).cast(pa.timestamp("us", tz="UTC"))


def show_moment(moment: int) -> str:
    """Microseconds as ISO text.

    Examples:
        >>> show_moment(DAY)
        '1970-01-02T00:00:00+00:00'
    """
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment)).isoformat()
