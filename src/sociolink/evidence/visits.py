"""Visits as evidence: places that posts name without a product, against where a customer's events happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.evidence.erasing import Erasure
from sociolink.evidence.events.brands import is_brand
from sociolink.evidence.events.forgetting import forget_moments
from sociolink.evidence.events.learning import learn_events, wording_of
from sociolink.evidence.events.naming import (
    TIMED,
    NamingPosts,
    TimedEvents,
    collect_naming,
    index_timed,
    lay_out_timed,
    timed_columns,
)
from sociolink.evidence.events.posts import PLACE, PRODUCT
from sociolink.evidence.events.record import RECORD_COLUMN, count_events, read_record
from sociolink.evidence.events.records import seconds
from sociolink.evidence.events.statements import share_besides
from sociolink.evidence.events.states import EventRows, PostFacts, read_events, read_posts
from sociolink.evidence.events.terms import term_keys
from sociolink.evidence.events.weighing import compare_naming
from sociolink.evidence.facts import text_column
from sociolink.evidence.levels import Level, level_phrase, level_prior
from sociolink.evidence.protocol import Hits, Keys, Mixture, Pairs, no_keys
from sociolink.index.scratch import Scratch
from sociolink.text.hashing import mix

__all__ = ["CustomerVisits", "ProfileVisits", "Visits"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_SALT = 505
_LEVELS: Final = (
    Level("silent", "its posts name no place of the customer's events at the time", 12.0),
    Level("seldom", "its posts name where the customer was at about that time, once among several events", 4.0),
    Level("sometimes", "its posts name where the customer was at about that time", 6.0),
    Level("often", "its posts name where the customer was, event by event, at the time", 3.0),
)
_ANYBODY = Level("anybody", "anybody may write so", 1.0, group=1)


@dataclass(frozen=True, slots=True)
class CustomerVisits:
    """Events of all customers that have a place and a time.

    Attributes:
        timed: The events; what they are named by is their place.
    """

    timed: TimedEvents


@dataclass(frozen=True, slots=True)
class ProfileVisits:
    """Posts of a batch of profiles that name places, and neither a product nor a number.

    Attributes:
        naming: The posts.
        population: What was learned.
    """

    naming: NamingPosts
    population: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Visits:
    """Places that posts name without a product, at the time of a customer's events there.

    The likelihood is that of products (`events.naming`), with the place in their stead: against how often any post then
    names the place, and how often the profile itself does anyway. At events in the customer's own town the place is
    what `place` and `habits` tell of; there only the time counts.
    """

    name: str = "visits"

    def prior(self, population: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Pseudo-counts of how much customers write about their events."""
        return level_prior(self.name, (*_LEVELS, _ANYBODY))

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """How often posts name which place, how soon customers write, and what time-shifted events say by chance."""
        rows = (profiles.num_rows, customers.num_rows)
        return learn_events(_places_alone(read_posts(profiles)), _read_visits(customers), (), rows, share_besides)

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: CustomerVisits | None = None
    ) -> CustomerVisits:
        """Events by place; those in the customer's own town by a name of their own."""
        events = _visits_by_town(customers)
        return CustomerVisits(index_timed(events, customers.num_rows, None if background is None else background.timed))

    def prepare_sections(
        self, sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
    ) -> CustomerVisits:
        """The same, section by section; only times are put in order at once."""
        rows = np.cumsum([0, *(one.num_rows for one in sections)]).tolist()

        def prepare() -> Iterator[tuple[npt.NDArray[Any], ...]]:
            for section, begin in zip(sections, rows, strict=False):
                events = _visits_by_town(section)
                yield timed_columns(replace(events, row=events.row + begin))

        moment, *columns = scratch.map_columns(prepare(), TIMED)
        return CustomerVisits(lay_out_timed(EventRows(*columns), moment, rows[-1]))

    def prepare_profiles(
        self, profiles: pa.Table, customers: CustomerVisits, population: Mapping[str, Any]
    ) -> ProfileVisits:
        """Posts that name places alone; each place also by the name that it has for those who live there."""
        facts = _places_alone(read_posts(profiles))
        at_home = facts.only(facts.kind == PRODUCT)
        at_home = replace(at_home, key=mix(at_home.key, _SALT))
        both = {name: np.concatenate([getattr(facts, name), getattr(at_home, name)]) for name in PostFacts.__slots__}
        order = np.lexsort((both["key"], both["kind"], both["post"], both["row"]))
        both_facts = PostFacts(*(values[order] for values in both.values()))
        naming = collect_naming(both_facts, profiles.num_rows, population, share_besides)
        share = np.where(np.isin(naming.key, at_home.key), 1.0, naming.share)
        return ProfileVisits(replace(naming, share=share), population)

    def customer_keys(self, customers: CustomerVisits) -> Keys:
        """None: a town on a day has far too many customers."""
        return no_keys()

    def profile_keys(self, profiles: ProfileVisits) -> Keys:
        """None."""
        return no_keys()

    def compare(
        self, customers: CustomerVisits, profiles: ProfileVisits, pairs: Pairs, hits: Hits
    ) -> tuple[Mixture, ...]:
        """Channel `visits`: the likelihood ratio at each share of posts that customers may write about."""
        mixture = compare_naming(
            self.name,
            [one.name for one in _LEVELS],
            _ANYBODY.name,
            pairs,
            known=customers.timed,
            naming=profiles.naming,
            wording=wording_of(profiles.population)[1],
            population=profiles.population,
        )
        return (mixture,)

    def forget(self, customers: CustomerVisits, erasure: Erasure) -> None:
        """Erase where customers were, and when."""
        forget_moments(erasure.draft, customers.timed, erasure.rows)

    def describe(self, component: str) -> str:
        """What a component says."""
        return level_phrase((*_LEVELS, _ANYBODY), component)


def _visits_by_town(customers: pa.Table) -> EventRows:
    """Events by place; those in the customer's own town by a name of their own."""
    events = _read_visits(customers)
    town = term_keys(text_column(customers, "city"))
    at_home = (events.product > 0) & (events.product == town[events.row])
    return replace(events, product=np.where(at_home, mix(events.product, _SALT), events.product))


def _places_alone(facts: PostFacts) -> PostFacts:
    """Facts in which places stand for products; those of posts that name a product are left out."""
    width = int(facts.post.max(initial=0)) + 2
    code = facts.row * width + facts.post
    other = np.isin(code, code[facts.kind == PRODUCT]) & np.isin(facts.kind, (PLACE, PRODUCT))
    kind = np.where(facts.kind == PLACE, PRODUCT, facts.kind).astype(np.int8)
    return replace(facts, kind=kind).only(~other)


def _read_visits(customers: pa.Table) -> EventRows:
    """Events with the place in the stead of the product, of the hidden column or of what is on record.

    Of what is on record there are no numbers: only what is learned from asks for them.
    """
    if RECORD_COLUMN not in customers.column_names:
        events = read_events(customers)
        events = events.only(~is_brand(events.product))
        return replace(events, product=events.place, place=np.zeros_like(events.place))
    record = read_record(customers)
    row = np.repeat(np.arange(customers.num_rows), count_events(customers))
    at, place = seconds(record, "occurred_at"), term_keys(text_column(record, "place"))
    order = np.lexsort((place, at, row))
    nothing = np.zeros(len(row), np.uint64)
    return EventRows(row[order], at[order], nothing, place[order], nothing, np.zeros(len(row), np.int64))
