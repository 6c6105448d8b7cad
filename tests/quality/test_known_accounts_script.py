"""The variants of `benchmarks/known_accounts.py`, and the counts of `benchmarks/band_errors.py`."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmark_modules import load

HANDLES = [[f"github:user{number}"] if number % 2 else None for number in range(20)]


def make_task(data: Path) -> None:
    for name in ("profiles", "truth", "groups"):
        (data / "task").mkdir(exist_ok=True)
        pq.write_table(pa.table({"profile_id": ["p"]}), data / "task" / f"{name}.parquet")
    (data / "task_known").mkdir()
    customers = {"customer_id": [f"c{number}" for number in range(20)], "handles": HANDLES, "email": ["x"] * 20}
    pq.write_table(pa.table(customers), data / "task_known" / "customers.parquet")


def test_variants_move_what_they_say(tmp_path: Path) -> None:
    script = load("known_accounts")
    make_task(tmp_path)
    found = []
    for variant in script.VARIANTS:
        folder = tmp_path / variant.replace(" ", "_")
        folder.mkdir()
        script.lay_out(tmp_path, "task", variant, folder)
        found.append(pq.read_table(folder / "customers.parquet")["handles"].to_pylist())
        assert (folder / "truth.parquet").is_file()
    plain, moved, bare = found
    assert plain == HANDLES
    assert sorted(map(str, moved)) == sorted(map(str, HANDLES))
    assert sum(one != other for one, other in zip(plain, moved, strict=True)) == 2
    assert bare[1] == ["user1"]
    assert bare[0] is None


def test_bands_count_what_is_right_and_claimed() -> None:
    script = load("band_errors")
    cells: dict[str, dict[str, list[float]]] = {}
    for number in range(6):
        script._count(cells, "[0.5,0.8)", "one name", number < 3, 0.75)
    script._count(cells, "[0.5,0.8)", "twin", True, 0.6)
    assert cells["[0.5,0.8)"]["one name"] == [6, 3, 4.5]
    row = script.sheet([{"task": "t", "bands": cells}]).rows[0]
    assert row == ("t", "[0.5,0.8)", "-1 of 7", "-2 of 6", "-")
