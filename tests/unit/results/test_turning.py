"""The fewest facts without which the answer would be another, against trying everything slowly."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from sociolink.results.links import Links
from sociolink.results.turning import TurningPoint, find_turning_point

FAMILIES = ("name", "place", "work", "birth")


def make_rows(bits: list[list[float]], shares: list[float], people: list[int]) -> list[dict[str, Any]]:
    """Rows of one profile: `shares` are those of the customers, then nobody's, then the rest's."""
    total = sum(shares)
    chance = [share / total for share in shares]
    rows: list[dict[str, Any]] = []
    for number, (own, person) in enumerate(zip(bits, people, strict=True)):
        group = sum(one for one, other in zip(chance[:-2], people, strict=True) if other == person)
        rows.append(
            {f"bits_{name}": value for name, value in zip(FAMILIES, own, strict=True)}
            | {"customer_id": f"c{number}", "group_id": f"g{person}", "probability": chance[number]}
            | {"group_probability": group, "nobody_probability": chance[-2], "rest_probability": chance[-1]}
        )
    return rows


def answer_without(rows: list[dict[str, Any]], row: int, taken: tuple[str, ...]) -> str | None:
    """The best answer when facts count nothing for one person, from scratch: odds of everything, then the largest."""
    weight = {"nobody": rows[0]["nobody_probability"]}
    for one in rows:
        left = one["probability"]
        if one["group_id"] == rows[row]["group_id"]:
            left /= 2 ** sum(one[f"bits_{name}"] or 0 for name in taken)
        weight[one["group_id"]] = weight.get(one["group_id"], 0) + left
    own = rows[row]["group_id"]
    best = max(weight, key=lambda name: (weight[name], name == own, name != "nobody"))
    return None if best == "nobody" else best


bits_of = st.lists(st.integers(-12, 24).map(lambda n: n / 2), min_size=4, max_size=4)


@example([[0.0, 0.0, 0.0, 0.5], [0.0, 0.0, 0.5, 1.5]], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0], 0)
@given(
    st.lists(bits_of, min_size=1, max_size=4),
    st.lists(st.integers(1, 997), min_size=6, max_size=6),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
    st.integers(0, 3),
)
def test_it_is_the_smallest_of_all_sets(
    bits: list[list[float]], shares: list[int], people: list[int], which: int
) -> None:
    rows = make_rows(bits, [float(share) for share in shares[: len(bits)] + shares[-2:]], people[: len(bits)])
    row = which % len(rows)
    now = answer_without(rows, row, ())
    own = rows[row]["group_id"]
    sets = list(chain.from_iterable(combinations(FAMILIES, size) for size in range(1, 5)))
    turning = [taken for taken in sets if (answer_without(rows, row, taken) == own) != (now == own)]

    found = find_turning_point(rows, row, FAMILIES)

    if found is None:
        assert turning == []
    else:
        assert set(found.families) in [set(taken) for taken in turning]
        assert len(found.families) == len(turning[0])
        assert found.answer != found.becomes


def test_what_is_said(links: Links) -> None:
    found = links.explain("p1").turning_point

    assert found == TurningPoint(("name",), 12.5, "c1", None)
    assert found.sentence == "Without what name says, the best answer would be nobody."
    assert TurningPoint(("name", "place", "work"), 1.0, None, "c2").sentence == (
        "Without what name, place and work say, the best answer would be customer c2."
    )


def test_what_speaks_against_can_turn_it_too(links: Links) -> None:
    found = links.explain("p3").turning_point

    assert found == TurningPoint(("place",), -2.0, None, "c1")


def test_known_answers_do_not_hang_on_facts(links: Links) -> None:
    rows = links.table.slice(0, 1).to_pylist()
    rows[0] |= {"probability": 1.0, "group_probability": 1.0, "nobody_probability": 0.0, "rest_probability": 0.0}

    assert find_turning_point(rows, 0, ("name", "place")) is None
    assert links.explain("p4").turning_point is None
    assert replace(links.explain("p1"), turning_point=None).card().turning == ""
