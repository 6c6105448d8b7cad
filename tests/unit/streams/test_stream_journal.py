"""The journal says what was committed, after any crash; what is void is not on the disk any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from sociolink.errors import InputError, OutputError
from sociolink.streams import journal as module
from sociolink.streams.journal import Progress, Record, StreamJournal
from sociolink.streams.outputs import LineOutput

ANSWER = ("customer-7", 0.9, 0.1, "review")


def commit_some(folder: Path, count: int, keep: int = 10) -> None:
    journal = StreamJournal(folder, keep=keep)
    for number in range(count):
        answers = [(f"author{number}", "shown", ANSWER)]
        journal.commit(Record(Progress(line=number + 1), [f"post{number}"], answers))
    journal.close()


def test_what_was_committed_is_read_back(tmp_path: Path) -> None:
    commit_some(tmp_path, 3)
    journal = StreamJournal(tmp_path, keep=10)

    assert journal.progress.line == 3
    assert [record.posts for record in journal.records] == [("post0",), ("post1",), ("post2",)]
    assert journal.records[0].answers == (("author0", "shown", ANSWER),)


def test_a_record_that_a_crash_cut_short_does_not_count(tmp_path: Path) -> None:
    commit_some(tmp_path, 3)
    (path,) = tmp_path.glob("stream-*.jsonl")
    whole = path.read_bytes()
    last = whole[:-1].rindex(b"\n") + 1
    for end in range(last, len(whole)):
        path.write_bytes(whole[:end])
        journal = StreamJournal(tmp_path, keep=10)
        assert journal.progress.line == 2
        journal.close()


def test_damage_before_the_end_is_refused(tmp_path: Path) -> None:
    commit_some(tmp_path, 3)
    (path,) = tmp_path.glob("stream-*.jsonl")
    path.write_bytes(path.read_bytes().replace(b"post0", b"post9"))

    with pytest.raises(InputError, match="is damaged"):
        StreamJournal(tmp_path, keep=10)


def test_old_segments_go_once_the_others_hold_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SEGMENT_BYTES", 300)
    commit_some(tmp_path, 100, keep=10)
    journal = StreamJournal(tmp_path, keep=10)
    posts = [post for record in journal.records for post in record.posts]

    assert posts[-10:] == [f"post{number}" for number in range(90, 100)]
    assert len(posts) < 20
    assert len(list(tmp_path.glob("stream-*"))) < 10


def test_a_restart_leaves_nothing_of_before(tmp_path: Path) -> None:
    commit_some(tmp_path, 3)
    journal = StreamJournal(tmp_path, keep=10)
    journal.restart(Record(Progress(line=3), ["post2"], fresh=True))
    journal.close()

    assert b"customer-7" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert StreamJournal(tmp_path, keep=10).records == [Record(Progress(line=3), ("post2",), (), True)]


def test_a_crash_in_a_restart_leaves_it_whole_or_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit_some(tmp_path, 3)
    journal = StreamJournal(tmp_path, keep=10)
    monkeypatch.setattr(journal, "_remove", lambda number: None)
    journal.restart(Record(Progress(line=3), ["post2"], fresh=True))
    journal.close()
    assert len(list(tmp_path.glob("stream-*"))) == 2

    again = StreamJournal(tmp_path, keep=10)

    assert again.progress.line == 3
    assert len(list(tmp_path.glob("stream-*"))) == 1


def test_two_cannot_watch_with_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOCK_SECONDS", 0.01)
    journal = StreamJournal(tmp_path, keep=10)
    with pytest.raises(OutputError, match="Another process watches"):
        StreamJournal(tmp_path, keep=10)
    journal.close()
    StreamJournal(tmp_path, keep=10).close()


def test_a_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")

    with pytest.raises(InputError, match="no state of a stream"):
        StreamJournal(tmp_path, keep=10)


def test_a_newer_journal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FORMAT", 2)
    commit_some(tmp_path, 1)
    monkeypatch.setattr(module, "FORMAT", 1)

    with pytest.raises(InputError, match="Update sociolink"):
        StreamJournal(tmp_path, keep=10)


def test_an_output_is_cut_back_to_what_counts(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b"one\ntwo\nthr")
    output = LineOutput(path, written=4)
    output.add("new")
    output.flush()
    output.close()

    assert path.read_bytes() == b"one\nnew\n"
    with pytest.raises(OutputError, match="but 100 were written"):
        LineOutput(path, written=100)
    assert path.read_bytes() == b"one\nnew\n"
