"""The benchmark scripts at a tiny size, so that they cannot rot; no network, no shared data, nothing timed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmark_modules import BENCHMARKS, load

SCRIPTS = sorted(".".join(one.relative_to(BENCHMARKS).with_suffix("").parts) for one in BENCHMARKS.rglob("*.py"))
ELSEWHERE = {"ranker": "sklearn"}
"""Scripts that import at their top what only an environment of their own holds."""


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_imports(name: str) -> None:
    try:
        module = load(name.removesuffix(".__init__"))
    except ModuleNotFoundError as error:
        if ELSEWHERE.get(name) != error.name:
            raise
        pytest.skip(f"{error.name} is installed in an environment of its own")

    assert module.__doc__


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    load("scale").make_world(folder, 300, 1000, 0.5)
    return folder


def test_scale_links_a_small_world_from_the_command_line(world: Path, tmp_path: Path) -> None:
    output = tmp_path / "scale.json"
    command = [sys.executable, BENCHMARKS / "scale.py", "--world", world, "--output", output]
    subprocess.run([str(part) for part in command], check=True, capture_output=True, env=os.environ | {"NO_COLOR": "1"})

    record = json.loads(output.read_text(encoding="utf-8"))

    assert (record["profiles"], record["customers"]) == (300, 1000)
    assert record["pairs"] > 300
    assert record["peak_gib"] > 0
    assert record["recall_at_1"] > 0.5


def test_watch_times_a_small_stream_and_keeps_its_order(tmp_path: Path) -> None:
    output = tmp_path / "watch.json"
    command = [sys.executable, BENCHMARKS / "watch.py", "--rate", "100", "--seconds", "0.5", "--new", "0.2"]
    command += ["--known", "40", "--whole", "100", "--start", "2", "--output", output]
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    record, whole = json.loads(output.read_text(encoding="utf-8"))

    assert record["posts"] == 50
    assert record["in_order_and_whole"]
    assert record["late_ms"]["p50"] > 0
    assert whole["whole"]["known"] > 0
    assert load("watch").watch_sheet([record, whole]).rows[0][2] == "20%"
    assert load("watch").save([record | {"posts": 1}], output)[0]["posts"] == 1


def test_a_world_made_in_parts_has_ids_of_its_own_and_all_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq

    scale = load("scale")
    monkeypatch.setattr(scale, "PART", 40)
    scale.make_world(tmp_path, 31, 103, 0.5)

    customers = pq.read_table(tmp_path / "customers.parquet")["customer_id"].to_pylist()
    truth = pq.read_table(tmp_path / "truth.parquet")

    assert len(set(customers)) == 103
    assert len(set(truth["profile_id"].to_pylist())) == 31
    assert set(truth["customer_id"].drop_null().to_pylist()) <= set(customers)
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        f"{name}.parquet" for name in ("customers", "groups", "profiles", "truth")
    ]


def test_growth_is_the_exponent_of_seconds_per_profile() -> None:
    records = [{"customers": n, "profiles": 50, "seconds": 3 * n**0.3} for n in (10**4, 10**5, 10**6)]

    assert load("scale").growth(records) == pytest.approx(0.3)
    assert load("scale").growth(records[:1]) is None


def test_chart_places_every_point_inside(tmp_path: Path) -> None:
    charts = load("charts")
    path = tmp_path / "growth.svg"
    charts.write_chart(path, "a & b", "n", "s", [charts.Line("all", [(10**4, 2.0), (10**7, 300.0), (10**5, 0.0)])])

    text = path.read_text(encoding="utf-8")
    points = text.split('<polyline points="')[1].split('"')[0].split()

    assert len(points) == 2  # zero has no place on a logarithmic axis
    assert all(0 < float(axis) < 800 for point in points for axis in point.split(","))
    assert "a &amp; b" in text


def test_a_cold_run_counts_the_memory_of_children_and_says_why_it_failed() -> None:
    run_cold = load("processes").run_cold
    child = "import time; held = bytearray(100 << 20); time.sleep(1)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); print('done')"

    fine = run_cold([sys.executable, "-c", parent])
    wrong = run_cold([sys.executable, "-c", "raise ValueError('reason')"])
    slow = run_cold([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.5)

    assert (fine.output.strip(), fine.failure) == ("done", None)
    assert fine.peak_gib > 100 / 1024
    assert wrong.failure == "ValueError: reason"
    assert slow.failure is not None
    assert slow.failure.startswith("not done")


def test_ratios_are_the_peers_figures_over_ours() -> None:
    ours = {"seconds": 10.0, "cpu_seconds": 20.0, "peak_gib": 2.0}
    records: dict[str, Any] = {"ours": ours, "splink": {name: 3 * value for name, value in ours.items()}}
    records["dedupe"] = {"failure": "no memory"}

    found = load("compare_peers").ratios(records)

    assert found == {"splink": {"seconds": 3.0, "cpu_seconds": 3.0, "peak_gib": 3.0}}


def test_peer_models_propose_most_owners_of_a_small_world(world: Path) -> None:
    """What Splink is given; Splink itself is in an environment of its own."""
    import duckdb
    import pyarrow.parquet as pq

    connection = duckdb.connect()
    load("peers.splink_preparation").prepare(connection, world)
    rows = connection.execute(
        "SELECT DISTINCT p.unique_id, c.unique_id FROM (SELECT unique_id, unnest(keys) AS key FROM a) p "
        "JOIN (SELECT unique_id, unnest(keys) AS key FROM b) c USING (key)"
    ).fetchall()
    profiles = pq.read_table(world / "profiles.parquet")["profile_id"].to_pylist()
    customers = pq.read_table(world / "customers.parquet")["customer_id"].to_pylist()
    truth = pq.read_table(world / "truth.parquet")
    owned = {p: c for p, c in zip(*(truth[name].to_pylist() for name in truth.column_names[:2]), strict=True) if c}
    found = {profiles[p] for p, c in rows if owned.get(profiles[p]) == customers[c]}

    assert len(found) / len(owned) > 0.6  # a quarter of the handles say nothing about their owner
    assert len(rows) < 100 * len(profiles)


def test_records_of_another_world_stay(tmp_path: Path) -> None:
    save = load("synthetic_accuracy").save
    path = tmp_path / "synthetic.json"
    one = {"profiles": 10, "customers": 100, "coverage": 0.3, "seed": 1, "settings": {}, "ours": 1}
    save(one, path)
    save(one | {"coverage": 0.6}, path)

    assert save(one | {"ours": 2}, path) == [one | {"ours": 2}, one | {"coverage": 0.6}]


def test_blocks_of_a_page_are_written_by_name(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- one -->\nold\n<!-- /one -->\nb\n<!-- two -->\n<!-- /two -->\n", encoding="utf-8")
    load("tables").insert_block(page, "new", "two")

    assert "old" in page.read_text(encoding="utf-8")
    assert "<!-- two -->\nnew\n<!-- /two -->" in page.read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        load("tables").insert_block(page, "new", "three")
