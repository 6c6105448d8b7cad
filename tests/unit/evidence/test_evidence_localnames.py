"""How local names are, against a count over all customers, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from sociolink.evidence.localnames import count_local_names, hash_names, share_with_namesakes
from sociolink.evidence.place import Place
from sociolink.evidence.placecodes import Places

THETA = 10.0
KINDS = ("country", "region", "wide", "city")


def made_up(seed: int, people: int = 300) -> tuple[list[tuple[int, int]], list[dict[str, int]], np.ndarray]:
    """Names (0 is unknown), nested places (0 is unstated) and the shares of everybody."""
    rng = np.random.default_rng(seed)
    names = [(int(one), int(two)) for one, two in rng.integers(0, (6, 25), (people, 2))]
    where = []
    for country, wide, region, city in rng.integers(0, 3, (people, 4)).tolist():
        nested = (country, 10 * country + wide, 100 * country + 10 * wide + region, 1000 * country + city)
        stated = [country > 0 and (kind == 0 or part > 0) for kind, part in enumerate((country, wide, region, city))]
        values = [one if told else 0 for one, told in zip(nested, stated, strict=True)]
        where.append(dict(zip(("country", "wide", "region", "city"), values, strict=True)))
    return names, where, rng.random((people, len(KINDS)))


def as_places(where: Sequence[dict[str, int]]) -> Places:
    return Places(*(np.array([one[kind] for one in where], np.uint64) for kind in KINDS))


def as_hashes(names: Sequence[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.array(names, np.uint64).reshape(-1, 2).T
    return first, second


def slow_share(
    name: tuple[int, int],
    place: dict[str, int],
    everybody: Sequence[float],
    others: Sequence[tuple[tuple[int, int], dict[str, int]]],
) -> list[float]:
    """Of the namesakes in the country (of all who state one) those in the place, ten of everybody added."""
    best = [0.0] * len(KINDS)
    for which in (0, 1):
        namesakes = [at for bears, at in others if bears[which] == name[which] != 0 and at["country"]]
        near = [at for at in namesakes if at["country"] == place["country"] != 0]
        for kind, column in enumerate(KINDS):
            base = namesakes if kind == 0 else near
            here = [at for at in namesakes if at[column] == place[column] != 0]
            share = (len(here) + THETA * everybody[kind]) / (len(base) + THETA)
            best[kind] = max(best[kind], min(share, 1.0))
    return best


@pytest.mark.parametrize("seed", range(3))
def test_shares_are_those_of_all_other_namesakes(seed: int) -> None:
    names, where, everybody = made_up(seed)
    places, hashes = as_places(where), as_hashes(names)
    counts, found = count_local_names(hashes, places, everybody)
    assert np.array_equal(share_with_namesakes(hashes, places, everybody, counts), found)
    everyone = list(zip(names, where, strict=True))
    for row, (name, place) in enumerate(everyone):
        if not place["country"]:
            continue  # Is never compared.
        others = everyone[:row] + everyone[row + 1 :]
        assert found[row] == pytest.approx(slow_share(name, place, everybody[row].tolist(), others), rel=1e-12)


def test_a_name_or_place_that_nobody_shares_is_worth_what_everybody_is() -> None:
    names, where = [(1, 2), (3, 4), (0, 0)], [dict.fromkeys(KINDS, 7), dict.fromkeys(KINDS, 8), dict.fromkeys(KINDS, 0)]
    everybody = np.array([[0.5, 0.2, 0.3, 0.1]] * 3)
    places, hashes = as_places(where), as_hashes(names)
    _, found = count_local_names(hashes, places, everybody)
    assert found == pytest.approx(everybody, rel=1e-12)


def test_names_are_those_of_the_columns_or_of_the_full_name(table: Any) -> None:
    rows = [
        {"given_name": "Anna", "family_name": "Smith"},
        {"given_name": "ÁNNA Maria", "family_name": "smith"},
        {"given_name": "Anna-Lena", "family_name": "Smith"},
        {"full_name": "Anna van der Smith"},
        {"given_name": "Smith", "family_name": "Anna"},
        {"family_name": "Smith"},
        {},
    ]
    first, last = hash_names(table("customers", rows))
    assert len(set(first[:4].tolist())) == len(set(last[:4].tolist())) == 1
    assert (first[4], last[4]) == (last[0], first[0])
    assert (first[5], last[5]) == (0, last[0])
    assert first[6] == last[6] == 0
    assert (first[:5] > 0).all()


def test_the_order_of_customers_changes_nothing() -> None:
    names, where, everybody = made_up(9)
    order = np.random.default_rng(1).permutation(len(names))
    places, hashes = as_places(where), as_hashes(names)
    moved = as_places([where[i] for i in order]), as_hashes([names[i] for i in order])
    _, found = count_local_names(hashes, places, everybody)
    _, other = count_local_names(moved[1], moved[0], everybody[order])
    assert np.array_equal(found[order], other)


def test_decoys_are_judged_by_the_customers_names(table: Any) -> None:
    """A decoy is one of the background's people: the customers' counts, one bearer left out."""
    kazuko, anne = ({"given_name": one, "family_name": two} for one, two in (("Kazuko", "Sato"), ("Anne", "Petit")))
    japan, france = {"country": "JP"}, {"country": "FR"}
    rows = [kazuko | japan] * 40 + [anne | france] * 160
    own = Place().prepare_customers(table("customers", rows), {})
    decoys = Place().prepare_customers(table("customers", [kazuko | japan, anne | japan]), {}, background=own)
    assert decoys.local is own.local
    assert decoys.share[0] == pytest.approx(own.share[0], rel=1e-12)
    assert decoys.share[0, 0] > 0.8
    assert decoys.share[1, 0] < 0.05


def test_a_place_that_the_name_has_told_is_worth_less(tell: Any) -> None:
    """Of 200 customers a fifth live in Japan, and all who are called Kazuko."""
    japan = {"given_name": "Kazuko", "family_name": "x", "country": "JP"}
    rows = (
        [japan] * 20 + [{"given_name": "Ken", "country": "JP"}] * 20 + [{"given_name": "Anne", "country": "FR"}] * 160
    )
    rows += [{"given_name": "Rare", "country": "JP"}]
    told = tell(Place(), rows, [{"location": "Japan"}])
    assert told[0, 0][1] > 0.7
    assert told[0, 200][1] < 0.3
