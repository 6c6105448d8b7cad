"""What labels say so far: the same as the links themselves would say, unbiased, and told at a few points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink.records.columns import arrow_schema
from sociolink.results.links import Links
from sociolink.review.narrowing import slim_links, trace_estimate
from sociolink.review.queue import ReviewQueue, make_queue


def labels_of(queue: ReviewQueue, judged: int, *, wrong: int = 0) -> pa.Table:
    """Labels of the first profiles: the best customer, nobody where there is none, and some verdicts that say no."""
    rows: list[dict[str, Any]] = []
    for place, (profile, best) in enumerate(zip(queue.profile[:judged], queue.customer, strict=False)):
        verdict = "nobody" if best is None else "is_not" if place < wrong else "is"
        customer = best if verdict.startswith("is") else None
        chance = queue.drawn_with(place)
        rows.append(
            {"profile_id": profile, "customer_id": customer, "verdict": verdict, "inclusion_probability": chance}
        )
    return pa.Table.from_pylist(rows, schema=arrow_schema("labels"))


@pytest.mark.parametrize("judged", [1, 7, 30])
def test_slim_links_give_the_same_estimates(links: Links, judged: int) -> None:
    queue = make_queue(links, 30, seed=1)
    slim = slim_links(links, queue)
    labels = labels_of(queue, judged, wrong=3)

    assert slim.estimate(labels) == links.estimate(labels)
    assert slim.table.num_rows < links.table.num_rows
    assert slim_links(slim, queue).table.equals(slim.table)


def test_a_random_first_part_is_unbiased(links: Links) -> None:
    """Over many seeds, what the first ten of a sample of forty say of coverage is on average the truth."""
    found = []
    for seed in range(120):
        queue = make_queue(links, 40, seed=seed)
        estimate = trace_estimate(links, queue, labels_of(queue, 10), known={}).estimate
        if estimate is not None and estimate.coverage is not None:
            found.append(estimate.coverage.value)

    assert len(found) > 80
    assert abs(np.mean(found) - 0.8) < 0.05


@pytest.mark.parametrize(("judged", "points"), [(0, []), (7, [5, 7]), (10, [5, 10]), (12, [5, 10, 12])])
def test_the_course_is_told_at_even_steps(links: Links, judged: int, points: list[int]) -> None:
    queue = make_queue(links, 60)

    steps = trace_estimate(links, queue, labels_of(queue, judged), known={}).steps

    assert [step.judged for step in steps] == points


def test_there_are_never_many_points(links: Links) -> None:
    from sociolink.review.narrowing import _points

    for judged in range(1, 3000):
        points = _points(judged)
        assert len(points) <= 12
        assert points[-1] == judged
        assert len(set(points)) == len(points)


def test_what_was_estimated_before_is_not_estimated_again(links: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    queue, known = make_queue(links, 60), {}  # type: ignore[var-annotated]
    first = trace_estimate(links, queue, labels_of(queue, 12), known=known)
    monkeypatch.setattr(Links, "estimate", lambda *_, **__: pytest.fail("it was estimated again"))

    assert trace_estimate(links, queue, labels_of(queue, 12), known=known).steps == first.steps
    assert len(known) == 3
