"""Finished links judged together: each profile's answers anew, given whose the other profiles are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.scoring.joint import Claims, Rates, learn_rates, resolve_claims
from sociolink.scoring.rivals import find_rivals, measure_margins
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import sorted_distinct

__all__ = ["ADDED", "Resolution", "resolve_table"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

ADDED: Final = ("joint_bits", "unit_id")
"""Columns of resolved links: log2 of what the other profiles say, and the unit whose accounts share a handle."""

_FLOOR = 1e-300
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a joint pass found.

    Attributes:
        table: The links, with `ADDED` columns.
        rates: What further accounts are worth.
        units: Units of profiles that show one fact, single profiles included.
        moved: Profiles whose best answer is another one than before.
    """

    table: pa.Table
    rates: Rates
    units: int
    moved: int

    @property
    def summary(self) -> dict[str, float]:
        """Units, profiles moved, and the rates."""
        rates = {"rate_other_platform": self.rates.other, "rate_same_platform": self.rates.same}
        return {"units": self.units, "profiles_moved": self.moved, **rates}


def resolve_table(
    table: pa.Table, *, keys: pa.Table, people: int, known_accounts: pa.Table | None = None
) -> Resolution:
    """Judge all profiles of the links together.

    Args:
        table: Links of one run, each profile judged alone.
        keys: profile_id, platform and handle_core of the profiles, one row each.
        people: Number of people in the CRM.
        known_accounts: group_id, platform and handle_core of accounts that people are known to have, or None.

    Returns:
        The links with new probabilities, ranks, margins and runners-up, to be decided anew; bits stay as they are.
    """
    keys = keys.combine_chunks()
    profile = _codes(table["profile_id"], keys["profile_id"])
    listed = np.flatnonzero(np.asarray(table["rank"]) > 0)
    accounts = known_accounts if known_accounts is not None else keys.select(["platform", "handle_core"]).slice(0, 0)
    unit = _find_units(keys, accounts)
    claims, row_claim = _collect_claims(table, listed, profile, keys, unit, accounts, people)
    rates = learn_rates(claims)
    factor = resolve_claims(claims, rates)[row_claim]
    answers = _refresh(table, listed, profile, factor)
    order = np.lexsort((np.asarray(table["rank"]), -np.nan_to_num(answers["group_probability"]), profile))
    fresh, moved = _assemble(table, answers, order, profile)
    told = np.bincount(profile[listed], factor != 1, len(keys)) > 0
    fresh = _with_rivals(fresh, profile[order], answers["nobody_probability"][order], told)
    bits = np.full(len(profile), np.nan)
    bits[listed] = np.log2(np.maximum(factor, _FLOOR))
    fresh = fresh.append_column("joint_bits", pa.array(bits[order], from_pandas=True))
    name = _name_units(keys["profile_id"], unit[: keys.num_rows])
    fresh = fresh.append_column("unit_id", name.take(pa.array(profile[order])))
    units = len(np.unique(unit[: keys.num_rows]))
    return Resolution(fresh.combine_chunks(), rates, units, moved)


def _codes(values: pa.ChunkedArray, among: pa.ChunkedArray) -> Int64s:
    return np.asarray(pc.index_in(values, value_set=among.combine_chunks()), np.int64)


def _dense(*columns: pa.ChunkedArray) -> Int64s:
    """Numbers of the values, in the order of the values, over all columns."""
    values = pa.chunked_array([chunk for one in columns for chunk in pc.fill_null(one, "").chunks], pa.string())
    ordered = sorted_distinct(values)
    return np.asarray(pc.index_in(values, value_set=ordered), np.int64).reshape(-1)


