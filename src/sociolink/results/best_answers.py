"""The best answer of each profile, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import DECISIONS

__all__ = ["BestAnswers", "exact_total", "read_best", "total_nobody"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_DIGITS = 6
"""Decimals of sums of probabilities; beyond them the order of the rows would show."""


@dataclass(frozen=True, slots=True, eq=False)
class BestAnswers:
    """What links say first of each profile, in their order.

    Attributes:
        row: (profiles,) row of the table.
        profile: (profiles,) profile_id.
        customer: (profiles,) customer_id of the best customer; null where there is none.
        person: (profiles,) group_id of the best customer.
        chance: (profiles,) probability of the person; 0 where there is none.
        nobody: (profiles,) probability of nobody.
        margin: (profiles,) bits over the best other answer; 0 where there is no customer.
        decided: (profiles,) place in `DECISIONS`; -1 where nothing was decided.
    """

    row: Int64s
    profile: pa.Array
    customer: pa.Array
    person: pa.Array
    chance: Floats
    nobody: Floats
    margin: Floats
    decided: Int64s

    @property
    def linked(self) -> npt.NDArray[np.bool_]:
        """(profiles,) whether the decision is to link."""
        return np.asarray(self.decided == DECISIONS.index("link"), np.bool_)


def read_best(table: pa.Table) -> BestAnswers:
    """The best answers of a table of links: one for each profile, whose rows stand together, the best first."""
    row = np.flatnonzero(np.asarray(pc.less_equal(table["rank"], 1)))
    best = table.take(pa.array(row)).combine_chunks()
    decided = np.full(len(row), -1, np.int64)
    if "decision" in best.column_names:
        decided = np.asarray(pc.fill_null(pc.index_in(best["decision"], value_set=pa.array(DECISIONS)), -1), np.int64)
    chance, nobody, margin = (
        np.asarray(pc.fill_null(best[name], 0.0).to_numpy(), np.float64)
        for name in ("group_probability", "nobody_probability", "margin")
    )
    names = ("profile_id", "customer_id", "group_id")
    profile, customer, person = (best[name].combine_chunks() for name in names)
    return BestAnswers(row.astype(np.int64), profile, customer, person, chance, nobody, margin, decided)


def exact_total(values: Floats) -> float:
    """A sum that is the same for any order of the values.

    Examples:
        >>> exact_total(np.array([0.1, 0.2, 0.3])) == exact_total(np.array([0.3, 0.2, 0.1]))
        True
    """
    return round(float(np.sort(values).sum()), _DIGITS)


def total_nobody(table: pa.Table) -> float:
    """Profiles expected to be no customer's."""
    return exact_total(read_best(table).nobody)
