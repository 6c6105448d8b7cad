"""One row for each customer who may have written: what is expected of the conversation, beside what was bought."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.enrichment.authors import Authors
from sociolink.enrichment.chances import (
    LEVEL,
    add_up,
    chance_of_any,
    count_intervals,
    mean_intervals,
    moment_reached,
)
from sociolink.enrichment.complaints import count_complaints
from sociolink.enrichment.conversation import Conversation
from sociolink.enrichment.dates import EARLY, LATE, show_moments
from sociolink.enrichment.history import History
from sociolink.enrichment.spoken import show_means
from sociolink.enrichment.tallies import OpinionTally, Tally
from sociolink.opinions.lexicon import CATEGORIES

__all__ = ["view_customers"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MEDIAN = 0.5


def view_customers(talk: Conversation, *, channels: tuple[pa.Array, pa.Array], aspects: pa.Table) -> pa.Table:
    """The customers beside their conversation.

    Args:
        talk: The conversation.
        channels: See `channels.list_channels`.
        aspects: See `spoken.view_aspects`.

    Returns:
        A row for each customer listed for a profile that wrote, in the order of their ids; docs/enrichment.md says what
        each column is.
    """
    authors, tally, history = talk.authors, talk.tally, talk.history
    complaints = count_complaints(talk)
    size = len(authors.customers)
    of, customer, chance = authors.profile, authors.customer, authors.chance
    posts = tally.posts[of]
    low, high = count_intervals(posts, chance, customer, size=size)
    writes = (tally.posts + tally.reposts)[of] > 0
    some = tally.posts[of] > 0
    columns: dict[str, object] = {
        "customer_id": authors.customers,
        "posts": add_up(chance * posts, customer, size),
        "posts_low": low,
        "posts_high": high,
        "reposts": add_up(chance * tally.reposts[of], customer, size),
        "profiles": add_up(chance[writes], customer[writes], size),
        "writes_probability": chance_of_any(chance[some], customer[some], size),
        **_contacts(authors, tally),
        **_verdicts(authors, talk.said),
        **_by_aspect(authors.customers, aspects),
        "channels": channels[0],
        "channel_probabilities": channels[1],
        "complaints_open": complaints[0],
        **_issue(history, complaints[1]),
        "products": history.list_products(),
        "events": history.events,
        "spent": history.spent,
        "first_event_at": show_moments(history.first, history.first < LATE),
        "last_event_at": show_moments(history.last, history.last > EARLY),
    }
    present = pa.array(np.bincount(customer[writes], minlength=size) > 0)
    return pa.table(columns).filter(present).combine_chunks()


def _contacts(authors: Authors, tally: Tally) -> dict[str, pa.Array]:
    """When they were first and last heard of: the median, and for the last the ends of its interval."""
    dated = tally.dated[authors.profile]
    of, chance, customer = authors.profile[dated], authors.chance[dated], authors.customer[dated]
    size, tail = len(authors.customers), (1 - LEVEL) / 2

    def reach(moment: Ints, level: float, latest: bool) -> pa.Array:
        return show_moments(*moment_reached(moment[of], chance, customer, size=size, level=level, latest=latest))

    return {
        "first_contact": reach(tally.first, _MEDIAN, False),
        "last_contact": reach(tally.last, _MEDIAN, True),
        "last_contact_low": reach(tally.last, 1 - tail, True),
        "last_contact_high": reach(tally.last, tail, True),
    }


def _verdicts(authors: Authors, opinions: OpinionTally) -> dict[str, object]:
    """Opinions of all aspects together."""
    size, profiles = len(authors.customers), len(authors.profiles)
    of, chance, customer = authors.profile, authors.chance, authors.customer
    columns: dict[str, object] = {}
    for name in ("positive", "negative", "opinions"):
        count = np.bincount(opinions.profile, weights=getattr(opinions, name), minlength=profiles).astype(np.int64)[of]
        low, high = count_intervals(count, chance, customer, size=size)
        columns |= {name: add_up(chance * count, customer, size), f"{name}_low": low, f"{name}_high": high}
    said = np.bincount(opinions.profile, weights=opinions.opinions, minlength=profiles).astype(np.float64)
    total = add_up(opinions.total, opinions.profile, profiles)
    return columns | show_means("polarity", mean_intervals(total[of], said[of], chance, customer, size=size))


def _by_aspect(customers: pa.Array, aspects: pa.Table) -> dict[str, pa.Array]:
    """The expected values of `view_aspects` side by side, for the aspects of the rules."""
    columns = {}
    for category in CATEGORIES:
        rows = aspects.filter(pc.equal(aspects["aspect_category"], category)).combine_chunks()
        place = pc.index_in(customers, rows["customer_id"].combine_chunks())
        for name in ("positive", "negative"):
            columns[f"{category}_{name}"] = pc.fill_null(rows[name].combine_chunks().take(place), 0.0)
        columns[f"{category}_polarity"] = rows["polarity"].combine_chunks().take(place)
    return columns


def _issue(history: History, complaint: Floats) -> dict[str, object]:
    known = history.tickets_known
    unknown = None if known else np.ones(len(complaint), np.bool_)
    open_ = pa.array(history.open_tickets, mask=unknown)
    return {
        "open_tickets": open_,
        "open_issue_probability": np.where(history.open_tickets > 0, 1.0, complaint) if known else complaint,
        "last_closed_at": show_moments(history.closed, history.closed > EARLY),
    }
