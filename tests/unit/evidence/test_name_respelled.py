"""Handles whose digits stand for letters, or whose letters are drawn out, are read as what they say."""

from __future__ import annotations

import pytest

import sociolink as sl

PEOPLE = [
    {"customer_id": "c0", "given_name": "John", "family_name": "Smithers"},
    {"customer_id": "c1", "given_name": "Anna", "family_name": "Blackwood"},
    {"customer_id": "c2", "given_name": "Peter", "family_name": "Quill"},
]


def probability_of(handle: str, customer: str) -> float:
    links = sl.link([{"platform": "x", "handle": handle}], PEOPLE, policy=sl.Policy.research(who="tests"))
    rows = links.table.to_pylist()
    return next((row["probability"] for row in rows if row["customer_id"] == customer), 0.0)


@pytest.mark.parametrize(("handle", "customer"), [("j0hnsmith3rs", "c0"), ("annaaablackwood", "c1")])
def test_respelled_names_are_found(handle: str, customer: str) -> None:
    assert probability_of(handle, customer) > 0.9


def test_plain_spelling_is_likelier_than_respelling() -> None:
    assert probability_of("johnsmithers", "c0") >= probability_of("j0hnsmith3rs", "c0")


def test_digits_at_the_end_stay_digits() -> None:
    assert probability_of("qu1", "c2") < 0.5
