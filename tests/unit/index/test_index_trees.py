"""Trees of arrays go into files and come back as they were, by registered classes only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from sociolink.errors import IndexFileError
from sociolink.index.segments import PAGE, open_segment, page_sums, write_segment
from sociolink.index.storage import FolderStorage, MemoryStorage, Storage
from sociolink.index.trees import TreeWriter, classes_of


class Colour(IntEnum):
    RED = 1
    BLUE = 2


@dataclass(frozen=True, slots=True)
class Leaf:
    values: npt.NDArray[np.float64]
    names: pa.Array
    colour: Colour


@dataclass(frozen=True, slots=True)
class Tree:
    leaves: tuple[Leaf, ...]
    shared: npt.NDArray[np.uint64]
    again: npt.NDArray[np.uint64]
    table: pa.Table
    sizes: dict[str, int]
    share: float
    nothing: str | None


def grow() -> Tree:
    words = np.arange(5000, dtype=np.uint64) * 7
    leaves = tuple(
        Leaf(np.linspace(0, number, 7).reshape(7, 1), pa.array(["a", "", "ü" * number]), Colour(1 + number % 2))
        for number in range(3)
    )
    table = pa.table({"id": ["x", "y"], "mails": [["m@x.example"], None], "ok": [True, None]})
    return Tree(leaves, words, words, table, {"b": 2, "a": 1}, 0.1 + 0.2, None)


@pytest.fixture(params=["folder", "memory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return FolderStorage(tmp_path) if request.param == "folder" else MemoryStorage()


def same(one: Tree, two: Tree) -> bool:
    leaves = all(
        np.array_equal(a.values, b.values) and a.names.equals(b.names) and a.colour is b.colour
        for a, b in zip(one.leaves, two.leaves, strict=True)
    )
    arrays = np.array_equal(one.shared, two.shared) and np.array_equal(one.again, two.again)
    plain = (one.sizes, one.share, one.nothing) == (two.sizes, two.share, two.nothing)
    return leaves and arrays and plain and one.table.equals(two.table)


def test_a_tree_comes_back_as_it_was(storage: Storage) -> None:
    head = write_segment(storage, "one", grow())

    tree = open_segment(storage, head).tree(classes_of(Tree))

    assert same(tree, grow())
    assert not tree.shared.flags.writeable


def test_the_same_memory_is_written_once(storage: Storage) -> None:
    words = np.arange(100_000, dtype=np.uint64)
    twice = write_segment(storage, "twice", (words, words))
    once = write_segment(storage, "once", (words,))

    assert twice.size == once.size


def test_a_segment_can_share_the_arrays_of_another(storage: Storage) -> None:
    first = open_segment(storage, write_segment(storage, "first", grow()))
    tree = first.tree(classes_of(Tree))

    head = write_segment(storage, "second", (tree.shared, tree.leaves), elsewhere=first.places())
    shared, leaves = open_segment(storage, head).tree(classes_of(Tree), {"first": first})

    assert head.size < first.head.size / 4
    assert np.array_equal(shared, tree.shared)
    assert leaves[2].names.equals(tree.leaves[2].names)


def test_classes_come_from_the_registry_alone(storage: Storage) -> None:
    head = write_segment(storage, "one", grow())

    with pytest.raises(IndexFileError, match="holds a Tree"):
        open_segment(storage, head).tree(classes_of(Leaf))
    assert set(classes_of(Tree)) == {"Tree", "Leaf", "Colour"}


def test_what_has_no_plain_form_is_refused() -> None:
    for value in (object(), [1], {1, 2}, np.array([object()])):
        with pytest.raises(IndexFileError):
            TreeWriter().describe(value)


def test_a_damaged_segment_is_found(storage: Storage) -> None:
    head = write_segment(storage, "one", grow())
    sums = np.frombuffer(storage.map("one.sums"), "<u4").copy()
    assert open_segment(storage, head).damaged_pages(sums) == 0

    storage.patch("one.data", [(PAGE + 5, b"\xff\xfe\xfd")])
    assert open_segment(storage, head).damaged_pages(sums) == 1

    storage.patch("one.tree", [(3, b"!")])
    with pytest.raises(IndexFileError, match="segment one"):
        open_segment(storage, head)


def test_a_segment_that_was_cut_short_is_refused(storage: Storage) -> None:
    head = write_segment(storage, "one", grow())
    storage.put("one.data", [bytes(storage.map("one.data"))[:-64]])

    with pytest.raises(IndexFileError, match="segment one"):
        open_segment(storage, head)


def test_a_description_of_other_data_is_refused(storage: Storage) -> None:
    import zlib
    from dataclasses import replace

    head = write_segment(storage, "one", grow())
    said = json.loads(bytes(storage.map("one.tree")))
    said["tree"]["fields"]["shared"]["shape"] = [3, 3]
    text = json.dumps(said).encode()
    storage.put("one.tree", [text])

    with pytest.raises(IndexFileError, match="description fits no data"):
        open_segment(storage, replace(head, tree=zlib.crc32(text))).tree(classes_of(Tree))


def test_page_sums_are_those_of_the_pages() -> None:
    data = np.random.default_rng(0).integers(0, 255, 3 * PAGE + 10).astype(np.uint8)

    everything = page_sums(data)

    assert len(everything) == 4
    assert page_sums(data, np.array([3, 1])).tolist() == [everything[3], everything[1]]


def test_empty_arrays_come_back(storage: Storage) -> None:
    head = write_segment(storage, "empty", (pa.array([], pa.string()), np.empty(0, np.uint64)))
    strings, numbers = open_segment(storage, head).tree({})
    assert strings.equals(pa.array([], pa.string()))
    assert len(numbers) == 0
