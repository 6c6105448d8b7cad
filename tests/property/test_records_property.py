"""The vectorised checks and the models of single rows come from one declaration: they must agree on any row."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sociolink.errors import InputError
from sociolink.records.cells import SourceColumn
from sociolink.records.checks import check_columns
from sociolink.records.columns import KINDS, Column, table_spec
from sociolink.records.documents import read_documents
from sociolink.records.rejects import REASONS
from sociolink.records.rows import row_model
from sociolink.records.scalars import RejectedValueError, read_scalar
from sociolink.records.separated import read_separated
from sociolink.records.strings import as_strings
from sociolink.records.values import read_values

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DATES = st.one_of(
    st.datetimes().map(str),
    st.dates().map(str),
    st.dates().map(lambda day: day.strftime("%d.%m.%Y")),
    st.builds("{}/{}/{}".format, st.integers(0, 40), st.integers(0, 15), st.integers(1700, 2300)),
    st.builds("{}-{}-{} {}:{:02}{}".format, *[st.integers(0, 40)] * 5, st.sampled_from(["Z", " PM", "-16:00"])),
    st.builds(
        "{} {} {} {}:30:00 {} {}".format,
        st.sampled_from(["Wed", "Xxx"]),
        st.sampled_from(["Oct", "may", "Foo"]),
        st.integers(0, 35),
        st.integers(0, 30),
        st.sampled_from(["+0000", "-0730", "+9900"]),
        st.integers(1700, 2300),
    ),
    st.builds(
        "{} {}, {} {}:05 {}m".format,
        st.sampled_from(["May", "June"]),
        st.integers(0, 35),
        st.integers(1700, 2300),
        st.integers(0, 13),
        st.sampled_from("aApP"),
    ),
    st.sampled_from(["1970", "1970-13", "1970-05", "19700517", "1700000000", "1700000000123", "0000000000", "now"]),
)
HANDLES = st.one_of(
    st.builds("{}{}{}".format, st.sampled_from(["@", "", "in/", "@@ "]), TEXT, st.sampled_from(["", "/"])),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["https://", "HTTP://", "", "//"]),
        st.sampled_from(["x.com", "www.linkedin.com", "m.facebook.com", "ruby.social", "jo.example"]),
        st.sampled_from(["", "/", "/in/", "/@", "/profile.php?id="]),
        st.sampled_from(["", "jo", "Jo_S/", "jo?lang=en", "jo@ruby.social", "j\u00f6"]),
    ),
)
WORDS = (
    "true",
    "FALSE",
    "yes",
    "0",
    "",
    "null",
    "N/A",
    "is",
    "is_not",
    "nobody",
    "Retweet",
    "person",
    "company",
    "Twitter",
)
NUMBERS = st.one_of(
    st.integers(-5, 10**19), st.floats(), st.sampled_from(["1,234", "12.50", "-1", "+3", "1e3", "1,23", "3.0"])
)

GOOD = {"platform": "x", "handle": "jo", "text": "hello", "verdict": "is"}


def values_for(column: Column) -> st.SearchStrategy[Any]:
    """Values that are good often enough, and bad in every way that the column's type knows."""
    anything = st.one_of(
        st.none(), TEXT, st.sampled_from(WORDS), st.just("\x07"), st.just("x" * (column.max_chars + 1))
    )
    if column.multi:
        joined = st.lists(TEXT, max_size=3).map(";".join)
        return st.one_of(anything, joined, st.sampled_from(['["a", "b"]', "[a, b]", "a|b,;c d"]))
    if column.type in ("moment", "partial_date"):
        return st.one_of(anything, DATES)
    if column.type == "handle":
        return st.one_of(anything, HANDLES, HANDLES)
    if column.type == "platform":
        return st.one_of(anything, st.sampled_from(["x", "Mastodon", "bsky"]))
    if column.type in ("count", "number"):
        return st.one_of(anything, NUMBERS.map(str))
    if column.type == "id":
        return st.one_of(anything, NUMBERS.map(str), st.sampled_from(["1.23E+17", "007", "12.0", "a b"]))
    return st.one_of(anything, st.sampled_from(WORDS))


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_table_and_row_agree(kind: str, data: st.DataObject) -> None:
    spec = table_spec(kind)
    drawn = data.draw(st.sets(st.sampled_from(spec.columns), max_size=4), "columns")
    row: dict[str, Any] = {column.name: "1" if column.type == "id" else None for column in spec.columns}
    row |= {name: good for name, good in GOOD.items() if name in row}
    row |= {column.name: data.draw(values_for(column), column.name) for column in spec.columns if column in drawn}
    sources = {name: [SourceColumn(pa.array([value], pa.string()))] for name, value in row.items()}
    checked = check_columns(kind, sources, size=1)
    by_table = set(zip(checked.rejects["column"].to_pylist(), checked.rejects["reason"].to_pylist(), strict=True))
    try:
        model = row_model(kind)(**row)
    except ValidationError as error:
        by_model = {(line["loc"][0], line["msg"]) for line in error.errors()}
        assert by_model == by_table
    else:
        assert by_table == set()
        assert checked.table.to_pylist() == [model.model_dump()]


