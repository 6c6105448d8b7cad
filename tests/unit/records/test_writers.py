"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from sociolink.errors import InvalidParameterError, OutputError
from sociolink.records import writers
from sociolink.records.readers import read_table
from sociolink.records.writers import write_bytes, write_table

TABLE = pa.table(
    {
        "profile_id": ["x:jo", "-1", None],
        "bio": ["=SUM(A1)", '+33 6 12 34, "x"\n\\', None],
        "phones": pa.array([["+33 6", "1"], [], None], pa.list_(pa.string())),
        "score": [0.5, float("nan"), None],
        "at": pa.array([datetime(2024, 5, 17, 10, tzinfo=UTC), None, None], pa.timestamp("us", tz="UTC")),
        "ok": [True, None, False],
        "none": pa.nulls(3),
    }
)


def test_csv_disarms_formulas_and_keeps_the_rest(tmp_path: Path) -> None:
    table = pa.table({"text": ["=1+1", "@SUM(1)", "-2", "+33 6 (12)", "@jo_s", "plain", "-x", None]})
    text = write_table(table, tmp_path / "t.csv").read_text()
    assert text.splitlines()[1:] == [
        '"\'=1+1"',
        '"\'@SUM(1)"',
        '"-2"',
        '"+33 6 (12)"',
        '"@jo_s"',
        '"plain"',
        '"\'-x"',
        "",
    ]


def test_json_lines_are_json(tmp_path: Path) -> None:
    lines = write_table(TABLE, tmp_path / "t.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"profile_id": "x:jo", "bio": "=SUM(A1)", "phones": ["+33 6", "1"], "score": 0.5, "at": "2024-05-17T10:00:00Z",
         "ok": True, "none": None},
        {"profile_id": "-1", "bio": '+33 6 12 34, "x"\n\\', "phones": [], "score": None, "at": None, "ok": None,
         "none": None},
        {"profile_id": None, "bio": None, "phones": None, "score": None, "at": None, "ok": False, "none": None},
    ]  # fmt: skip


def test_parquet_keeps_the_metadata(tmp_path: Path) -> None:
    table = TABLE.replace_schema_metadata({"policy": "{}"})
    read = pa_parquet.read_table(write_table(table, str(tmp_path / "t.parquet")))
    assert read.schema.metadata == {b"policy": b"{}"}
    assert read.drop_columns("score").equals(table.drop_columns("score"))


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_what_is_written_can_be_read(tmp_path: Path, suffix: str) -> None:
    people = pa.table(
        {"customer_id": ["1", "2"], "email": [["a@b.example", "c@d.example"], None], "consent": [True, None]}
    )
    first = read_table(people, "customers").table
    second = read_table(write_table(first, tmp_path / f"t.{suffix}"), "customers").table
    assert second.equals(first)


def test_unknown_suffix(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match="xlsx"):
        write_table(TABLE, tmp_path / "t.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, number: int
) -> None:
    target = tmp_path / f"t.{suffix}"
    target.write_text("old")

    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="disk is full"):
        write_table(TABLE, target)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert target.read_text() == "old"


class Full(io.RawIOBase):
    """A file on a disk with room for nothing."""

    def writable(self) -> bool:
        return True

    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_disk_that_fills_while_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    def open_full(path: Path, mode: str) -> Full:
        os.close(os.open(path, os.O_CREAT))
        return Full()

    monkeypatch.setattr(writers.Path, "open", open_full)
    with pytest.raises(OutputError, match="disk is full"):
        write_table(TABLE, tmp_path / f"t.{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="folder permissions do not bind this user")
def test_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="read-only"):
            write_table(TABLE, tmp_path / "t.csv")
        assert list(tmp_path.iterdir()) == []
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_read_only_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(writers.Path, "open", refuse)
    with pytest.raises(OutputError, match="read-only"):
        write_bytes(b"x", tmp_path / "t.json")


def test_a_folder_that_is_not_there_or_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no such folder"):
        write_bytes(b"x", tmp_path / "absent" / "t.json")
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(OutputError, match="folder of that name"):
        write_table(TABLE, tmp_path / "t.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
