"""What posts say that a CRM could confirm: numbers, products and places, as a hidden column of the profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.events.brands import without_brands
from sociolink.evidence.events.formats import judge_numbers
from sociolink.evidence.events.issued import Issued, find_issued, is_issued
from sociolink.evidence.events.publicity import Appearances, find_company, find_first_authors
from sociolink.evidence.events.records import NO_TIME, EventBook, seconds
from sociolink.evidence.events.terms import find_terms
from sociolink.evidence.facts import text_column
from sociolink.text.buffers import plain_strings
from sociolink.text.hashing import UInt64s, hash_strings
from sociolink.text.references import find_pieced_references, find_references, split_words
from sociolink.text.runs import expand_runs, starts_of_runs

__all__ = [
    "LATER",
    "MOST_NUMBERED",
    "NUMBER",
    "PLACE",
    "POSTS_COLUMN",
    "POSTS_TYPE",
    "PRODUCT",
    "SLIP",
    "SPAN",
    "UNKNOWN",
    "list_posts",
    "own_part",
    "own_words",
    "scan_posts",
]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

POSTS_COLUMN: Final = "_posts"
"""Name of the hidden column."""

SPAN, PRODUCT, PLACE, NUMBER, SLIP, UNKNOWN, LATER = range(7)
"""Kinds of facts: the time that the posts cover; a product; a place; a number of the CRM, first quoted by this profile;
such a number with a slip; a number that the CRM could have issued and did not, or not yet; a number of the CRM that was
in public before."""

POSTS_TYPE: Final = pa.list_(
    pa.struct(
        [
            ("post", pa.int32()),
            ("at", pa.int64()),
            ("kind", pa.int8()),
            ("key", pa.uint64()),
            ("bits", pa.float64()),
        ]
    )
)
"""One entry a fact: which of the profile's posts, when (seconds), what kind, what, and for a number how many there
could be (log2). Of a span `at` is the beginning, `key` the length in seconds, and `bits` the number of posts."""

_REPEATED = r"(?is)\b(?:RT|QT|MT) ?:? ?@\w.*$"
_CITED = r"(?m)^\s*(?:>|&gt;).*$"
_DAY = 86_400
MOST_NUMBERED: Final = 5
"""A profile that is the first to quote numbers of more customers than this speaks for the company."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """Facts of posts, one entry each.

    Attributes:
        post: Row of the post.
        kind: What kind of fact.
        key: What.
        bits: log2 of how many numbers there could be; 0 for what is no number.
    """

    post: Int64s
    kind: npt.NDArray[np.int8]
    key: UInt64s
    bits: Floats


def own_words(posts: pa.Table, author: Int64s, profiles: pa.Table) -> tuple[pa.Array, Bools]:
    """What profiles say themselves, without reposts, what is quoted, and the posts of the company itself.

    Args:
        posts: Canonical posts.
        author: (posts,) row of each post's profile; -1 where it is none of them.
        profiles: Canonical profiles.

    Returns:
        (posts,) texts, empty where a profile does not speak; (posts,) whether it does.
    """
    shown = text_column(posts, "text")
    own = own_part(shown)
    company = find_company(shown, author, text_column(profiles, "handle"))
    speaks = (author >= 0) & np.asarray(pc.not_equal(text_column(posts, "kind"), "repost"), np.bool_)
    speaks[speaks] = ~company[author[speaks]]
    return pc.if_else(pa.array(speaks), own, ""), speaks


def list_posts(
    posts: pa.Table,
    author: Int64s,
    own: pa.Array,
    speaks: Bools,
    *,
    profiles: int,
    book: EventBook,
    time: tuple[int, int] | None = None,
) -> pa.Array:
    """What the posts of each profile say.

    What is not a profile's own counts for one thing only: a number that it shows is in public.

    Args:
        posts: Canonical posts.
        author: (posts,) row of each post's profile; -1 where it is none of them.
        own: (posts,) texts of `own_words`.
        speaks: (posts,) whether it is the profile that speaks.
        profiles: How many profiles there are.
        book: What the events of the CRM hold.
        time: First and last second of the time in which posts were read; that of these posts by default.

    Returns:
        (profiles,) lists of `POSTS_TYPE`; empty for those who wrote nothing.
    """
    shown = text_column(posts, "text")
    at = seconds(posts, "created_at")
    texts = pa.concat_arrays([own, shown]).dictionary_encode()
    code = np.asarray(texts.indices, np.int64).reshape(2, -1)
    numbers = _find_numbers(texts.dictionary, code, author, at, book)
    terms = _find_names(texts.dictionary, code[0], plain_strings(posts.column("place")), speaks, book)
    facts = _joined(numbers, terms)
    count = np.bincount(author[speaks], minlength=profiles)
    return _lay_out(facts, posts, author, at, _spans(author, at, speaks, profiles, time), count)


def scan_posts(
    own: pa.Array, shown: pa.Array, place: pa.Array, speaks: Bools, book: EventBook
) -> tuple[tuple[Int64s, npt.NDArray[np.int8], UInt64s, Floats], tuple[Int64s, UInt64s]]:
    """What single posts say, whoever said it before.

    Args:
        own: (posts,) texts of `own_words`.
        shown: (posts,) whole texts.
        place: (posts,) where each was written, "" where that is not known.
        speaks: (posts,) whether it is the author that speaks.
        book: What the events of the CRM hold.

    Returns:
        Facts: post, kind, key and bits of each, numbers as if nobody had shown them before; and posts with the numbers
        of the CRM that they show to others.
    """
    texts = pa.concat_arrays([own, shown]).dictionary_encode()
    code = np.asarray(texts.indices, np.int64).reshape(2, -1)
    numbers, shows = _read_numbers(texts.dictionary, code, book)
    terms = _find_names(texts.dictionary, code[0], place, speaks, book)
    return _fields(_joined(numbers, terms)), shows


def own_part(shown: pa.Array) -> pa.Array:
    """Texts without what is repeated or quoted in them."""
    return pc.replace_substring_regex(pc.replace_substring_regex(shown, _REPEATED, ""), _CITED, "")


def _fields(facts: _Facts) -> tuple[Int64s, npt.NDArray[np.int8], UInt64s, Floats]:
    return facts.post, facts.kind, facts.key, facts.bits


def _joined(*parts: _Facts) -> _Facts:
    return _Facts(*(np.concatenate(columns) for columns in zip(*map(_fields, parts), strict=True)))


def _spread(row: npt.NDArray[np.integer], code: Int64s) -> tuple[Int64s, Int64s]:
    """Places of finds in texts for every post that has the text: the post, and the place among the finds."""
    begin = np.searchsorted(row, code)
    size = np.searchsorted(row, code, side="right") - begin
    return expand_runs(begin, size)


def _find_numbers(texts: pa.Array, code: Int64s, author: Int64s, at: Int64s, book: EventBook) -> _Facts:
    """Numbers of the CRM, and numbers that could be; those that were public before are told from the first."""
    facts, shows = _read_numbers(texts, code, book)
    mine = np.flatnonzero(facts.kind != UNKNOWN)
    post, key, near = facts.post[mine], facts.key[mine], facts.kind[mine] == SLIP
    first = find_first_authors(Appearances(*shows, author, at))
    kind = facts.kind.copy()
    kind[mine] = np.where(first.knows(key, author[post], at[post], near), kind[mine], LATER)
    early = (at[facts.post] + _DAY < book.issued_at(facts.key)) & np.isin(kind, (NUMBER, SLIP))
    kind = np.where(early, UNKNOWN, kind).astype(np.int8)
    return _without_servants(_Facts(facts.post, kind, facts.key, facts.bits), author, book)


def _read_numbers(texts: pa.Array, code: Int64s, book: EventBook) -> tuple[_Facts, tuple[Int64s, UInt64s]]:
    """Numbers that posts quote, whoever was first; and posts with the numbers of the CRM that they show to others."""
    row, number = _quoted(texts, book.issued)
    number = number.dictionary_encode()
    which = np.asarray(number.indices, np.int64)
    distinct = number.dictionary
    found, key, bits, near = find_issued(distinct, book.issued)
    judged = judge_numbers(distinct, book.formats)
    unknown = judged.fits & ~np.isin(np.arange(len(distinct)), found)
    post, place = _spread(row, code[0])
    seen, at_place = _spread(row, code[1])
    shows = _finds(seen, which[at_place], found, near=near, only_exact=True)
    owned, index = _finds(post, which[place], found, near=near)
    other = unknown[which[place]]
    facts = _Facts(
        np.concatenate([owned, post[other]]),
        np.concatenate([np.where(near[index], SLIP, NUMBER), np.full(int(other.sum()), UNKNOWN)]).astype(np.int8),
        np.concatenate([key[index], hash_strings(distinct)[0][which[place][other]]]),
        np.concatenate([bits[index], judged.bits[which[place][other]]]),
    )
    return facts, (shows[0], key[shows[1]])


def _quoted(texts: pa.Array, issued: Issued) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Rows and numbers that stand in texts; those that are written in pieces only where the CRM issued them."""
    words = split_words(texts)
    row, number = find_references(*words)
    also, pieced = find_pieced_references(*words)
    known = is_issued(pieced, issued)
    row, number = np.append(row, also[known]), pa.concat_arrays([number, pieced.filter(pa.array(known))])
    order = np.argsort(row, kind="stable")
    return row[order], number.take(pa.array(order))


