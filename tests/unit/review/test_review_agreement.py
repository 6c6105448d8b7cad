"""Which verdicts cannot all be true; what is said to be a disagreement is what `recalibrate` sets aside."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pyarrow as pa
import pytest

from sociolink.records.columns import arrow_schema
from sociolink.results.labels.labelled import CONTRADICTION, read_labelled
from sociolink.results.links import Links
from sociolink.review.agreement import find_disagreements, people_of

SAYINGS = [("is", "c010"), ("is", "c010b"), ("is", "x"), ("is_not", "c010"), ("nobody", None), ("skip", None)]


def labels_of(said: list[tuple[str, str | None]]) -> pa.Table:
    rows = [
        {"profile_id": "p010", "verdict": verdict, "customer_id": customer, "reviewer": f"r{number}"}
        for number, (verdict, customer) in enumerate(said)
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema("labels"))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_disagreements_are_what_the_links_set_aside(links: Links, size: int) -> None:
    people = people_of(links, ["p010"])
    clashing = 0
    for said in combinations_with_replacement(SAYINGS, size):
        labels = labels_of(list(said))
        found = find_disagreements(labels, people)
        assert bool(found) == (CONTRADICTION in read_labelled(links.table, labels).aside), said
        clashing += bool(found)
    assert (clashing > 0) == (size > 1)


def test_all_that_was_said_is_told(links: Links) -> None:
    ((profile, said),) = find_disagreements(labels_of([SAYINGS[0], SAYINGS[4]]), people_of(links, ["p010"]))

    assert profile == "p010"
    assert [one.as_dict() for one in said] == [
        {"reviewer": "r0", "verdict": "is", "customer_id": "c010"},
        {"reviewer": "r1", "verdict": "nobody", "customer_id": None},
    ]
