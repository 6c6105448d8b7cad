"""What can be learned about posts and events without links: how customers write, how soon, and what chance does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sociolink.evidence.events.brands import is_brand
from sociolink.evidence.events.lags import AFTER, BEFORE, EDGES, REACH, lag_bins, lag_table, learn_lags
from sociolink.evidence.events.naming import (
    NamingPosts,
    TimedEvents,
    UsualShare,
    Wording,
    collect_naming,
    index_timed,
)
from sociolink.evidence.events.posts import NUMBER, PLACE, PRODUCT, SPAN
from sociolink.evidence.events.records import NO_TIME
from sociolink.evidence.events.shares import learn_shares
from sociolink.evidence.events.statements import share_with_habit
from sociolink.evidence.events.states import EventRows, PostFacts
from sociolink.evidence.events.weighing import RATES, find_matches, naming_bits
from sociolink.text.runs import expand_runs, starts_of_runs

__all__ = ["learn_brand_naming", "learn_events", "learn_naming", "wording_of"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_NAMED, _PLACED = (18.0, 2.0), (7.0, 3.0)
_ANY, _STRENGTH, _MOST_NAMING = 0.5, 20.0, 0.95
_ANY_BRAND, _NAMED_BRAND, _TURNS = 0.1, (3.0, 3.0), 4
_SHIFTS: Final = (-3, -2, 2, 3)
_TRIED_PROFILES, _TRIED_CUSTOMERS = 400, 1000
_RANKS: Final = (5, 10, 20, 50, 100, 200, 500)
_LEAST_TEMPER, _NO_CAP = 0.3, 12.0
_DIGITS = 6


def learn_events(
    facts: PostFacts,
    events: EventRows,
    kinds: tuple[str, ...],
    rows: tuple[int, int],
    usual: UsualShare = share_with_habit,
) -> dict[str, Any]:
    """What strangers and customers write.

    Args:
        facts: Facts of posts of a sample of profiles.
        events: Events of customers.
        kinds: Kinds of the events.
        rows: Number of profiles and of customers.
        usual: As in `collect_naming`.

    Returns:
        Plain data, no person; {} where there are no posts or no events.
    """
    if len(facts) == 0 or len(events) == 0:
        return {}
    quotes, event = _own_numbers(facts, events)
    brand = (facts.kind == PRODUCT) & is_brand(facts.key)
    goods = facts.only((facts.kind == PRODUCT) & ~brand)
    population: dict[str, Any] = {
        "products": learn_shares(goods),
        "places": learn_shares(facts.only(facts.kind == PLACE)),
        "named": _share_named(goods, quotes, events.product[event], PRODUCT, _NAMED),
        "telling": _share_telling(facts),
        "placed": _share_named(facts, quotes, events.place[event], PLACE, _PLACED),
    }
    if is_brand(events.product).any():
        population["brands"] = learn_shares(facts.only(brand))
    timed = index_timed(events, rows[1])
    naming = collect_naming(facts, rows[0], population, usual)
    told = _told_by_numbers(quotes.row, events.row[event])
    population["naming"] = list(learn_naming(naming, timed, *told))
    if "brands" in population:
        population["brands"]["naming"] = list(learn_brand_naming(naming, timed, *told))
    counts = _count_lags(quotes, events.only(event), kinds)
    counts[""] = counts.get("", 0) + _excess(naming, timed)
    population["lags"] = learn_lags(counts)
    population["temper"], population["cap"] = _overdispersion(naming, timed, wording_of(population)[1], rows)
    return population


def wording_of(population: Mapping[str, Any]) -> tuple[tuple[str, ...], Wording]:
    """Kinds of events, and how customers write, as it was learned."""
    kinds, lags = lag_table(population.get("lags", {}))
    start = (share / (share + other) for share, other in (_NAMED, _PLACED))
    named, placed = (population.get(name, value) for name, value in zip(("named", "placed"), start, strict=True))
    about, any_ = population.get("naming", (_ANY, _ANY))
    product, both = about / any_, (named, named)
    brands = population.get("brands", {}).get("naming")
    if brands is None:
        return kinds, Wording(lags, both, placed, (product, product, (1 - about) / (1 - any_)))
    alone, anyway, own = brands
    ratios = (product, alone / anyway, (1 - about - alone) / (1 - any_ - anyway))
    return kinds, Wording(lags, (named, own), placed, ratios)


def _share_telling(facts: PostFacts) -> float:
    """Share of posts that say anything that a CRM could confirm."""
    spans = facts.kind == SPAN
    said = facts.only(~spans)
    fresh = starts_of_runs(said.row, said.post)
    return round(float(fresh.sum()) / max(float(facts.bits[spans].sum()), 1.0), _DIGITS)


def _told_by_numbers(profile: Int64s, customer: Int64s) -> tuple[Int64s, Int64s]:
    """Profiles whose numbers are one customer's, and that customer; from (quotes,) profiles and customers."""
    order = np.lexsort((customer, profile))
    profile, customer = profile[order], customer[order]
    fresh = starts_of_runs(profile, customer)
    profile, customer = profile[fresh], customer[fresh]
    single = np.bincount(profile)[profile] == 1 if len(profile) else fresh[:0]
    return profile[single], customer[single]


