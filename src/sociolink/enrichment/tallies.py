"""What each profile wrote, counted: posts, reposts, kinds, moments, and opinions by aspect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.enrichment.authors import Authors
from sociolink.enrichment.chances import add_up
from sociolink.enrichment.dates import EARLY, LATE, moments
from sociolink.opinions.kinds import POST_KINDS
from sociolink.opinions.read import find_reposts
from sociolink.text.sorting import distinct_sorted, find_sorted

__all__ = ["OpinionTally", "Tally", "count_opinions", "count_posts"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Posts by profile; reposts are counted apart, and nothing else counts them.

    Attributes:
        posts: (profiles,) own posts.
        reposts: (profiles,) posts that only pass on another's words.
        kinds: (profiles, kinds) own posts of each of `POST_KINDS`.
        first: (profiles,) microseconds of the first own post.
        last: (profiles,) of the last.
        dated: (profiles,) whether any own post has a moment.
        is_repost: (posts,) whether each is one.
        moment: (posts,) microseconds since 1970.
        has_moment: (posts,) whether that is known.
    """

    posts: Ints
    reposts: Ints
    kinds: Ints
    first: Ints
    last: Ints
    dated: Bools
    is_repost: Bools
    moment: Ints
    has_moment: Bools


@dataclass(frozen=True, slots=True, eq=False)
class OpinionTally:
    """Opinions by profile and aspect, in the order of both.

    Attributes:
        aspects: Names of the aspects, ascending.
        profile: (rows,) number of the profile.
        aspect: (rows,) number of the aspect.
        positive: (rows,) opinions with a polarity above 0.
        negative: (rows,) below 0.
        opinions: (rows,) all.
        total: (rows,) sum of the polarities.
    """

    aspects: tuple[str, ...]
    profile: Ints
    aspect: Ints
    positive: Ints
    negative: Ints
    opinions: Ints
    total: Floats


def count_posts(posts: pa.Table, authors: Authors, kinds: Bools) -> Tally:
    """Count the posts of each profile.

    Args:
        posts: Canonical posts.
        authors: Who wrote them.
        kinds: (posts, kinds) of which kinds they are.
    """
    size = len(authors.profiles)
    passed_on = find_reposts(posts)
    moment, known = moments(posts["created_at"])
    author = authors.of_post
    own = (author >= 0) & ~passed_on
    dated = own & known
    first, last = np.full(size, LATE), np.full(size, EARLY)
    np.minimum.at(first, author[dated], moment[dated])
    np.maximum.at(last, author[dated], moment[dated])
    by_kind = [np.bincount(author[own & kinds[:, kind]], minlength=size) for kind in range(len(POST_KINDS))]
    return Tally(
        posts=np.bincount(author[own], minlength=size),
        reposts=np.bincount(author[(author >= 0) & passed_on], minlength=size),
        kinds=np.stack(by_kind, axis=1).astype(np.int64),
        first=first,
        last=last,
        dated=np.bincount(author[dated], minlength=size) > 0,
        is_repost=passed_on,
        moment=moment,
        has_moment=known,
    )


def count_opinions(posts: pa.Table, authors: Authors, opinions: pa.Table) -> OpinionTally:
    """Count the opinions of each profile by aspect.

    Args:
        posts: Canonical posts, in the order of their ids.
        authors: Who wrote them.
        opinions: What they say; of posts among these.
    """
    place = np.asarray(pc.index_in(opinions["post_id"], posts["post_id"].combine_chunks()), np.int64)
    author = authors.of_post[place]
    names = opinions["aspect_category"].combine_chunks().fill_null("")
    aspects = sorted(str(name) for name in pc.unique(names).to_pylist())
    aspect = np.asarray(pc.index_in(names, pa.array(aspects, pa.string())), np.int64)
    polarity = np.asarray(opinions["polarity"], np.float64)
    known = author >= 0
    width = max(len(aspects), 1)
    key = author[known] * width + aspect[known]
    keys = distinct_sorted(key)
    at = find_sorted(keys, key)[0]
    size = len(keys)
    value = polarity[known]
    return OpinionTally(
        aspects=tuple(aspects),
        profile=keys // width,
        aspect=keys % width,
        positive=np.bincount(at[value > 0], minlength=size),
        negative=np.bincount(at[value < 0], minlength=size),
        opinions=np.bincount(at, minlength=size),
        total=add_up(value, at, size),
    )
