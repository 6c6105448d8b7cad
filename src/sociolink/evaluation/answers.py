"""What ranked links answer for each profile of the truth, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import sorted_distinct

__all__ = ["Answers", "Codes", "Flags", "Floats", "persons_of", "read_answers"]

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Codes: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What links say of each profile of the truth, in the truth's order; all that the measures need.

    Attributes:
        top: Probability of the top customer, in [0, 1]; 0 where none is listed.
        right: Whether that customer is the owner.
        is_customer: Whether the profile belongs to a customer.
        true: Probability given to the true answer, in [0, 1].
        brier: Squared distance between the stated probabilities and the truth.
        nobody: Probability given to nobody.
        listed: Whether the owner is listed at all.
        customers: Number of persons listed.
        owner: A number for each owner; non-customers have one each.
    """

    top: Floats
    right: Flags
    is_customer: Flags
    true: Floats
    brier: Floats
    nobody: Floats
    listed: Flags
    customers: Codes
    owner: Codes


def read_answers(links: pa.Table, truth: pa.Table, *, groups: pa.Table | None = None) -> Answers:
    """Find, for each profile of the truth, what the links say; see `score_links` for the tables."""
    profile_of_truth, profile_of_link = _encode(truth.column("profile_id"), links.column("profile_id"))
    owner, person = _encode(
        persons_of(truth.column("customer_id"), groups), persons_of(links.column("customer_id"), groups)
    )
    is_customer = owner >= 0
    profiles = int(max(profile_of_truth.max(initial=-1), profile_of_link.max(initial=-1))) + 1
    persons = int(max(owner.max(initial=-1), person.max(initial=-1))) + 1
    probability = _floats(links.column("probability"))

    kept = (person >= 0) & (profile_of_link >= 0) & ~np.isnan(probability)
    pairs, weights = _one_row_a_person(profile_of_link[kept], person[kept], probability[kept], profiles, persons)
    profile = pairs // max(persons, 1)
    total = np.bincount(profile, weights, minlength=profiles)
    squares = np.bincount(profile, weights**2, minlength=profiles)
    customers = np.bincount(profile, minlength=profiles)
    nobody = 1 - np.minimum(total, 1)
    if "nobody_probability" in links.column_names:
        stated = _highest(profile_of_link, _floats(links.column("nobody_probability")), profiles)
        nobody = np.where(np.isnan(stated), nobody, stated)

    best_person, best_weight = _best(pairs, weights, profiles, persons)
    right = is_customer & (best_person[profile_of_truth] == owner)
    own, listed = _weights_of(pairs, weights, profile_of_truth * persons + owner)
    listed &= is_customer
    true = np.where(is_customer, np.where(listed, own, 0.0), nobody[profile_of_truth])
    stranger = persons + np.arange(len(owner))
    return Answers(
        top=np.clip(best_weight, 0, 1)[profile_of_truth],
        right=right,
        is_customer=is_customer,
        true=np.clip(true, 0, 1),
        brier=(squares + nobody**2)[profile_of_truth] - 2 * true + 1,
        nobody=nobody[profile_of_truth],
        listed=listed,
        customers=customers[profile_of_truth],
        owner=np.unique(np.where(is_customer, owner, stranger), return_inverse=True)[1].astype(np.int64),
    )


def _encode(*columns: pa.ChunkedArray | pa.Array) -> list[Codes]:
    """Numbers for the strings of all columns together, in the order of the strings; -1 for null."""
    strings = [column.cast(pa.string()) for column in columns]
    chunks = [chunk for column in strings for chunk in (column.chunks if hasattr(column, "chunks") else [column])]
    distinct = sorted_distinct(pa.chunked_array(chunks, pa.string()).drop_null())
    places = [pc.fill_null(pc.index_in(column, value_set=distinct), -1) for column in strings]
    return [np.asarray(place, dtype=np.int64) for place in places]


def persons_of(customers: pa.ChunkedArray, groups: pa.Table | None) -> pa.ChunkedArray | pa.Array:
    """The person of each record: its group, or the record itself where it is in none."""
    customers = customers.cast(pa.string())
    if groups is None:
        return customers
    members = groups.column("customer_id").cast(pa.string()).combine_chunks()
    group = groups.column("group_id").cast(pa.string()).combine_chunks().take(pc.index_in(customers, value_set=members))
    return pc.coalesce(group, customers)


def _floats(column: pa.ChunkedArray) -> Floats:
    """Numbers, also where a file holds them as text; NaN for null."""
    return np.asarray(pc.fill_null(column.cast(pa.float64()), float("nan")), dtype=np.float64)


def _one_row_a_person(
    profile: Codes, person: Codes, probability: Floats, profiles: int, persons: int
) -> tuple[Codes, Floats]:
    """Pairs of profile and person, ascending, as `profile * persons + person`, and the weight of each."""
    if not len(profile):
        return np.zeros(0, np.int64), np.zeros(0)
    adds_up = np.bincount(profile, probability, minlength=profiles)[np.unique(profile)].max() <= 1 + 1e-6
    pairs = profile * persons + person
    order = np.argsort(pairs, kind="stable")
    pairs, probability = pairs[order], probability[order]
    starts = np.flatnonzero(starts_of_runs(pairs))
    combine: Any = np.add if adds_up else np.maximum
    return pairs[starts], combine.reduceat(probability, starts)


def _best(pairs: Codes, weights: Floats, profiles: int, persons: int) -> tuple[Codes, Floats]:
    """For each profile the person of the highest weight (the first by id of equals) and that; -1 and 0 for none."""
    best_person, best_weight = np.full(profiles, -1, np.int64), np.zeros(profiles)
    if len(pairs):
        profile, person = pairs // persons, pairs % persons
        order = np.lexsort((person, -weights, profile))
        first = order[starts_of_runs(profile[order])]
        best_person[profile[first]], best_weight[profile[first]] = person[first], weights[first]
    return best_person, best_weight


def _weights_of(pairs: Codes, weights: Floats, wanted: Codes) -> tuple[Floats, Flags]:
    """The weight of each wanted pair, and whether there is one; of those that are not there, any weight."""
    if not len(pairs):
        return np.zeros(len(wanted)), np.zeros(len(wanted), bool)
    place = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
    return weights[place], pairs[place] == wanted


def _highest(profile: Codes, values: Floats, profiles: int) -> Floats:
    """The highest value of each profile; NaN where it has none."""
    highest = np.full(profiles, -np.inf)
    kept = (profile >= 0) & ~np.isnan(values)
    np.maximum.at(highest, profile[kept], values[kept])
    return np.where(np.isneginf(highest), np.nan, highest)
