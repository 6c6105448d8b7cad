"""Lifetime value and referral value by their declared formulas, term by term."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

import sociolink as sl
from enrichment_worlds import make_events, make_links, make_posts
from sociolink.enrichment.terms import ValueTerms

TERMS: dict[str, Any] = {
    "margin": 0.3,
    "retention": 0.8,
    "discount_rate": 0.1,
    "years": 4,
    "least_years": 0.5,
    "referrals_per_advocacy": 0.02,
    "share_anyway": 0.4,
    "referred_margin": 50,
    "referral_cost": 5,
    "marketing_cost": 7,
    "acquisition_saved": 30,
    "acquisition_saved_anyway": 10,
}
POSTS = make_posts(
    [
        {"profile_id": "p1", "text": "love the Lamp", "created_at": datetime(2025, 1, 1, tzinfo=UTC)},
        {"profile_id": "p1", "text": "the Lamp is great", "created_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"profile_id": "p1", "text": "love the Lamp but the service sucks"},
        {"profile_id": "p2", "text": "the Lamp is great"},
    ]
).append_column("followers", pa.array([10, 90, None, 7]))
EVENTS = make_events(
    [
        {"customer_id": "c1", "kind": "order", "amount": 100.0, "occurred_at": datetime(2024, 1, 1, tzinfo=UTC)},
        {"customer_id": "c1", "kind": "order", "amount": 60.0, "occurred_at": datetime(2025, 6, 1, tzinfo=UTC)},
    ]
)
LINKS = make_links({"p1": [("c1", 0.8)], "p2": [("c1", 0.25), ("c2", 0.5)]})


def rows(**more: Any) -> dict[str, dict[str, Any]]:
    found = sl.enrich(LINKS, POSTS, events=EVENTS, **more)
    return {row["customer_id"]: row for row in found.customer_value.to_pylist()}


def test_lifetime_value_is_the_sum_over_years() -> None:
    per_year = 0.3 * 160 / (731 / 365.25)

    expected = sum(per_year * 0.8**year / 1.1**year for year in (1, 2, 3, 4))
    assert rows(value=TERMS)["c1"]["lifetime_value"] == pytest.approx(expected)
    assert rows(value=TERMS)["c2"]["lifetime_value"] == 0


def test_referral_value_is_the_sum_over_years_and_referred_customers() -> None:
    """Advocacy is praise without complaint: two posts of p1, one of p2; over the year from first post to last."""
    found = rows(value=ValueTerms(**TERMS))["c1"]
    advocacy = 0.8 * 2 + 0.25 * 1
    referred = advocacy / (365 / 365.25) * 0.02

    expected = sum((0.6 * referred * (50 - 5 - 7 + 30) + 0.4 * referred * 10) / 1.1**year for year in (1, 2, 3, 4))
    assert (found["advocacy"], found["advocacy_low"], found["advocacy_high"]) == (pytest.approx(advocacy), 0, 3)
    assert found["referral_value"] == pytest.approx(expected)
    assert found["referral_value_low"] == 0
    assert found["referral_value_high"] == pytest.approx(expected / advocacy * 3)


def test_reach_is_expected_followers() -> None:
    assert rows()["c1"]["reach"] == pytest.approx(0.8 * 90 + 0.25 * 7)
    assert rows()["c2"]["reach"] == pytest.approx(0.5 * 7)


def test_without_terms_nothing_is_valued() -> None:
    found = rows()["c1"]

    assert found["spent"] == 160
    assert (found["lifetime_value"], found["referral_value"]) == (None, None)


def test_terms_have_no_defaults() -> None:
    given = {name: value for name, value in TERMS.items() if name not in ("margin", "years")}

    with pytest.raises(sl.errors.InputError, match="unknown: tip; missing: margin, years"):
        rows(value={**given, "tip": 1})


@pytest.mark.parametrize(("name", "bad"), [("margin", 1.5), ("years", 0), ("years", 2.5), ("discount_rate", -1)])
def test_terms_have_ranges(name: str, bad: float) -> None:
    with pytest.raises(sl.errors.InputError, match=f"value: {name} is {bad}"):
        rows(value={**TERMS, name: bad})


@pytest.mark.parametrize(
    "told",
    [pa.array(["10", "90", None, "7"]), pa.array([10.0, 90.0, None, 7.0]), pa.array([10.0, 90.0, float("nan"), 7.0])],
)
def test_followers_may_be_written_as_text_or_floats(told: pa.Array) -> None:
    """As CSV files and pandas frames with missing values have them."""
    posts = POSTS.set_column(POSTS.column_names.index("followers"), "followers", told)

    found = sl.enrich(LINKS, posts).customer_value.to_pylist()

    assert [row["reach"] for row in found] == [pytest.approx(0.8 * 90 + 0.25 * 7), pytest.approx(0.5 * 7)]


def test_followers_that_are_no_numbers_tell_nothing() -> None:
    posts = POSTS.set_column(POSTS.column_names.index("followers"), "followers", pa.array(["many", None, "x", ""]))

    assert sl.enrich(LINKS, posts).customer_value["reach"].to_pylist() == [None, None]
