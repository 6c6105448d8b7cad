"""Links recalibrated by labels: the map laid over all probabilities, and everything that follows from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import DecisionRule
from sociolink.calibration.estimates import estimate_ratio
from sociolink.calibration.reliability import Calibration, Judgements, OddsMap, answer_shares, fit_map
from sociolink.results.best_answers import exact_total, read_best
from sociolink.results.decisions import decide_table
from sociolink.results.labels.labelled import IS_NOT, NOBODY, SKIP, Labelled, read_labelled

__all__ = ["check_table", "map_table", "recalibrate_table"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_FLOOR: Final = 1e-300


def recalibrate_table(table: pa.Table, labels: Any, rule: DecisionRule) -> tuple[pa.Table, Calibration]:
    """Links with recalibrated probabilities, decided anew, and the account of it; see `Links.recalibrate`."""
    after, account, _ = _bend(table, labels, rule)
    return after, account


def check_table(table: pa.Table, labels: Any, rule: DecisionRule) -> Calibration:
    """What labels say of the links as they are, and what recalibrating would change; see `Links.recalibrate`."""
    _, account, interval = _bend(table, labels, rule)
    return replace(account, method="checked", interval=interval)


def _bend(table: pa.Table, labels: Any, rule: DecisionRule) -> tuple[pa.Table, Calibration, tuple[float, float] | None]:
    """Links after the map of the labels, the account of it, and the interval of false links among those of before."""
    found = read_labelled(table, labels)
    found = found.keep(found.verdict != SKIP, reason="skipped")
    by = fit_map(_judgements(table, found))
    before, after = read_best(table), map_table(table, by)
    after = decide_table(after, rule)
    now = read_best(after)
    changes = {
        "decisions": int((before.decided != now.decided).sum()),
        "links_before": int(before.linked.sum()),
        "links_after": int(now.linked.sum()),
        "claimed_before": round(exact_total(before.chance) / max(len(before.row), 1), 6),
        "claimed_after": round(exact_total(now.chance) / max(len(now.row), 1), 6),
    }
    aside = found.say_aside()
    data = f"{len(found.place):,} labels" + (f" ({aside} set aside)" if aside else "")
    account = Calibration("labels", data, len(found.place), _false_interval(found, now.linked), by.to_dict(), changes)
    return after, account, _false_interval(found, before.linked)


def _false_interval(found: Labelled, linked: npt.NDArray[np.bool_]) -> tuple[float, float] | None:
    """Interval of the share of false links among the links made; None where the labels are no sample."""
    if np.isnan(found.inclusion).any():
        return None
    made = linked[found.place].astype(np.float64)
    share = estimate_ratio(made * ~found.right, made, found.inclusion)
    return None if share is None else (round(share.low, 6), round(share.high, 6))


class _Units:
    """The people listed for each profile, and the rest of the customers as one, with their log odds against nobody."""

    __slots__ = ("bits", "fixed", "nobody", "people", "profile", "profiles", "rest", "row", "unit_of_row")

    def __init__(self, table: pa.Table) -> None:
        best = read_best(table)
        rows, self.profiles = table.num_rows, len(best.row)
        self.profile = np.repeat(np.arange(self.profiles), np.diff(np.append(best.row, rows)))
        person = np.asarray(pc.fill_null(table["group_id"].combine_chunks().dictionary_encode().indices, -1), np.int64)
        _, first, code = np.unique(
            self.profile * (int(person.max(initial=-1)) + 2) + person, return_index=True, return_inverse=True
        )
        order = np.argsort(first)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        self.row = first[order].astype(np.int64)
        self.unit_of_row = place[code]
        chance = _floats(table["group_probability"])
        self.people = chance[self.row]
        self.nobody = best.nobody
        mass = np.bincount(self.profile[self.row], weights=self.people, minlength=self.profiles)
        self.rest = np.clip(1 - best.nobody - mass, 0, 1)
        self.fixed = (best.nobody >= 1) | (best.chance >= 1)
        with np.errstate(divide="ignore"):
            weight = np.concatenate([self.people, self.rest])
            against = np.maximum(self.nobody, _FLOOR)[self.owner]
            self.bits = np.log2(weight) - np.log2(against)

    @property
    def owner(self) -> Codes:
        """(people + profiles,) profile of each unit: the people, then the rest of each profile."""
        return np.concatenate([self.profile[self.row], np.arange(self.profiles)])


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.fill_null(column, 0.0).to_numpy(), np.float64)


def _judgements(table: pa.Table, found: Labelled) -> Judgements:
    """The labelled profiles with what they could have been."""
    units = _Units(table)
    kept = ~units.fixed[found.place]
    place, verdict, row = found.place[kept], found.verdict[kept], found.row[kept]
    number = np.full(units.profiles, -1, np.int64)
    number[place] = np.arange(len(place))
    of_unit = number[units.owner]
    chosen = np.flatnonzero(of_unit >= 0)
    chosen = chosen[np.argsort(of_unit[chosen], kind="stable")]
    at = np.empty(len(of_unit), np.int64)
    at[chosen] = np.arange(len(chosen))
    listed = units.unit_of_row[np.maximum(row, 0)]
    unit = np.where(row >= 0, listed, len(units.row) + place)
    best = units.unit_of_row[found.best.row[place]]
    unit = np.where(verdict == IS_NOT, best, unit)
    inclusion = found.inclusion[kept]
    weight = 1 / np.where(np.isnan(inclusion), 1.0, inclusion)
    known = ~np.isnan(inclusion)
    if known.any() and not known.all():
        weight[~known] = weight[known].min()
    return Judgements(
        of_unit[chosen],
        units.bits[chosen],
        np.where(verdict == NOBODY, -1, at[unit]),
        verdict != IS_NOT,
        weight,
        chosen >= len(units.row),
    )


def map_table(table: pa.Table, by: OddsMap) -> pa.Table:
    """All probabilities of the links under the map, and what follows from them but the decisions.

    The records of a person share their probability as before. Profiles whose answer is certain stay.

    Args:
        table: The links.
        by: The map.

    Returns:
        The links with other probabilities and margins, in the same order.
    """
    if by == OddsMap() or table.num_rows == 0:
        return table
    units = _Units(table)
    owner, people = units.owner, len(units.row)
    mapped = by.apply(units.bits, is_rest=np.arange(len(owner)) >= people)
    chance, none = answer_shares(mapped, owner, units.profiles)
    fixed = units.fixed
    chance = np.where(fixed[owner], np.concatenate([units.people, units.rest]), chance)
    nobody = np.where(fixed, units.nobody, none)
    group = chance[:people][units.unit_of_row]
    scale = np.divide(group, units.people[units.unit_of_row], out=np.zeros(table.num_rows), where=group > 0)
    own = _floats(table["probability"]) * scale
    mass = np.bincount(units.profile, weights=own, minlength=units.profiles)
    rest = np.clip(1 - nobody - mass, 0, 1)
    rest = np.where(fixed, _floats(table["rest_probability"])[read_best(table).row], rest)
    columns = {
        "probability": own,
        "group_probability": group,
        "nobody_probability": nobody[units.profile],
        "rest_probability": rest[units.profile],
    }
    runner, other = _best_other(table, units, by, mapped, nobody, chance)
    columns["margin"] = np.log2(np.maximum(group, _FLOOR)) - np.log2(np.maximum(other, _FLOOR))
    if "runner_up_probability" in table.column_names:
        columns["runner_up_probability"] = other
        table = table.set_column(table.column_names.index("runner_up"), "runner_up", runner)
    for name, values in columns.items():
        column = pc.if_else(pc.is_null(table[name]).combine_chunks(), None, pa.array(values))
        table = table.set_column(table.column_names.index(name), name, column)
    return table


def _best_other(
    table: pa.Table, units: _Units, by: OddsMap, mapped: Floats, nobody: Floats, chance: Floats
) -> tuple[pa.Array, Floats]:
    """(rows,) the best other answer after the map, null for nobody, and its probability.

    It is the runner-up of before, also where that is not listed, or nobody; where it was nobody, perhaps the best of
    the others who are listed.
    """
    profile, size = units.profile, len(units.row)
    first = np.full(units.profiles, -1, np.int64)
    second = np.full(units.profiles, -1, np.int64)
    of_unit = profile[units.row]
    first[of_unit[::-1]] = np.arange(size)[::-1]
    later = np.flatnonzero(first[of_unit] != np.arange(size))
    second[of_unit[later[::-1]]] = later[::-1]
    rival = np.where(first[profile] == units.unit_of_row, second[profile], first[profile])
    there = np.where(rival >= 0, chance[np.maximum(rival, 0)], 0.0)
    listed = table["customer_id"].combine_chunks()
    runner = pc.if_else(pa.array(rival >= 0), listed.take(pa.array(units.row[np.maximum(rival, 0)])), None)
    if "runner_up" in table.column_names:
        named = table["runner_up"].combine_chunks()
        with np.errstate(divide="ignore"):
            bits = np.log2(_floats(table["runner_up_probability"]))
        against = by.apply(bits - np.log2(np.maximum(units.nobody, _FLOOR))[profile])
        known = np.asarray(pc.is_valid(named)) & np.isfinite(bits)
        lead = np.maximum(first, 0)[profile]
        known &= (first[profile] >= 0) & np.isfinite(mapped[lead])
        with np.errstate(invalid="ignore"):
            before = np.exp2(np.where(known, against - mapped[lead], -np.inf)) * chance[lead]
        before = np.where(units.fixed[profile] & known, _floats(table["runner_up_probability"]), before)
        runner = pc.if_else(pa.array(known & (before >= there)), named, runner)
        there = np.maximum(before, there)
    by_nobody = nobody[profile] >= there
    return pc.if_else(pa.array(by_nobody), None, runner), np.maximum(there, nobody[profile])
