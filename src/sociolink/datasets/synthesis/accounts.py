"""Who owns which account on which platform, and what it is called."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.datasets.synthesis.handle_makers import PLAIN_MAKERS, HandleMaker
from sociolink.datasets.synthesis.handle_oddities import ODD_MAKERS
from sociolink.datasets.synthesis.handle_parts import HandleParts
from sociolink.datasets.synthesis.opaque_handles import OPAQUE_MAKERS
from sociolink.datasets.synthesis.platforms import PLATFORMS, dress_handles, style_cores, unique_cores
from sociolink.datasets.synthesis.strings import Ints, by_kind, choose, draw, join, pick, words
from sociolink.text.runs import starts_of_runs

__all__ = ["AccountKind", "Accounts", "draw_platforms", "make_tokens", "name_accounts", "share_out"]

_PEOPLE_PER_ACCOUNT = 0.6
_FURTHER_ACCOUNT_SHARE = 0.6
_ODD_SHARE = 0.22
_REUSE_SHARE = 0.6
_FAN_WORDS = "fan fans daily updates news fanpage love club source"
_PARODY_WORDS = "not fake notthereal parody totally definitelynot"


class AccountKind(IntEnum):
    """What stands behind an account; all but CUSTOMER are kinds of strangers."""

    CUSTOMER = 0
    SAME = 1
    SHIFTED = 2
    ORGANISATION = 3
    BOT = 4
    FAN = 5
    PARODY = 6


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """Accounts, one row each.

    Attributes:
        kind: Codes of `AccountKind`.
        owner: Row of the owner among the people; for fans and parodies, of whom they are about.
        platform: Codes of the platforms.
        core: Handles without tails or servers.
        handle: Handles as the platform shows them.
        opaque: Whether the handle says nothing about its owner.
    """

    kind: npt.NDArray[np.int8]
    owner: npt.NDArray[np.int64]
    platform: npt.NDArray[np.int8]
    core: pa.Array
    handle: pa.Array
    opaque: npt.NDArray[np.bool_]


def share_out(rng: np.random.Generator, accounts: int, people: Ints) -> npt.NDArray[np.int64]:
    """Give each account an owner; some people own several.

    Args:
        rng: Source of chance.
        accounts: Number of accounts.
        people: Rows of those who may own one.

    Returns:
        (accounts,) rows of owners.
    """
    if accounts == 0 or len(people) == 0:
        return np.empty(0, dtype=np.int64)
    active = min(len(people), max(1, round(accounts * _PEOPLE_PER_ACCOUNT)))
    owners = rng.permutation(people)[:active]
    given = [owners[:accounts]]
    missing = accounts - len(given[0])
    while missing:  # each round reaches fewer of those who have one more than the rest
        enough = len(given) < len(PLATFORMS) - 1
        reached = min(active, math.ceil(_FURTHER_ACCOUNT_SHARE * missing) if enough else missing)
        given.append(owners[:reached])
        missing -= reached
    return np.concatenate(given).astype(np.int64)


def draw_platforms(rng: np.random.Generator, owner: Ints, weights: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """A platform for each account: each owner's accounts stand on different ones as long as there are any.

    Args:
        rng: Source of chance.
        owner: (accounts,) rows of owners.
        weights: Share of each platform.

    Returns:
        (accounts,) codes of the platforms.
    """
    order = np.argsort(owner, kind="stable")
    first = starts_of_runs(owner[order])
    group = np.cumsum(first) - 1
    rank = np.arange(len(owner)) - np.flatnonzero(first)[group]
    groups = int(group[-1]) + 1 if len(group) else 0
    # the largest of log weight + Gumbel noise is a draw by weight; the order of all is one without replacement
    noise = rng.gumbel(size=(groups, len(weights))).astype(np.float32) + np.log(weights).astype(np.float32)
    preferred = np.argsort(-noise, axis=1, kind="stable").astype(np.int8)
    platform = np.empty(len(owner), dtype=np.int8)
    platform[order] = preferred[group, rank % len(weights)]
    return platform


def make_tokens(rng: np.random.Generator, parts: HandleParts, opaque: npt.NDArray[np.bool_]) -> pa.Array:
    """Words of a handle for each row, by one of the ways to make one.

    Args:
        rng: Source of chance.
        parts: What the handles are made from.
        opaque: (rows,) whether the handle is to say nothing about its owner.

    Returns:
        (rows,) words joined by spaces.
    """
    size = len(parts)
    menus = (PLAIN_MAKERS, ODD_MAKERS, OPAQUE_MAKERS)
    menu = np.where(opaque, 2, np.where(rng.random(size) < _ODD_SHARE, 1, 0))
    kind = np.zeros(size, dtype=np.int64)
    start = 0
    for code, makers in enumerate(menus):
        rows = np.flatnonzero(menu == code)
        kind[rows] = start + draw(rng, [weight for _, weight in makers], len(rows))
        start += len(makers)

    def on_rows(maker: HandleMaker) -> pa.Array:
        return lambda rows: maker(parts.take(rows), rng)

    return by_kind(kind, [on_rows(maker) for makers in menus for maker, _ in makers])


def _subject_tokens(rng: np.random.Generator, parts: HandleParts, kind: Ints) -> pa.Array:
    """Words of the handles of fan and parody accounts."""
    name = join(parts.given, parts.family, separator=" ")
    fan = join(name, pick(rng, words(_FAN_WORDS), len(parts)), separator=" ")
    parody = join(pick(rng, words(_PARODY_WORDS), len(parts)), name, separator=" ")
    return choose(kind == AccountKind.FAN, fan, parody)


def name_accounts(
    rng: np.random.Generator,
    *,
    kind: npt.NDArray[np.int8],
    owner: npt.NDArray[np.int64],
    style: npt.NDArray[np.float64],
    parts: HandleParts,
    name_alias: pa.Array,
    opaque_alias: pa.Array,
    organisation_slug: pa.Array,
    opaque_share: float,
    platforms: tuple[str, ...],
) -> Accounts:
    """Put each account on a platform and give it a handle.

    Args:
        rng: Source of chance.
        kind: (accounts,) codes of `AccountKind`.
        owner: (accounts,) rows of the owners among the people.
        style: (people,) the taste of each person.
        parts: (people,) what handles are made from.
        name_alias: (people,) words of the handle that a person likes to reuse.
        opaque_alias: (people,) words of the one that says nothing.
        organisation_slug: (people,) employer as in a web domain.
        opaque_share: Average share of handles that say nothing about their owner.
        platforms: Names of the platforms in play.

    Returns:
        The accounts, in the order given.
    """
    size = len(kind)
    shares = np.array([PLATFORMS[name].share for name in platforms])
    opacity = np.array([PLATFORMS[name].opacity for name in platforms])
    opacity = opacity * shares.sum() / (opacity @ shares)
    platform = draw_platforms(rng, owner, shares)
    secrecy = np.where(rng.random(size) < 0.5, (style[owner] * 7919) % 1.0, rng.random(size))
    opaque = secrecy < np.minimum(opaque_share * opacity[platform], 1.0)
    own_parts = parts.take(owner)
    reused = rng.random(size) < _REUSE_SHARE
    at_owner = pa.array(owner)
    tokens = choose(
        reused,
        choose(opaque, opaque_alias.take(at_owner), name_alias.take(at_owner)),
        make_tokens(rng, own_parts, opaque),
    )
    tail = pick(rng, words("hq official care inc app news jobs"), size)
    slug = organisation_slug.take(at_owner)
    company = choose(rng.random(size) < 0.5, slug, join(slug, tail, separator=" "))
    tokens = by_kind(
        np.where(kind <= AccountKind.SHIFTED, 0, np.where(kind >= AccountKind.FAN, 3, kind - 2)),
        [
            lambda rows: tokens.take(pa.array(rows)),
            lambda rows: company.take(pa.array(rows)),
            lambda rows: make_tokens(rng, own_parts.take(rows), np.ones(len(rows), dtype=bool)),
            lambda rows: _subject_tokens(rng, own_parts.take(rows), kind[rows]),
        ],
    )
    cores = unique_cores(rng, style_cores(tokens, platform, style[owner], platforms), platform, platforms)
    opaque = np.where(kind <= AccountKind.SHIFTED, opaque, kind == AccountKind.BOT)
    return Accounts(kind, owner, platform, cores, dress_handles(rng, cores, platform, platforms), opaque)
