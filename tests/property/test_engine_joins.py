"""Joins agree with a nested loop, whatever the keys."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sociolink.engines.duckdb import DuckDBEngine

KEYS = {
    pa.uint64(): st.one_of(st.none(), st.sampled_from([0, 1, 2, 2**63, 2**64 - 1])),
    pa.int32(): st.one_of(st.none(), st.integers(-2, 2)),
    pa.string(): st.one_of(
        st.none(), st.sampled_from(["", "a", "a\0", "a\0b", "A", "é", "e\u0301", "😀"]), st.text(max_size=2)
    ),
    pa.float64(): st.one_of(st.none(), st.sampled_from([0.0, -0.0, 1.5, float("nan"), float("inf")])),
}


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=2) as engine:
        yield engine


def equal(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return False
    return one == other or (one != one and other != other)


@st.composite
def sides(draw: st.DrawFn) -> tuple[pa.Table, pa.Table, list[str]]:
    kinds = draw(st.lists(st.sampled_from(list(KEYS)), min_size=1, max_size=2))
    names = [f"key{i}" for i in range(len(kinds))]
    tables = []
    for side in ("left", "right"):
        size = draw(st.integers(0, 8))
        columns = {
            name: pa.array(draw(st.lists(KEYS[kind], min_size=size, max_size=size)), kind)
            for name, kind in zip(names, kinds, strict=True)
        }
        tables.append(pa.table({**columns, side: pa.array(range(size), pa.int32())}))
    return tables[0], tables[1], names


@given(sides())
@settings(max_examples=120, deadline=None)
def test_joins_agree_with_a_nested_loop(engine: DuckDBEngine, drawn: tuple[pa.Table, pa.Table, list[str]]) -> None:
    left, right, names = drawn
    pairs = [
        (one["left"], other["right"])
        for one in left.to_pylist()
        for other in right.to_pylist()
        if all(equal(one[name], other[name]) for name in names)
    ]
    matched = {one for one, _ in pairs}
    unmatched = [i for i in range(left.num_rows) if i not in matched]

    def found(how: Any, columns: list[str]) -> list[tuple[Any, ...]]:
        joined = engine.join(engine.scan(left), engine.scan(right), names, how=how, columns=columns)
        return sorted((tuple(row.values()) for row in engine.collect(joined).to_pylist()), key=repr)

    assert found("inner", ["left", "right"]) == sorted(pairs, key=repr)
    assert found("left", ["left", "right"]) == sorted([*pairs, *((i, None) for i in unmatched)], key=repr)
    assert found("semi", ["left"]) == sorted([(i,) for i in matched], key=repr)
    assert found("anti", ["left"]) == sorted([(i,) for i in unmatched], key=repr)
