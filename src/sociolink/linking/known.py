"""Existing links as certain answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.protocol import Pairs
from sociolink.linking.gallery import Gallery
from sociolink.scoring.posterior import Certain

__all__ = ["KnownAnswers", "certain_answers", "match_known"]

Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class KnownAnswers:
    """Known owners of some profiles of a batch.

    Attributes:
        profile: (n,) int64 rows of the profiles.
        customer: (n,) int64 rows of the customers in the gallery; -1 for nobody.
    """

    profile: Int64s
    customer: Int64s

    def pairs(self) -> tuple[Int64s, Int64s]:
        """The pairs with a customer."""
        somebody = self.customer >= 0
        return self.profile[somebody], self.customer[somebody]


def match_known(known: pa.Table | None, profiles: pa.Table, gallery: Gallery) -> KnownAnswers | None:
    """Find the rows that existing links speak of.

    Args:
        known: profile_id and customer_id (null for nobody), or None.
        profiles: A batch of profiles.
        gallery: The customers.

    Returns:
        The answers for profiles of the batch; links to customers who are not in the gallery are left out.
    """
    if known is None or known.num_rows == 0:
        return None
    row = pc.index_in(profiles.column("profile_id"), value_set=known.column("profile_id").combine_chunks())
    there = np.asarray(pc.is_valid(row))
    at = np.flatnonzero(there)
    owner = known.column("customer_id").take(pc.drop_null(row))
    customer = pc.index_in(owner, value_set=gallery.ids)
    nobody = np.asarray(pc.is_null(owner))
    found = np.asarray(pc.fill_null(customer, -1), np.int64)
    usable = nobody | (found >= 0)
    return KnownAnswers(at[usable].astype(np.int64), found[usable])


def certain_answers(known: KnownAnswers | None, pairs: Pairs, profiles: int) -> Certain | None:
    """Known answers laid over pairs."""
    if known is None or len(known.profile) == 0:
        return None
    customer = np.full(profiles, -2, np.int64)
    customer[known.profile] = known.customer
    of_pair = customer[pairs.profile]
    pair = np.where(of_pair == -2, np.nan, np.where((of_pair >= 0) & (of_pair == pairs.customer), 1.0, 0.0))
    nobody = np.where(customer == -2, np.nan, np.where(customer == -1, 1.0, 0.0))
    return Certain(pair, nobody)
