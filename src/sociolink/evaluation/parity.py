"""Recall, precision and false links by band against truth, and warnings where a band is served much worse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evaluation.answers import Answers, persons_of
from sociolink.evaluation.rates import clustered_rate
from sociolink.rendering.numbers import say_interval, say_share
from sociolink.results.parity.bands import BAND_KEYS, Bands, each_band
from sociolink.results.parity.parity import Parity, ParityBand, Rate

__all__ = ["MARGIN", "compare_bands"]

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]

MARGIN: Final = 0.05
"""A band is served much worse where its whole interval is beyond the share of all by more than this."""

_ERROR = 0.05
_LEAST = 0.5
_ALL = "all"


@dataclass(frozen=True, slots=True, eq=False)
class _Served:
    """What became of each profile of the truth, in its order.

    Attributes:
        linked: Whether it is linked.
        right: Whether it is linked to its owner.
        is_customer: Whether it is a customer's.
        cluster: Number of its owner; strangers have one each.
        made: customer_id it is linked to, or null.
    """

    linked: Flags
    right: Flags
    is_customer: Flags
    cluster: Codes
    made: pa.Array


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """One band of one key: which profiles of customers, which links and which profiles of strangers it is judged by."""

    key: str
    band: str
    owned: Flags
    linked: Flags
    strange: Flags


def compare_bands(
    links: pa.Table, truth: pa.Table, answers: Answers, bands: Bands, *, groups: pa.Table | None = None
) -> Parity:
    """Measure how each band is served.

    Args:
        links: As for `score_links`; a link is a row with the decision "link", or, where nothing was decided, the top
            customer of a profile with a probability of .5 or more.
        truth: profile_id and customer_id, null where the profile is nobody's.
        answers: What the links say of each profile of the truth.
        bands: What is compared.
        groups: Records of one person.

    Returns:
        Rates of all bands, with 95% intervals clustered by owner. A warning names each band whose recall or precision
        lies wholly below that of all, or whose share of linked strangers lies wholly above it, by more than `MARGIN`;
        for warnings the intervals are as wide as the number of comparisons asks for (Bonferroni).
    """
    served = _serve(links, truth, answers, groups)
    cells = list(_cells(truth, served, bands))
    overall = _measure(served, _Cell(_ALL, _ALL, served.is_customer, served.linked, ~served.is_customer))
    measured = tuple(_measure(served, cell) for cell in cells)
    compared = sum(rate is not None for one in measured for rate in (one.recall, one.precision, one.false_rate))
    strict = (_measure(served, cell, confidence=1 - _ERROR / max(compared, 1)) for cell in cells)
    return Parity(overall, measured, tuple(said for one in strict for said in _warn(one, overall)))


def _cells(truth: pa.Table, served: _Served, bands: Bands) -> Iterator[_Cell]:
    """Every band of every key, with the profiles that it is judged by."""
    owned, linked = served.is_customer, served.linked
    for key in bands.profiles:
        for band, (here,) in each_band(bands.of_profiles(key, truth["profile_id"])):
            yield _Cell(key, band, here & owned, here & linked, here & ~owned)
    for key in bands.customers:
        of_owner, of_linked = (bands.of_customers(key, ids) for ids in (truth["customer_id"], served.made))
        for band, (of_own, of_made) in each_band(of_owner, of_linked):
            yield _Cell(key, band, of_own & owned, of_made & linked, np.zeros(len(owned), np.bool_))


def _measure(served: _Served, cell: _Cell, *, confidence: float = 0.95) -> ParityBand:
    def rate(hits: Flags, among: Flags) -> Rate | None:
        return clustered_rate(hits[among], served.cluster[among], confidence=confidence)

    return ParityBand(
        cell.key,
        cell.band,
        rate(served.right, cell.owned),
        rate(served.right, cell.linked),
        rate(served.linked, cell.strange),
    )


def _warn(strict: ParityBand, overall: ParityBand) -> Iterator[str]:
    of = f"{BAND_KEYS[strict.key]}: {strict.band}"
    for name in ("recall", "precision"):
        here, usual = getattr(strict, name), getattr(overall, name)
        if here is not None and usual is not None and here.high < usual.value - MARGIN:
            yield f"{of}: {name} {_say(here)} where it is {say_share(usual.value)} for all"
    here, usual = strict.false_rate, overall.false_rate
    if here is not None and usual is not None and here.low > usual.value + MARGIN:
        yield f"{of}: {_say(here)} of the strangers are linked where it is {say_share(usual.value)} for all"


def _say(rate: Rate) -> str:
    return f"{say_share(rate.value)} ({say_interval(rate.low, rate.high)})"


def _serve(links: pa.Table, truth: pa.Table, answers: Answers, groups: pa.Table | None) -> _Served:
    """The link of each profile, by the decision or by the probability."""
    made = _made(links, answers, truth)
    owner, linked_person = (persons_of(ids, groups) for ids in (truth["customer_id"], pa.chunked_array([made])))
    linked = np.asarray(pc.is_valid(made), np.bool_)
    same = pc.fill_null(pc.equal(_flat(owner), _flat(linked_person)), False)
    return _Served(linked, np.asarray(same, np.bool_), answers.is_customer, answers.owner, made)


def _made(links: pa.Table, answers: Answers, truth: pa.Table) -> pa.Array:
    """customer_id that each profile of the truth is linked to; null where it is not."""
    known = links.filter(pc.is_valid(links["customer_id"]))
    if "decision" in links.column_names:
        known = known.filter(pc.equal(known["decision"], "link"))
        usable = np.ones(truth.num_rows, np.bool_)
    else:
        keys = [("probability", "descending"), ("customer_id", "ascending")]
        known = known.sort_by(keys)
        usable = answers.top >= _LEAST
    place = pc.index_in(_flat(truth["profile_id"]), value_set=_flat(known["profile_id"]))
    customer = _flat(known["customer_id"]).take(place)
    return pc.if_else(pa.array(usable), customer, pa.scalar(None, pa.string()))


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return column.cast(pa.string())
