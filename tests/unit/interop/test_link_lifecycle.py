"""The life of links from day to day."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pytest

import sociolink as sl
from sociolink.errors import InputError, InvalidParameterError
from sociolink.evidence.account import Account
from sociolink.evidence.contact import Contact
from sociolink.evidence.place import Place
from sociolink.interop.lifecycle import LIFECYCLE_SCHEMA, advance_links

MAY, JUNE, JULY = (datetime.date(2026, month, 1) for month in (5, 6, 7))


def accounts(*rows: tuple[str, str, str | None]) -> pa.Table:
    ids, handles, stable = zip(*rows, strict=True) if rows else ((), (), ())
    columns = {"profile_id": ids, "platform": ["x"] * len(rows), "handle": handles, "user_id": stable}
    return pa.table({name: pa.array(list(values), pa.string()) for name, values in columns.items()})


def links(*rows: tuple[str, str | None], decision: str = "link", probability: float = 0.97) -> pa.Table:
    return pa.table(
        {
            "profile_id": pa.array([profile for profile, _ in rows], pa.string()),
            "customer_id": pa.array([customer for _, customer in rows], pa.string()),
            "probability": pa.array([probability] * len(rows), pa.float64()),
            "decision": pa.array([decision] * len(rows), pa.string()),
        }
    )


def labels(profile: str, customer: str | None, verdict: str) -> pa.Table:
    customers = pa.array([customer], pa.string())
    return pa.table({"profile_id": [profile], "customer_id": customers, "verdict": [verdict]})


def say(table: pa.Table) -> list[tuple[Any, ...]]:
    return [
        (one["handle"], one["customer_id"], one["state"], one["valid_from"], one["valid_to"])
        for one in table.to_pylist()
    ]


JO = accounts(("p", "@Jo", "17"))
FIRST = advance_links(links(("p", "c")), JO, on=MAY)


def test_a_link_is_proposed_once() -> None:
    again = advance_links(links(("p", "c"), probability=0.99), JO, on=JUNE, known=FIRST)

    assert FIRST.schema == LIFECYCLE_SCHEMA
    assert say(FIRST) == [("jo", "c", "proposed", MAY, None)]
    assert say(again) == say(FIRST)
    assert again["probability"].to_pylist() == [0.99]
    assert again["link_id"] == FIRST["link_id"]


@pytest.mark.parametrize("decision", ["review", "none"])
def test_only_links_are_proposed(decision: str) -> None:
    assert advance_links(links(("p", "c"), decision=decision), JO, on=MAY).num_rows == 0


def test_people_confirm_and_reject() -> None:
    confirmed = advance_links(links(("p", "c")), JO, on=JUNE, known=FIRST, labels=labels("p", "c", "is"))
    rejected = advance_links(links(("p", "c")), JO, on=JUNE, known=FIRST, labels=labels("p", "c", "is_not"))
    nobody = advance_links(links(("p", "c")), JO, on=JUNE, known=FIRST, labels=labels("p", None, "nobody"))

    assert say(confirmed) == [("jo", "c", "confirmed", MAY, None)]
    assert say(rejected) == say(nobody) == [("jo", "c", "rejected", MAY, JUNE)]
    assert say(advance_links(links(("p", "c")), JO, on=JULY, known=rejected)) == say(rejected)


def test_a_confirmed_link_outlives_the_model() -> None:
    confirmed = advance_links(links(("p", "c")), JO, on=MAY, labels=labels("p", "c", "is"))
    other = advance_links(links(("p", "d")), JO, on=JUNE, known=confirmed)

    assert say(other) == [("jo", "c", "confirmed", MAY, None)]


def test_a_link_that_is_not_made_any_more_expires() -> None:
    gone = advance_links(links(), JO, on=JUNE, known=FIRST)
    moved = advance_links(links(("p", "d")), JO, on=JUNE, known=FIRST)
    unseen = advance_links(links(), accounts(("q", "ann", None)), on=JUNE, known=FIRST)
    back = advance_links(links(("p", "c")), JO, on=JULY, known=gone)

    assert say(gone) == [("jo", "c", "expired", MAY, JUNE)]
    assert say(moved) == [("jo", "c", "expired", MAY, JUNE), ("jo", "d", "proposed", JUNE, None)]
    assert say(unseen) == say(FIRST)
    assert say(back) == [("jo", "c", "expired", MAY, JUNE), ("jo", "c", "proposed", JULY, None)]


def test_a_renamed_handle_closes_the_link() -> None:
    renamed = accounts(("p", "joanna", "17"))
    again = advance_links(links(("p", "c")), renamed, on=JUNE, known=FIRST)

    assert say(again) == [("jo", "c", "expired", MAY, JUNE), ("joanna", "c", "proposed", JUNE, None)]


def test_a_confirmed_link_goes_on_under_the_new_handle() -> None:
    confirmed = advance_links(links(("p", "c")), JO, on=MAY, labels=labels("p", "c", "is"))
    again = advance_links(links(), accounts(("p", "joanna", "17")), on=JUNE, known=confirmed)

    assert say(again) == [("jo", "c", "expired", MAY, JUNE), ("joanna", "c", "confirmed", JUNE, None)]


def test_a_recycled_handle_closes_the_link() -> None:
    stranger = accounts(("s", "jo", "99"))
    again = advance_links(links(), stranger, on=JUNE, known=FIRST)

    assert say(again) == [("jo", "c", "expired", MAY, JUNE)]
    assert again["reason"].to_pylist() == ["the handle has another stable id now"]


@pytest.mark.parametrize("barred", ["c", "twitter:id:17"])
def test_revoked_is_never_proposed_again(barred: str) -> None:
    revoked = advance_links(links(("p", "c")), JO, on=JUNE, known=FIRST, revoked=[barred])

    assert say(revoked) == [("jo", "c", "revoked", MAY, JUNE)]
    assert say(advance_links(links(("p", "c")), JO, on=JULY, known=revoked)) == say(revoked)


def test_past_days_are_not_changed() -> None:
    with pytest.raises(InvalidParameterError, match="their past cannot be changed"):
        advance_links(links(), JO, on=MAY - datetime.timedelta(days=1), known=FIRST)


def test_tables_without_their_columns() -> None:
    with pytest.raises(InputError, match="customer_id, probability, decision"):
        advance_links(pa.table({"profile_id": ["p"]}), JO, on=MAY)
    with pytest.raises(InputError, match="link_id, account"):
        advance_links(links(), JO, on=MAY, known=pa.table({"state": ["proposed"]}))


def test_links_of_a_run() -> None:
    shown = {"profiles.email": 1.0, "customers.email": 1.0}
    world = sl.datasets.synthetic(60, 40, coverage=0.6, seed=3, posts=0, events=0, fields=shown)
    policy, quick = sl.Policy.research(who="test"), (Contact(), Account(), Place())
    made = sl.link(world.profiles, world.customers, policy=policy, evidence=quick)
    found = advance_links(made, world.profiles, on=MAY)

    decided = made.best().filter(pa.compute.equal(made.best()["decision"], "link"))
    assert found.num_rows == decided.num_rows > 0
    assert found["profile_id"].to_pylist() == [
        profile
        for profile in world.profiles["profile_id"].to_pylist()
        if profile in set(decided["profile_id"].to_pylist())
    ]
