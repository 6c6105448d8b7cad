"""A run that was killed goes on where it stopped, and ends with the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sociolink as sl
from benchmark_modules import load
from sociolink.evidence.account import Account
from sociolink.evidence.contact import Contact
from sociolink.evidence.place import Place
from sociolink.linking import batches as linking
from sociolink.linking import readiness
from sociolink.linking.checkpoint import clear_checkpoint, open_checkpoint

POLICY = sl.Policy.research(who="tests")
QUICK = (Contact(), Account(), Place())
"""Without names, whose preparation takes longest."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    made = sl.datasets.synthetic(300, 240, coverage=0.5, posts=0, events=0, seed=3)
    made.write(folder)
    model = sl.fit(folder / "profiles.parquet", folder / "customers.parquet", policy=POLICY, evidence=QUICK)
    model.save(folder / "model.json")
    return folder


def run(world: Path, checkpoint: Path | None, **more: Any) -> sl.Links:
    tables = world / "profiles.parquet", world / "customers.parquet"
    return sl.link(*tables, policy=POLICY, evidence=QUICK, checkpoint=checkpoint, **more)


def test_what_is_finished_is_not_done_again(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "BATCH_PROFILES", 50)
    whole = run(world, None)
    first = run(world, tmp_path / "kept")
    assert len(list((tmp_path / "kept").glob("*.arrow"))) == 5
    done: list[int] = []
    again = linking._link_batch
    monkeypatch.setattr(linking, "_link_batch", lambda *given: done.append(1) or again(*given))
    monkeypatch.setattr(readiness, "fit_tables", None)  # the model is not fitted again either
    lost = sorted((tmp_path / "kept").glob("*.arrow"))[2]
    lost.write_bytes(lost.read_bytes()[:100])  # damaged: it is made anew
    second = run(world, tmp_path / "kept")
    assert len(done) == 1
    assert whole.table.equals(first.table)
    assert whole.table.equals(second.table)
    measured = {"stages", "seconds", "peak_memory_mib"}
    one, two = ({k: v for k, v in links.report.to_dict().items() if k not in measured} for links in (whole, second))
    assert one == two


def test_other_tables_and_other_settings_share_nothing(world: Path, tmp_path: Path) -> None:
    run(world, tmp_path / "kept", model=world / "model.json", top=1)
    before = {path.name for path in (tmp_path / "kept").iterdir()}
    run(world, tmp_path / "kept", model=world / "model.json", top=2)
    after = {path.name for path in (tmp_path / "kept").iterdir()}
    assert before < after


def test_clearing_leaves_what_is_not_its_own(world: Path, tmp_path: Path) -> None:
    import pyarrow as pa

    table = pa.table({"a": ["x"]})
    kept = open_checkpoint(tmp_path / "kept", (table,), "")
    (tmp_path / "kept" / f"{kept.run}-0.arrow").write_bytes(b"")
    (tmp_path / "kept" / "notes.txt").write_text("mine")
    clear_checkpoint(tmp_path / "kept")
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["notes.txt"]
    assert open_checkpoint(tmp_path / "kept", (pa.table({"a": ["y"]}),), "").run != kept.run
    assert open_checkpoint(tmp_path / "kept", (table,), "more").run != kept.run


def test_runs_that_are_killed_end_with_the_same_bytes(world: Path) -> None:
    found = load("kills").count_kills(world, kills=20, seed=5, quick=True)
    assert found["killed"] == 20
    assert found["ended"] >= 1
    assert found["different"] == 0