def learn_naming(naming: NamingPosts, timed: TimedEvents, profile: Int64s, customer: Int64s) -> tuple[float, float]:
    """P(a post about an event names a product), and that of a post about anything else.

    Of profiles whose numbers tell the customer, a share of the other posts names a product of the customer's in the
    time of an event, and the rest names products as often as anybody: what is missing of the rest is about events.
    """
    told = _count_told(naming, timed, profile, customer)
    return _share_about(told), round(float(told.any_[0]), _DIGITS)


def learn_brand_naming(
    naming: NamingPosts, timed: TimedEvents, profile: Int64s, customer: Int64s
) -> tuple[float, float, float]:
    """P(a post about an event names a brand alone), that of a post about anything else, and P(it is the event's).

    As `learn_naming`, of the same profiles. A brand is often the customer's by chance: what as many posts fit the
    customers of other such profiles is not counted.
    """
    told = _count_told(naming, timed, profile, customer)
    turns = range(1, _TURNS + 1)
    chance = [_count_told(naming, timed, profile, np.roll(customer, turn)).match[1] for turn in turns]
    match = max(told.match[1] - float(np.mean(chance)), 0.0) if len(profile) > _TURNS else 0.0
    any_ = float(told.any_[1])
    said = max(told.named[1] - (told.posts - told.own) * any_, match)
    alone = (said + any_ * _STRENGTH) / (told.own + _STRENGTH)
    least, most = any_ / 2, _MOST_NAMING - _share_about(told)
    own = float(match + _NAMED_BRAND[0]) / float(said + sum(_NAMED_BRAND))
    alone = float(np.clip(alone, min(least, most), most))
    return round(alone, _DIGITS), round(any_, _DIGITS), round(own, _DIGITS)


@dataclass(frozen=True, slots=True)
class _Told:
    """Posts of profiles that are held against one customer each; pairs are of products, and of brands alone.

    Attributes:
        posts: How many there are.
        named: Statements that name something.
        match: Statements that fit an event of the customer's.
        any_: How often posts of all others name something.
        own: How many of the posts are about an event.
    """

    posts: float
    named: tuple[float, float]
    match: tuple[float, float]
    any_: tuple[float, float]
    own: float


def _share_about(told: _Told) -> float:
    """P(a post about an event names a product)."""
    about = (told.match[0] + told.any_[0] * _STRENGTH) / (told.own + _STRENGTH)
    return round(float(np.clip(about, told.any_[0], _MOST_NAMING)), _DIGITS)


def _count_told(naming: NamingPosts, timed: TimedEvents, profile: Int64s, customer: Int64s) -> _Told:
    posts = naming.count.sum(1) + naming.plain
    some = timed.count[customer] > 0
    profile, customer = profile[some], customer[some]
    others = np.ones(len(posts), np.bool_)
    others[profile] = False
    start = np.array([_ANY, _ANY_BRAND]) * _STRENGTH
    any_ = (naming.count[others].sum(0) + start) / (posts[others].sum() + _STRENGTH)
    pair, post, _, _ = find_matches(timed, naming, profile=profile, customer=customer)
    statement = np.unique(pair * (len(naming.size) + 1) + naming.statement[post]) % (len(naming.size) + 1)
    match = np.bincount(naming.brand[statement], minlength=2).astype(np.float64)
    all_, named = float(posts[profile].sum()), naming.count[profile].sum(0).astype(np.float64)
    own = max(all_ - (named[0] - match[0]) / any_[0], float(match[0]))
    return _Told(all_, (named[0], named[1]), (match[0], match[1]), (any_[0], any_[1]), own)


def _own_numbers(facts: PostFacts, events: EventRows) -> tuple[PostFacts, Int64s]:
    """Numbers that were quoted for the first time, and the event of each; of numbers that one event alone has."""
    quotes = facts.only((facts.kind == NUMBER) & (facts.at < NO_TIME))
    order = np.argsort(events.number, kind="stable")
    ordered = events.number[order]
    low = np.searchsorted(ordered, quotes.key)
    single = np.searchsorted(ordered, quotes.key, side="right") - low == 1
    return quotes.only(single), order[low[single]]


