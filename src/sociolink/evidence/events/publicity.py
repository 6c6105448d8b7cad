"""Who was the first to show a number in public, and which profiles are the company's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.hashing import UInt64s
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import find_sorted

__all__ = ["Appearances", "FirstAuthors", "find_company", "find_first_authors"]

Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]

NOBODY = -1
"""Author of a number that two profiles showed at the same time first."""

_COMPANY_SHARE, _FEWEST_CALLERS = 0.05, 10
_CALL = r"@(?P<handle>[A-Za-z0-9_]{2,30})"


@dataclass(frozen=True, slots=True)
class Appearances:
    """Numbers as posts show them, reposts and quotes too.

    Attributes:
        post: (n,) row of the post.
        key: (n,) hash of the number.
        author: (posts,) row of each post's profile; -1 where it is none of them.
        at: (posts,) seconds.
    """

    post: Int64s
    key: UInt64s
    author: Int64s
    at: Int64s


@dataclass(frozen=True, slots=True)
class FirstAuthors:
    """First appearances.

    Attributes:
        key: (keys,) uint64, ascending.
        author: (keys,) profile that showed it first; `NOBODY` where that cannot be told.
        at: (keys,) when, in seconds.
    """

    key: UInt64s
    author: Int64s
    at: Int64s

    def knows(self, key: UInt64s, author: Int64s, at: Int64s, near: Bools) -> Bools:
        """(n,) whether an author cannot have a number from the posts of others.

        Args:
            key: (n,) numbers.
            author: (n,) who quotes them.
            at: (n,) when.
            near: (n,) whether with a slip, so that the quote is no appearance itself.
        """
        place, met = find_sorted(self.key, key)
        if len(self.key) == 0:
            return np.ones(len(key), np.bool_)
        before = self.at[place] <= at
        return np.asarray(~met | (self.author[place] == author) | (near & ~before), np.bool_)


def find_first_authors(shown: Appearances) -> FirstAuthors:
    """The first author of each number.

    Args:
        shown: All appearances; without a time they count as the last.

    Examples:
        >>> shown = Appearances(
        ...     np.array([0, 1, 2]), np.array([7, 7, 8], np.uint64), np.array([4, 5, -1]), np.array([20, 10, 5])
        ... )
        >>> find_first_authors(shown).author.tolist()
        [5, -1]
    """
    at = shown.at[shown.post]
    author = shown.author[shown.post]
    order = np.lexsort((author, at, shown.key))
    key, at, author = shown.key[order], at[order], author[order]
    first = starts_of_runs(key)
    begin = np.flatnonzero(first)
    group = np.cumsum(first) - 1
    tied = (at == at[begin][group]) & (author != author[begin][group])
    shared = np.zeros(len(begin), np.bool_)
    shared[group[tied]] = True
    return FirstAuthors(key[begin], np.where(shared, NOBODY, author[begin]), at[begin])


def find_company(texts: pa.Array, author: Int64s, handles: pa.Array) -> Bools:
    """Which profiles are the company's own: those that a twentieth of all authors, at least ten, call by their handle.

    Args:
        texts: (posts,) strings; who is called first in a post counts.
        author: (posts,) row of each post's profile; -1 where it is none of them.
        handles: (profiles,) their handles.

    Examples:
        >>> texts = pa.array(["@shop help"] * 12 + ["hello @ann"])
        >>> find_company(texts, np.arange(13), pa.array(["Shop", "ann", *"abcdefghijk"]))[:3].tolist()
        [True, False, False]
    """
    called = pc.utf8_lower(pc.struct_field(pc.extract_regex(texts, _CALL), "handle")).dictionary_encode()
    some = np.flatnonzero(np.asarray(called.is_valid(), np.bool_) & (author >= 0))
    code = np.asarray(called.indices.fill_null(0), np.int64)[some]
    pair = np.unique(np.stack([code, author[some]], 1), axis=0)
    callers = np.bincount(pair[:, 0], minlength=len(called.dictionary))
    authors = len(np.unique(author[author >= 0]))
    often = callers >= max(_FEWEST_CALLERS, _COMPANY_SHARE * authors)
    names = called.dictionary.filter(pa.array(often))
    plain = pc.utf8_lower(pc.replace_substring_regex(handles, "^@", ""))
    return np.asarray(pc.is_in(plain, value_set=names), np.bool_)
