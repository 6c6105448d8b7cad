"""How common the family name of each customer is, in a few bands that an audit can compare."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.reference.facts import surname_counts
from sociolink.text.buffers import plain_strings
from sociolink.text.folding import squash
from sociolink.text.full_names import split_full_names

__all__ = ["COMMON", "NAME_BANDS", "RARE", "band_family_names"]

COMMON: Final = 1e-4
"""Share of people from which a family name is common."""

RARE: Final = 1e-5
"""Share of people below which a family name is rare."""

NAME_BANDS: Final = ("common", "medium", "rare", "not listed")

_BACKGROUND = 10_000.0
"""People of the bundled counts that are mixed with those of the CRM."""


def band_family_names(family: pa.Array, full: pa.Array) -> pa.Array:
    """The band of each customer's family name, by how many people bear it.

    p(v) = (n_v - 1 + theta p_0(v)) / (N - 1 + theta): each customer is left out of their own count n_v, p_0 are the
    bundled counts and theta is 10,000. Names that the bundled counts do not list are a band of their own, whatever
    the CRM says: for them the model knows least.

    Args:
        family: (customers,) family names; may be null.
        full: (customers,) full names, read where the family name is missing.

    Returns:
        (customers,) one of `NAME_BANDS`; null where there is no family name.

    Examples:
        >>> names = pa.array(["Smith", "Zzyzxq", None, None])
        >>> band_family_names(names, pa.array([None, None, "Ann Kozlowski", None])).to_pylist()
        ['common', 'not listed', 'medium', None]
    """
    own, rest = plain_strings(family), plain_strings(full)
    missing = pc.equal(own, "")
    read = plain_strings(split_full_names(pc.if_else(missing, rest, ""))["family"])
    names = squash(pc.if_else(missing, read, own)).dictionary_encode()
    codes = np.asarray(names.indices, np.int64)
    named = np.asarray(pc.not_equal(names.dictionary, ""), np.bool_)
    people = float(named[codes].sum())
    counts = np.bincount(codes, minlength=len(named)).astype(np.float64)
    bundled = surname_counts()
    listed = bundled.lookup(names.dictionary)
    share = (counts - 1 + _BACKGROUND * listed / bundled.total) / max(people - 1 + _BACKGROUND, 1.0)
    band = np.select([listed == 0, share >= COMMON, share >= RARE], [3, 0, 1], 2)
    return pa.array(NAME_BANDS).take(pa.array(band, mask=~named)).take(names.indices)
