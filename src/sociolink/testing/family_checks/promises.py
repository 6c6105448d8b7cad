"""A family is frozen, learns plain data without persons, and names and explains all its components."""

from __future__ import annotations

import json

import pyarrow as pa

from sociolink.evidence.protocol import EvidenceFamily
from sociolink.testing.family_checks.trial import learn_population, run_family

__all__ = ["check_promises"]

_MIN_TELLING = 6


def check_promises(family: EvidenceFamily, customers: pa.Table, *, profiles: pa.Table) -> None:
    """Check protocol, name, frozenness, what is learned, the prior and the phrases."""
    assert isinstance(family, EvidenceFamily), "it lacks a method of EvidenceFamily"
    one_word = family.name.isidentifier() and family.name.islower()
    assert one_word, "its name must be one word in small letters"
    _check_frozen(family)
    learned = family.learn(profiles, customers)
    population = learn_population(family, customers, profiles=profiles)
    assert population == learned, "what it learns must come back from JSON as it was"
    _check_no_person(json.dumps(learned), customers, profiles)
    channels = run_family(family, customers, profiles=profiles, population=population).channels
    prior = family.prior(population)
    assert set(prior) == {channel.name for channel in channels}, "prior() names a channel that it does not give"
    for channel in channels:
        stated = set(prior[channel.name])
        assert stated == set(channel.components), f"prior() names a component that {channel.name} does not have"
        assert all(count > 0 for count in prior[channel.name].values()), "a pseudo-count must be above 0"
        for component in channel.components:
            phrase = family.describe(component)
            said = isinstance(phrase, str) and phrase != "" and phrase == phrase.strip()
            assert said, f"describe({component!r}) must be a phrase"


def _check_frozen(family: EvidenceFamily) -> None:
    try:
        family.name = family.name  # type: ignore[misc]
    except (AttributeError, TypeError):
        return
    raise AssertionError("it must be frozen: attributes can be set")


def _check_no_person(learned: str, customers: pa.Table, profiles: pa.Table) -> None:
    for table in (customers, profiles):
        for column in {"customer_id", "profile_id", "email", "phone", "user_id"} & set(table.column_names):
            for value in table[column].to_pylist():
                for one in value if isinstance(value, list) else [value]:
                    told = one is not None and len(str(one)) >= _MIN_TELLING and str(one) in learned
                    assert not told, f"what it learns holds a value of {column}"
