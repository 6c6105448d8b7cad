"""Links as a frozen value: the table and what came with it, read from a file and written to one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.reliability import MODEL_ONLY, Calibration
from sociolink.errors import InputError, Problem, SociolinkError
from sociolink.records.readers import read_table
from sociolink.records.rejects import REJECTS_SCHEMA, REPAIRS_SCHEMA
from sociolink.records.writers import write_table
from sociolink.results.files import Stamp, read_links, stamp_table
from sociolink.results.labels.acceptance import Acceptance
from sociolink.results.posts import attach_customers, say_value
from sociolink.results.report import RunReport

if TYPE_CHECKING:
    from typing import Self

    from sociolink.results.model import LinkModel

__all__ = ["LinkTable"]

_BEST = ("probability", "match_weight", "margin", "nobody_probability", "group_id", "group_probability", "decision")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LinkTable:
    """What `Links` holds; see there for its attributes."""

    table: pa.Table
    rejects: pa.Table
    repairs: pa.Table
    model: LinkModel | None
    report: RunReport
    posts: pa.Table | None = None
    events: pa.Table | None = None
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    profile_keys: pa.Table | None = None
    known_accounts: pa.Table | None = None
    acceptance: Acceptance | None = None
    model_id: str = ""
    calibration: Calibration = MODEL_ONLY

    @property
    def made_by(self) -> str:
        """Id of the model that made the links; "" where it is not known."""
        return self.model_id or (self.model.model_id if self.model is not None else "")

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """Read links that `write` put in a Parquet file.

        Args:
            path: The file.

        Raises:
            InputError: The file cannot be read, holds no links, or was written by a newer version.
        """
        table, stamp = read_links(path)
        return cls(
            table,
            REJECTS_SCHEMA.empty_table(),
            REPAIRS_SCHEMA.empty_table(),
            None,
            stamp.report,
            phrases=stamp.phrases,
            model_id=stamp.model_id,
            calibration=stamp.calibration,
            acceptance=stamp.acceptance,
        )

    def best(self) -> pa.Table:
        """The likeliest answer for each profile, one row each.

        Returns:
            profile_id, customer_id (null where nobody is likelier than the best customer), probability of this answer,
            match_weight, margin, nobody_probability, group_id, group_probability and decision.
        """
        top = self.table.filter(pc.less_equal(self.table["rank"], 1)).combine_chunks()
        known = pc.fill_null(pc.greater_equal(top["group_probability"], top["nobody_probability"]), False)
        known = pc.and_(known, pc.is_valid(top["customer_id"]))
        columns = {"profile_id": top["profile_id"], "customer_id": pc.if_else(known, top["customer_id"], None)}
        of_customer = ("match_weight", "margin", "group_id", "group_probability")
        for name in _BEST:
            columns[name] = pc.if_else(known, top[name], None) if name in of_customer else top[name]
        columns["probability"] = pc.if_else(known, top["probability"], top["nobody_probability"])
        return pa.table(columns)

    def for_posts(self, posts: Any = None) -> pa.Table:
        """Posts with the customer who wrote them.

        Authors are found by profile_id, else by platform and user_id, else by platform and handle.

        Args:
            posts: A file or anything that gives Arrow; the posts that came with the profiles by default.

        Returns:
            The posts, with customer_id, probability and decision of their author's best answer; keep the rows whose
            decision is "link" to act on them.

        Raises:
            InputError: There are no posts, or they cannot be read.
        """
        own = self.posts if posts is None else read_table(posts, "posts").table
        if own is None:
            raise InputError(Problem("posts", "these links came without posts", "Give them: links.for_posts(posts)."))
        return attach_customers(own, self.best(), keys=self.profile_keys)

    def value_sentence(self) -> str:
        """What the links are worth, in one sentence: posts, or profiles, that have a customer now."""
        return say_value(self.best(), posts=self.posts, events=self.events, keys=self.profile_keys)

    def to_arrow(self) -> pa.Table:
        """The links as an Arrow table, with the metadata that `write` puts in a file."""
        stamp = Stamp(self.made_by, self.report, self.phrases, self.calibration, self.acceptance)
        return stamp_table(self.table, stamp)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def to_pandas(self) -> Any:
        """The links as a pandas frame."""
        return self.table.to_pandas()

    def to_polars(self) -> Any:
        """The links as a polars frame.

        Raises:
            SociolinkError: polars is not installed.
        """
        try:
            polars = import_module("polars")
        except ImportError:
            raise SociolinkError("polars is not installed. Install it with pip install polars.") from None
        return polars.from_arrow(self.table)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the links; the file appears whole or not at all, and equal runs write equal bytes.

        Args:
            path: File ending in .parquet (with model, policy, provenance and seed in its metadata), .csv or .jsonl.

        Returns:
            The path that was written.

        Raises:
            InvalidParameterError: The suffix is none of these.
            OutputError: The file could not be written; nothing half-written is left behind.
        """
        return write_table(self.to_arrow(), path)

    def __len__(self) -> int:
        return int(self.table.num_rows)
