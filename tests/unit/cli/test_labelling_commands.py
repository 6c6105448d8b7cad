"""The commands `sample` and `recalibrate`: from links to a sheet, and from the filled sheet to corrected links."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from sociolink.results.links import Links

Run = Any


def label_all(sheet: Path) -> None:
    """Fill in the sheet as the truth says."""
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8").splitlines()))
    for row in rows:
        row["verdict"] = "nobody" if row["profile_id"] == "p4" else "is"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_sample_goes_out_and_comes_back_as_labels(run: Run, linked: Path) -> None:
    sheet, links = linked / "sheet.csv", linked / "links.parquet"
    said = run("sample", "--links", links, "--size", "4", "--output", sheet)
    assert said.code == 0, said.err
    assert "4 profiles to label" in said.out

    empty = run("recalibrate", "--links", links, "--labels", sheet, "--output", linked / "new.parquet")
    assert empty.code == 2
    assert "none of the 4 rows has a verdict" in empty.err

    label_all(sheet)
    said = run("recalibrate", "--links", links, "--labels", sheet, "--output", linked / "new.parquet")
    assert said.code == 0, said.err
    assert "Recalibrated by 4 labels" in said.out
    assert Links.read(linked / "new.parquet").calibration.size == 4
    told = run("recalibrate", "--links", links, "--labels", sheet, "--output", linked / "new.parquet", "--json")
    assert json.loads(told.out)["calibration"]["method"] == "labels"


def test_quiet_says_nothing(run: Run, linked: Path) -> None:
    sheet, links = linked / "sheet.csv", linked / "links.parquet"
    said = run("sample", "--links", links, "--output", sheet, "--quiet")
    assert (said.code, said.out, said.err) == (0, "", "")
    label_all(sheet)
    said = run("recalibrate", "--links", links, "--labels", sheet, "--output", linked / "new.csv", "--quiet")
    assert (said.code, said.out, said.err) == (0, "", "")


def test_a_sample_of_nothing_is_bad_input(run: Run, linked: Path) -> None:
    said = run("sample", "--links", linked / "links.parquet", "--size", "0", "--output", linked / "sheet.csv")
    assert said.code == 2
    assert "n is 0" in said.err


def test_the_most_doubtful_are_no_sample(run: Run, linked: Path) -> None:
    sheet, links = linked / "sheet.csv", linked / "links.parquet"
    said = run("sample", "--links", links, "--size", "2", "--order", "doubt", "--output", sheet)
    assert said.code == 0, said.err
    assert "no sample" in said.out
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8").splitlines()))
    assert [row["profile_id"] for row in rows] == Links.read(links).most_informative(2)["profile_id"].to_pylist()
    assert "inclusion_probability" not in rows[0]
    wrong = run("sample", "--links", links, "--order", "chance", "--output", sheet)
    assert (wrong.code, "order is 'chance'" in wrong.err) == (2, True)


def test_labels_are_laid_beside_links_without_changing_them(run: Run, linked: Path) -> None:
    sheet, links, output = linked / "sheet.csv", linked / "links.parquet", linked / "new.parquet"
    run("sample", "--links", links, "--size", "4", "--output", sheet)
    label_all(sheet)
    said = run("recalibrate", "--links", links, "--labels", sheet, "--output", output, "--no-apply")
    assert said.code == 0, said.err
    assert "Checked, and not changed, by 4 labels" in said.out
    assert Links.read(output).table.equals(Links.read(links).table)
    assert Links.read(output).calibration.method == "checked"
