"""How handles look on each platform: what glues their words, how long they are, and that no two are the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis.places import load_words
from sociolink.datasets.synthesis.strings import Ints, by_code, choose, digits, draw, join, pick, piece, words

__all__ = ["PLATFORMS", "PlatformHabits", "dress_handles", "style_cores", "unique_cores"]

_GLUED, _UNDERSCORE, _DOT, _DASH, _CAMEL = range(5)
_TAILED_SHARE = 0.5
_OWN_DOMAIN_SHARE = 0.15
_GLUES = ("", "_", ".", "-")


@dataclass(frozen=True, slots=True)
class PlatformHabits:
    """The habits of one platform.

    Attributes:
        share: Share of accounts, before those of the other platforms.
        opacity: How much likelier than average a handle says nothing about its owner.
        glue: Weights of no glue, underscore, dot, dash and CamelCase between words.
        max_length: Longest handle.
        url: Address of a profile, before the handle.
    """

    share: float
    opacity: float
    glue: tuple[float, float, float, float, float]
    max_length: int
    url: str


PLATFORMS: Mapping[str, PlatformHabits] = {
    "twitter": PlatformHabits(0.30, 1.15, (0.58, 0.22, 0.0, 0.0, 0.20), 15, "https://twitter.com/"),
    "instagram": PlatformHabits(0.20, 1.30, (0.45, 0.27, 0.28, 0.0, 0.0), 30, "https://instagram.com/"),
    "linkedin": PlatformHabits(0.13, 0.10, (0.15, 0.0, 0.0, 0.85, 0.0), 60, "https://linkedin.com/in/"),
    "github": PlatformHabits(0.10, 1.35, (0.62, 0.0, 0.0, 0.25, 0.13), 39, "https://github.com/"),
    "mastodon": PlatformHabits(0.08, 1.20, (0.62, 0.24, 0.0, 0.0, 0.14), 30, "https://mastodon.social/@"),
    "bluesky": PlatformHabits(0.09, 1.10, (0.75, 0.0, 0.0, 0.25, 0.0), 18, "https://bsky.app/profile/"),
    "facebook": PlatformHabits(0.10, 0.50, (0.25, 0.0, 0.75, 0.0, 0.0), 50, "https://facebook.com/"),
}


def style_cores(tokens: pa.Array, platform: Ints, chance: npt.NDArray[np.float64], names: tuple[str, ...]) -> pa.Array:
    """Glue the words of each handle in the way of its platform and of the person.

    Args:
        tokens: (rows,) words joined by spaces.
        platform: (rows,) codes of the platforms.
        chance: (rows,) in [0, 1): the person's taste; the same on all of their accounts.
        names: Names of the platforms, by code.

    Returns:
        (rows,) handles without tails or servers, cut at the platform's length.
    """
    weights = np.array([PLATFORMS[name].glue for name in names])
    cumulated = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    glue = (chance[:, None] >= cumulated[platform]).sum(axis=1)

    def glue_words(code: int, rows: Ints) -> pa.Array:
        own = tokens.take(pa.array(rows))
        if code == _CAMEL:
            return pc.replace_substring(pc.utf8_title(own), " ", "")
        return pc.replace_substring(own, " ", _GLUES[code])

    return _cut(by_code(glue, len(_GLUES) + 1, glue_words), platform, names, spare=0)


def _cut(cores: pa.Array, platform: Ints, names: tuple[str, ...], *, spare: int) -> pa.Array:
    """Cut at the longest handle of the platform, less some room for digits."""

    def cut(code: int, rows: Ints) -> pa.Array:
        return piece(cores.take(pa.array(rows)), 0, PLATFORMS[names[code]].max_length - spare)

    return by_code(platform, len(names), cut)


def _repeats(platform: Ints, cores: pa.Array) -> npt.NDArray[np.int64]:
    """Rows whose handle stands on the same platform in an earlier row."""
    keys = join(digits(platform), pc.ascii_lower(cores), separator=":").dictionary_encode().indices.to_numpy()
    order = np.argsort(keys, kind="stable")
    again = np.zeros(len(keys), dtype=bool)
    again[order[1:]] = keys[order[1:]] == keys[order[:-1]]
    return np.flatnonzero(again)


def unique_cores(rng: np.random.Generator, cores: pa.Array, platform: Ints, names: tuple[str, ...]) -> pa.Array:
    """Append digits where a handle is taken, as people have to; short handles get digits too.

    Args:
        rng: Source of chance.
        cores: (rows,) handles without tails or servers.
        platform: (rows,) codes of the platforms.
        names: Names of the platforms, by code.

    Returns:
        (rows,) handles, no two the same on one platform, whatever their case.
    """
    short = pc.less(pc.utf8_length(cores), 3)
    rows = np.flatnonzero(short.to_numpy(zero_copy_only=False))
    for attempt in range(12):
        if attempt:
            rows = _repeats(platform, cores)
        if len(rows) == 0:
            continue
        figures = min(1 + attempt, 8)
        room = _cut(cores.take(pa.array(rows)), platform[rows], names, spare=figures)
        mask = np.zeros(len(cores), dtype=bool)
        mask[rows] = True
        renamed = join(room, digits(rng.integers(0, 10**figures, len(rows))))
        cores = pc.replace_with_mask(cores, pa.array(mask), renamed)
    return cores


def dress_handles(rng: np.random.Generator, cores: pa.Array, platform: Ints, names: tuple[str, ...]) -> pa.Array:
    """Add what each platform adds: LinkedIn's digits, Mastodon's server, Bluesky's domain.

    Args:
        rng: Source of chance.
        cores: (rows,) handles, unique on their platform.
        platform: (rows,) codes of the platforms.
        names: Names of the platforms, by code.

    Returns:
        (rows,) handles as the platform shows them.
    """
    servers = words(load_words()["mastodon_servers"])

    def dress(code: int, rows: Ints) -> pa.Array:
        own, size = cores.take(pa.array(rows)), len(rows)
        if names[code] == "linkedin":
            tail = pc.utf8_lpad(digits(rng.integers(10**7, 10**9, size)), 9, "b")
            tail = pc.replace_substring(pc.replace_substring(tail, "7", "a"), "3", "b")
            own = pc.ascii_lower(own)
            return choose(rng.random(size) < _TAILED_SHARE, join(own, tail, separator="-"), own)
        if names[code] == "mastodon":
            own_server = draw(rng, 1 / (np.arange(len(servers)) + 1.0), size)
            return join(own, servers.take(pa.array(own_server)), separator="@")
        if names[code] == "bluesky":
            own = pc.ascii_lower(own)
            domain = join(own, pick(rng, words("dev me net org com"), size), separator=".")
            return choose(rng.random(size) < _OWN_DOMAIN_SHARE, domain, join(own, ".bsky.social"))
        return own

    return by_code(platform, len(names), dress)
