"""Authors of posts: their profiles, and the profiles that are already there."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.records.accounts import make_profile_ids
from sociolink.records.columns import arrow_schema, arrow_type, table_spec
from sociolink.text.runs import starts_of_runs

__all__ = ["attach_profiles", "author_profiles"]


def author_profiles(posts: pa.Table) -> pa.Table:
    """The profiles of the authors of posts, as their latest post shows them.

    Args:
        posts: Canonical posts; those without platform and handle are passed over.

    Returns:
        Canonical profiles, in the order of their ids.

    Examples:
        >>> posts = arrow_schema("posts").empty_table()
        >>> author_profiles(posts).num_rows
        0
    """
    spec = table_spec("profiles")
    there = pc.and_(pc.is_valid(posts["platform"]), pc.is_valid(posts["handle"]))
    own = posts.filter(pc.and_(there, pc.is_valid(posts["profile_id"])))
    age = pc.fill_null(pc.negate(own["created_at"].cast(pa.int64())), 2**62)
    ranked = pa.table({"id": own["profile_id"], "age": age, "post": own["post_id"]})
    order = pc.sort_indices(ranked, [("id", "ascending"), ("age", "ascending"), ("post", "ascending")])
    own = own.take(order)
    own = own.filter(pa.array(starts_of_runs(own["profile_id"].to_numpy())))
    columns = {
        column.name: own[column.name]
        if column.name in own.column_names and column.name not in ("created_at", "language")
        else pa.nulls(own.num_rows, arrow_type(column))
        for column in spec.columns
    }
    return pa.table(columns).cast(arrow_schema("profiles"))


def attach_profiles(posts: pa.Table, profiles: pa.Table) -> pa.Table:
    """Name the profile of each post whose author is among the profiles, by stable id, else by handle.

    Args:
        posts: Canonical posts.
        profiles: Canonical profiles.

    Returns:
        The posts in their order, with `profile_id` replaced where the author is a known profile under another id.

    Examples:
        >>> posts, profiles = arrow_schema("posts").empty_table(), arrow_schema("profiles").empty_table()
        >>> attach_profiles(posts, profiles).num_rows
        0
    """
    given = posts["profile_id"]
    known = pc.is_in(given, profiles["profile_id"])
    by_id = _look_up(posts["platform"], posts["user_id"], profiles["platform"], profiles["user_id"], profiles)
    by_handle = _look_up(posts["platform"], posts["handle"], profiles["platform"], profiles["handle"], profiles)
    found = pc.if_else(known, given, pc.coalesce(by_id, by_handle, given))
    place = posts.column_names.index("profile_id")
    return posts.set_column(place, "profile_id", found.cast(pa.string()))


def _look_up(platform: Any, value: Any, known_platform: Any, known_value: Any, profiles: pa.Table) -> Any:
    keys = make_profile_ids(known_platform, known_value).combine_chunks()
    place = pc.index_in(make_profile_ids(platform, value), keys, skip_nulls=True)
    return profiles["profile_id"].take(place.combine_chunks())
