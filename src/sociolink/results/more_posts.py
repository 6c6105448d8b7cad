"""Whether more posts of a profile would tell anything new: a bound on what the next one is expected to say."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.errors import InvalidParameterError
from sociolink.results.link_table import LinkTable
from sociolink.text.runs import starts_of_runs

__all__ = ["LEAST_GAIN", "weigh_more_posts"]

Floats = npt.NDArray[np.float64]

LEAST_GAIN = 0.05
"""Bits that the next post must be expected to tell at most for it to be worth reading."""


def weigh_more_posts(links: LinkTable, *, least_gain: float = LEAST_GAIN) -> pa.Table:
    """Which profiles are worth more posts.

    A post tells of its owner no more than is not known, which is the entropy H of the answers, and a post that says
    nothing which the CRM could confirm tells next to nothing. So the next post is expected to tell at most H times the
    share of posts that say such a thing. Customers who are not listed count as one answer.

    Args:
        links: Links that were made with posts and events.
        least_gain: Bits below which no more posts are worth reading, above 0.

    Returns:
        One row a profile, in the order of the links: profile_id, entropy (bits), expected_gain (bits, at most), worth
        (whether that is `least_gain` or more).

    Raises:
        InvalidParameterError: The links were made without posts and events, or `least_gain` is not above 0.

    References:
        Lindley (1956), On a measure of the information provided by an experiment, Annals of Mathematical Statistics 27.
    """
    learned = {} if links.model is None else links.model.population
    telling = learned.get("events", {}).get("telling")
    if telling is None:
        raise InvalidParameterError("These links were made without posts and events. Give both to link.")
    if not least_gain > 0:
        raise InvalidParameterError(f"least_gain is {least_gain!r}; it must be above 0.")
    table = links.table
    profile = table.column("profile_id").combine_chunks()
    begin = starts_of_runs(profile.to_numpy(False))
    first, group = np.flatnonzero(begin), np.cumsum(begin) - 1
    entropy = np.bincount(group, weights=_surprise(table, "probability"), minlength=len(first)).astype(np.float64)
    for name in ("nobody_probability", "rest_probability"):
        entropy += _surprise(table, name)[first]
    gain = float(telling) * entropy
    return pa.table(
        {
            "profile_id": profile.take(pa.array(first)),
            "entropy": entropy,
            "expected_gain": gain,
            "worth": gain >= least_gain,
        }
    )


def _surprise(table: pa.Table, name: str) -> Floats:
    """(rows,) -p log2 p of a column of probabilities; 0 where there is none."""
    share = table.column(name).combine_chunks().fill_null(0.0).to_numpy()
    return np.asarray(-share * np.log2(np.where(share > 0, share, 1.0)), np.float64)
