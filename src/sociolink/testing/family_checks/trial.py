"""One run of a family on two tables: everything it gave, and the bits that follow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.evidence.protocol import EvidenceFamily, Hits, Keys, Mixture, Pairs, sort_keys
from sociolink.scoring.weights import start_weights, sum_channel

__all__ = ["Trial", "cross_pairs", "learn_population", "meet_keys", "run_family"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a family gave.

    Attributes:
        customers: Its prepared customers.
        profiles: Its prepared profiles.
        customer_keys: Keys of the customers, ascending.
        profile_keys: Keys of the profiles.
        pairs: Every profile with every customer, then with nobody in particular (-1).
        channels: Its channels on the pairs.
        bits: (profiles, customers + 1) bits of each pair under the weights that learning starts with.
    """

    customers: Any
    profiles: Any
    customer_keys: Keys
    profile_keys: Keys
    pairs: Pairs
    channels: tuple[Mixture, ...]
    bits: Floats


def cross_pairs(customers: int, profiles: int) -> Pairs:
    """Every profile with every customer, and once with -1."""
    width = customers + 1
    customer = np.tile(np.append(np.arange(customers), -1), profiles).astype(np.int32)
    profile = np.repeat(np.arange(profiles), width).astype(np.int32)
    return Pairs(profile, customer, np.where(customer < 0, float(max(customers, 1)), 1.0))


def meet_keys(pairs: Pairs, customer_keys: Keys, *, profile_keys: Keys) -> Hits:
    """The keys that agree for each pair, by plain loops."""
    found = []
    for pair, (profile, customer) in enumerate(zip(pairs.profile.tolist(), pairs.customer.tolist(), strict=True)):
        for theirs in np.flatnonzero(profile_keys.row == profile).tolist():
            same = (customer_keys.row == customer) & (customer_keys.key == profile_keys.key[theirs])
            found += [(pair, own, theirs) for own in np.flatnonzero(same).tolist()]
    columns = np.array(found, np.int32).reshape(-1, 3)
    return Hits(columns[:, 0], columns[:, 1], columns[:, 2])


def learn_population(family: EvidenceFamily, customers: pa.Table, *, profiles: pa.Table) -> dict[str, Any]:
    """What a family learned, as it comes back from a file."""
    loaded: dict[str, Any] = json.loads(json.dumps(family.learn(profiles, customers), allow_nan=False))
    return loaded


def run_family(
    family: EvidenceFamily,
    customers: pa.Table,
    *,
    profiles: pa.Table,
    population: Mapping[str, Any],
    background: Any | None = None,
) -> Trial:
    """Run a family on every pair of two tables."""
    own = family.prepare_customers(customers, population, background=background)
    theirs = family.prepare_profiles(profiles, own, population)
    customer_keys, profile_keys = sort_keys(family.customer_keys(own))[0], family.profile_keys(theirs)
    pairs = cross_pairs(customers.num_rows, profiles.num_rows)
    channels = family.compare(own, theirs, pairs, meet_keys(pairs, customer_keys, profile_keys=profile_keys))
    prior = family.prior(population)
    bits = np.zeros(len(pairs))
    for channel in channels:
        missing = sorted(set(channel.components) - set(prior.get(channel.name, {})))
        assert not missing, f"prior() lacks {missing[:3]} of {channel.name}"
        pseudo = np.array([prior[channel.name][component] for component in channel.components])
        bits += sum_channel(channel, start_weights(channel.group, pseudo)).bits
    shape = (profiles.num_rows, customers.num_rows + 1)
    return Trial(own, theirs, customer_keys, profile_keys, pairs, channels, bits.reshape(shape))
