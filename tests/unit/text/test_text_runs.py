"""Runs of numbers against a loop."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sociolink.text.runs import expand_runs, starts_of_runs


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 5)), max_size=30))
def test_runs_are_those_of_a_loop(runs: list[tuple[int, int]]) -> None:
    begin, size = (np.array([run[side] for run in runs], np.int64) for side in (0, 1))
    expected = [(at, first + step) for at, (first, length) in enumerate(runs) for step in range(length)]

    run, number = expand_runs(begin, size)

    assert list(zip(run.tolist(), number.tolist(), strict=True)) == expected


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=30))
def test_runs_start_where_rows_differ(rows: list[tuple[int, int]]) -> None:
    left, right = (np.array([row[place] for row in rows], np.int64) for place in (0, 1))
    expected = [at == 0 or rows[at] != rows[at - 1] for at in range(len(rows))]
    assert starts_of_runs(left, right).tolist() == expected
