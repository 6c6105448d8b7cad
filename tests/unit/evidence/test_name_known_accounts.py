"""A known account is one fact: the account family's, not the name family's as well."""

from __future__ import annotations

import pytest

import sociolink as sl

NAMES = [f"{a}{b}" for a in ("Xeno", "Yarrow", "Zebulon", "Quill", "Thorne") for b in "abcdefgh"]


@pytest.mark.parametrize("prefix", ["x:", ""])
def test_a_known_account_is_counted_once(prefix: str) -> None:
    people = [
        {"customer_id": f"c{i}", "given_name": n, "family_name": f"Quarter{n}", "handles": [f"{prefix}own{i}zz"]}
        for i, n in enumerate(NAMES)
    ]
    there = [{"profile_id": f"x{i}", "platform": "x", "handle": f"own{i}zz"} for i in range(len(NAMES))]
    elsewhere = [{"profile_id": f"g{i}", "platform": "github", "handle": f"own{i}zz"} for i in range(3)]

    links = sl.link(there + elsewhere, people, policy=sl.Policy.research(who="tests"))

    best = {row["profile_id"]: row for row in links.table.to_pylist() if row["rank"] == 1}
    assert best["x1"]["customer_id"] == best["g1"]["customer_id"] == "c1"
    assert best["x1"]["bits_name"] < 2 < 10 < best["x1"]["bits_account"]
    assert best["x1"]["probability"] > 0.95
    if prefix:
        assert best["g1"]["bits_name"] > 10
