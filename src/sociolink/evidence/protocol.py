"""What a kind of evidence is: keys that propose pairs, and a mixture that turns a pair into bits.

A family prepares each table once (`prepare_customers`, `prepare_profiles`), offers keys for blocking, and for given
pairs returns *channels*. Every channel is a `Mixture`: how likely what the profile shows is if the customer made it
(numerator) and if a stranger did (denominator), both as sums over components whose weights are learned. A family of
comparison levels is the special case of one component a pair. Blocking, scoring, explanation and reports know
channels and families only through this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.index.scratch import Scratch
from sociolink.text.hashing import UInt64s
from sociolink.text.sorting import sort_stably

__all__ = [
    "ConfirmsKeys",
    "Denominator",
    "EvidenceFamily",
    "Hits",
    "Keys",
    "Mixture",
    "Pairs",
    "PreparesSections",
    "RemembersSettings",
    "no_keys",
    "sort_keys",
]

Int32s = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Keys:
    """Blocking keys of one table.

    Attributes:
        key: (n,) uint64; equal keys of a customer and a profile make them a candidate.
        row: (n,) int32, the row of the table that has the key.
    """

    key: UInt64s
    row: Int32s

    def __len__(self) -> int:
        return len(self.key)


def sort_keys(keys: Keys) -> tuple[Keys, Int32s | None]:
    """Keys in ascending order, equal ones in the order that they had; and that order, None if they had it already."""
    if not (keys.key[1:] < keys.key[:-1]).any():
        return keys, None
    order, key = sort_stably(keys.key)
    return Keys(key, keys.row[order]), order


def no_keys() -> Keys:
    """Keys of a family that proposes nothing."""
    return Keys(np.empty(0, np.uint64), np.empty(0, np.int32))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs to be scored, sorted by profile.

    Attributes:
        profile: (n,) int32, row in the prepared profiles.
        customer: (n,) int32, row in the prepared customers; -1 stands for customers who were not compared one by
            one: those of a capped block, or all who share no key with the profile.
        count: (n,) float64, how many customers the pair stands for; 1 where `customer` is not -1.
    """

    profile: Int32s
    customer: Int32s
    count: Floats

    def __len__(self) -> int:
        return len(self.profile)


@dataclass(frozen=True, slots=True)
class Hits:
    """Which keys of one family agreed for which pair.

    Attributes:
        pair: (n,) int32, index into `Pairs`, ascending.
        customer_key: (n,) int32, index into the customers' `Keys` of the family in ascending order (`sort_keys`).
        profile_key: (n,) int32, index into the profiles' `Keys` of the family.
    """

    pair: Int32s
    customer_key: Int32s
    profile_key: Int32s


@dataclass(frozen=True, slots=True)
class Denominator:
    """What a stranger would show, as a mixture with the same weights as the customer's.

    Attributes:
        of_pair: (pairs,) int32, row of the denominator for each pair; -1 where the channel says nothing.
        row: (n,) int32, row of each entry.
        component: (n,) int32, component of each entry.
        likelihood: (n,) float64, P(shown | stranger, component), on the scale of the row.
        opaque: (rows,) int32, component that explains a row without any fact about a person.
    """

    of_pair: Int32s
    row: Int32s
    component: Int32s
    likelihood: Floats
    opaque: Int32s


@dataclass(frozen=True, slots=True)
class Mixture:
    """One channel of evidence on a batch of pairs.

    The likelihood ratio of a pair is `sum w[component] * likelihood` over its entries, divided by the same sum over
    its denominator's entries (by 1 where `denominator` is None). A pair without entries says nothing (0 bits)
    unless its denominator says otherwise.

    Attributes:
        name: `family` or `family.channel`.
        components: Names of the components, the same in every batch.
        group: (components,) int32; the weights of a group sum to 1.
        pair: (n,) int32, pair of each entry.
        component: (n,) int32, component of each entry.
        likelihood: (n,) float64, P(shown | customer, component), on the scale of the denominator; without a
            denominator, divided by the stranger's probability u of what is shown.
        pairs: Number of pairs in the batch.
        denominator: The stranger's side, or None.
        about: Kind of string that the channel reads, "handle" for example; "" for none that another channel may settle.
        settles: For kinds of strings that channels of other families read, (pairs,) whether this channel has said all
            there is to say of them.
    """

    name: str
    components: tuple[str, ...]
    group: Int32s
    pair: Int32s
    component: Int32s
    likelihood: Floats
    pairs: int
    denominator: Denominator | None
    about: str = ""
    settles: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict)


@runtime_checkable
class EvidenceFamily(Protocol):
    """One kind of fact. Implementations are frozen and hold options only; what they learn lives in a population.

    `population` is what the family learned about strangers and customers (`learn`), a plain JSON-able mapping that is
    stored in the model and holds no person. `customers` and `profiles` below are the family's own prepared states.
    """

    @property
    def name(self) -> str:
        """One word: prefix of channels, and of the column `bits_<name>` in the links."""

    def prior(self, population: Mapping[str, Any]) -> Mapping[str, Mapping[str, float]]:
        """Pseudo-counts of every component of every channel, by channel name: the start and the prior of EM."""

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """Learn how strangers look from both tables, without links; JSON-able, no persons."""

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: Any | None = None
    ) -> Any:
        """Prepare the customers' side: normalised unique values, frequencies, keys.

        `background` are the prepared customers whose frequencies count (decoys are scored under those of the real
        ones); None means the frequencies of these customers.
        """

    def prepare_profiles(self, profiles: pa.Table, customers: Any, population: Mapping[str, Any]) -> Any:
        """Prepare a batch of profiles against prepared customers (for frequencies and known words only)."""

    def customer_keys(self, customers: Any) -> Keys:
        """Keys of the customers; ascending where the family keeps them in its state or looks at `Hits.customer_key`."""

    def profile_keys(self, profiles: Any) -> Keys:
        """Keys of the profiles."""

    def compare(self, customers: Any, profiles: Any, pairs: Pairs, hits: Hits) -> tuple[Mixture, ...]:
        """Channels of the pairs, always the same channels in the same order."""

    def describe(self, component: str) -> str:
        """A phrase for people: what a component of a channel means, e.g. "the handle is the full name"."""


@runtime_checkable
class ConfirmsKeys(Protocol):
    """A family whose keys say less than they could: what agrees on a key is looked at again before it makes a pair."""

    def confirm_keys(
        self, customers: Any, profiles: Any, customer_key: npt.NDArray[np.int64], profile_key: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.bool_]:
        """(n,) whether keys that agree hold up; both are indexes into the family's `Keys`."""


@runtime_checkable
class PreparesSections(Protocol):
    """A family that can prepare more customers than there is memory for; others prepare all of them at once."""

    def prepare_sections(
        self, sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
    ) -> Any:
        """What `prepare_customers` gives for all sections one after the other, the same to the last bit.

        What one section needs may be in memory, for as many sections as there are threads; what grows with the number
        of customers goes to `scratch`.
        """


@runtime_checkable
class RemembersSettings(Protocol):
    """A family with settings that are among what it learns, so that whoever uses a model need not name them again."""

    def as_learned(self, population: Mapping[str, Any]) -> EvidenceFamily:
        """The family with the settings that a model was fitted with."""
