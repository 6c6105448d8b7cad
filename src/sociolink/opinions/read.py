"""The door for opinions: posts in; what they say of which aspect out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, Problem
from sociolink.opinions.kinds import POST_KINDS
from sociolink.opinions.reader import OPINION_FIELDS, Reading, RuleReader
from sociolink.records.readers import read_table

__all__ = ["OPINIONS_SCHEMA", "find_reposts", "read_opinions", "read_posts"]

Bools = np.typing.NDArray[np.bool_]

OPINIONS_SCHEMA = pa.schema([pa.field("post_id", pa.string()), *list(OPINION_FIELDS)[1:]])
"""The table of opinions."""

_NEEDED = ("text", "aspect_category", "polarity")
_UNKNOWN_LANGUAGE = ("und", "unknown", "zxx", "qme", "")
_REPOSTED = r"^\s*RT @"


def read_opinions(
    posts: Any,
    *,
    catalogue: Any = None,
    reader: Callable[[Any], pa.Table] | None = None,
    reposts: bool = False,
    mapping: Any = None,
) -> pa.Table:
    """What posts say of which aspect: product, service, brand, delivery, price, staff.

    Args:
        posts: A table of posts as for `link`, or texts alone.
        catalogue: What the company sells and is called: names; a dict of name to category, or of category to names; a
            table with `name`, and perhaps `category` and `aliases`; or events, whose `product` it is made of.
        reader: Any callable from texts to opinions (`opinions.reader.OpinionReader`); rules for English by default.
        reposts: Whether to read what others wrote and the author only passed on.
        mapping: Column mapping; see `Mapping`.

    Returns:
        One row an opinion, in the order of the posts; `OPINIONS_SCHEMA` says the columns, docs/opinions.md what they
        mean. Posts in a language that the reader does not know have none.

    Raises:
        InputError: The posts or the catalogue cannot be read, or the reader's answer has no use.

    References:
        Pontiki et al. (2014), SemEval-2014 task 4: aspect based sentiment analysis.

    Examples:
        >>> found = read_opinions(["love the iPhone but the service with AT&T sucks"], catalogue={"brand": ["AT&T"]})
        >>> [(one["aspect_term"], one["aspect_category"], one["entity"], one["sentiment"]) for one in found.to_pylist()]
        [('iPhone', 'product', None, 'positive'), ('service', 'service', 'AT&T', 'negative')]
    """
    reader = _reader(reader, catalogue)
    if isinstance(posts, Sequence) and not isinstance(posts, str | bytes) and all(_is_text(post) for post in posts):
        texts = pa.array(list(posts), pa.string())
        ids = pa.array([str(number) for number in range(len(texts))], pa.string())
        return _read(ids, texts, np.ones(len(texts), np.bool_), reader=reader).opinions
    table = read_table(posts, "posts", mapping=mapping).table
    return _read_table(table, reader=reader, reposts=reposts).opinions


def read_posts(posts: pa.Table, *, catalogue: Any = None, reader: Callable[[Any], pa.Table] | None = None) -> Reading:
    """What canonical posts say, reposts left out, of which kinds they are, and which name anything in the catalogue.

    Args:
        posts: Canonical posts.
        catalogue: See `read_opinions`.
        reader: See `read_opinions`. Kinds of posts without opinions are known by the rules alone; of another reader's
            posts they are its `post_kinds`, and where it has none, complaint and praise by the polarities. Likewise,
            what it gives an `entity` is named.

    Returns:
        `OPINIONS_SCHEMA`, and the flags of all posts.

    Raises:
        InputError: See `read_opinions`.

    Examples:
        >>> posts = pa.table({"post_id": ["1"], "text": ["is it any good?"], "kind": ["post"], "language": ["en"]})
        >>> read = read_posts(posts)
        >>> len(read.opinions), read.kinds.tolist()
        (0, [[False, True, False, False, False, False]])
    """
    return _read_table(posts, reader=_reader(reader, catalogue), reposts=False)


def find_reposts(posts: pa.Table) -> Bools:
    """(posts,) whether each passes on what another wrote: by its kind, or "RT @" at its beginning."""
    passed_on = pc.fill_null(pc.equal(posts["kind"], "repost"), False)
    again = pc.fill_null(pc.match_substring_regex(posts["text"], _REPOSTED), False)
    return np.asarray(pc.or_(passed_on, again), np.bool_)


def _reader(reader: Callable[[Any], pa.Table] | None, catalogue: Any) -> Callable[[Any], pa.Table]:
    if reader is None:
        return RuleReader(catalogue)
    if catalogue is not None:
        raise InputError(Problem("catalogue", "a reader of your own does not get it", "Give it to the reader."))
    return reader


def _read_table(posts: pa.Table, *, reader: Callable[[Any], pa.Table], reposts: bool) -> Reading:
    keep = np.ones(posts.num_rows, np.bool_) if reposts else ~find_reposts(posts)
    language = getattr(reader, "language", None)
    if language is not None:
        stated = pc.fill_null(pc.utf8_lower(posts["language"]), "")
        known = pc.or_(pc.starts_with(stated, language), pc.is_in(stated, pa.array(_UNKNOWN_LANGUAGE)))
        keep = keep & np.asarray(known, np.bool_)
    return _read(posts["post_id"].combine_chunks(), posts["text"].combine_chunks(), keep, reader=reader)


def _read(ids: pa.Array, texts: pa.Array, keep: Bools, *, reader: Callable[[Any], pa.Table]) -> Reading:
    """What those posts say that are to be read."""
    rows = np.flatnonzero(keep)
    kinds = np.zeros((len(texts), len(POST_KINDS)), np.bool_)
    named = np.zeros(len(texts), np.bool_)
    if isinstance(reader, RuleReader):
        read = reader.read(texts.take(pa.array(rows)))
        found, kinds[rows], named[rows] = read.opinions, read.kinds, read.named
    else:
        found = _checked(reader(texts.take(pa.array(rows))), len(rows))
        kinds[rows] = _kinds_told(found, len(rows))
        named[rows[np.asarray(found["text"].filter(pc.is_valid(found["entity"])), np.int64)]] = True
    place = np.asarray(found["text"], np.int64)
    if len(place) and (np.diff(place) < 0).any():
        order = np.argsort(place, kind="stable")
        found, place = found.take(pa.array(order)), place[order]
    found = found.drop_columns(["text"]).add_column(0, "post_id", ids.take(pa.array(rows[place])))
    return Reading(found.select(OPINIONS_SCHEMA.names).cast(OPINIONS_SCHEMA).combine_chunks(), kinds, named)


def _kinds_told(found: pa.Table, posts: int) -> Bools:
    """(posts, kinds) what a reader of one's own says of the posts that it has opinions of."""
    out = np.zeros((posts, len(POST_KINDS)), np.bool_)
    place = np.asarray(found["text"], np.int64)
    listed = found["post_kinds"].combine_chunks()
    if listed.null_count == len(listed):
        value = np.asarray(found["polarity"], np.float64)
        for kind, said in (("complaint", value < 0), ("praise", value > 0)):
            out[place[said], POST_KINDS.index(kind)] = True
        return out
    of_row = np.asarray(pc.list_parent_indices(listed), np.int64)
    told = np.asarray(pc.fill_null(pc.index_in(pc.list_flatten(listed), pa.array(POST_KINDS)), -1), np.int64)
    out[place[of_row[told >= 0]], told[told >= 0]] = True
    return out


