"""Existing links are certain answers: listed first with probability one, or nobody, and they teach the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink import Links, Policy, link
from sociolink.datasets import World
from sociolink.evidence.protocol import Pairs
from sociolink.linking.gallery import build_gallery
from sociolink.linking.known import KnownAnswers, certain_answers, match_known
from sociolink.records.readers import read_table

POLICY = Policy.research(who="tests")


def known_of(*rows: tuple[str, str | None]) -> pa.Table:
    return pa.table(
        {"profile_id": [row[0] for row in rows], "customer_id": pa.array([row[1] for row in rows], pa.string())}
    )


def test_answers_lie_over_pairs() -> None:
    pairs = Pairs(
        np.array([0, 0, 0, 1, 1, 2], np.int32),
        np.array([3, 7, -1, 3, -1, -1], np.int32),
        np.array([1, 1, 8, 1, 9, 10.0]),
    )
    certain = certain_answers(KnownAnswers(np.array([0, 2]), np.array([7, -1])), pairs, 3)
    assert certain is not None
    np.testing.assert_array_equal(certain.pair, [0, 1, 0, np.nan, np.nan, 0])
    np.testing.assert_array_equal(certain.nobody, [0, np.nan, 1])
    assert certain_answers(None, pairs, 3) is None
    assert certain_answers(KnownAnswers(np.empty(0, np.int64), np.empty(0, np.int64)), pairs, 3) is None


def test_rows_that_existing_links_speak_of() -> None:
    customers = read_table([{"customer_id": one, "family_name": one} for one in "abc"], "customers").table
    profiles = read_table([{"profile_id": one, "platform": "x", "handle": one} for one in "pqrs"], "profiles").table
    gallery = build_gallery(customers, (), {})
    found = match_known(known_of(("s", None), ("p", "b"), ("gone", "a"), ("q", "gone")), profiles, gallery)
    assert found is not None
    ids = gallery.ids.to_pylist()
    named = [None if at < 0 else ids[at] for at in found.customer]
    assert dict(zip(found.profile.tolist(), named, strict=True)) == {0: "b", 3: None}
    assert match_known(None, profiles, gallery) is None
    assert match_known(known_of(), profiles, gallery) is None


@pytest.fixture(scope="module")
def answers(links: Links) -> dict[str, str | None]:
    """Answers against the evidence: far customers, and nobody where a link was sure."""
    sure = links.table.filter(pa.compute.equal(links.table["decision"], "link")).to_pylist()
    ids = sorted({row["customer_id"] for row in sure})
    return {
        sure[0]["profile_id"]: next(one for one in ids if one != sure[0]["group_id"]),
        sure[1]["profile_id"]: None,
        sure[2]["profile_id"]: sure[2]["customer_id"],
        next(row["profile_id"] for row in links.table.to_pylist() if row["rank"] == 0): ids[0],
    }


@pytest.fixture(scope="module")
def taught(world: World, answers: dict[str, str | None]) -> Links:
    return link(world.profiles, world.customers, policy=POLICY, known=known_of(*answers.items()))


def test_known_answers_are_honoured(taught: Links, answers: dict[str, str | None]) -> None:
    for profile, customer in answers.items():
        rows = taught.table.filter(pa.compute.equal(taught.table["profile_id"], profile)).to_pylist()
        if customer is None:
            assert all(row["nobody_probability"] == 1.0 and not row["probability"] for row in rows)
            assert {row["decision"] for row in rows} == {"none"}
        else:
            first: dict[str, Any] = rows[0]
            assert (first["customer_id"], first["rank"], first["decision"]) == (customer, 1, "link")
            assert (first["probability"], first["group_probability"]) == (1.0, 1.0)
            assert (first["nobody_probability"], first["rest_probability"]) == (0.0, 0.0)
            assert not any(row["probability"] for row in rows[1:])


def test_other_profiles_are_still_open(taught: Links, answers: dict[str, str | None]) -> None:
    table = taught.table.to_pandas()
    others = table[~table.profile_id.isin(answers)]
    assert ((others.nobody_probability > 0) & (others.nobody_probability < 1)).mean() > 0.9


def test_answers_teach_the_model(world: World, links: Links) -> None:
    """Told that three quarters of the profiles are nobody's, it believes in a smaller coverage."""
    ids = world.profiles["profile_id"].to_pylist()
    nobody = [(one, None) for one in ids[: 3 * len(ids) // 4]]
    told = link(world.profiles, world.customers, policy=POLICY, known=known_of(*nobody))
    assert told.report.coverage < links.report.coverage / 2


def test_ids_that_are_not_there_are_passed_over_and_said(world: World, links: Links) -> None:
    known = known_of(("no such profile", None), (world.profiles["profile_id"][0].as_py(), "no such customer"))
    found = link(world.profiles, world.customers, policy=POLICY, known=known)
    assert found.table.equals(links.table)
    assert [warning for warning in found.report.warnings if "known names 1 ids of column" in warning] == list(
        found.report.warnings
    )
    assert len(found.report.warnings) == 2
    assert not links.report.warnings
