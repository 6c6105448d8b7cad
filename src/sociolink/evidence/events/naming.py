"""Products that posts name, against what happened to a customer around that time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sociolink.evidence.events.lags import AFTER, BEFORE, LagTable, lag_bins
from sociolink.evidence.events.posts import PLACE, PRODUCT, SPAN, UNKNOWN
from sociolink.evidence.events.records import NO_TIME
from sociolink.evidence.events.shares import share_of
from sociolink.evidence.events.states import EventRows, PostFacts
from sociolink.text.hashing import UInt64s, pair_hashes
from sociolink.text.runs import expand_runs, starts_of_runs
from sociolink.text.sorting import find_sorted

__all__ = [
    "NamingPosts",
    "TimedEvents",
    "Wording",
    "collect_naming",
    "index_timed",
    "moments",
    "ratio_bits",
    "weigh_events",
]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_SALT = 485
_ROWS = 1 << 22
_MINUTE, _MINUTES = 60, 28
_MOST = 2.0**40
_MOST_EVENTS = 100


@dataclass(frozen=True, slots=True)
class Wording:
    """How customers write about their events.

    Attributes:
        lags: Density of each lag for a post about an event; see `lags.lag_table`.
        named: P(a post about an event names its product).
        placed: P(a post about an event that names places names the event's).
    """

    lags: LagTable
    named: float
    placed: float


@dataclass(frozen=True, slots=True)
class TimedEvents:
    """Events with a product and a time, by customer and time.

    Attributes:
        events: The events.
        moment: (events,) int64, ascending: customer and minute in one number.
        count: (customers,) how many each has.
        when: (n,) int64 seconds, ascending: times of the events of those customers whose frequencies count.
        sizes: (m,) of these customers how many have 0, 1, 2 ... events.
    """

    events: EventRows
    moment: Int64s
    count: Int64s
    when: Int64s
    sizes: Int64s

    def count_within(self, customer: Int64s, low: Int64s, high: Int64s) -> Int64s:
        """(n,) how many events customers have in a time, in seconds."""
        first = np.searchsorted(self.moment, moments(customer, low))
        out: Int64s = np.searchsorted(self.moment, moments(customer, high), side="right") - first
        return out

    def mean_silence(self, low: Int64s, high: Int64s, rate: float) -> Floats:
        """(n,) P(a random customer who writes about a share of events writes about none of those in a time)."""
        inside = np.searchsorted(self.when, high, side="right") - np.searchsorted(self.when, low)
        share = inside / max(len(self.when), 1)
        powers = (1 - rate * share)[:, None] ** np.arange(len(self.sizes))
        return np.asarray(powers @ self.sizes / max(int(self.sizes.sum()), 1), np.float64)


@dataclass(frozen=True, slots=True)
class NamingPosts:
    """Posts that name products, and quote no number of the CRM.

    Attributes:
        start: (profiles + 1,) where the posts of each profile begin.
        low: (profiles,) first second that the posts of the profile cover, whatever they say.
        high: (profiles,) the last one.
        at: (posts,) seconds.
        product: (n,) uint64, ascending: post and product in one hash.
        product_share: (n,) how often any post that names products names this one then.
        place: (m,) uint64, ascending: post and place in one hash.
        place_share: (m,) how often any post that names places names this one then.
        placed: (posts,) whether it names places.
        product_post: (n,) post of each naming of a product, in the order of the posts.
        product_key: (n,) the product.
    """

    start: Int64s
    low: Int64s
    high: Int64s
    at: Int64s
    product: UInt64s
    product_share: Floats
    place: UInt64s
    place_share: Floats
    placed: Bools
    product_post: Int64s
    product_key: UInt64s

    @property
    def count(self) -> Int64s:
        """(profiles,) how many such posts each has."""
        return np.diff(self.start)


def index_timed(events: EventRows, rows: int, background: TimedEvents | None = None) -> TimedEvents:
    """Make the events of customers ready.

    Args:
        events: Events, by customer and time.
        rows: Number of customers.
        background: The customers whose frequencies count; these by default.
    """
    some = events.only((events.product > 0) & (events.at < NO_TIME))
    count = np.bincount(some.row, minlength=rows)
    when, sizes = np.sort(some.at), np.bincount(np.minimum(count, _MOST_EVENTS))
    if background is not None:
        when, sizes = background.when, background.sizes
    return TimedEvents(some, moments(some.row, some.at), count, when, sizes)


def moments(row: Int64s, at: Int64s) -> Int64s:
    """Customer and minute in one number."""
    return (row << _MINUTES) + np.clip(at // _MINUTE, 0, (1 << _MINUTES) - 1)


def collect_naming(facts: PostFacts, rows: int, population: Mapping[str, Any]) -> NamingPosts:
    """The posts of profiles that name products at a known time.

    Args:
        facts: Facts of posts.
        rows: Number of profiles.
        population: What was learned.
    """
    low, length = np.zeros(rows, np.int64), np.ones(rows, np.int64)
    spans = facts.only(facts.kind == SPAN)
    low[spans.row], length[spans.row] = spans.at, spans.key.astype(np.int64)
    code = facts.row * (int(facts.post.max(initial=0)) + 1) + facts.post
    numbered = np.isin(code, code[~np.isin(facts.kind, (SPAN, PRODUCT, PLACE, UNKNOWN))])
    useful = ~numbered & (facts.at < NO_TIME)
    named = useful & (facts.kind == PRODUCT)
    posts, first = np.unique(code[named], return_index=True)
    where = useful & (facts.kind == PLACE) & np.isin(code, posts)
    row = facts.row[named][first]
    of_product, of_place = np.searchsorted(posts, code[named]), np.searchsorted(posts, code[where])
    product, product_share = _facts(facts.only(named), of_product, population, "products")
    place, place_share = _facts(facts.only(where), of_place, population, "places")
    placed = np.bincount(of_place, minlength=len(posts)) > 0
    start = np.searchsorted(row, np.arange(rows + 1))
    at, key = facts.at[named][first], facts.key[named]
    return NamingPosts(
        start, low, low + length, at, product, product_share, place, place_share, placed, of_product, key
    )


def _facts(facts: PostFacts, post: Int64s, population: Mapping[str, Any], of: str) -> tuple[UInt64s, Floats]:
    joined = pair_hashes(post, facts.key, _SALT)
    order = np.argsort(joined)
    return joined[order], share_of(population.get(of, {}), facts.key, facts.at)[order]


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


def weigh_events(
    known: TimedEvents, naming: NamingPosts, wording: Wording, *, profile: Int64s, customer: Int64s
) -> tuple[Int64s, Floats]:
    """How well the posts of profiles fit single events of customers.

    For an event e and one of the profile's n posts, `S_e(post) / f_0(post, t)` is the product of three ratios: the
    density of the lag against that of any time which the posts cover; product, `s / f_0 + (1 - s)` if it is named
    and `1 - s` if another is, however short the lag; and place, likewise, where both sides name one. A post counts for
    the event of the customer that it fits best, divided by the number of the customer's events in whose window it names
    the product.

    Args:
        known: Events of customers.
        naming: Posts of profiles.
        wording: How customers write.
        profile: (pairs,) profile of each pair.
        customer: (pairs,) customer of each.

    Returns:
        Of every event that posts count for the pair, ascending, and the sum of the ratios over n.
    """
    pairs: list[Int64s] = [np.empty(0, np.int64)]
    ratios: list[Floats] = [np.empty(0)]
    for chunk in _chunks(naming.count[profile]):
        pair, post, event, value, named = _rows(known, naming, wording, profile[chunk], customer[chunk])
        pair, value = _add_up(pair, post, event, value, named)
        pairs.append(pair + chunk.start)
        ratios.append(value / np.maximum(naming.count[profile[chunk]], 1)[pair])
    return np.concatenate(pairs), np.concatenate(ratios)


def _rows(
    known: TimedEvents, naming: NamingPosts, wording: Wording, profile: Int64s, customer: Int64s
) -> tuple[Int64s, Int64s, Int64s, Floats, Bools]:
    """Pairs, posts and events in whose window they lie; the ratio of each, and whether the product is named."""
    pair, post = expand_runs(naming.start[profile], naming.count[profile])
    at, of = naming.at[post], profile[pair]
    after, before = np.maximum(at - AFTER, naming.low[of]), np.minimum(at + BEFORE, naming.high[of])
    low = np.searchsorted(known.moment, moments(customer[pair], after))
    high = np.searchsorted(known.moment, moments(customer[pair], before), side="right")
    run, event = expand_runs(low, np.maximum(high - low, 0))
    pair, post = pair[run], post[run]
    events = known.events
    bin_ = lag_bins(naming.at[post] - events.at[event])
    inside = bin_ >= 0
    pair, post, event, bin_ = pair[inside], post[inside], event[inside], bin_[inside]
    of = profile[pair]
    lag = wording.lags[events.kind[event], bin_] * (naming.high - naming.low)[of]
    inverse = _look_up(naming.product, naming.product_share, pair_hashes(post, events.product[event], _SALT))
    there = naming.placed[post] & (events.place[event] > 0)
    here = _look_up(naming.place, naming.place_share, pair_hashes(post, events.place[event], _SALT))
    place = np.where(there, wording.placed * here + (1 - wording.placed), 1.0)
    other = (1 - wording.named) * np.minimum(lag * place, 1.0)
    value = np.where(inverse > 0, lag * place * (wording.named * inverse + 1 - wording.named), other)
    return pair, post, event, np.minimum(value, _MOST), inverse > 0


def _add_up(pair: Int64s, post: Int64s, event: Int64s, value: Floats, named: Bools) -> tuple[Int64s, Floats]:
    """Each post for its best event, shared among the events that it may be about; then the sum of each event.

    Rows come by pair, then post, then event.
    """
    if len(pair) == 0:
        return pair, value
    first = starts_of_runs(pair, post)
    begin = np.flatnonzero(first)
    size = np.diff(np.append(begin, len(pair)))
    leads = np.flatnonzero(value == np.repeat(np.maximum.reduceat(value, begin), size))
    group = (np.cumsum(first) - 1)[leads]
    best = leads[np.append(True, group[1:] != group[:-1])]
    rivals = np.add.reduceat(named.astype(np.int64), begin)
    pair, event, value = pair[best], event[best], value[best] / np.maximum(rivals, 1)
    order = np.lexsort((event, pair))
    pair, event, value = pair[order], event[order], value[order]
    fresh = starts_of_runs(pair, event)
    return pair[fresh], np.add.reduceat(value, np.flatnonzero(fresh))


def ratio_bits(pair: Int64s, ratio: Floats, rate: float, silent: Int64s) -> Floats:
    """Bits of pairs if customers write about a given share of their events.

    Args:
        pair: (n,) pair of each event that posts count for.
        ratio: (n,) the sum of its ratios.
        rate: rho, P(a customer writes about an event).
        silent: (pairs,) events of the customer in the time of the posts that no post counts for.

    Returns:
        (pairs,) sum over the events of `log2(1 + rho (ratio - 1))`.
    """
    told = np.bincount(pair, weights=np.log2(1 + rate * (ratio - 1)), minlength=len(silent))
    return np.asarray(told + silent * np.log2(1 - rate), np.float64)
