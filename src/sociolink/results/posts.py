"""From posts to customers: whose profile wrote each post, and what that makes known about it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, Problem
from sociolink.rendering.numbers import say_count
from sociolink.text.handles import parse_handles
from sociolink.text.platforms import canonical_platforms

__all__ = ["attach_customers", "find_authors", "mark_open", "open_tickets", "say_value"]

_CLOSED = ("closed", "solved", "resolved", "done", "cancelled", "canceled")
_BETWEEN = "\x1f"


def find_authors(posts: pa.Table, profiles: pa.Array, *, keys: pa.Table | None = None) -> pa.Array:
    """The profile that wrote each post: by its id, else by platform and stable id, else by platform and handle.

    Args:
        posts: Canonical posts.
        profiles: Ids of the profiles that were linked.
        keys: profile_id, platform, handle_core (cleaned, in lower case) and user_id of these profiles; without it only
            ids are matched.

    Returns:
        A profile id for each post; null where the author is none of them, or where two of them share the key.

    Raises:
        InputError: No post has a profile id, and there are no keys to find authors by.
    """
    given = posts["profile_id"].combine_chunks()
    found = pc.if_else(pc.is_in(given, profiles), given, None)
    if keys is None and len(posts) and given.null_count == len(posts):
        what = "no post has a profile id, and links read from a file do not know handles"
        raise InputError(Problem("posts.profile_id", what, "Give profile_id, or use the links that link() returned."))
    if keys is None or found.null_count == 0:
        return found
    platform = canonical_platforms(posts["platform"].combine_chunks())
    known_platform = canonical_platforms(keys["platform"].combine_chunks())
    ids = keys["profile_id"].combine_chunks()
    by_user = _look_up(
        platform, posts["user_id"].combine_chunks(), known_platform, keys["user_id"].combine_chunks(), ids
    )
    parsed = parse_handles(posts["platform"].combine_chunks(), posts["handle"].combine_chunks())
    handle = pc.utf8_lower(parsed.handle)
    by_handle = _look_up(parsed.platform, handle, known_platform, keys["handle_core"].combine_chunks(), ids)
    return pc.coalesce(found, by_user, by_handle)


def attach_customers(posts: pa.Table, best: pa.Table, *, keys: pa.Table | None = None) -> pa.Table:
    """Posts with the customer of their author.

    Args:
        posts: Canonical posts.
        best: profile_id, customer_id, probability and decision, one row a profile.
        keys: See `find_authors`.

    Returns:
        The posts in their order, with customer_id, probability and decision; null where the author was not linked. A
        column of such a name that was there is replaced.
    """
    ids = best["profile_id"].combine_chunks()
    place = pc.index_in(find_authors(posts, ids, keys=keys), ids)
    names = ("customer_id", "probability", "decision")
    out = posts.drop_columns([name for name in names if name in posts.column_names])
    for name in names:
        out = out.append_column(name, best[name].combine_chunks().take(place))
    return out


def open_tickets(events: pa.Table) -> pa.Array | None:
    """Customers with an open ticket.

    Args:
        events: Canonical events; a column `status` or `closed_at` says what is open.

    Returns:
        Their ids, each once; None where nothing says what is open.
    """
    open_ = mark_open(events)
    return None if open_ is None else pc.unique(events["customer_id"].filter(open_).combine_chunks())


def mark_open(events: pa.Table) -> pa.Array | None:
    """Which events are open tickets.

    Args:
        events: See `open_tickets`.

    Returns:
        (events,) whether each is a ticket and open, null for a ticket of which it is not said; None where nothing says
        what is open.
    """
    names = events.column_names
    if "status" not in names and "closed_at" not in names:
        return None
    ticket = pc.fill_null(pc.equal(pc.utf8_lower(events["kind"]), "ticket"), False)
    open_: Any = None
    if "closed_at" in names:
        open_ = pc.invert(_is_stated(events["closed_at"]))
    if "status" in names:
        status = pc.utf8_lower(pc.utf8_trim_whitespace(events["status"].cast(pa.string())))
        told = pc.if_else(_is_stated(status), pc.invert(pc.is_in(status, pa.array(_CLOSED))), None)
        open_ = told if open_ is None else pc.and_(open_, pc.fill_null(told, True))
    open_ = pc.and_kleene(ticket, open_)
    return open_.combine_chunks() if isinstance(open_, pa.ChunkedArray) else open_


def _is_stated(column: Any) -> Any:
    """Whether each value is there, and no blank."""
    there = pc.is_valid(column)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        there = pc.and_(there, pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(column), ""), False))
    return there


def say_value(best: pa.Table, *, posts: pa.Table | None, events: pa.Table | None, keys: pa.Table | None = None) -> str:
    """What the links are worth, in one sentence.

    Args:
        best: profile_id, customer_id, probability and decision, one row a profile.
        posts: Canonical posts, if there are any.
        events: Canonical events, if there are any.
        keys: See `find_authors`.

    Examples:
        >>> best = pa.table({"profile_id": ["p"], "customer_id": ["c"], "probability": [1.0], "decision": ["link"]})
        >>> say_value(best, posts=None, events=None)
        '1 of 1 profiles now has a customer.'
    """
    if posts is None or posts.num_rows == 0:
        rows, what = best, "profiles"
    else:
        rows, what = attach_customers(posts, best, keys=keys), "posts"
    linked = rows["customer_id"].filter(pc.fill_null(pc.equal(rows["decision"], "link"), False))
    verb = "has" if len(linked) == 1 else "have"
    said = f"{say_count(len(linked))} of {say_count(rows.num_rows)} {what} now {verb} a customer"
    with_ticket = open_tickets(events) if events is not None and events.num_rows else None
    if with_ticket is None or len(linked) == 0:
        return f"{said}."
    number = pc.sum(pc.is_in(linked, with_ticket)).as_py() or 0
    owner = "of them" if what == "posts" else "of these"
    return f"{said}; {say_count(number)} {owner} {'has' if number == 1 else 'have'} an open ticket."


def _look_up(platform: Any, value: Any, known_platform: Any, known_value: Any, ids: pa.Array) -> pa.Array:
    """Ids of rows of which exactly one has the platform and the value."""
    known = _key(known_platform, known_value)
    encoded = known.dictionary_encode()
    codes = np.asarray(pc.fill_null(encoded.indices, -1))
    counts = np.bincount(codes[codes >= 0], minlength=len(encoded.dictionary))
    first = np.full(len(encoded.dictionary), -1, np.int64)
    first[codes[codes >= 0]] = np.flatnonzero(codes >= 0)
    place = pc.index_in(_key(platform, value), encoded.dictionary)
    at = np.asarray(pc.fill_null(place, -1))
    single = np.zeros(len(at), np.bool_)
    single[at >= 0] = counts[at[at >= 0]] == 1
    rows = np.zeros(len(at), np.int64)
    rows[single] = first[at[single]]
    return ids.take(pa.array(rows, mask=~single))


def _key(platform: Any, value: Any) -> pa.Array:
    """Platform and value as one string; null where the value is null or empty."""
    stated = pc.if_else(pc.equal(value, ""), None, value)
    return pc.binary_join_element_wise(pc.fill_null(platform, ""), stated, _BETWEEN)
