"""Changing arrays of a segment in place: tried on a private copy of the pages, then handed over as patches."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sociolink.index.segments import PAGE, OpenSegment, SegmentHead, page_sums
from sociolink.index.storage import Patch, Storage

__all__ = ["Draft"]

Int64s = npt.NDArray[np.int64]


class Draft:
    """A segment whose bytes may be changed in memory, with a note of what was changed.

    Args:
        segment: Opened with a private, writable copy of its bytes; its trees show the changes.
    """

    __slots__ = ("_begins", "_sizes", "segment")

    def __init__(self, segment: OpenSegment) -> None:
        self.segment = segment
        self._begins: list[Int64s] = []
        self._sizes: list[Int64s] = []

    def overwrite(self, array: npt.NDArray[Any], at: npt.ArrayLike, values: Any) -> None:
        """Put values at some places of the first axis of an array of the segment."""
        where = np.sort(np.asarray(at, np.int64), axis=None)
        if len(where) == 0:
            return
        where = where[np.append(True, where[1:] != where[:-1])]
        array = self._writable(array)
        array[np.asarray(at, np.int64)] = values
        begin = self._offset(array) + where * array.strides[0]
        self._note(begin, np.full(len(where), array.strides[0]))

    def blank(self, begins: Int64s, sizes: Int64s) -> None:
        """Zero runs of bytes, given where they lie in the segment."""
        some = sizes > 0
        for begin, size in zip(begins[some].tolist(), sizes[some].tolist(), strict=True):
            self.segment.data[begin : begin + size] = 0
        self._note(begins[some], sizes[some])

    def holds(self, address: int) -> bool:
        """Whether memory belongs to the segment."""
        begin = self.segment.address
        return begin <= address < begin + len(self.segment.data)

    def patches(self, storage: Storage) -> tuple[dict[str, list[Patch]], SegmentHead]:
        """What must be overwritten in the files, and what the manifest must then say of the segment."""
        head = self.segment.head
        if not self._begins:
            return {}, head
        begins, sizes = _merge(np.concatenate(self._begins), np.concatenate(self._sizes))
        data = self.segment.data
        changed = [
            (begin, data[begin : begin + size].tobytes())
            for begin, size in zip(begins.tolist(), sizes.tolist(), strict=True)
        ]
        last = (begins + sizes - 1) // PAGE
        pages = np.unique(np.concatenate([begins // PAGE, last, *_between(begins // PAGE, last)]))
        sums = np.frombuffer(storage.map(head.files[2]), "<u4").copy()
        sums[pages] = page_sums(data, pages)
        first, end = int(pages[0]), int(pages[-1]) + 1
        of_pages = [(4 * first, sums[first:end].tobytes())]
        return {head.files[0]: changed, head.files[2]: of_pages}, replace(head, sums=zlib.crc32(sums.tobytes()))

    def _offset(self, array: npt.NDArray[Any]) -> int:
        return int(array.__array_interface__["data"][0]) - self.segment.address

    def _writable(self, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The same memory as an array that may be written; arrays of trees are read-only."""
        begin = self._offset(array)
        plain = self.segment.data[begin : begin + array.nbytes]
        return plain.view(array.dtype).reshape(array.shape)

    def _note(self, begins: Int64s, sizes: Int64s) -> None:
        self._begins.append(begins)
        self._sizes.append(sizes)


def _merge(begins: Int64s, sizes: Int64s) -> tuple[Int64s, Int64s]:
    """Runs without overlaps, in order; runs that touch become one."""
    order = np.argsort(begins, kind="stable")
    begins, ends = begins[order], (begins + sizes)[order]
    reach = np.maximum.accumulate(ends)
    first = np.ones(len(begins), np.bool_)
    first[1:] = begins[1:] > reach[:-1]
    start = np.flatnonzero(first)
    last = np.append(start[1:], len(begins)) - 1
    return begins[start], reach[last] - begins[start]


def _between(first: Int64s, last: Int64s) -> list[Int64s]:
    """Pages inside runs that are longer than two pages."""
    long = np.flatnonzero(last > first + 1)
    return [np.arange(first[run] + 1, last[run]) for run in long.tolist()]
