"""Complaints that may be waiting: those after the customer's last closed ticket."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.enrichment.chances import add_up, chance_of_any
from sociolink.enrichment.conversation import Conversation
from sociolink.enrichment.dates import EARLY
from sociolink.opinions.kinds import POST_KINDS
from sociolink.text.sorting import distinct_sorted

__all__ = ["count_complaints"]

Floats = npt.NDArray[np.float64]


def count_complaints(talk: Conversation) -> tuple[Floats, Floats]:
    """Complaints after the last closed ticket; all of them where none was closed.

    Args:
        talk: The conversation.

    Returns:
        (customers,) expected number, and (customers,) probability that there is any. Posts without a moment count
        only where no ticket was closed.
    """
    authors, tally, history = talk.authors, talk.tally, talk.history
    of_post = authors.of_post
    complains = (of_post >= 0) & ~tally.is_repost & talk.kinds[:, POST_KINDS.index("complaint")]
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
