"""How long after an event people write about it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.datasets.synthesis.events import EVENT_KINDS
from sociolink.datasets.synthesis.profiles import NOW
from sociolink.datasets.synthesis.strings import Ints

__all__ = ["draw_delays"]

Moments = npt.NDArray[np.datetime64]
#: For each kind: share, median in hours and spread (of the logarithm) of those who write at once, then of the others.
_DELAYS = {
    "order": ((0.5, 1.5, 1.2), (70.0, 0.6)),
    "ticket": ((0.75, 2.0, 1.4), (110.0, 0.8)),
    "visit": ((0.9, 0.6, 1.0), (20.0, 0.8)),
    "warranty": ((0.6, 12.0, 1.2), (200.0, 0.7)),
    "delivery": ((0.85, 2.5, 1.2), (60.0, 0.8)),
    "invoice": ((0.6, 20.0, 1.2), (300.0, 0.7)),
}
_LOOKS_BACK, _LOOKS_BACK_DAYS = 0.06, 60.0
_BEFORE, _HOURS_BEFORE = 0.12, 5.0


def draw_delays(rng: np.random.Generator, kind: Ints, at: Moments, *, may_be_before: npt.NDArray[np.bool_]) -> Moments:
    """When people write about events.

    Most write within hours, some days later (still waiting, arrived at last), a few look back after weeks; and some
    complain before they open a ticket.

    Args:
        rng: Source of chance.
        kind: (rows,) codes of `EVENT_KINDS`.
        at: (rows,) when the events happened.
        may_be_before: (rows,) whether the post may come before the event; it does for tickets only.

    Returns:
        (rows,) when the posts were written; not after the end of the world.
    """
    size = len(kind)
    soon, late = ([_DELAYS[name][part] for name in EVENT_KINDS] for part in (0, 1))
    share, soon_hours, soon_spread = (np.array([one[column] for one in soon])[kind] for column in range(3))
    late_hours, late_spread = (np.array([one[column] for one in late])[kind] for column in range(2))
    at_once = rng.random(size) < share
    median, spread = np.where(at_once, soon_hours, late_hours), np.where(at_once, soon_spread, late_spread)
    hours = np.exp(np.log(median) + spread * rng.normal(size=size))
    hours = np.where(rng.random(size) < _LOOKS_BACK, rng.random(size) * 24 * _LOOKS_BACK_DAYS, hours)
    before = may_be_before & (kind == EVENT_KINDS.index("ticket")) & (rng.random(size) < _BEFORE)
    hours = np.where(before, -rng.exponential(_HOURS_BEFORE, size), hours)
    room = (NOW - at) / np.timedelta64(3600, "s")
    hours = np.where(hours > room, room * rng.random(size), hours)
    return np.asarray(at + (hours * 3600).astype("timedelta64[s]"))
