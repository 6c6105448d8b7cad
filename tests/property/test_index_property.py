"""Whatever comes, goes and is counted anew: an index holds who a plain list holds, and answers accordingly."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from sociolink import CustomerIndex, LinkModel, Policy, fit
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.people import group_people
from sociolink.records.readers import read_table
from sociolink.records.single import read_profile

POLICY = Policy.research(who="tests")
EVIDENCE = DEFAULT_EVIDENCE[1:3]
NAMES = ("Ada Blix", "Bo Crane", "Cy Dunn")
Customer = dict[str, Any]

customers = st.builds(
    lambda number, name, mail, handle, born: {
        "customer_id": f"c{number}",
        "full_name": name,
        "email": [f"m{mail}@x{mail}.example"] if mail else None,
        "handles": [f"x:h{handle}"] if handle else None,
        "birth_date": born,
    },
    st.integers(0, 11),
    st.sampled_from(NAMES),
    st.integers(0, 6),
    st.integers(0, 6),
    st.sampled_from([None, "1970-01-01", "1980-02-02"]),
)
tables = st.lists(customers, min_size=1, max_size=6, unique_by=lambda row: row["customer_id"])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("upsert"), tables),
        st.tuples(st.just("erase"), st.lists(st.integers(0, 11), min_size=1, max_size=4)),
        st.tuples(st.just("compact"), st.none()),
        st.tuples(st.just("open"), st.none()),
    ),
    min_size=1,
    max_size=7,
)
PROFILES = [
    {"platform": "x", "handle": f"h{number}", "email": f"m{number}@x{number}.example"} for number in range(1, 7)
]


@pytest.fixture(scope="module")
def model() -> LinkModel:
    people = [{"customer_id": f"c{n}", "full_name": "Ada Blix", "handles": [f"x:h{n}"]} for n in range(9)]
    found = fit(PROFILES, people, policy=POLICY, evidence=EVIDENCE)
    return LinkModel.from_dict(json.loads(json.dumps(found.to_dict())))


def build(rows: list[Customer], model: LinkModel) -> CustomerIndex:
    return CustomerIndex.build(rows, model=model, policy=POLICY, evidence=EVIDENCE)


def check(index: CustomerIndex, plain: dict[str, Customer]) -> None:
    state = index._state
    living = np.flatnonzero(state.alive)
    ids = [state.whole.ids[int(row)].as_py() for row in living]
    assert sorted(ids) == sorted(plain)
    assert len(index) == len(plain)
    if not plain:
        return
    table = read_table([plain[one] for one in ids], "customers").table
    person = living[group_people(table)]
    assert np.array_equal(state.view.person[living], person)
    assert state.view.people == len(np.unique(person))
    assert [ids[place] for place in np.argsort(state.view.id_rank[living])] == sorted(ids)


def agree(index: CustomerIndex, plain: dict[str, Customer]) -> None:
    """Who shares the account is proposed, and nobody else's id appears."""
    for profile, found in zip(PROFILES, index.find_many(PROFILES, top=20), strict=True):
        named = {match.customer_id for match in found.matches}
        owners = {one for one, row in plain.items() if row["handles"] == [f"x:{profile['handle']}"]}
        mails = {one for one, row in plain.items() if row["email"] == [profile["email"]]}
        assert named <= owners | mails
        assert owners & mails <= named
        assert found.rows.equals(index.find(top=20, **profile).rows)


@given(tables, steps)
@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_an_index_holds_who_a_plain_list_holds(
    model: LinkModel, first: list[Customer], then: list[tuple[str, Any]]
) -> None:
    index = build(first, model)
    plain = {row["customer_id"]: row for row in first}
    for verb, what in then:
        if verb == "upsert":
            change = index.upsert(what)
            assert change.added == len({row["customer_id"] for row in what} - plain.keys())
            plain |= {row["customer_id"]: row for row in what}
        elif verb == "erase":
            wanted = [f"c{number}" for number in what]
            assert index.erase(wanted).erased >= len(set(wanted) & plain.keys())
            plain = {one: row for one, row in plain.items() if one not in wanted}
        elif verb == "compact" and plain:
            index.compact()
        elif verb == "open":
            index = CustomerIndex(index._storage, POLICY, EVIDENCE)
        check(index, plain)
        agree(index, plain)
    assert index.info(verify=True).customers == len(plain)
    if plain:
        index.compact()
        anew = build(list(plain.values()), model)
        for mine, theirs in zip(index.find_many(PROFILES), anew.find_many(PROFILES), strict=True):
            assert mine.rows.equals(theirs.rows)


values = st.one_of(st.none(), st.sampled_from(["", "jo", " @Jo ", "https://x.com/jo", "a\x00b", "NULL", "é" * 400]))


@given(st.dictionaries(st.sampled_from(["platform", "handle", "display_name", "bio", "email", "profile_id"]), values))
@example({"platform": "NULL", "handle": "https://x.com/jo"})
@settings(max_examples=200, deadline=None)
def test_one_profile_is_read_as_a_table_of_one(row: dict[str, Any]) -> None:
    from sociolink.errors import InputError

    try:
        loaded = read_table([{**dict.fromkeys(("platform", "handle")), **row}], "profiles")
    except InputError:
        loaded = None
    try:
        alone: pa.Table | None = read_profile(row)
    except InputError:
        alone = None
    if alone is not None:
        assert loaded is not None
        assert alone.equals(loaded.table)
    else:
        assert loaded is None or loaded.rejects.num_rows > 0
