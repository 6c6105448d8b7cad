"""What an account is: a person's, an organisation's, an imitation of somebody, a machine's; told by what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import list_column, text_column
from sociolink.evidence.protocol import Denominator, Hits, Keys, Mixture, Pairs, no_keys
from sociolink.index.scratch import Scratch
from sociolink.text.signs import NO_SIGN, read_signs

__all__ = ["COMPONENTS", "CustomerNatures", "Nature", "ProfileNatures"]

Floats = npt.NDArray[np.float64]
Int8s = npt.NDArray[np.int8]
Int32s = npt.NDArray[np.int32]

_IMITATION, _AUTOMATED, _ORGANISATION, _PERSON, _PLAIN = range(5)
_LEVELS = ("imitation", "automated", "organisation", "person", "plain")
_BIO, _NAME, _HANDLE = range(3)
_PLACES = ("bio", "name", "handle")
_OF_PERSON, _OF_ORGANISATION, _OF_STRANGER = range(3)
_STORIES = ("person", "organisation", "stranger")

_STRENGTH = 100.0
"""Profiles that stand behind each table before any is seen."""

_SHARES: Final = {
    ("person", "bio"): {"organisation": 0.015, "person": 0.185, "plain": 0.80},
    ("person", "name"): {"organisation": 0.005, "person": 0.01, "plain": 0.985},
    ("organisation", "bio"): {"organisation": 0.42, "person": 0.03, "plain": 0.55},
    ("organisation", "name"): {"organisation": 0.445, "person": 0.005, "plain": 0.55},
    ("stranger", "bio"): {
        "imitation": 0.02, "automated": 0.02, "organisation": 0.05, "person": 0.15, "plain": 0.76,
    },
    ("stranger", "name"): {
        "imitation": 0.01, "automated": 0.01, "organisation": 0.02, "person": 0.01, "plain": 0.95,
    },
    ("stranger", "handle"): {"imitation": 1.0},
}  # fmt: skip
"""First guesses: how often accounts of persons, of organisations and of strangers say what."""

COMPONENTS: Final = tuple((story, place, level) for (story, place), shares in _SHARES.items() for level in shares)
"""Who made the account, where it says so, and what it says."""

_NAMES: Final = tuple("_".join(one) for one in COMPONENTS)

_ODDS: Final = {_IMITATION: 2.0**-8, _AUTOMATED: 2.0**-3}
"""How much likelier a stranger who looks like a customer says so than the owner does. Not learned: see the decision."""

_UNTOLD = 0.125
"""P(what an account says of itself tells nothing about whose it is): no learned level is worth more than 3 bits."""

_SAID: Final = {
    "imitation": "says that it is a fan's, a parody or an imitation",
    "automated": "says that it runs by itself",
    "organisation": "speaks for a company or another organisation",
    "person": "speaks of one person",
    "plain": "does not say whether a person or an organisation stands behind it",
}
_WHERE: Final = {"bio": "the profile", "name": "the display name", "handle": "the handle"}


def _number(story: str, place: str, level: str) -> int:
    return COMPONENTS.index((story, place, level)) if (story, place, level) in COMPONENTS else -1


_COMPONENT = np.array(
    [[[_number(story, place, level) for level in _LEVELS] for place in _PLACES] for story in _STORIES], np.int32
)
_GROUP = np.array([list(_SHARES).index((story, place)) for story, place, _ in COMPONENTS], np.int32)


def _find_organisations(customers: pa.Table) -> Int8s:
    """(customers,) 1 for organisations."""
    kind = text_column(customers, "kind")
    named = np.zeros(customers.num_rows, np.bool_)
    for column in ("given_name", "family_name", "full_name"):
        named |= np.asarray(pc.not_equal(text_column(customers, column), ""), np.bool_)
    employed = np.zeros(customers.num_rows, np.bool_)
    employed[list_column(customers, "organisation")[0]] = True
    unsaid = np.asarray(pc.equal(kind, ""), np.bool_)
    one = np.asarray(pc.equal(kind, "organisation"), np.bool_) | (unsaid & employed & ~named)
    return one.astype(np.int8)


@dataclass(frozen=True, slots=True)
class CustomerNatures:
    """What customers are.

    Attributes:
        organisation: (customers,) int8, 1 for organisations.
        share: Share of organisations among the customers whose frequencies count.
    """

    organisation: Int8s
    share: float


@dataclass(frozen=True, slots=True)
class ProfileNatures:
    """What a batch of profiles says of itself.

    Attributes:
        level: (profiles,) int8 index of the level; -1 where the profile says nothing at all.
        place: (profiles,) int8 where it says so: with a bio, with a display name only, or by its handle only.
    """

    level: Int8s
    place: Int8s


@dataclass(frozen=True, slots=True)
class Nature:
    """What the account says it is.

    The same bits for every person in the CRM, everybody else included: this is evidence for or against nobody. How
    often customers' and strangers' accounts speak as a person or as an organisation does is learned, each on its own
    side. Imitations and machines count by a fixed amount: they bear the names of the people they imitate, so that
    learning from names would take them for owners. A profile without bio and display name says nothing, unless its
    handle says that it is an imitation.
    """

    name: str = "nature"

    def prior(self, population: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Pseudo-counts of the levels on both sides."""
        counts = {
            "_".join((story, place, level)): _STRENGTH * _SHARES[story, place][level]
            for story, place, level in COMPONENTS
        }
        return {self.name: counts}

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """Nothing beside the weights."""
        return {}

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: CustomerNatures | None = None
    ) -> CustomerNatures:
        """Which customers are organisations: those that say so, and those that have the name of nothing else."""
        one = _find_organisations(customers)
        share = float(one.mean()) if len(one) else 0.0
        return CustomerNatures(one, share if background is None else background.share)

    def prepare_sections(
        self, sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
    ) -> CustomerNatures:
        """The same, section by section."""
        (one,) = scratch.map_columns(((_find_organisations(section),) for section in sections), [np.int8])
        return CustomerNatures(one, float(one.mean()) if len(one) else 0.0)

    def prepare_profiles(
        self, profiles: pa.Table, customers: CustomerNatures, population: Mapping[str, Any]
    ) -> ProfileNatures:
        """What bios, display names and handles say."""
        signs = read_signs(*(text_column(profiles, column) for column in ("bio", "display_name", "handle")))
        level = np.where(signs.text == NO_SIGN, _PLAIN, signs.text)
        level = np.where(signs.handle == _IMITATION, _IMITATION, level)
        place = np.where(signs.has_bio, _BIO, np.where(signs.has_name, _NAME, _HANDLE))
        told = (place != _HANDLE) | (level == _IMITATION)
        return ProfileNatures(np.where(told, level, -1).astype(np.int8), place.astype(np.int8))

    def customer_keys(self, customers: CustomerNatures) -> Keys:
        """None."""
        return no_keys()

    def profile_keys(self, profiles: ProfileNatures) -> Keys:
        """None."""
        return no_keys()

    def compare(
        self, customers: CustomerNatures, profiles: ProfileNatures, pairs: Pairs, hits: Hits
    ) -> tuple[Mixture, ...]:
        """Channel `nature`."""
        level, place = profiles.level[pairs.profile], profiles.place[pairs.profile]
        of_customer = customers.organisation[np.maximum(pairs.customer, 0)] if len(customers.organisation) else 0
        organisation = np.where(pairs.customer >= 0, of_customer, customers.share)
        fixed = (level == _IMITATION) | (level == _AUTOMATED)
        learned = (level >= 0) & ~fixed
        odds = np.where(level == _IMITATION, _ODDS[_IMITATION], _ODDS[_AUTOMATED])
        parts = (
            (_OF_PERSON, np.where(learned, (1 - _UNTOLD) * (1 - organisation), 0.0)),
            (_OF_ORGANISATION, np.where(learned, (1 - _UNTOLD) * organisation, 0.0)),
            (_OF_STRANGER, np.where(learned, _UNTOLD, np.where(fixed, odds, 0.0))),
        )
        rows = [(likelihood > 0).nonzero()[0] for _, likelihood in parts]
        component = [_COMPONENT[story, place[row], level[row]] for (story, _), row in zip(parts, rows, strict=True)]
        mixture = Mixture(
            self.name,
            _NAMES,
            _GROUP,
            np.concatenate(rows).astype(np.int32),
            np.concatenate(component),
            np.concatenate([likelihood[row] for (_, likelihood), row in zip(parts, rows, strict=True)]),
            len(pairs),
            _stranger_side(profiles, pairs),
        )
        return (mixture,)

    def describe(self, component: str) -> str:
        """What a profile says of itself."""
        _, place, level = component.split("_")
        return f"{_WHERE[place]} {_SAID[level]}"


def _stranger_side(profiles: ProfileNatures, pairs: Pairs) -> Denominator:
    """What strangers say: one row a profile, in the order of the profiles, empty where nothing is told."""
    told = profiles.level >= 0
    row = told.nonzero()[0].astype(np.int32)
    component = _COMPONENT[_OF_STRANGER, profiles.place[row], profiles.level[row]]
    of_pair = np.where(told[pairs.profile], pairs.profile, -1).astype(np.int32)
    opaque = np.zeros(len(told), np.int32)
    opaque[row] = component
    return Denominator(of_pair, row, component, np.ones(len(row)), opaque)