TYPED = {column.type: column for kind in KINDS for column in table_spec(kind).columns if not column.multi}


@pytest.mark.parametrize("column_type", sorted(TYPED))
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_column_and_value_agree(column_type: str, data: st.DataObject) -> None:
    """Many values at once, without dates whose order only their column tells."""
    column = TYPED[column_type]
    drawn = data.draw(st.lists(values_for(column), min_size=20, max_size=40))
    values = [value for value in drawn if not re.match(r"\s*[0-9]{1,2}[/-][0-9]{1,2}[/-]", value or "")]
    platforms = pa.array((["mastodon", "x"] * len(values))[: len(values)], pa.string())
    read = read_values(column, as_strings(pa.array(values, pa.string())), platforms=platforms)
    for value, platform, result, number in zip(
        values, platforms.to_pylist(), read.values.to_pylist(), read.codes.tolist(), strict=True
    ):
        assert alone(column, value, platform) == (result, REASONS[number])


def alone(column: Column, value: str | None, platform: str) -> tuple[Any, str]:
    try:
        return read_scalar(column, value, platform=platform), ""
    except RejectedValueError as error:
        return None, str(error)


@settings(deadline=None, max_examples=60)
@given(values=st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.booleans()), min_size=1, max_size=1))
def test_numbers_given_as_ids_agree(values: list[Any]) -> None:
    checked = check_columns("truth", {"profile_id": [SourceColumn(pa.array(values))]}, size=1)
    try:
        model = row_model("truth")(profile_id=values[0])
    except ValidationError:
        assert checked.table.num_rows == 0
    else:
        assert checked.table.to_pylist() == [model.model_dump()]


@settings(deadline=None, max_examples=80)
@given(rows=st.lists(st.tuples(st.sampled_from(["1", "2", "3"]), TEXT), max_size=8), data=st.data())
def test_order_of_rows_changes_nothing(rows: list[tuple[str, str]], data: st.DataObject) -> None:
    def check(order: list[tuple[str, str]]) -> list[Any]:
        ids = pa.array([key for key, _ in order], pa.string())
        cities = pa.array([city for _, city in order], pa.string())
        sources = {"customer_id": [SourceColumn(ids)], "city": [SourceColumn(cities)]}
        return sorted(map(repr, check_columns("customers", sources, size=len(order)).table.to_pylist()))

    assert check(rows) == check(data.draw(st.permutations(rows)))


@settings(deadline=None, max_examples=150)
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.lists(st.sampled_from([b'"', b",", b";", b"\n", b"\r\n", b"a", b"x,jo", b"\xff", b"\xc3\xa9", b"\x00"])).map(
            b"".join
        ),
    )
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    header = b"platform,handle,bio\n"
    try:
        read = read_separated(header + body)
    except InputError:  # the bytes look like a report's heading and a header of their own
        assert body.count(b"\n") >= 2
        return
    assert len(read.rows) == read.table.num_rows
    assert sorted([*read.rows.tolist(), *(row for row, _ in read.broken)]) == list(
        range(len(read.rows) + len(read.broken))
    )
    sources = {name: [SourceColumn(read.table[name])] for name in read.table.column_names if name in GOOD}
    checked = check_columns("profiles", sources, size=read.table.num_rows)
    set_aside = set(checked.rejects.filter(pa.compute.equal(checked.rejects["severity"], "row"))["row"].to_pylist())
    assert checked.table.num_rows + len(set_aside) == read.table.num_rows
    for data in (body, b"{" + body, b"[" + body):
        try:
            read_documents(data)
        except InputError:
            continue


@settings(deadline=None, max_examples=100)
@given(rows=st.lists(st.lists(st.text(st.sampled_from('a",;\n\r é'), max_size=6), min_size=3, max_size=3), max_size=6))
def test_well_written_files_come_back(rows: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["one", "two", "three"], *rows])
    read = read_separated(file.getvalue().encode())
    assert read.broken == ()
    columns = [column.to_pylist() for column in read.table.columns]
    assert list(map(list, zip(*columns, strict=True))) == [[cell.encode() or None for cell in row] for row in rows]
