"""What is written and shown: harmless, whole, and with where it came from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

import sociolink as sl
from enrichment_worlds import make_events, make_links, make_posts
from sociolink.enrichment.enrichment import TABLES

EVIL = "<script>alert(1)</script>"
FORMULA = "=HYPERLINK(1)"
POSTS = make_posts(
    [
        {
            "profile_id": "p1",
            "text": f"my Lamp is broken {EVIL}",
            "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        },
        {"profile_id": "p1", "text": f"{FORMULA} my Lamp is broken", "created_at": datetime(2026, 1, 1, tzinfo=UTC)},
    ]
)
EVENTS = make_events([{"customer_id": f"c<b>{EVIL}", "kind": "order", "product": f"@SUM(1)+{EVIL}"}])
LISTED = {"p1": [(f"c<b>{EVIL}", 0.9), (FORMULA, 0.05)]}


@pytest.fixture
def found() -> sl.Enrichment:
    return sl.enrich(make_links(LISTED), POSTS, events=EVENTS)


def test_foreign_text_is_inert_in_a_notebook(found: sl.Enrichment) -> None:
    shown = found._repr_html_()

    assert "<script" not in shown
    assert "<b>" not in shown
    assert "&lt;script&gt;" in shown
    assert "\x1b" not in shown
    assert "\x1b" not in "".join(grid.text() for _, grid in found.grids())
    assert "script" not in repr(found)


def test_foreign_text_is_inert_in_csv(found: sl.Enrichment, tmp_path: Path) -> None:
    folder = found.write(tmp_path / "out", format="csv")

    for name in TABLES:
        table = pa_csv.read_csv(folder / f"{name}.csv", convert_options=pa_csv.ConvertOptions(strings_can_be_null=True))
        assert table.column_names == getattr(found, name).column_names
        for column in table.columns:
            if pa.types.is_string(column.type):
                assert not [one for one in column.to_pylist() if one and one.startswith(("=", "+", "@", "-"))]
    assert "'=HYPERLINK" in (folder / "respond.csv").read_text()
    assert "'@SUM" in (folder / "customer_view.csv").read_text()


def test_parquet_says_where_it_came_from(found: sl.Enrichment, tmp_path: Path) -> None:
    folder = found.write(tmp_path / "deep" / "out")

    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*(f"{name}.parquet" for name in TABLES), "enrichment.json"]
    )
    table = pq.read_table(folder / "customer_view.parquet")
    told = json.loads(table.schema.metadata[b"sociolink"])
    assert table.replace_schema_metadata(None).equals(found.customer_view)
    assert (told["kind"], told["table"], told["model_id"]) == ("sociolink.enrichment", "customer_view", "made")
    assert told["policy"]["purpose"] == "support"
    assert {source["kind"] for source in told["sources"]} == {"posts", "events"}
    assert told["settings"]["urgency"]["half_life_days"] == 3
    whole = json.loads((folder / "enrichment.json").read_text("utf-8"))
    assert whole["summary"] == found.summary.to_dict()


def test_equal_runs_write_equal_bytes(found: sl.Enrichment, tmp_path: Path) -> None:
    again = sl.enrich(make_links(LISTED), POSTS, events=EVENTS)

    one, two = found.write(tmp_path / "one"), again.write(tmp_path / "two")

    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes()


def test_tables_are_frames(found: sl.Enrichment) -> None:
    assert list(found.to_pandas("respond").columns) == found.respond.column_names
    assert len(found.to_pandas()) == found.customer_view.num_rows


def test_names_and_formats_are_checked(found: sl.Enrichment, tmp_path: Path) -> None:
    with pytest.raises(sl.errors.InvalidParameterError, match="there is no table 'custmer_view'"):
        found.to_pandas("custmer_view")
    with pytest.raises(sl.errors.InvalidParameterError, match="format is 'xlsx'"):
        found.write(tmp_path, format="xlsx")
    (tmp_path / "file").write_text("x")
    with pytest.raises(sl.errors.OutputError, match="file cannot be made"):
        found.write(tmp_path / "file")


def test_the_summary_says_what_stands_in_it(found: sl.Enrichment) -> None:
    text = {row[0]: row[1] for row in found.summary.grid().rows}

    assert text["posts"] == "2"
    assert text["to answer"] == "2"
    assert "2 posts and 0 reposts" in repr(found)
