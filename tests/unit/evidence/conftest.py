"""What a family of levels says about every pair of a few made-up rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest

from sociolink.records.columns import arrow_schema
from sociolink.testing.family_checks.trial import learn_population, run_family

Told = dict[tuple[int, int], tuple[str, float]]


def make_table(kind: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    key = "customer_id" if kind == "customers" else "profile_id"
    base = {} if kind == "customers" else {"platform": "twitter", "handle": "somebody"}
    numbered = [{key: f"{kind[0]}{number}"} | base | row for number, row in enumerate(rows)]
    return pa.Table.from_pylist(numbered, schema=arrow_schema(kind))


@pytest.fixture(scope="session")
def table() -> Callable[[str, Sequence[dict[str, Any]]], pa.Table]:
    return make_table


@pytest.fixture(scope="session")
def tell() -> Callable[..., Told]:
    """(profile, customer) -> (level, P(level | a random person)), for the pairs that say something."""

    def run(family: Any, customers: Sequence[dict[str, Any]], profiles: Sequence[dict[str, Any]]) -> Told:
        own, theirs = make_table("customers", customers), make_table("profiles", profiles)
        population = learn_population(family, own, profiles=theirs)
        trial = run_family(family, own, profiles=theirs, population=population)
        (channel,) = trial.channels
        entries = zip(channel.pair.tolist(), channel.component.tolist(), channel.likelihood.tolist(), strict=True)
        return {
            (int(trial.pairs.profile[pair]), int(trial.pairs.customer[pair])): (
                channel.components[component],
                1 / ratio,
            )
            for pair, component, ratio in entries
        }

    return run


@pytest.fixture(scope="session")
def met() -> Callable[..., set[tuple[int, int]]]:
    """(profile, customer) of the pairs that share a key."""

    def run(
        family: Any, customers: Sequence[dict[str, Any]], profiles: Sequence[dict[str, Any]]
    ) -> set[tuple[int, int]]:
        own, theirs = make_table("customers", customers), make_table("profiles", profiles)
        trial = run_family(family, own, profiles=theirs, population=learn_population(family, own, profiles=theirs))
        return {
            (int(profile), int(customer))
            for key, profile in zip(trial.profile_keys.key, trial.profile_keys.row, strict=True)
            for customer in trial.customer_keys.row[trial.customer_keys.key == key]
        }

    return run
