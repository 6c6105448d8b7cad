"""What customers state, collected section by section, for families that know facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from sociolink.evidence.facts import Facts, Holders
from sociolink.index.scratch import Scratch
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import sort_stably

__all__ = ["collect_in_sections", "join_facts", "sum_holders"]


def collect_in_sections(
    collect: Callable[[pa.Table], tuple[Facts, ...]], sections: Sequence[pa.Table], scratch: Scratch, *, threads: int
) -> tuple[Facts, ...]:
    """The facts of all customers.

    Args:
        collect: Facts of each kind of some customers.
        sections: Customers, one section after the other.
        scratch: Where they go.
        threads: Sections that are looked at at a time.

    Returns:
        For each kind what `collect` would give for all sections together, mapped.
    """

    def collect_one(section: pa.Table) -> tuple[Facts, ...]:
        return scratch.keep(collect(section), pieces=len(sections))

    with ThreadPoolExecutor(max_workers=threads) as pool:
        found = list(pool.map(collect_one, sections))
    return tuple(join_facts(kind, scratch) for kind in zip(*found, strict=True))


def join_facts(parts: Sequence[Facts], scratch: Scratch) -> Facts:
    """The facts of several tables as those of one that holds the rows of all, in this order.

    Examples:
        >>> one = Facts(np.array([7], np.uint64), np.array([1], np.int32), np.array([0, 0, 1]))
        >>> both = join_facts([one, one], Scratch(1))
        >>> both.row.tolist(), both.start.tolist()
        ([1, 3], [0, 0, 1, 1, 2])
    """
    (key,) = scratch.map_columns(((part.key,) for part in parts), [np.uint64])
    begins = np.cumsum([0, *(len(part.start) - 1 for part in parts)])
    (row,) = scratch.map_columns(
        ((part.row + np.int32(begin),) for part, begin in zip(parts, begins, strict=False)), [np.int32]
    )

    def starts() -> Iterator[tuple[np.ndarray[tuple[int], np.dtype[np.int64]]]]:
        before = 0
        for part in parts:
            yield (part.start[:-1] + before,)
            before += len(part)
        yield (np.array([before]),)

    (start,) = scratch.map_columns(starts(), [np.int64])
    return Facts(key, row, start)


def sum_holders(parts: Sequence[Holders]) -> Holders:
    """The counts of several tables together.

    Examples:
        >>> one = Holders(np.array([3, 9], np.uint64), np.array([1, 2]), 3)
        >>> both = sum_holders([one, one])
        >>> both.key.tolist(), both.count.tolist(), both.stating
        ([3, 9], [2, 4], 6)
    """
    order, key = sort_stably(np.concatenate([part.key for part in parts]))
    first = np.flatnonzero(starts_of_runs(key))
    count = np.concatenate([part.count for part in parts])[order]
    summed = np.add.reduceat(count, first) if len(first) else count
    return Holders(key[first], summed, sum(part.stating for part in parts))
