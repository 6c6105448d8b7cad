"""What kind of post each is: complaint, question, praise, intent to buy or to leave, advice to others."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sociolink.opinions.marks import Mark
from sociolink.opinions.neighbours import Bools
from sociolink.opinions.stream import Stream
from sociolink.opinions.units import Units
from sociolink.opinions.verdicts import Verdicts
from sociolink.opinions.vocabulary import PURPOSES

__all__ = ["POST_KINDS", "classify", "list_kinds"]

POST_KINDS = ("complaint", "question", "praise", "intent_to_buy", "intent_to_leave", "advice")
"""Kinds of posts; one post may be of several, or of none."""

_CLEAR = 0.3


def classify(stream: Stream, units: Units, found: Verdicts) -> Bools:
    """Kinds of posts.

    Args:
        stream: The posts.
        units: Their opinion words.
        found: What these say of things.

    Returns:
        (posts, kinds) whether each is of each of `POST_KINDS`.
    """
    posts = len(stream.purpose)
    out = np.zeros((posts, len(POST_KINDS)), np.bool_)
    row = np.concatenate([stream.row[units.at], stream.row[found.at]])
    polarity = np.concatenate([units.polarity, found.polarity])
    out[row[polarity <= -_CLEAR], 0] = True
    out[row[polarity >= _CLEAR], 2] = True
    out[stream.row[stream.has(Mark.QUESTION)], 1] = True

    def has(purpose: str) -> Bools:
        return (stream.purpose >> PURPOSES.index(purpose) & 1).astype(np.bool_)

    out[:, 1] |= has("asking") & ~(out[:, 0] | out[:, 2])
    for place, kind in enumerate(POST_KINDS):
        if kind in PURPOSES:
            out[:, place] |= has(kind)
    return out


def list_kinds(kinds: Bools) -> pa.Array:
    """(posts,) lists of names from (posts, kinds) flags.

    Examples:
        >>> list_kinds(np.array([[True, True, False, False, False, False], [False] * 6])).to_pylist()
        [['complaint', 'question'], []]
    """
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(kinds.sum(axis=1), dtype=np.int32)])
    names = pa.array(POST_KINDS).take(pa.array(np.nonzero(kinds)[1]))
    return pa.ListArray.from_arrays(pa.array(offsets), names)
