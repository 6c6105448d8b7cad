"""What changed between two sets of links."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.records.writers import write_table
from sociolink.rendering.numbers import say_count
from sociolink.text.buffers import count_values

__all__ = ["Changes", "compare_links"]

_KINDS = ("new", "gone", "moved")


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Profiles whose link is not what it was.

    Attributes:
        table: profile_id, change ("new", "gone" or "moved" to another customer), customer_id, probability,
            customer_id_before and probability_before.
    """

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        counted = count_values(self.table["change"])
        return "Changes: " + ", ".join(f"{say_count(counted.get(kind, 0))} {kind}" for kind in _KINDS)

    def to_pandas(self) -> Any:
        """The changes as a pandas frame."""
        return self.table.to_pandas()

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the changes.

        Args:
            path: File ending in .parquet, .csv or .jsonl.

        Returns:
            The path that was written.

        Raises:
            InvalidParameterError: The suffix is none of these.
            OutputError: The file could not be written; nothing half-written is left behind.
        """
        return write_table(self.table, path)


def compare_links(now: pa.Table, before: pa.Table) -> Changes:
    """Compare the links made now with those made before.

    Args:
        now: profile_id, customer_id and probability of the links made; no profile twice.
        before: The same, earlier.

    Returns:
        The changes: first those of profiles linked now, in their order, then those that are gone, in theirs.

    Examples:
        >>> now = pa.table({"profile_id": ["p", "q"], "customer_id": ["c", "d"], "probability": [0.9, 0.9]})
        >>> compare_links(now, now.slice(1))
        Changes: 1 new, 0 gone, 0 moved
    """
    place = pc.index_in(now["profile_id"], before["profile_id"].combine_chunks())
    was, had = before["customer_id"].take(place), before["probability"].take(place)
    change = pc.if_else(pc.is_null(was), "new", pc.if_else(pc.equal(was, now["customer_id"]), None, "moved"))
    kept = pc.is_valid(change)
    first = pa.table([now["profile_id"], change, now["customer_id"], now["probability"], was, had], names=_NAMES)
    gone = before.filter(pc.invert(pc.is_in(before["profile_id"], now["profile_id"].combine_chunks())))
    size = gone.num_rows
    last = pa.table(
        [
            gone["profile_id"],
            pa.repeat(pa.scalar("gone"), size),
            pa.nulls(size, pa.string()),
            pa.nulls(size, pa.float64()),
            gone["customer_id"],
            gone["probability"],
        ],
        names=_NAMES,
    )
    return Changes(pa.concat_tables([first.filter(kept), last]))


_NAMES = ["profile_id", "change", "customer_id", "probability", "customer_id_before", "probability_before"]
