"""Sets of hashed values: collected, counted, met."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.evidence.facts import (
    any_agrees,
    collect_facts,
    distinct_text,
    index_facts,
    join_keys,
    lay_out_facts,
    list_column,
    look_up,
    text_column,
)
from sociolink.evidence.protocol import Pairs

words = st.lists(st.lists(st.sampled_from(["", "a", "b", "c", "dd"]), max_size=4), max_size=6)


def facts_of(lists: list[list[str]]) -> Any:
    row = np.repeat(np.arange(len(lists)), [len(one) for one in lists]).astype(np.int32)
    return collect_facts(row, pa.array([word for one in lists for word in one], pa.string()), rows=len(lists), salt=1)


def every_pair(customers: int, profiles: int) -> Pairs:
    customer = np.tile(np.arange(-1, customers), profiles).astype(np.int32)
    return Pairs(np.repeat(np.arange(profiles), customers + 1).astype(np.int32), customer, np.ones(len(customer)))


@given(words, words)
def test_meeting_is_intersecting(customers: list[list[str]], profiles: list[list[str]]) -> None:
    known = index_facts(facts_of(customers))
    pairs = every_pair(len(customers), len(profiles))

    found = any_agrees(known, look_up(known, facts_of(profiles)), pairs=pairs)

    expected = [
        customer >= 0 and bool(set(customers[customer]) & set(profiles[profile]) - {""})
        for profile, customer in zip(pairs.profile.tolist(), pairs.customer.tolist(), strict=True)
    ]
    assert found.tolist() == expected


@given(words)
def test_holders_are_customers_and_not_mentions(customers: list[list[str]]) -> None:
    known = index_facts(facts_of(customers))
    asked = facts_of([["a"]])

    assert look_up(known, asked).holders.tolist() == [sum("a" in one for one in customers)]
    assert known.holders.stating == sum(bool(set(one) - {""}) for one in customers)


def test_values_of_another_kind_never_meet() -> None:
    row = np.zeros(1, np.int32)
    one = collect_facts(row, pa.array(["x"]), rows=1, salt=1)
    other = collect_facts(row, pa.array(["x"]), rows=1, salt=2)

    assert one.key[0] != other.key[0]


def test_a_background_counts_and_does_not_meet() -> None:
    background = index_facts(facts_of([["a"], ["a"], ["b"]]))
    known = index_facts(facts_of([["b"]]), background)

    stated = look_up(known, facts_of([["a", "b"]]))

    assert sorted(stated.holders.tolist()) == [1, 2]
    assert (stated.value >= 0).sum() == 1


@pytest.mark.parametrize(
    "column",
    [
        pa.array([["a", "", None], None, [], ["b"]], pa.list_(pa.string())),
        pa.array([["a"], None, None, ["b"]], pa.large_list(pa.large_string())),
        pa.array(["a", None, "", "b"]),
        pa.chunked_array(
            [pa.array([["a"], None], pa.list_(pa.string())), pa.array([[], ["b"]], pa.list_(pa.string()))]
        ),
    ],
)
def test_lists_and_strings_flatten(column: Any) -> None:
    row, value = list_column(pa.table({"x": column}), "x")

    assert row.tolist() == [0, 3]
    assert value.to_pylist() == ["a", "b"]


def test_columns_that_are_not_there_are_empty() -> None:
    table = pa.table({"x": pa.nulls(2)})

    assert text_column(table, "y").to_pylist() == ["", ""]
    assert text_column(table, "x").to_pylist() == ["", ""]
    assert list_column(table, "y")[0].tolist() == list_column(table, "x")[0].tolist() == []


def test_keys_of_kinds_are_joined() -> None:
    keys = join_keys(facts_of([["a"], ["b", "c"]]), facts_of([[], ["a"]]))

    assert keys.row.tolist() == [0, 1, 1, 1]
    assert keys.row.dtype == np.int32


def test_values_are_laid_out_by_row_each_once() -> None:
    rng = np.random.default_rng(4)
    row, key = rng.integers(0, 40, 300).astype(np.int32), rng.integers(0, 9, 300).astype(np.uint64)
    expected = sorted(set(zip(row.tolist(), key.tolist(), strict=True)))
    for order in (np.arange(300), np.lexsort((key, row)), np.lexsort((-key.astype(int), row))):
        facts = lay_out_facts(row[order], key[order], 45)
        assert list(zip(facts.row.tolist(), facts.key.tolist(), strict=True)) == expected
        assert facts.start.tolist() == [sum(one < row for one, _ in expected) for row in range(46)]


def test_different_values_are_numbered_as_they_come() -> None:
    table = pa.table({"city": ["Lyon", None, "Bonn", "Lyon", ""], "country": ["FR", None, "DE", "XX", None]})
    number, (city, country) = distinct_text(table, "city", "country")
    rows = list(zip(table["city"].to_pylist(), table["country"].to_pylist(), strict=True))
    found = list(zip(city.take(pa.array(number)).to_pylist(), country.take(pa.array(number)).to_pylist(), strict=True))
    assert found == [(one or "", two or "") for one, two in rows]
    assert len(city) == len(set(found)) == 4
    number, (nothing,) = distinct_text(table.slice(0, 0), "nickname")
    assert len(number) == len(nothing) == 0
