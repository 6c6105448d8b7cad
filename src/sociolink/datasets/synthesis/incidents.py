"""Days on which everybody speaks of the same: outages in a city, launches of a product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.datasets.synthesis.products import draw_products
from sociolink.datasets.synthesis.profiles import moments
from sociolink.datasets.synthesis.strings import Ints

__all__ = ["Incidents", "draw_incidents"]

Moments = npt.NDArray[np.datetime64]
_OUTAGES, _LAUNCHES, _DAYS = 24, 8, 360
_OUTAGE_HOURS, _LAUNCH_HOURS = 1.5, 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Incidents:
    """Outages first, then launches, one row each.

    Attributes:
        product: Row of the product.
        city: Row of the city.
        at: When it began.
        launch: Whether it is a launch.
    """

    product: Ints
    city: Ints
    at: Moments
    launch: npt.NDArray[np.bool_]

    def pick(self, rng: np.random.Generator, launch: npt.NDArray[np.bool_]) -> Ints:
        """An incident for each row: a launch where `launch` holds, else an outage."""
        outage = rng.integers(0, _OUTAGES, len(launch))
        return np.where(launch, _OUTAGES + rng.integers(0, _LAUNCHES, len(launch)), outage)

    def moments(self, rng: np.random.Generator, incident: Ints) -> Moments:
        """When something that has to do with each incident happens: soon after it began, less and less later."""
        mean = np.where(self.launch[incident], _LAUNCH_HOURS, _OUTAGE_HOURS)
        return np.asarray(self.at[incident] + (rng.exponential(mean) * 3600).astype("timedelta64[s]"))


def draw_incidents(rng: np.random.Generator, *, cities: int) -> Incidents:
    """Draw the incidents of the last year.

    Args:
        rng: Source of chance.
        cities: Number of cities.

    Returns:
        The incidents; popular products have more of them.
    """
    size = _OUTAGES + _LAUNCHES
    return Incidents(
        draw_products(rng, size),
        rng.integers(0, cities, size),
        moments(rng, size, days=_DAYS),
        np.arange(size) >= _OUTAGES,
    )
