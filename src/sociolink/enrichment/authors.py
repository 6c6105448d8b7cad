"""Whose each post may be: profiles that wrote, and the customers and chances that their links list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.enrichment.inputs import Inputs
from sociolink.results.posts import find_authors
from sociolink.text.runs import expand_runs
from sociolink.text.sorting import sorted_distinct

__all__ = ["Authors", "find_pairs", "list_post_customers"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_BATCH = 1 << 19
_CENT = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Authors:
    """Profiles and customers as numbers; pairs stand in the order of profile and rank.

    Attributes:
        profiles: Ids of the linked profiles, ascending.
        customers: Ids of the customers that are listed for them, ascending.
        of_post: (posts,) number of the author; -1 where it is none of these profiles.
        nobody: (profiles,) probability that the owner is no customer.
        rest: (profiles,) probability that the owner is a customer who is not listed.
        begin: (profiles + 1,) first pair of each.
        profile: (pairs,) number of the profile.
        customer: (pairs,) number of the customer.
        chance: (pairs,) probability.
        person: (pairs,) probability of the person whose record the customer is; at least `chance`.
        rank: (pairs,) as in the links.
        decision: (pairs,) as in the links.
        decided: (profiles,) decision about the best customer; none where that one refused.
    """

    profiles: pa.Array
    customers: pa.Array
    of_post: Ints
    nobody: Floats
    rest: Floats
    begin: Ints
    profile: Ints
    customer: Ints
    chance: Floats
    person: Floats
    rank: npt.NDArray[np.int32]
    decision: pa.Array
    decided: pa.Array

    @property
    def listed(self) -> Ints:
        """(profiles,) how many customers are listed for each."""
        return np.diff(self.begin)


def find_pairs(inputs: Inputs) -> Authors:
    """Pairs of profiles and customers from links, and the author of each post.

    What links do not say any more (of links that were accepted, only the best customers are left), and customers who
    refused, are part of the rest.
    """
    links = inputs.links
    ids = links["profile_id"].combine_chunks()
    profiles = sorted_distinct(ids)
    number = np.asarray(pc.index_in(ids, profiles), np.int64)
    size = len(profiles)
    first = np.zeros(size, np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    nobody = np.asarray(links["nobody_probability"].fill_null(0.0), np.float64)[first]
    stated = np.asarray(links["rest_probability"].fill_null(0.0), np.float64)[first]
    named = links["customer_id"].combine_chunks()
    there = pc.and_(pc.is_valid(named), pc.is_valid(links["probability"]))
    refused = pc.is_in(named, inputs.refused)
    there = pc.and_(there, pc.invert(refused))
    row = np.flatnonzero(np.asarray(there, np.bool_))
    rank = np.asarray(links["rank"], np.int32)
    row = row[np.lexsort((rank[row], number[row]))]
    profile = number[row]
    chance = np.asarray(links["probability"].fill_null(0.0), np.float64)[row]
    listed = named.take(pa.array(row))
    customers = sorted_distinct(listed)
    told = np.bincount(profile, weights=chance, minlength=size)
    left = 1 - told - nobody
    decision = pc.if_else(refused, "none", links["decision"].combine_chunks())
    return Authors(
        profiles=profiles,
        customers=customers,
        of_post=_authors(inputs, profiles),
        nobody=nobody,
        rest=np.where(np.abs(left - stated) > _CENT, np.maximum(left, 0.0), stated),
        begin=np.concatenate([[0], np.cumsum(np.bincount(profile, minlength=size))]).astype(np.int64),
        profile=profile,
        customer=np.asarray(pc.index_in(listed, customers), np.int64),
        chance=np.clip(chance, 0.0, 1.0),
        person=np.asarray(links["group_probability"].fill_null(0.0), np.float64)[row],
        rank=rank[row],
        decision=decision.take(pa.array(row)),
        decided=decision.take(pa.array(first)),
    )


def list_post_customers(posts: pa.Table, authors: Authors) -> pa.Table:
    """Each post with every listed customer of its author, the best first.

    Args:
        posts: Canonical posts.
        authors: Who wrote them.

    Returns:
        post_id, profile_id, customer_id, rank, probability, nobody_probability, rest_probability and decision; a post
        whose author has no listed customer has one row of rank 0, and one of an unknown author has no probabilities.
    """
    sizes = (
        np.where(authors.of_post >= 0, authors.listed[authors.of_post], 0)
        if len(authors.profiles)
        else (np.zeros(posts.num_rows, np.int64))
    )
    rows = np.maximum(sizes, 1)
    ends = np.cumsum(rows)
    cuts = np.searchsorted(ends, np.arange(_BATCH, int(ends[-1]) + 1 if len(ends) else 0, _BATCH), side="left") + 1
    bounds = np.unique(np.concatenate([[0], np.minimum(cuts, len(rows)), [len(rows)]]))
    parts = [
        _list_some(posts.slice(begin, end - begin), authors, authors.of_post[begin:end], sizes[begin:end])
        for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ]
    return pa.concat_tables(parts) if parts else _list_some(posts, authors, authors.of_post, sizes)


def _list_some(posts: pa.Table, authors: Authors, author: Ints, sizes: Ints) -> pa.Table:
    known = author >= 0
    begin = np.where(known, authors.begin[author], 0) if len(authors.profiles) else np.zeros(len(author), np.int64)
    post, pair = expand_runs(begin, np.maximum(sizes, 1))
    none = sizes[post] == 0
    pair = pa.array(np.where(none, 0, pair), mask=none)
    of = pa.array(author[post], mask=~known[post])
    own = authors.profiles.take(of)
    given = posts["profile_id"].combine_chunks().take(pa.array(post))
    rank = pc.fill_null(pa.array(authors.rank).take(pair), pa.scalar(0, pa.int32()))
    decision = pc.coalesce(authors.decision.take(pair), pc.if_else(pa.array(known[post]), "none", None))
    return pa.table(
        {
            "post_id": posts["post_id"].combine_chunks().take(pa.array(post)),
            "profile_id": pc.coalesce(own, given),
            "customer_id": authors.customers.take(pa.array(authors.customer).take(pair)),
            "rank": rank,
            "probability": pa.array(authors.chance).take(pair),
            "nobody_probability": pa.array(authors.nobody).take(of),
            "rest_probability": pa.array(authors.rest).take(of),
            "decision": decision,
        }
    )


def _authors(inputs: Inputs, profiles: pa.Array) -> Ints:
    posts = inputs.posts
    if posts.num_rows == 0 or len(profiles) == 0:
        return np.full(posts.num_rows, -1, np.int64)
    found = find_authors(posts, profiles, keys=inputs.keys)
    return np.asarray(pc.fill_null(pc.index_in(found, profiles), -1), np.int64)
