"""Customers' names prepared section by section: the same arrays as all at once, with one section in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.evidence.name.keys import SectionKeys, make_section_keys, merge_keys
from sociolink.evidence.name.people import People, count_names, middle_initials, read_names
from sociolink.evidence.name.strings import OwnStrings, collect_strings, count_strings
from sociolink.index.scratch import Scratch
from sociolink.population.names import PREFIX_LENGTHS, PartCounts
from sociolink.text.hashing import UInt64s
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import sort_stably

__all__ = ["join_strings", "prepare_people_in_sections", "sum_counts"]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the rows of one section say, whoever else there is.

    Attributes:
        keys: Their keys.
        strings: Strings that they use elsewhere.
        middle_initial: As in `People`.
        prefixes: Given and family names shortened, as in `People`.
        main: Each one's most usual given and family name.
        counts: Given and family names, by how many use them.
    """

    keys: SectionKeys
    strings: tuple[OwnStrings, ...]
    middle_initial: npt.NDArray[np.uint8]
    prefixes: tuple[UInt64s, UInt64s]
    main: tuple[UInt64s, UInt64s]
    counts: tuple[PartCounts, PartCounts]


def prepare_people_in_sections(
    sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
) -> People:
    """What `prepare_people` gives for all sections together.

    Counts of people are sums of fixed-point numbers, exact in any order until two million share a part. Keys are
    merged in ascending ranges; equal ones stay in the order of the customers.

    Args:
        sections: Canonical customers, one section after the other.
        population: As in `prepare_people`.
        scratch: Where large arrays go.
        threads: Sections that are prepared at a time.

    Returns:
        The people; keys and what there is of each customer are mapped.
    """

    def prepare(customers: pa.Table) -> _Rows:
        named = read_names(customers)
        middle, strings = middle_initials(customers), collect_strings(customers)
        keys = make_section_keys(named.given, named.family, strings, middle)
        rows = _Rows(keys, strings, middle, named.prefixes(), named.main_hashes(), named.counts())
        return scratch.keep(rows, pieces=len(sections))

    with ThreadPoolExecutor(max_workers=threads) as pool:
        found = list(pool.map(prepare, sections))
    begins = np.cumsum([0, *(section.num_rows for section in sections)])
    first, second = (sum_counts([rows.counts[side] for rows in found]) for side in range(2))
    given, family = (np.concatenate([rows.main[side] for rows in found]) for side in range(2))
    vocabulary = scratch.keep(count_names((first, second), (given, family), population))
    del given, family
    strings = tuple(
        scratch.keep(count_strings(join_strings([rows.strings[kind] for rows in found], begins)))
        for kind in range(len(found[0].strings))
    )
    keys = merge_keys([rows.keys for rows in found], begins, scratch)
    prefixes = []
    for side in range(2):
        (flat,) = scratch.map_columns(((rows.prefixes[side],) for rows in found), [np.uint64])
        prefixes.append(flat.reshape(-1, len(PREFIX_LENGTHS)))
    middle = np.concatenate([rows.middle_initial for rows in found])
    return scratch.keep(People(int(begins[-1]), vocabulary, strings, keys, middle, prefixes[0], prefixes[1]))


def sum_counts(parts: Sequence[PartCounts]) -> PartCounts:
    """The counts of all sections together."""
    order, key = sort_stably(np.concatenate([one.key for one in parts]))
    first = starts_of_runs(key)
    count = np.concatenate([one.count for one in parts])[order]
    values = pa.concat_arrays([one.value for one in parts]).take(pa.array(order[first]))
    summed = np.bincount(np.cumsum(first) - 1, weights=count, minlength=int(first.sum())).astype(np.float64)
    return PartCounts(key[first], values, summed, float(sum(one.people for one in parts)))


def join_strings(parts: Sequence[OwnStrings], begins: npt.NDArray[np.int64]) -> OwnStrings:
    """The strings of all sections, by customer."""
    row = np.concatenate([one.row + np.int32(begin) for one, begin in zip(parts, begins, strict=False)])
    key, weight = (np.concatenate([getattr(one, name) for one in parts]) for name in ("key", "weight"))
    return replace(parts[0], row=row, key=key, weight=weight)
