"""The customers that are listed for each profile: the best people first, and what else could be the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.linking.gallery import Gallery
from sociolink.linking.kernel import Scored
from sociolink.scoring.rivals import find_rivals, measure_margins
from sociolink.text.buffers import FEW
from sociolink.text.runs import starts_of_runs

__all__ = ["MIN_PROBABILITY", "Listing", "list_customers"]

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MIN_PROBABILITY = 1e-6
"""Customers below this probability are not listed; they are part of the rest."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The listed customers of all profiles of a batch, in the order of the links.

    Attributes:
        pair: (listed,) int64 index into the batch's pairs.
        owner: (listed,) int64 profile.
        rank: (listed,) int64 from 1.
        probability: (listed,) of the customer.
        group: (listed,) probability of the person.
        margin: (listed,) bits between the person and the best other answer.
        rival_chance: (listed,) probability of the best other answer.
        customer_id: (listed,) strings.
        group_id: (listed,) id of the person's first record.
        rival_id: (listed,) id of the best other person's best record, null where nobody is the best other answer.
        rest: (profiles,) P(the owner is a customer that is not listed).
    """

    pair: Int64s
    owner: Int64s
    rank: Int64s
    probability: Floats
    group: Floats
    margin: Floats
    rival_chance: Floats
    customer_id: pa.Array
    group_id: pa.Array
    rival_id: pa.Array
    rest: Floats


def _group_sums(scored: Scored, gallery: Gallery, real: Int64s) -> Floats:
    """(real,) P(the person of the pair's customer), all their records together."""
    pairs = scored.observed.pairs
    code = pairs.profile[real].astype(np.int64) * len(gallery) + gallery.person[pairs.customer[real]]
    order = np.lexsort((-scored.posterior.pair[real], code))
    first = starts_of_runs(code[order])
    group = np.cumsum(first) - 1
    total = np.bincount(group, weights=scored.posterior.pair[real][order], minlength=int(first.sum()))
    out = np.empty(len(order))
    out[order] = total[group]
    return out


def _order(scored: Scored, gallery: Gallery, real: Int64s, group: Floats) -> Int64s:
    """Best person first, their records together, best record first; ties by id."""
    pairs = scored.observed.pairs
    customer = pairs.customer[real]
    return np.lexsort(
        (
            gallery.id_rank[customer],
            -scored.posterior.pair[real],
            gallery.id_rank[gallery.person[customer]],
            -group,
            pairs.profile[real],
        )
    )


def list_customers(scored: Scored, gallery: Gallery, top: int) -> Listing:
    """The best `top` customers of each profile that are likely enough to be listed.

    Args:
        scored: The scored batch.
        gallery: The customers.
        top: Most customers listed for a profile.
    """
    pairs, posterior = scored.observed.pairs, scored.posterior
    real = ((pairs.customer >= 0) & (posterior.pair >= MIN_PROBABILITY)).nonzero()[0]
    group = _group_sums(scored, gallery, real)
    order = _order(scored, gallery, real, group)
    chosen, group = real[order], group[order]
    owner = pairs.profile[chosen].astype(np.int64)
    begin = starts_of_runs(owner).nonzero()[0]
    rank = np.arange(len(owner)) - np.repeat(begin, np.diff(np.append(begin, len(owner)))) + 1
    person = gallery.person[pairs.customer[chosen]]
    rival, other = find_rivals(owner, person, group, posterior.nobody)
    margin = measure_margins(group, other)
    kept = (rank <= top).nonzero()[0]
    pair, owner, rival = chosen[kept], owner[kept], rival[kept]
    probability = posterior.pair[pair]
    mass = np.bincount(owner, weights=probability, minlength=scored.observed.profiles)
    best_other = np.where(rival >= 0, pairs.customer[chosen[rival]], -1)
    customer_id, group_id, rival_id = _ids(gallery, pairs.customer[pair], person[kept], best_other)
    return Listing(
        pair,
        owner,
        rank[kept],
        probability,
        group[kept],
        margin[kept],
        other[kept],
        customer_id,
        group_id,
        rival_id,
        np.clip(1 - posterior.nobody - mass, 0, 1),
    )


def _ids(gallery: Gallery, *rows: npt.NDArray[np.integer]) -> list[pa.Array]:
    """The ids of customers, of equally many in each list; null for -1."""
    size = len(rows[0])
    if size == 0:
        return [pa.nulls(0, pa.string()) for _ in rows]
    every, ids = np.concatenate(rows), gallery.ids
    if len(every) < FEW:
        found = pa.array([ids[row].as_py() if row >= 0 else None for row in every.tolist()], pa.string())
    else:
        found = ids.take(pa.array(every, mask=every < 0))
    return [found.slice(number * size, size) for number in range(len(rows))]
