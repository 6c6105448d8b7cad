"""Erasing customers from prepared states: sorted hashes stay sorted, and what nobody else has is gone.

An erased entry takes the hash of the entry before it. A look-up finds the first of equal hashes, so that it never comes
upon an entry that was erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.evidence.facts import Holders, KnownFacts, find_sorted
from sociolink.index.drafts import Draft
from sociolink.text.hashing import UInt64s
from sociolink.text.runs import expand_runs
from sociolink.text.substrings import WordIndex

__all__ = ["Erasure", "forget_entries", "forget_facts", "forget_holders", "forget_index", "forget_words"]

Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Erasure:
    """Customers who are erased, as a family needs them.

    Attributes:
        draft: What is written to.
        rows: (erased,) int64 their rows, ascending.
        entries: (n,) int64 the entries of the family's ascending keys (`sort_keys`) that were theirs.
        customers: Their canonical rows, as they were.
        everybody: The rows of all customers, these among them.
        keys: (n,) uint64, ascending: blocking keys of the family that somebody else still has.
    """

    draft: Draft
    rows: Int64s
    entries: Int64s
    customers: pa.Table
    everybody: pa.Table
    keys: UInt64s

    def others(self, *columns: str) -> pa.Table:
        """Some columns of everybody else, as far as they are there; those who were erased before hold nothing."""
        keep = np.ones(self.everybody.num_rows, np.bool_)
        keep[self.rows] = False
        named = [name for name in columns if name in self.everybody.column_names]
        return self.everybody.select(named).filter(pa.array(keep))

    def still_used(self, keys: UInt64s) -> Bools:
        """(n,) whether somebody else has each blocking key."""
        return find_sorted(self.keys, keys)[1]


def forget_words(draft: Draft, words: UInt64s, gone: UInt64s) -> None:
    """Erase hashes from a sorted array, by the one before each; 0 where there is none."""
    wanted = np.unique(gone)
    low = np.searchsorted(words, wanted, side="left")
    count = np.searchsorted(words, wanted, side="right") - low
    at = np.sort(expand_runs(low, count)[1])
    forget_entries(draft, at, words)


def forget_entries(draft: Draft, at: Int64s, *columns: npt.NDArray[Any]) -> None:
    """Erase entries of sorted arrays, by the entry before each run of them; 0 where there is none.

    Args:
        draft: What is written to.
        at: (n,) int64 places, ascending.
        columns: Arrays that belong together, sorted by the first.
    """
    if len(at) == 0:
        return
    first = np.ones(len(at), np.bool_)
    first[1:] = at[1:] != at[:-1] + 1
    begin = at[first][np.cumsum(first) - 1]
    for column in columns:
        draft.overwrite(column, at, np.where(begin > 0, column[np.maximum(begin - 1, 0)], column.dtype.type(0)))


def forget_index(draft: Draft, index: WordIndex, gone: UInt64s) -> None:
    """Erase words from an index with a bitmap."""
    if len(gone) == 0:
        return
    forget_words(draft, index.keys, gone)
    theirs = index.bits(gone)
    asked = np.zeros(len(index.bitmap), np.bool_)
    asked[theirs] = True
    bits = index.bits(index.keys)
    asked[bits[asked[bits]]] = False
    draft.overwrite(index.bitmap, np.flatnonzero(asked), False)


def forget_holders(draft: Draft, holders: Holders, keys: UInt64s, counts: Int64s) -> UInt64s:
    """Count fewer holders of some values.

    Args:
        draft: What is written to.
        holders: Counts of all customers.
        keys: (n,) uint64 distinct values of those who are erased.
        counts: (n,) int64 how many of them state each.

    Returns:
        The values that nobody states any more; they are erased.
    """
    at, met = find_sorted(holders.key, keys)
    at, keys = at[met], keys[met]
    left = np.maximum(holders.count[at] - counts[met], 0)
    draft.overwrite(holders.count, at, left)
    gone: UInt64s = keys[left == 0]
    forget_words(draft, holders.key, gone)
    return gone


def forget_facts(draft: Draft, known: KnownFacts, rows: Int64s) -> None:
    """Erase what some rows state."""
    facts = known.facts
    run, at = expand_runs(facts.start[rows], facts.start[rows + 1] - facts.start[rows])
    keys, counts = np.unique(facts.key[at], return_counts=True)
    stated = keys > 0
    draft.overwrite(facts.key, at, np.uint64(0))
    draft.overwrite(known.member, at, rows[run] * max(len(known.vocabulary), 1))
    gone = forget_holders(draft, known.holders, keys[stated], counts[stated].astype(np.int64))
    forget_words(draft, known.vocabulary, gone)
