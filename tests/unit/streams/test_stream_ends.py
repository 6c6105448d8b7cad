"""Where posts come from and where answers go: what cannot be read or written is one clear error, and left closed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sociolink.errors import InputError, OutputError
from sociolink.streams import inputs, outputs
from sociolink.streams.inputs import open_input
from sociolink.streams.journal import Progress
from sociolink.streams.outputs import LineOutput
from sociolink.streams.report import WatchReport

NEW = Progress()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Descriptors that were opened."""
    found: list[int] = []
    plain = os.open

    def remember(*given: Any) -> int:
        found.append(plain(*given))
        return found[-1]

    monkeypatch.setattr(inputs.os, "open", remember)
    return found


def is_closed(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return True
    return False


def test_a_file_is_read_on_from_its_place_while_its_beginning_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"one\ntwo\n")
    first = open_input(path, NEW)
    first.close()
    far = replace(NEW, input=first.said, read=4, line=1)

    path.write_bytes(b"one\ntwo\nthree\n")
    on = open_input(path, far)
    path.write_bytes(b"eno\ntwo\nthree\n")
    anew = open_input(path, far)

    assert [(one.number, one.data) for one in on.source(lambda: False)] == [(2, b"two"), (3, b"three")]
    assert [one.number for one in anew.source(lambda: False)] == [1, 2, 3]
    assert on.said == first.said != anew.said
    on.close()
    anew.close()


def read_all(path: Path, progress: Progress, *, grows: bool) -> list[tuple[int, int, object]]:
    source = open_input(path, progress, grows=grows)
    found = [(one.number, one.end, one.data) for one in source.source(lambda: False)]
    source.close()
    return found


@pytest.mark.parametrize("half", [b'{"post_id": "2", "han', b'{"post_id": "2"', b'"', b"x" * ((1 << 20) + 1)])
def test_half_a_line_is_left_until_it_is_whole(tmp_path: Path, half: bytes) -> None:
    """A collector that is writing at the very moment."""
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"{}\n" + half)

    assert read_all(path, NEW, grows=True) == [(1, 3, b"{}")]
    assert len(read_all(path, NEW, grows=False)) == 2


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_whole_line_counts_without_its_end_and_lines_are_still_counted(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"{}" + end + b'{"a": 1}')
    source = open_input(path, NEW, grows=True)
    source.close()
    first = read_all(path, NEW, grows=True)
    far = replace(NEW, input=source.said, read=first[-1][1], line=first[-1][0])

    assert [one[0] for one in first] == [1, 2]
    assert read_all(path, far, grows=True) == []
    with path.open("ab") as file:
        file.write(end + b"{}" + end)
    assert read_all(path, far, grows=True) == [(3, path.stat().st_size, b"{}" + end[:-1])]


def test_a_file_that_was_cut_is_refused_and_closed(tmp_path: Path, opened: list[int]) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"x" * 5000)
    first = open_input(path, NEW)
    first.close()
    path.write_bytes(b"x" * 4500)

    with pytest.raises(InputError, match=r"posts\.jsonl: has 4,500 bytes, but 5,000 were read"):
        open_input(path, replace(NEW, input=first.said, read=5000))
    assert [is_closed(one) for one in opened] == [True, True]


def test_a_folder_is_refused_and_closed(tmp_path: Path, opened: list[int]) -> None:
    with pytest.raises(InputError, match="it is a folder"):
        open_input(tmp_path, NEW)
    assert [is_closed(one) for one in opened] == [True]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.jsonl: cannot be read \(No such file"):
        open_input(tmp_path / "gone.jsonl", NEW)


def test_an_output_that_lost_what_was_written_is_refused_and_closed(tmp_path: Path, opened: list[int]) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b"short\n")

    with pytest.raises(OutputError, match=r"has 6 bytes, but 90 were written to it\. Restore it"):
        LineOutput(path, written=90)
    assert [is_closed(one) for one in opened] == [True]
    assert path.read_bytes() == b"short\n"


def test_an_output_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"answers\.jsonl cannot be written \(No such file"):
        LineOutput(tmp_path / "gone" / "answers.jsonl")


def full(*_: Any) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def cut_off(*_: Any) -> int:
    raise BrokenPipeError(errno.EPIPE, "Broken pipe")


@pytest.mark.parametrize(
    ("fail", "said"),
    [(full, r"answers\.jsonl cannot be written \(No space left"), (cut_off, "Nobody reads the output any more")],
)
def test_what_cannot_be_handed_over_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fail: Callable[..., int], said: str
) -> None:
    output = LineOutput(tmp_path / "answers.jsonl")
    output.add("one")
    monkeypatch.setattr(outputs.os, "write", fail)

    with pytest.raises(OutputError, match=said):
        output.flush()
    output.close()


def test_what_is_open_already_stays_open() -> None:
    reading, writing = os.pipe()
    output = LineOutput(writing)
    output.add("caf\u00e9")
    output.flush()
    output.settle()
    output.close()

    assert os.read(reading, 99) == "caf\u00e9\n".encode()
    assert not is_closed(writing)
    for one in (reading, writing):
        os.close(one)


def test_a_report_says_what_became_of_the_posts() -> None:
    report = WatchReport(lines=12, posts=10, asked=4, link=3, review=1, none=6, rejected=2, refused=1)
    both = report.plus(WatchReport.from_dict({**report.to_dict(), "from_the_future": 9}))

    assert both.posts == 20
    assert "of 12 lines; 60.0% by authors who were known" in str(report)
    assert "1 where consent was refused" in report._repr_html_()
    assert "of 0 lines; 0% by authors" in str(WatchReport())
