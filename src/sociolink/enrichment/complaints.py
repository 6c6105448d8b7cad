"""Complaints that may be waiting: those after the customer's last closed ticket."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.enrichment.authors import Authors
from sociolink.enrichment.chances import add_up, chance_of_any
from sociolink.enrichment.dates import EARLY
from sociolink.enrichment.history import History
from sociolink.enrichment.tallies import Tally
from sociolink.opinions.kinds import POST_KINDS
from sociolink.text.sorting import distinct_sorted

__all__ = ["count_complaints"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def count_complaints(authors: Authors, tally: Tally, kinds: Bools, *, history: History) -> tuple[Floats, Floats]:
    """Complaints after the last closed ticket; all of them where none was closed.

    Args:
        authors: Profiles, customers and chances.
        tally: Posts by profile.
        kinds: (posts, kinds) of which kinds the posts are.
        history: Events by customer.

    Returns:
        (customers,) expected number, and (customers,) probability that there is any. Posts without a moment count
        only where no ticket was closed.
    """
    of_post = authors.of_post
    complains = (of_post >= 0) & ~tally.is_repost & kinds[:, POST_KINDS.index("complaint")]
    moments = distinct_sorted(tally.moment[tally.has_moment])
    rank = np.where(tally.has_moment, np.searchsorted(moments, tally.moment) + 1, 0)[complains]
    width = len(moments) + 2
    keys = np.sort(of_post[complains] * width + rank)
    after = np.searchsorted(moments, history.closed, side="right") + 1
    after = np.where(history.closed > EARLY, after, 0)[authors.customer]
    begin = np.searchsorted(keys, authors.profile * width + after, side="left")
    end = np.searchsorted(keys, (authors.profile + 1) * width, side="left")
    count = end - begin
    some = count > 0
    size = len(authors.customers)
    return (
        add_up(authors.chance * count, authors.customer, size),
        chance_of_any(authors.chance[some], authors.customer[some], size),
    )