def _find_units(keys: pa.Table, accounts: pa.Table) -> Int64s:
    """Accounts with the same handle, where no platform has it twice; every other account is a unit of its own."""
    handle = _dense(keys["handle_core"], accounts["handle_core"])
    platform = _dense(keys["platform"], accounts["platform"])
    cores = pa.chunked_array(
        [chunk for one in (keys, accounts) for chunk in pc.fill_null(one["handle_core"], "").chunks], pa.string()
    )
    long = np.asarray(pc.greater_equal(pc.utf8_length(cores), _SHORTEST), np.bool_).reshape(-1)
    of_profiles = np.arange(len(handle)) < keys.num_rows
    code, count = np.unique((handle * (platform.max(initial=0) + 1) + platform)[of_profiles], return_counts=True)
    twice = np.unique(code[count > 1] // (platform.max(initial=0) + 1))
    together = long & ~np.isin(handle, twice)
    unit = np.where(together, handle, len(handle) + np.arange(len(handle)))
    return np.unique(unit, return_inverse=True)[1].astype(np.int64)


def _collect_claims(
    table: pa.Table,
    listed: Int64s,
    profile: Int64s,
    keys: pa.Table,
    unit: Int64s,
    accounts: pa.Table,
    people: int,
) -> tuple[Claims, Int64s]:
    """One claim for each profile and person, then one that is certain for each known account; and each row's claim."""
    groups = table["group_id"].take(pa.array(listed))
    known = accounts["group_id"] if "group_id" in accounts.column_names else groups.slice(0, 0)
    person = _dense(groups, known)
    code = profile[listed] * (int(person.max(initial=0)) + 1) + person[: len(listed)]
    first, row_claim = np.unique(code, return_index=True, return_inverse=True)[1:]
    chance = np.nan_to_num(np.asarray(table["group_probability"].take(pa.array(listed)), np.float64))
    share = np.asarray(table["probability"].take(pa.array(listed)), np.float64)
    solo = np.minimum(np.bincount(row_claim, np.rint(share * 2.0**40), len(first)) / 2.0**40, chance[first])
    claims = Claims(
        profile=np.concatenate([profile[listed][first], keys.num_rows + np.arange(len(known))]).astype(np.int64),
        person=np.concatenate([person[: len(listed)][first], person[len(listed) :]]).astype(np.int64),
        solo=np.concatenate([solo, np.ones(len(known))]),
        platform=_dense(keys["platform"], accounts["platform"]),
        unit=unit,
        people=people,
    )
    return claims, row_claim.astype(np.int64)


def _refresh(table: pa.Table, listed: Int64s, profile: Int64s, factor: Floats) -> dict[str, Floats]:
    """Probabilities of all rows, adding up to 1 again; profiles to which nothing is said keep theirs to the bit."""
    out = {
        name: np.array(table[name].to_numpy(zero_copy_only=False), np.float64)
        for name in ("probability", "group_probability", "nobody_probability", "rest_probability")
    }
    size = int(profile.max(initial=-1)) + 1
    change = np.bincount(profile[listed], np.rint(out["probability"][listed] * (factor - 1) * 2.0**40), size) / 2.0**40
    told = np.bincount(profile[listed], factor != 1, size) > 0
    whole = np.where(told, 1 + change, 1.0)[profile]
    weight = np.ones(len(profile))
    weight[listed] = factor
    for name in ("probability", "group_probability"):
        out[name] = out[name] * weight / whole
    for name in ("nobody_probability", "rest_probability"):
        out[name] = out[name] / whole
    return out


def _assemble(table: pa.Table, answers: dict[str, Floats], order: Int64s, profile: Int64s) -> tuple[pa.Table, int]:
    """The table in its new order, with new ranks, and how many profiles have another best answer."""
    before = np.asarray(table["rank"])
    owner = profile[order]
    begin = np.flatnonzero(starts_of_runs(owner))
    position = np.arange(len(owner)) - np.repeat(begin, np.diff(np.append(begin, len(owner)))) + 1
    rank = np.where(before[order] == 0, 0, position).astype(np.int32)
    chance, nobody = np.nan_to_num(answers["group_probability"][order]), answers["nobody_probability"][order]
    was = np.nan_to_num(table["group_probability"].to_numpy(zero_copy_only=False))
    named_before = (before == 1) & (was >= table["nobody_probability"].to_numpy())
    named = (rank == 1) & (chance >= nobody)
    moved = len(np.unique(owner[named != named_before[order]]))
    fresh = table.take(pa.array(order))
    columns = {name: pa.array(values[order], from_pandas=True) for name, values in answers.items()}
    columns |= {"rank": pa.array(rank)}
    for name, column in columns.items():
        fresh = fresh.set_column(fresh.column_names.index(name), name, column)
    return fresh, moved


def _with_rivals(fresh: pa.Table, owner: Int64s, nobody: Floats, told: npt.NDArray[np.bool_]) -> pa.Table:
    """The table with the best other answer of each listed customer, where the profile is told something."""
    rows = np.flatnonzero((np.asarray(fresh["rank"]) > 0) & told[owner])
    of_profile = np.zeros(len(told))
    of_profile[owner] = nobody
    group = fresh["group_probability"].to_numpy(zero_copy_only=False)[rows]
    person = _dense(fresh["group_id"].take(pa.array(rows)))
    rival, chance = find_rivals(owner[rows], person, group, of_profile)
    known = rival >= 0
    name = fresh["customer_id"].combine_chunks().take(pa.array(rows[rival], mask=~known))
    columns = {"margin": pa.array(measure_margins(group, chance)), "runner_up": name, "runner_up_probability": chance}
    place = np.full(len(owner), -1, np.int64)
    place[rows] = np.arange(len(rows))
    for column, values in columns.items():
        if column in fresh.column_names:
            new = pa.array(values).take(pa.array(place, mask=place < 0))
            mixed = pc.if_else(pa.array(place >= 0), new, fresh[column].combine_chunks())
            fresh = fresh.set_column(fresh.column_names.index(column), column, mixed)
    return fresh


def _name_units(ids: pa.ChunkedArray, unit: Int64s) -> pa.Array:
    """For each profile the least id of its unit."""
    ids = ids.combine_chunks()
    order = np.lexsort((np.argsort(np.asarray(pc.sort_indices(ids))), unit))
    first = starts_of_runs(unit[order])
    lead = np.zeros(int(unit.max(initial=-1)) + 1, np.int64)
    lead[unit[order][first]] = order[first]
    return ids.take(pa.array(lead[unit]))
