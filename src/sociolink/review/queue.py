"""What to review, in which order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, InvalidParameterError, Problem
from sociolink.results.links import Links

__all__ = ["ORDERS", "ReviewQueue", "make_queue"]

ORDERS: Final = ("sample", "doubt")


@dataclass(frozen=True, slots=True, eq=False)
class ReviewQueue:
    """Profiles to review.

    Attributes:
        profile: Their ids, in the order in which they are to be looked at.
        customer: The best customer of each; None where nobody was proposed.
        inclusion: With which probability each was drawn; None for a queue that is no sample.
    """

    profile: tuple[str, ...]
    customer: tuple[str | None, ...]
    inclusion: tuple[float, ...] | None

    def __len__(self) -> int:
        return len(self.profile)

    def place(self, profile_id: str) -> int:
        """Where a profile stands.

        Raises:
            InputError: It is not in the queue.
        """
        if profile_id not in self.profile:
            what = f"{profile_id[:80]!r} is not among the {len(self)} profiles to review"
            raise InputError(Problem("profile_id", what, "Review what is in the queue."))
        return self.profile.index(profile_id)

    def drawn_with(self, place: int) -> float | None:
        """Inclusion probability of a profile; None where the queue is no sample."""
        return None if self.inclusion is None else self.inclusion[place]

    def labels_so_far(self, labels: pa.Table) -> pa.Table:
        """The labels of this queue, as those of the smaller sample that they are until all is judged.

        A sample is looked at in random order, so what has been judged so far is a random part of it: the chance to be
        in it is the chance to be drawn, times the share that was judged.

        Args:
            labels: A canonical labels table.

        Returns:
            Its rows of profiles of the queue, whose inclusion probability is that of the queue; for a queue that is no
            sample the rows as they are.
        """
        own = labels.filter(pc.is_in(labels["profile_id"], pa.array(self.profile, pa.string())))
        if self.inclusion is None or not own.num_rows:
            return own
        judged = len(pc.unique(own["profile_id"]))
        chance = pa.array(np.asarray(self.inclusion) * judged / len(self))
        place = pc.index_in(own["profile_id"], pa.array(self.profile, pa.string()))
        return own.set_column(
            own.column_names.index("inclusion_probability"), "inclusion_probability", chance.take(place)
        )

    def strange_to(self, labels: pa.Table) -> int:
        """How many labels state another chance to be drawn than this queue: they are of another sample."""
        stated = labels.filter(pc.is_valid(labels["inclusion_probability"]))
        if not stated.num_rows:
            return 0
        place = pc.index_in(stated["profile_id"], pa.array(self.profile, pa.string()))
        chance = pa.array(self.inclusion or [0.0] * len(self), pa.float64()).take(place)
        near = pc.less(pc.abs(pc.subtract(chance, stated["inclusion_probability"])), 1e-9)
        return int(stated.num_rows - (pc.sum(pc.fill_null(near, False)).as_py() or 0))

    def next_for(self, reviewer: str, judged: Collection[tuple[str, str]], *, looks: int) -> str | None:
        """The next profile for a reviewer: not judged by them, and by fewer than enough others.

        Args:
            reviewer: Who asks.
            judged: Profile and reviewer of all judgements.
            looks: How many reviewers are to look at each profile.

        Returns:
            Its id; None where nothing is left.
        """
        own = {profile for profile, who in judged if who == reviewer}
        count: dict[str, int] = {}
        for profile, _ in judged:
            count[profile] = count.get(profile, 0) + 1
        return next((one for one in self.profile if one not in own and count.get(one, 0) < looks), None)


def make_queue(links: Links, size: int, *, order: str = "sample", seed: int = 0) -> ReviewQueue:
    """Choose what to review.

    Args:
        links: The links.
        size: How many profiles.
        order: "sample" for a random sample on which `estimate` and `accept` can rest, looked at in random order;
            "doubt" for the profiles whose label would teach most, the most doubtful first.
        seed: Start of the random numbers.

    Raises:
        InvalidParameterError: A parameter is out of range.
        InputError: The links hold no profile.

    Examples:
        >>> from sociolink.review.queue import make_queue
        >>> make_queue(None, 10, order="best")
        Traceback (most recent call last):
        ...
        sociolink.errors.InvalidParameterError: order is 'best'; it must be one of sample, doubt
    """
    if order not in ORDERS:
        raise InvalidParameterError(f"order is {order!r}; it must be one of {', '.join(ORDERS)}")
    rows = links.most_informative(size) if order == "doubt" else links.sample_for_review(size, seed=seed)
    if not rows.num_rows:
        raise InputError(Problem("links", "hold nothing to review", "Link profiles first."))
    inclusion: Any = None
    if order == "sample":
        by = [(name, "ascending") for name in ("inclusion_probability", "probability", "stratum", "profile_id")]
        rows = rows.take(pc.sort_indices(rows, sort_keys=by))
        rows = rows.take(pa.array(np.random.default_rng(seed).permutation(rows.num_rows)))
        inclusion = tuple(rows["inclusion_probability"].to_pylist())
    return ReviewQueue(tuple(rows["profile_id"].to_pylist()), tuple(rows["customer_id"].to_pylist()), inclusion)
