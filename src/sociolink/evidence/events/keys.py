"""Blocking keys of posts and events: numbers, and products in a stretch of days."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.evidence.events.lags import EDGES, LagTable
from sociolink.evidence.events.naming import NamingPosts
from sociolink.evidence.events.states import EventRows
from sociolink.evidence.protocol import Keys
from sociolink.text.hashing import UInt64s, mix, pair_hashes
from sociolink.text.runs import starts_of_runs

__all__ = ["few_at_a_time", "join_kinds", "moments_of_customers", "moments_of_profiles", "number_keys", "stretch_keys"]

Int64s = npt.NDArray[np.int64]

_SALT = 490
_STRETCH = 2 * 86_400
_FEWEST_STRETCHES, _MOST_STRETCHES = 2, 5
_REACHED = 0.8
_MOST_CUSTOMERS = 24


def join_kinds(*keys: Keys) -> Keys:
    """Keys of several kinds, kind by kind."""
    return Keys(np.concatenate([one.key for one in keys]), np.concatenate([one.row for one in keys]))


def number_keys(row: Int64s, number: UInt64s) -> Keys:
    """Numbers as keys."""
    return Keys(mix(number, _SALT), row.astype(np.int32))


def _moment_keys(product: UInt64s, stretch: Int64s) -> UInt64s:
    return pair_hashes(stretch, product, _SALT + 1)


def moments_of_customers(events: EventRows) -> Keys:
    """A product within two days, where few customers had it then.

    Args:
        events: Events with a product and a time.
    """
    return few_at_a_time(stretch_keys(events))


def stretch_keys(events: EventRows) -> Keys:
    """Of each event its product within two days, in the order of the events."""
    return Keys(_moment_keys(events.product, events.at // _STRETCH), events.row.astype(np.int32))


def few_at_a_time(keys: Keys) -> Keys:
    """Keys in ascending order, each once a customer, without those that many customers have.

    Args:
        keys: All entries of each key that stands there at all.
    """
    order = np.lexsort((keys.row, keys.key))
    key, row = keys.key[order], keys.row[order]
    fresh = starts_of_runs(key, row)
    key, row = key[fresh], row[fresh]
    size = np.searchsorted(key, key, side="right") - np.searchsorted(key, key)
    few = size <= _MOST_CUSTOMERS
    return Keys(key[few], row[few])


def _stretches(lags: LagTable) -> int:
    """How many stretches of days before a post hold most of the events that posts are about."""
    reached = (lags[-1] * np.diff(EDGES)).cumsum()
    seconds = EDGES[1:][np.searchsorted(reached, min(_REACHED, float(reached[-1])))]
    return int(np.clip(-(-seconds // _STRETCH) + 1, _FEWEST_STRETCHES, _MOST_STRETCHES))


def moments_of_profiles(naming: NamingPosts, lags: LagTable) -> Keys:
    """A product on the days of a post and on those before.

    Args:
        naming: Posts that name products.
        lags: Densities of the lags between events and posts.
    """
    stretches = _stretches(lags)
    row, at = naming.row, naming.at
    parts = [_moment_keys(naming.key, at // _STRETCH - step) for step in range(stretches)]
    key, owner = np.concatenate(parts), np.tile(row, stretches)
    order = np.lexsort((key, owner))
    key, owner = key[order], owner[order]
    fresh = starts_of_runs(key, owner)
    return Keys(key[fresh], owner[fresh].astype(np.int32))