def _is_text(post: Any) -> bool:
    return post is None or isinstance(post, str)


def _checked(found: Any, posts: int) -> pa.Table:
    """The reader's answer in all columns; every problem of it in one error."""
    remedy = "See docs/opinions.md for what a reader answers."
    if not isinstance(found, pa.Table):
        raise InputError(Problem("reader", f"it answered with a {type(found).__name__}", remedy))
    missing = [name for name in _NEEDED if name not in found.column_names]
    if missing:
        raise InputError(Problem("reader", f"its answer lacks {', '.join(missing)}", remedy))
    problems = []
    places = np.asarray(pc.fill_null(found["text"].cast(pa.int64()), -1).combine_chunks(), np.int64)
    if ((places < 0) | (places >= posts)).any():
        problems.append(
            Problem("reader.text", f"{int(((places < 0) | (places >= posts)).sum())} places of no post", remedy)
        )
    values = np.asarray(pc.fill_null(found["polarity"].cast(pa.float64()), np.nan).combine_chunks(), np.float64)
    if not (np.abs(values) <= 1).all():
        problems.append(Problem("reader.polarity", f"{int((~(np.abs(values) <= 1)).sum())} not within -1 to 1", remedy))
    if problems:
        raise InputError(problems)
    for field in OPINION_FIELDS:
        if field.name not in found.column_names:
            found = found.append_column(field, _filled(field, values))
    return found.select(OPINION_FIELDS.names).cast(OPINION_FIELDS)


def _filled(field: pa.Field, polarity: np.typing.NDArray[np.float64]) -> pa.Array:
    """A column that the reader left out: what follows from the polarity, else nulls."""
    if field.name == "strength":
        return pa.array(np.abs(polarity))
    if field.name == "sentiment":
        return pa.array(["negative", "neutral", "positive"]).take(pa.array(np.sign(polarity).astype(np.int64) + 1))
    return pa.nulls(len(polarity), field.type)
