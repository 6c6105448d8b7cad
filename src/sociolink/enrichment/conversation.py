"""The conversation as it was read: posts, their authors, what they say, and what is known of the customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.enrichment.authors import Authors, find_pairs
from sociolink.enrichment.history import History, read_history
from sociolink.enrichment.inputs import Inputs
from sociolink.enrichment.settings import Settings
from sociolink.enrichment.spoken import Spoken, find_spoken
from sociolink.enrichment.tallies import OpinionTally, Tally, count_opinions, count_posts
from sociolink.opinions.read import read_posts

__all__ = ["Conversation", "read_conversation"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """What every table is made of.

    Attributes:
        posts: Canonical posts, in the order of their ids.
        opinions: What they say; `OPINIONS_SCHEMA`.
        kinds: (posts, kinds) whether each is of each of `opinions.kinds.POST_KINDS`.
        named: (posts,) whether each names anything in the catalogue; None where none does.
        authors: Who wrote them, and whose these profiles may be.
        tally: Posts by profile.
        said: Opinions by profile.
        spoken: Opinions by customer.
        history: Events by customer.
        as_of: The moment from which everything is seen, in microseconds; None where no post has one.
    """

    posts: pa.Table
    opinions: pa.Table
    kinds: Bools
    named: Bools | None
    authors: Authors
    tally: Tally
    said: OpinionTally
    spoken: Spoken
    history: History
    as_of: int | None


def read_conversation(
    inputs: Inputs, settings: Settings, *, reader: Callable[[Any], pa.Table] | None, catalogue: Any
) -> Conversation:
    """Read the posts, count them by profile, and the events by customer.

    Args:
        inputs: The tables.
        settings: The parameters.
        reader: Of opinions; rules by default.
        catalogue: Of the rules; the products of the events by default.

    Raises:
        InputError: The reader's answer has no use.
    """
    if reader is None and catalogue is None and inputs.events.num_rows:
        catalogue = inputs.events.select(["product"])
    read = read_posts(inputs.posts, catalogue=catalogue, reader=reader)
    authors = find_pairs(inputs)
    tally = count_posts(inputs.posts, authors, read.kinds)
    said = count_opinions(inputs.posts, authors, read.opinions)
    as_of = settings.as_of
    if as_of is None and tally.has_moment.any():
        as_of = int(tally.moment[tally.has_moment].max())
    return Conversation(
        posts=inputs.posts,
        opinions=read.opinions,
        kinds=read.kinds,
        named=read.named if read.named.any() else None,
        authors=authors,
        tally=tally,
        said=said,
        spoken=find_spoken(authors, said),
        history=read_history(inputs.events, authors.customers, owning=settings.owning),
        as_of=as_of,
    )
