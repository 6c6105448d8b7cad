"""Hours of the day: when people are awake where they live."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.datasets.synthesis.places import load_places
from sociolink.datasets.synthesis.strings import Ints, draw

__all__ = ["at_waking_hours", "put_off_till_morning"]

Moments = npt.NDArray[np.datetime64]
#: How much is written in each local hour of the day: little at night, most in the evening.
_BY_HOUR = (2, 1, 0.6, 0.4, 0.4, 0.8, 2, 4, 5, 5, 5, 5.5, 6.5, 6, 5.5, 5.5, 6, 6.5, 7, 8, 9, 8.5, 6.5, 4)
_MORNING = 7
_AWAKE_AT_NIGHT = 0.12
_HOUR = np.timedelta64(3600, "s")


def _local_hour(at: Moments, utc: Ints) -> Ints:
    return np.asarray((at.astype("datetime64[h]").astype(np.int64) + utc) % 24)


def at_waking_hours(rng: np.random.Generator, at: Moments, city: Ints, habit: Ints | int = 0) -> Moments:
    """Move moments to an hour of the same local day that suits people.

    Args:
        rng: Source of chance.
        at: (rows,) moments; only their days are kept.
        city: (rows,) rows of the table of cities.
        habit: (rows,) hours by which each person lives earlier or later than others.

    Returns:
        (rows,) moments; on the last day of the world an hour may be in its future.
    """
    hour = draw(rng, _BY_HOUR, len(at)) + habit
    seconds = (hour - load_places().utc[city]) % 24 * 3600 + rng.integers(0, 3600, len(at))
    return np.asarray(at.astype("datetime64[D]") + seconds.astype("timedelta64[s]"), "datetime64[us]")


def put_off_till_morning(rng: np.random.Generator, at: Moments, city: Ints) -> Moments:
    """Put off what would be written at night, for most people.

    Args:
        rng: Source of chance.
        at: (rows,) moments.
        city: (rows,) rows of the table of cities.

    Returns:
        (rows,) moments, none earlier than before.
    """
    hour = _local_hour(at, load_places().utc[city])
    asleep = (hour < _MORNING) & (rng.random(len(at)) >= _AWAKE_AT_NIGHT)
    later = (_MORNING - hour) * _HOUR + (rng.exponential(5400.0, len(at))).astype("timedelta64[s]")
    return np.where(asleep, at + later, at)
