"""Evidence from any column that customers and profiles share: a loyalty number, a postcode, a date of birth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from sociolink.evidence.erasing import Erasure
from sociolink.evidence.levels import Level, chance_of_value, level_mixture, level_phrase, level_prior
from sociolink.evidence.protocol import Hits, Keys, Mixture, Pairs
from sociolink.index.row_bytes import locate_bytes
from sociolink.text.folding import squash
from sociolink.text.hashing import UInt64s, hash_strings, mix

__all__ = ["LEVELS", "Shared", "SharedValues"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

LEVELS = (
    Level("differs", "{} differs", 4.0),
    Level("alike", "{} is nearly the same", 6.0),
    Level("same", "{} is the same", 40.0),
)
_ALIKE = 0.7
_SAMPLE = 500
_THETA = 0.5
_SALT = 200


@dataclass(frozen=True, slots=True)
class SharedValues:
    """One column of one table, interned.

    Attributes:
        code: (rows,) int64 index into `values`; -1 where empty.
        values: Distinct squashed values.
        key: (values,) uint64 hashes.
        chance: (values,) P(a random customer has the value); empty on the profiles' side.
        alike: P(a random customer's value is alike without being the same).
    """

    code: Int64s
    values: pa.Array
    key: UInt64s
    chance: Floats
    alike: float


@dataclass(frozen=True, slots=True)
class Shared:
    """Agreement of a column that stands in both tables under the same name, whatever it means.

    Attributes:
        column: The column; any type that has a text form.

    Examples:
        >>> from sociolink.linking.defaults import DEFAULT_EVIDENCE
        >>> evidence = (*DEFAULT_EVIDENCE, Shared("loyalty_number"))
        >>> evidence[-1].name
        'shared_loyalty_number'
    """

    column: str

    @property
    def name(self) -> str:
        """`shared_` and the column."""
        return f"shared_{self.column}"

    def prior(self, population: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Pseudo-counts of the levels."""
        return level_prior(self.name, LEVELS)

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """How often two random values are alike."""
        values = _values(customers, self.column).drop_null()
        size = len(values)
        if size < 2:
            return {"alike": 0.01}
        rng = np.random.default_rng(0)
        left, right = (values.take(pa.array(rng.integers(0, size, _SAMPLE * 20))) for _ in range(2))
        alike = _alike(left, right) & ~np.asarray(pc.equal(left, right))
        return {"alike": round(float((alike.sum() + 0.5) / (len(alike) + 1)), 6)}

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: SharedValues | None = None
    ) -> SharedValues:
        """Distinct values and how frequent they are."""
        code, values, key = _intern(_values(customers, self.column))
        holders = np.bincount(code[code >= 0], minlength=len(values))
        stating = int((code >= 0).sum())
        if background is not None and len(background.key):
            order = np.argsort(background.key)
            at = np.minimum(np.searchsorted(background.key, key, sorter=order), len(order) - 1)
            known = background.key[order[at]] == key
            chance = np.where(known, background.chance[order[at]], background.chance.min(initial=1.0))
        else:
            chance = chance_of_value(holders, stating, theta=_THETA)
        return SharedValues(code, values, key, chance, float(population.get("alike", 0.01)))

    def forget(self, state: SharedValues, erasure: Erasure) -> None:
        """Erase values that nobody else has."""
        erasure.draft.overwrite(state.code, erasure.rows, -1)
        theirs = _intern(_values(erasure.customers, self.column))[2]
        free = np.bincount(state.code[state.code >= 0], minlength=len(state.key)) == 0
        gone = np.flatnonzero(free & np.isin(state.key, theirs))
        erasure.draft.overwrite(state.key, gone, np.uint64(0))
        for begins, sizes in locate_bytes(pa.table({self.column: state.values}), gone, erasure.draft):
            erasure.draft.blank(begins, sizes)

    def prepare_profiles(
        self, profiles: pa.Table, customers: SharedValues, population: Mapping[str, Any]
    ) -> SharedValues:
        """Distinct values of a batch."""
        code, values, key = _intern(_values(profiles, self.column))
        return SharedValues(code, values, key, np.empty(0), customers.alike)

    def customer_keys(self, customers: SharedValues) -> Keys:
        """The values themselves."""
        return _keys(customers)

    def profile_keys(self, profiles: SharedValues) -> Keys:
        """The values themselves."""
        return _keys(profiles)

    def compare(self, customers: SharedValues, profiles: SharedValues, pairs: Pairs, hits: Hits) -> tuple[Mixture, ...]:
        """One level a pair; likeness is computed once for each pair of distinct values."""
        level = np.full(len(pairs), -1, np.int8)
        u = np.ones(len(pairs))
        if len(customers.values) and len(profiles.values):
            left = profiles.code[pairs.profile]
            right = np.where(pairs.customer >= 0, customers.code[np.maximum(pairs.customer, 0)], -1)
            told = np.flatnonzero((left >= 0) & (right >= 0))
            code, back = np.unique(left[told] * len(customers.values) + right[told], return_inverse=True)
            one, two = np.divmod(code, len(customers.values))
            same = profiles.key[one] == customers.key[two]
            alike = _alike(profiles.values.take(pa.array(one)), customers.values.take(pa.array(two)))
            grade = np.where(same, 2, np.where(alike, 1, 0)).astype(np.int8)
            chance = customers.chance[two]
            rest = np.maximum(1 - chance - customers.alike, 1e-3)
            level[told] = grade[back]
            u[told] = np.where(same, chance, np.where(alike, customers.alike, rest))[back]
        return (level_mixture(self.name, LEVELS, level=level, u=u),)

    def describe(self, component: str) -> str:
        """What a level means."""
        return level_phrase(LEVELS, component).format(self.column.replace("_", " "))


def _values(table: pa.Table, name: str) -> pa.Array:
    """Squashed values of a column; null where it is empty or not there."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    column = table.column(name).combine_chunks()
    if pa.types.is_list(column.type):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), " ")
    text = squash(column.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _intern(values: pa.Array) -> tuple[Int64s, pa.Array, UInt64s]:
    encoded = values.dictionary_encode()
    code = np.asarray(pc.fill_null(encoded.indices, -1), np.int64)
    return code, encoded.dictionary, hash_strings(encoded.dictionary)[0]


def _keys(values: SharedValues) -> Keys:
    row = np.flatnonzero(values.code >= 0)
    return Keys(mix(values.key[values.code[row]], _SALT), row.astype(np.int32))


def _alike(left: pa.Array, right: pa.Array) -> npt.NDArray[np.bool_]:
    likeness = cpdist(left.to_pylist(), right.to_pylist(), scorer=OSA.normalized_similarity, dtype=np.float32)
    return np.asarray(likeness >= _ALIKE, np.bool_)
