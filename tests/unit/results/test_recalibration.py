"""Recalibrated links: they add up to one, keep their order, and say what was changed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.calibration.reliability import Calibration, OddsMap
from sociolink.records.rejects import REJECTS_SCHEMA, REPAIRS_SCHEMA
from sociolink.results.labels.estimate import Estimate
from sociolink.results.labels.recalibration import map_table
from sociolink.results.links import Links
from sociolink.results.report import RunReport

CHANGED = ["probability", "group_probability", "nobody_probability", "rest_probability", "margin", "runner_up"]
CHANGED += ["runner_up_probability"]
FLOATS = tuple(CHANGED[:5])


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Links of a few profiles with up to four people of one or two records each, some of them certain."""
    columns: dict[str, list[object]] = {
        name: [] for name in ("profile_id", "rank", "customer_id", "group_id", *CHANGED)
    }
    for profile in range(draw(st.integers(1, 4))):
        sizes = draw(st.lists(st.integers(1, 2), max_size=4))
        weights = draw(st.lists(st.floats(0, 1), min_size=len(sizes) + 2, max_size=len(sizes) + 2))
        share = np.array(weights) ** 4 + (1e-9 if draw(st.booleans()) else 0)
        share = share / share.sum() if share.sum() > 0 else np.eye(len(share))[0]
        people = np.sort(share[2:])[::-1]
        rows = [(person, record, size) for person, size in enumerate(sizes) for record in range(size)]
        for rank, (person, record, size) in enumerate(rows or [(-1, 0, 1)], start=1 if rows else 0):
            listed = person >= 0
            others = np.delete(people, person) if listed else people
            second = others.max(initial=0.0)
            values = {
                "profile_id": f"p{profile}",
                "rank": rank,
                "customer_id": f"c{person}{record}" if listed else None,
                "group_id": f"c{person}0" if listed else None,
                "probability": people[person] / size if listed else None,
                "group_probability": people[person] if listed else None,
                "nobody_probability": share[0],
                "rest_probability": share[1],
                "margin": 0.0 if listed else None,
                "runner_up": f"c{int(others.argmax()) + (int(others.argmax()) >= person)}0"
                if listed and second > share[0]
                else None,
                "runner_up_probability": max(second, share[0]) if listed else None,
            }
            for name, value in values.items():
                columns[name].append(value)
    kinds = {"rank": pa.int32(), **dict.fromkeys((*FLOATS, "runner_up_probability"), pa.float64())}
    return pa.table({name: pa.array(values, kinds.get(name, pa.string())) for name, values in columns.items()})


@given(tables(), st.floats(-6, 6), st.floats(-6, 6), st.lists(st.floats(0.2, 4), min_size=4, max_size=4))
def test_sums_and_order_stay(table: pa.Table, shift: float, rest: float, slopes: list[float]) -> None:
    after = map_table(table, OddsMap(shift, (-4.0, 0.0, 4.0), tuple(slopes), rest))

    assert after.drop(CHANGED).equals(table.drop(CHANGED))
    before_rows, rows = table.to_pylist(), after.to_pylist()
    for profile in {row["profile_id"] for row in rows}:
        own = [row for row in rows if row["profile_id"] == profile]
        old = [row for row in before_rows if row["profile_id"] == profile]
        total = (
            sum(row["probability"] or 0.0 for row in own) + own[0]["nobody_probability"] + own[0]["rest_probability"]
        )
        assert total == pytest.approx(1)
        people = [row["group_probability"] or 0.0 for row in own]
        assert all(first >= second - 1e-12 for first, second in pairwise(people))
        for row in own:
            others = {one["group_id"]: one["group_probability"] for one in own if one["group_id"] != row["group_id"]}
            best = max([row["nobody_probability"], *(one or 0.0 for one in others.values())])
            if row["rank"]:
                assert row["runner_up_probability"] == pytest.approx(best, abs=1e-9)
        for row, was in zip(own, old, strict=True):
            if was["group_probability"] == 1.0:
                assert row["group_probability"] == 1.0


@given(tables())
def test_the_identity_changes_nothing_that_matters(table: pa.Table) -> None:
    assert map_table(table, OddsMap()) is table
    after = map_table(table, OddsMap(0.0, (0.0,), (1.0, 1.0)))
    for name in FLOATS[:3]:
        assert np.allclose(
            table[name].to_pandas().fillna(-1.0), after[name].to_pandas().fillna(-1.0), rtol=1e-9, atol=1e-12
        )


def many_links(size: int = 400) -> Links:
    """Links that claim .97 each."""
    names = [f"p{number:04d}" for number in range(size)]
    columns = {
        "profile_id": pa.array(names),
        "rank": pa.array([1] * size, pa.int32()),
        "customer_id": pa.array([f"c{number}" for number in range(size)]),
        "probability": pa.array(np.linspace(0.96, 0.98, size)),
        "match_weight": pa.array([10.0] * size),
        "margin": pa.array([5.0] * size),
        "nobody_probability": pa.array(1 - np.linspace(0.96, 0.98, size) - 0.001),
        "rest_probability": pa.array([0.001] * size),
        "group_id": pa.array([f"c{number}" for number in range(size)]),
        "group_probability": pa.array(np.linspace(0.96, 0.98, size)),
        "decision": pa.array(["link"] * size),
    }
    report = RunReport(profiles=size, customers=size, linked=size, coverage=0.9)
    return Links(pa.table(columns), REJECTS_SCHEMA.empty_table(), REPAIRS_SCHEMA.empty_table(), None, report)


