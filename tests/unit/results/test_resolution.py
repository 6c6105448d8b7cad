"""Links judged together."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import sociolink as sl
from sociolink.errors import InvalidParameterError
from sociolink.results.links import Links
from sociolink.results.resolution import ADDED, resolve_table


def sums(table: pa.Table) -> np.ndarray:
    rows = table.to_pandas()
    by_profile = rows.groupby("profile_id", sort=False)
    others = by_profile[["nobody_probability", "rest_probability"]].first().sum(axis=1)
    return np.asarray(by_profile["probability"].sum() + others)


def rows_of(table: pa.Table, profile: str) -> list[dict[str, Any]]:
    return table.filter(pc.equal(table["profile_id"], profile)).drop_columns(list(ADDED)).to_pylist()


def test_answers_still_add_up_and_the_others_stay(links: Links) -> None:
    before = links.table
    joint = links.resolve()

    assert links.table is before
    assert sums(joint.table) == pytest.approx(np.ones(4), abs=1e-9)
    assert joint.table["joint_bits"].to_pylist()[4] != 0
    for profile in ("p2", "p4"):
        alone = before.filter(pc.equal(before["profile_id"], profile)).drop_columns(["decision"]).to_pylist()
        together = [{k: v for k, v in row.items() if k != "decision"} for row in rows_of(joint.table, profile)]
        assert together == alone


def test_the_report_is_that_of_the_new_links(links: Links) -> None:
    joint = links.resolve()

    assert joint.report.joint["units"] == 4
    assert joint.report.linked == joint.table["decision"].to_pylist().count("link")
    assert joint.report.false_links_decoys is None
    assert joint.report.nobody_expected == pytest.approx(
        sum(row["nobody_probability"] for row in joint.best().to_pylist()), abs=1e-6
    )


def test_it_is_asked_once_and_of_whole_links(links: Links) -> None:
    for other in (links.resolve(), links.accept(max_false=0.5), replace(links, profile_keys=None)):
        with pytest.raises(InvalidParameterError, match="resolve needs the links"):
            other.resolve()


@pytest.mark.parametrize("order", list(permutations(["p1", "p2", "p3", "p4"]))[::3])
def test_the_order_of_profiles_does_not_matter(links: Links, order: tuple[str, ...]) -> None:
    table = links.table
    keys = pa.table(
        {
            "profile_id": ["p1", "p2", "p3", "p4"],
            "platform": ["x", "x", "x", "github"],
            "handle_core": ["jane", "jd", "janed", "janed"],
        }
    )
    mixed = pa.concat_tables([table.filter(pc.equal(table["profile_id"], one)) for one in order])
    mixed_keys = keys.take(pa.array([int(one[1]) - 1 for one in order]))

    first = resolve_table(table, keys=keys, people=4)
    again = resolve_table(mixed, keys=mixed_keys, people=4)

    assert again.rates == first.rates
    for profile in order:
        assert rows_of(again.table, profile) == rows_of(first.table, profile)


def test_an_account_that_is_known_there_counts_against_another() -> None:
    """Forty people have one account on x each, as the CRM says; a further one there is unlikely to be theirs."""
    names = [f"{a}{b}" for a in ("Xeno", "Yarrow", "Zebulon", "Quill", "Thorne") for b in "abcdefgh"]
    people = [
        {"customer_id": f"c{i}", "given_name": name, "family_name": f"Quarter{name}", "handles": [f"x:own{i}zz"]}
        for i, name in enumerate(names)
    ]
    own = [{"profile_id": f"o{i}", "platform": "x", "handle": f"own{i}zz"} for i in range(1, len(names))]
    rival = [{"profile_id": "r", "platform": "x", "handle": "QuarterXenoa"}]
    links = sl.link(own + rival, people, policy=sl.Policy.research(who="tests"))

    joint = links.resolve()

    assert links.known_accounts is not None
    assert links.known_accounts.num_rows == len(names)
    assert sums(joint.table) == pytest.approx(np.ones(len(names)), abs=1e-6)
    assert joint.report.joint["rate_same_platform"] < 0.5
    bits = dict(zip(joint.table["profile_id"].to_pylist(), joint.table["joint_bits"].to_pylist(), strict=True))
    assert bits["r"] < -0.5
    assert bits["o1"] == pytest.approx(0, abs=0.01)
