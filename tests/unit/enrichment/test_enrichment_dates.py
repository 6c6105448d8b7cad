"""Moments from columns of any kind."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pandas as pd
import pyarrow as pa
import pytest

from sociolink.enrichment.dates import DAY, read_as_of, read_column, show_moment


@pytest.mark.parametrize(
    "values",
    [
        pa.array([date(1970, 1, 3), None]),
        pa.array([datetime(1970, 1, 3), None], pa.timestamp("ms")),
        pa.array([datetime(1970, 1, 3), None], pa.timestamp("ns", tz="UTC")),
        pa.array([2 * DAY * 1000 + 1, None], pa.timestamp("ns", tz="Europe/Berlin")),
        pa.array([" 1970-01-03", ""]),
        pa.array(["1970-01-03T00:00:00Z", None], pa.large_string()),
    ],
)
def test_columns_are_read(values: pa.Array) -> None:
    moment, known, bad = read_column(pa.chunked_array([values]))

    assert (moment.tolist(), known.tolist(), bad) == ([2 * DAY, 0], [True, False], 0)


def test_what_is_no_date_is_counted() -> None:
    assert read_column(pa.chunked_array([[1.5, None]]))[2] == 1
    assert read_column(pa.chunked_array([["x", "1970-01-03"]]))[2] == 1


def test_moments_are_given_in_several_ways() -> None:
    east = timezone(timedelta(hours=2))

    assert read_as_of(datetime(1970, 1, 2, 2, tzinfo=east)) == DAY
    assert read_as_of(datetime(1969, 12, 31)) == -DAY
    assert read_as_of(5) is None
    assert read_as_of(pd.NaT) is None
    assert read_as_of(pd.Timestamp("1970-01-02", tz="UTC")) == DAY
    assert show_moment(-DAY) == "1969-12-31T00:00:00+00:00"
