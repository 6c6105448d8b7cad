"""How much counts of a name part and its background are worth, by how many people bear it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Interpolation", "fit_interpolation"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_BOUNDS = np.array([0.0, 1.0, 4.0, 16.0])
_GROUPS = len(_BOUNDS) + 1
_CELLS = 2 * _GROUPS
_TRUST = 3.0
_ROUNDS = 30
_FIRST = 0.5


@dataclass(frozen=True, slots=True)
class Interpolation:
    """P(part) = own worth * bearers / size + background worth * background / size.

    Attributes:
        own: (cells,) what a bearer is worth.
        background: (cells,) what a pseudo-person of the background is worth.
    """

    own: Floats
    background: Floats

    @property
    def unseen(self) -> float:
        """What a pseudo-person is worth where neither the CRM nor the bundled counts know the part."""
        return float(self.background[0])

    def bearers(self, counts: Floats, background: Floats, bundled: Floats) -> Floats:
        """(parts,) people that each part is worth; see `fit_interpolation` for the arguments."""
        cell = _cells(counts, bundled)
        return self.own[cell] * counts + self.background[cell] * background


def _cells(counts: Floats, bundled: Floats) -> Int64s:
    """(parts,) which parts are worth alike: those with about as many bearers, apart from those that nobody lists."""
    return np.searchsorted(_BOUNDS, counts, side="left") + _GROUPS * (bundled > 0)


def _sums(cell: Int64s, values: Floats) -> Floats:
    return np.bincount(cell, weights=values, minlength=_CELLS).astype(np.float64)


def fit_interpolation(
    counts: Floats, background: Floats, bundled: Floats, *, people: float, size: float, unknown: float
) -> Interpolation:
    """Learn what a bearer and the background are worth from people whose own bearer is left out.

    Each person with a part of n bearers is one who was met where n - 1 bear it. So the people of all parts of two
    tell how often a further person bears one of the parts of one; what bearers do not explain is the background's.

    Args:
        counts: (parts,) people in the CRM with each part, in any fractions.
        background: (parts,) pseudo-people of the background: theta p0.
        bundled: (parts,) bundled probability of each part, 0 where unknown.
        people: Number of people in the CRM.
        size: People and pseudo-people, less one.
        unknown: Pseudo-people of all parts that are not among these.

    Returns:
        What the likelihood of the people left out is highest with, by EM, pulled towards n - 1 bearers and the whole
        background as much as three people more would pull.

    References:
        Good (1953), The population frequencies of species, Biometrika 40.
        Jelinek & Mercer (1980), Interpolated estimation of Markov source parameters from sparse data.
    """
    cell, others = _cells(counts, bundled), np.maximum(counts - 1, 0)
    borne, behind = _sums(cell, counts), _sums(cell, background)
    behind[0] += unknown
    seen = counts > 0
    exposed = people / size if seen.any() else 0.0
    usual = np.where(borne > 0, _sums(cell, others) / np.maximum(borne, 1e-300), 1.0)
    told, one, two = counts[seen], others[seen], background[seen]
    met = _cells(one, bundled[seen])
    own, behind_worth = np.maximum(usual, _FIRST), np.ones(_CELLS)
    for _ in range(_ROUNDS):
        by_own = own[met] * one
        share = by_own / np.maximum(by_own + behind_worth[met] * two, 1e-300)
        own = (_sums(met, told * share) + _TRUST * usual) / (exposed * borne + _TRUST)
        behind_worth = (_sums(met, told * (1 - share)) + _TRUST) / (exposed * behind + _TRUST)
    return Interpolation(own, behind_worth)
