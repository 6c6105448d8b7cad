"""Given and family names that go together: how much likelier a full name is than its parts would suggest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.text.hashing import UInt64s, mix
from sociolink.text.sorting import find_sorted, sort_stably

__all__ = ["NameClasses", "fit_classes", "no_classes"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_DIMENSIONS = (3, 4)
_POWER_ROUNDS = 12
_EM_ROUNDS = 40
_PLACING_SHRINKAGE = 1.0
_SHRINKAGES = (1.0, 0.5, 0.25, 0.125)
_MAX_PEOPLE = 20_000
_FINAL_ROUNDS = 2
_FEWEST = 200
_PASS = 1 << 12
_LEAST_GAIN = 0.02


@dataclass(frozen=True, slots=True)
class NameClasses:
    """A latent class model of full names; classes have no names and say nothing about any one person.

    Attributes:
        share: (classes,) share of people in each class.
        given_keys: (given names,) uint64, sorted.
        given_lift: (given names + 1, classes) P(class | name) / P(class); the last row, all 1, is for unknown names.
        family_keys: (family names,) uint64, sorted.
        family_lift: (family names + 1, classes) likewise.
    """

    share: Floats
    given_keys: UInt64s
    given_lift: Floats
    family_keys: UInt64s
    family_lift: Floats

    def associate(self, given: UInt64s, family: UInt64s) -> Floats:
        """(n,) P(given and family name) / (P(given name) P(family name)); 1 where either is unknown."""
        one, two = _rows(self.given_keys, given), _rows(self.family_keys, family)
        out = np.empty(len(one))
        for begin in range(0, len(one), _PASS):
            here = slice(begin, begin + _PASS)
            lift = self.given_lift[one[here]] * self.family_lift[two[here]]
            out[here] = (lift * self.share).sum(axis=1)  # not a matrix product: its last bit depends on n
        return out


def _rows(keys: UInt64s, wanted: UInt64s) -> Int64s:
    at, known = find_sorted(keys, wanted)
    return np.where(known, at, len(keys))


def no_classes() -> NameClasses:
    """Independence: every full name is as frequent as its parts say."""
    nothing = np.empty(0, np.uint64)
    return NameClasses(np.ones(1), nothing, np.ones((1, 1)), nothing, np.ones((1, 1)))


def _sums(to: Int64s, source: Int64s, values: Floats, size: int) -> Floats:
    """(size, dimensions) sums of the values of the other name, by name."""
    return np.stack([np.bincount(to, weights=axis[source], minlength=size) for axis in values.T], 1).astype(np.float64)


def _directions(given: Int64s, family: Int64s, dimensions: int) -> Floats:
    """(family names, dimensions) leading directions of correspondence analysis, by power iteration."""
    rows: Floats = np.bincount(given).astype(np.float64)
    columns: Floats = np.bincount(family).astype(np.float64)
    people = float(len(given))
    irrational = np.sqrt(np.array([2.0, 3.0, 5.0, 7.0, 11.0, 13.0])[:dimensions])
    basis = (np.arange(len(columns))[:, None] * irrational) % 1.0 - 0.5
    for _ in range(_POWER_ROUNDS):
        basis -= (columns / people) @ basis
        scores = _sums(given, family, basis, len(rows)) / rows[:, None]
        basis = _sums(family, given, scores, len(columns)) / columns[:, None]
        weighted = basis * np.sqrt(columns)[:, None]
        basis = np.linalg.qr(weighted)[0] / np.sqrt(columns)[:, None]
    return np.asarray(basis, np.float64)


@dataclass(frozen=True, slots=True)
class _Borne:
    """Names of one kind and the classes of their bearers.

    Attributes:
        keys: (names,) uint64, sorted.
        counts: (names, classes) bearers in each class, by the weights of people.
    """

    keys: UInt64s
    counts: Floats

    def lift(self, share: Floats, shrinkage: float) -> Floats:
        """(names, classes) P(class | name) / P(class) for one more bearer, shrunk towards 1."""
        return _lift(self.counts, share, shrinkage)

    def lift_of_others(self, share: Floats) -> Floats:
        """(names, classes) the same with one bearer less: nobody is placed by themselves."""
        bearers = self.counts.sum(1, keepdims=True)
        others = self.counts * (np.maximum(bearers - 1, 0) / np.maximum(bearers, 1e-12))
        return _lift(others, share, _PLACING_SHRINKAGE)


@dataclass(frozen=True, slots=True)
class _Placed:
    """People in classes, as far as their names tell; `share` is (classes,) that of each class."""

    share: Floats
    given: _Borne
    family: _Borne

    def classes(self, shrinkage: float) -> NameClasses:
        """What these people tell of a further one."""
        unknown = np.ones((1, len(self.share)))
        lifts = [np.vstack([side.lift(self.share, shrinkage), unknown]) for side in (self.given, self.family)]
        return NameClasses(self.share, self.given.keys, lifts[0], self.family.keys, lifts[1])


def fit_classes(given: UInt64s, family: UInt64s) -> NameClasses:
    """Learn which names go together, as far as they help to predict names that were held out.

    Args:
        given: (people,) hash of each person's given name; 0 where unknown.
        family: (people,) hash of each person's family name; 0 where unknown.

    Returns:
        As many classes as predict one half of the people best from the other half; independence where none do.
        People are placed by the other bearers of their names only. All bearers, one or many, tell of the next one;
        how much the lift of a name is shrunk towards 1 is chosen by the same half.

    References:
        Lazarsfeld & Henry (1968), Latent structure analysis.
    """
    everybody = np.flatnonzero((given != 0) & (family != 0))
    told = everybody[sort_stably(mix(mix(given[everybody]) + family[everybody]))[0][:_MAX_PEOPLE]]
    if len(told) < _FEWEST:
        return no_classes()
    one, two = given[told], family[told]
    best, dimensions, shrinkage = _LEAST_GAIN, 0, 0.0
    for tried in _DIMENSIONS:
        half = _fit(one[::2], two[::2], tried)
        for weaker in _SHRINKAGES:
            gain = float(np.log2(half.classes(weaker).associate(one[1::2], two[1::2])).mean())
            if gain > best:
                best, dimensions, shrinkage = gain, tried, weaker
    if not dimensions:
        return no_classes()
    placed = _fit(one, two, dimensions)
    if len(told) < len(everybody):
        placed = _extend(placed, given[everybody], family[everybody])
    return placed.classes(shrinkage)


def _fit(given: UInt64s, family: UInt64s, dimensions: int) -> _Placed:
    """EM for two to the power of `dimensions` classes, started from the signs of the leading directions."""
    classes = 2**dimensions
    names = _numbered(given), _numbered(family)
    one, two = names[0][1], names[1][1]
    directions = _directions(one, two, dimensions)
    signs = (directions > 0) @ (2 ** np.arange(directions.shape[1]))
    weight = np.full((classes, len(given)), 0.3 / classes)
    weight[signs[two], np.arange(len(given))] += 0.7
    for _ in range(_EM_ROUNDS):
        share = (_row_sums(weight) + 1) / (len(given) + classes)
        placed = _count(share, weight, names)
        lifts = placed.given.lift_of_others(share), placed.family.lift_of_others(share)
        weight = _place_people(share, *lifts, one, two)
    return _count(share, weight, names)


def _numbered(names: UInt64s) -> tuple[UInt64s, Int64s]:
    """Distinct names, and which of them each person bears."""
    keys, of = np.unique(names, return_inverse=True)
    return keys, of


def _row_sums(weight: Floats) -> Floats:
    """(classes,) people in each class, added up one after the other."""
    nobody = np.zeros(weight.shape[1], np.intp)
    return np.array([np.bincount(nobody, weights=row, minlength=1)[0] for row in weight])


def _place_people(share: Floats, first: Floats, second: Floats, one: Int64s, two: Int64s) -> Floats:
    """(classes, people) P(class | given and family name), in passes that stay near the processor."""
    weight = np.empty((len(share), len(one)))
    first = share * first
    for begin in range(0, len(one), _PASS):
        here = slice(begin, begin + _PASS)
        some = first[one[here]]
        some *= second[two[here]]
        some /= some.sum(1, keepdims=True)
        weight[:, here] = some.T
    return weight


def _count(share: Floats, weight: Floats, names: tuple[tuple[UInt64s, Int64s], tuple[UInt64s, Int64s]]) -> _Placed:
    """People with these weights, counted by name."""
    sides: list[_Borne] = []
    for keys, of in names:
        counts = np.stack([np.bincount(of, weights=row, minlength=len(keys)) for row in weight], 1)
        sides.append(_Borne(keys, counts.astype(np.float64)))
    return _Placed(share, sides[0], sides[1])


def _extend(placed: _Placed, given: UInt64s, family: UInt64s) -> _Placed:
    """The same classes with the names of more people: a name that the sample missed is placed by those beside it."""
    names = _numbered(given), _numbered(family)
    share = placed.share
    unknown = np.ones((1, len(share)))
    for _ in range(_FINAL_ROUNDS):
        lifts = []
        for (keys, _of), side in zip(names, (placed.given, placed.family), strict=True):
            lifts.append(np.vstack([side.lift_of_others(share), unknown])[_rows(side.keys, keys)])
        weight = _place_people(share, lifts[0], lifts[1], names[0][1], names[1][1])
        placed = _count(share, weight, names)
    return placed


def _lift(counts: Floats, share: Floats, shrinkage: float) -> Floats:
    """(names, classes) P(class | name) / P(class) by counts, shrunk towards 1."""
    out: Floats = (counts + shrinkage * share) / ((counts.sum(1, keepdims=True) + shrinkage) * share)
    return out
