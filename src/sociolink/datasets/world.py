"""A made-up world: what a company knows, what can be seen on platforms, and the truth about both."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sociolink.errors import OutputError

__all__ = ["World"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class World:
    """Tables of a made-up world, in the canonical columns.

    Attributes:
        customers: What the CRM knows, one row a record.
        profiles: Accounts on platforms.
        posts: What these accounts wrote.
        events: What customers did; `status` says whether a ticket is open.
        truth: Whose profile it is: `customer_id` is null where nobody in the CRM owns it; `stranger_kind` then says
            who does (same, shifted, organisation, bot, fan, parody); `tells_name` whether handle or display name says
            anything about the owner's name.
        groups: Which customer records are one person.
        about: What each post is about: its topic; `event_id` where it is about an event of its author's own; `number`,
            whose reference number it holds (own, mistyped, on_behalf, passed_on, foreign, company), and `quoted`, the
            number as it stands there.
    """

    customers: pa.Table
    profiles: pa.Table
    posts: pa.Table
    events: pa.Table
    truth: pa.Table
    groups: pa.Table
    about: pa.Table

    @property
    def coverage(self) -> float:
        """Share of profiles whose owner is a customer."""
        owned = len(self.truth) - self.truth["customer_id"].null_count
        return float(owned / max(len(self.truth), 1))

    def __repr__(self) -> str:
        people = pc.count_distinct(self.groups["group_id"]).as_py()
        return (
            f"World({len(self.customers):,} customers ({people:,} people), {len(self.profiles):,} profiles "
            f"({self.coverage:.1%} customers'), {len(self.posts):,} posts, {len(self.events):,} events)"
        )

    def write(self, folder: str | os.PathLike[str]) -> Path:
        """Write every table as a Parquet file.

        Args:
            folder: Where to; made if it is not there.

        Returns:
            The folder.

        Raises:
            OutputError: The folder or a file cannot be written; no half-written file is left.

        Examples:
            >>> import tempfile
            >>> from sociolink import datasets
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     sorted(path.name for path in datasets.synthetic(20, 20).write(folder).iterdir())[1:3]
            ['customers.parquet', 'events.parquet']
        """
        target = Path(folder)
        drafts = {field.name: target / f".{field.name}.parquet.part" for field in fields(self)}
        try:
            target.mkdir(parents=True, exist_ok=True)
            for name, draft in drafts.items():
                pq.write_table(getattr(self, name), draft, compression="zstd")
            for name, draft in drafts.items():
                draft.replace(target / f"{name}.parquet")
        except OSError as error:
            for draft in drafts.values():
                if draft.is_file():
                    draft.unlink()
            raise OutputError(
                f"the world could not be written to {target}: {error.strerror or error}. "
                "Choose a folder that can be written to, with enough space."
            ) from error
        return target
