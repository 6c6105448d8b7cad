"""Brands: makers of products that a post may name without the product, as names of a kind of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.events.terms import Terms, index_terms, term_keys
from sociolink.text.hashing import UInt64s, mix
from sociolink.text.products import first_words, makers
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import find_sorted

__all__ = ["add_brands", "brands_of", "is_brand", "join_terms", "without_brands"]

Bools = npt.NDArray[np.bool_]

_SALT = 487
_SHORTEST = 3
_LOW = np.uint64(0xFFFFFFFF)
_MARK = np.uint64(0x6272616E)
"""The lower half of every key of a brand: it is told from a product by its key alone."""


def is_brand(key: UInt64s) -> Bools:
    """(n,) whether keys are those of brands."""
    return np.asarray((key & _LOW) == _MARK, np.bool_)


def _keys(alias: UInt64s) -> UInt64s:
    return (mix(alias, _SALT) & ~_LOW) | _MARK


def add_brands(products: Terms, names: pa.Array) -> Terms:
    """Names of products, and those of their makers as far as they are no product's.

    Args:
        products: Names of products.
        names: (n,) the names as events have them.

    Examples:
        >>> names = pa.array(["Acme Tab 8", "Acme HomeHub", "Acme Watch"])
        >>> is_brand(add_brands(index_terms(names), names).key).sum().item()
        1
    """
    terms = index_terms(makers(names), shortest=_SHORTEST)
    return join_terms(products, replace(terms, key=_keys(terms.alias)))


def join_terms(first: Terms, second: Terms) -> Terms:
    """Names of two sets; what may stand for a product or for a brand stands for the product.

    Args:
        first: Some names.
        second: Some more.
    """
    alias, key = (np.concatenate([getattr(one, name) for one in (first, second)]) for name in ("alias", "key"))
    order = np.lexsort((key, is_brand(key), alias))
    alias, key = alias[order], key[order]
    fresh = starts_of_runs(alias)
    words = pc.unique(pa.concat_arrays([first.words, second.words]))
    openings = np.union1d(first.openings, second.openings)
    return Terms(alias[fresh], key[fresh], openings, words.take(pc.sort_indices(words)))


def brands_of(names: pa.Array, products: Terms) -> UInt64s:
    """(n,) key of the brand of each product; 0 where none is known.

    Args:
        names: (n,) names of products.
        products: Names of products and brands.
    """
    place, met = find_sorted(products.alias, term_keys(first_words(names)))
    if len(products.alias) == 0:
        return np.zeros(len(names), np.uint64)
    return np.where(met & is_brand(products.key[place]), products.key[place], np.uint64(0))


def without_brands(row: npt.NDArray[np.int32], key: UInt64s) -> Bools:
    """(n,) which finds in texts count: a product, or a brand where the text names no product.

    Args:
        row: (n,) text of each.
        key: (n,) what is named.
    """
    brand = is_brand(key)
    return ~brand | ~np.isin(row, row[~brand])
