"""Runs of words in texts as hashes: how names of several words are looked up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.text.hashing import UInt64s, concat_hashes

__all__ = ["hash_runs"]

Int64s = npt.NDArray[np.int64]


def hash_runs(
    row: npt.NDArray[np.integer], word: UInt64s, length: Int64s, begin: Int64s, *, most: int
) -> tuple[list[Int64s], list[UInt64s]]:
    """Hashes of the runs of words that begin at given ones, joined without a space.

    Args:
        row: (words,) text of each word, in the order of the texts.
        word: (words,) uint64 hash of each word, not finished by `mix`.
        length: (words,) int64 length of each word in bytes.
        begin: (n,) int64 words that runs begin with.
        most: Words of the longest run.

    Returns:
        For runs of one word, of two words and so on: the words that they begin with, and their hashes.

    Examples:
        >>> import pyarrow as pa
        >>> from sociolink.text.hashing import hash_strings
        >>> word, length = hash_strings(pa.array(["new", "york", "city", "new"]))
        >>> begin, run = hash_runs(np.array([0, 0, 0, 1]), word, length, np.array([0, 3]), most=3)
        >>> [one.tolist() for one in begin], bool(run[2][0] == hash_strings(pa.array(["newyorkcity"]))[0][0])
        ([[0, 3], [0], [0]], True)
    """
    at, run = begin, word[begin]
    begins, runs = [at], [run]
    for step in range(1, most):
        inside = at + step < len(row)
        at, run = at[inside], run[inside]
        same = row[at + step] == row[at]
        at, run = at[same], run[same]
        run = concat_hashes(run, word[at + step], length[at + step])
        begins.append(at)
        runs.append(run)
    return begins, runs
