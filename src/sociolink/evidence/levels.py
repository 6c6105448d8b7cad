"""Evidence in levels: how strongly a profile confirms a fact, as the simplest kind of mixture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sociolink.evidence.protocol import Mixture
from sociolink.population.kept import keep_made

__all__ = [
    "SMALLEST",
    "Level",
    "chance_of_value",
    "complete_chances",
    "level_mixture",
    "level_phrase",
    "level_prior",
    "no_levels",
]

Floats = npt.NDArray[np.float64]

SMALLEST = 1e-12
"""No level has a smaller probability."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of agreement.

    Attributes:
        name: Name of the component.
        phrase: What the level says, for people.
        prior: Pseudo-count with which learning starts, above 0.
        group: Levels of one group exclude each other and are all there is to see where both sides state the same;
            P(level | the profile is this customer's) sums to 1 over a group.
    """

    name: str
    phrase: str
    prior: float
    group: int = 0


def level_prior(name: str, levels: Sequence[Level]) -> dict[str, dict[str, float]]:
    """Pseudo-counts of the levels, as `EvidenceFamily.prior` gives them."""
    return {name: {level.name: level.prior for level in levels}}


def level_phrase(levels: Sequence[Level], component: str) -> str:
    """The phrase of a level by its name; the name itself where there is no such level."""
    return next((level.phrase for level in levels if level.name == component), component)


def chance_of_value(holders: npt.NDArray[np.int64], stating: int, *, theta: float) -> Floats:
    """P(a random customer who states such a fact states this value), the one whose profile it is left out.

    Args:
        holders: (n,) customers that state the value.
        stating: Customers that state any value.
        theta: Customers expected to state a stranger's value by chance or by mistake, above 0.

    Returns:
        (n,) `(max(holders - 1, 0) + theta) / stating`, in (0, 1].

    Examples:
        >>> chance_of_value(np.array([0, 1, 3]), 100, theta=0.5).tolist()
        [0.005, 0.005, 0.025]
    """
    out: Floats = np.minimum((np.maximum(holders - 1, 0) + theta) / max(stating, 1), 1.0)
    return out


def complete_chances(chances: Floats, rest: int | npt.NDArray[np.integer]) -> Floats:
    """Give one level of each row what the others leave, and scale rows to sum to 1.

    Args:
        chances: (n, levels) P(level | a random person), 0 for levels that cannot be reached.
        rest: The level that takes the rest, for all rows or for each.

    Returns:
        (n, levels), each row summing to 1; the rest is never below a thousandth.

    Examples:
        >>> complete_chances(np.array([[0.0, 0.25]]), 0).tolist()
        [[0.75, 0.25]]
    """
    rows = np.arange(len(chances))
    out = chances.copy()
    out[rows, rest] = 0.0
    out[rows, rest] = np.maximum(1.0 - out.sum(1), 1e-3)
    return np.asarray(out / out.sum(1, keepdims=True))


@keep_made
def _components(levels: Sequence[Level]) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    """Names and groups of the components that levels are."""
    groups = np.array([one.group for one in levels], np.int32)
    groups.setflags(write=False)
    return tuple(one.name for one in levels), groups


@keep_made
def _nothing_said(levels: Sequence[Level], name: str) -> Mixture:
    """The channel of no pairs."""
    nothing = level_mixture(name, levels, level=np.empty(0, np.int8), u=np.empty(0))
    for one in (nothing.pair, nothing.component, nothing.likelihood):
        one.setflags(write=False)
    return nothing


def no_levels(name: str, levels: Sequence[Level], pairs: int) -> Mixture:
    """The channel of pairs of which none says anything; not to be written to."""
    return replace(_nothing_said(levels, name), pairs=pairs)


def level_mixture(name: str, levels: Sequence[Level], *, level: npt.NDArray[np.int8], u: Floats) -> Mixture:
    """Comparison levels as a channel: one component a pair, worth m / u.

    Args:
        name: Name of the channel.
        levels: The levels.
        level: (pairs,) int8 index into `levels`; -1 where the pair says nothing.
        u: (pairs,) P(level | a random person, for this value); what stands where `level` is -1 is not read.

    Returns:
        The channel; m, the weight of the level, is learned.

    References:
        Fellegi & Sunter (1969), A theory for record linkage, JASA 64.

    Examples:
        >>> levels = (Level("differs", "it differs", 5.0), Level("same", "it is the same", 45.0))
        >>> mixture = level_mixture("shoe", levels, level=np.array([1, -1], np.int8), u=np.array([0.125, 1.0]))
        >>> mixture.pair.tolist(), mixture.likelihood.tolist()
        ([0], [8.0])
    """
    told = (level >= 0).nonzero()[0]
    components, groups = _components(levels)
    return Mixture(
        name,
        components,
        groups,
        told.astype(np.int32),
        level[told].astype(np.int32),
        1.0 / np.clip(u[told], SMALLEST, 1.0),
        len(level),
        None,
    )
