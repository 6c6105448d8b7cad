"""Rows of two tables are compared by id; columns are named, values never."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sociolink import Policy, datasets, diff_links, link
from sociolink.evidence.account import Account
from sociolink.evidence.contact import Contact
from sociolink.evidence.place import Place
from sociolink.records.readers import read_table
from sociolink.results.diff.row_changes import compare_rows

COLUMNS = ("given_name", "city", "email", "updated_at")


def draw(seed: int) -> list[dict[str, Any]]:
    chosen = random.Random(seed)
    values: dict[str, list[Any]] = {
        "given_name": ["Ann", "Bo", None],
        "city": ["Leeds", ""],
        "email": [["a@b.example"], ["a@b.example", "c@d.example"], None],
        "updated_at": ["2026-01-01", "2026-01-02"],
    }
    return [
        {"customer_id": f"c{n}", **{name: chosen.choice(some) for name, some in values.items()}}
        for n in range(30)
        if chosen.random() < 0.8
    ]


@pytest.mark.parametrize("seed", range(4))
def test_changes_are_those_of_plain_rows(seed: int) -> None:
    old, new = draw(seed), draw(seed + 50)
    sides = [{row["customer_id"]: row for row in read_table(one, "customers").table.to_pylist()} for one in (old, new)]
    expected = {}
    for one in sorted({*sides[0], *sides[1]}):
        was, now = sides[0].get(one), sides[1].get(one)
        if was is None or now is None:
            expected[one] = "new" if was is None else "gone"
        elif was != now:
            expected[one] = ", ".join(sorted(name for name in was if was[name] != now[name]))
    found = compare_rows("customers", old, new)

    assert dict(zip(found.ids.to_pylist(), found.said.to_pylist(), strict=True)) == expected
    assert (found.new, found.gone) == (len({*sides[1]} - {*sides[0]}), len({*sides[0]} - {*sides[1]}))
    assert found.new + found.gone + found.changed == len(expected)
    random.Random(1).shuffle(old)
    assert compare_rows("customers", old, new).said.equals(found.said)


def test_a_column_that_came_is_named_where_it_says_something() -> None:
    before = [{"customer_id": "c1", "city": "Leeds"}, {"customer_id": "c2", "city": "York"}]
    after = [
        {"customer_id": "c1", "city": "Leeds", "tier": "gold"},
        {"customer_id": "c2", "city": "York", "tier": None},
    ]
    found = compare_rows("customers", before, after)

    assert (found.ids.to_pylist(), found.said.to_pylist()) == (["c1"], ["tier"])
    assert len(compare_rows("customers", before, before).ids) == 0


def test_a_difference_names_the_columns_behind_it() -> None:
    shown = {"profiles.email": 1.0, "customers.email": 1.0}
    world = datasets.synthetic(80, 40, coverage=0.6, seed=2, posts=0, events=0, fields=shown)
    given = {"policy": Policy.research(who="tests"), "evidence": (Contact(), Account(), Place())}
    before = link(world.profiles, world.customers, **given)
    linked = next(row for row in before.table.to_pylist() if row["decision"] == "link")["profile_id"]
    rows = world.profiles.to_pylist()
    other = {"display_name": "Nobody Known", "email": "no@one.example"}
    changed = [row | other if row["profile_id"] == linked else row for row in rows]
    after = link(changed, world.customers, model=before.model, **given)
    found = diff_links(before, after, profiles=(rows, changed), customers=(world.customers, world.customers))

    row = next(row for row in found.table.to_pylist() if row["profile_id"] == linked)
    assert (row["change"], row["profile_changes"], row["customer_changes"]) == ("lost", "display_name, email", None)
    assert ("rows of profiles", "0 gone", "0 new, 1 with other values") in [
        (one.what, one.before, one.after) for one in found.causes
    ]
