"""The benchmark of enrichment at a tiny size."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import sociolink as sl
from benchmark_modules import load


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("enrich")
    load("enrich").make_files(folder, 2000, 1)
    return folder


def test_links_are_made_up_in_the_shape_of_link(files: Path) -> None:
    links = sl.Links.read(files / "links.parquet")
    table = links.table
    sums = table.group_by("profile_id").aggregate([("probability", "sum"), ("rest_probability", "min")])
    nobody = table.filter(pc.equal(table["rank"], 1)).select(["profile_id", "nobody_probability"])
    whole = sums.join(nobody, "profile_id")
    total = sum(np.asarray(whole[name]) for name in ("probability_sum", "rest_probability_min", "nobody_probability"))

    assert len(table) == 3 * 200
    assert total == pytest.approx(1, abs=1e-9)
    assert set(table["decision"].to_pylist()) >= {"link", "none"}
    assert links.report.policy["who"] == "benchmark"
    assert links.for_posts(files / "posts.parquet").num_rows == 2000


def test_every_text_is_different(files: Path) -> None:
    assert pc.count_distinct(pq.read_table(files / "posts.parquet")["text"]).as_py() == 2000


def test_files_are_enriched(files: Path) -> None:
    rows = load("enrich").enrich_files(files)

    assert rows["post_customers"] >= 2000
    assert min(rows[name] for name in ("opinions", "customer_view", "aspect_view", "respond")) > 0


def test_the_figures_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enrich = load("enrich")
    path, page = tmp_path / "enrich.json", tmp_path / "page.md"
    page.write_text("<!-- enrich -->\n<!-- /enrich -->\n", encoding="utf-8")
    found = {"posts": 1000, "seconds": 2.0, "cpu_seconds": 3.0, "peak_gib": 0.5, "rows": {}}
    path.write_text(json.dumps(found), encoding="utf-8")
    monkeypatch.setattr(enrich, "PAGE", page)
    monkeypatch.setattr("sys.argv", ["enrich.py", "--from-results", "--output", str(path), "--write-docs"])

    enrich.main()

    assert "1,000 posts of 100 profiles" in page.read_text(encoding="utf-8")
