"""What would be written into other systems."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pandas
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest

from sociolink.errors import InputError, InvalidParameterError
from sociolink.interop.crm_rows import (
    CONTACT_POINT_SOCIAL,
    HUBSPOT_PROPERTIES,
    hubspot_contacts,
    plain_links,
    salesforce_contact_points,
)
from sociolink.interop.lifecycle import LIFECYCLE_SCHEMA
from sociolink.interop.upserts import plan_upsert, within_risk

MAY, JUNE = datetime.date(2026, 5, 1), datetime.date(2026, 6, 1)


def link(
    number: int, *, customer: str = "c", state: str = "proposed", probability: float = 0.99, handle: str = "jo"
) -> dict[str, object]:
    closed = state not in ("proposed", "confirmed")
    return {
        "link_id": f"l{number}",
        "account": f"twitter:{handle}{number}",
        "platform": "twitter",
        "handle": handle,
        "user_id": None,
        "profile_id": f"p{number}",
        "customer_id": customer,
        "state": state,
        "probability": probability,
        "valid_from": MAY,
        "valid_to": JUNE if closed else None,
        "reason": None,
    }


def lifecycle(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=LIFECYCLE_SCHEMA)


def test_plan_says_what_would_change() -> None:
    rows = pa.table({"k": ["a", "b", "c"], "x": ["1", None, "3"], "y": [1.0, 2.0, 3.0]})
    there = pa.table({"k": ["c", "b"], "x": ["4", ""], "y": ["3", "2"]})
    plan = plan_upsert(rows, key="k", current=there)

    assert plan.changes.to_pylist() == [
        {"key": "a", "change": "create", "columns": []},
        {"key": "b", "change": "unchanged", "columns": []},
        {"key": "c", "change": "update", "columns": ["x"]},
    ]
    assert plan.table["k"].to_pylist() == ["a", "c"]


def test_what_was_written_is_not_written_again() -> None:
    found = lifecycle(link(1), link(2, customer="d"))
    for make in (salesforce_contact_points, hubspot_contacts, plain_links):
        first = make(found)

        assert first.table.num_rows == 2
        assert make(found, current=first.table).table.num_rows == 0


@pytest.mark.parametrize("make", [salesforce_contact_points, hubspot_contacts, plain_links])
@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_file_that_was_written_changes_nothing(make: Any, suffix: str, tmp_path: Path) -> None:
    found = lifecycle(link(1), link(2, customer="d", handle="=jo"), link(3, customer="07"))
    path = make(found).write(tmp_path / f"held{suffix}")

    assert make(found, current=path).table.num_rows == 0
    if suffix == ".csv":
        text = pandas.read_csv(path, dtype=str)
        assert make(found, current=text).table.num_rows == 0


def test_moments_and_flags_are_compared_by_value() -> None:
    day = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
    rows = pa.table({"k": ["a", "b"], "at": [day, day], "ok": [True, True]})
    there = pa.table({"k": ["a", "b"], "at": ["2026-05-01T00:00:00.000+0000", ""], "ok": ["True", "FALSE"]})
    columns = plan_upsert(rows, key="k", current=there).changes["columns"].to_pylist()
    assert columns == [[], ["at", "ok"]]
    words = there.set_column(1, "at", pa.array(["yesterday", ""]))
    assert plan_upsert(rows, key="k", current=words).changes["columns"].to_pylist() == [["at"], ["at", "ok"]]


def test_exports_without_our_columns_hold_nothing_of_ours() -> None:
    found = lifecycle(link(1, customer="7"))
    with pytest.raises(InputError, match=r"current\.Id"):
        salesforce_contact_points(found, current=pa.table({"Name": ["x"]}))
    plan = hubspot_contacts(found, current=pa.table({"Record ID": ["7", "8"]}))
    assert plan.changes.to_pylist()[0]["change"] == "update"
    assert plan.table.num_rows == 1


@pytest.mark.parametrize("key", [["a", "a"], ["a", None]])
def test_keys_must_be_keys(key: list[str | None]) -> None:
    with pytest.raises(InputError, match=r"rows\.k"):
        plan_upsert(pa.table({"k": key}), key="k")
    with pytest.raises(InputError, match=r"current\.k"):
        plan_upsert(pa.table({"k": ["a"]}), key="k", current=pa.table({"x": [1]}))


def test_only_within_the_risk() -> None:
    found = lifecycle(
        link(1, probability=0.999),
        link(2, probability=0.9),
        link(3, probability=0.6),
        link(4, probability=0.55, state="confirmed"),
        link(5, probability=0.6, state="expired"),
    )

    assert within_risk(found, max_false=0.06)["link_id"].to_pylist() == ["l1", "l2", "l4", "l5"]
    assert within_risk(found, max_false=0.01)["link_id"].to_pylist() == ["l1", "l4", "l5"]
    with pytest.raises(InvalidParameterError, match="max_false"):
        within_risk(found, max_false=0)


def test_salesforce_rows() -> None:
    plan = salesforce_contact_points(lifecycle(link(1), link(2, state="expired")))

    assert tuple(plan.table.column_names) == CONTACT_POINT_SOCIAL
    assert plan.table["Id"].to_pylist() == ["l1"]
    assert plan.table["PartyId"].to_pylist() == ["c"]
    assert plan.table["IsActive"].to_pylist() == [True]


def test_a_link_that_was_written_and_ended_is_closed_there() -> None:
    first = salesforce_contact_points(lifecycle(link(1)))
    later = salesforce_contact_points(lifecycle(link(1, state="revoked")), current=first.table)

    assert later.table["IsActive"].to_pylist() == [False]
    assert later.changes["columns"].to_pylist() == [["IsActive", "ActiveToDate"]]


def test_hubspot_rows_are_one_a_customer() -> None:
    found = lifecycle(link(1, customer="7", probability=0.999), link(2, customer="7"), link(3, customer="5"))
    plan = hubspot_contacts(found)

    assert plan.table.column_names == ["Record ID", *HUBSPOT_PROPERTIES]
    assert plan.table.select(["Record ID", "sociolink_accounts", "sociolink_probability"]).to_pylist() == [
        {"Record ID": "5", "sociolink_accounts": "twitter:jo3", "sociolink_probability": 0.99},
        {"Record ID": "7", "sociolink_accounts": "twitter:jo2;twitter:jo1", "sociolink_probability": 0.99},
    ]


def test_hubspot_properties_of_ended_links_are_emptied() -> None:
    first = hubspot_contacts(lifecycle(link(1, customer="7")))
    later = hubspot_contacts(lifecycle(link(1, customer="7", state="expired")), current=first.table)

    assert later.table["Record ID"].to_pylist() == ["7"]
    assert later.table["sociolink_accounts"].to_pylist() == [None]


def test_a_link_that_began_again_is_one_row() -> None:
    found = lifecycle(link(1, state="expired"), link(1))

    assert plain_links(found).table["state"].to_pylist() == ["proposed"]


def test_files_are_harmless(tmp_path: Path) -> None:
    plan = salesforce_contact_points(lifecycle(link(1, handle='=cmd|"/c calc"!A1')))
    path = plan.write(tmp_path / "points.csv")

    read = pa_csv.read_csv(path)
    assert read["SocialHandleName"].to_pylist() == ['\'=cmd|"/c calc"!A1']
    assert path.read_text().splitlines()[0].replace('"', "").split(",") == list(CONTACT_POINT_SOCIAL)
