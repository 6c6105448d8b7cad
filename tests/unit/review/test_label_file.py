"""The label file: nothing that was decided is lost, and the file is a labels table at every moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.errors import InputError, InvalidParameterError, OutputError
from sociolink.records.readers import read_table
from sociolink.review.labels import Judgement, LabelFile
from sociolink.review.locks import hold_lock


def judgement(profile: str, verdict: str = "nobody", reviewer: str = "ann", **more: Any) -> Judgement:
    customer = "c1" if verdict in ("is", "is_not") else None
    return Judgement(
        **{
            "profile_id": profile,
            "customer_id": customer,
            "verdict": verdict,
            "reviewer": reviewer,
            "decided_at": "2026-03-01T12:00:00Z",
            **more,
        }
    )


def test_a_judgement_is_a_row_of_the_labels_table(label_path: Path) -> None:
    LabelFile(label_path).add(judgement("p1", "is", inclusion_probability=0.25))

    loaded = read_table(str(label_path), "labels")

    assert loaded.rejects.num_rows == loaded.repairs.num_rows == 0
    (row,) = loaded.table.to_pylist()
    assert row["decided_at"].isoformat() == "2026-03-01T12:00:00+00:00"
    assert {name: value for name, value in row.items() if name != "decided_at"} == {
        "profile_id": "p1",
        "customer_id": "c1",
        "verdict": "is",
        "source": "review",
        "reviewer": "ann",
        "inclusion_probability": 0.25,
    }


def test_no_file_is_an_empty_table(label_path: Path) -> None:
    assert LabelFile(label_path).read().num_rows == 0
    assert LabelFile(label_path).take_back("ann") is None
    assert not label_path.exists()


def test_a_judgement_is_on_the_disk_when_add_returns(label_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.fstat(number).st_size))

    LabelFile(label_path).add(judgement("p1"))

    assert synced == [label_path.stat().st_size]


def test_a_later_judgement_takes_the_place_of_an_earlier_one(label_path: Path) -> None:
    file = LabelFile(label_path)
    for one in (judgement("p1"), judgement("p2"), judgement("p1", reviewer="bob"), judgement("p1", "is")):
        file.add(one)

    found = file.read().select(["profile_id", "reviewer", "verdict"]).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        ("p2", "ann", "nobody"),
        ("p1", "bob", "nobody"),
        ("p1", "ann", "is"),
    ]


def test_undo_takes_back_the_reviewers_own_last_line(label_path: Path) -> None:
    file = LabelFile(label_path)
    file.add(judgement("p1"))
    file.add(judgement("p2"))
    file.add(judgement("p3", reviewer="bob"))

    assert [file.take_back("ann") for _ in range(3)] == ["p2", "p1", None]
    assert file.read()["profile_id"].to_pylist() == ["p3"]


def test_a_line_that_a_crash_left_half_written_spoils_nothing(label_path: Path) -> None:
    file = LabelFile(label_path)
    file.add(judgement("p1"))
    with label_path.open("ab") as torn:
        torn.write(b'{"profile_id": "p2", "verd')

    file.add(judgement("p3"))
    assert file.read_with_rejects()[0]["profile_id"].to_pylist() == ["p1", "p3"]
    assert file.read_with_rejects()[1] == 1
    assert file.take_back("ann") == "p3"
    file.add(judgement("p1", "is"))
    assert file.read().select(["profile_id", "verdict"]).to_pylist() == [{"profile_id": "p1", "verdict": "is"}]


def test_lines_of_others_stay_as_they_are(label_path: Path) -> None:
    foreign = b'{"profile_id": 7, "verdict": "nobody",  "note": "by hand"}'
    label_path.write_bytes(foreign)
    file = LabelFile(label_path)

    file.add(judgement("p1"))
    file.add(judgement("p1", "skip"))
    file.take_back("ann")

    assert label_path.read_bytes() == foreign + b"\n"


def test_a_failed_undo_loses_nothing(label_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = LabelFile(label_path)
    file.add(judgement("p1"))
    before = label_path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OutputError, match="the disk is full"):
        file.take_back("ann")
    assert label_path.read_bytes() == before


def test_what_cannot_be_saved_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be locked"):
        LabelFile(tmp_path / "nowhere" / "labels.jsonl").add(judgement("p1"))
    with pytest.raises(InvalidParameterError, match=r"ending in \.jsonl"):
        LabelFile(tmp_path / "labels.csv")


def test_a_file_that_cannot_be_read_is_said(label_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = LabelFile(label_path)
    file.add(judgement("p1"))

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
        file.take_back("ann")


def test_a_full_disk_is_said(label_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = LabelFile(label_path)
    file.add(judgement("p1"))

    def fill(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fill)
    with pytest.raises(OutputError, match=r"the judgement was not saved in .* \(No space left"):
        file.add(judgement("p2"))


def test_a_file_of_something_else_is_refused(label_path: Path) -> None:
    label_path.write_text('{"hello": 1}\n')

    with pytest.raises(InputError, match=r"labels\.profile_id"):
        LabelFile(label_path).read()


@pytest.mark.parametrize(
    ("verdict", "customer", "said"),
    [("maybe", None, "must be one of"), ("is", None, "needs"), ("skip", "c", "takes no")],
)
def test_a_judgement_must_make_sense(verdict: str, customer: str | None, said: str) -> None:
    with pytest.raises(InvalidParameterError, match=said):
        judgement("p1", verdict, customer_id=customer)


WRITER = """
import sys
from pathlib import Path
from sociolink.review.labels import Judgement, LabelFile
file, who = LabelFile(Path(sys.argv[1])), sys.argv[2]
for number in range(40):
    file.add(Judgement(profile_id=f"p{number}", customer_id=None, verdict="nobody", reviewer=who, decided_at=""))
    if number % 4 == 3:
        file.take_back(who)
"""


def test_several_processes_share_a_file(label_path: Path) -> None:
    """Appending and undoing at once: each ends with the 30 judgements that it did not take back."""
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(label_path), who]) for who in ("ann", "bob", "eve")]
    assert [one.wait(timeout=120) for one in writers] == [0, 0, 0]

    lines = [json.loads(line) for line in label_path.read_text().splitlines()]
    for who in ("ann", "bob", "eve"):
        kept = [line["profile_id"] for line in lines if line["reviewer"] == who]
        assert kept == [f"p{number}" for number in range(40) if number % 4 != 3]


def test_a_lock_that_is_held_for_long_is_an_error(label_path: Path) -> None:
    with (
        hold_lock(label_path),
        pytest.raises(OutputError, match="held by another process"),
        hold_lock(label_path, patience_seconds=0.05),
    ):
        pass
    with hold_lock(label_path, patience_seconds=0.05):
        pass


orders = st.lists(st.tuples(st.sampled_from("aju"), st.sampled_from("xyz"), st.sampled_from("12345")), max_size=25)


@given(orders)
def test_the_file_is_what_a_list_would_be(tmp_path_factory: pytest.TempPathFactory, given_orders: Any) -> None:
    file = LabelFile(tmp_path_factory.mktemp("labels") / "labels.jsonl")
    kept: list[tuple[str, str]] = []
    for do, who, profile in given_orders:
        if do == "u":
            own = [one for one in kept if one[1] == who]
            assert file.take_back(who) == (own[-1][0] if own else None)
            if own:
                kept.remove(own[-1])
        else:
            kept = [one for one in kept if one != (profile, who)] + [(profile, who)]
            file.add(judgement(profile, reviewer=who))

    read = file.read()
    assert list(zip(read["profile_id"].to_pylist(), read["reviewer"].to_pylist(), strict=True)) == kept
