"""The one declaration of every canonical table: its columns, their types, limits and choices.

The vectorised checks of whole tables (`records.checks`) and the models of single rows (`records.rows`) are both made
from what stands here; a property test shows that the two agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from sociolink.errors import InvalidParameterError

__all__ = ["KINDS", "Column", "Kind", "TableSpec", "Type", "arrow_schema", "arrow_type", "table_spec"]

Kind = Literal["customers", "profiles", "posts", "events", "labels", "truth"]
KINDS: tuple[Kind, ...] = ("customers", "profiles", "posts", "events", "labels", "truth")

Type = Literal[
    "id", "handle", "platform", "word", "text", "consent", "flag", "count", "number", "moment", "partial_date"
]


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column.

    Attributes:
        name: Canonical name.
        type: What the column holds; see `arrow_type` for how it is stored.
        required: A row without a good value here is set aside as a whole.
        separators: Regular expression that separates several values written in one cell; empty for single values.
        max_chars: Longest value allowed, in characters (of each single value).
        choices: The only words allowed; empty for any.
        synonyms: Other spellings of the choices, as (spelling, choice).
        minimum: Least number allowed.
        maximum: Greatest number allowed.
        exclusive: The minimum itself is not allowed.
        made: Made from other columns where it is missing; what is missing then are those.
    """

    name: str
    type: Type = "text"
    required: bool = False
    separators: str = ""
    max_chars: int = 300
    choices: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    exclusive: bool = False
    made: bool = False

    @property
    def multi(self) -> bool:
        """Whether the column holds lists."""
        return bool(self.separators)


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One canonical table.

    Attributes:
        kind: Name of the table.
        columns: Its columns, in canonical order.
        key: Column whose values must not repeat; None where rows may repeat.
        makes_profile_id: A missing `profile_id` is made from platform and handle.
        one_of: Groups of columns of which one must be there in full; empty for no such rule.
        needs: (column, values, other): a row whose column has one of the values needs the other column.
    """

    kind: Kind
    columns: tuple[Column, ...]
    key: str | None
    makes_profile_id: bool = False
    one_of: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, tuple[str, ...], str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Canonical names, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Look one column up.

        Args:
            name: Canonical name.

        Raises:
            InvalidParameterError: The table has no such column.

        Examples:
            >>> table_spec("customers").column("email").multi
            True
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise InvalidParameterError(f"{self.kind} has no column {name!r}; it has {', '.join(self.names)}")


def _id(name: str, *, required: bool = False) -> Column:
    return Column(name, "id", required=required, max_chars=500)


def _moment(name: str) -> Column:
    return Column(name, "moment", max_chars=64)


_EMAIL = Column("email", separators=r"[;|,\n]+", max_chars=320)
_PHONE = Column("phone", separators=r"[;|,\n]+", max_chars=64)
_BIO = Column("bio", max_chars=10_000)
_URL = Column("url", max_chars=4_000)
_LANGUAGE = Column("language", max_chars=64)
_CONSENT = Column("consent", "consent", max_chars=64)

_AUTHOR = (
    Column("display_name", max_chars=500),
    _BIO,
    Column("location", max_chars=500),
    _URL,
)

_CUSTOMERS = TableSpec(
    "customers",
    (
        _id("customer_id", required=True),
        Column(
            "kind",
            "word",
            choices=("person", "organisation"),
            synonyms=(
                ("individual", "person"),
                ("contact", "person"),
                ("organization", "organisation"),
                ("company", "organisation"),
                ("business", "organisation"),
            ),
        ),
        *(Column(name) for name in ("given_name", "middle_name", "family_name")),
        Column("full_name", max_chars=500),
        Column("nickname"),
        _EMAIL,
        _PHONE,
        Column("birth_date", "partial_date", max_chars=64),
        Column("street", max_chars=500),
        *(Column(name) for name in ("city", "region")),
        Column("postcode", max_chars=32),
        Column("country"),
        Column("organisation", separators=r"[;|\n]+"),
        Column("job_title"),
        Column("website", separators=r"[;| \t\r\n]+", max_chars=4_000),
        Column("handles", separators=r"[;|, \t\r\n]+", max_chars=500),
        _CONSENT,
        _moment("updated_at"),
    ),
    key="customer_id",
)

_PROFILES = TableSpec(
    "profiles",
    (
        Column("profile_id", "id", required=True, max_chars=500, made=True),
        Column("platform", "platform", required=True, max_chars=64),
        Column("handle", "handle", required=True, max_chars=300),
        _id("user_id"),
        *_AUTHOR,
        _EMAIL,
        _PHONE,
        _moment("created_at"),
        Column("followers", "count", max_chars=32, minimum=0),
        Column("verified", "flag", max_chars=32),
        _LANGUAGE,
        _CONSENT,
    ),
    key="profile_id",
    makes_profile_id=True,
)

_POSTS = TableSpec(
    "posts",
    (
        _id("post_id", required=True),
        Column("text", required=True, max_chars=50_000),
        _id("profile_id"),
        Column("platform", "platform", max_chars=64),
        _id("user_id"),
        Column("handle", "handle", max_chars=300),
        *_AUTHOR,
        _moment("created_at"),
        _LANGUAGE,
        Column("place", max_chars=500),
        Column(
            "kind",
            "word",
            choices=("post", "repost", "quote", "reply"),
            synonyms=(
                ("tweet", "post"),
                ("original", "post"),
                ("status", "post"),
                ("comment", "reply"),
                ("replied_to", "reply"),
                ("retweet", "repost"),
                ("retweeted", "repost"),
                ("reblog", "repost"),
                ("share", "repost"),
                ("quoted", "quote"),
            ),
        ),
    ),
    key="post_id",
    makes_profile_id=True,
    one_of=(("profile_id",), ("platform", "handle"), ("platform", "user_id")),
)

_EVENTS = TableSpec(
    "events",
    (
        _id("event_id", required=True),
        _id("customer_id", required=True),
        Column("kind"),
        Column("product"),
        Column("reference"),
        _moment("occurred_at"),
        Column("place", max_chars=500),
        Column("amount", "number", max_chars=64),
    ),
    key="event_id",
)

_LABELS = TableSpec(
    "labels",
    (
        _id("profile_id", required=True),
        _id("customer_id"),
        Column("verdict", "word", required=True, choices=("is", "is_not", "nobody", "skip")),
        Column("source"),
        Column("reviewer"),
        _moment("decided_at"),
        Column("inclusion_probability", "number", max_chars=64, minimum=0, maximum=1, exclusive=True),
    ),
    key=None,
    needs=(("verdict", ("is", "is_not"), "customer_id"),),
)

_TRUTH = TableSpec("truth", (_id("profile_id", required=True), _id("customer_id")), key="profile_id")

_TABLES = {spec.kind: spec for spec in (_CUSTOMERS, _PROFILES, _POSTS, _EVENTS, _LABELS, _TRUTH)}


def table_spec(kind: str) -> TableSpec:
    """The declared columns of one kind of table.

    Args:
        kind: One of `KINDS`.

    Raises:
        InvalidParameterError: There is no such kind.

    Examples:
        >>> table_spec("truth").names
        ('profile_id', 'customer_id')
    """
    for known in KINDS:
        if known == kind:
            return _TABLES[known]
    raise InvalidParameterError(f"kind is {kind!r}; it must be one of {', '.join(KINDS)}")


def arrow_type(column: Column) -> pa.DataType:
    """How a column is stored in a canonical table.

    Args:
        column: The declared column.

    Examples:
        >>> str(arrow_type(table_spec("profiles").column("followers")))
        'int64'
    """
    if column.type in ("consent", "flag"):
        return pa.bool_()
    if column.type == "count":
        return pa.int64()
    if column.type == "number":
        return pa.float64()
    if column.type == "moment":
        return pa.timestamp("us", tz="UTC")
    return pa.list_(pa.string()) if column.multi else pa.string()


def arrow_schema(kind: str) -> pa.Schema:
    """The canonical columns of one kind of table, as an Arrow schema.

    Args:
        kind: One of `KINDS`.

    Raises:
        InvalidParameterError: There is no such kind.

    Examples:
        >>> arrow_schema("truth").names
        ['profile_id', 'customer_id']
    """
    return pa.schema([pa.field(column.name, arrow_type(column)) for column in table_spec(kind).columns])
