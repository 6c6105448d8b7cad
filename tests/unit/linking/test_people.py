"""Records of one person are found as a loop over all pairs and a naive union-find would find them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink import datasets
from sociolink.linking.people import group_people
from sociolink.records.readers import read_table
from sociolink.text.folding import squash


def customers_of(*rows: dict[str, Any]) -> pa.Table:
    return read_table([{"customer_id": f"c{at}", **row} for at, row in enumerate(rows)], "customers").table


def people_of(*rows: dict[str, Any]) -> list[int]:
    return group_people(customers_of(*rows)).tolist()


JO = {"given_name": "Jo", "family_name": "Müller"}


def births_conflict(one: str | None, two: str | None) -> bool:
    if not one or not two:
        return False
    return not (one.startswith(two) or two.startswith(one))


def group_naively(customers: pa.Table) -> list[int]:
    """Union-find over all pairs, then every group with a conflict falls apart by its birth dates."""
    rows = customers.to_pylist()

    def fold(value: str | None) -> str:
        return str(squash(pa.array([value or ""]))[0].as_py())

    def name(row: dict[str, Any]) -> tuple[str, ...]:
        both = fold(row["given_name"]), fold(row["family_name"])
        return both if all(both) else (fold(row["full_name"]),)

    def facts(row: dict[str, Any]) -> set[tuple[str, str]]:
        found = {(kind, fold(value)) for kind in ("email", "phone", "website") for value in row[kind] or ()}
        if row["birth_date"] and len(row["birth_date"]) == 10:
            found.add(("birth", row["birth_date"]))
        return {(kind, value) for kind, value in found if value}

    names, known = [name(row) for row in rows], [facts(row) for row in rows]
    leader = list(range(len(rows)))

    def find(at: int) -> int:
        while leader[at] != at:
            at = leader[at]
        return at

    for one in range(len(rows)):
        for two in range(one):
            if any(names[one]) and names[one] == names[two] and known[one] & known[two]:
                low, high = sorted((find(one), find(two)))
                leader[high] = low
    groups: dict[int, list[int]] = {}
    for at in range(len(rows)):
        groups.setdefault(find(at), []).append(at)
    out = list(range(len(rows)))
    for members in groups.values():
        births = [rows[at]["birth_date"] for at in members]
        apart = any(births_conflict(one, two) for one in births for two in births)
        for at, birth in zip(members, births, strict=True):
            same = [other for other, its in zip(members, births, strict=True) if not apart or its == birth]
            out[at] = min(same)
    return out


@pytest.mark.parametrize("seed", range(3))
def test_people_of_a_made_up_world(seed: int) -> None:
    customers = datasets.synthetic(250, 1, seed=seed, entered_twice=0.3, namesakes=0.2, households=0.5).customers
    found = group_people(customers)
    assert found.tolist() == group_naively(customers)
    assert len(np.unique(found)) < len(customers)


@pytest.mark.parametrize("seed", range(8))
def test_people_of_few_names_and_facts(seed: int) -> None:
    """Few values, so that groups chain, overlap and conflict."""
    rng = np.random.default_rng(seed)
    births = [None, None, "1970", "1970-05", "1970-05-17", "1980-01-02", "1980-01-03"]
    rows = [
        {
            "given_name": "Jo",
            "family_name": ["Li", "Ro"][rng.integers(2)],
            "email": [f"{letter}@a.org" for letter in "abcdefgh" if rng.random() < 0.12] or None,
            "birth_date": births[rng.integers(len(births))],
        }
        for _ in range(25)
    ]
    customers = customers_of(*rows)
    assert group_people(customers).tolist() == group_naively(customers)


@pytest.mark.parametrize(
    "fact",
    [
        {"birth_date": "1970-05-17"},
        {"email": "jo@a.org"},
        {"phone": "+49 30 123456"},
        {"website": "jomueller.de"},
    ],
)
def test_a_name_and_one_fact_make_one_person(fact: dict[str, Any]) -> None:
    assert people_of({**JO, **fact}, {**JO, "city": "Bonn"}, {**JO, **fact}) == [0, 1, 0]


def test_spelling_of_the_name_does_not_count() -> None:
    shared = {"email": "jo@a.org"}
    assert people_of({**JO, **shared}, {"given_name": "JO", "family_name": " Muller ", **shared}) == [0, 0]


def test_a_name_alone_is_not_enough() -> None:
    assert people_of(JO, JO) == [0, 1]


def test_a_fact_alone_is_not_enough() -> None:
    shared = {"email": "family@a.org", "phone": "+49 30 123456"}
    assert people_of({**JO, **shared}, {"given_name": "Al", "family_name": "Müller", **shared}) == [0, 1]
    assert people_of({**shared, "city": "Bonn"}, {**shared, "city": "Bonn"}) == [0, 1]


def test_father_and_son_of_one_name_and_one_address_stay_two() -> None:
    shared = {**JO, "email": "mueller@a.org"}
    father, son, either = {"birth_date": "1940-01-02"}, {"birth_date": "1970-05-17"}, {}
    assert people_of({**shared, **father}, {**shared, **son}) == [0, 1]
    assert people_of({**shared, **either}, {**shared, **father}, {**shared, **son}) == [0, 1, 2]
    assert people_of({**shared, **either}, {**shared, **father}, {**shared, **father}) == [0, 0, 0]


def test_a_year_neither_joins_nor_contradicts_the_date() -> None:
    shared = {**JO, "email": "jo@a.org"}
    assert people_of({**shared, "birth_date": "1970"}, {**shared, "birth_date": "1970-05-17"}) == [0, 0]
    assert people_of({**shared, "birth_date": "1971"}, {**shared, "birth_date": "1970-05-17"}) == [0, 1]
    assert people_of({**JO, "birth_date": "1970"}, {**JO, "birth_date": "1970"}) == [0, 1]


def test_records_chain_through_different_facts() -> None:
    rows = [{**JO, "email": ["a@a.org"]}, {**JO, "email": ["b@a.org"]}, {**JO, "email": ["a@a.org", "b@a.org"]}]
    assert people_of(*rows) == [0, 0, 0]


def test_long_chains_end() -> None:
    rows = [{**JO, "email": [f"{at}@a.org", f"{at + 1}@a.org"]} for at in range(60)]
    order = np.random.default_rng(0).permutation(60)
    assert set(people_of(*(rows[at] for at in order))) == {0}


def test_full_names_are_names_too() -> None:
    shared = {"full_name": "Jo Müller", "email": "jo@a.org"}
    assert people_of(shared, shared) == [0, 0]


def test_no_customers() -> None:
    assert people_of() == []
