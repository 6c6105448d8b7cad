"""The bands in which an audit compares how people are served: platform, script, how common the family name is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.population.name_bands import band_family_names
from sociolink.records.readers import read_table
from sociolink.text.scripts import find_scripts

__all__ = ["BAND_KEYS", "NO_BAND", "Bands", "each_band", "read_bands"]

Flags = npt.NDArray[np.bool_]

NO_BAND: Final = "none"
"""What is said of profiles and customers that show nothing to band them by."""

BAND_KEYS: Final = {
    "platform": "platform of the profile",
    "display script": "script of the profile's display name",
    "name script": "script of the customer's name",
    "family name": "how common the customer's family name is",
}
"""What is compared, in words. Never origin or sex: they would have to be guessed."""


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Bands of profiles and of customers.

    Attributes:
        profiles: For each key of profiles the ids and their bands, as two arrays.
        customers: For each key of customers likewise.
    """

    profiles: Mapping[str, tuple[pa.Array, pa.Array]]
    customers: Mapping[str, tuple[pa.Array, pa.Array]]

    def __bool__(self) -> bool:
        return bool(self.profiles or self.customers)

    def of_profiles(self, key: str, ids: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Bands of profiles by id; null for unknown ones."""
        return _look_up(self.profiles[key], ids)

    def of_customers(self, key: str, ids: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Bands of customers by id; null for unknown ones and for null."""
        return _look_up(self.customers[key], ids)


def _look_up(known: tuple[pa.Array, pa.Array], ids: pa.Array | pa.ChunkedArray) -> pa.Array:
    ids = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    return known[1].take(pc.index_in(ids.cast(pa.string()), value_set=known[0], skip_nulls=True))


def each_band(*labels: pa.Array) -> Iterator[tuple[str, tuple[Flags, ...]]]:
    """Each band in order of names, with where it stands in each array of labels.

    Examples:
        >>> [(band, here.tolist()) for band, (here,) in each_band(pa.array(["x", None, "a"]))]
        [('a', [False, False, True]), ('x', [True, False, False])]
    """
    distinct = pc.unique(pa.chunked_array(list(labels), pa.string())).drop_null()
    for band in sorted(distinct.to_pylist()):
        yield band, tuple(np.asarray(pc.fill_null(pc.equal(one, band), False), np.bool_) for one in labels)


def read_bands(*, profiles: Any = None, customers: Any = None, keys: pa.Table | None = None) -> Bands:
    """Band whatever is there.

    Args:
        profiles: Profiles: a file or a table, or None.
        customers: Customers, likewise.
        keys: profile_id and platform of profiles, used where `profiles` are not given.

    Returns:
        The bands; keys for which nothing is known, or all are alike, are left out.

    Raises:
        InputError: A table cannot be read.
    """
    of_profiles: dict[str, tuple[pa.Array, pa.Array]] = {}
    of_customers: dict[str, tuple[pa.Array, pa.Array]] = {}
    found = (of_profiles, of_customers)
    if profiles is not None:
        table = read_table(profiles, "profiles").table
        ids = table["profile_id"].combine_chunks()
        of_profiles["platform"] = (ids, _named(table["platform"]))
        of_profiles["display script"] = (ids, _named(find_scripts(table["display_name"])))
    elif keys is not None:
        of_profiles["platform"] = (keys["profile_id"].combine_chunks(), _named(keys["platform"]))
    if customers is not None:
        table = read_table(customers, "customers").table
        ids = table["customer_id"].combine_chunks()
        names = ("given_name", "family_name", "full_name")
        text = [pc.fill_null(table[name].combine_chunks().cast(pa.string()), "") for name in names]
        of_customers["name script"] = (ids, _named(find_scripts(pc.binary_join_element_wise(*text, " "))))
        of_customers["family name"] = (ids, _named(band_family_names(table["family_name"], table["full_name"])))
    return Bands(*({key: one for key, one in known.items() if len(pc.unique(one[1])) > 1} for known in found))


def _named(bands: pa.Array | pa.ChunkedArray) -> pa.Array:
    bands = bands.combine_chunks() if isinstance(bands, pa.ChunkedArray) else bands
    return pc.fill_null(bands.cast(pa.string()), NO_BAND)
