"""Links decided anew: by risk, by budget, by what was decided before; and what another coverage would change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sociolink.errors import InputError, InvalidParameterError
from sociolink.results.links import Links
from sociolink.results.report import RunReport
from sociolink.results.sensitivity import Sensitivity


def decisions(links: Links) -> list[str]:
    return [str(one) for one in links.best()["decision"].to_pylist()]


def with_top(links: Links, values: dict[str, list[object]]) -> Links:
    """The same links with other values in some columns."""
    table = links.table
    for name, column in values.items():
        place = table.column_names.index(name)
        table = table.set_column(place, name, pa.array(column, table.schema.field(name).type))
    return replace(links, table=table)


def test_the_default_reviews_what_is_likely_enough(links: Links) -> None:
    found = links.decide()
    assert decisions(found) == ["link", "review", "review", "none"]
    assert found.table["decision"].to_pylist() == ["link", "none", "review", "none", "review", "none"]
    assert (found.report.linked, found.report.review, found.report.none) == (1, 2, 1)
    assert found.report.review_expected == pytest.approx(0.85 + 0.2)
    assert found.report.false_links_expected == pytest.approx(0.03)
    assert found.report.decision_rule["max_false"] == 0.05


def test_more_risk_makes_more_links_and_the_argument_stays(links: Links) -> None:
    before = links.table
    assert decisions(links.decide(max_false=0.1)) == ["link", "link", "review", "none"]
    assert decisions(links.decide(max_false=0.1, min_margin=4.0)) == ["link", "review", "review", "none"]
    assert decisions(links.decide(max_false=0.1, min_probability=0.9)) == ["link", "review", "review", "none"]
    assert decisions(links.decide(review_budget=1)) == ["link", "review", "none", "none"]
    assert decisions(links.decide(review_from=0.5)) == ["link", "review", "none", "none"]
    assert links.table is before


def test_an_earlier_run_is_kept_from_memory_and_from_a_file(links: Links, tmp_path: Path) -> None:
    """p1 falls under the least probability of a new link, and stays for it was linked before."""
    values = links.table.to_pydict()
    values["group_probability"][0] = 0.93
    now = with_top(links, {"group_probability": values["group_probability"]})
    rule = {"max_false": 0.2, "min_probability": 0.95}
    links.write(tmp_path / "yesterday.parquet")
    assert decisions(now.decide(**rule))[0] == "review"
    assert decisions(now.decide(**rule, known=links))[0] == "link"
    assert decisions(now.decide(**rule, known=tmp_path / "yesterday.parquet"))[0] == "link"
    assert decisions(now.decide(**rule, known=links, keep=0.2))[0] == "review"


def test_a_new_link_must_be_clear_where_the_profile_was_seen(links: Links) -> None:
    rule = {"max_false": 0.2, "min_probability": 0.8}
    unseen = replace(links, table=links.table.slice(0, 2))
    assert decisions(links.decide(**rule))[1] == "link"
    assert decisions(links.decide(**rule, known=links))[1] == "review"
    assert decisions(links.decide(**rule, known=unseen))[1] == "link"


def test_the_person_counts_not_the_record(links: Links) -> None:
    """p2 was linked to the record c3, which is a second record of the person c2 now."""
    columns = links.table.to_pydict()
    columns["decision"][2] = "link"
    columns["customer_id"][2], columns["group_id"][2] = "c3", "c3"
    before = with_top(links, {name: columns[name] for name in ("decision", "customer_id", "group_id")})
    rule = {"max_false": 0.2, "min_probability": 0.9}
    assert decisions(links.decide(**rule, known=before))[1] == "link"
    columns["customer_id"][2], columns["group_id"][2] = "c9", "c9"
    other = with_top(links, {name: columns[name] for name in ("decision", "customer_id", "group_id")})
    assert decisions(links.decide(**rule, known=other))[1] == "review"


def test_what_decoys_said_of_other_decisions_is_left_out(links: Links) -> None:
    counted = replace(links, report=replace(links.report, false_links_decoys=2.0, decoy_note="diagnostic only"))
    found = counted.accept().decide().report
    assert (found.false_links_decoys, found.decoy_note) == (None, "")


def test_accepting_and_deciding_give_the_same_links(links: Links) -> None:
    for risk in (0.02, 0.05, 0.1, 0.5):
        decided, accepted = links.decide(max_false=risk).table, links.accept(max_false=risk).table
        made = decided.filter((pc.field("decision") == "link") & (pc.field("rank") == 1))
        assert made.select(["profile_id", "customer_id"]).equals(accepted.select(["profile_id", "customer_id"]))


def test_impossible_values_are_refused(links: Links, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match=r"max_false is 1\.5"):
        links.decide(max_false=1.5)
    with pytest.raises(InputError, match="there is no such file"):
        links.decide(known=tmp_path / "gone.parquet")


def test_decided_links_come_back_from_a_file(links: Links, tmp_path: Path) -> None:
    found = links.decide(max_false=0.02, review_budget=1)
    read = Links.read(found.write(tmp_path / "links.parquet"))
    assert read.report == replace(found.report, seconds=0.0, peak_memory_mib=0.0, stages=())
    assert read.sensitivity() == found.sensitivity() == found.report.sensitivity


def test_sensitivity_by_hand(links: Links) -> None:
    found = links.sensitivity()
    assert (found.half.coverage, found.learned.coverage, found.twice.coverage) == (0.25, 0.5, 0.75)
    assert (found.learned.linked, found.learned.kept) == (1, 1)
    assert found.learned.nobody_expected == pytest.approx(1.765)
    p1 = (0.97 / 3) / ((1 - 0.015) / 3 + 0.015)
    assert p1 < 0.95
    assert (found.half.linked, found.half.kept, found.half.false_expected) == (0, 0, 0)
    assert found.half.false_expected_now == pytest.approx(1 - p1, abs=1e-6)
    assert found.half.nobody_expected == pytest.approx(
        sum(n / ((1 - n) / 3 + n) for n in (0.015, 0.1, 0.75, 0.9)), abs=1e-6
    )
    p2 = 0.85 * 3 / (0.9 * 3 + 0.1)
    assert found.twice.linked == 1
    assert p2 < 0.95
    assert links.decide(max_false=0.06).sensitivity().twice.linked == 2


def test_sensitivity_is_shown(links: Links) -> None:
    report = links.decide().report
    assert "if coverage were 25.0% or 75.0%" in str(report)
    assert "as learned" in str(report.sensitivity)
    assert report.sensitivity is not None
    assert "At a coverage of 25.0% instead of 50.0%" in report.sensitivity.sentence
    assert Sensitivity.from_dict(report.sensitivity.to_dict()) == report.sensitivity
    assert RunReport.from_dict(report.to_dict()) == report


def test_links_without_a_coverage_have_no_sensitivity(links: Links) -> None:
    bare = replace(links, report=replace(links.report, coverage=0.0))
    assert bare.decide().report.sensitivity is None
    with pytest.raises(InputError, match="coverage"):
        bare.sensitivity()
