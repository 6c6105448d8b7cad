"""A table that is read column by column to the disk is the table that is read into memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sociolink.index.scratch import Scratch
from sociolink.linking.inputs import read_inputs
from sociolink.records import sources
from sociolink.records.readers import read_table

ROWS: list[dict[str, Any]] = [
    {"customer_id": f"c{number % 23}", "full_name": f"Ada Blix {number}", "email": "a@x.example; b@x.example",
     "birth_date": "1970-05-17" if number % 3 else "soon", "consent": number % 5 != 0, "tier": f"t{number % 2}"}
    for number in range(30)
]  # fmt: skip


def assert_same(source: Any) -> None:
    plain, found = read_table(source, "customers"), read_table(source, "customers", scratch=Scratch(1))
    assert found.table.equals(plain.table)
    assert found.rejects.equals(plain.rejects)
    assert found.repairs.equals(plain.repairs)
    assert found.provenance == plain.provenance
    assert len(plain.table) == 23


@pytest.mark.parametrize("dictionary", [False, True])
def test_a_parquet_file_of_several_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, dictionary: bool) -> None:
    monkeypatch.setattr(sources, "_BATCH_ROWS", 4)
    table = pa.Table.from_pylist(ROWS)
    if dictionary:
        table = table.set_column(5, "tier", table["tier"].dictionary_encode())
    pq.write_table(table, tmp_path / "customers.parquet", row_group_size=7)
    assert_same(tmp_path / "customers.parquet")


def test_a_table_in_memory() -> None:
    assert_same(pa.Table.from_pylist(ROWS))


def test_who_refused_is_set_aside_on_the_disk_too() -> None:
    given = {"customers": pa.Table.from_pylist(ROWS), "profiles": [{"platform": "x", "handle": "adablix"}]}
    plain, found = read_inputs(given), read_inputs(given, scratch=Scratch(1))
    assert found.tables["customers"].equals(plain.tables["customers"])
    assert found.refused == plain.refused
    assert found.refused["customers"] > 0
