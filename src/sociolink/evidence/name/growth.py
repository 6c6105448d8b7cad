"""Customers who come later: their new names and strings, beside the frequencies of those who were counted before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.evidence.name.people import People, count_parts
from sociolink.evidence.name.strings import OwnStrings, StringCounts, collect_strings
from sociolink.population.frequencies import NamePrior
from sociolink.population.newcomers import extend_vocabulary
from sociolink.text.substrings import index_words

__all__ = ["adopt_background", "grow_people"]

Floats = npt.NDArray[np.float64]


def grow_people(people: People, customers: pa.Table, population: Mapping[str, Any]) -> People:
    """The same customers, with the name parts and own strings that later ones bring along in their background.

    Args:
        people: Customers whose frequencies count.
        customers: Canonical rows of later customers.
        population: Holds `given_prior` and `family_prior`.

    Returns:
        What is known keeps its frequency. What is new gets that of something that few bear, until all are counted
        anew.
    """
    given, family = count_parts(customers)
    vocabulary = extend_vocabulary(
        people.vocabulary,
        given,
        family,
        people=people.rows,
        priors=(NamePrior(*population["given_prior"]), NamePrior(*population["family_prior"])),
    )
    strings = tuple(
        _add_strings(known, own) for known, own in zip(people.strings, collect_strings(customers), strict=True)
    )
    return replace(people, vocabulary=vocabulary, strings=strings)


def adopt_background(people: People, grown: People) -> People:
    """Customers with the background of later ones, so that both read profiles alike."""
    return replace(people, rows=people.rows + grown.rows, vocabulary=grown.vocabulary, strings=grown.strings)


def _add_strings(known: StringCounts, own: OwnStrings) -> StringCounts:
    """Strings with those of later customers; one that is new turns up as rarely as the rarest."""
    key = np.unique(own.key)
    at = np.searchsorted(known.index.keys, key)
    there = np.append(known.index.keys, np.uint64(0))[at] == key
    key, at = key[~(there & (at < len(known.index.keys)))], at[~(there & (at < len(known.index.keys)))]
    if len(key) == 0:
        return known
    rarest = float(known.others.min()) if len(known.others) else 1.0
    return replace(
        known,
        index=index_words(np.insert(known.index.keys, at, key)),
        others=np.insert(known.others, at, rarest),
        people=max(known.people, 1.0),
    )
