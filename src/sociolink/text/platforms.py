"""Platforms by their one canonical name, whatever they are called or hosted at."""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa

from sociolink.text.buffers import as_strings, few_strings, plain_strings
from sociolink.text.folding import fold

__all__ = ["PATH_PREFIXES", "PLATFORM_HOSTS", "SUBDOMAIN_PLATFORMS", "canonical_platforms", "platform_of_host"]

_HOSTS = {
    "twitter": ("twitter.com", "x.com"),
    "facebook": ("facebook.com", "fb.com", "fb.me"),
    "instagram": ("instagram.com", "instagr.am", "ig.me"),
    "linkedin": ("linkedin.com", "lnkd.in"),
    "youtube": ("youtube.com",),
    "tiktok": ("tiktok.com",),
    "bluesky": ("bsky.app", "bsky.social"),
    "github": ("github.com", "github.io"),
    "gitlab": ("gitlab.com",),
    "threads": ("threads.net", "threads.com"),
    "speakerdeck": ("speakerdeck.com",),
    "slideshare": ("slideshare.net",),
    "reddit": ("reddit.com",),
    "medium": ("medium.com",),
    "substack": ("substack.com",),
    "tumblr": ("tumblr.com",),
    "pinterest": ("pinterest.com", "pinterest.co.uk", "pinterest.fr", "pinterest.de"),
    "snapchat": ("snapchat.com",),
    "telegram": ("t.me", "telegram.me"),
    "twitch": ("twitch.tv",),
    "flickr": ("flickr.com",),
    "vimeo": ("vimeo.com",),
    "quora": ("quora.com",),
    "vk": ("vk.com", "vkontakte.ru"),
    "xing": ("xing.com",),
    "weibo": ("weibo.com",),
    "soundcloud": ("soundcloud.com",),
    "stackoverflow": ("stackoverflow.com",),
    "dev": ("dev.to",),
    "kaggle": ("kaggle.com",),
    "mastodon": ("mastodon.social", "mastodon.online", "hachyderm.io", "fosstodon.org", "ruby.social", "mstdn.social"),
}
PLATFORM_HOSTS = {host: platform for platform, hosts in _HOSTS.items() for host in hosts}

_OTHER_NAMES = {
    "x": "twitter",
    "tw": "twitter",
    "tweet": "twitter",
    "xtwitter": "twitter",
    "twitterx": "twitter",
    "xformerlytwitter": "twitter",
    "fb": "facebook",
    "meta": "facebook",
    "ig": "instagram",
    "insta": "instagram",
    "li": "linkedin",
    "in": "linkedin",
    "yt": "youtube",
    "bsky": "bluesky",
    "atproto": "bluesky",
    "gh": "github",
    "masto": "mastodon",
    "fediverse": "mastodon",
    "activitypub": "mastodon",
    "pleroma": "mastodon",
    "snap": "snapchat",
    "tg": "telegram",
    "devto": "dev",
    "vkontakte": "vk",
    "so": "stackoverflow",
}
_CANONICAL = {platform: platform for platform in _HOSTS} | _OTHER_NAMES

SUBDOMAIN_PLATFORMS = frozenset({"substack", "tumblr", "medium", "github", "bluesky"})
"""Platforms that give each account a host name of its own."""

_ANYWHERE = frozenset({"user", "users", "u", "profile", "profiles", "people", "web"})
PATH_PREFIXES = {
    "twitter": frozenset({"intent"}),
    "facebook": frozenset({"people", "pages", "pg", "p", "public", "groups"}),
    "instagram": frozenset({"stories"}),
    "linkedin": frozenset({"in", "pub", "company", "school", "showcase"}),
    "youtube": frozenset({"c", "user", "channel"}),
    "reddit": frozenset({"u", "user"}),
    "bluesky": frozenset({"profile"}),
    "github": frozenset({"orgs"}),
    "snapchat": frozenset({"add"}),
    "telegram": frozenset({"s"}),
    "xing": frozenset({"profile"}),
    "": _ANYWHERE | {"in", "c", "channel", "add"},
}
"""First parts of a path that come before the handle, per platform; of any other platform, those of an empty name."""


def canonical_platforms(values: pa.Array) -> pa.Array:
    """The one name by which each platform is known here.

    Args:
        values: Names, abbreviations or hosts of platforms; null counts as empty.

    Returns:
        As many names; a platform that is not known keeps its own, folded.

    Examples:
        >>> canonical_platforms(pa.array(["X", "Twitter", "facebook.com", "My Forum", None])).to_pylist()
        ['twitter', 'twitter', 'facebook', 'my forum', '']
    """
    strings = plain_strings(values)
    few = few_strings(strings)
    if few is not None:
        return as_strings([_platform(name) for name in few])
    encoded = strings.dictionary_encode()
    names = [_canonical(name) for name in fold(encoded.dictionary).to_pylist()]
    return pa.array(names, pa.string()).take(encoded.indices)


def platform_of_host(host: str) -> tuple[str, str]:
    """The platform that a host belongs to, and what stands before its own name.

    Args:
        host: A host name in lower case.

    Returns:
        Canonical platform (empty where unknown) and the subdomain (empty where there is none, or only `www` and such).

    Examples:
        >>> platform_of_host("fr.linkedin.com"), platform_of_host("jane.substack.com"), platform_of_host("jane.org")
        (('linkedin', 'fr'), ('substack', 'jane'), ('', ''))
    """
    labels = host.split(".")
    while labels and labels[0] in ("www", "m", "mobile", "touch", "web", "old", "new"):
        labels = labels[1:]
    for first in range(len(labels) - 1):
        platform = PLATFORM_HOSTS.get(".".join(labels[first:]))
        if platform is not None:
            return platform, ".".join(labels[:first])
    return "", ""


@lru_cache(maxsize=1024)
def _platform(name: str) -> str:
    return _canonical(fold(pa.array([name], pa.string()))[0].as_py())


def _canonical(folded: str) -> str:
    squashed = "".join(character for character in folded if character.isalnum())
    return _CANONICAL.get(squashed) or platform_of_host(folded)[0] or folded
