"""Empty tables and empty columns are nothing special, and what is missing says nothing."""

from __future__ import annotations

import pyarrow as pa

from sociolink.evidence.protocol import EvidenceFamily
from sociolink.testing.family_checks.answers import check_mixture, expect_same_components
from sociolink.testing.family_checks.trial import learn_population, run_family

__all__ = ["check_empty", "check_missing"]

_KEPT = ("customer_id", "profile_id", "platform", "handle")


def check_empty(family: EvidenceFamily, customers: pa.Table, *, profiles: pa.Table) -> None:
    """Check that tables without rows work, on either side and on both, also to learn from."""
    full = learn_population(family, customers, profiles=profiles)
    whole = run_family(family, customers, profiles=profiles, population=full)
    for own in (customers, customers.slice(0, 0)):
        for theirs in (profiles, profiles.slice(0, 0)):
            where = f"{own.num_rows} customers and {theirs.num_rows} profiles"
            trial = run_family(family, own, profiles=theirs, population=full)
            expect_same_components(whole, trial, where=where)
            learned = learn_population(family, own, profiles=theirs)
            for channel in run_family(family, customers, profiles=profiles, population=learned).channels:
                assert len(channel.pair) >= 0, where


def check_missing(family: EvidenceFamily, customers: pa.Table, *, profiles: pa.Table) -> None:
    """Check that columns of nulls work, and that a customer of whom nothing is known says nothing."""
    for own, theirs in (
        (without_facts(customers), profiles),
        (customers, without_facts(profiles)),
        (without_facts(customers), without_facts(profiles)),
    ):
        population = learn_population(family, own, profiles=theirs)
        trial = run_family(family, own, profiles=theirs, population=population)
        for channel in trial.channels:
            check_mixture(channel, trial.pairs)
            nothing = channel.denominator is None and own is not customers
            assert not (nothing and len(channel.pair)), f"{channel.name}: customers without a single fact say something"


def without_facts(table: pa.Table) -> pa.Table:
    """The table with nulls in all columns but ids, platform and handle."""
    for index, field in enumerate(table.schema):
        if field.name not in _KEPT:
            table = table.set_column(index, field, pa.nulls(table.num_rows, field.type))
    return table
