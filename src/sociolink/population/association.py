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
_SHRINKAGE = 1.0
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


def fit_classes(given: UInt64s, family: UInt64s) -> NameClasses:
    """Learn which names go together, as far as they help to predict names that were held out.

    Args:
        given: (people,) hash of each person's given name; 0 where unknown.
        family: (people,) hash of each person's family name; 0 where unknown.

    Returns:
        As many classes as predict one half of the people best from the other half; independence where none do.
        Names that one person alone bears tell nothing and stay at 1; the lift of others is shrunk towards 1, each
        name's count reduced by one bearer, so that nobody is evidence for their own name.

    References:
        Lazarsfeld & Henry (1968), Latent structure analysis.
    """
    everybody = np.flatnonzero((given != 0) & (family != 0))
    told = everybody[sort_stably(mix(mix(given[everybody]) + family[everybody]))[0][:_MAX_PEOPLE]]
    if len(told) < _FEWEST:
        return no_classes()
    one, two = given[told], family[told]
    best, chosen = _LEAST_GAIN, 0
    for dimensions in _DIMENSIONS:
        half = _fit(one[::2], two[::2], dimensions)
        gain = float(np.log2(half.associate(one[1::2], two[1::2])).mean())
        if gain > best:
            best, chosen = gain, dimensions
    if not chosen:
        return no_classes()
    found = _fit(one, two, chosen)
    return _extend(found, given[everybody], family[everybody]) if len(told) < len(everybody) else found


def _fit(given: UInt64s, family: UInt64s, dimensions: int) -> NameClasses:
    """EM for two to the power of `dimensions` classes, started from the signs of the leading directions."""
    classes = 2**dimensions
    given_keys, one = np.unique(given, return_inverse=True)
    family_keys, two = np.unique(family, return_inverse=True)
    directions = _directions(one, two, dimensions)
    signs = (directions > 0) @ (2 ** np.arange(directions.shape[1]))
    weight = np.full((classes, len(given)), 0.3 / classes)
    weight[signs[two], np.arange(len(given))] += 0.7
    for _ in range(_EM_ROUNDS):
        share = (_row_sums(weight) + 1) / (len(given) + classes)
        lifts = [_lift(names, weight, share, size) for names, size in ((one, len(given_keys)), (two, len(family_keys)))]
        weight = _place_people(share, lifts[0], lifts[1], one, two)
    return _classes(share, weight, (given_keys, one), (family_keys, two))


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


def _classes(
    share: Floats, weight: Floats, given: tuple[UInt64s, Int64s], family: tuple[UInt64s, Int64s]
) -> NameClasses:
    """The model of people whose classes are known with these weights."""
    unknown = np.ones((1, len(share)))
    lifts = [np.vstack([_lift(names, weight, share, len(keys)), unknown]) for keys, names in (given, family)]
    return NameClasses(share, given[0], lifts[0], family[0], lifts[1])


def _extend(found: NameClasses, given: UInt64s, family: UInt64s) -> NameClasses:
    """The same classes with the names of more people: a name that the sample missed is placed by those beside it."""
    names = [np.unique(one, return_inverse=True) for one in (given, family)]
    (given_keys, one), (family_keys, two) = names
    for _ in range(_FINAL_ROUNDS):
        first = found.given_lift[_rows(found.given_keys, given_keys)]
        second = found.family_lift[_rows(found.family_keys, family_keys)]
        weight = _place_people(found.share, first, second, one, two)
        found = _classes(found.share, weight, (given_keys, one), (family_keys, two))
    return found


def _lift(names: Int64s, weight: Floats, share: Floats, size: int) -> Floats:
    """(names, classes) P(class | name) / P(class), with one bearer less and shrunk towards 1."""
    counts = np.stack([np.bincount(names, weights=row, minlength=size) for row in weight], 1)
    bearers = counts.sum(1, keepdims=True)
    counts *= np.maximum(bearers - 1, 0) / np.maximum(bearers, 1e-12)
    total = counts.sum(1, keepdims=True) + _SHRINKAGE
    out: Floats = (counts + _SHRINKAGE * share) / (total * share)
    return out
