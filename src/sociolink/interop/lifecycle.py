"""The life of links: proposed, confirmed, rejected, expired, revoked, each with the days from and to which it holds.

A link belongs to an account: the platform's stable id where there is one, else platform and handle. A handle that was
renamed, or that another account has now, closes the link; links are never changed after they are closed.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, InvalidParameterError, Problem
from sociolink.records.readers import read_table
from sociolink.text.platforms import canonical_platforms

__all__ = ["LIFECYCLE_SCHEMA", "STATES", "account_keys", "advance_links"]

STATES = ("proposed", "confirmed", "rejected", "expired", "revoked")
"""Open links are proposed or confirmed; the others are closed."""

LIFECYCLE_SCHEMA = pa.schema(
    [
        ("link_id", pa.string()),
        ("account", pa.string()),
        ("platform", pa.string()),
        ("handle", pa.string()),
        ("user_id", pa.string()),
        ("profile_id", pa.string()),
        ("customer_id", pa.string()),
        ("state", pa.string()),
        ("probability", pa.float64()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("reason", pa.string()),
    ]
)
"""One row a link and period; `valid_to` is null while the link is open."""

_BETWEEN = "|"
_RENAMED = "the account has another handle now"
_LINKED = ("profile_id", "customer_id", "probability", "decision")


def account_keys(profiles: pa.Table) -> pa.Array:
    """What an account is known by: its stable id, else its handle.

    Args:
        profiles: Canonical profiles.

    Examples:
        >>> table = pa.table({"platform": ["X", "x"], "user_id": ["17", None], "handle": ["Jo", "@Jo"]})
        >>> account_keys(table).to_pylist()
        ['twitter:id:17', 'twitter:jo']
    """
    platform = canonical_platforms(_one(profiles["platform"]))
    stable = pc.binary_join_element_wise(platform, "id", _one(profiles["user_id"]), ":")
    handle = pc.utf8_lower(pc.utf8_ltrim(_one(profiles["handle"]), "@"))
    return pc.coalesce(stable, pc.binary_join_element_wise(platform, handle, ":"))


def advance_links(
    links: Any,
    profiles: Any,
    *,
    on: datetime.date,
    known: pa.Table | None = None,
    labels: Any = None,
    revoked: Collection[str] = (),
) -> pa.Table:
    """Bring the life of links up to a day.

    Args:
        links: `Links`, or a table with profile_id, customer_id, probability and decision; links are the rows decided as
            "link".
        profiles: The profiles of the run, linked or not.
        on: The day; a link that ends on it did not hold on it any more.
        known: What this function returned before; None for the first time.
        labels: Verdicts of people: "is" confirms a link, "is_not" and "nobody" reject it.
        revoked: Customers or accounts that may not be linked any more.

    Returns:
        `LIFECYCLE_SCHEMA`: all rows that there were, closed or carried on, then those that begin, in the order of the
        profiles. A pair that was rejected or revoked is not proposed again, and an account with a confirmed link not
        with somebody else.

    Raises:
        InputError: A table lacks columns; lists all that are missing.
        InvalidParameterError: `on` lies before a day on which a known link began or ended.

    Examples:
        >>> people = pa.table({"profile_id": ["p"], "platform": ["x"], "handle": ["jo"]})
        >>> made = pa.table({"profile_id": ["p"], "customer_id": ["c"], "probability": [0.97], "decision": ["link"]})
        >>> first = advance_links(made, people, on=datetime.date(2026, 5, 1))
        >>> first.select(["account", "customer_id", "state"]).to_pylist()
        [{'account': 'twitter:jo', 'customer_id': 'c', 'state': 'proposed'}]
        >>> later = advance_links(made, people, on=datetime.date(2026, 6, 1), known=first, revoked=["c"])
        >>> later["state"].to_pylist(), later["reason"].to_pylist()
        (['revoked'], ['may not be linked any more'])
    """
    before = LIFECYCLE_SCHEMA.empty_table() if known is None else _known(known, on)
    people = _accounts(profiles)
    verdicts = _verdicts(labels)
    today = _decided(links, people)
    after = _close(before, today, people, verdicts=verdicts, revoked=revoked, on=on)
    carried = _carry_on(before, after, people, on=on)
    begun = _begin(today, pa.concat_tables([after, carried]), verdicts=verdicts, revoked=revoked, on=on)
    return pa.concat_tables([after, carried, begun]).combine_chunks()


def _one(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _known(known: pa.Table, on: datetime.date) -> pa.Table:
    missing = [name for name in LIFECYCLE_SCHEMA.names if name not in known.column_names]
    if missing:
        what = f"columns are missing: {', '.join(missing)}"
        raise InputError(Problem("known", what, "Give what advance_links returned."))
    known = known.select(LIFECYCLE_SCHEMA.names).cast(LIFECYCLE_SCHEMA)
    last = max((day for name in ("valid_from", "valid_to") if (day := pc.max(known[name]).as_py())), default=on)
    if last > on:
        raise InvalidParameterError(f"on is {on}; the known links go to {last}, and their past cannot be changed")
    return known


def _accounts(profiles: Any) -> pa.Table:
    """profile_id, account, platform, handle in lower case and user_id of the profiles."""
    table = read_table(profiles, "profiles").table
    handle = pc.utf8_lower(pc.utf8_ltrim(_one(table["handle"]), "@"))
    platform = canonical_platforms(_one(table["platform"]))
    columns = [_one(table["profile_id"]), account_keys(table), platform, handle, _one(table["user_id"])]
    return pa.table(columns, names=["profile_id", "account", "platform", "handle", "user_id"])


def _verdicts(labels: Any) -> pa.Table:
    empty = pa.table({name: pa.array([], pa.string()) for name in ("profile_id", "customer_id", "verdict")})
    return empty if labels is None else read_table(labels, "labels").table.select(empty.column_names)


def _decided(links: Any, people: pa.Table) -> pa.Table:
    """The links made, with their accounts, in the order of the profiles."""
    table = links.best() if hasattr(links, "best") else links
    missing = [name for name in _LINKED if name not in table.column_names]
    if missing:
        raise InputError(Problem("links", f"columns are missing: {', '.join(missing)}", "Give Links, or links.best()."))
    made = pc.and_(pc.equal(table["decision"], "link"), pc.is_valid(table["customer_id"]))
    table = table.filter(pc.fill_null(made, False))
    place = _one(pc.index_in(people["profile_id"], _one(table["profile_id"])))
    linked = pc.is_valid(place)
    rows = people.filter(linked)
    place = place.filter(linked)
    for name in ("customer_id", "probability"):
        rows = rows.append_column(name, _one(table[name]).take(place))
    return rows.append_column("link_id", _link_ids(rows))


def _link_ids(rows: pa.Table) -> pa.Array:
    """A key that is the same in every run: a digest of account, handle and customer."""
    parts = pc.binary_join_element_wise(
        _one(rows["account"]), _one(rows["handle"]), _one(rows["customer_id"]), _BETWEEN
    )
    digests = [hashlib.sha256(part.encode()).hexdigest()[:32] for part in parts.to_pylist()]
    return pa.array(digests, pa.string())


def _pairs(table: pa.Table) -> Any:
    return pc.binary_join_element_wise(_one(table["profile_id"]), _one(table["customer_id"]), _BETWEEN)


def _judged(rows: pa.Table, verdicts: pa.Table) -> tuple[Any, Any]:
    """Whether people confirmed each row, and whether they rejected it."""
    said = {word: verdicts.filter(pc.equal(verdicts["verdict"], word)) for word in ("is", "is_not", "nobody")}
    pair = _pairs(rows)
    confirmed = pc.is_in(pair, _pairs(said["is"]))
    of_nobody = pc.is_in(_one(rows["profile_id"]), _one(said["nobody"]["profile_id"]))
    return confirmed, pc.or_(pc.is_in(pair, _pairs(said["is_not"])), of_nobody)


def _close(
    before: pa.Table,
    today: pa.Table,
    people: pa.Table,
    *,
    verdicts: pa.Table,
    revoked: Collection[str],
    on: datetime.date,
) -> pa.Table:
    """What was open, carried on or closed."""
    open_ = pc.is_null(_one(before["valid_to"]))
    confirmed, rejected = _judged(before, verdicts)
    barred = pa.array(sorted(revoked), pa.string())
    is_barred = pc.or_(pc.is_in(_one(before["customer_id"]), barred), pc.is_in(_one(before["account"]), barred))
    at = _one(pc.index_in(_one(before["account"]), _one(people["account"])))
    renamed = pc.fill_null(pc.not_equal(_one(people["handle"]).take(at), _one(before["handle"])), False)
    recycled = _recycled(before, people)
    place = _one(pc.index_in(_one(before["account"]), _one(today["account"])))
    now = _one(today["customer_id"]).take(place)
    settled = pc.or_(pc.equal(_one(before["state"]), "confirmed"), confirmed)
    moved = pc.and_(pc.fill_null(pc.not_equal(now, _one(before["customer_id"])), False), pc.invert(settled))
    gone = pc.and_(pc.and_(pc.is_valid(at), pc.is_null(place)), pc.invert(settled))
    steps = [
        (is_barred, "revoked", "may not be linked any more"),
        (rejected, "rejected", "people said that it is not them"),
        (recycled, "expired", "the handle has another stable id now"),
        (renamed, "expired", _RENAMED),
        (moved, "expired", "the account is linked to somebody else now"),
        (gone, "expired", "the account is not linked any more"),
    ]
    state, reason = _one(before["state"]), _one(before["reason"])
    state = pc.if_else(pc.and_(open_, confirmed), "confirmed", state)
    ended = pa.array([False] * before.num_rows, pa.bool_())
    for fits, name, why in reversed(steps):
        fits = pc.and_(open_, fits)
        state, reason, ended = pc.if_else(fits, name, state), pc.if_else(fits, why, reason), pc.or_(ended, fits)
    day = pa.scalar(on, pa.date32())
    latest = pc.coalesce(_one(today["probability"]).take(place), _one(before["probability"]))
    same = pc.and_(pc.and_(open_, pc.invert(ended)), pc.fill_null(pc.equal(now, _one(before["customer_id"])), False))
    changed = {
        "state": state,
        "reason": reason,
        "valid_to": pc.if_else(ended, day, _one(before["valid_to"])),
        "probability": pc.if_else(same, latest, _one(before["probability"])),
    }
    return pa.table([changed.get(name, before[name]) for name in LIFECYCLE_SCHEMA.names], schema=LIFECYCLE_SCHEMA)


def _recycled(before: pa.Table, people: pa.Table) -> Any:
    """Whether a handle is seen with another stable id than the link's, or with one where the link had none."""
    stable = people.filter(pc.is_valid(people["user_id"]))
    name = pc.binary_join_element_wise(_one(before["platform"]), _one(before["handle"]), ":")
    seen = pc.binary_join_element_wise(_one(stable["platform"]), _one(stable["handle"]), ":")
    at = _one(pc.index_in(name, seen))
    return pc.fill_null(pc.not_equal(_one(stable["account"]).take(at), _one(before["account"])), False)


