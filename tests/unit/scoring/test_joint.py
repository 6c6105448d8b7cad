"""Profiles judged together, against the sum over all worlds."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.scoring.joint import Claims, Rates, learn_rates, resolve_claims


def claims_of(rows: list[tuple[int, int, float]], platform: list[int], unit: list[int] | None = None) -> Claims:
    profile, person, solo = (np.array(column) for column in zip(*rows, strict=True))
    units = np.arange(len(platform)) if unit is None else np.array(unit)
    return Claims(profile, person, solo.astype(float), np.array(platform), units, 100)


def beliefs(claims: Claims, factor: np.ndarray) -> np.ndarray:
    left = 1 - np.bincount(claims.profile, claims.solo, len(claims.platform))
    weight = claims.solo * factor
    return weight / (np.bincount(claims.profile, weight, len(claims.platform)) + left)[claims.profile]


def by_enumeration(claims: Claims, rates: Rates) -> np.ndarray:
    """The obvious way: every assignment of all profiles, weighed."""
    profiles = len(claims.platform)
    options = [[*np.flatnonzero(claims.profile == one).tolist(), -1] for one in range(profiles)]
    total, out = 0.0, np.zeros(len(claims.solo))
    for world in product(*options):
        weight = 1.0
        accounts: dict[int, list[int]] = {}
        for one, row in enumerate(world):
            mine = claims.solo[claims.profile == one]
            weight *= 1 - mine.sum() if row < 0 else claims.solo[row]
            if row >= 0:
                accounts.setdefault(int(claims.person[row]), []).append(int(claims.platform[one]))
        for where in accounts.values():
            weight *= rates.other ** (len(set(where)) - 1) * rates.same ** (len(where) - len(set(where)))
        total += weight
        out[[row for row in world if row >= 0]] += weight
    return out / total


chances = st.floats(0.01, 0.95)
rates_drawn = st.builds(Rates, st.floats(0.1, 20), st.floats(0.05, 5))


@given(st.lists(st.tuples(chances, st.integers(0, 2)), min_size=1, max_size=5), rates_drawn)
def test_one_person_and_some_profiles_are_exact(rows: list[tuple[float, int]], rates: Rates) -> None:
    claims = claims_of([(i, 0, p) for i, (p, _) in enumerate(rows)], [where for _, where in rows])

    found = beliefs(claims, resolve_claims(claims, rates))

    assert found == pytest.approx(by_enumeration(claims, rates), rel=0.02, abs=0.005)


@pytest.mark.parametrize("rates", [Rates(4.0, 0.2), Rates(0.5, 2.0), Rates(1.0, 1.0)])
def test_a_chain_is_exact(rates: Rates) -> None:
    claims = claims_of([(0, 0, 0.7), (1, 0, 0.5), (1, 1, 0.3), (2, 1, 0.6)], [0, 0, 1])

    assert beliefs(claims, resolve_claims(claims, rates)) == pytest.approx(by_enumeration(claims, rates), abs=1e-3)


@given(st.permutations(range(6)), rates_drawn)
def test_the_order_of_rows_does_not_matter(order: list[int], rates: Rates) -> None:
    rows = [(0, 0, 0.7), (0, 1, 0.2), (1, 0, 0.5), (1, 1, 0.3), (2, 1, 0.6), (2, 2, 0.1)]
    first = resolve_claims(claims_of(rows, [0, 0, 1]), rates)

    again = resolve_claims(claims_of([rows[one] for one in order], [0, 0, 1]), rates)

    assert again.tolist() == first[list(order)].tolist()


def test_who_shares_nobody_stays_as_they_are() -> None:
    claims = claims_of([(0, 0, 0.7), (1, 1, 0.5), (1, 2, 0.1)], [0, 0])

    assert resolve_claims(claims, Rates(5.0, 0.1)).tolist() == [1.0, 1.0, 1.0]


def test_one_fact_on_two_platforms_counts_once() -> None:
    rows = [(0, 0, 0.4), (1, 0, 0.4)]

    alike = resolve_claims(claims_of(rows, [0, 1], unit=[0, 0]), Rates(10.0, 0.1))
    apart = resolve_claims(claims_of(rows, [0, 1]), Rates(10.0, 0.1))

    assert alike.tolist() == [1.0, 1.0]
    assert (apart > 2).all()


def test_a_fan_does_not_take_the_link_of_the_owner() -> None:
    claims = claims_of([(0, 0, 0.98), (1, 0, 0.6), (2, 0, 0.6), (3, 0, 0.6)], [0, 0, 0, 0])

    owner, *fans = beliefs(claims, resolve_claims(claims, Rates(1.0, 0.1)))

    assert owner > 0.85
    assert max(fans) < 0.2


def test_rates_follow_what_people_do() -> None:
    """Forty people with one account on each of two platforms, and a rival on the first that is judged much alike."""
    rows = [row for i in range(60) for row in ((3 * i, i, 0.97), (3 * i + 1, i, 0.97), (3 * i + 2, i, 0.02))]

    rates = learn_rates(claims_of(rows, [0, 1, 0] * 60))

    assert rates.other > 1.1
    assert rates.same < rates.other / 2


def test_rates_stay_near_one_where_there_is_little_to_see() -> None:
    rates = learn_rates(claims_of([(0, 0, 0.9), (1, 0, 0.9)], [0, 1]))

    assert 0.8 < rates.other < 1.3
    assert 0.8 < rates.same < 1.3
    assert learn_rates(Claims(*(np.zeros(0, int),) * 2, np.zeros(0), *(np.zeros(0, int),) * 2, 5)) == Rates()
