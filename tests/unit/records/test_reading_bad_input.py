"""Bad input on the level of reading: nothing crashes, nothing vanishes, nothing is read as what it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from sociolink.errors import InputError
from sociolink.records.columns import KINDS, arrow_schema
from sociolink.records.readers import Loaded, read_table


def reasons(loaded: Loaded) -> list[tuple[int, str | None, str, str]]:
    columns = (loaded.rejects[name].to_pylist() for name in ("row", "column", "reason", "severity"))
    return list(zip(*columns, strict=True))


def read_csv(folder: Path, data: bytes | str, kind: Any = "profiles", **options: Any) -> Loaded:
    path = folder / "table.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_table(path, kind, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_empty_tables_have_every_canonical_column(kind: Any, tmp_path: Path) -> None:
    header = ",".join(arrow_schema(kind).names)
    for loaded in (
        read_csv(tmp_path, header + "\n", kind),
        read_table(arrow_schema(kind).empty_table(), kind),
        read_table(pd.DataFrame({name: [] for name in arrow_schema(kind).names}), kind),
        read_table([], kind),
    ):
        assert loaded.table.num_rows == 0
        assert loaded.table.schema.equals(arrow_schema(kind))
        assert loaded.rejects.num_rows == 0


def test_an_empty_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file is empty"):
        read_csv(tmp_path, b"")
    with pytest.raises(InputError, match="the file is empty"):
        read_csv(tmp_path, b"\xef\xbb\xbf\r\n")


def test_one_row(tmp_path: Path) -> None:
    assert read_csv(tmp_path, "platform,handle\nx,jo").table["profile_id"].to_pylist() == ["x:jo"]


@pytest.mark.parametrize(
    "kind", [pa.null(), pa.int64(), pa.float64(), pa.bool_(), pa.timestamp("ns"), pa.large_string()]
)
def test_columns_of_nulls_of_any_type(kind: pa.DataType) -> None:
    empty = pa.nulls(2, kind)
    columns = dict.fromkeys(arrow_schema("profiles").names, empty)
    loaded = read_table(pa.table({**columns, "platform": ["x", "x"], "handle": ["a", "b"]}), "profiles")
    assert loaded.table.schema.equals(arrow_schema("profiles"))
    assert loaded.table["bio"].null_count == 2
    assert loaded.table["profile_id"].to_pylist() == ["x:a", "x:b"]
    assert loaded.rejects.num_rows == 0


def test_a_bio_of_100000_characters_costs_only_itself(tmp_path: Path) -> None:
    loaded = read_csv(tmp_path, f"platform,handle,bio\nx,jo,{'b' * 100_000}\nx,al,fine\n")
    assert loaded.table["bio"].to_pylist() == [None, "fine"]
    assert reasons(loaded) == [(0, "bio", "too long", "field")]
    assert loaded.rejects["value_class"].to_pylist() == ["text of over 10,000 characters"]


@pytest.mark.parametrize("name", ["שלום", "山田太郎", "Иван", "محمد", "🦄🎉", "\u200bJo\u200d", "ﬁ"])
def test_any_script_is_read_unchanged(tmp_path: Path, name: str) -> None:
    loaded = read_csv(tmp_path, f"platform,handle,display_name\nx,jo,{name}\n")
    assert loaded.table["display_name"].to_pylist() == [name]
    assert loaded.rejects.num_rows == 0


def test_byte_order_mark_and_semicolons(tmp_path: Path) -> None:
    loaded = read_csv(tmp_path, b"\xef\xbb\xbfplatform;handle;bio\r\nx;jo;a, b, c, d\r\nx;al;\r\n")
    assert loaded.table.select(["platform", "handle", "bio"]).to_pylist() == [
        {"platform": "x", "handle": "jo", "bio": "a, b, c, d"},
        {"platform": "x", "handle": "al", "bio": None},
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(tmp_path: Path, separator: str) -> None:
    text = "platform,handle,bio\nx,jo,hello\n".replace(",", separator)
    assert read_csv(tmp_path, text).table["bio"].to_pylist() == ["hello"]


@pytest.mark.parametrize(
    ("body", "kept", "lost"),
    [
        ('x,jo,"open\nx,al,fine\nx,bo,fine\n', ["al", "bo"], [(0, "broken quotes")]),
        ('x,jo,"open\nx,al,"fine"\nx,bo,fine\n', ["al", "bo"], [(0, "broken quotes")]),
        ('x,jo,"a"b\nx,al,fine\n', ["al"], [(0, "broken quotes")]),
        ('x,jo,fine\nx,al,"open', ["jo"], [(1, "broken quotes")]),
        (
            'x,jo\nx,al,fine,more\nx,bo,"a, ""b"""\n',
            ["bo"],
            [(0, "wrong number of fields"), (1, "wrong number of fields")],
        ),
        ('x,jo,6" tall\nx,al,fine\n', ["jo", "al"], []),
        ('x,jo,"two\nlines"\nx,al,fine\n', ["jo", "al"], []),
    ],
)
def test_broken_quotes_cost_their_own_row(tmp_path: Path, body: str, kept: list[str], lost: list[Any]) -> None:
    loaded = read_csv(tmp_path, "platform,handle,bio\n" + body)
    assert loaded.table["handle"].to_pylist() == kept
    assert [(row, reason) for row, _, reason, _ in reasons(loaded)] == lost
    assert loaded.provenance.rows == len(kept) + len(lost)
    assert loaded.provenance.rejected == len(lost)