def _share_named(
    facts: PostFacts, quotes: PostFacts, meant: npt.NDArray[np.uint64], kind: int, start: tuple[float, float]
) -> float:
    """P(a post about an event names what the event has, of those that name anything of the kind)."""
    width = int(facts.post.max(initial=0)) + 1
    told = facts.only(facts.kind == kind)
    code, asked = told.row * width + told.post, quotes.row * width + quotes.post
    begin = np.searchsorted(code, asked)
    run, place = expand_runs(begin, np.searchsorted(code, asked, side="right") - begin)
    known = meant > 0
    right = np.bincount(run, weights=told.key[place] == meant[run], minlength=len(asked)) > 0
    any_ = np.bincount(run, minlength=len(asked)) > 0
    yes, all_ = float((right & any_ & known).sum()), float((any_ & known).sum())
    return round((yes + start[0]) / (all_ + sum(start)), _DIGITS)


def _count_lags(quotes: PostFacts, events: EventRows, kinds: tuple[str, ...]) -> dict[str, Floats]:
    """Lags of quoted numbers, by kind of event and over all."""
    bin_ = np.where(events.at < NO_TIME, lag_bins(quotes.at - events.at), -1)
    size = len(EDGES) - 1
    out = {"": np.bincount(bin_[bin_ >= 0], minlength=size).astype(np.float64)}
    for number, kind in enumerate(kinds):
        here = bin_[(bin_ >= 0) & (events.kind == number)]
        out[kind] = np.bincount(here, minlength=size).astype(np.float64)
    return out


def _excess(naming: NamingPosts, timed: TimedEvents) -> Floats:
    """(bins,) how many more posts than chance has it name the product of an event so long after it.

    Chance is how many events of any product there were so long before each post, times the product's share of all
    events; an excess counts as far as it lies above two standard deviations, in the two weeks after the event.
    """
    events = timed.events
    order = np.lexsort((events.at, events.product))
    goods, at = events.product[order], events.at[order]
    same, chance = np.zeros(len(EDGES) - 1), np.zeros(len(EDGES) - 1)
    for key in np.unique(naming.key):
        mine = at[np.searchsorted(goods, key) : np.searchsorted(goods, key, side="right")]
        said = naming.at[naming.key == key]
        same += _count_before(mine, said)
        chance += _count_before(timed.when, said) * (len(mine) / max(len(timed.when), 1))
    excess = np.maximum(same - chance - 2 * np.sqrt(np.maximum(chance, 1.0)), 0.0)
    return np.where((EDGES[:-1] >= 0) & (EDGES[1:] <= REACH), excess, 0.0)


def _count_before(events: Int64s, posts: Int64s) -> Int64s:
    """(bins,) pairs of an event and a post, by lag; times of events ascend."""
    below = np.stack([np.searchsorted(events, posts - end, side="right") for end in EDGES])
    out: Int64s = -np.diff(below.sum(1))
    return out


def _overdispersion(
    naming: NamingPosts, timed: TimedEvents, wording: Wording, rows: tuple[int, int]
) -> tuple[float, float]:
    """By how much bits count, and how many there can be, so that events at the wrong time say nothing.

    All events are moved by the same time, so that what they say about a profile is chance. Of M pairs the k-th largest
    weight may be log2(M / k) at most (Markov's inequality for a likelihood ratio); bits are scaled down until it is,
    and none counts beyond what so many pairs can tell.
    """
    profile = np.flatnonzero(naming.count.sum(1) > 0)[:_TRIED_PROFILES]
    customer = np.flatnonzero(timed.count > 0)[:_TRIED_CUSTOMERS]
    if len(profile) == 0 or len(customer) == 0:
        return 1.0, _NO_CAP
    pair = np.repeat(profile, len(customer)), np.tile(customer, len(profile))
    first, last = int(timed.events.at.min()), int(timed.events.at.max())
    found: list[Floats] = []
    for shift in _SHIFTS:
        at = first + (timed.events.at - first + shift * (BEFORE + AFTER)) % max(last - first, 1)
        order = np.lexsort((at, timed.events.row))
        moved = index_timed(replace(timed.events.only(order), at=at[order]), rows[1])
        told, bits = naming_bits(moved, naming, wording, RATES, profile=pair[0], customer=pair[1])
        found.append(np.where(told, np.log2((2.0**bits).mean(1)), 0.0))
    worst = np.sort(np.concatenate(found))[::-1]
    temper = 1.0
    for rank in _RANKS:
        if rank <= len(worst) and worst[rank - 1] > 1:
            temper = min(temper, float(np.log2(len(worst) / rank)) / float(worst[rank - 1]))
    cap = max(float(np.log2(len(worst) / _RANKS[0])), _NO_CAP / 2)
    return round(max(temper, _LEAST_TEMPER), _DIGITS), round(cap, _DIGITS)
