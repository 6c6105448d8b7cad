"""Posts that need an answer: why, whose they are and how sure that is, what they bought; the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.enrichment.authors import Authors
from sociolink.enrichment.chances import add_up
from sociolink.enrichment.conversation import Conversation
from sociolink.enrichment.dates import DAY, LATE
from sociolink.enrichment.history import History
from sociolink.enrichment.likelihood_words import say_likelihoods, say_shares
from sociolink.enrichment.tallies import Tally
from sociolink.enrichment.terms import Urgency
from sociolink.opinions.kinds import POST_KINDS
from sociolink.text.runs import expand_runs

__all__ = ["REASONS", "RESPOND_SCHEMA", "rank_posts"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

REASONS = ("intent_to_leave", "complaint", "question", "open_ticket")
"""Why a post needs an answer; the first three are kinds of posts."""

RESPOND_SCHEMA = pa.schema(
    [
        ("post_id", pa.string()),
        ("profile_id", pa.string()),
        ("urgency", pa.float64()),
        ("reasons", pa.list_(pa.string())),
        ("named", pa.bool_()),
        ("who", pa.string()),
        ("customer_id", pa.string()),
        ("probability", pa.float64()),
        ("customer_probability", pa.float64()),
        ("nobody_probability", pa.float64()),
        ("decision", pa.string()),
        ("open_ticket_probability", pa.float64()),
        ("products", pa.list_(pa.string())),
        ("created_at", pa.timestamp("us", tz="UTC")),
        ("age_days", pa.float64()),
        ("text", pa.string()),
    ]
)
"""The table of posts to answer; docs/enrichment.md says what each column is."""

_DIGITS = 6


def rank_posts(talk: Conversation, urgency: Urgency) -> pa.Table:
    """Posts that need an answer, in the order in which to answer them.

    `urgency = need * freshness * standing * about`, with `need = 1 - product over reasons of (1 - weight * x)`, where x
    is 1 for what the post is and the probability of an open ticket for that; `freshness = 2 ^ (-age / half-life)`;
    `standing = stranger + (1 - stranger) * P(the author is a customer)`; and `about = 1` for a post that names
    something in the catalogue, else `unnamed`. A post without a moment counts as fresh.

    Args:
        talk: The conversation.
        urgency: Weights.

    Returns:
        `RESPOND_SCHEMA`; reposts are no posts to answer.
    """
    authors, tally, history = talk.authors, talk.tally, talk.history
    age = np.maximum((talk.as_of or 0) - tally.moment, 0) / DAY
    age = np.where(tally.has_moment, age, 0.0)
    row = np.flatnonzero(~tally.is_repost & (age <= urgency.within_days))
    said = np.stack([talk.kinds[row, POST_KINDS.index(reason)] for reason in REASONS[:3]], axis=1)
    ticket = _ticket_chance(authors, tally, history, row)
    reasons = np.column_stack([said, ticket >= urgency.open_ticket_from])
    needed = reasons.any(axis=1)
    row, reasons, ticket = row[needed], reasons[needed], ticket[needed]
    author = authors.of_post[row]
    known = author >= 0
    customer = np.where(known, 1 - _of(authors.nobody, author), 0.0)
    weights = np.array([getattr(urgency, reason) for reason in REASONS])
    need = 1 - np.prod(1 - weights * np.column_stack([reasons[:, :3], ticket]), axis=1)
    standing = urgency.stranger + (1 - urgency.stranger) * customer
    about = 1.0 if talk.named is None else np.where(talk.named[row], 1.0, urgency.unnamed)
    rank = np.round(need * np.exp2(-age[row] / urgency.half_life_days) * standing * about, _DIGITS)
    order = np.lexsort((row, -rank))
    columns = {
        "urgency": rank,
        "reasons": _list_reasons(reasons),
        "named": pa.nulls(len(row), pa.bool_()) if talk.named is None else pa.array(talk.named[row]),
        "open_ticket_probability": pa.array(np.round(ticket, _DIGITS), mask=~known | (not history.tickets_known)),
        "age_days": pa.array(age[row], mask=~tally.has_moment[row]),
        **_who(talk.posts, authors, history, row),
    }
    table = pa.table({name: columns[name] for name in RESPOND_SCHEMA.names}).cast(RESPOND_SCHEMA)
    return table.take(pa.array(order)).combine_chunks()


def _ticket_chance(authors: Authors, tally: Tally, history: History, row: Ints) -> Floats:
    """Probability that the author of each post has a ticket that is open and was opened before it."""
    author = authors.of_post[row]
    count = np.where(author >= 0, _of(authors.listed, author), 0)
    at, pair = expand_runs(np.where(author >= 0, _of(authors.begin[:-1], author), 0), count)
    customer = authors.customer[pair]
    opened = history.opened[customer]
    before = (opened == LATE) | ~tally.has_moment[row][at] | (opened <= tally.moment[row][at])
    open_ = (history.open_tickets[customer] > 0) & before
    return np.minimum(add_up(authors.chance[pair[open_]], at[open_], len(row)), 1.0)


def _who(posts: pa.Table, authors: Authors, history: History, row: Ints) -> Mapping[str, object]:
    """Columns of the post, its author and the likeliest customer."""
    author = authors.of_post[row]
    known = author >= 0
    listed = known & (_of(authors.listed, author) > 0)
    first = np.where(listed, _of(authors.begin[:-1], author), 0)
    listed &= _of(np.maximum(authors.person, authors.chance), first) >= _of(authors.nobody, np.maximum(author, 0))
    best = pa.array(first, mask=~listed)
    owner = pa.array(np.where(known, author, 0), mask=~known)
    customer = pa.array(authors.customer).take(best)
    ids = authors.customers.take(customer)
    chance = pa.array(authors.chance).take(best)
    nobody = pa.array(authors.nobody).take(owner)
    at = pa.array(row)
    return {
        "post_id": posts["post_id"].combine_chunks().take(at),
        "profile_id": pc.coalesce(authors.profiles.take(owner), posts["profile_id"].combine_chunks().take(at)),
        "who": _say_who(ids, chance, nobody),
        "customer_id": ids,
        "probability": chance,
        "customer_probability": pc.subtract(1.0, nobody),
        "nobody_probability": nobody,
        "decision": authors.decided.take(owner),
        "products": history.list_products().take(customer),
        "created_at": posts["created_at"].combine_chunks().take(at),
        "text": posts["text"].combine_chunks().take(at),
    }


def _say_who(ids: pa.Array, chance: pa.Array, nobody: pa.Array) -> pa.Array:
    """Who it is and how sure that is, in words."""
    sure, none = (np.asarray(pc.fill_null(one, 0.0), np.float64) for one in (chance, nobody))

    def say(words: pa.Array, share: pa.Array, whose: object) -> pa.Array:
        return pc.binary_join_element_wise(words, whose, pc.binary_join_element_wise("(", share, ")", ""), " ")

    is_customer = say(say_likelihoods(sure), say_shares(sure), ids)
    is_nobody = say(say_likelihoods(none), say_shares(none), "no customer")
    told = pc.if_else(pc.is_null(ids), is_nobody, is_customer)
    return pc.if_else(pc.is_null(nobody), "the author was not linked", told)


def _list_reasons(flags: Bools) -> pa.Array:
    offsets = np.concatenate([[0], np.cumsum(flags.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(REASONS).take(pa.array(np.nonzero(flags)[1])))


def _of(values: Any, author: Ints) -> Any:
    """Values of authors; those of unknown ones mean nothing."""
    return values[author] if len(values) else np.zeros(len(author), values.dtype)
