"""How bands are expected to be served, by the stated probabilities alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.rendering.numbers import say_share
from sociolink.results.best_answers import BestAnswers, exact_total, read_best
from sociolink.results.parity.bands import BAND_KEYS, Bands, each_band
from sociolink.results.parity.parity import Parity, ParityBand, Rate

__all__ = ["expect_parity"]

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_MARGIN: Final = 0.05
_ENOUGH: Final = 50
"""How many profiles or links a band needs before a sentence is said of it."""


def expect_parity(table: pa.Table, bands: Bands) -> Parity:
    """What the probabilities expect of each band.

    Args:
        table: Links, with decisions.
        bands: What is compared.

    Returns:
        For keys of profiles: the expected share of the customers' profiles that are linked rightly, of the links that
        are right, and of the strangers' profiles that are linked. For keys of customers: precision by the linked
        customer; whose profiles are missing is not known without a truth.
    """
    best = read_best(table)
    every = np.ones(len(best.row), np.bool_)
    overall = _expect(best, "all", "all", every, every)
    measured: list[ParityBand] = []
    for key in bands.profiles:
        cells = each_band(bands.of_profiles(key, best.profile))
        measured += [_expect(best, key, band, here, here) for band, (here,) in cells]
    for key in bands.customers:
        cells = each_band(bands.of_customers(key, best.customer))
        measured += [_expect(best, key, band, None, here) for band, (here,) in cells]
    warnings = tuple(said for one in measured for said in _warn(one, overall))
    return Parity(overall, tuple(measured), warnings, expected=True)


def _expect(best: BestAnswers, key: str, band: str, profiles: Flags | None, links: Flags) -> ParityBand:
    made = best.linked
    chance, nobody = best.chance, best.nobody
    recall = false_rate = None
    if profiles is not None:
        recall = _rate(chance[profiles & made], 1 - nobody[profiles])
        false_rate = _rate(nobody[profiles & made], nobody[profiles])
    return ParityBand(key, band, recall, _rate(chance[links & made], np.ones(int((links & made).sum()))), false_rate)


def _rate(hits: Floats, among: Floats) -> Rate | None:
    total = exact_total(among)
    if total <= 0:
        return None
    share = min(exact_total(hits) / total, 1.0)
    return Rate(share, share, share, round(total))


def _warn(one: ParityBand, overall: ParityBand) -> Iterator[str]:
    for name in ("recall", "precision"):
        here, usual = getattr(one, name), getattr(overall, name)
        if here is None or usual is None or here.count < _ENOUGH or here.value >= usual.value - _MARGIN:
            continue
        yield (
            f"{BAND_KEYS[one.key]}: {one.band}: {name} is expected to be {say_share(here.value)} "
            f"where it is {say_share(usual.value)} for all"
        )
