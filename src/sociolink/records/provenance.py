"""Where a table came from: what can be stated without a clock or a path."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

__all__ = ["SourceInfo", "digest_bytes", "digest_file", "digest_table"]


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Facts about one source, the same for the same content wherever and whenever it is read.

    Attributes:
        kind: Which canonical table it holds.
        format: "csv", "parquet", "json" or "arrow".
        name: File name without its folder; empty for tables in memory.
        rows: Rows in the source.
        rejected: Rows set aside.
        columns: Names of its columns.
        sha256: Of the file's bytes; for tables in memory, of their schema and number of rows.
        service: Service whose export or API objects it holds, if known.
    """

    kind: str
    format: str
    name: str
    rows: int
    rejected: int
    columns: tuple[str, ...]
    sha256: str
    service: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The facts as plain values, for files.

        Examples:
            >>> SourceInfo("truth", "arrow", "", 2, 0, ("profile_id",), "ab").as_dict()["columns"]
            ['profile_id']
        """
        return {**asdict(self), "columns": list(self.columns)}


def digest_file(path: Path) -> str:
    """SHA-256 of a file.

    Args:
        path: The file.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_bytes(data: bytes) -> str:
    """SHA-256 of bytes.

    Args:
        data: Any bytes.

    Examples:
        >>> digest_bytes(b"")[:8]
        'e3b0c442'
    """
    return hashlib.sha256(data).hexdigest()


def digest_table(table: pa.Table) -> str:
    """SHA-256 of a table's schema and number of rows.

    Args:
        table: A table in memory.
    """
    described = "\n".join([*(f"{field.name}: {field.type}" for field in table.schema), str(table.num_rows)])
    return digest_bytes(described.encode())
