"""Reaching the fixed point of a slow iteration sooner, by steps that extrapolate two plain ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Rest", "find_fixed_point"]

Floats = npt.NDArray[np.float64]

_LONGEST = 4.0


@dataclass(frozen=True, slots=True)
class Rest:
    """Where an iteration came to.

    Attributes:
        point: (n,) the point; what a plain round gave.
        rounds: Rounds that were made.
        reached: Whether the last plain round moved by less than the tolerance.
    """

    point: Floats
    rounds: int
    reached: bool


def find_fixed_point(
    advance: Callable[[Floats], Floats],
    start: Floats,
    *,
    moved: Callable[[Floats, Floats], float],
    tolerance: float,
    max_rounds: int,
) -> Rest:
    """Iterate to a fixed point; every third round goes on from where two plain ones point to.

    An extrapolated point is kept only if a plain round from it moves no more than the last plain round did; otherwise
    the iteration goes on from the plain one, with shorter steps. So it comes to rest where plain rounds do, and never
    runs away. (A safeguard by the likelihood would need what the rounds climb in closed form.)

    Args:
        advance: A plain round.
        start: (n,) where to begin; any real numbers are points.
        moved: How far two points lie apart.
        tolerance: Rest when a plain round moves by less.
        max_rounds: Most rounds.

    References:
        Varadhan & Roland (2008), Simple and globally convergent methods for accelerating the convergence of any EM
        algorithm, Scandinavian Journal of Statistics 35, scheme S3.

    Examples:
        >>> slow = lambda x: 0.95 * x + 0.05
        >>> gap = lambda x, y: float(np.abs(x - y).max())
        >>> rest = find_fixed_point(slow, np.zeros(1), moved=gap, tolerance=1e-6, max_rounds=200)
        >>> rest.reached, rest.rounds < 20, bool(abs(rest.point[0] - 1) < 1e-4)
        (True, True, True)
    """
    point, rounds, longest = start, 0, _LONGEST
    while rounds + 2 <= max_rounds:
        first = advance(point)
        if moved(point, first) < tolerance:
            return Rest(first, rounds + 1, True)
        second = advance(first)
        rounds += 2
        last = moved(first, second)
        if last < tolerance:
            return Rest(second, rounds, True)
        step = first - point
        bend = float(np.linalg.norm(second - first - step))
        length = min(max(float(np.linalg.norm(step)) / bend if bend > 0 else longest, 1.0), longest)
        point = second
        if length == 1.0 or rounds == max_rounds:
            continue
        far = first - step + 2 * length * step + length**2 * (second - first - step)
        beyond = advance(far)
        rounds += 1
        gap = moved(far, beyond)
        if gap < tolerance:
            return Rest(beyond, rounds, True)
        kept = gap <= last
        point = beyond if kept else second
        if not kept:
            longest = max(longest / _LONGEST, _LONGEST)
        elif length == longest:
            longest *= _LONGEST
    return Rest(point, rounds, False)
