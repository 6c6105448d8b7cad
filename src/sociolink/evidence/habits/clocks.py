"""Hours at which profiles write, against the clocks that people may live by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sociolink.reference.locales import locales

__all__ = ["SHIFTS", "DailyLife", "count_local_hours", "start_life", "weigh_clocks", "weigh_shifts"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

SHIFTS: Final = (-4, -2, 0, 2, 4, 8)
"""Hours by which people live later than others; the last is for those who are up at night."""

_HOURS = 24
_MOST = 12.0
"""Hours of one person are not independent: more of them than these count as so many."""

_SWING, _NIGHT = 0.9, 4
_SHIFTED: Final = (0.05, 0.22, 0.42, 0.22, 0.06, 0.03)
_ALL_DAY = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class DailyLife:
    """When people write.

    Attributes:
        curve: (24,) P(what somebody writes is written in this hour, by a clock that suits them).
        shifts: P(somebody lives so much later), for each of `SHIFTS`.
        all_day: P(an account writes at any hour alike, as machines and teams do).
    """

    curve: Floats
    shifts: Floats
    all_day: float


def start_life() -> DailyLife:
    """What is taken for granted before anything is seen: least at four in the morning, most twelve hours later."""
    curve = 1 - _SWING * np.cos(2 * np.pi * (np.arange(_HOURS) - _NIGHT) / _HOURS)
    return DailyLife(curve / curve.sum(), np.array(_SHIFTED), _ALL_DAY)


def _local(bins: Int64s, clock: int, shift: int) -> Int64s:
    """(n,) hour of the day that somebody's clock shows, less the hours that they live later."""
    beyond = locales().clock[clock]
    out: Int64s = (bins % _HOURS + beyond[bins // _HOURS] - shift) % _HOURS
    return out


def weigh_shifts(row: Int64s, bins: Int64s, rows: int, life: DailyLife) -> Floats:
    """How likely the hours of profiles are by each clock and shift.

    Args:
        row: (n,) profile of each hour.
        bins: (n,) month * 24 + hour, UTC.
        rows: Number of profiles.
        life: When people write.

    Returns:
        (rows, clocks, shifts) P(hours | clock, shift) / P(hours | any hour alike); 1 where there are none.
    """
    count = np.bincount(row, minlength=rows)
    counted = np.minimum(count, _MOST) / np.maximum(count, 1)
    told = np.log(_HOURS * life.curve)
    out = np.empty((rows, len(locales().clock), len(SHIFTS)))
    for clock in range(out.shape[1]):
        for number, shift in enumerate(SHIFTS):
            out[:, clock, number] = np.bincount(row, told[_local(bins, clock, shift)], rows) * counted
    return np.asarray(np.exp(out))


def weigh_clocks(each: Floats, life: DailyLife) -> Floats:
    """(rows, clocks) P(hours | clock) / P(hours | any hour alike), from what `weigh_shifts` gives."""
    out = np.full(each.shape[:2], life.all_day)
    for number, share in enumerate(life.shifts):
        out += (1 - life.all_day) * share * each[:, :, number]
    return out


def count_local_hours(row: Int64s, bins: Int64s, weight: Floats) -> Floats:
    """(24,) expected number of posts in each hour of the day.

    Args:
        row: (n,) profile of each hour.
        bins: (n,) month * 24 + hour, UTC.
        weight: (rows, clocks, shifts) P(a profile lives by this clock, so much later).
    """
    out = np.zeros(_HOURS)
    for clock in range(weight.shape[1]):
        if weight[:, clock].sum() < 0.5:
            continue
        for number, shift in enumerate(SHIFTS):
            out += np.bincount(_local(bins, clock, shift), weight[row, clock, number], _HOURS)
    return out
