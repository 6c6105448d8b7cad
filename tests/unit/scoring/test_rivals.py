"""The best other answer against a plain loop."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sociolink.scoring.rivals import find_rivals, measure_margins

profiles = st.lists(
    st.tuples(st.lists(st.tuples(st.integers(0, 3), st.floats(0.01, 1)), max_size=5), st.floats(0.01, 1)), max_size=6
)


@given(profiles)
def test_rivals_are_the_best_of_the_others(found: list[tuple[list[tuple[int, float]], float]]) -> None:
    rows: list[tuple[int, int, float]] = []
    for owner, (listed, _) in enumerate(found):
        best: dict[int, float] = {}
        for person, chance in listed:
            best[person] = max(best.get(person, 0.0), chance)
        every = [(owner, person, best[person]) for person, _ in listed]
        rows += sorted(every, key=lambda row: (-row[2], row[1]))
    owner, person = (np.array([row[at] for row in rows], np.int64) for at in (0, 1))
    group, nobody = np.array([row[2] for row in rows]), np.array([one for _, one in found])
    rival, chance = find_rivals(owner, person, group, nobody)
    for number, (of, who, _) in enumerate(rows):
        others = [one for one in rows if one[0] == of and one[1] != who]
        top = max((one[2] for one in others), default=0.0)
        if nobody[of] >= top:
            assert (rival[number], chance[number]) == (-1, nobody[of])
        else:
            assert chance[number] == top
            assert rows[rival[number]][2] == top
            assert rows[rival[number]][1] != who


def test_margins_are_in_bits() -> None:
    assert measure_margins(np.array([0.8, 0.1]), np.array([0.1, 0.8])).tolist() == [3.0, -3.0]
