"""Who speaks of what: each customer's profiles beside the aspects that they speak of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.enrichment.authors import Authors
from sociolink.enrichment.chances import add_up, chance_of_any, count_intervals, mean_intervals
from sociolink.enrichment.tallies import OpinionTally
from sociolink.text.runs import expand_runs
from sociolink.text.sorting import distinct_sorted, find_sorted

__all__ = ["Spoken", "find_spoken", "show_means", "view_aspects"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """Opinions of profiles beside their possible customers; groups are customers and aspects, in their order.

    Attributes:
        pair: (rows,) pair of a profile and a customer.
        row: (rows,) row of the tally of opinions: a profile and an aspect.
        group: (rows,) number of the group.
        customer: (groups,) number of the customer.
        aspect: (groups,) number of the aspect.
        speaks: (groups,) probability that the customer speaks of the aspect at all.
    """

    pair: Ints
    row: Ints
    group: Ints
    customer: Ints
    aspect: Ints
    speaks: Floats


def find_spoken(authors: Authors, opinions: OpinionTally) -> Spoken:
    """Put each profile's opinions beside each of its possible customers."""
    numbers = np.arange(len(authors.profiles))
    begin = np.searchsorted(opinions.profile, numbers, side="left")
    until = np.searchsorted(opinions.profile, numbers, side="right")
    pair, row = expand_runs(begin[authors.profile], (until - begin)[authors.profile])
    width = max(len(opinions.aspects), 1)
    key = authors.customer[pair] * width + opinions.aspect[row]
    keys = distinct_sorted(key)
    group = find_sorted(keys, key)[0]
    speaks = chance_of_any(authors.chance[pair], group, len(keys))
    return Spoken(pair, row, group, keys // width, keys % width, speaks)


def view_aspects(authors: Authors, opinions: OpinionTally, spoken: Spoken) -> pa.Table:
    """What each customer says of which aspect.

    Args:
        authors: Profiles, customers and chances.
        opinions: Opinions by profile.
        spoken: Opinions by customer.

    Returns:
        A row for each customer and aspect that a listed profile speaks of, in their order: customer_id,
        aspect_category, speaks_probability, expected positive, negative and all opinions, and their mean polarity,
        with intervals.
    """
    size, row = len(spoken.customer), spoken.row
    chance, group = authors.chance[spoken.pair], spoken.group
    columns: dict[str, object] = {
        "customer_id": authors.customers.take(pa.array(spoken.customer)),
        "aspect_category": pa.array(opinions.aspects, pa.string()).take(pa.array(spoken.aspect)),
        "speaks_probability": spoken.speaks,
    }
    for name in ("positive", "negative", "opinions"):
        count = getattr(opinions, name)[row]
        low, high = count_intervals(count, chance, group, size=size)
        columns |= {name: add_up(chance * count, group, size), f"{name}_low": low, f"{name}_high": high}
    said = mean_intervals(opinions.total[row], opinions.opinions[row].astype(np.float64), chance, group, size=size)
    return pa.table({**columns, **show_means("polarity", said)})


def show_means(name: str, said: tuple[Floats, Floats, Floats]) -> dict[str, pa.Array]:
    """Mean and interval as columns, within -1 and 1; null where there is none."""
    nothing = np.isnan(said[0])
    ends = zip(("", "_low", "_high"), said, strict=True)
    return {f"{name}{end}": pa.array(np.clip(value, -1, 1), mask=nothing) for end, value in ends}
