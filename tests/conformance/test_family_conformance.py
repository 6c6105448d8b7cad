"""Every evidence family keeps the promises of the protocol; one that breaks a promise is told which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink.evidence.account import Account
from sociolink.evidence.birth import Birth
from sociolink.evidence.contact import Contact
from sociolink.evidence.employer import Employer
from sociolink.evidence.events.family import Events
from sociolink.evidence.habits.family import Habits
from sociolink.evidence.nature import Nature
from sociolink.evidence.place import Place
from sociolink.evidence.protocol import Keys
from sociolink.evidence.visits import Visits
from sociolink.linking.attachments import attach
from sociolink.linking.inputs import read_inputs
from sociolink.testing.families import assert_family_conforms
from sociolink.testing.family_checks.people import sample_customers, sample_profiles
from sociolink.testing.family_checks.trial import learn_population, run_family

FAMILIES = (Account(), Birth(), Contact(), Employer(), Place())
"""Families that can point at one customer; `Nature` tells all of them from nobody."""


@pytest.mark.parametrize("family", [*FAMILIES, Nature()], ids=lambda family: family.name)
def test_family_conforms(family: Any) -> None:
    assert_family_conforms(family)


@pytest.mark.parametrize(
    ("family", "at_least"),
    [(Events(), 3.0), (Habits(parts=("home", "language", "hours")), 0.5), (Visits(), 0.0)],
    ids=("events", "habits", "visits"),
)
def test_what_reads_posts_conforms_without_and_with_them(family: Any, at_least: float) -> None:
    customers, profiles = sample_customers(), sample_profiles()
    assert_family_conforms(family)
    events = [
        {"event_id": f"e{n}", "customer_id": f"customers-{n % 6}", "kind": ("order", "ticket")[n % 2],
         "product": ("Zen headphones", "Orbit router", "Lumo lamp")[n % 3],
         "place": ("Austin", None, "Graz", "Porto")[n % 4],
         "reference": f"AB-{100_000 + n * 7919 % 90_000}", "occurred_at": datetime(2026, 1 + n // 20, 1 + n % 20)}
        for n in range(40)
    ]  # fmt: skip
    said = ("my {reference}", "{product} in Austin", "AB-101234?", "hi", "back from {place}", "das ist so", "it is")
    posts = [
        {"post_id": f"t{n}", "profile_id": f"profiles-{n % 8}", "created_at": datetime(2026, 1 + n // 20, 2 + n % 20),
         "text": said[(n // 2 + n // 20) % len(said)].format(**events[n])}
        for n in range(40)
    ]  # fmt: skip
    sources = {"profiles": profiles, "customers": customers, "posts": pa.Table.from_pylist(posts)}
    tables = read_inputs({**sources, "events": pa.Table.from_pylist(events)}).tables
    told, asked = attach(tables, (family,))

    assert_family_conforms(family, asked, profiles=told)

    trial = run_family(family, asked, profiles=told, population=family.learn(told, asked))
    assert (trial.bits > at_least).any()
    assert (trial.bits < 0).any()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_sample_makes_the_family_speak(family: Any) -> None:
    """Promises kept by saying nothing would not be worth much."""
    customers, profiles = sample_customers(), sample_profiles()
    population = learn_population(family, customers, profiles=profiles)

    trial = run_family(family, customers, profiles=profiles, population=population)

    assert (trial.bits > 3).any()
    assert (trial.bits < 0).any()
    assert (trial.bits == 0).any()


class Thawed(Place):
    __slots__ = ("__dict__",)

    def __setattr__(self, name: str, value: Any) -> None:
        pass


class Remembers(Contact):
    def learn(self, profiles, customers):
        return {"first": customers["email"][0].as_py()[0]}


class NotPlain(Place):
    def learn(self, profiles, customers):
        return {"towns": {3: ("lyon",)}}


class ForgetsLevel(Place):
    def prior(self, population):
        return {self.name: dict(list(super().prior(population)[self.name].items())[1:])}


class SignedKeys(Contact):
    def customer_keys(self, customers):
        keys = super().customer_keys(customers)
        return Keys(keys.key.astype(np.int64), keys.row)


class Changed(Place):
    def changed(self, mixture, pairs):
        return mixture

    def compare(self, customers, profiles, pairs, hits):
        (mixture,) = super().compare(customers, profiles, pairs, hits)
        return (self.changed(mixture, pairs),)


class Infinite(Changed):
    def changed(self, mixture, pairs):
        return replace(mixture, likelihood=mixture.likelihood * np.inf)


class SpeaksOfBlocks(Changed):
    def changed(self, mixture, pairs):
        extra = np.flatnonzero(pairs.customer < 0)[:1].astype(np.int32)
        return replace(
            mixture,
            pair=np.append(mixture.pair, extra),
            component=np.append(mixture.component, extra * 0),
            likelihood=np.append(mixture.likelihood, np.ones(len(extra))),
        )


class DoublesChances(Place):
    def chances(self, customers, profiles, pairs):
        return super().chances(customers, profiles, pairs) * 2


class CountsTheBatch(Changed):
    def changed(self, mixture, pairs):
        return replace(mixture, likelihood=mixture.likelihood * len(pairs))

    chances = None


class LooksAtPosition(Changed):
    chances = None

    def changed(self, mixture, pairs):
        return replace(mixture, likelihood=mixture.likelihood * (1 + pairs.customer[mixture.pair]))


class IgnoresBackground(Birth):
    def prepare_customers(self, customers, population, *, background=None):
        return super().prepare_customers(customers, population)


class NeedsRows(Place):
    def prepare_customers(self, customers, population, *, background=None):
        customers["country"][0]
        return super().prepare_customers(customers, population, background=background)


class AssumesUnitedStates(Place):
    def prepare_customers(self, customers, population, *, background=None):
        index = customers.column_names.index("country")
        column = customers["country"].fill_null("US")
        return super().prepare_customers(
            customers.set_column(index, "country", column), population, background=background
        )


@dataclass(frozen=True, slots=True)
class TwoWords(Place):
    name: str = "home town"


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    ("family", "promise"),
    [
        (Thawed(), "promises: it must be frozen"),
        (TwoWords(), "promises: its name must be one word"),
        (Remembers(), "promises: what it learns holds a value of email"),
        (NotPlain(), "promises: what it learns must come back from JSON"),
        (ForgetsLevel(), r"promises: prior\(\) lacks \['city:country_differs'\] of place"),
        (SignedKeys(), "keys: customer_keys: key is int64"),
        (Infinite(), "mixtures: place: a likelihood is not finite"),
        (SpeaksOfBlocks(), "mixtures: place: a pair of customers who were not compared"),
        (DoublesChances(), "chances: the chances of a pair that is told do not sum to 1"),
        (CountsTheBatch(), "batches: profile 0 in a batch of its own: bits differ"),
        (LooksAtPosition(), "order: rows in another order"),
        (IgnoresBackground(), "background: some customers against the background of all"),
        (NeedsRows(), "empty tables: raised IndexError"),
        (AssumesUnitedStates(), "missing facts: place: customers without a single fact say something"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_a_broken_family_is_told_which_promise(family: Any, promise: str) -> None:
    with pytest.raises(AssertionError, match=rf"^{type(family).__name__}, ({promise})"):
        assert_family_conforms(family)
