"""Sums over links of which each is true with a probability: what is expected, and how far it may be off.

Profiles are independent of each other; the posts of one profile are not, for they are all this customer's or none is.
So a customer's count is a sum over profiles of `count * B(chance)`, a Poisson-binomial with steps of more than one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.errors import InvalidParameterError
from sociolink.text.runs import starts_of_runs

__all__ = ["LEVEL", "NORMAL_95", "add_up", "chance_of_any", "count_intervals", "mean_intervals", "moment_reached"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEVEL = 0.95
"""Of all intervals."""

NORMAL_95 = 1.959963984540054
"""Standard deviations on either side that hold 95% of a normal distribution."""

_UNIT = float(2**30)
"""Sums are made of whole units of 2^-30: exact, and the same in any order."""

_SURE = 1e-300
_CELLS = 1_024
_BATCH = 1 << 21
_HAIR = 1e-12
_CLOSE = 1e-7


def add_up(values: Floats, groups: Ints, size: int) -> Floats:
    """Sums by group that do not depend on the order of the values.

    Args:
        values: (rows,) what is added.
        groups: (rows,) number of the group.
        size: Number of groups.

    Examples:
        >>> add_up(np.array([0.5, 0.25, 1.0]), np.array([0, 0, 1]), 3)
        array([0.75, 1.  , 0.  ])
    """
    sums: Floats = np.bincount(groups, weights=np.rint(values * _UNIT), minlength=size) / _UNIT
    return sums


def chance_of_any(chance: Floats, groups: Ints, size: int) -> Floats:
    """Probability that at least one link of the group is true.

    Examples:
        >>> chance_of_any(np.array([0.5, 0.5, 1.0]), np.array([0, 0, 1]), 3)
        array([0.75, 1.  , 0.  ])
    """
    missed = add_up(_log_miss(chance), groups, size)
    return np.asarray(np.round(-np.expm1(missed), 9) + 0.0, np.float64)


def count_intervals(count: Ints, chance: Floats, groups: Ints, *, size: int, level: float = LEVEL) -> tuple[Ints, Ints]:
    """Central intervals of the sum of `count * B(chance)` by group.

    The distribution is convolved profile by profile: exact up to totals of 1,023; beyond, counts are rounded to a
    thousandth of the total.

    Args:
        count: (links,) what the link brings if it is true, at least 0.
        chance: (links,) probability that it is true.
        groups: (links,) number of the group.
        size: Number of groups.
        level: Of the interval, in (0, 1).

    Returns:
        (groups,) lower and upper end: the sum lies below, and above, with at most half of `1 - level` each.

    Raises:
        InvalidParameterError: The level is out of range.

    References:
        Barlow & Heidtmann (1984), Computing k-out-of-n system reliability, IEEE Transactions on Reliability 33; Hong
        (2013), On computing the distribution function for the Poisson binomial distribution, CSDA 59.

    Examples:
        >>> count_intervals(np.array([3, 1]), np.array([0.9, 0.01]), np.array([0, 0]), size=1)
        (array([0]), array([3]))
    """
    if not 0 < level < 1:
        raise InvalidParameterError(f"level is {level!r}; it must lie between 0 and 1")
    low, high = np.zeros(size, np.int64), np.zeros(size, np.int64)
    order = np.lexsort((chance, count, groups))
    order = order[(count[order] > 0) & (chance[order] > 0)]
    count, chance, groups = count[order], chance[order], groups[order]
    total = np.bincount(groups, weights=count, minlength=size).astype(np.int64)
    step = np.maximum(-(-total // (_CELLS - 1)), 1)
    steps = (count * 2 + step[groups]) // (2 * step[groups])
    cells = np.bincount(groups, weights=steps, minlength=size).astype(np.int64) + 1
    links = np.bincount(groups, minlength=size)
    first = np.cumsum(links) - links
    width = np.left_shift(1, np.ceil(np.log2(cells)).astype(np.int64))
    for cell in np.unique(width[links > 0]).tolist():
        chosen = np.flatnonzero((width == cell) & (links > 0))
        chosen = chosen[np.argsort(-links[chosen], kind="stable")]
        for begin in range(0, len(chosen), max(_BATCH // cell, 1)):
            part = chosen[begin : begin + max(_BATCH // cell, 1)]
            ends = _ends(steps, chance, first[part], links[part], width=cell, level=level)
            low[part], high[part] = (np.minimum(end * step[part], total[part]) for end in ends)
    return low, high


def mean_intervals(
    total: Floats, count: Floats, chance: Floats, groups: Ints, *, size: int
) -> tuple[Floats, Floats, Floats]:
    """Means over what is a group's if its links are true: expected total by expected count, and a normal interval.

    Args:
        total: (links,) sum of the values that the link brings.
        count: (links,) number of these values.
        chance: (links,) probability that the link is true.
        groups: (links,) number of the group.
        size: Number of groups.

    Returns:
        (groups,) mean, lower and upper end; not a number where no value is expected.

    References:
        Cochran (1977), Sampling techniques, 3rd ed., section 2.11: the linearised variance of a ratio.

    Examples:
        >>> mean, low, high = mean_intervals(
        ...     np.array([2.0, -1.0]), np.array([2.0, 1.0]), np.array([1.0, 0.5]), np.array([0, 0]), size=1
        ... )
        >>> mean.round(3), low.round(3), high.round(3)
        (array([0.6]), array([-0.027]), array([1.227]))
    """
    expected = add_up(chance * count, groups, size)
    known = expected > 0
    below = np.where(known, expected, 1.0)
    mean = add_up(chance * total, groups, size) / below
    off = total - mean[groups] * count
    spread = np.sqrt(add_up(chance * (1 - chance) * off**2, groups, size)) / below * NORMAL_95
    nothing = np.where(known, 0.0, np.nan)
    return mean + nothing, mean - spread + nothing, mean + spread + nothing


def moment_reached(
    moment: Ints, chance: Floats, groups: Ints, *, size: int, level: float, latest: bool
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The moment at or after which (or until which) at least one true link lies, with a probability.

    Args:
        moment: (links,) when the link's last (or first) thing happened.
        chance: (links,) probability that the link is true.
        groups: (links,) number of the group.
        size: Number of groups.
        level: The probability that is to be reached.
        latest: Go from the latest moment down; else from the earliest up.

    Returns:
        (groups,) the moment, and whether the probability is reached at all.

    Examples:
        >>> moment_reached(
        ...     np.array([5, 9]), np.array([0.9, 0.4]), np.array([0, 0]), size=1, level=0.5, latest=True
        ... )
        (array([5]), array([ True]))
    """
    out, reached = np.zeros(size, np.int64), np.zeros(size, np.bool_)
    order = np.lexsort((chance, -moment if latest else moment, groups))
    moment, groups = moment[order], groups[order]
    missed = np.cumsum(np.rint(_log_miss(chance[order]) * _UNIT).astype(np.int64))
    begins = np.searchsorted(groups, groups, side="left")
    before = np.where(begins > 0, missed[begins - 1], 0)
    there = np.flatnonzero((missed - before) / _UNIT <= np.log1p(-level) + _CLOSE)
    first = there[starts_of_runs(groups[there])]
    out[groups[first]], reached[groups[first]] = moment[first], True
    return out, reached


def _log_miss(chance: Floats) -> Floats:
    """Log of the probability that a link is false."""
    answer: Floats = np.log(np.maximum(1 - chance, _SURE))
    return answer


def _ends(steps: Ints, chance: Floats, first: Ints, links: Ints, *, width: int, level: float) -> tuple[Ints, Ints]:
    """Ends of the intervals of groups, those with most links first."""
    spread = np.zeros((len(first), width))
    spread[:, 0] = 1
    places = np.arange(width)
    for number in range(int(links[0])):
        some = int(np.searchsorted(-links, -number, side="left"))
        at = first[:some] + number
        from_ = places[None, :] - steps[at][:, None]
        moved = np.take_along_axis(spread[:some], np.maximum(from_, 0), axis=1)
        moved[from_ < 0] = 0
        true = chance[at][:, None]
        spread[:some] = spread[:some] * (1 - true) + moved * true
    until = np.cumsum(spread, axis=1)
    tail = (1 - level) / 2
    low = np.minimum((until < tail - _HAIR).sum(axis=1), width - 1)
    high = np.minimum((until < 1 - tail - _HAIR).sum(axis=1), width - 1)
    return low.astype(np.int64), high.astype(np.int64)
