"""Posts of profiles that are looked for in an index, as a caller has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, InvalidParameterError, Problem
from sociolink.records.columns import arrow_schema, table_spec
from sociolink.records.readers import read_table
from sociolink.records.scalars import RejectedValueError, read_scalar

__all__ = ["NO_EVENTS", "ONLY_HABITS", "read_posts_of", "read_time"]

NO_EVENTS = "posts are shown and not used as evidence: the index holds no events"
"""Warning of a run that is given posts, against an index to which they say nothing."""

ONLY_HABITS = "of posts only where and how people write is evidence: the index holds no events"
"""Warning of a run that is given posts, against an index without events whose evidence asks for habits."""

_REMEDY = "Correct them or leave them out."
_FORMS = "Give a list of dicts with text and created_at, or a table in memory."


def read_posts_of(posts: Any, *, profile_id: str | None = None) -> pa.Table:
    """Posts of profiles that are looked for one by one, of which none may be set aside.

    Args:
        posts: Posts, as for `link`.
        profile_id: The profile that all of them are of; they are then dicts, or a table in memory, and their ids may be
            missing.

    Returns:
        Canonical posts.

    Raises:
        InputError: Some cannot be used; lists every reason, with their rows.
    """
    given = posts if profile_id is None else _posts_of_one(posts, profile_id)
    if isinstance(given, list) and not given:
        return arrow_schema("posts").empty_table()
    loaded = read_table(given, "posts")
    aside: dict[tuple[str, str], list[int]] = {}
    for one in loaded.rejects.filter(pc.equal(loaded.rejects["severity"], "row")).to_pylist():
        aside.setdefault((one["column"] or "", one["reason"]), []).append(one["row"])
    if aside:
        raise InputError(
            [
                Problem(f"posts.{column}" if column else "posts", reason, _REMEDY, rows)
                for (column, reason), rows in sorted(aside.items())
            ]
        )
    return loaded.table


def _posts_of_one(posts: Any, profile_id: str) -> list[dict[str, Any]]:
    if hasattr(posts, "__arrow_c_stream__"):
        posts = pa.table(posts).to_pylist()
    if isinstance(posts, str | bytes | Mapping) or not isinstance(posts, Iterable):
        raise InputError(Problem("posts", f"{type(posts).__name__} holds no posts", _FORMS))
    rows = list(posts)
    wrong = sorted({type(one).__name__ for one in rows if not isinstance(one, Mapping)})
    if wrong:
        raise InputError(Problem("posts", f"{', '.join(wrong)} is no post", _FORMS))
    return [{"post_id": str(number), **one, "profile_id": profile_id} for number, one in enumerate(rows)]


def read_time(time: tuple[Any, Any] | None) -> tuple[int, int] | None:
    """First and last second of a time that is given as two moments.

    Raises:
        InvalidParameterError: It is no such time.

    Examples:
        >>> read_time(("1970-01-01T00:01:00Z", "1970-01-02"))
        (60, 86400)
    """
    if time is None:
        return None
    column = table_spec("posts").column("created_at")
    try:
        first, last = time
        moments: list[Any] = [read_scalar(column, one) for one in (first, last)]
        seconds = int(moments[0].timestamp()), int(moments[1].timestamp())
    except (AttributeError, RejectedValueError, TypeError, ValueError):
        seconds = (1, 0)
    if seconds[0] > seconds[1]:
        raise InvalidParameterError("posts_time must be two moments: from when to when the posts were read.")
    return seconds
