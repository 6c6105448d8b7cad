"""How local a customer's names are: where other bearers of the same names live.

A Kazuko lives in Japan more often than a random customer does, and half of a rare family may live in one street. So
agreement on a place says less about somebody whose name has told it already.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import Holders, distinct_text, text_column
from sociolink.evidence.placecodes import Places, count_places
from sociolink.text.folding import fold
from sociolink.text.hashing import UInt64s, hash_strings, mix

__all__ = ["LocalNames", "count_local_names", "hash_names", "share_with_namesakes"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_FIRST_WORD, _LAST_WORD = r"^\s*([^\s-]*).*$", r"^.*?(\S*)\s*$"
_THETA = 10.0
"""Bearers of a name that the customers as a whole stand for."""


@dataclass(frozen=True, slots=True)
class LocalNames:
    """Bearers of each name by place, for given names and for family names.

    Attributes:
        bearers: For each kind of name how many bearers state a country.
        at: For each kind of name how many live in each country, region, wide region and town.
    """

    bearers: tuple[Holders, ...]
    at: tuple[tuple[Holders, ...], ...]


def hash_names(customers: pa.Table) -> tuple[UInt64s, UInt64s]:
    """(customers,) hashes of the first given name and of the family name; 0 where unknown.

    Where a column is empty, the first and the last word of the full name stand in.
    """
    out: list[UInt64s] = []
    for name, pattern in (("given_name", _FIRST_WORD), ("family_name", None)):
        number, (values,) = distinct_text(customers, name)
        hashes, empty = _hash_words(values, pattern)
        hashed = hashes[number]
        missing = np.flatnonzero(empty[number])
        full = text_column(customers, "full_name").take(pa.array(missing))
        hashed[missing] = _hash_words(full, pattern or _LAST_WORD)[0]
        out.append(hashed)
    return out[0], out[1]


def _hash_words(values: pa.Array, pattern: str | None) -> tuple[UInt64s, Bools]:
    """Hashes of folded names, or of the word of theirs that a pattern finds (0 for none), and which are empty."""
    folded = fold(values)
    words = folded if pattern is None else pc.replace_substring_regex(folded, pattern, r"\1")
    return hash_strings(words)[0], np.asarray(pc.equal(folded, ""), np.bool_)


def _codes(places: Places) -> tuple[UInt64s, ...]:
    return places.country, places.region, places.wide, places.city


def _at(name: UInt64s, place: UInt64s) -> UInt64s:
    """One code for a name in a place; 0 where either is unknown."""
    return np.where((name > 0) & (place > 0), mix(name) ^ place, np.uint64(0))


def count_local_names(names: tuple[UInt64s, ...], places: Places) -> LocalNames:
    """Count the bearers of names by place."""
    bearers = tuple(count_places(np.where(places.country > 0, name, np.uint64(0))) for name in names)
    return LocalNames(bearers, tuple(tuple(count_places(_at(name, code)) for code in _codes(places)) for name in names))


def share_with_namesakes(names: tuple[UInt64s, ...], places: Places, everybody: Floats, counts: LocalNames) -> Floats:
    """P(somebody with one of the customer's names lives where the customer does).

    Args:
        names: For each kind of name (customers,) hashes.
        places: Where the customers live.
        everybody: (customers, 4) the same for a random customer: P(country), and P(region), P(wide region), P(town)
            within the country.
        counts: How many bear each name, and where.

    Returns:
        (customers, 4), the customer left out, smoothed by everybody; the larger one of both names, so that a name
        that speaks against the place makes nobody stand out. Where no country is stated, the figures mean nothing.
    """
    best = np.zeros((everybody.shape[1], len(everybody)))
    for name, bearers, at in zip(names, counts.bearers, counts.at, strict=True):
        base = np.maximum(bearers.of(name) - 1, 0) + _THETA
        for kind, code in enumerate(_codes(places)):
            here = np.maximum(at[kind].of(_at(name, code)) - 1, 0)
            share = (here + _THETA * everybody[:, kind]) / base
            np.maximum(best[kind], np.minimum(share, 1.0, out=share), out=best[kind])
            if kind == 0:
                base = here + _THETA
    return np.ascontiguousarray(best.T)
