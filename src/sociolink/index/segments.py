"""Segments: one tree of arrays in one file of plain bytes; beside it a description and a checksum for every page."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sociolink.errors import IndexFileError
from sociolink.index.scratch import Scratch
from sociolink.index.storage import Storage
from sociolink.index.trees import Blob, Place, Registry, TreeWriter, array_key, blob_layout, read_tree

__all__ = ["PAGE", "OpenSegment", "SegmentHead", "open_segment", "page_sums", "write_segment"]

PAGE = 1 << 14
"""Bytes that share a checksum."""

_ALIGN = 64
_PART = 1 << 9
"""Pages whose checksums one thread takes at a time."""

_MOST_THREADS = 8


@dataclass(frozen=True, slots=True)
class SegmentHead:
    """What the manifest says of a segment.

    Attributes:
        name: Stem of its files.
        size: Bytes of its data.
        tree: CRC-32 of its description.
        sums: CRC-32 of its page checksums.
    """

    name: str
    size: int
    tree: int
    sums: int

    @property
    def files(self) -> tuple[str, str, str]:
        """Names of data, description and page checksums."""
        return f"{self.name}.data", f"{self.name}.tree", f"{self.name}.sums"


@dataclass(frozen=True, slots=True, eq=False)
class OpenSegment:
    """A segment, mapped.

    Attributes:
        head: What the manifest says.
        data: (size,) uint8, the mapped bytes.
        blobs: Begin and size of every blob.
        description: Its tree.
    """

    head: SegmentHead
    data: npt.NDArray[np.uint8]
    blobs: tuple[tuple[int, int], ...]
    description: Any

    @property
    def address(self) -> int:
        """Where the data lies in memory."""
        return int(self.data.__array_interface__["data"][0])

    def blob(self, number: int) -> memoryview:
        """The bytes of one blob."""
        begin, size = self.blobs[number]
        return memoryview(self.data.data)[begin : begin + size]

    def tree(self, registry: Registry, others: Mapping[str, OpenSegment] | None = None) -> Any:
        """The tree, as views of the mapped bytes.

        Args:
            registry: Classes by name.
            others: Segments whose arrays this one shares, by name.
        """
        around = others or {}
        return read_tree(
            self.description,
            registry,
            lambda name, number: (self if name is None else around[name]).blob(number),
        )

    def part(self, name: str, registry: Registry) -> Any:
        """One field of the tree, whatever the class of the whole looks like in this version."""
        try:
            description = self.description["fields"][name]
        except (KeyError, TypeError) as error:
            raise IndexFileError(f"The index is damaged: its segment {self.head.name} holds no {name}.") from error
        return read_tree(description, registry, lambda _, number: self.blob(number))

    def places(self) -> dict[tuple[int, str, tuple[int, ...]], Place]:
        """Its arrays, for a segment that shares them."""
        found: dict[tuple[int, str, tuple[int, ...]], Place] = {}
        for node in _arrays(self.description):
            if "in" not in node and self.blobs[node["array"]][1]:
                array = np.frombuffer(self.blob(node["array"]), np.dtype(node["dtype"])).reshape(node["shape"])
                found[array_key(array)] = (self.head.name, node["array"])
        return found

    def damaged_pages(self, sums: npt.NDArray[np.uint32]) -> int:
        """How many pages are not what they were."""
        return int((page_sums(self.data) != sums).sum())


def _arrays(node: Any) -> Iterator[dict[str, Any]]:
    if "array" in node:
        yield node
    for part in ("dict", "fields"):
        for item in node.get(part, {}).values():
            yield from _arrays(item)
    for item in node.get("tuple", ()):
        yield from _arrays(item)


def page_sums(data: npt.NDArray[np.uint8], pages: npt.NDArray[np.int64] | None = None) -> npt.NDArray[np.uint32]:
    """CRC-32 of every page, or of some.

    Args:
        data: All bytes.
        pages: Numbers of pages; all by default.
    """
    view = data.data
    chosen = range(-(-len(data) // PAGE)) if pages is None else pages.tolist()

    def add_up(some: Sequence[int]) -> list[int]:
        return [zlib.crc32(view[page * PAGE : (page + 1) * PAGE]) for page in some]

    if len(chosen) < 2 * _PART:
        return np.array(add_up(chosen), "<u4")
    parts = [chosen[begin : begin + _PART] for begin in range(0, len(chosen), _PART)]
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, _MOST_THREADS)) as pool:
        return np.array([one for part in pool.map(add_up, parts) for one in part], "<u4")


def _laid_out(blobs: list[Blob], scratch: Scratch | None) -> Iterator[bytes | memoryview]:
    for blob in blobs:
        if blob.size:
            yield memoryview(blob.data)
            yield bytes(-blob.size % _ALIGN)
        if scratch is not None:
            scratch.relieve()


def _summed(parts: Iterable[bytes | memoryview], sums: list[int]) -> Iterator[bytes | memoryview]:
    """The parts as they are; what `page_sums` gives for all of them together is added to `sums` meanwhile."""
    left, crc = PAGE, 0
    for part in parts:
        view, begin = memoryview(part), 0
        while begin < len(view):
            here = view[begin : begin + left]
            crc, begin, left = zlib.crc32(here, crc), begin + len(here), left - len(here)
            if left == 0:
                sums.append(crc)
                left, crc = PAGE, 0
        yield part
    if left < PAGE:
        sums.append(crc)


def write_segment(
    storage: Storage,
    name: str,
    value: Any,
    *,
    elsewhere: Mapping[tuple[int, str, tuple[int, ...]], Place] | None = None,
    scratch: Scratch | None = None,
) -> SegmentHead:
    """Write a tree.

    Args:
        storage: Where to.
        name: Stem of the files.
        value: The tree.
        elsewhere: Arrays that other segments hold; see `OpenSegment.places`.
        scratch: Where its tables are encoded, and whose pages are given back as they are written.

    Returns:
        What the manifest must say of it.
    """
    writer = TreeWriter(elsewhere, scratch)
    tree = writer.describe(value)
    starts, size = blob_layout(writer.blobs, align=_ALIGN)
    blobs = [[start, blob.size] for start, blob in zip(starts, writer.blobs, strict=True)]
    description = json.dumps({"blobs": blobs, "tree": tree}).encode()
    data, described, summed = SegmentHead(name, size, 0, 0).files
    crcs: list[int] = []
    storage.put(data, _summed(_laid_out(writer.blobs, scratch), crcs))
    sums = np.array(crcs, "<u4").tobytes()
    storage.put(described, [description])
    storage.put(summed, [sums])
    return SegmentHead(name, size, zlib.crc32(description), zlib.crc32(sums))


def open_segment(storage: Storage, head: SegmentHead, *, private: bool = False) -> OpenSegment:
    """Map a segment; its description is checked, its pages are not (see `OpenSegment.damaged_pages`).

    Args:
        storage: Where it lies.
        head: What the manifest says of it.
        private: For changes in memory that leave the file as it is.

    Raises:
        IndexFileError: A file is missing, cut short or damaged.
    """
    described, summed = (storage.map(name) for name in head.files[1:])
    data = storage.copy(head.files[0]) if private else storage.map(head.files[0])
    whole = len(data) == head.size and zlib.crc32(described) == head.tree and zlib.crc32(summed) == head.sums
    if not whole:
        raise IndexFileError(f"The index is damaged in its segment {head.name}. Restore it or build it again.")
    said = json.loads(bytes(described))
    blobs = tuple((int(begin), int(size)) for begin, size in said["blobs"])
    return OpenSegment(head, np.frombuffer(data, np.uint8), blobs, said["tree"])