def _finds(
    post: Int64s, which: Int64s, found: Int64s, *, near: Bools, only_exact: bool = False
) -> tuple[Int64s, Int64s]:
    """Posts and the finds of the numbers that stand in them."""
    begin = np.searchsorted(found, which)
    run, index = expand_runs(begin, np.searchsorted(found, which, side="right") - begin)
    kept = ~near[index] if only_exact else np.ones(len(index), np.bool_)
    return post[run][kept], index[kept]


def _without_servants(facts: _Facts, author: Int64s, book: EventBook) -> _Facts:
    """Numbers that profiles with many customers' numbers quote are in public, and no more."""
    mine = np.flatnonzero(facts.kind == NUMBER)
    customer = book.holder(facts.key[mine])
    pair = np.unique(np.stack([author[facts.post[mine]], customer], 1), axis=0) if len(mine) else np.empty((0, 2))
    who, count = np.unique(pair[:, 0], return_counts=True)
    serving = who[count > MOST_NUMBERED]
    quoted = np.isin(facts.kind, (NUMBER, SLIP)) & np.isin(author[facts.post], serving)
    return _Facts(facts.post, np.where(quoted, LATER, facts.kind).astype(np.int8), facts.key, facts.bits)


def _find_names(texts: pa.Array, code: Int64s, place: pa.Array, speaks: Bools, book: EventBook) -> _Facts:
    """Products that posts name, else brands, and places that they name or were written at."""
    row, key = find_terms(texts, book.products)
    counts = without_brands(row, key)
    row, key = row[counts], key[counts]
    product, at_product = _spread(row, code)
    where, of_place = find_terms(texts, book.places)
    named, at_named = _spread(where, code)
    tagged, of_tag = find_terms(pc.if_else(pa.array(speaks), place, ""), book.places)
    post = np.concatenate([product, named, tagged.astype(np.int64)])
    kind = np.repeat(np.array([PRODUCT, PLACE], np.int8), [len(product), len(named) + len(tagged)])
    return _Facts(post, kind, np.concatenate([key[at_product], of_place[at_named], of_tag]), np.zeros(len(post)))


