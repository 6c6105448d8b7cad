"""Readings in the making: how the slots of a form are filled from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.slots import SlotArcs
from sociolink.text.runs import expand_runs

__all__ = ["PRUNE", "TRACE", "Around", "Least", "Partial", "falls", "read_form"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

PRUNE = 1e-2
"""Least likelihood ratio that a customer must be able to reach for a reading to be of use."""

TRACE = 1e-4
"""Least share of P(string) that a reading must make up to be counted."""


@dataclass(frozen=True, slots=True)
class Least:
    """What a reading of each string must reach to be kept: enough around it, or enough of the string in all."""

    around: Floats
    chance: Floats

    def keeps(self, string: Int64s, around: Floats, parts: Floats) -> Int64s:
        """The readings that reach it."""
        return ((around > self.around[string]) | (around * parts > self.chance[string])).nonzero()[0]


@dataclass(frozen=True, slots=True)
class Partial:
    """Readings in the making: the arc in each slot so far, the place reached, probabilities, parts that were read."""

    arcs: tuple[Int64s, ...]
    end: Int64s
    around: Floats
    parts: Floats
    read: npt.NDArray[np.int8]

    def only(self, keep: Int64s) -> Partial:
        """The chosen readings."""
        if len(keep) == len(self.end):
            return self
        arcs = tuple(one[keep] for one in self.arcs)
        return Partial(arcs, self.end[keep], self.around[keep], self.parts[keep], self.read[keep])

    def times(self, factor: Floats | float) -> Partial:
        """With something more around them."""
        return Partial(self.arcs, self.end, self.around * factor, self.parts, self.read)


def _join(left: Partial, slot: SlotArcs) -> Partial:
    """Every way to go on."""
    one, two = expand_runs(slot.begin[left.end], slot.begin[left.end + 1] - slot.begin[left.end])
    return Partial(
        (*(arc[one] for arc in left.arcs), two),
        slot.target[two],
        left.around[one] * slot.anybody[two],
        left.parts[one] * slot.chance[two],
        left.read[one] + slot.read[two],
    )


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the names of all strings.

    Attributes:
        owner: (places,) the string of each place.
        cut: (places,) P(a part begins or ends there, as marked).
        ahead: (places,) P(what stands before the place, and a cut).
        beyond: (places,) P(what stands after the place, and a cut).
    """

    owner: Int64s
    cut: Floats
    ahead: Floats
    beyond: Floats


def read_form(filled: Sequence[SlotArcs], outside: Around, least: Least) -> Partial | None:
    """All readings in one form, with what stands around them, that are worth keeping; None where there is none."""

    def worth(found: Partial) -> Partial:
        return found.only(least.keeps(outside.owner[found.end], found.around, found.parts))

    first = filled[0]
    every, around = np.arange(len(first)), outside.ahead[first.source] * first.anybody
    found = Partial((every,), first.target, around, first.chance, first.read.astype(np.int8))
    found = worth(found)
    for slot in filled[1:]:
        found = found.times(outside.cut[found.end])
        found = worth(found)
        if len(found.end) == 0:
            return None
        found = _join(found, slot)
    found = worth(found.times(outside.beyond[found.end]))
    return found if len(found.end) else None


def falls(chance: Floats, beyond: Floats) -> bool:
    """Whether a reading never becomes likelier by going on: no factor of its probabilities is above 1."""
    return bool(max(chance.max(initial=0.0), beyond.max(initial=0.0)) <= 1.0)
