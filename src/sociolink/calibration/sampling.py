"""Which profiles to label: a stratified sample with known chances, or those that would teach most."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["Drawn", "draw_sample", "looks_plain", "rank_by_doubt", "strata_of"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

EDGES: Final = (0.05, 0.2, 0.5, 0.8, 0.95, 0.99)
"""Inner ends of the bands of stated probability."""

_SURPRISE: Final = 0.02
"""Variance that even a sure answer is allowed, so that it is drawn at all and its mistakes are found."""

_STRANGE: Final = 1e-4
"""How often a sample that is what it is said to be may be refused."""

_LEAST: Final = 2
"""Fewest drawn of a stratum, where it has so many: one alone tells no variance."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A sample.

    Attributes:
        row: (drawn,) places, ascending.
        inclusion: (drawn,) probability that each was drawn.
    """

    row: Codes
    inclusion: Floats


def strata_of(probability: Floats, decided: Codes) -> tuple[Codes, Codes]:
    """Strata by decision and band of stated probability.

    Args:
        probability: (n,) of the best answer.
        decided: (n,) number of the decision, at least -1.

    Returns:
        (n,) number of the stratum, from 0 with none empty; (strata,) its band times 8 plus its decision plus 1.

    Examples:
        >>> strata_of(np.array([0.97, 0.96, 0.1]), np.array([0, 0, 2]))[0].tolist()
        [1, 1, 0]
    """
    band = np.searchsorted(np.asarray(EDGES), probability, side="right")
    kinds, stratum = np.unique(band * 8 + decided + 1, return_inverse=True)
    return stratum.astype(np.int64), kinds.astype(np.int64)


def draw_sample(probability: Floats, stratum: Codes, size: int, *, order: Codes, seed: int) -> Drawn:
    """A stratified random sample without replacement.

    A stratum gets its share by size times standard deviation, as stated, at least two and at most all of it. A sample
    that is smaller than the number of strata is drawn from all alike: no stratum may be out of reach.

    Args:
        probability: (n,) of the best answer.
        stratum: (n,) number of the stratum, from 0.
        size: How many to draw, at least 1; all where there are not more.
        order: (n,) distinct numbers that depend on the content only; the draw follows them, not the rows.
        seed: Start of the random numbers.

    Returns:
        The sample; within a stratum each has the same chance, drawn over all.

    References:
        Neyman (1934), On the two different aspects of the representative method, JRSS 97.

    Examples:
        >>> drawn = draw_sample(np.full(9, 0.9), np.zeros(9, int), 3, order=np.arange(9), seed=1)
        >>> len(drawn.row), drawn.inclusion.round(3).tolist()
        (3, [0.333, 0.333, 0.333])
    """
    if stratum.max(initial=-1) >= size:
        stratum = np.zeros_like(stratum)
    strata = int(stratum.max(initial=-1)) + 1
    count = np.bincount(stratum, minlength=strata)
    by_rank = np.argsort(order, kind="stable")
    spread = np.sqrt(_SURPRISE + probability * (1 - probability))[by_rank]
    share = np.bincount(stratum[by_rank], weights=spread, minlength=strata).astype(np.float64)
    drawn = _allocate(share, count, min(size, len(probability)))
    chance = np.empty(len(probability))
    chance[by_rank] = np.random.default_rng(seed).random(len(probability))
    within = np.lexsort((chance, stratum))
    begin = np.cumsum(count) - count
    place = np.arange(len(within)) - begin[stratum[within]]
    row = np.sort(within[place < drawn[stratum[within]]])
    return Drawn(row.astype(np.int64), (drawn / np.maximum(count, 1))[stratum[row]])


def _allocate(share: Floats, count: Codes, size: int) -> Codes:
    """Whole numbers that add up to `size`, near the shares, at least two and at most all of each.

    Where there are more strata than the sample allows two of, each gets one at least.
    """
    least = np.minimum(count, _LEAST)
    if least.sum() > size:
        least = np.minimum(count, 1)
    low, high = 0.0, float((count / np.maximum(share, 1e-12)).max(initial=0.0))
    for _ in range(100):
        middle = (low + high) / 2
        full = np.clip(middle * share, least, count).sum() >= size
        low, high = (low, middle) if full else (middle, high)
    wanted = np.clip(low * share, least, count)
    out = np.floor(wanted + 1e-9).astype(np.int64)
    left = size - int(out.sum())
    fraction = np.where(out < count, wanted - out, -1.0)
    out[np.argsort(-fraction, kind="stable")[:left]] += 1
    return out


def looks_plain(sample: Floats, population: Floats) -> bool:
    """Whether a sample may be a plain random one: its stated probabilities are spread as those of all.

    A sample of one value after another, say of the most doubtful profiles, fails; one that was chosen by something
    that the model does not know passes. A plain random sample is refused once in 10,000 times at most; drawing without
    replacement makes it rarer still.

    Args:
        sample: (n,) stated probabilities of the sample, some of the population's.
        population: (N,) those of all.

    References:
        Massart (1990), The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality, Annals of Probability 18.

    Examples:
        >>> population = np.linspace(0, 1, 1001)
        >>> looks_plain(population[::10], population), looks_plain(population[:100], population)
        (True, False)
    """
    values = np.unique(population)
    shares = [np.searchsorted(np.sort(one), values, side="right") / max(len(one), 1) for one in (sample, population)]
    limit = math.sqrt(math.log(2 / _STRANGE) / (2 * max(len(sample), 1)))
    return bool(np.abs(shares[0] - shares[1]).max(initial=0.0) <= limit)


def rank_by_doubt(probability: Floats, nobody: Floats, order: Codes) -> Codes:
    """Places from the most doubtful answer down: the most nearly even between right and wrong.

    Args:
        probability: (n,) of the best customer.
        nobody: (n,) of nobody, to order equals.
        order: (n,) distinct numbers that depend on the content only.

    References:
        Lewis & Gale (1994), A sequential algorithm for training text classifiers, SIGIR.

    Examples:
        >>> rank_by_doubt(np.array([0.99, 0.6, 0.2]), np.zeros(3), np.arange(3)).tolist()
        [1, 2, 0]
    """
    doubt = np.abs(probability - 0.5)
    return np.lexsort((order, np.abs(nobody - 0.5), doubt)).astype(np.int64)
