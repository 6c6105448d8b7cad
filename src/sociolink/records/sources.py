"""Anything that holds a table, as rows of Arrow: files of several formats and tables in memory."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pa_parquet

from sociolink.errors import InputError, Problem
from sociolink.index.scratch import Scratch
from sociolink.records.documents import flatten_table, read_documents, read_objects
from sociolink.records.provenance import digest_bytes, digest_file, digest_table
from sociolink.records.separated import ReadRows, read_separated

__all__ = ["Source", "open_source"]

_BATCH_ROWS = 1 << 18
_JSON = (".json", ".jsonl", ".ndjson")
_SEPARATED = (".csv", ".tsv", ".txt")
_FORMATS = "Give a CSV, Parquet or JSON lines file, or a table with __arrow_c_stream__ (pandas, polars, Arrow, DuckDB)."


@dataclass(frozen=True, slots=True)
class Source:
    """A source as it was opened.

    Attributes:
        read: Its rows.
        format: "csv", "parquet", "json" or "arrow".
        name: File name; empty for tables in memory.
        sha256: Digest of its content (of schema and size, in memory).
    """

    read: ReadRows
    format: str
    name: str
    sha256: str


def open_source(source: Any, *, scratch: Scratch | None = None) -> Source:
    """Read a file, or take a table in memory.

    Args:
        source: A path, a table with `__arrow_c_stream__`, or a list of dicts.
        scratch: Where a large Parquet file goes, unpacked; into memory by default.

    Raises:
        InputError: The file cannot be read, or the object is no table.

    Examples:
        >>> open_source(pa.table({"profile_id": ["p1"]})).format
        'arrow'
    """
    if isinstance(source, (str, os.PathLike)):
        return _open_file(Path(source), scratch)
    if isinstance(source, Sequence) and all(isinstance(item, Mapping) for item in source):
        read = read_objects([dict(item) for item in source])
        return Source(read, "json", "", digest_table(read.table))
    table = flatten_table(_as_table(source))
    return Source(ReadRows(table, np.arange(table.num_rows, dtype=np.int64)), "arrow", "", digest_table(table))


def _open_file(path: Path, scratch: Scratch | None) -> Source:
    name = path.name
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "there is no such file"
            raise InputError(Problem(name, what, "Check the path."))
        with path.open("rb") as file:
            magic = file.read(8)
        if magic.startswith(b"PAR1"):
            table = flatten_table(_read_parquet(path, scratch))
            rows = np.arange(table.num_rows, dtype=np.int64)
            return Source(ReadRows(table, rows), "parquet", name, digest_file(path))
        with pa.input_stream(str(path)) as stream:
            data = stream.read()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(Problem(name, f"cannot be read ({reason})", "Check the file and its permissions.")) from None
    except pa.ArrowException:
        raise InputError(Problem(name, "the Parquet file is damaged", "Write it again.")) from None
    suffix = next((one for one in reversed(path.suffixes) if one.lower() not in (".gz", ".bz2", ".zst")), "").lower()
    if suffix == ".parquet" or data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        what = "is no Parquet file" if suffix == ".parquet" else "is a spreadsheet or an archive"
        raise InputError(Problem(name, what, _FORMATS))
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if suffix in _JSON or (suffix not in _SEPARATED and start in (b"{", b"[")):
        return Source(read_documents(data, name=name), "json", name, digest_bytes(data))
    return Source(read_separated(data, name=name), "csv", name, digest_bytes(data))


def _read_parquet(path: Path, scratch: Scratch | None) -> pa.Table:
    """The whole file; where it is large and there is a scratch, batch by batch into that."""
    if scratch is None:
        return pa_parquet.read_table(path)
    with pa_parquet.ParquetFile(path) as file:
        size = sum(file.metadata.row_group(number).total_byte_size for number in range(file.num_row_groups))
        schema = file.schema_arrow
        if size < scratch.smallest or any(pa.types.is_dictionary(field.type) for field in schema):
            return pa_parquet.read_table(path)
        batches = file.iter_batches(batch_size=_BATCH_ROWS)
        return scratch.map_tables((pa.Table.from_batches([batch]) for batch in batches), schema)


def _as_table(source: Any) -> pa.Table:
    if isinstance(source, pa.Table):
        return source
    if isinstance(source, pa.RecordBatch):
        return pa.Table.from_batches([source])
    if not hasattr(source, "__arrow_c_stream__"):
        raise InputError(Problem("source", f"{type(source).__name__} holds no table that can be read", _FORMATS))
    try:
        table = pa.table(source)
    except (pa.ArrowException, UnicodeError, TypeError, ValueError):
        table = _from_mixed_columns(source)
    index = [name for name in table.column_names if name.startswith("__index_level_")]
    return table.drop_columns(index) if index else table


def _from_mixed_columns(source: Any) -> pa.Table:
    """A data frame with columns of mixed types, those as bytes of their text."""
    if not (hasattr(source, "columns") and hasattr(source, "__getitem__")):
        raise InputError(Problem("source", f"the {type(source).__name__} cannot be read as Arrow", _FORMATS))
    columns = {}
    for name in source.columns:
        try:
            columns[str(name)] = pa.array(source[name], from_pandas=True)
        except (pa.ArrowException, UnicodeError, TypeError, ValueError, OverflowError):
            texts = [_text(value) for value in source[name].tolist()]  # only for columns that Arrow cannot take
            columns[str(name)] = pa.array(texts, pa.binary())
    return pa.table(columns)


def _text(value: Any) -> bytes | None:
    if value is None or value != value or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, bytes):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) <= 2.0**53:
        value = int(value)
    return str(value).encode("utf-8", "surrogatepass")
