"""Countries, regions and towns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sociolink.evidence import place
from sociolink.evidence.localnames import LocalNames
from sociolink.evidence.place import LEVELS, CustomerPlaces, Place, ProfilePlaces
from sociolink.evidence.placecodes import Places

AUSTIN = {"city": "Austin", "region": "TX", "country": "US"}
LYON = {"city": "Lyon", "region": "Rhône", "country": "France"}


@pytest.mark.parametrize(
    ("customer", "location", "level"),
    [
        (AUSTIN, "Austin, Texas", "city:same"),
        (AUSTIN, "ATX Austin TX", "city:same"),
        (AUSTIN, "Dallas, TX", "city:differs"),
        (AUSTIN, "Boston, MA", "city:region_differs"),
        (AUSTIN, "Lyon, France", "city:country_differs"),
        (AUSTIN, "Texas", "region:same"),
        (AUSTIN, "Ohio", "region:differs"),
        (AUSTIN, "USA", "country:same"),
        (AUSTIN, "Germany", "country:differs"),
        (AUSTIN, "the moon", None),
        (AUSTIN, "Lyon / Austin, TX", "city:same"),
        (LYON, "Lyon", "city:same"),
        (LYON, "🇫🇷", "country:same"),
        ({"region": "Yvelines", "country": "FR"}, "Ile-de-France", "region:same"),
        ({"region": "Yvelines", "country": "FR"}, "Essonne, Ile-de-France", "region:differs"),
        ({"region": "Français hors de France", "country": "FR"}, "Essonne", "country:same"),
        ({"country": "US"}, "Austin, TX", "country:same"),
        ({"city": "Lyon"}, "Lyon, France", "city:same"),
        ({"full_name": "x"}, "Austin, TX", None),
    ],
)
def test_the_narrowest_place_that_both_state(
    tell: Any, customer: dict[str, Any], location: str, level: str | None
) -> None:
    told = tell(Place(), [customer], [{"location": location}])

    assert told.get((0, 0), (None,))[0] == level


def test_a_place_where_many_customers_live_is_worth_less(tell: Any) -> None:
    few = [{"city": "Abilene", "region": "TX", "country": "US"}]

    told = tell(Place(), [AUSTIN] * 200 + few, [{"location": "Austin, TX"}, {"location": "Abilene, TX"}])

    assert 0.5 < told[0, 0][1] < 1.0
    assert told[1, 200][1] < 0.01


def test_a_large_town_is_likelier_than_a_small_one_where_one_customer_each_lives(tell: Any) -> None:
    customers = [LYON, {"city": "Bron", "region": "Rhône", "country": "FR"}] + [{"country": "FR", "city": "Paris"}] * 50

    told = tell(Place(), customers, [{"location": "Lyon, France"}, {"location": "Bron, Rhône"}])

    assert told[0, 0][1] > 3 * told[1, 1][1]


def test_a_profile_that_names_more_places_agrees_more_easily(tell: Any) -> None:
    told = tell(Place(), [AUSTIN, LYON], [{"location": "Austin, TX"}, {"location": "Lyon / Austin, TX"}])

    assert told[1, 0][1] > 1.5 * told[0, 0][1]


def test_a_place_proposes_nobody(met: Any) -> None:
    assert met(Place(), [AUSTIN], [{"location": "Austin, TX"}]) == set()


def test_one_level_is_worth_what_the_whole_row_says_of_it() -> None:
    """The slow way lays out all levels of each pair."""
    rng = np.random.default_rng(3)
    size = 500

    def somewhere(first: int) -> Places:
        codes = [rng.integers(low, 3, size).astype(np.uint64) for low in (first, 0, 0, 0)]
        return Places(*codes)

    shares = np.sort(rng.random((size, 4)), axis=1)[:, ::-1]
    customers = CustomerPlaces(somewhere(1), (), (), LocalNames((), ()), shares)
    profiles = ProfilePlaces(somewhere(1), np.arange(size + 1), rng.integers(1, 4, size).astype(np.float64))
    customer, at = rng.integers(0, size, 2_000).astype(np.int32), rng.integers(0, size, 2_000)
    level = place._levels(customers.places.take(customer), profiles.places.take(at))
    whole = place._chances(customers, profiles, customer, at)
    found = place._chance_of(level, customers, profiles, customer, at)
    assert found == pytest.approx(whole[np.arange(len(level)), level], rel=1e-14)
    assert set(level.tolist()) == set(range(len(LEVELS)))
