"""How well the posts of a profile fit the events of a customer, as a channel of evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sociolink.evidence.events.lags import lag_bins
from sociolink.evidence.events.naming import NamingPosts, TimedEvents, Wording, place_keys, said_keys
from sociolink.evidence.events.strangers import against_strangers
from sociolink.evidence.protocol import Mixture, Pairs
from sociolink.text.hashing import UInt64s
from sociolink.text.runs import expand_runs, starts_of_runs
from sociolink.text.sorting import find_sorted

__all__ = ["RATES", "compare_naming", "find_matches", "naming_bits"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

RATES: Final = (0.0, 0.1, 0.35, 0.8)
"""Shares of their posts that customers may write about own events; how many have which is learned by EM."""

_ROWS = 1 << 22
_MOST = 2.0**40
_LEAST_BITS = -40.0


def _look_up(joined: UInt64s, share: Floats, asked: UInt64s) -> Floats:
    """(n,) 1 / share where the fact is there; 0 where it is not."""
    place, met = find_sorted(joined, asked)
    return np.where(met, 1.0 / share[place], 0.0) if len(joined) else np.zeros(len(asked))


def _chunks(size: Int64s) -> Iterator[slice]:
    """Runs of pairs that make few enough rows together."""
    total = np.cumsum(size)
    begin = 0
    while begin < len(size):
        done = int(total[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(total, done + _ROWS, side="right")), begin + 1)
        yield slice(begin, end)
        begin = end


def find_matches(
    known: TimedEvents, naming: NamingPosts, *, profile: Int64s, customer: Int64s
) -> tuple[Int64s, Int64s, Int64s, Int64s]:
    """Pairs, rows of the naming posts, events whose product they name, and the bin of the lag between both."""
    pair, event = known.of_customers(customer)
    asked = said_keys(profile[pair], known.events.product[event])
    place, met = find_sorted(naming.said, asked)
    pair, event, begin = pair[met], event[met], place[met]
    run, post = expand_runs(begin, np.searchsorted(naming.said, asked[met], side="right") - begin)
    pair, event = pair[run], event[run]
    bin_ = lag_bins(naming.at[post] - known.events.at[event])
    inside = bin_ >= 0
    return pair[inside], post[inside], event[inside], bin_[inside]


def weigh_statements(
    known: TimedEvents, naming: NamingPosts, wording: Wording, *, profile: Int64s, customer: Int64s
) -> tuple[Int64s, Int64s, Floats]:
    """How well the statements of profiles fit the events of customers.

    For an event e and a post, `S_e(post) / f_0(post, t)` is the product of three ratios: the density of the lag against
    that of any time which the posts cover; product, `s / f_0`, if it is named, else 0; and place, `s' / f_0 + 1 - s'`,
    where both sides name one. The posts of a statement are averaged. Which event it is about is not known: they are
    summed.

    Returns:
        Of every statement that fits some event of a pair, ascending, the pair, whether it names a brand alone, and the
        sum of the ratios.
    """
    events = known.events
    pair, post, event, bin_ = find_matches(known, naming, profile=profile, customer=customer)
    lag = wording.lags[events.kind[event], bin_] * (naming.high - naming.low)[naming.row[post]]
    there = naming.placed[naming.post[post]] & (events.place[event] > 0)
    here = _look_up(naming.place, naming.place_share, place_keys(naming.post[post], events.place[event]))
    at_place = np.where(there, wording.placed * here + (1 - wording.placed), 1.0)
    named = np.array(wording.named)[naming.brand[naming.statement[post]]]
    value = np.minimum(lag * at_place * named / naming.share[post], _MOST)
    order = np.lexsort((naming.statement[post], pair))
    pair, statement, value = pair[order], naming.statement[post][order], value[order]
    begin = np.flatnonzero(starts_of_runs(pair, statement))
    total = np.add.reduceat(value, begin) if len(begin) else value
    return pair[begin], naming.brand[statement[begin]], total / naming.size[statement[begin]]


def naming_bits(
    known: TimedEvents,
    naming: NamingPosts,
    wording: Wording,
    rates: Sequence[float],
    *,
    profile: Int64s,
    customer: Int64s,
) -> tuple[Bools, Floats]:
    """Bits of pairs at each share of posts that a customer may write about own events.

    A post is about an event of the customer's own with probability q, or about anything else:

        LR = prod_j ( 1 - q h + q a ( h (1 - s) + sum_e S_e(post_j) / f_0(post_j, t) / max(m, 1) ) )

    with m the number of events, as far as what is written about them falls into the time of the posts, h = min(m, 1),
    and a how much oftener posts about events name a product than others do. Posts that name none count
    `1 - q h (1 - a')`. Posts that name a brand alone have a and s of their own. Over what strangers write the mean is
    1.

    Args:
        known: Events of customers.
        naming: Posts of profiles.
        wording: How customers write.
        rates: Shares q of a customer's posts that are about own events.
        profile: (pairs,) profile of each pair.
        customer: (pairs,) customer of each.

    Returns:
        (pairs,) whether the posts could be about any event of the customer; (pairs, rates) log2 of the ratio.
    """
    told, bits = [np.empty(0, np.bool_)], [np.empty((0, len(rates)))]
    for chunk in _chunks(known.count[customer]):
        of, whom = profile[chunk], customer[chunk]
        where, brand, ratio = weigh_statements(known, naming, wording, profile=of, customer=whom)
        reached = known.count_reached(whom, naming.low[of], naming.high[of], wording)
        here = np.minimum(reached, 1.0)
        oftener, elsewhere = np.array(wording.naming)[brand], np.array(wording.elsewhere)[brand]
        fits = oftener * ratio / np.maximum(reached, 1.0)[where]
        found = []
        for rate in rates:
            none = 1 - rate * here[where] * (1 - elsewhere)
            more = np.bincount(where, weights=np.log2(none + rate * fits) - np.log2(none), minlength=len(of))
            found.append(naming.silence_bits(wording, of, rate * here) + more)
        told.append(reached > 0)
        bits.append(np.stack(found, axis=1))
    return np.concatenate(told), np.concatenate(bits)


def compare_naming(
    name: str,
    levels: Sequence[str],
    anybody: str,
    pairs: Pairs,
    *,
    known: TimedEvents,
    naming: NamingPosts,
    wording: Wording,
    population: Mapping[str, Any],
) -> Mixture:
    """The channel: a likelihood ratio at each of `RATES`, for pairs and for customers who were not compared one by one.

    Args:
        name: Name of the channel.
        levels: Its components, one a rate.
        anybody: The stranger's component.
        pairs: The pairs.
        known: Events of customers.
        naming: Posts of profiles.
        wording: How customers write.
        population: What was learned: by how much bits count (`temper`), and how many there can be (`cap`).
    """
    wrote = naming.count.sum(1) + naming.plain > 0
    some = np.flatnonzero((pairs.customer >= 0) & wrote[pairs.profile])
    some = some[known.count[pairs.customer[some]] > 0]
    of, whom = pairs.profile[some].astype(np.int64), pairs.customer[some].astype(np.int64)
    told, bits = naming_bits(known, naming, wording, RATES, profile=of, customer=whom)
    rest = np.flatnonzero((pairs.customer < 0) & wrote[pairs.profile] & (len(known.when) > 0))
    profile = pairs.profile[rest].astype(np.int64)
    any_ = known.share_with_any(naming.low[profile], naming.high[profile])
    silent = [naming.silence_bits(wording, profile, np.full(len(rest), rate)) for rate in RATES]
    others = np.stack([1 - any_ + any_ * 2.0**one for one in silent], axis=1)
    temper, cap = (float(population.get(name, start)) for name, start in (("temper", 1.0), ("cap", 12.0)))
    pair = np.concatenate([some[told], rest])
    return against_strangers(
        name,
        levels,
        [anybody],
        pairs,
        pair=np.repeat(pair, len(RATES)),
        component=np.tile(np.arange(len(RATES)), len(pair)),
        likelihood=np.concatenate([2.0 ** np.clip(temper * bits[told], _LEAST_BITS, cap).ravel(), others.ravel()]),
        stranger=np.zeros(len(wrote), np.int64),
    )
