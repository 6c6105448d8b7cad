"""Labels beside links: what counts, what contradicts, what is set aside, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.calibration.sampling import looks_plain
from sociolink.errors import InputError, InvalidParameterError
from sociolink.results.labels.labelled import IS, IS_NOT, NOBODY, SKIP, read_labelled
from sociolink.results.links import Links


def label(profile: str, verdict: str | None, customer: str | None = None, chance: float | None = 0.5) -> dict[str, Any]:
    return {"profile_id": profile, "customer_id": customer, "verdict": verdict, "inclusion_probability": chance}


def labels(*rows: dict[str, Any]) -> pa.Table:
    kinds = (pa.string(), pa.string(), pa.string(), pa.float64())
    names = ("profile_id", "customer_id", "verdict", "inclusion_probability")
    return pa.table(
        {name: pa.array([row[name] for row in rows], kind) for name, kind in zip(names, kinds, strict=True)}
    )


def test_verdicts_find_the_rows_they_speak_of(links: Links) -> None:
    given = labels(label("p1", "is", "c4"), label("p2", "is", "c3"), label("p3", "is_not", "c1"), label("p4", "nobody"))
    found = read_labelled(links.table, given)

    assert found.best.profile.take(pa.array(found.place)).to_pylist() == ["p1", "p2", "p3", "p4"]
    assert found.verdict.tolist() == [IS, IS, IS_NOT, NOBODY]
    assert found.row.tolist() == [1, 2, 4, -1]
    assert found.right.tolist() == [False, True, False, False]
    assert found.aside == {}


def test_customers_who_are_not_listed_are_others(links: Links) -> None:
    found = read_labelled(links.table, labels(label("p1", "is", "c9"), label("p4", "skip")))
    assert found.row.tolist() == [-1, -1]
    assert found.verdict.tolist() == [IS, SKIP]
    assert not found.right.any()


def test_labels_that_agree_count_once_and_the_most_telling_wins(links: Links) -> None:
    given = labels(
        label("p1", "is_not", "c4"), label("p1", "is", "c1"), label("p1", "is", "c1"), label("p1", "skip"),
        label("p3", "nobody"), label("p3", "is_not", "c1", None),
    )  # fmt: skip
    found = read_labelled(links.table, given)
    assert found.verdict.tolist() == [IS, NOBODY]
    assert found.inclusion.tolist() == [0.5, 0.5]
    assert found.aside == {"is_not of others than the best": 1}


@pytest.mark.parametrize(
    "clash",
    [
        [label("p1", "is", "c1"), label("p1", "is", "c9")],
        [label("p1", "is", "c8"), label("p1", "is", "c9")],
        [label("p1", "is", "c1"), label("p1", "nobody")],
        [label("p1", "is", "c1"), label("p1", "is_not", "c1")],
        [label("p1", "is", "c1", 0.5), label("p1", "is", "c1", 0.25)],
    ],
)
def test_contradictions_are_set_aside(links: Links, clash: list[dict[str, Any]]) -> None:
    found = read_labelled(links.table, labels(*clash, label("p4", "nobody")))
    assert found.verdict.tolist() == [NOBODY]
    assert sum(found.aside.values()) == 2


def test_records_of_one_person_do_not_contradict(links: Links) -> None:
    found = read_labelled(links.table, labels(label("p2", "is", "c2"), label("p2", "is", "c3")))
    assert found.right.tolist() == [True]


def test_rows_without_a_verdict_are_still_to_do(links: Links) -> None:
    found = read_labelled(links.table, labels(label("p1", None), label("p4", "nobody")))
    assert found.verdict.tolist() == [NOBODY]
    assert "1 bad or without a verdict" in found.say_aside()


def test_unknown_profiles_and_empty_sheets_are_refused(links: Links) -> None:
    with pytest.raises(InputError, match="1 of 2 labels are of profiles that the links do not have"):
        read_labelled(links.table, labels(label("p1", "nobody"), label("p99", "nobody")))
    with pytest.raises(InputError, match="none of the 2 rows has a verdict"):
        links.estimate(links.sample_for_review(2))


def test_estimates_and_certificates_refuse_what_is_no_sample(links: Links) -> None:
    chosen = labels(label("p1", "is", "c1", None))
    for use in (links.estimate, lambda given: links.accept(labels=given)):
        with pytest.raises(InputError, match="inclusion_probability"):
            use(chosen)
    assert links.recalibrate(chosen).calibration.interval is None


def test_a_sheet_that_is_not_filled_in_certifies_nothing(links: Links) -> None:
    rows = [label("p1", "is", "c1", 1.0), label("p2", "is", "c3", 1.0), label("p3", "is", "c1", 1.0)]
    for unjudged in ([label("p4", None, None, 1.0)], [label("p4", "nobody", None, 1.0), label("p4", "is", "c5", 1.0)]):
        made = links.accept(max_false=0.4, confidence=0.5, labels=labels(*rows, *unjudged))
        assert made.acceptance is not None
        assert not made.acceptance.certified
        assert "no usable verdict" in made.acceptance.sentence


def test_samples_have_what_a_reviewer_needs(links: Links) -> None:
    sample = links.sample_for_review(3, seed=1)
    assert sample.num_rows == 3
    assert sample.column_names[-3:] == ["stratum", "inclusion_probability", "verdict"]
    assert sample["verdict"].null_count == 3
    moved = links.table.take(pa.array([5, 4, 2, 3, 0, 1]))
    from dataclasses import replace

    again = replace(links, table=moved).sample_for_review(3, seed=1)
    assert again.sort_by("profile_id").equals(sample.sort_by("profile_id"))
    doubtful = links.most_informative(2)
    assert doubtful["profile_id"].to_pylist() == ["p3", "p2"]
    assert "inclusion_probability" not in doubtful.column_names
    for wrong in (0, True, 2.5):
        with pytest.raises(InvalidParameterError, match="n is"):
            links.sample_for_review(wrong)  # type: ignore[arg-type]


def test_a_complete_sample_gives_the_shares_themselves(links: Links) -> None:
    given = labels(
        label("p1", "is", "c1", 1.0), label("p2", "is", "c2", 1.0), label("p3", "nobody", None, 1.0),
        label("p4", "nobody", None, 1.0),
    )  # fmt: skip
    found = links.estimate(given)
    assert found.precision is not None
    assert found.recall is not None
    assert found.coverage is not None
    assert (found.precision.value, found.recall.value, found.coverage.value) == (1.0, 0.5, 0.5)
    assert found.coverage.low == found.coverage.high == 0.5
    assert "4 labels" in str(found)
    assert found.to_dict()["recall"]["value"] == 0.5


def test_who_it_is_not_leaves_the_owner_open(links: Links) -> None:
    found = links.estimate(labels(label("p1", "is", "c1"), label("p3", "is_not", "c1"), label("p4", "skip")))
    assert found.coverage is not None
    assert 0.5 < found.coverage.value < 1
    low, high = np.inf, -np.inf
    for verdict, customer in (("nobody", None), ("is", "c9")):
        one = links.estimate(labels(label("p1", "is", "c1"), label("p3", verdict, customer))).coverage
        assert one is not None
        low, high = min(low, one.low), max(high, one.high)
    assert (found.coverage.low, found.coverage.high) == (low, high)
    assert found.set_aside == "1 skipped"


def test_a_plain_sample_weighs_all_labels_the_same(links: Links) -> None:
    rows = [("p1", "is", "c1"), ("p2", "is", "c2"), ("p3", "nobody", None), ("p4", "nobody", None)]
    plain = labels(*(label(*row, chance=None) for row in rows))  # type: ignore[arg-type]
    same = labels(*(label(*row, chance=1.0) for row in rows))  # type: ignore[arg-type]
    assert links.estimate(plain, weights="equal") == links.estimate(same)
    for labelled in (plain, same):
        made = links.accept(labels=labelled, weights="equal", max_false=0.9, confidence=0.5).acceptance
        assert made is not None
        assert made.certified
    with pytest.raises(InvalidParameterError, match="weights is 'even'"):
        links.estimate(plain, weights="even")


def test_what_is_no_plain_sample_is_refused(links: Links) -> None:
    uneven = labels(label("p1", "is", "c1", 0.5), label("p4", "nobody", None, 1.0))
    with pytest.raises(InputError, match="differ, so that labels do not weigh the same"):
        links.estimate(uneven, weights="equal")
    found = read_labelled(links.table, labels(label("p3", "nobody", None, None)))
    crowd = replace(found, place=np.repeat(found.place, 30), inclusion=np.full(30, np.nan))
    with pytest.raises(InputError, match="not spread so"):
        crowd.drawn(weights="equal")


def test_a_plain_sample_of_the_links_speaks_of_these_only(links: Links) -> None:
    found = links.estimate(labels(label("p1", "is", "c1", None)), weights="equal")
    assert found.precision is not None
    assert found.precision.value == 1.0
    assert found.recall is found.coverage is None


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_plain_samples_look_plain(seed: int, size: int) -> None:
    """Refusals are as rare as is said, so none is seen here; a sample of the top alone is refused."""
    rng = np.random.default_rng(seed)
    population = rng.beta(0.3, 0.3, 500)
    assert looks_plain(rng.choice(population, size, replace=False), population)
    assert not looks_plain(np.sort(population)[-60:], population)
