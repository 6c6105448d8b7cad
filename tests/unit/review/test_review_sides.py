"""The two sides of a card: what is filled, under plain labels, of those who are asked about."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from sociolink.errors import InputError
from sociolink.review.sides import read_sides

CUSTOMERS = [
    {
        "customer_id": "c1",
        "given_name": "Ann",
        "email": "a@b.example;c@d.example",
        "updated_at": "2026-02-03T04:05:06Z",
    },
    {"customer_id": "c2", "given_name": "Bob", "consent": "true"},
]


def test_what_is_filled_is_shown_in_plain_words() -> None:
    found = read_sides(customers=CUSTOMERS, profile_ids=[], customer_ids=["c1", "c2", "c9"]).customers

    assert found == {
        "c1": {"given name": "Ann", "email": "a@b.example, c@d.example", "updated at": "2026-02-03"},
        "c2": {"given name": "Bob"},
    }


def test_only_those_who_are_asked_about_are_kept() -> None:
    assert set(read_sides(customers=CUSTOMERS, profile_ids=[], customer_ids=["c2"]).customers) == {"c2"}
    assert read_sides(profile_ids=["p1"], customer_ids=["c1"]).profiles == {}


def test_flags_are_words() -> None:
    profiles = pa.table({"profile_id": ["p1"], "platform": ["x"], "handle": ["jo"], "verified": [False]})

    assert read_sides(profiles=profiles, profile_ids=["p1"], customer_ids=[]).profiles["p1"]["verified"] == "no"


def test_headers_of_your_own_are_mapped(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text('[customers]\ncustomer_id = "Nummer"\ngiven_name = "Rufname"\n')
    own = [{"Nummer": "c1", "Rufname": "Ann"}]

    found = read_sides(customers=own, mapping=path, profile_ids=[], customer_ids=["c1"])

    assert found.customers == {"c1": {"given name": "Ann"}}
    with pytest.raises(InputError, match="customer_id"):
        read_sides(customers=own, profile_ids=[], customer_ids=["c1"])
