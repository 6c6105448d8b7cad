"""The report of a run: what it says, and what it keeps to itself."""

from __future__ import annotations

import json
from dataclasses import replace

from sociolink.results.links import Links
from sociolink.results.report import RunReport


def lines_of(report: RunReport) -> dict[str, str]:
    return {line.split()[0]: line for line in str(report).splitlines() if line and not line.startswith(" ")}


def test_report_survives_json(links: Links) -> None:
    data = json.loads(json.dumps(links.report.to_dict()))

    assert RunReport.from_dict(data) == links.report


def test_table_tells_counts_coverage_and_what_it_took(links: Links) -> None:
    lines = lines_of(links.report)

    assert "against 5 customers (4 people)" in lines["profiles"]
    assert "30.0% to 70.0%" in lines["coverage"]
    assert "2 in profiles" in lines["rejects"]
    assert "12.5 s" in lines["time"]
    assert "99 MiB" in lines["memory"]
    assert "refused" not in lines


def test_time_is_left_out_where_it_is_not_known(links: Links) -> None:
    lines = lines_of(RunReport.from_dict(links.report.to_dict(timing=False)))

    assert "time" not in lines
    assert "memory" not in lines


def test_decoys_and_refusals_are_told(links: Links) -> None:
    report = replace(
        links.report,
        false_links_decoys=3.0,
        false_links_decoys_low=1.0,
        false_links_decoys_high=7.0,
        decoy_note="diagnostic only",
        refused_consent={"customers": 2},
        warnings=("x",),
    )

    text = " ".join(str(report).split())

    assert "3.0 by decoys (1.0 to 7.0), diagnostic only" in text
    assert "2 in customers; consent is false" in text


def test_empty_run_divides_by_nothing() -> None:
    report = RunReport(profiles=0, customers=0)

    assert report.false_share_expected == 0.0
    assert "0" in str(report)


def test_table_fits_eighty_columns(links: Links) -> None:
    assert max(map(len, str(links.report).splitlines())) <= 80
