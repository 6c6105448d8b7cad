"""The difference between two kinds of people where it is only known how likely each person is of which kind.

A profile that is a customer's with 60% counts on both sides of a weighted comparison, which pulls the sides together.
Here the sums of polarities are regressed on the chances instead: `E[s_j] = n_j (m_g w_j + m_0 q_j + m_v v_j)`, s_j
being the sum and n_j the number of the polarities of profile j, w_j the chance that it is a customer's of the group,
q_j that it is nobody's and v_j that it is another customer's. `m_g - m_0` is free of the mixing as long as chances are
calibrated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.enrichment.chances import NORMAL_95, add_up
from sociolink.text.sorting import distinct_sorted, find_sorted

__all__ = ["Speech", "compare_all", "compare_groups"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_POWERS = 5
_MOST_AMPLIFIED = 1e6
_DIGITS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """What profiles say, a row for each profile and aspect.

    Attributes:
        total: (rows,) sum of the polarities.
        number: (rows,) how many there are.
        nobody: (rows,) chance that the profile is nobody's.
        aspect: (rows,) number of the aspect.
        aspects: How many aspects there are.
    """

    total: Floats
    number: Floats
    nobody: Floats
    aspect: Ints
    aspects: int


def compare_all(speech: Speech) -> tuple[Floats, Floats]:
    """All customers against nobody, by aspect.

    Args:
        speech: What profiles say.

    Returns:
        (aspects,) difference of the mean polarities, and (aspects,) how far it may be off on either side, at 95%; not
        a number where the chances do not tell the two apart.

    References:
        Neter, Maynes & Ramanathan (1965), The effect of mismatching on the measurement of response errors, JASA 60;
        Lahiri & Larsen (2005), Regression analysis with linked data, JASA 100. The variance is White's (1980),
        Econometrica 48, profiles being independent.
    """
    kinds = np.stack([1 - speech.nobody, speech.nobody], axis=1)
    cross = _cross(kinds, speech.number, speech.aspect, speech.aspects)
    right = _weighted(kinds, speech.total, speech.aspect, speech.aspects)
    mean, push, known = _solve(cross, right)
    off = speech.total - speech.number * (kinds * mean[speech.aspect]).sum(axis=1)
    part = (kinds * push[speech.aspect]).sum(axis=1)
    variance = add_up((part * off) ** 2 * _scale(push)[speech.aspect], speech.aspect, speech.aspects) / _scale(push)
    return _answer(mean, variance, known)


def compare_groups(speech: Speech, *, row: Ints, chance: Floats, group: Ints, groups: int) -> tuple[Floats, Floats]:
    """Customers of each group against nobody, by aspect.

    Args:
        speech: What profiles say.
        row: (links,) row of what is said.
        chance: (links,) chance that it is a customer of the group who says it.
        group: (links,) number of the group.
        groups: How many groups there are.

    Returns:
        (aspects * groups,) difference, and how far it may be off; see `compare_all`.
    """
    size = speech.aspects * groups
    key = row * max(groups, 1) + group
    keys = distinct_sorted(key)
    place = find_sorted(keys, key)[0]
    inside = np.minimum(add_up(chance, place, len(keys)), 1 - speech.nobody[keys // max(groups, 1)])
    at = keys // max(groups, 1)
    cell = speech.aspect[at] * groups + keys % max(groups, 1)
    of_cell = np.arange(size) // max(groups, 1)
    with_, without = _kinds(inside, speech.nobody[at]), _kinds(np.zeros(len(at)), speech.nobody[at])
    every = _kinds(np.zeros(len(speech.total)), speech.nobody)
    number, total = speech.number[at], speech.total[at]
    cross = _cross(every, speech.number, speech.aspect, speech.aspects)[of_cell]
    cross = cross + _cross(with_, number, cell, size) - _cross(without, number, cell, size)
    right = _weighted(every, speech.total, speech.aspect, speech.aspects)[of_cell]
    right = right + _weighted(with_, total, cell, size) - _weighted(without, total, cell, size)
    mean, push, known = _solve(cross, right)
    scale = _scale(push)

    def spread(kinds: Floats) -> Floats:
        part = (kinds * push[cell]).sum(axis=1) * (total - number * (kinds * mean[cell]).sum(axis=1))
        return add_up(part**2 * scale[cell], cell, size) / scale

    variance = _spread_without(speech, mean, push) + spread(with_) - spread(without)
    return _answer(mean, np.maximum(variance, 0), known)


def _kinds(inside: Floats, nobody: Floats) -> Floats:
    """(rows, 3) chances of the group, of nobody and of other customers."""
    return np.stack([inside, nobody, np.maximum(1 - nobody - inside, 0)], axis=1)


def _cross(kinds: Floats, number: Floats, cell: Ints, size: int) -> Floats:
    """(cells, kinds, kinds) sums of products of chances."""
    width = kinds.shape[1]
    out = np.zeros((size, width, width))
    for one in range(width):
        for two in range(one, width):
            out[:, one, two] = out[:, two, one] = add_up(number * kinds[:, one] * kinds[:, two], cell, size)
    return out


def _weighted(kinds: Floats, total: Floats, cell: Ints, size: int) -> Floats:
    """(cells, kinds) sums of what is said, by chances."""
    return np.stack([add_up(total * kinds[:, one], cell, size) for one in range(kinds.shape[1])], axis=1)


def _solve(cross: Floats, right: Floats) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """(cells, kinds) means, (cells, kinds) how each moves the difference, and whether that can be told at all."""
    width = cross.shape[1]
    empty = cross[:, np.arange(width), np.arange(width)] <= 1e-6
    cross = cross.copy()
    for kind in range(width):
        cross[empty[:, kind], kind, kind] = 1.0
    size = np.sqrt(cross[:, np.arange(width), np.arange(width)])
    even = cross / size[:, :, None] / size[:, None, :]
    lowest = np.linalg.eigvalsh(even)[:, 0] if len(cross) else np.zeros(0)
    known = (lowest > 1 / _MOST_AMPLIFIED) & ~empty[:, :2].any(axis=1)
    even[~known] = np.eye(width)
    inverse = np.linalg.inv(even) / size[:, :, None] / size[:, None, :]
    contrast = np.zeros(width)
    contrast[:2] = 1, -1
    return (inverse @ right[:, :, None])[:, :, 0], inverse @ contrast, known


def _spread_without(speech: Speech, mean: Floats, push: Floats) -> Floats:
    """(cells,) the variance as if no profile were of the group, from moments of the chances."""
    groups = len(mean) // max(speech.aspects, 1)
    products = (speech.total**2, speech.total * speech.number, speech.number**2)
    moments = np.zeros((3, _POWERS, speech.aspects))
    for one, values in enumerate(products):
        for power in range(_POWERS):
            moments[one, power] = add_up(values * speech.nobody**power, speech.aspect, speech.aspects)
    moments = np.repeat(moments, groups, axis=2)
    part = [push[:, 2], push[:, 1] - push[:, 2]]
    line = [mean[:, 2], mean[:, 1] - mean[:, 2]]
    part = _times(part, part)
    terms = ((part, 1.0), (_times(part, line), -2.0), (_times(_times(part, line), line), 1.0))
    out = np.zeros(len(mean))
    for one, (coefficients, sign) in enumerate(terms):
        for power, coefficient in enumerate(coefficients):
            out += sign * coefficient * moments[one, power]
    return out


def _times(one: list[Floats], two: list[Floats]) -> list[Floats]:
    """The product of two polynomials."""
    out = [np.zeros_like(one[0]) for _ in range(len(one) + len(two) - 1)]
    for a, first in enumerate(one):
        for b, second in enumerate(two):
            out[a + b] = out[a + b] + first * second
    return out


def _scale(push: Floats) -> Floats:
    """(cells,) what brings the summands near 1, so that sums of whole units lose nothing."""
    most = np.maximum(np.abs(push).max(axis=1, initial=0.0), 1e-300) if len(push) else np.zeros(0)
    return np.exp2(np.floor(np.log2(1 / most**2)))


def _answer(mean: Floats, variance: Floats, known: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    nothing = np.where(known, 0.0, np.nan)
    difference = np.round(mean[:, 0] - mean[:, 1], _DIGITS) + nothing
    return difference, NORMAL_95 * np.sqrt(variance) + nothing