def _spans(author: Int64s, at: Int64s, speaks: Bools, profiles: int, time: tuple[int, int] | None = None) -> Int64s:
    """(2, profiles) first and last second that the posts of each profile cover.

    Half of a mean gap is added at either end, as far as there are posts of anybody then. Of a single post everybody's
    time is taken.
    """
    timed = at < NO_TIME
    first, last = (int(at[timed].min()), int(at[timed].max()) + 1) if timed.any() else (0, 1)
    if time is not None:
        first, last = min(first, time[0]), max(last, time[1] + 1)
    some = timed & speaks
    count = np.bincount(author[some], minlength=profiles)
    low, high = np.full(profiles, last, np.int64), np.full(profiles, first, np.int64)
    np.minimum.at(low, author[some], at[some])
    np.maximum.at(high, author[some], at[some])
    gap = np.maximum(high - low, 0) // np.maximum(2 * (count - 1), 1)
    several = count > 1
    low = np.where(several, np.maximum(low - gap, first), first)
    return np.stack([low, np.where(several, np.minimum(high + gap, last), last)])


def _lay_out(facts: _Facts, posts: pa.Table, author: Int64s, at: Int64s, spans: Int64s, count: Int64s) -> pa.Array:
    """Facts by profile, posts in the order of their time and text; of equal facts of a post one."""
    profiles = spans.shape[1]
    said = np.unique(facts.post)
    text = hash_strings(text_column(posts, "text").take(pa.array(said)))[0]
    said = said[np.lexsort((text, at[said], author[said]))]
    begin = np.searchsorted(author[said], np.arange(profiles))
    ordinal = np.zeros(posts.num_rows, np.int64)
    ordinal[said] = np.arange(len(said)) - begin[author[said]]
    who = np.flatnonzero(count > 0)
    kind = np.concatenate([np.full(len(who), SPAN, np.int8), facts.kind])
    owner = np.concatenate([who, author[facts.post]])
    post = np.concatenate([np.full(len(who), -1), ordinal[facts.post]])
    when = np.concatenate([spans[0][who], at[facts.post]])
    key = np.concatenate([np.maximum(spans[1][who] - spans[0][who], 1).astype(np.uint64), facts.key])
    bits = np.concatenate([count[who].astype(np.float64), facts.bits])
    order = np.lexsort((bits, key, kind, post, owner))
    order = order[starts_of_runs(*(values[order] for values in (owner, post, kind, key)))]
    fields = [values[order] for values in (post.astype(np.int32), when, kind, key, bits)]
    struct = pa.StructArray.from_arrays([pa.array(values) for values in fields], fields=list(POSTS_TYPE.value_type))
    start = np.searchsorted(owner[order], np.arange(profiles + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(start), struct).cast(POSTS_TYPE)
