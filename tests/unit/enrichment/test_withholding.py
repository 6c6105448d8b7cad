"""Rows about few people are withheld, and so are those that would give them away."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sociolink.enrichment.withholding import withhold

PEOPLE = st.lists(st.floats(0.01, 60), min_size=1, max_size=7)


@given(PEOPLE, st.floats(0, 40), st.integers(1, 15))
def test_no_row_tells_about_few_people_alone_or_by_subtraction(people: list[float], others: float, k: int) -> None:
    groups = np.array(people)
    total = float(groups.sum())

    hidden = withhold(
        groups, np.full(len(groups), total), np.full(len(groups), others), cell=np.zeros(len(groups), int), k=k
    )

    assert hidden[groups < k].all()
    assert hidden.all() or others >= k
    left = total - groups
    assert hidden[(left > 1e-6) & (left < k)].all()
    together = groups[hidden].sum()
    assert together == 0 or together >= k or hidden.all()


def test_rows_that_are_no_group_are_judged_alone() -> None:
    people, others = np.array([12.0, 3.0, 12.0]), np.array([50.0, 50.0, 2.0])

    assert withhold(people, people, others, cell=np.full(3, -1), k=10).tolist() == [False, True, True]


def test_cells_do_not_touch_each_other() -> None:
    people = np.array([3.0, 40.0, 50.0, 60.0])
    cell = np.array([0, 0, 1, 1])
    everybody = np.array([43.0, 43.0, 110.0, 110.0])

    assert withhold(people, everybody, np.full(4, 99.0), cell=cell, k=10).tolist() == [True, True, False, False]


def test_nothing_is_withheld_of_nothing() -> None:
    none = np.zeros(0)

    assert len(withhold(none, none, none, cell=np.zeros(0, int), k=10)) == 0