def judge(links: Links, size: int, *, false: float) -> pa.Table:
    """A sample with verdicts, of which a share is false, evenly spread."""
    rows = links.sample_for_review(size).to_pylist()
    for place, row in enumerate(rows):
        if int((place + 1) * false) > int(place * false):
            row.update(verdict="nobody", customer_id=None)
        else:
            row.update(verdict="is")
    return pa.Table.from_pylist(rows)


def test_overclaiming_links_lose_probability_and_say_so(tmp_path: Path) -> None:
    links = many_links()
    after = links.recalibrate(judge(links, 200, false=0.2))
    best = after.best()
    claimed = np.asarray(best["group_probability"].to_numpy(zero_copy_only=False), float).mean()

    assert 0.78 < claimed < 0.93
    assert after.calibration.method == "labels"
    assert after.calibration.size == 200
    low, high = after.calibration.interval or (1.0, 0.0)
    assert after.report.linked == after.calibration.changes["links_after"]
    assert "200 labels" in after.calibration.sentence
    assert links.calibration == Calibration()
    assert Links.read(after.write(tmp_path / "after.parquet")).calibration == after.calibration
    assert Links.read(links.write(tmp_path / "links.parquet")).calibration == links.calibration
    if after.report.linked:
        assert low < high


def test_what_labels_would_change_is_told_before_it_is_done(tmp_path: Path) -> None:
    links = many_links()
    labels = judge(links, 200, false=0.2)
    told, done = links.recalibrate(labels, apply=False), links.recalibrate(labels)

    assert told.table.equals(links.table)
    assert told.report == links.report
    assert told.calibration.method == "checked"
    assert told.calibration.changes == done.calibration.changes
    assert told.calibration.parameters == done.calibration.parameters
    assert told.calibration.interval == approx_interval(links.estimate(labels))
    assert "Checked, and not changed, by 200 labels" in told.calibration.sentence
    assert f"{done.report.linked:,} then" in told.calibration.sentence
    assert Links.read(told.write(tmp_path / "told.parquet")).calibration == told.calibration


def approx_interval(found: Estimate) -> object:
    assert found.precision is not None
    return pytest.approx((1 - found.precision.high, 1 - found.precision.low), abs=1e-5)


def test_few_labels_move_little_and_rows_in_any_order_give_the_same() -> None:
    links = many_links()
    labels = judge(links, 10, false=0.2)
    after = links.recalibrate(labels)
    assert abs(after.calibration.parameters["shift"]) < 0.6
    moved = replace(links, table=links.table.take(pa.array(np.random.default_rng(0).permutation(400))))
    again = moved.recalibrate(labels.take(pa.array(np.arange(labels.num_rows)[::-1])))
    assert again.calibration == after.calibration
    assert again.table.sort_by("profile_id").equals(after.table.sort_by("profile_id"))


def test_labels_certify_what_they_can() -> None:
    links = many_links()
    good = links.accept(max_false=0.05, labels=judge(links, 150, false=0.0)).acceptance
    assert good is not None
    assert good.certified
    assert 390 <= good.links <= 400
    assert good.upper is not None
    assert good.upper < 0.05
    assert "Certified with 95.0% confidence: 0 of 150 audited links are false" in good.sentence
    assert "Clopper & Pearson" in good.sentence

    bad = links.accept(max_false=0.05, labels=judge(links, 150, false=0.1)).acceptance
    assert bad is not None
    assert not bad.certified
    assert "Cannot be certified" in bad.sentence
    assert "At least 60 audited links" in bad.sentence


def test_what_was_skipped_may_be_false() -> None:
    links = many_links()
    rows = judge(links, 150, false=0.0).to_pylist()
    for row in rows[::10]:
        row["verdict"] = "skip"
    account = links.accept(max_false=0.05, labels=pa.Table.from_pylist(rows)).acceptance
    assert account is not None
    assert account.false_audited > 0


def test_decoys_certify_only_what_their_interval_allows() -> None:
    links = many_links()
    tries = (
        (2.0, "", 0.95, True, "Certified by decoys"),
        (80.0, "", 0.95, False, "20.0% only"),
        (2.0, "diagnostic only", 0.95, False, "diagnostic only"),
        (2.0, "", 0.99, False, "and no more"),
        (None, "", 0.95, False, "measured nothing"),
    )
    for high, note, confidence, certified, said in tries:
        report = replace(links.report, false_links_decoys=1.0, false_links_decoys_high=high, decoy_note=note)
        account = replace(links, report=report).accept(by="decoys", confidence=confidence).acceptance
        assert account is not None
        assert account.certified is certified
        assert said in account.sentence
    assert "measured nothing" in str(links.decide().accept(by="decoys"))


@pytest.mark.parametrize("wrong", [{"by": "guess"}, {"by": "labels"}, {"by": "decoys", "labels": []}])
def test_accept_refuses_orders_that_make_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"by is|labels are"):
        many_links(3).accept(**wrong)  # type: ignore[arg-type]


def test_a_sample_of_some_links_speaks_of_these_only() -> None:
    """Drawn from the best links, labels certify no set that reaches below, and tell no coverage."""
    links = many_links()
    some = replace(links, table=links.table.slice(200))
    labels = judge(some, 100, false=0.0)
    account = links.accept(max_false=0.05, labels=labels).acceptance
    assert account is not None
    assert account.certified
    assert account.links <= 200

    mixed = links.table.set_column(
        links.table.column_names.index("decision"), "decision", pa.array(["none"] * 200 + ["link"] * 200)
    )
    found = replace(links, table=mixed).estimate(labels)
    assert found.precision is not None
    assert found.recall is None
    assert found.coverage is None
    assert "drawn from a part" in str(found)