def test_bytes_that_are_not_utf8_cost_their_field(tmp_path: Path) -> None:
    loaded = read_csv(
        tmp_path, b"platform,handle,bio,extra\nx,jo,caf\xc3\xa9,a\nx,al,\xff\xfe,b\nx,bo,fine,\xff\nx,\xff,,\n"
    )
    assert loaded.table["bio"].to_pylist() == ["café", None, "fine"]
    assert loaded.table["extra"].to_pylist() == ["a", "b", None]
    assert reasons(loaded) == [
        (1, "bio", "not valid UTF-8", "field"),
        (2, "extra", "not valid UTF-8", "field"),
        (3, "handle", "not valid UTF-8", "row"),
    ]


def test_windows_1252_is_read_and_reported(tmp_path: Path) -> None:
    loaded = read_csv(tmp_path, "platform;handle;bio\nx;jo;Crêperie à Lyon, “ouverte”\n".encode("cp1252"))
    assert loaded.table["bio"].to_pylist() == ["Crêperie à Lyon, “ouverte”"]
    assert "read as Windows-1252" in loaded.repairs["repair"].to_pylist()


def test_utf16(tmp_path: Path) -> None:
    assert read_csv(tmp_path, "platform\thandle\tbio\nx\tjo\tcafé\n".encode("utf-16")).table["bio"].to_pylist() == [
        "café"
    ]


def test_control_characters(tmp_path: Path) -> None:
    loaded = read_csv(tmp_path, b'platform,handle,bio\nx,j\x07o,a\nx,al,b\x00ell\nx,bo,"a\ttab"\n')
    assert loaded.table.select(["handle", "bio"]).to_pylist() == [
        {"handle": "al", "bio": None},
        {"handle": "bo", "bio": "a\ttab"},
    ]
    assert reasons(loaded) == [(0, "handle", "control characters", "row"), (1, "bio", "control characters", "field")]


def test_ids_that_are_integers_on_one_side_and_strings_on_the_other(tmp_path: Path) -> None:
    as_integers = read_table(pa.table({"profile_id": [7, 12345678901234567]}), "truth").table["profile_id"]
    as_floats = read_table(pd.DataFrame({"profile_id": [7.0, 8.0], "customer_id": [1.0, None]}), "truth").table
    as_text = read_csv(tmp_path, "profile_id\n7\n12345678901234567\n007\n", "truth").table["profile_id"]
    assert as_integers.to_pylist() == ["7", "12345678901234567"]
    assert as_floats.to_pylist() == [{"profile_id": "7", "customer_id": "1"}, {"profile_id": "8", "customer_id": None}]
    assert as_text.to_pylist() == ["7", "12345678901234567", "007"]


def test_ids_that_lost_digits_are_not_believed(tmp_path: Path) -> None:
    by_spreadsheet = read_csv(tmp_path, "profile_id\n1.23457E+17\n12.0\n", "truth")
    by_float = read_table(pa.table({"profile_id": [1.2345678901234568e17, 12.0]}), "truth")
    for loaded in (by_spreadsheet, by_float):
        assert loaded.table["profile_id"].to_pylist() == ["12"]
        assert reasons(loaded) == [(0, "profile_id", "digits lost by a spreadsheet", "row")]


