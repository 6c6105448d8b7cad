"""Dates, years, ages and numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from sociolink.evidence.birth import Birth
from sociolink.evidence.birthdays import FIRST_YEAR, read_births

IN_2020 = datetime(2020, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("birth_date", "profile", "level"),
    [
        ("1984-05-17", {"handle": "jane84"}, "number:same"),
        ("1984-05-17", {"handle": "jane_1984"}, "number:same"),
        ("1984-05-17", {"handle": "jane85"}, "number:near"),
        ("1984-05-17", {"handle": "jane99"}, "number:differs"),
        ("2004", {"handle": "jane04"}, "number:same"),
        ("1984", {"handle": "jane20"}, None),
        ("1984", {"handle": "jane842"}, None),
        ("1984", {"handle": "84jane"}, None),
        ("1984", {"bio": "1984 was not a manual"}, "number:same"),
        ("1984", {"bio": "here since 1984"}, None),
        ("1984", {"bio": "2001 - 2004"}, None),
        ("1984", {"bio": "Born in 1984"}, "year:same"),
        ("1984", {"bio": "née en 1983"}, "year:near"),
        ("1984", {"bio": "born 1990", "handle": "jane84"}, "year:differs"),
        ("1984-05-17", {"bio": "🎂 17.05.1984"}, "date:same"),
        ("1984-05-17", {"bio": "05/17/1984"}, "date:same"),
        ("1984-05-12", {"bio": "05/12/1984"}, "date:same"),
        ("1984-05-17", {"handle": "jane17051984"}, "date:same"),
        ("1984-05-17", {"handle": "jane19840517"}, "date:same"),
        ("1984-05-18", {"bio": "1984-05-17"}, "date:year"),
        ("1984-05", {"bio": "1984-05-17"}, "year:same"),
        ("1984", {"bio": "17.05.1984"}, "year:same"),
        ("1984-05-17", {"bio": "36 y/o", "created_at": IN_2020}, "year:near"),
        ("1984-05-17", {"bio": "Age: 22", "created_at": IN_2020}, "year:differs"),
        ("1984-05-17", {"bio": "36 y/o"}, None),
        (None, {"handle": "jane84"}, None),
        ("1850", {"handle": "jane84"}, None),
    ],
)
def test_what_is_stated_meets_what_is_known(
    tell: Any, birth_date: str | None, profile: dict[str, Any], level: str | None
) -> None:
    told = tell(Birth(), [{"birth_date": birth_date}], [profile])

    assert told.get((0, 0), (None,))[0] == level


def test_hashes_of_platforms_are_no_years(tell: Any) -> None:
    profile = {"platform": "linkedin", "handle": "jane-doe-19841984"}

    assert tell(Birth(), [{"birth_date": "1984"}], [profile]) == {}


def test_a_year_in_which_many_were_born_is_worth_less(tell: Any) -> None:
    customers = [{"birth_date": "1984"}] * 90 + [{"birth_date": "1950"}] * 10

    told = tell(Birth(), customers, [{"handle": "jane84"}, {"handle": "jane50"}])

    assert told[0, 0][1] > 3 * told[1, 99][1]


def test_a_full_date_is_worth_a_year_of_days(tell: Any) -> None:
    customers = [{"birth_date": "1984-05-17"}, {"birth_date": "1984-08-01"}]

    told = tell(Birth(), customers, [{"bio": "17.5.1984"}])

    assert told[0, 1][1] / told[0, 0][1] == pytest.approx(364.25, rel=0.01)


def test_an_age_leaves_two_years_and_their_neighbours(table: Any) -> None:
    profiles = table("profiles", [{"bio": "30 years old", "created_at": IN_2020}])

    births = read_births(profiles)

    assert (FIRST_YEAR + np.flatnonzero(births.likeness[0])).tolist() == [1988, 1989, 1990, 1991]
