"""Files of separated values: separator, encoding and quotes found out, broken rows set aside one by one."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from sociolink.errors import InputError, Problem

__all__ = ["ReadRows", "read_separated"]

_SEPARATORS = ",;\t|"
_BLOCK = 1 << 24
_LEGACY = re.compile(
    rb"[\x80\x82\x85\x8a\x8c\x8e\x91-\x97\x9a\x9c\x9e\x9f\xa0\xab\xb0\xbb\xbf-\xcf\xd1-\xd6\xd8-\xdd\xdf-\xef\xf1-\xf6\xf8-\xfd]"
)


@dataclass(frozen=True, slots=True)
class ReadRows:
    """Rows of a file that could be taken apart.

    Attributes:
        table: Their columns, of any type, names as written.
        rows: Row number in the file of each, from 0, without the header.
        broken: (row number, reason) of each row that could not be taken apart.
        repairs: (repair, count) of what was repaired in the whole file.
    """

    table: pa.Table
    rows: npt.NDArray[np.int64]
    broken: tuple[tuple[int, str], ...] = ()
    repairs: tuple[tuple[str, int], ...] = ()


def read_separated(data: bytes, *, name: str = "the file") -> ReadRows:
    """Read separated values; every column is bytes, so that ids keep their digits and bad bytes can be found later.

    Args:
        data: The file's bytes.
        name: Name of the file, for errors.

    Returns:
        The rows that have as many fields as the header and sound quotes, and the numbers of the others.

    Raises:
        InputError: The file is empty or has no header.

    Examples:
        >>> read = read_separated(b"id;name\\n1;Jo\\n2\\n")
        >>> read.table.to_pydict(), read.broken
        ({'id': [b'1'], 'name': [b'Jo']}, ((1, 'wrong number of fields'),))
    """
    text, repairs = _as_utf8(data)
    start, separator = _find_header(text)
    text = text[start:] if start else text
    if not text.strip():
        raise InputError(Problem(name, "the file is empty", "It needs a line with the names of its columns."))
    header = next(_records(text[:_BLOCK], separator, 0), None)
    if header is None or header.fields is None:
        raise InputError(Problem(name, "the first line cannot be read as names of columns", "Check its quotes."))
    names, renamed = _column_names(header.fields)
    if renamed:
        repairs = (*repairs, ("empty or repeated column name made unique", renamed))
    if _quotes_are_sound(text, separator):
        return _read_fast(text, separator, names, repairs)
    return _read_carefully(text, separator, names, repairs)


def _as_utf8(data: bytes) -> tuple[bytes, tuple[tuple[str, int], ...]]:
    """The bytes as UTF-8 where that is certain; damaged bytes stay as they are, to be set aside with their fields."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace").encode("utf-8"), (("read as UTF-16", 1),)
    data = data.removeprefix(codecs.BOM_UTF8)
    if data.isascii() or _is_utf8(data):
        return data, ()
    high = re.sub(rb"[\x00-\x7f]+", b"", data)
    if re.sub(_LEGACY, b"", high) or re.search(rb"[\xc2-\xf4][\x80-\xbf]", data):
        return data, ()
    return data.decode("cp1252").encode("utf-8"), (("read as Windows-1252", 1),)


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _BLOCK):
            decoder.decode(data[start : start + _BLOCK], final=start + _BLOCK >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def _find_header(text: bytes) -> tuple[int, str]:
    """Where the header starts and what separates its fields; a report's heading (two lines or more) is passed over."""
    sample = re.sub(rb'"[^"]*"', lambda found: b"x" * len(found[0]), text[:65_536])
    lines = [line for line in re.findall(rb"[^\r\n]*(?:\r\n|\n|\r|$)", sample)[:60] if line]
    filled = [place for place, line in enumerate(lines) if line.strip()]
    if not filled:
        return 0, ","
    counts = {separator: [line.count(separator.encode()) for line in lines] for separator in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda separator: counts[separator][filled[0]])
    for separator, found in counts.items():
        tail = sorted(found[place] for place in filled[len(filled) // 2 :])
        usual = tail[len(tail) // 2]
        header = found.index(usual)
        heading = usual >= 3 and usual > 2 * counts[best][filled[0]] and header >= 2 and max(found[:header]) < usual
        if heading and found.count(usual) >= 2:
            return sum(map(len, lines[:header])), separator
    return 0, best


def _column_names(fields: Sequence[bytes]) -> tuple[list[str], int]:
    """Names without white space, each once; the second of two is called "Name (2)"."""
    names: list[str] = []
    changed = 0
    for place, field in enumerate(fields):
        wanted = field.decode("utf-8", errors="replace").strip() or f"column {place + 1}"
        name, number = wanted, 2
        while name in names:
            name, number = f"{wanted} ({number})", number + 1
        changed += not field.strip() or name != wanted
        names.append(name)
    return names, changed


def _quotes_are_sound(text: bytes, separator: str) -> bool:
    """Whether every quote opens or closes a field or is doubled inside one: then a fast parser reads what was meant."""
    data = np.frombuffer(text, dtype=np.uint8)
    quotes = np.flatnonzero(data == ord('"'))
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    edges = np.frombuffer(separator.encode() + b"\r\n", dtype=np.uint8)
    before = (opening == 0) | np.isin(data[np.maximum(opening - 1, 0)], edges)
    before[1:] |= opening[1:] == closing[:-1] + 1
    after = (closing == len(data) - 1) | np.isin(data[np.minimum(closing + 1, len(data) - 1)], edges)
    after[:-1] |= closing[:-1] + 1 == opening[1:]
    return bool(before.all() and after.all())


def _read_fast(text: bytes, separator: str, names: list[str], repairs: tuple[tuple[str, int], ...]) -> ReadRows:
    broken: list[int] = []
    readable = text.isascii() or _is_utf8(text)  # the fast parser cannot report broken rows that it cannot decode

    def skip(row: Any) -> str:
        broken.append(-1 if row.number is None else row.number - 2)
        return "skip"

    def parse(threads: bool) -> pa.Table:
        broken.clear()
        return pa_csv.read_csv(
            pa.BufferReader(text),
            read_options=pa_csv.ReadOptions(
                use_threads=threads, block_size=_BLOCK, skip_rows=0, autogenerate_column_names=True
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=separator,
                newlines_in_values=True,
                invalid_row_handler=skip if readable else None,
                ignore_empty_lines=len(names) > 1,
            ),
            convert_options=pa_csv.ConvertOptions(
                check_utf8=False,
                column_types={f"f{place}": pa.binary() for place in range(len(names))},
                strings_can_be_null=True,
                null_values=[""],
            ),
        )

    try:
        table = parse(True)
        if broken:
            table = parse(False)
    except pa.ArrowInvalid:
        return _read_carefully(text, separator, names, repairs)
    table = table.slice(1).rename_columns(names)
    numbers = np.setdiff1d(np.arange(table.num_rows + len(broken)), np.array(broken, dtype=np.int64))
    reasons = tuple((number, "wrong number of fields") for number in sorted(broken))
    return ReadRows(table, numbers.astype(np.int64), reasons, repairs)


@dataclass(frozen=True, slots=True)
class _Record:
    """One record of a damaged file; `fields` is None where its quotes are broken."""

    fields: list[bytes] | None
    end: int


def _read_carefully(text: bytes, separator: str, names: list[str], repairs: tuple[tuple[str, int], ...]) -> ReadRows:
    """Read a damaged file record by record: a quote that never closes costs its own line, not the rest of the file."""
    good: list[list[bytes]] = []
    numbers: list[int] = []
    broken: list[tuple[int, str]] = []
    records = _records(text, separator, len(names))
    next(records)
    for number, record in enumerate(records):
        if record.fields is not None and len(record.fields) == len(names):
            good.append(record.fields)
            numbers.append(number)
        else:
            broken.append((number, "broken quotes" if record.fields is None else "wrong number of fields"))
    columns = zip(*good, strict=True) if good else ([] for _ in names)
    arrays = [pa.array([value or None for value in column], pa.binary()) for column in columns]
    return ReadRows(pa.table(arrays, names=names), np.array(numbers, dtype=np.int64), tuple(broken), repairs)


def _records(text: bytes, separator: str, width: int) -> Iterator[_Record]:
    """Records one after the other; `width` is the number of fields expected, 0 where it is not known yet."""
    mark = re.escape(separator.encode())
    quoted = re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"(?=' + mark + rb"|[\r\n]|\Z)")
    plain = re.compile(rb"[^" + mark + rb"\r\n]*+")
    line_end = re.compile(rb"\r\n|\n|\r|\Z")
    position, size = 0, len(text)
    while position < size:
        start, fields, sound = position, list[bytes](), True
        while True:
            if text[position : position + 1] == b'"':
                found = quoted.match(text, position)
                if not found:
                    sound = False
                    break
                fields.append(found[1].replace(b'""', b'"'))
            else:
                found = plain.match(text, position)
                assert found is not None
                fields.append(found[0])
            position = found.end()
            if text[position : position + 1] != separator.encode():
                break
            position += 1
        spans_lines = b"\n" in text[start:position]
        if not sound or (width and len(fields) != width and spans_lines):
            end = line_end.search(text, start)
            fields, sound = [], False
        else:
            end = line_end.match(text, position)
        assert end is not None
        position = max(end.end(), start + 1)
        if not sound:
            yield _Record(None, position)
        elif fields != [b""] or width == 1:
            yield _Record(fields, position)
