"""Lines come in order with their places, whatever the blocks they are read in, and no faster than they are taken."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sociolink.streams import lines as module
from sociolink.streams.feed import LineFeed
from sociolink.streams.lines import Line, number_items, read_lines


def slow_lines(data: bytes) -> list[tuple[int, int, bytes | None]]:
    """The reference: the whole file at once."""
    out, end = [], 0
    for number, part in enumerate(data.splitlines(keepends=True), 1):
        end += len(part)
        text = part.removesuffix(b"\n")
        out.append((number, end, text if len(text) <= module.MOST_BYTES else None))
    return out


TEXT = st.lists(st.sampled_from([b"a", b"bc", b"\n", b"{}", b" ", b"\xff", b"long" * 3]), max_size=15).map(b"".join)


@given(data=TEXT, block=st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_lines_are_those_of_the_whole_file(data: bytes, block: int) -> None:
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", block)
        patch.setattr(module, "MOST_BYTES", 9)
        found = [(line.number, line.end, line.data) for line in read_lines(reading)]
        expected = slow_lines(data)
    os.close(reading)

    assert found == expected


def test_reading_goes_on_from_a_place(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"one\ntwo\nthree")
    handle = os.open(path, os.O_RDONLY)
    first = next(read_lines(handle))
    os.lseek(handle, first.end, os.SEEK_SET)
    rest = list(read_lines(handle, start=first.end, number=first.number))
    os.close(handle)

    assert [(line.number, line.end, line.data) for line in rest] == [(2, 8, b"two"), (3, 13, b"three")]


def endless(taken: list[int]) -> Callable[[Callable[[], bool]], Iterator[Line]]:
    def source(stopped: Callable[[], bool]) -> Iterator[Line]:
        number = 0
        while not stopped():
            number += 1
            taken.append(number)
            yield Line(number, 0, b"x" * 10)

    return source


def test_a_source_is_read_no_faster_than_its_lines_are_taken() -> None:
    read: list[int] = []
    feed = LineFeed(endless(read), most_lines=5)
    got = []
    for _ in range(20):
        got += feed.take(2, delay_seconds=0, patience_seconds=5)
        assert len(read) <= len(got) + 5 + 3  # the queue, one in hand, and a pair that was just taken
    feed.stop()

    assert [line.number for line in got] == list(range(1, len(got) + 1))


def test_bytes_are_bounded_too_but_a_longer_line_passes_alone() -> None:
    feed = LineFeed(lambda stopped: number_items([b"x" * 100] * 10, stopped=stopped), most_lines=100, most_bytes=50)
    got = []
    while not feed.ended:
        assert feed.held <= 1
        got += feed.take(10, delay_seconds=0, patience_seconds=5)

    assert len(got) == 10


def test_what_was_read_before_a_stop_is_still_taken() -> None:
    read: list[int] = []
    feed = LineFeed(endless(read), most_lines=5)
    while len(read) < 5:
        time.sleep(0.001)
    feed.stop()
    got = []
    while not feed.ended:
        got += feed.take(2, delay_seconds=0, patience_seconds=5)

    assert [line.number for line in got] == read


def test_a_reader_of_a_silent_pipe_ends_when_it_is_stopped() -> None:
    reading, writing = os.pipe()
    feed = LineFeed(lambda stopped: read_lines(reading, stopped=stopped), most_lines=5)
    assert feed.take(1, delay_seconds=0, patience_seconds=0.01) == []
    assert not feed.ended
    feed.stop()
    assert feed.take(1, delay_seconds=0, patience_seconds=5) == []
    assert feed.ended
    os.close(writing)
    os.close(reading)


def test_what_a_source_raises_comes_after_the_lines_before_it() -> None:
    def failing(stopped: Callable[[], bool]) -> Iterator[Line]:
        yield Line(1, 0, b"good")
        raise OSError("the disk")

    feed = LineFeed(failing, most_lines=5)

    assert [line.data for line in feed.take(1, delay_seconds=0, patience_seconds=5)] == [b"good"]
    with pytest.raises(OSError, match="the disk"):
        feed.take(1, delay_seconds=0, patience_seconds=5)
    assert feed.ended
    assert threading.active_count() < 50
