"""Where each customer may be met: platforms with the probability that one of their profiles is there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.enrichment.authors import Authors
from sociolink.enrichment.chances import chance_of_any
from sociolink.text.platforms import canonical_platforms
from sociolink.text.sorting import distinct_sorted, find_sorted, sorted_distinct

__all__ = ["find_platforms", "list_channels"]


def find_platforms(posts: pa.Table, authors: Authors, keys: pa.Table | None) -> pa.Array:
    """(profiles,) platform of each profile: by the links, else by its posts; null where neither says it."""
    known = pa.nulls(len(authors.profiles), pa.string())
    if keys is not None:
        place = pc.index_in(authors.profiles, keys["profile_id"].combine_chunks())
        known = _named(keys["platform"]).take(place)
    told = _named(posts["platform"])
    row = np.flatnonzero((authors.of_post >= 0) & np.asarray(pc.is_valid(told), np.bool_))
    by_post = np.full(len(authors.profiles), -1, np.int64)
    by_post[authors.of_post[row[::-1]]] = row[::-1]
    return pc.coalesce(known, told.take(pa.array(by_post, mask=by_post < 0)))


def list_channels(
    authors: Authors, platforms: pa.Array, writes: np.typing.NDArray[np.bool_]
) -> tuple[pa.Array, pa.Array]:
    """Platforms of each customer, the likeliest first, with their probabilities.

    Args:
        authors: Profiles, customers and chances.
        platforms: (profiles,) platform.
        writes: (profiles,) whether each wrote anything.

    Returns:
        (customers,) lists of names and (customers,) lists of probabilities.
    """
    names = sorted_distinct(platforms.drop_null())
    number = np.asarray(pc.fill_null(pc.index_in(platforms, names), -1), np.int64)
    number = np.where(np.asarray(pc.is_valid(platforms), np.bool_), number, -1)
    chosen = (writes & (number >= 0))[authors.profile]
    width = max(len(names), 1)
    key = authors.customer[chosen] * width + number[authors.profile[chosen]]
    keys = distinct_sorted(key)
    chance = chance_of_any(authors.chance[chosen], find_sorted(keys, key)[0], len(keys))
    order = np.lexsort((keys % width, -chance, keys // width))
    counts = np.bincount(keys // width, minlength=len(authors.customers))
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
    return (
        pa.ListArray.from_arrays(offsets, names.take(pa.array((keys % width)[order]))),
        pa.ListArray.from_arrays(offsets, pa.array(chance[order])),
    )


def _named(platforms: pa.ChunkedArray) -> pa.Array:
    """Canonical names; null where there is none."""
    names = canonical_platforms(platforms.combine_chunks())
    return pc.if_else(pc.equal(names, ""), None, names)
