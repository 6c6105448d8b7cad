"""What is reviewed, in which order, and what labels of a part of it are worth."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink.errors import InputError, InvalidParameterError
from sociolink.records.columns import arrow_schema
from sociolink.results.links import Links
from sociolink.review.queue import ReviewQueue, make_queue


def labels_of(rows: list[tuple[str, str, float | None]]) -> pa.Table:
    table = [
        {"profile_id": profile, "verdict": "nobody", "reviewer": who, "inclusion_probability": chance}
        for profile, who, chance in rows
    ]
    return pa.Table.from_pylist(table, schema=arrow_schema("labels"))


def test_a_sample_is_that_of_the_links(links: Links) -> None:
    queue = make_queue(links, 20, seed=3)
    drawn = links.sample_for_review(20, seed=3)

    chances = dict(zip(drawn["profile_id"].to_pylist(), drawn["inclusion_probability"].to_pylist(), strict=True))
    assert dict(zip(queue.profile, queue.inclusion or (), strict=True)) == chances
    customers = dict(zip(drawn["profile_id"].to_pylist(), drawn["customer_id"].to_pylist(), strict=True))
    assert dict(zip(queue.profile, queue.customer, strict=True)) == customers


def test_a_sample_is_looked_at_in_random_order(links: Links) -> None:
    """Any first part of it must be a sample too: over many seeds each stratum leads as often as it is large."""
    drawn = links.sample_for_review(20, seed=0)
    strata = dict(zip(drawn["profile_id"].to_pylist(), drawn["stratum"].to_pylist(), strict=True))
    queues = [make_queue(links, 60, seed=seed).profile for seed in range(200)]
    first = Counter(profile for queue in queues for profile in queue[:6])

    assert make_queue(links, 20).profile != tuple(sorted(strata))
    assert len(first) == 60
    assert max(first.values()) < 45


def test_the_order_does_not_depend_on_the_rows(links: Links) -> None:
    ids = links.table["profile_id"].to_numpy(zero_copy_only=False)
    other = replace(
        links, table=links.table.take(pa.array(np.argsort(-np.unique(ids, return_inverse=True)[1], kind="stable")))
    )

    assert other.table["profile_id"][0].as_py() == "p059"
    assert make_queue(other, 20).profile == make_queue(links, 20).profile


def test_the_doubtful_are_no_sample(links: Links) -> None:
    queue = make_queue(links, 10, order="doubt")

    assert queue.inclusion is None
    assert queue.profile == tuple(links.most_informative(10)["profile_id"].to_pylist())
    assert queue.drawn_with(0) is None


@pytest.mark.parametrize(("size", "order"), [(0, "sample"), (5, "best"), (2.5, "doubt")])
def test_bad_parameters_are_refused(links: Links, size: Any, order: str) -> None:
    with pytest.raises(InvalidParameterError):
        make_queue(links, size, order=order)


def test_links_of_nobody_are_refused(links: Links) -> None:
    with pytest.raises(InputError, match="nothing to review"):
        make_queue(replace(links, table=links.table.slice(0, 0)), 5)


def test_labels_of_a_part_are_those_of_a_smaller_sample() -> None:
    queue = ReviewQueue(("p1", "p2", "p3", "p4"), (None,) * 4, (0.8, 0.4, 0.4, 0.4))
    found = queue.labels_so_far(
        labels_of([("p2", "ann", 0.4), ("p1", "ann", 0.8), ("p1", "bob", 0.8), ("x", "ann", 0.5)])
    )

    assert found["profile_id"].to_pylist() == ["p2", "p1", "p1"]
    assert found["inclusion_probability"].to_pylist() == [0.2, 0.4, 0.4]


def test_labels_of_another_sample_are_noticed() -> None:
    queue = ReviewQueue(("p1", "p2"), (None, None), (0.8, 0.4))

    assert queue.strange_to(labels_of([("p1", "ann", 0.8), ("p2", "ann", None)])) == 0
    assert queue.strange_to(labels_of([("p1", "ann", 0.4), ("x", "ann", 0.5)])) == 2


def test_work_is_shared_until_enough_have_looked() -> None:
    queue = ReviewQueue(("p1", "p2"), (None, None), None)
    judged = [("p1", "ann")]

    assert queue.next_for("ann", judged, looks=1) == "p2"
    assert queue.next_for("bob", judged, looks=1) == "p2"
    assert queue.next_for("bob", judged, looks=2) == "p1"
    assert queue.next_for("eve", [*judged, ("p1", "bob")], looks=2) == "p2"
    assert queue.next_for("ann", [*judged, ("p2", "bob")], looks=1) is None