def test_duplicate_ids_keep_the_latest_then_the_fullest(tmp_path: Path) -> None:
    text = (
        "customer_id,city,email,updated_at\n1,Lyon,,2024-01-01\n1,Paris,,2024-05-01\n2,,,\n2,Rome,a@b.example,\n3,x,,\n"
    )
    loaded = read_csv(tmp_path, text, "customers")
    assert loaded.table["city"].to_pylist() == ["Paris", "Rome", "x"]
    assert reasons(loaded) == [(0, "customer_id", "duplicate id", "row"), (2, "customer_id", "duplicate id", "row")]
    assert loaded.rejects["id"].to_pylist() == ["1", "2"]


def test_empty_handles(tmp_path: Path) -> None:
    loaded = read_csv(tmp_path, "profile_id,platform,handle\n1,x,\n2,x,@\n3,x,https://twitter.com/\n4,x,  \n5,x,jo\n")
    assert loaded.table["handle"].to_pylist() == ["jo"]
    assert [reason for _, _, reason, _ in reasons(loaded)] == ["missing", "empty handle", "empty handle", "missing"]
    assert loaded.rejects["id"].to_pylist() == ["1", "2", "3", "4"]


def test_handles_are_repaired_and_reported(tmp_path: Path) -> None:
    handles = [
        "@jo",
        "https://www.linkedin.com/in/jo-smith/?trk=1",
        "plain",
        "https://ruby.social/@jo",
        "user@ruby.social",
    ]
    platforms = ["x", "LinkedIn", "x", "mastodon", "mastodon"]
    loaded = read_table(pa.table({"platform": platforms, "handle": handles}), "profiles")
    assert loaded.table["handle"].to_pylist() == ["jo", "jo-smith", "plain", "jo@ruby.social", "user@ruby.social"]
    repaired = {row["row"]: row["repair"] for row in loaded.repairs.to_pylist() if row["column"] == "handle"}
    assert repaired == {
        0: "prefix removed from a handle",
        1: "handle taken out of an address",
        3: "handle taken out of an address",
    }


def test_unreadable_dates_cost_only_the_field(tmp_path: Path) -> None:
    text = "platform,handle,created_at\nx,a,2024-02-30\nx,b,yesterday\nx,c,2024-02-29T10:00:00+02:00\nx,d,\n"
    loaded = read_csv(tmp_path, text)
    assert [str(value) for value in loaded.table["created_at"].to_pylist()] == ["None"] * 2 + [
        "2024-02-29 08:00:00+00:00",
        "None",
    ]
    assert [(row, reason) for row, _, reason, _ in reasons(loaded)] == [(0, "unreadable date"), (1, "unreadable date")]


@pytest.mark.parametrize("word", ["yes", "1", "y", "oui", "granted", "2"])
def test_consent_is_never_read_out_of_another_word(tmp_path: Path, word: str) -> None:
    loaded = read_csv(tmp_path, f"customer_id,consent\n1,{word}\n2,TRUE\n3,false\n4,\n5,null\n", "customers")
    assert loaded.table.select(["customer_id", "consent"]).to_pylist() == [
        {"customer_id": "2", "consent": True},
        {"customer_id": "3", "consent": False},
        {"customer_id": "4", "consent": None},
        {"customer_id": "5", "consent": None},
    ]
    assert reasons(loaded) == [(0, "consent", "not true, false or empty", "row")]


def test_consent_typed_as_integers_is_set_aside() -> None:
    loaded = read_table(pa.table({"customer_id": ["a", "b"], "consent": pa.array([1, None])}), "customers")
    assert loaded.table["customer_id"].to_pylist() == ["b"]


