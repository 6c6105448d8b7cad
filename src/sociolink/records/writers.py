"""Tables written to files, whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pyarrow.types as pt

from sociolink.errors import InvalidParameterError, OutputError

__all__ = ["write_bytes", "write_table"]

_FORMULA = r"^[=+\-@\t\r]"
_HARMLESS = r"^(?:[+-]?[0-9 ()./-]*|@[0-9A-Za-z_.]+)$"


def write_table(table: pa.Table, path: str | os.PathLike[str]) -> Path:
    """Write a table; its suffix says how.

    The file appears under its name only when it is complete. In CSV, lists are joined by ";", and text that a
    spreadsheet would run as a formula gets an apostrophe before it; numbers, phone numbers and @handles do not.

    Args:
        table: The table; in Parquet its metadata is kept.
        path: File ending in .parquet, .csv, .jsonl or .ndjson.

    Returns:
        The path that was written.

    Raises:
        InvalidParameterError: The suffix is none of these.
        OutputError: The file could not be written; nothing half-written is left behind.
    """
    target = Path(path)
    writers: dict[str, Callable[[pa.Table, IO[bytes]], None]] = {
        ".parquet": pa_parquet.write_table,
        ".csv": _write_csv,
        ".jsonl": _write_json_lines,
        ".ndjson": _write_json_lines,
    }
    writer = writers.get(target.suffix.lower())
    if writer is None:
        raise InvalidParameterError(
            f"cannot write {target.suffix or 'a file without suffix'}: use {', '.join(writers)}"
        )
    return _write_whole(target, lambda file: writer(table, file))


def write_bytes(data: bytes, path: str | os.PathLike[str]) -> Path:
    """Write bytes to a file, whole or not at all.

    Args:
        data: What to write.
        path: Where to.

    Returns:
        The path that was written.

    Raises:
        OutputError: The file could not be written; nothing half-written is left behind.
    """
    return _write_whole(Path(path), lambda file: _write_all(file, data))


def _write_all(file: IO[bytes], data: bytes) -> None:
    file.write(data)


def _write_whole(target: Path, write: Callable[[IO[bytes]], None]) -> Path:
    partial = target.with_name(f".{target.name}.{secrets.token_hex(6)}.partial")
    try:
        with partial.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"{target.name} was not written: {_why(error)}") from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return target


def _why(error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "the disk is full. Free some space or choose another folder."
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "the folder is read-only. Choose another folder or change its permissions."
    if number in (errno.ENOENT, errno.ENOTDIR):
        return "there is no such folder. Make it first."
    if number == errno.EISDIR:
        return "there is a folder of that name. Choose another name."
    return f"{type(error).__name__}. Check the folder and the disk."


def _write_csv(table: pa.Table, file: IO[bytes]) -> None:
    columns = [_csv_column(column) for column in table.columns]
    pa_csv.write_csv(pa.table(columns, names=table.column_names), file)


def _csv_column(column: Any) -> Any:
    kind = column.type
    if pt.is_null(kind):
        return column.cast(pa.string())
    if pt.is_list(kind) or pt.is_large_list(kind):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), ";")
    elif pt.is_timestamp(kind):
        return _iso(column)
    elif pt.is_dictionary(kind):
        column = column.cast(kind.value_type)
    if not (pt.is_string(column.type) or pt.is_large_string(column.type)):
        return column
    formula = pc.and_(
        pc.match_substring_regex(column, _FORMULA), pc.invert(pc.match_substring_regex(column, _HARMLESS))
    )
    return pc.if_else(formula, pc.binary_join_element_wise("'", column, ""), column)


def _iso(column: Any) -> Any:
    """Timestamps as ISO text in UTC."""
    text = (
        column.cast(pa.timestamp("us", tz=column.type.tz)).cast(pa.int64()).cast(pa.timestamp("us")).cast(pa.string())
    )
    short = pc.replace_substring_regex(pc.replace_substring(text, " ", "T"), r"\.0+$", "")
    return pc.binary_join_element_wise(short, "Z", "") if column.type.tz else short


def _write_json_lines(table: pa.Table, file: IO[bytes]) -> None:
    names = [_json_strings(pa.array([name])).to_pylist()[0] for name in table.column_names]
    for batch in table.to_batches(max_chunksize=65_536):
        parts = []
        for name, column in zip(names, batch.columns, strict=True):
            parts.append(pc.binary_join_element_wise(f"{name}: ", pc.fill_null(_json_values(column), "null"), ""))
        inside = pc.binary_join_element_wise(*parts, ", ") if parts else pa.array([""] * batch.num_rows)
        for line in pc.binary_join_element_wise("{", inside, "}\n", "").to_pylist():
            file.write(line.encode())


def _json_values(values: Any) -> Any:
    """Each value as JSON; null stays null."""
    kind = values.type
    if pt.is_dictionary(kind):
        return _json_values(values.dictionary_decode())
    if pt.is_timestamp(kind):
        return _json_strings(_iso(values))
    if pt.is_floating(kind):
        return pc.if_else(pc.is_finite(values), pc.cast(values, pa.string()), None)
    if pt.is_integer(kind) or pt.is_boolean(kind) or pt.is_null(kind):
        return pc.cast(values, pa.string())
    if pt.is_list(kind) or pt.is_large_list(kind):
        items = pc.fill_null(_json_values(pc.list_flatten(values)), "null")
        lengths = pc.fill_null(pc.list_value_length(values), 0)
        offsets = pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(pc.cast(lengths, pa.int64()))])
        lists = pa.ListArray.from_arrays(pc.cast(offsets, pa.int32()), items, mask=pc.is_null(values))
        return pc.binary_join_element_wise("[", pc.binary_join(lists, ", "), "]", "")
    return _json_strings(pc.cast(values, pa.string()))


def _json_strings(values: Any) -> Any:
    text = pc.replace_substring(pc.replace_substring(values, "\\", "\\\\"), '"', '\\"')
    if pc.any(pc.match_substring_regex(text, r"[\x00-\x1f]")).as_py():
        for number in range(32):
            text = pc.replace_substring(text, chr(number), f"\\u{number:04x}")
    return pc.binary_join_element_wise('"', text, '"', "")
