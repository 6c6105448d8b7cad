"""Keys and mixtures have the right shape, and depend on nothing but the rows themselves."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sociolink.evidence.protocol import Denominator, EvidenceFamily, Keys, Mixture, Pairs
from sociolink.testing.family_checks.trial import Trial, learn_population, run_family

__all__ = ["check_background", "check_batches", "check_keys", "check_mixtures", "check_order", "expect_same_components"]

_CLOSE = 1e-6
_SEED = 7


def _trial(family: EvidenceFamily, customers: pa.Table, profiles: pa.Table) -> Trial:
    population = learn_population(family, customers, profiles=profiles)
    return run_family(family, customers, profiles=profiles, population=population)


def check_keys(family: EvidenceFamily, customers: pa.Table, *, profiles: pa.Table) -> None:
    """Check types and rows of the keys."""
    trial = _trial(family, customers, profiles)
    for side, keys, rows in (
        ("customer_keys", trial.customer_keys, customers.num_rows),
        ("profile_keys", trial.profile_keys, profiles.num_rows),
    ):
        _check_keys_of(side, keys, rows)


def _check_keys_of(side: str, keys: Keys, rows: int) -> None:
    assert keys.key.dtype == np.uint64, f"{side}: key is {keys.key.dtype} and not uint64"
    assert keys.row.dtype == np.int32, f"{side}: row is {keys.row.dtype} and not int32"
    assert keys.key.shape == keys.row.shape == (len(keys),), f"{side}: key and row differ in length"
    assert ((keys.row >= 0) & (keys.row < rows)).all(), f"{side}: a row lies outside the table"


def check_mixtures(family: EvidenceFamily, customers: pa.Table, *, profiles: pa.Table) -> None:
    """Check types, ranges and likelihoods of the channels."""
    trial = _trial(family, customers, profiles)
    names = [channel.name for channel in trial.channels]
    assert len(set(names)) == len(names), f"two channels share a name: {names}"
    for channel in trial.channels:
        own = channel.name == family.name or channel.name.startswith(f"{family.name}.")
        assert own, f"channel {channel.name!r} must be called {family.name!r} or '{family.name}.something'"
        check_mixture(channel, trial.pairs)


def check_mixture(channel: Mixture, pairs: Pairs) -> None:
    """Check one channel."""
    where, size = channel.name, len(channel.components)
    assert channel.pairs == len(pairs), f"{where}: pairs is {channel.pairs} for a batch of {len(pairs)}"
    assert len(set(channel.components)) == size > 0, f"{where}: components must be there and differ"
    for name, dtype in (("group", np.int32), ("pair", np.int32), ("component", np.int32), ("likelihood", np.float64)):
        found = getattr(channel, name).dtype
        assert found == dtype, f"{where}: {name} is {found} and not {np.dtype(dtype)}"
    assert channel.group.shape == (size,), f"{where}: group needs one number a component"
    assert channel.pair.shape == channel.component.shape == channel.likelihood.shape, (
        f"{where}: entries differ in length"
    )
    assert ((channel.pair >= 0) & (channel.pair < len(pairs))).all(), f"{where}: a pair lies outside the batch"
    assert ((channel.component >= 0) & (channel.component < size)).all(), f"{where}: there is no such component"
    good = np.isfinite(channel.likelihood) & (channel.likelihood > 0)
    assert good.all(), f"{where}: a likelihood is not finite and above 0"
    if channel.denominator is None:
        alone = pairs.customer[channel.pair] >= 0
        assert alone.all(), f"{where}: a pair of customers who were not compared one by one (-1) has an entry"
    else:
        _check_denominator(where, channel.denominator, pairs, size)


def _check_denominator(where: str, below: Denominator, pairs: Pairs, size: int) -> None:
    rows = len(below.opaque)
    assert below.of_pair.shape == (len(pairs),), f"{where}: of_pair needs one row a pair"
    assert ((below.of_pair >= -1) & (below.of_pair < rows)).all(), f"{where}: of_pair names a row that is not there"
    assert ((below.row >= 0) & (below.row < rows)).all(), f"{where}: the denominator has an entry outside its rows"
    assert ((below.component >= 0) & (below.component < size)).all(), f"{where}: the denominator has no such component"
    assert ((below.opaque >= 0) & (below.opaque < size)).all(), f"{where}: opaque names no component"
    good = np.isfinite(below.likelihood) & (below.likelihood > 0)
    assert good.all(), f"{where}: a likelihood of the denominator is not finite and above 0"
    filled = np.isin(below.of_pair[below.of_pair >= 0], below.row)
    assert filled.all(), f"{where}: a pair is divided by a row without entries"


def expect_same_components(expected: Trial, found: Trial, *, where: str) -> None:
    """Fail unless two runs have the same channels, components and groups."""
    for one, other in zip(expected.channels, found.channels, strict=True):
        same = (one.name, one.components) == (other.name, other.components)
        same = same and np.array_equal(one.group, other.group)
        assert same, f"{where}: {one.name} has other components"


def _expect_same_bits(expected: Trial, found: Trial, rows: slice | list[int], *, where: str) -> None:
    expect_same_components(expected, found, where=where)
    wanted = expected.bits[rows]
    assert np.allclose(wanted, found.bits, rtol=0, atol=_CLOSE), (
        f"{where}: bits differ by up to {np.abs(wanted - found.bits).max():.3g}"
    )


def check_batches(family: EvidenceFamily, customers: pa.Table, *, profiles: pa.Table) -> None:
    """Check that a profile gets the same answer alone and among others."""
    population = learn_population(family, customers, profiles=profiles)
    whole = run_family(family, customers, profiles=profiles, population=population)
    for row in range(profiles.num_rows):
        alone = run_family(family, customers, profiles=profiles.slice(row, 1), population=population)
        _expect_same_bits(whole, alone, slice(row, row + 1), where=f"profile {row} in a batch of its own")


def check_order(family: EvidenceFamily, customers: pa.Table, *, profiles: pa.Table) -> None:
    """Check that the order of rows and the names of ids do not matter."""
    random = np.random.default_rng(_SEED)
    own, theirs = random.permutation(customers.num_rows), random.permutation(profiles.num_rows)
    straight = _trial(family, customers, profiles)
    moved = _trial(family, _renamed(customers.take(pa.array(own))), _renamed(profiles.take(pa.array(theirs))))
    expect_same_components(straight, moved, where="rows in another order, ids renamed")
    wanted = straight.bits[theirs][:, np.append(own, customers.num_rows)]
    assert np.allclose(wanted, moved.bits, rtol=0, atol=_CLOSE), (
        f"rows in another order, ids renamed: bits differ by up to {np.abs(wanted - moved.bits).max():.3g}"
    )


def _renamed(table: pa.Table) -> pa.Table:
    for name in {"customer_id", "profile_id"} & set(table.column_names):
        ids = pa.array([f"renamed {number * 31 % 97} {number}" for number in range(table.num_rows)], pa.string())
        table = table.set_column(table.column_names.index(name), name, ids)
    return table


def check_background(family: EvidenceFamily, customers: pa.Table, *, profiles: pa.Table) -> None:
    """Check that customers against a background of others are judged by the frequencies of that background."""
    population = learn_population(family, customers, profiles=profiles)
    whole = run_family(family, customers, profiles=profiles, population=population)
    few = list(range(0, customers.num_rows, 2))
    part = run_family(
        family,
        customers.take(pa.array(few, pa.int64())),
        profiles=profiles,
        population=population,
        background=whole.customers,
    )
    expect_same_components(whole, part, where="a background")
    wanted = whole.bits[:, [*few, customers.num_rows]]
    assert np.allclose(wanted, part.bits, rtol=0, atol=_CLOSE), (
        f"some customers against the background of all: bits differ by up to {np.abs(wanted - part.bits).max():.3g}"
    )
