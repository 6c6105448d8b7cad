"""Handles of a batch are read once, and never for another table."""

import gc

import pyarrow as pa
import pytest

from sociolink.evidence import readings
from sociolink.evidence.facts import says_nothing
from sociolink.evidence.readings import read_handles


def test_each_table_has_its_own_handles_and_leaves_none_behind() -> None:
    before = len(readings._READ)
    for number in range(50):
        table = pa.table({"platform": ["x"], "handle": [f"jo{number}"]})
        assert read_handles(table).core.to_pylist() == [f"jo{number}"]
        assert read_handles(table) is read_handles(table)
    del table
    gc.collect()
    assert len(readings._READ) == before


@pytest.mark.parametrize(
    ("column", "nothing"),
    [
        (pa.nulls(2), True),
        (pa.array([None, ""], pa.string()), True),
        (pa.array(["", "x"]), False),
        (pa.array([None, ["x"]], pa.list_(pa.string())), False),
        (pa.nulls(2, pa.list_(pa.string())), True),
    ],
)
def test_columns_without_a_value_say_nothing(column: pa.Array, nothing: bool) -> None:
    assert says_nothing(pa.table({"bio": column}), "bio", "url") is nothing
