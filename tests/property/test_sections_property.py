"""Customers in sections of any size are prepared as all of them at once, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sociolink.blocking.candidates import index_keys
from sociolink.evidence.account import Account
from sociolink.evidence.birth import Birth
from sociolink.evidence.contact import Contact
from sociolink.evidence.employer import Employer
from sociolink.evidence.events import sections as sections_module
from sociolink.evidence.events.family import Events
from sociolink.evidence.events.lags import start_lags
from sociolink.evidence.events.record import RECORD_COLUMN, list_record
from sociolink.evidence.events.records import keep_recorded, list_recorded
from sociolink.evidence.habits.family import Habits
from sociolink.evidence.name.keys import NameKeys, make_keys, make_section_keys, merge_keys
from sociolink.evidence.name.people import middle_initials, read_names
from sociolink.evidence.name.sections import join_strings, sum_counts
from sociolink.evidence.name.strings import collect_strings, count_strings
from sociolink.evidence.nature import Nature
from sociolink.evidence.place import Place
from sociolink.evidence.protocol import Keys, PreparesSections
from sociolink.evidence.visits import Visits
from sociolink.index.scratch import Scratch
from sociolink.linking.limits import section_tables
from sociolink.linking.people import group_people
from sociolink.records.readers import read_table
from sociolink.testing.family_checks.sections import differences

FAMILIES = (
    Account(),
    Contact(),
    Employer(),
    Place(),
    Birth(),
    Nature(),
    Events(),
    Visits(),
    Habits(),
    Habits(parts=("home", "language", "hours")),
)


def some(*values: str) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), st.sampled_from(values))


rows = st.fixed_dictionaries(
    {
        "given_name": some("Åke", "Roxanne", "Ann Mary", "Robert", "Bob"),
        "middle_name": some("John", "K."),
        "family_name": some("Elliott", "de la Cruz", "Li", "Ake"),
        "full_name": some("Roxanne John Elliott", "Dr. Ann Li (Cruz)"),
        "nickname": some("Bobby"),
        "email": st.one_of(st.none(), st.lists(st.sampled_from(["ann@li.example", "bob@gmail.com", "j@corp.example"]))),
        "phone": some("+46 70 123 45 67", "070-1234567"),
        "country": some("SE", "US"),
        "city": some("Lyon", "Austin", "Malmö"),
        "organisation": some("Zen Labs GmbH", "Labs of Orbit (Head)", "Corp"),
        "job_title": some("Head", "zen pilot"),
        "handles": st.one_of(st.none(), st.lists(st.sampled_from(["x:annli", "mastodon:@li@soc.example", "annli"]))),
        "website": some("https://li.example/ann", "github.com/annli"),
        "birth_date": some("1970-05-17", "1970"),
    }
)
tables = st.lists(rows, min_size=1, max_size=12).map(
    lambda table: (
        read_table([{"customer_id": f"c{number}", **row} for number, row in enumerate(table)], "customers").table
    )
)
sizes = st.integers(1, 12)
events = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": st.sampled_from(["c0", "c1", "c5", "c9"]),
            "place": some("Lyon", "Austin", "Malmo"),
            "product": some("Acme Zen headphones", "Acme Tab 8", "Acme HomeHub", "Acme Watch 64GB"),
            "reference": some("AB20001", "AB20417", "CD-88"),
            "kind": some("order", "visit"),
            "occurred_at": some("2026-03-01", "2026-03-02T10:00:00Z"),
        }
    ),
    min_size=1,
    max_size=9,
)


def on_record(customers: pa.Table, rows: list[dict[str, Any]]) -> pa.Table:
    named = [{"event_id": f"e{number}", **row} for number, row in enumerate(rows)]
    record = list_record(read_table(named, "events").table, customers.column("customer_id").combine_chunks())
    return customers.append_column(RECORD_COLUMN, record)


with_events = st.builds(on_record, tables, events)


def apart(one: Any, other: Any) -> list[str]:
    """In what two trees of arrays differ."""
    return list(differences(one, other))


def made(make: Any, table: pa.Table) -> Any:
    named = read_names(table)
    return make(named.given, named.family, collect_strings(table), middle_initials(table))


def merged_keys(customers: pa.Table, size: int) -> NameKeys:
    parts = [made(make_section_keys, section) for section in section_tables(customers, size)]
    return merge_keys(parts, np.arange(0, len(customers), size), Scratch(1))


@settings(max_examples=20, deadline=None)
@given(tables, sizes)
def test_keys_of_sections_are_merged_as_they_would_be_made(customers: pa.Table, size: int) -> None:
    merged = merged_keys(customers, size)
    assert apart(made(make_keys, customers), merged) == []
    assert apart(index_keys(merged.keys), index_keys(merged.keys, Scratch(1))) == []


def test_equal_keys_of_two_kinds_stay_in_the_order_of_kinds() -> None:
    """The initials A. J. E. of Roxanne, also called Ann, and the given name Åke happen to be one key."""
    rows = [
        {"customer_id": "c1", "given_name": "Roxanne", "middle_name": "John", "family_name": "Elliott"},
        {"customer_id": "c2", "given_name": "Åke", "family_name": "Berg"},
    ]
    customers = read_table(rows, "customers").table
    whole, parts = made(make_keys, customers), [made(make_keys, one) for one in section_tables(customers, 1)]
    assert len(np.intersect1d(parts[0].keys.key, parts[1].keys.key)) > 0
    assert apart(whole, merged_keys(customers, 1)) == []


@settings(max_examples=15, deadline=None)
@given(tables, sizes)
def test_counts_of_sections_add_up(customers: pa.Table, size: int) -> None:
    sections = section_tables(customers, size)
    begins = np.arange(0, len(customers), size)
    for side in range(2):
        parts = [read_names(section).counts()[side] for section in sections]
        assert apart(read_names(customers).counts()[side], sum_counts(parts)) == []
    for kind, strings in enumerate(collect_strings(customers)):
        joined = join_strings([collect_strings(section)[kind] for section in sections], begins)
        assert apart(count_strings(strings), count_strings(joined)) == []


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
@settings(max_examples=25, deadline=None)
@given(customers=with_events, size=sizes)
def test_states_of_sections_are_those_of_all(family: Any, customers: pa.Table, size: int) -> None:
    assert isinstance(family, PreparesSections)
    found = family.prepare_sections(section_tables(customers, size), {}, Scratch(1), threads=2)
    assert apart(family.prepare_customers(customers, {}), found) == []


@settings(max_examples=25, deadline=None)
@given(customers=with_events, size=sizes, shown=st.booleans())
def test_events_of_sections_are_those_of_all_however_they_are_merged(
    customers: pa.Table, size: int, shown: bool
) -> None:
    """Makers are looked for, kinds were learned, and keys are merged three at a time."""
    population = {"brands": {"key": []}, "lags": {"": start_lags().tolist(), "visit": start_lags().tolist()}}
    if shown:
        customers = list_recorded(customers, keep_recorded([customers], brands=True)).drop_columns([RECORD_COLUMN])
    whole = Events().prepare_customers(customers, population)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sections_module, "_MERGED", 3)
        found = Events().prepare_sections(section_tables(customers, size), population, Scratch(1), threads=2)
    assert apart(whole, found) == []


@settings(max_examples=25, deadline=None)
@given(tables, sizes)
def test_people_are_the_same_over_sections(customers: pa.Table, size: int) -> None:
    assert group_people(customers, section=size).tolist() == group_people(customers).tolist()


@given(st.lists(st.integers(0, 9), max_size=40))
def test_blocks_of_mapped_keys(keys: list[int]) -> None:
    ordered = Keys(np.sort(np.array(keys, np.uint64)), np.arange(len(keys), dtype=np.int32))
    assert apart(index_keys(ordered), index_keys(ordered, Scratch(1))) == []
