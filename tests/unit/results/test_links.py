"""Links as a value: one answer a profile, the links to make at a risk, and files that read back the same."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sociolink.errors import InputError, InvalidParameterError, OutputError
from sociolink.results.links import Links


def test_probabilities_of_each_profile_sum_to_one(links: Links) -> None:
    rows = links.table.to_pylist()
    for profile in {row["profile_id"] for row in rows}:
        own = [row for row in rows if row["profile_id"] == profile]
        listed = sum(row["probability"] or 0.0 for row in own)
        assert listed + own[0]["nobody_probability"] + own[0]["rest_probability"] == pytest.approx(1.0)


def test_best_has_one_row_a_profile_and_null_for_nobody(links: Links) -> None:
    best = links.best()

    assert best["profile_id"].to_pylist() == ["p1", "p2", "p3", "p4"]
    assert best["customer_id"].to_pylist() == ["c1", "c2", None, None]
    assert best["probability"].to_pylist() == [0.97, 0.5, 0.75, 0.9]
    assert best["match_weight"].to_pylist() == [16.75, 11.0, None, None]
    assert best.to_pandas().shape[0] == 4


def test_links_cannot_be_changed(links: Links) -> None:
    with pytest.raises(FrozenInstanceError):
        links.report = None  # type: ignore[misc, assignment]


def test_accept_takes_the_largest_set_that_is_safe_enough(links: Links) -> None:
    assert links.accept(max_false=0.04).table["profile_id"].to_pylist() == ["p1"]
    assert links.accept(max_false=0.1).table["profile_id"].to_pylist() == ["p1", "p2"]
    assert links.accept(max_false=0.5).table["profile_id"].to_pylist() == ["p1", "p2"]
    assert len(links.accept(max_false=0.01)) == 0


def test_accepted_links_are_decided_as_links_and_say_that_they_are_not_certified(links: Links) -> None:
    accepted = links.accept(max_false=0.1, confidence=0.9)

    assert set(accepted.table["decision"].to_pylist()) == {"link"}
    assert accepted.acceptance is not None
    assert not accepted.acceptance.certified
    assert accepted.acceptance.false_expected == pytest.approx(0.18)
    assert "Not certified" in repr(accepted)
    assert "model's own probabilities" in repr(accepted)
    assert links.acceptance is None


@pytest.mark.parametrize("wrong", [{"max_false": 0.0}, {"max_false": 1.0}, {"confidence": 1.5}])
def test_accept_refuses_impossible_risks(links: Links, wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidParameterError, match=next(iter(wrong))):
        links.accept(**wrong)


def test_answer_of_a_profile_holds_all_its_rows(links: Links) -> None:
    answer = links["p2"]

    assert answer.table["customer_id"].to_pylist() == ["c2", "c3"]
    assert "nobody" in str(answer)
    assert "any other customer" in str(answer)
    assert answer.sentence == links.explain("p2").sentence


def test_unknown_profile_is_bad_input(links: Links) -> None:
    with pytest.raises(InputError, match="no profile 'p9'"):
        _ = links["p9"]


def test_rows_of_a_profile_are_found_in_any_chunk_and_at_any_length(links: Links) -> None:
    row = links.table.slice(0, 1)
    wide = pa.concat_tables([row] * 1000)
    many = wide.set_column(1, "rank", pa.array(np.arange(1, 1001), pa.int32()))
    table = pa.concat_tables([links.table.slice(2), many, links.table.slice(5).set_column(0, "profile_id", [["p0"]])])

    found = replace(links, table=table)

    assert found["p1"].table.num_rows == 1000
    assert found["p0"].table.num_rows == 1
    assert found["p2"].table.num_rows == 2


def test_file_reads_back_the_same(links: Links, tmp_path: Path) -> None:
    path = links.write(tmp_path / "links.parquet")

    read = Links.read(path)

    assert read.table.equals(links.table)
    assert read.explain("p1") == links.explain("p1")
    assert read.report.policy == links.report.policy
    assert (read.report.seconds, read.report.peak_memory_mib, read.report.stages) == (0.0, 0.0, ())
    assert read.model is None
    assert read.model_id == links.model_id


def test_file_tells_model_policy_provenance_seed_and_no_clock(links: Links, tmp_path: Path) -> None:
    path = links.write(tmp_path / "links.parquet")

    told = json.loads(pq.read_schema(path).metadata[b"sociolink"])

    assert told["model_id"] == "0123456789abcdef"
    assert told["policy"]["who"] == "tests"
    assert told["provenance"] == [{"kind": "profiles", "rows": 4}]
    assert told["seed"] == 7
    assert not {"seconds", "peak_memory_mib", "stages"} & told["report"].keys()


def test_equal_links_write_equal_bytes_whatever_the_clock_says(links: Links, tmp_path: Path) -> None:
    slower = replace(links, report=replace(links.report, seconds=99.0, peak_memory_mib=1.0, stages=()))

    first, second = links.write(tmp_path / "a.parquet"), slower.write(tmp_path / "b.parquet")

    assert first.read_bytes() == second.read_bytes()


def test_csv_is_safe_for_spreadsheets(links: Links, tmp_path: Path) -> None:
    hostile = links.table.set_column(0, "profile_id", [["=1+1()", "p1", "p2", "p2", "p3", "p4"]])

    path = replace(links, table=hostile).write(tmp_path / "links.csv")

    lines = path.read_text().splitlines()
    assert lines[1].startswith('"\'=1+1()"')
    assert len(lines) == 7


def test_nothing_half_written_is_left(links: Links, tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        links.write(tmp_path / "nowhere" / "links.parquet")
    with pytest.raises(InvalidParameterError, match="xlsx"):
        links.write(tmp_path / "links.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"PAR1 this is not", b"profile_id,rank\np1,1\n"])
def test_reading_what_is_no_parquet_is_bad_input(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "links.parquet"
    path.write_bytes(content)

    with pytest.raises(InputError, match="cannot be read"):
        Links.read(path)
    with pytest.raises(InputError, match="no such file"):
        Links.read(tmp_path / "gone.parquet")


def test_reading_another_table_lists_what_is_missing(links: Links, tmp_path: Path) -> None:
    bare = links.to_arrow().drop_columns(["rank", "decision"])
    pq.write_table(bare, tmp_path / "bare.parquet")
    pq.write_table(bare.replace_schema_metadata(None), tmp_path / "foreign.parquet")

    with pytest.raises(InputError) as caught:
        Links.read(tmp_path / "bare.parquet")
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="says nothing about a run"):
        Links.read(tmp_path / "foreign.parquet")


def test_reading_a_newer_format_asks_for_an_update(links: Links, tmp_path: Path) -> None:
    table = links.to_arrow()
    told = json.loads(table.schema.metadata[b"sociolink"]) | {"format": 99}
    pq.write_table(table.replace_schema_metadata({b"sociolink": json.dumps(told).encode()}), tmp_path / "new.parquet")

    with pytest.raises(InputError, match="format 99"):
        Links.read(tmp_path / "new.parquet")


def test_other_libraries_take_the_links(links: Links) -> None:
    polars = pytest.importorskip("polars")

    assert links.to_polars()["profile_id"].to_list() == links.table["profile_id"].to_pylist()
    assert polars.DataFrame(links).height == len(links)
    assert pa.table(links).equals(links.table)
    assert list(links.to_pandas()["rank"]) == links.table["rank"].to_pylist()


def test_diff_tells_gained_lost_and_moved(links: Links, tmp_path: Path) -> None:
    before = links.accept(max_false=0.1)
    moved = before.table.set_column(2, "customer_id", [["c9", "c2"]])
    moved = moved.set_column(moved.column_names.index("group_id"), "group_id", [["c9", "c2"]])
    renamed = moved.set_column(0, "profile_id", [["p1", "p7"]])
    path = replace(before, table=renamed).write(tmp_path / "before.parquet")

    changes = before.diff(path)

    assert changes.table["change"].to_pylist() == ["gained", "lost", "moved"]
    assert changes.table["profile_id"].to_pylist() == ["p2", "p7", "p1"]
    assert changes.table["customer_id_before"].to_pylist() == [None, "c2", "c9"]
    assert changes.changed_links == 3
    assert changes.sentence.startswith("2 links before, 2 now: 1 gained, 1 lost, 1 moved")
    assert len(before.diff(before)) == 0
    assert changes.write(tmp_path / "changes.csv").exists()


def test_summary_is_short_and_html_is_escaped(links: Links) -> None:
    hostile = links.table.set_column(0, "profile_id", [["<script>", "p1", "p2", "p2", "p3", "p4"]])

    assert repr(links).splitlines()[0] == "Links: 4 profiles, 1 linked, 1 to review, 2 left open"
    assert len(repr(links).splitlines()) <= 4
    html = replace(links, table=hostile)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_value_without_posts_counts_profiles(links: Links) -> None:
    assert links.value_sentence() == "1 of 4 profiles now has a customer."


@pytest.mark.parametrize("max_false", [0.1, 0.01])
def test_accepted_links_of_a_file_still_know_their_risk(links: Links, tmp_path: Path, max_false: float) -> None:
    """Else a file of accepted links would be reported, and compared, as all links of its run."""
    accepted = links.accept(max_false=max_false)
    again = Links.read(accepted.write(tmp_path / "accepted.parquet"))

    assert again.acceptance == accepted.acceptance
    assert repr(again) == repr(accepted)
    assert Links.read(links.write(tmp_path / "all.parquet")).acceptance is None
    assert "accepted links alone" not in {one.what for one in accepted.diff(tmp_path / "accepted.parquet").causes}


def test_accepted_links_of_an_earlier_version_are_read(links: Links, tmp_path: Path) -> None:
    """They told the sentence alone."""
    table = links.accept(max_false=0.1).to_arrow()
    told = json.loads(table.schema.metadata[b"sociolink"])
    del told["accepted"]
    pq.write_table(table.replace_schema_metadata({b"sociolink": json.dumps(told)}), tmp_path / "old.parquet")

    assert Links.read(tmp_path / "old.parquet").acceptance is None