def test_missing_columns_are_one_error_with_candidates() -> None:
    table = pa.table({"handel": ["jo"], "platfrom": ["x"], "color": ["red"]})
    with pytest.raises(InputError) as caught:
        read_table(table, "profiles")
    assert [problem.where for problem in caught.value.problems] == ["profiles.platform", "profiles.handle"]
    assert "'platfrom'" in str(caught.value)
    assert "'handel'" in str(caught.value)
    with pytest.raises(InputError) as caught:
        read_table(pa.table({"color": ["red"]}), "posts")
    named = [problem.where for problem in caught.value.problems]
    assert named == ["posts.post_id", "posts.text", "posts.platform", "posts.handle", "posts"]
    assert "Is the first line data?" in str(caught.value)


def test_a_file_without_a_header_tells_nothing_of_its_first_row(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_csv(tmp_path, "p1,instagram,kernelthunder,Rusty Badger,Leeds\np2,instagram,abdie00,Ann Lee,York\n")
    assert "Is the first line data?" in str(caught.value)
    for secret in ("kernelthunder", "Rusty", "Leeds"):
        assert secret not in str(caught.value)


def test_no_value_is_told_in_rejects_repairs_or_errors(tmp_path: Path) -> None:
    secret = "SecretPerson"
    text = f"profile_id,platform,handle,created_at,followers\n1,x,@{secret},{secret},{secret}\n2,x,j\x07{secret},,\n"
    loaded = read_csv(tmp_path, text)
    assert secret not in str(loaded.rejects.to_pylist()) + str(loaded.repairs.to_pylist()) + str(loaded.provenance)
    assert loaded.rejects.num_rows == 3


def test_what_cannot_be_read_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04rest")
    (tmp_path / "t.parquet").write_bytes(b"PAR1garbage")
    (tmp_path / "u.parquet").write_bytes(b"a,b\n1,2\n")
    (tmp_path / "t.json").write_bytes(b'[{"a": 1')
    sources: list[Any] = [tmp_path / name for name in ("t.xlsx", "t.parquet", "u.parquet", "t.json", "absent.csv", ".")]
    for source in [*sources, 7, object(), {"a": 1}]:
        with pytest.raises(InputError):
            read_table(source, "profiles")


def test_broken_json_lines_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(
        '{"platform": "x", "handle": "jo"}\n{"platform": "x", "han\n\n[1]\n{"platform": "x", "handle": 7}\n'
    )
    loaded = read_table(path, "profiles")
    assert loaded.table["handle"].to_pylist() == ["jo", "7"]
    assert reasons(loaded) == [(1, None, "unreadable JSON", "row"), (2, None, "unreadable JSON", "row")]


def test_data_frames_with_mixed_types_and_surrogates() -> None:
    frame = pd.DataFrame(
        {"profile_id": [1, "b", 2.0, "\ud800"], "customer_id": ["x", None, np.nan, 3]}, index=[9, 8, 7, 6]
    )
    frame = frame.astype(object)
    loaded = read_table(frame, "truth")
    assert loaded.table["profile_id"].to_pylist() == ["1", "b", "2"]
    assert loaded.table["customer_id"].to_pylist() == ["x", None, None]
    assert loaded.table.column_names == ["profile_id", "customer_id"]
    assert reasons(loaded) == [(3, "profile_id", "not valid UTF-8", "row")]


def test_repeated_column_names_are_an_error() -> None:
    table = pa.table([pa.array(["a"]), pa.array(["b"])], names=["profile_id", "profile_id"])
    with pytest.raises(InputError, match="same name"):
        read_table(table, "truth")


def test_damaged_strings_in_parquet(tmp_path: Path) -> None:
    damaged = pa.array([b"ok", b"\xff"], pa.binary()).view(pa.string())
    pa_parquet.write_table(pa.table({"profile_id": ["1", "2"], "customer_id": damaged}), tmp_path / "t.parquet")
    loaded = read_table(tmp_path / "t.parquet", "truth")
    assert loaded.table["customer_id"].to_pylist() == ["ok", None]


def test_nested_values_in_single_columns_are_set_aside() -> None:
    loaded = read_table(
        pa.table({"profile_id": ["1"], "customer_id": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64()))}),
        "truth",
    )
    assert reasons(loaded) == [(0, "customer_id", "wrong type", "field")]


def test_the_caller_s_table_is_not_changed() -> None:
    frame = pd.DataFrame({"platform": ["x"], "handle": ["@jo"]})
    before = frame.copy()
    read_table(frame, "profiles")
    pd.testing.assert_frame_equal(frame, before)
