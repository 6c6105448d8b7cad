"""How often a random person bears a name part: counts of this CRM, smoothed by bundled counts and by spelling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.population.interpolation import fit_interpolation
from sociolink.text.hashing import UInt64s

__all__ = ["NamePrior", "PartFrequencies", "fit_prior", "smooth_frequencies", "to_fixed_point"]

Floats = npt.NDArray[np.float64]

_UNIT = 2.0**32
_STRENGTHS = 2.0 ** np.arange(0, 21)
_SHARES = np.array([0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98])


@dataclass(frozen=True, slots=True)
class NamePrior:
    """How much a count in the CRM is trusted, and what stands behind it.

    Attributes:
        strength: theta, pseudo-people of the background.
        bundled_share: Share of the bundled counts in the background; the rest is spelling.
    """

    strength: float
    bundled_share: float


@dataclass(frozen=True, slots=True)
class PartFrequencies:
    """P(name part) for known parts.

    Attributes:
        keys: (parts,) uint64, sorted hashes.
        frequency: (parts,) float64, probability that a random person uses the part.
        unseen: Weight of spelling in the probability of a part that is not known here.
    """

    keys: UInt64s
    frequency: Floats
    unseen: float = 0.0

    def lookup(self, keys: UInt64s) -> Floats:
        """(n,) probabilities; 0 for a part that is not known here."""
        if len(self.keys) == 0:
            return np.zeros(len(keys))
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.frequency[at], 0.0)


def to_fixed_point(shares: Floats) -> Floats:
    """Shares of people as multiples of 2^-32: a sum of up to two million is exact, and the same in any order.

    Args:
        shares: Numbers in [0, 1].

    Returns:
        float64 of the same shape.
    """
    out: Floats = np.rint(shares * _UNIT) / _UNIT
    return out


def _smoothed(counts: Floats, background: Floats, people: float, strength: float) -> Floats:
    out: Floats = (np.maximum(counts - 1, 0) + strength * background) / (people - 1 + strength)
    return out


def fit_prior(counts: Floats, bundled: Floats, spelling: Floats, *, people: float) -> NamePrior:
    """Choose theta and the mixture by leave-one-out likelihood of the CRM's own names.

    Args:
        counts: (parts,) people in the CRM with each part.
        bundled: (parts,) bundled probability of each part, 0 where unknown.
        spelling: (parts,) probability of each part by its characters.
        people: Number of people in the CRM.

    Returns:
        The best pair of a grid. In the formula `(n - 1 + theta p0) / (N - 1 + theta)` each person is already left
        out of the count that predicts them, so the plain likelihood is a cross-validated one.
    """
    seen = counts > 0
    if not seen.any():
        return NamePrior(1.0, 0.5)
    counts, bundled, spelling = counts[seen], bundled[seen], spelling[seen]
    best, chosen = -np.inf, NamePrior(1.0, 0.5)
    for share in _SHARES:
        background = share * bundled + (1 - share) * spelling
        for strength in _STRENGTHS:
            likelihood = float((counts * np.log(_smoothed(counts, background, people, float(strength)))).sum())
            if likelihood > best:
                best, chosen = likelihood, NamePrior(float(strength), float(share))
    return chosen


def smooth_frequencies(
    keys: UInt64s, counts: Floats, bundled: Floats, spelling: Floats, *, people: float, prior: NamePrior
) -> PartFrequencies:
    """Frequencies of all known parts, with what a bearer is worth by how many there are; see `fit_interpolation`.

    See `fit_prior` for the arguments. `keys` must be sorted.
    """
    background = prior.strength * (prior.bundled_share * bundled + (1 - prior.bundled_share) * spelling)
    size = max(people, 1.0) - 1 + prior.strength
    spelled = prior.strength * (1 - prior.bundled_share)
    unknown = spelled * max(1 - float(spelling.sum()), 0.0)
    worth = fit_interpolation(counts, background, bundled, people=people, size=size, unknown=unknown)
    found = worth.bearers(counts, background, bundled)
    size = max(size, float(found.sum()) + worth.unseen * unknown)
    return PartFrequencies(keys, found / size, worth.unseen * spelled / size)
