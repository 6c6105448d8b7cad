"""Manifest, journal, locks and drafts: whole or not there, and nothing that is newer is touched."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sociolink.errors import IndexFileError, OutputError
from sociolink.index import storage as storage_module
from sociolink.index.drafts import Draft
from sociolink.index.journal import JOURNAL, finish_journal, write_journal
from sociolink.index.manifest import (
    FORMAT,
    MANIFEST,
    Manifest,
    encode_manifest,
    load_manifest,
    save_manifest,
    sweep,
)
from sociolink.index.segments import PAGE, SegmentHead, open_segment, write_segment
from sociolink.index.storage import FolderStorage, MemoryStorage


def manifest_of(head: SegmentHead) -> Manifest:
    return Manifest(3, {"base": head}, {"model.json": 7}, {"families": ["name"]})


def test_a_manifest_comes_back_as_it_was(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    manifest = manifest_of(SegmentHead("base-1", 10, 1, 2))

    save_manifest(storage, manifest)

    assert load_manifest(storage) == manifest
    assert manifest.names == {MANIFEST, "model.json", "base-1.data", "base-1.tree", "base-1.sums"}


def test_a_newer_or_damaged_manifest_is_refused(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    said = json.loads(encode_manifest(manifest_of(SegmentHead("base-1", 10, 1, 2))))
    cases = [
        (json.dumps({**said, "format": FORMAT + 1}), f"format {FORMAT + 1}"),
        (json.dumps({**said, "generation": 9}), "damaged"),
        ("{", "no manifest"),
        (json.dumps({"kind": "else"}), "no manifest"),
    ]
    for text, message in cases:
        storage.put(MANIFEST, [text.encode()])
        with pytest.raises(IndexFileError, match=message):
            load_manifest(storage)


def test_sweeping_leaves_what_belongs_to_the_index(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    head = write_segment(storage, "base-1", (np.arange(9),))
    write_segment(storage, "base-0", (np.arange(9),))
    storage.put("draft.partial", [b"x"])
    manifest = Manifest(1, {"base": head})
    save_manifest(storage, manifest)

    sweep(storage, manifest)

    assert storage.names() == sorted(manifest.names)


def test_a_journal_is_done_once_or_twice_with_the_same_result(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("a", [bytes(20)])
    journal = {"a": [(3, b"xyz"), (10, b"!")]}
    write_journal(storage, journal, b'{"new": 1}')
    kept = bytes(storage.map(JOURNAL))

    assert finish_journal(storage)
    once = bytes(storage.map("a"))
    storage.put(JOURNAL, [kept])
    assert finish_journal(storage)

    assert once == bytes(storage.map("a")) == bytes(3) + b"xyz" + bytes(4) + b"!" + bytes(9)
    assert bytes(storage.map(MANIFEST)) == b'{"new": 1}'
    assert not finish_journal(storage)


def test_a_damaged_journal_changes_nothing(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("a", [bytes(20)])
    write_journal(storage, {"a": [(3, b"xyz")]}, b"{}")
    storage.patch(JOURNAL, [(40, b"?")])

    with pytest.raises(IndexFileError, match="journal"):
        finish_journal(storage)

    assert bytes(storage.map("a")) == bytes(20)


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_a_draft_becomes_patches(tmp_path: Path, kind: str) -> None:
    storage = FolderStorage(tmp_path) if kind == "folder" else MemoryStorage()
    words = np.arange(3 * PAGE, dtype=np.uint64)
    head = write_segment(storage, "one", (words, words[:7].copy()))
    draft = Draft(open_segment(storage, head, private=True))
    mine = draft.segment.tree({})[0]

    draft.overwrite(mine, [5, 4, 2 * PAGE], np.uint64(1))
    draft.overwrite(mine, np.empty(0, np.int64), np.uint64(1))
    draft.blank(np.array([8 * 7, 8 * PAGE - 3]), np.array([4, 2 * PAGE + 9]))

    expected = words.copy()
    expected[[5, 4, 2 * PAGE]] = 1
    raw = expected.view(np.uint8)
    raw[56:60] = 0
    raw[8 * PAGE - 3 : 10 * PAGE + 6] = 0
    assert np.array_equal(mine, expected)
    assert np.array_equal(open_segment(storage, head).tree({})[0], words)
    patches, fresh = draft.patches(storage)
    for name, some in patches.items():
        storage.patch(name, some)
    done = open_segment(storage, fresh)
    assert np.array_equal(done.tree({})[0], expected)
    assert done.damaged_pages(np.frombuffer(storage.map("one.sums"), "<u4")) == 0


def test_a_draft_without_changes_has_no_patches() -> None:
    storage = MemoryStorage()
    head = write_segment(storage, "one", (np.arange(5),))

    assert Draft(open_segment(storage, head, private=True)).patches(storage) == ({}, head)


HOLD = """
import sys, time
from pathlib import Path
from sociolink.index.storage import FolderStorage
with FolderStorage(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_writer_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage_module, "_PATIENCE_SECONDS", 0.1)
    storage = FolderStorage(tmp_path)
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(IndexFileError, match="Another process is writing"), storage.lock():
            pass
        other.kill()

    with storage.lock():
        assert storage.names() == []


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("a", [b"old"])

    def parts() -> object:
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        storage.put("a", parts())  # type: ignore[arg-type]

    assert bytes(storage.map("a")) == b"old"
    assert storage.names() == ["a"]
    with pytest.raises(IndexFileError, match="lacks its file"):
        storage.map("b")
    with pytest.raises(OutputError, match="cannot be changed"):
        storage.patch("b", [(0, b"x")])