def _carry_on(before: pa.Table, after: pa.Table, people: pa.Table, *, on: datetime.date) -> pa.Table:
    """Confirmed links of accounts that were renamed: the account is the same, so the link goes on."""
    ended = pc.and_(pc.is_null(before["valid_to"]), pc.equal(after["reason"], _RENAMED))
    rows = before.filter(pc.fill_null(pc.and_(ended, pc.equal(before["state"], "confirmed")), False))
    at = _one(pc.index_in(_one(rows["account"]), _one(people["account"])))
    moved = {name: _one(people[name]).take(at) for name in ("handle", "profile_id")}
    moved["valid_from"] = pa.array([on] * rows.num_rows, pa.date32())
    named = pa.table([moved.get(name, rows[name]) for name in LIFECYCLE_SCHEMA.names], schema=LIFECYCLE_SCHEMA)
    return named.set_column(0, LIFECYCLE_SCHEMA.field(0), _link_ids(named))


def _begin(
    today: pa.Table, before: pa.Table, *, verdicts: pa.Table, revoked: Collection[str], on: datetime.date
) -> pa.Table:
    """Links that begin."""
    open_ = before.filter(pc.is_null(before["valid_to"]))
    barred_ids = before.filter(pc.is_in(before["state"], pa.array(["rejected", "revoked"])))
    confirmed, rejected = _judged(today, verdicts)
    barred = pa.array(sorted(revoked), pa.string())
    not_new = pc.is_in(_one(today["link_id"]), _one(open_["link_id"]))
    not_again = pc.and_(pc.is_in(_one(today["link_id"]), _one(barred_ids["link_id"])), pc.invert(confirmed))
    settled = open_.filter(pc.equal(open_["state"], "confirmed"))
    taken = pc.is_in(_one(today["account"]), _one(settled["account"]))
    is_barred = pc.or_(pc.is_in(_one(today["customer_id"]), barred), pc.is_in(_one(today["account"]), barred))
    keep = pc.invert(pc.or_(pc.or_(not_new, not_again), pc.or_(pc.or_(taken, is_barred), rejected)))
    rows, confirmed = today.filter(keep), confirmed.filter(keep)
    size = rows.num_rows
    state = pc.if_else(confirmed, "confirmed", "proposed") if size else pa.array([], pa.string())
    made = {
        "state": state,
        "valid_from": pa.array([on] * size, pa.date32()),
        "valid_to": pa.nulls(size, pa.date32()),
        "reason": pa.nulls(size, pa.string()),
    }
    return pa.table(
        [made[name] if name in made else rows[name] for name in LIFECYCLE_SCHEMA.names], schema=LIFECYCLE_SCHEMA
    )
