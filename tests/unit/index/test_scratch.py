"""Arrays on the disk: the same numbers, no file that has a name, nothing left whatever happens."""

from __future__ import annotations

import errno
import mmap
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink.errors import OutputError
from sociolink.index.scratch import Scratch, _resident_bytes


@dataclass(frozen=True, slots=True)
class Tree:
    numbers: np.ndarray[Any, Any]
    again: np.ndarray[Any, Any]
    strings: pa.Array
    inner: tuple[Any, ...]
    name: str


def lies_in_a_file(array: np.ndarray[Any, Any]) -> bool:
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base.obj if isinstance(base, memoryview) else base, mmap.mmap)


def test_large_arrays_of_a_tree_are_mapped_and_the_rest_stays() -> None:
    table = np.arange(12.0).reshape(3, 4)
    small = np.arange(2)
    tree = Tree(table, table, pa.array(["one", None, "three" * 20]), (small, {"kept": 1}), "name")

    kept = Scratch(40).keep(tree)

    assert lies_in_a_file(kept.numbers)
    assert kept.numbers.shape == (3, 4)
    assert np.array_equal(kept.numbers, table)
    assert not kept.numbers.flags.writeable
    assert kept.again is kept.numbers
    assert kept.strings.equals(tree.strings)
    assert kept.inner[0] is small
    assert kept.inner[1] is tree.inner[1]
    assert kept.name == "name"


def test_what_is_mapped_is_not_written_again() -> None:
    scratch = Scratch(1)
    once = scratch.keep(Tree(np.arange(5), np.arange(6), pa.array(["a"]), (), ""))
    assert scratch.keep(once).numbers is once.numbers
    assert scratch.keep((once.numbers[1:],))[0].tolist() == [1, 2, 3, 4]


def test_what_is_small_in_each_of_many_is_mapped_too() -> None:
    (array,) = Scratch(1000).keep((np.arange(50),), pieces=10)
    assert lies_in_a_file(array)
    assert not lies_in_a_file(Scratch(1000).keep((np.arange(50),))[0])


def test_nothing_is_kept_of_empty_arrays() -> None:
    (kept,) = Scratch(0).keep((np.empty((0, 3)),))
    assert kept.shape == (0, 3)
    (column,) = Scratch(0).map_columns([], [np.int32])
    assert (column.dtype, len(column)) == (np.int32, 0)


def test_tables_become_chunks() -> None:
    parts = [pa.table({"name": ["a", None], "mails": [["x"], None]}), pa.table({"name": ["c"], "mails": [["y", "z"]]})]
    found = Scratch(1).map_tables(parts, parts[0].schema)
    assert found.to_pylist() == pa.concat_tables(parts).to_pylist()
    assert found.column("name").num_chunks == 2
    assert Scratch(1).map_tables([], parts[0].schema).num_rows == 0


def test_files_have_no_name_and_go_with_the_last_array(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scratch = Scratch(1)
    kept = scratch.keep((np.arange(1000), pa.array(["somebody"] * 1000)))
    assert list(tmp_path.iterdir()) == []
    assert kept[0].sum() == 499_500


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_process_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import numpy as np, time; from sociolink.index.scratch import Scratch\n"
        "kept = Scratch(1).keep((np.arange(100_000),)); print('ready', flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(OutputError, match=r"No space left on device\)\. Give the folder of TMPDIR more room"):
        Scratch(1).keep((np.arange(3),))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not say how much is resident")
def test_pages_are_given_back_and_come_again() -> None:
    size = 1 << 24
    scratch = Scratch(1, resident=0)
    (array,) = scratch.keep((np.ones(size, np.uint8),))
    assert array.sum() == size
    before = _resident_bytes()
    scratch.relieve()
    assert before - _resident_bytes() > size // 2
    assert array.sum() == size


@pytest.mark.parametrize("smallest", [1, 40, 10**6])
def test_chosen_rows_are_those_of_a_plain_filter(smallest: int) -> None:
    lists = pa.chunked_array([[["a"], None], [[], ["b", "c"], ["d"]]])
    table = pa.table({"number": pa.chunked_array([[1, 2, None], [4, 5]]), "lists": lists})
    chosen = pa.array([True, False, True, True, False])
    found = Scratch(smallest).filter_rows(table, chosen)
    assert found.equals(table.filter(chosen))
    assert Scratch(smallest).filter_rows(table, pa.array([False] * 5)).equals(table.slice(0, 0))
    assert Scratch(smallest).filter_rows(table.slice(0, 0), pa.array([], pa.bool_())).num_rows == 0


def test_encoded_bytes_are_those_of_the_whole_table_written_at_once() -> None:
    names = pa.chunked_array([["a", None], ["ü" * 9]])
    table = pa.table({"names": names, "sizes": pa.chunked_array([[[1, 2], []], [None]]), "ok": [True, None, False]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    scratch = Scratch(1)
    found = scratch.map_encoded(table)
    assert found.to_pybytes() == sink.getvalue().to_pybytes()
    assert len(scratch._maps) == 1


def test_pages_of_mapped_files_of_others_are_given_back_but_not_their_changes(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"as it was" * 1000)
    scratch = Scratch(1, resident=0)
    with open(tmp_path / "file", "rb") as file:
        read = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
        changed = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY), np.uint8)
    changed[0] = 7
    for array in (read, changed, np.arange(3)):
        scratch.watch(array)
    scratch.relieve()
    assert (read[0], changed[0]) == (ord("a"), 7)
    assert len(scratch._maps) == 1
