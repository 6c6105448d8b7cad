"""Orphans: profiles whose owner is taken out of the CRM, so that whoever is linked instead is surely wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.linking.gallery import Gallery, build_gallery
from sociolink.linking.kernel import Scored, score_batch
from sociolink.results.model import LinkModel
from sociolink.scoring.weights import round_bits
from sociolink.text.runs import starts_of_runs

__all__ = [
    "Half",
    "OrphanHits",
    "OwnedSample",
    "Owners",
    "build_halves",
    "find_owners",
    "orphan_alone",
    "orphan_with_half",
    "owners_of",
]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MAX_DECOYS = 50_000
LEAST_WEIGHT = 0.02
_SLICE = 5_000


@dataclass(frozen=True, slots=True)
class Owners:
    """Likely owners of a batch of profiles, and who would be linked without them.

    Attributes:
        profile: (n,) int64 row of the profile.
        person: (n,) int64 row of the person's first record.
        weight: (n,) P(the person owns the profile).
        heir: (n,) probability of the likeliest other person, were this one not in the CRM.
    """

    profile: Int64s
    person: Int64s
    weight: Floats
    heir: Floats


@dataclass(frozen=True, slots=True)
class OwnedSample:
    """The profiles that owners are taken from, and their likely owners.

    Attributes:
        profiles: Canonical profiles, in content order.
        owners: Their likely owners, by rows of these profiles.
    """

    profiles: pa.Table
    owners: Owners


@dataclass(frozen=True, slots=True)
class OrphanHits:
    """Orphans that were linked; one entry an owner.

    Attributes:
        hits: (owners,) profiles of the owner that were linked to somebody else, each counted as P(it is the owner's).
        size: (owners,) the same, each counted as one.
        scale: (owners,) how many hits each stands for.
        decoys: Customers who could be linked.
    """

    hits: Floats
    size: Floats
    scale: Floats
    decoys: int


@dataclass(frozen=True, slots=True)
class Half:
    """Those who stay when the others are taken out.

    Attributes:
        stays: (customers,) whether the record stays.
        decoys: People who stay.
        gallery: They alone, prepared, counted as many as all.
    """

    stays: Bools
    decoys: int
    gallery: Gallery


def _people(scored: Scored, gallery: Gallery) -> tuple[Int64s, Int64s, Int64s, Int64s]:
    """Profiles and people of the pairs with one customer; these pairs, and the entry of each."""
    pairs = scored.observed.pairs
    real = np.flatnonzero(pairs.customer >= 0)
    size = max(len(gallery), 1)
    code = pairs.profile[real].astype(np.int64) * size + gallery.person[pairs.customer[real]]
    unique, inverse = np.unique(code, return_inverse=True)
    return unique // size, unique % size, real, inverse


def _best_other(profile: Int64s, value: Floats, profiles: int) -> tuple[Floats, Floats]:
    """(entries,) the largest value among the other entries of the profile; (profiles,) the largest of all."""
    order = np.lexsort((-value, profile))
    first = starts_of_runs(profile[order])
    best, second = np.zeros(profiles), np.zeros(profiles)
    best[profile[order][first]] = value[order][first]
    leads = np.zeros(len(order), np.bool_)
    leads[order[first]] = True
    np.maximum.at(second, profile[~leads], value[~leads])
    return np.where(leads, second[profile], best[profile]), best


def find_owners(profiles: pa.Table, gallery: Gallery, model: LinkModel, *, pool: Executor | None = None) -> Owners:
    """Score profiles, and score them again without each likely owner.

    Args:
        profiles: Canonical profiles, a batch.
        gallery: The customers.
        model: The model.
        pool: Threads that score parts of the batch.

    Returns:
        Every person who may well own a profile. Without that person the others keep their likelihoods, and strangers
        who look like customers are looking like the others.
    """

    def find(begin: int) -> Owners:
        scored = score_batch(profiles.slice(begin, _SLICE).combine_chunks(), gallery, model)
        found = owners_of(scored, gallery, model)
        return replace(found, profile=found.profile + begin)

    parts = list((pool.map if pool else map)(find, range(0, max(profiles.num_rows, 1), _SLICE)))
    return Owners(*(np.concatenate([getattr(one, name) for one in parts]) for name in Owners.__slots__))


def owners_of(scored: Scored, gallery: Gallery, model: LinkModel) -> Owners:
    """The same for profiles that were scored under this model; see `find_owners`."""
    profile, person, real, inverse = _people(scored, gallery)
    size = len(profile)
    own = np.bincount(inverse, weights=scored.posterior.pair[real], minlength=size).astype(np.float64)
    profiles, pairs = scored.observed.profiles, scored.observed.pairs
    other, _ = _best_other(profile, own, profiles)
    strangers = scored.posterior.nobody[profile]
    for family, share in model.lookalike.items():
        if family not in scored.by_family or share <= 0:
            continue
        ratio = pairs.count * 2.0 ** np.clip(scored.by_family[family], -900, 900) / max(gallery.people, 1)
        mean = np.bincount(pairs.profile, weights=ratio, minlength=profiles)[profile]
        rest = np.maximum(mean - np.bincount(inverse, weights=ratio[real], minlength=size), 0.0)
        strangers = strangers * (1 - share + share * rest) / (1 - share + share * mean)
    everybody = np.bincount(pairs.profile, weights=scored.posterior.pair, minlength=profiles)[profile]
    left = np.maximum(everybody - own, other) + strangers
    kept = own >= LEAST_WEIGHT
    heir = np.divide(other, left, out=np.zeros(size), where=left > 0)
    return Owners(profile[kept], person[kept], round_bits(own[kept]), heir[kept])


def _by_person(owners: Owners, times: Floats, scale: Floats, decoys: int) -> OrphanHits:
    some = times > 0
    person, first, inverse = np.unique(owners.person[some], return_index=True, return_inverse=True)
    hits = np.bincount(inverse, weights=(owners.weight * times)[some], minlength=len(person))
    size = np.bincount(inverse, weights=times[some], minlength=len(person))
    return OrphanHits(hits.astype(np.float64), size.astype(np.float64), scale[some][first], decoys)


def orphan_alone(owners: Owners, gallery: Gallery, *, threshold: float) -> OrphanHits:
    """Orphans when one owner at a time is taken out, whose name the CRM still knows.

    Args:
        owners: Likely owners.
        gallery: The customers.
        threshold: Least probability of a link.

    Returns:
        Rather too few hits: what a stranger's name is, the CRM often does not know.
    """
    times = (owners.heir >= threshold).astype(np.float64)
    return _by_person(owners, times, np.ones(len(times)), gallery.people)


def build_halves(
    customers: pa.Table,
    gallery: Gallery,
    population: Mapping[str, Mapping[str, Any]],
    *,
    seed: int,
    threads: int | None = None,
) -> tuple[Half, ...]:
    """Prepare half of the people alone, and then the other half.

    Args:
        customers: Canonical customers, in the order of the gallery.
        gallery: The customers, prepared.
        population: What each family learned.
        seed: Says who stays.
        threads: How many threads may be used.

    Returns:
        The halves; at most `MAX_DECOYS` people in each.
    """

    def build(stays: Bools) -> Half:
        few = customers.filter(pa.array(stays)).combine_chunks()
        left = build_gallery(few, gallery.families, population, threads=threads)
        return Half(stays, left.people, replace(left, people=gallery.people))

    return tuple(build(stays) for stays in _halves(gallery, seed))


def _halves(gallery: Gallery, seed: int) -> Iterator[Bools]:
    """(customers,) who stays, twice: one half of the people and then the other, or as many as are allowed; if any."""
    people = np.random.default_rng(seed).permutation(np.flatnonzero(gallery.person == np.arange(len(gallery))))
    size = min(len(people) // 2, MAX_DECOYS)
    for part in (people[:size], people[size : 2 * size]) if size else ():
        stays = np.zeros(len(gallery), np.bool_)
        stays[part] = True
        yield stays[gallery.person]


def orphan_with_half(
    profiles: pa.Table,
    owners: Owners,
    halves: Sequence[Half],
    gallery: Gallery,
    model: LinkModel,
    *,
    threshold: float,
    pool: Executor | None = None,
) -> OrphanHits:
    """Orphans when half of all people are taken out, and their names with them; then the other half.

    Model, coverage and number of customers stay as they are.

    Args:
        profiles: Canonical profiles, those of the owners.
        owners: Likely owners.
        halves: The halves of `build_halves`.
        gallery: The customers, prepared.
        model: The model.
        threshold: Least probability of a link.
        pool: Threads that score the halves.

    Returns:
        Rather too many hits: half a CRM knows fewer names than a whole one.
    """
    found = (pool.map if pool else map)(lambda half: _linked_to(half, profiles, owners, model, threshold), halves)
    times, chances = np.zeros(len(owners.weight)), np.zeros(len(owners.weight))
    decoys = 0
    for half, linked in zip(halves, found, strict=True):
        gone = ~half.stays[owners.person]
        chances += gone
        if linked is None:
            continue
        decoys += half.decoys
        times += gone & linked[owners.profile]
    scale = 2 * gallery.people / max(decoys, 1) / np.maximum(chances, 1)
    return _by_person(owners, times, scale, decoys)


def _linked_to(half: Half, profiles: pa.Table, owners: Owners, model: LinkModel, threshold: float) -> Bools | None:
    """(profiles,) whether a profile whose owner is gone is linked to one of this half; None if there is no such one."""
    rows = np.unique(owners.profile[~half.stays[owners.person]])
    if len(rows) == 0:
        return None
    scored = score_batch(profiles.take(pa.array(rows)).combine_chunks(), half.gallery, model)
    profile, _, real, inverse = _people(scored, half.gallery)
    value = np.bincount(inverse, weights=scored.posterior.pair[real], minlength=len(profile)).astype(np.float64)
    linked = np.zeros(profiles.num_rows, np.bool_)
    linked[rows] = _best_other(profile, value, len(rows))[1] >= threshold
    return linked
