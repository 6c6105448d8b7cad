"""How people of different bands are served, and which band is served much worse; a value to read and compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil, floor
from typing import Any

import pyarrow as pa

from sociolink.rendering.grid import Grid, wrap
from sociolink.rendering.numbers import say_count, say_share
from sociolink.rendering.shown import show_text

__all__ = ["Parity", "ParityBand", "Rate"]

_RATES = ("recall", "precision", "false_rate")
_WIDTH = 100
"""Columns of the text; a table of thousands with intervals just fits."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, with its interval.

    Attributes:
        value: The share.
        low: Lower end of a 95% interval; the share itself where it is only expected.
        high: Upper end.
        count: How many it is a share of.
    """

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class ParityBand:
    """How one band is served.

    Attributes:
        key: What is compared; see `results.parity.bands.BAND_KEYS`.
        band: The band.
        recall: Share of the customers' profiles of the band that are linked to their owner; for keys of customers the
            band is the owner's. None where there is none.
        precision: Share of the links of the band that are right; for keys of customers the band is that of the linked
            one.
        false_rate: Share of strangers' profiles of the band that are linked; None for keys of customers, as
            strangers are none.
    """

    key: str
    band: str
    recall: Rate | None
    precision: Rate | None
    false_rate: Rate | None


@dataclass(frozen=True, slots=True)
class Parity:
    """How the bands of each key are served, against all together.

    Attributes:
        overall: All profiles together.
        bands: The bands, those of a key together.
        warnings: Which bands are served much worse, in sentences.
        expected: Whether all this is what the stated probabilities expect, not what a truth says.
    """

    overall: ParityBand
    bands: tuple[ParityBand, ...]
    warnings: tuple[str, ...]
    expected: bool = False

    @property
    def table(self) -> pa.Table:
        """One row for each band: key, band, and value, low, high and count of each rate."""
        columns: dict[str, list[Any]] = {"key": [], "band": []}
        for one in (self.overall, *self.bands):
            columns["key"].append(one.key)
            columns["band"].append(one.band)
            for name in _RATES:
                rate: Rate | None = getattr(one, name)
                for part in ("value", "low", "high", "count"):
                    column = name if part == "value" else f"{name}_{part}"
                    columns.setdefault(column, []).append(None if rate is None else getattr(rate, part))
        kinds = {name: pa.int64() if name.endswith("_count") else pa.float64() for name in columns}
        kinds |= {"key": pa.string(), "band": pa.string()}
        return pa.table({name: pa.array(values, kinds[name]) for name, values in columns.items()})

    def grid(self) -> Grid:
        """The bands side by side; in brackets the interval, rounded outwards, then what it is a share of."""
        rows = [(one.key, one.band, *(_say(getattr(one, name)) for name in _RATES)) for one in self._shown()]
        said = "expected " if self.expected else ""
        titles = ("by", "band", f"{said}recall", f"{said}precision", f"{said}strangers linked")
        return Grid(titles, tuple(rows), caption="How bands are served")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    _repr_pretty_ = show_text

    def __str__(self) -> str:
        said = [line for warning in self.warnings for line in wrap(warning, _WIDTH)]
        return "\n".join([self.grid().text(_WIDTH), *said])

    def _repr_html_(self) -> str:
        return self.grid().html()

    def _shown(self) -> Sequence[ParityBand]:
        return (self.overall, *self.bands)


def _say(rate: Rate | None) -> str:
    if rate is None:
        return "-"
    low, high = floor(round(100 * rate.low, 6)), ceil(round(100 * rate.high, 6))
    interval = "" if rate.low == rate.high else f" ({low}-{high})"
    return f"{say_share(rate.value)}{interval} of {say_count(rate.count)}"
