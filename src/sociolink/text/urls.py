"""Web addresses taken apart: host, path, the label that names the site, the account on a platform."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.reference.addressing import public_suffixes
from sociolink.text.addresses import read_address
from sociolink.text.buffers import are_filled, cut_strings, number_strings, plain_strings
from sociolink.text.patterns import extract_groups, holds_pattern, replace_pattern
from sociolink.text.platforms import PLATFORM_HOSTS, SUBDOMAIN_PLATFORMS, platform_of_host

__all__ = ["NOT_ACCOUNTS", "normalise_urls", "site_labels"]

_MAX_READ = 2048
_URL = (
    r"^\s*(?:[A-Za-z][A-Za-z0-9+.\-]*:)?(?://)?(?:[^/?#@\s]*@)?(?P<host>[^/?#:@\s\\]+)\.?(?::[0-9]*)?"
    r"(?P<path>/[^?#\s]*)?(?P<query>[?#].*)?\s*$"
)
_HOST = r"^(?:[\pL\pN_](?:[\pL\pM\pN_-]*)\.)+[\pL][\pL\pM\pN-]+$"
_BEFORE_LAST_TWO = r"^.*\.([^.]*\.[^.]*)$"
_SHORTENERS = frozenset({"fb.me", "lnkd.in", "youtu.be"})

NOT_ACCOUNTS = frozenset(
    {"explore", "hashtag", "home", "i", "intent", "login", "p", "reel", "search", "share", "sharer", "status", "watch"}
)
"""First parts of paths on platforms that are pages of the platform itself."""


_COLUMNS = ("host", "path", "label", "last_segment", "platform", "handle")


def normalise_urls(values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Take web addresses apart.

    Args:
        values: (rows,) addresses, with or without scheme.

    Returns:
        One line a value: host (small letters, without `www`), path (without the last slash), label (that names the
        site: "davidguiraud" of davidguiraud.fr, "jo" of jo.github.io), last_segment (of the path), platform and handle
        where the address is an account. All null where the value is no web address, path and last_segment also where it
        has no path.

    Examples:
        >>> table = normalise_urls(pa.array(["https://www.Jo-Smith.co.uk/blog/", "twitter.com/@JoSmith?lang=en"]))
        >>> table.to_pylist()[0]["host"], table.to_pylist()[0]["label"], table.to_pylist()[0]["last_segment"]
        ('jo-smith.co.uk', 'jo-smith', 'blog')
        >>> table.to_pylist()[1]["platform"], table.to_pylist()[1]["handle"]
        ('twitter', 'JoSmith')
    """
    given = plain_strings(values)
    if not are_filled(given).any():
        return pa.table({name: pa.nulls(len(given), pa.string()) for name in _COLUMNS})
    strings, number = number_strings(given)
    texts = pc.utf8_normalize(cut_strings(strings, _MAX_READ), "NFKC")
    parts = extract_groups(texts, _URL)
    host = pc.utf8_lower(parts["host"])
    host = replace_pattern(host, r"^(?:www?[0-9]?\.)+(?:m\.|mobile\.)?|^(?:m|mobile)\.", "")
    host = pc.if_else(holds_pattern(pc.fill_null(host, ""), _HOST), host, None)
    mail = holds_pattern(texts, r"(?i)^\s*mailto:|^[^/?#]*@")
    host = pc.if_else(mail, None, host)
    path = pc.utf8_rtrim(pc.fill_null(parts["path"], ""), "/")
    path = replace_pattern(path, r"/(?i:index|default|home)\.(?i:html?|php|aspx?)$", "")
    path = pc.if_else(pc.or_(pc.equal(path, ""), pc.is_null(host)), None, path)
    platform, handle = _accounts(host, texts)
    columns = {
        "host": host,
        "path": path,
        "label": site_labels(host)[0],
        "last_segment": extract_groups(path, r"(?P<last>[^/]+)$")["last"],
        "platform": platform,
        "handle": handle,
    }
    if len(strings) == len(given):
        return pa.table(columns)
    at = pa.array(number)
    return pa.table({name: column.take(at) for name, column in columns.items()})


def site_labels(hosts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The label that names a site, and the domain that somebody registered for it.

    Args:
        hosts: (rows,) host names of at least two labels; null where unknown.

    Returns:
        (rows,) labels and (rows,) domains: one label before what ends an address, which may be two labels long.

    Examples:
        >>> [column.to_pylist() for column in site_labels(pa.array(["blog.jo.co.uk", "a.jo.org"]))]
        [['jo', 'jo'], ['jo.co.uk', 'jo.org']]
    """
    if len(hosts) == 0:
        return hosts, hosts
    parts = extract_groups(hosts, r"^(?:.*\.)?(?P<third>[^.]*)\.(?P<last>[^.]*\.[^.]*)$")
    third, last = parts["third"], pc.coalesce(parts["last"], hosts)
    ends = pc.and_(pc.is_valid(third), pc.is_in(last, value_set=_suffixes()))
    second = replace_pattern(last, r"\..*$", "")
    domain = pc.if_else(ends, pc.binary_join_element_wise(third, last, "."), last)
    return pc.if_else(ends, third, second), domain


@cache
def _suffixes() -> pa.Array:
    """What may end an address and is two labels long."""
    return pa.array(sorted(public_suffixes()))


@cache
def _platform_ends() -> pa.Array:
    """The last two labels of the hosts of all platforms."""
    return pa.array(sorted({".".join(host.split(".")[-2:]) for host in PLATFORM_HOSTS}))


def _accounts(hosts: pa.Array, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Platform and handle of each distinct address; only those on known platforms are read one by one."""
    encoded = hosts.dictionary_encode()
    maybe = pc.is_in(replace_pattern(encoded.dictionary, _BEFORE_LAST_TWO, r"\1"), value_set=_platform_ends())
    names = [platform_of_host(host)[0] or None for host in encoded.dictionary.filter(maybe).to_pylist()]
    known = pc.replace_with_mask(pa.nulls(len(maybe), pa.string()), maybe, pa.array(names, pa.string()))
    platforms = known.take(encoded.indices)
    found = pc.is_valid(platforms)
    handles = [
        _handle(platform, host, text)
        for platform, host, text in zip(
            *(column.filter(found).to_pylist() for column in (platforms, hosts, texts)), strict=True
        )
    ]
    return platforms, pc.replace_with_mask(pa.nulls(len(hosts), pa.string()), found, pa.array(handles, pa.string()))


def _handle(platform: str, host: str, text: str) -> str | None:
    if host in _SHORTENERS:
        return None
    subdomain = platform_of_host(host)[1]
    if platform in SUBDOMAIN_PLATFORMS and subdomain:
        return subdomain
    url = text.strip() if "//" in text else f"//{text.strip()}"
    handle = read_address(platform, url).handle
    return None if not handle or handle.lower().endswith(host) or handle.lower() in NOT_ACCOUNTS else handle
