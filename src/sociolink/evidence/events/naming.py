"""Posts that name products, and events with a product and a time, laid out to be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sociolink.evidence.events.brands import is_brand
from sociolink.evidence.events.lags import EDGES, LagTable
from sociolink.evidence.events.posts import PLACE, PRODUCT, SPAN, UNKNOWN
from sociolink.evidence.events.records import NO_TIME
from sociolink.evidence.events.shares import share_of
from sociolink.evidence.events.statements import group_statements, share_with_habit
from sociolink.evidence.events.states import EventRows, PostFacts, moments
from sociolink.text.hashing import UInt64s, pair_hashes
from sociolink.text.runs import expand_runs

__all__ = [
    "TIMED",
    "NamingPosts",
    "TimedEvents",
    "UsualShare",
    "Wording",
    "collect_naming",
    "index_timed",
    "lay_out_timed",
    "place_keys",
    "said_keys",
    "timed_columns",
]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

TIMED: Final = (np.int64, np.int64, np.int64, np.uint64, np.uint64, np.uint64, np.int64)
"""Types of `timed_columns`."""

UsualShare = Callable[[PostFacts, Floats], Floats]
"""From (n,) names in posts, and how often anybody names each then, how often the profile itself would anyhow."""

_SALT = 485
_MOST_EVENTS = 100


@dataclass(frozen=True, slots=True)
class Wording:
    """How customers write about their events.

    Attributes:
        lags: Density of each lag for a post about an event; see `lags.lag_table`.
        named: P(a post about an event that names products, or brands, names the event's): of products, of brands.
        placed: P(a post about an event that names places names the event's).
        naming: P(a post about an event names a product, a brand alone, neither) against that of any post.
    """

    lags: LagTable
    named: tuple[float, float]
    placed: float
    naming: tuple[float, float, float]

    @property
    def elsewhere(self) -> tuple[float, float, float]:
        """Ratio of a post that names another product, by a slip or another word for it; another brand; or none."""
        product, brand = ((1 - own) * ratio for own, ratio in zip(self.named, self.naming[:2], strict=True))
        return product, brand, self.naming[2]


@dataclass(frozen=True, slots=True)
class TimedEvents:
    """Events with a product and a time, by customer and time.

    Attributes:
        events: The events.
        moment: (events,) int64, ascending: customer and minute in one number.
        count: (customers,) how many each has, those that stand for a brand among them.
        when: (n,) int64 seconds, ascending: times of the events of those customers whose frequencies count.
        sizes: (m,) of these customers how many have 0, 1, 2 ... events.
    """

    events: EventRows
    moment: Int64s
    count: Int64s
    when: Int64s
    sizes: Int64s

    def of_customers(self, customer: Int64s) -> tuple[Int64s, Int64s]:
        """All events of (n,) customers: which of them, and the event."""
        first = np.searchsorted(self.moment, moments(customer, np.zeros_like(customer)))
        return expand_runs(first, self.count[customer])

    def count_reached(self, customer: Int64s, low: Int64s, high: Int64s, wording: Wording) -> Floats:
        """(n,) how many events customers have, each as far as what is written about it falls into a time."""
        pair, event = self.of_customers(customer)
        at = self.events.at[event]
        share = wording.lags[-1] * np.diff(EDGES)
        until = np.append(0.0, np.cumsum(share / share.sum()))
        inside = np.interp(high[pair] - at, EDGES, until) - np.interp(low[pair] - at, EDGES, until)
        inside = np.where(is_brand(self.events.product[event]), 0.0, inside)
        return np.asarray(np.bincount(pair, weights=inside, minlength=len(customer)), np.float64)

    def share_with_any(self, low: Int64s, high: Int64s) -> Floats:
        """(n,) P(a random customer has an event in a time)."""
        inside = np.searchsorted(self.when, high, side="right") - np.searchsorted(self.when, low)
        share = inside / max(len(self.when), 1)
        powers = (1 - share)[:, None] ** np.arange(len(self.sizes))
        return np.asarray(1 - powers @ self.sizes / max(int(self.sizes.sum()), 1), np.float64)


@dataclass(frozen=True, slots=True)
class NamingPosts:
    """Posts that name products, and quote no number of the CRM: one row for each product that one names.

    Attributes:
        said: (n,) uint64, ascending: profile and product in one hash.
        row: (n,) int64 profile.
        post: (n,) int64 post.
        at: (n,) int64 seconds.
        key: (n,) uint64 the product.
        share: (n,) how often any post of the profile that names products would name this one then.
        statement: (n,) int64 statement that the post belongs to.
        size: (statements,) int64 posts of each.
        brand: (statements,) int64 1 where each names a brand alone, 0 where it names products.
        count: (profiles, 2) int64 statements of each about products, and about brands.
        plain: (profiles,) int64 posts of each that neither name a product nor quote a number of the CRM.
        low: (profiles,) first second that the posts of the profile cover, whatever they say.
        high: (profiles,) the last one.
        place: (m,) uint64, ascending: post and place in one hash.
        place_share: (m,) how often any post that names places names this one then.
        placed: (posts,) whether it names places.
    """

    said: UInt64s
    row: Int64s
    post: Int64s
    at: Int64s
    key: UInt64s
    share: Floats
    statement: Int64s
    size: Int64s
    brand: Int64s
    count: Int64s
    plain: Int64s
    low: Int64s
    high: Int64s
    place: UInt64s
    place_share: Floats
    placed: Bools

    def silence_bits(self, wording: Wording, profile: Int64s, rate: Floats) -> Floats:
        """(n,) bits for a customer whose events no post is about.

        Args:
            wording: How customers write.
            profile: (n,) profiles.
            rate: (n,) share of posts that would be about the customer's events.
        """
        product, brand, plain = (np.log2(1 - rate * (1 - ratio)) for ratio in wording.elsewhere)
        products, brands = self.count[profile].T
        return np.asarray(products * product + self.plain[profile] * plain + brands * brand, np.float64)


def index_timed(events: EventRows, rows: int, background: TimedEvents | None = None) -> TimedEvents:
    """Make the events of customers ready.

    Args:
        events: Events, by customer and time.
        rows: Number of customers.
        background: The customers whose frequencies count; these by default.
    """
    moment, *columns = timed_columns(events)
    return lay_out_timed(EventRows(*columns), moment, rows, background)


def timed_columns(events: EventRows) -> tuple[npt.NDArray[Any], ...]:
    """Of events with a product and a time `TimedEvents.moment`, and their columns; see `TIMED`."""
    some = events.only((events.product > 0) & (events.at < NO_TIME))
    return moments(some.row, some.at), *(getattr(some, name) for name in EventRows.__slots__)


def lay_out_timed(events: EventRows, moment: Int64s, rows: int, background: TimedEvents | None = None) -> TimedEvents:
    """Events of which each has a product and a time, as `index_timed` leaves them; nothing of them is copied.

    Args:
        events: Events, by customer and time.
        moment: (events,) see `TimedEvents`.
        rows: Number of customers.
        background: As in `index_timed`.
    """
    count = np.bincount(events.row, minlength=rows)
    once = ~is_brand(events.product)
    number = np.bincount(events.row[once], minlength=rows)
    when, sizes = np.sort(events.at[once]), np.bincount(np.minimum(number, _MOST_EVENTS))
    if background is not None:
        when, sizes = background.when, background.sizes
    return TimedEvents(events, moment, count, when, sizes)


def collect_naming(
    facts: PostFacts, rows: int, population: Mapping[str, Any], usual: UsualShare = share_with_habit
) -> NamingPosts:
    """The posts of profiles that name products at a known time.

    Args:
        facts: Facts of posts.
        rows: Number of profiles.
        population: What was learned.
        usual: How often a profile would name what it names anyhow.
    """
    if "brands" not in population:
        facts = facts.only((facts.kind != PRODUCT) | ~is_brand(facts.key))
    low, length = np.zeros(rows, np.int64), np.ones(rows, np.int64)
    spans = facts.only(facts.kind == SPAN)
    low[spans.row], length[spans.row] = spans.at, spans.key.astype(np.int64)
    code = facts.row * (int(facts.post.max(initial=0)) + 1) + facts.post
    numbered = np.isin(code, code[~np.isin(facts.kind, (SPAN, PRODUCT, PLACE, UNKNOWN))])
    useful = ~numbered & (facts.at < NO_TIME)
    named = useful & (facts.kind == PRODUCT)
    products = facts.only(named)
    posts, first = np.unique(code[named], return_index=True)
    post = np.searchsorted(posts, code[named])
    said_by = group_statements(products.only(first))
    brand = is_brand(said_by.key).astype(np.int64)
    where = useful & (facts.kind == PLACE) & np.isin(code, posts)
    of_place = np.searchsorted(posts, code[where])
    place, place_share = _places(facts.only(where), of_place, population)
    said = said_keys(products.row, products.key)
    order = np.argsort(said, kind="stable")
    told = np.unique(code[numbered | (facts.kind == PRODUCT)]) // (int(facts.post.max(initial=0)) + 1)
    wrote = np.bincount(spans.row, weights=spans.bits, minlength=rows).astype(np.int64)
    return NamingPosts(
        said=said[order],
        row=products.row[order],
        post=post[order],
        at=products.at[order],
        key=products.key[order],
        share=_usual_share(products, population, usual)[order],
        statement=said_by.of_post[post[order]],
        size=said_by.size,
        brand=brand,
        count=np.stack([np.bincount(said_by.row[brand == which], minlength=rows) for which in range(2)], axis=1),
        plain=np.maximum(wrote - np.bincount(told, minlength=rows), 0),
        low=low,
        high=low + length,
        place=place,
        place_share=place_share,
        placed=np.bincount(of_place, minlength=len(posts)) > 0,
    )


def said_keys(row: Int64s, key: UInt64s) -> UInt64s:
    """(n,) profile and name in one hash, as `NamingPosts.said` holds them in ascending order."""
    return pair_hashes(row, key, _SALT)


def place_keys(post: Int64s, key: UInt64s) -> UInt64s:
    """(n,) post and place in one hash, as `NamingPosts.place` holds them in ascending order."""
    return pair_hashes(post, key, _SALT)


def _usual_share(named: PostFacts, population: Mapping[str, Any], usual: UsualShare) -> Floats:
    """(n,) how often a profile names each product in posts that name any, and each brand in those that name one."""
    out = np.ones(len(named))
    of_brand = is_brand(named.key)
    for name, some in (("products", ~of_brand), ("brands", of_brand)):
        asked = named.only(some)
        out[some] = usual(asked, share_of(population.get(name, {}), asked.key, asked.at))
    return out


def _places(facts: PostFacts, post: Int64s, population: Mapping[str, Any]) -> tuple[UInt64s, Floats]:
    joined = place_keys(post, facts.key)
    order = np.argsort(joined)
    return joined[order], share_of(population.get("places", {}), facts.key, facts.at)[order]
