"""Names of platforms, handles written as addresses or with an @, and profile ids made from the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.records.patterns import WHITESPACE

__all__ = [
    "HANDLE_ADDRESS",
    "HANDLE_HOST",
    "HANDLE_PREFIX",
    "HOSTS",
    "PLATFORM_NAMES",
    "READ_AS_ADDRESS",
    "READ_AS_AT",
    "ReadHandles",
    "make_profile_ids",
    "name_platforms",
    "platforms_of_addresses",
    "read_handles",
]

PLATFORM_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "twitter": "x",
        "x (twitter)": "x",
        "x (formerly twitter)": "x",
        "x/twitter": "x",
        "twitter/x": "x",
        "twitter public": "x",
        "x.com": "x",
        "twitter.com": "x",
        "fb": "facebook",
        "facebook public": "facebook",
        "facebook.com": "facebook",
        "ig": "instagram",
        "insta": "instagram",
        "instagram public": "instagram",
        "instagram.com": "instagram",
        "linked in": "linkedin",
        "linkedin.com": "linkedin",
        "yt": "youtube",
        "youtube.com": "youtube",
        "tik tok": "tiktok",
        "tiktok.com": "tiktok",
        "gh": "github",
        "github.com": "github",
        "bsky": "bluesky",
        "bsky.app": "bluesky",
        "blue sky": "bluesky",
        "fediverse": "mastodon",
        "mastodon.social": "mastodon",
        "reddit.com": "reddit",
        "threads.net": "threads",
        "threads.com": "threads",
    }
)
"""Other names of platforms, in lower case, and the canonical one."""

HOSTS: Mapping[str, str] = MappingProxyType(
    {
        "x.com": "x",
        "twitter.com": "x",
        "facebook.com": "facebook",
        "fb.com": "facebook",
        "instagram.com": "instagram",
        "linkedin.com": "linkedin",
        "youtube.com": "youtube",
        "tiktok.com": "tiktok",
        "github.com": "github",
        "bsky.app": "bluesky",
        "mastodon.social": "mastodon",
        "reddit.com": "reddit",
        "threads.net": "threads",
        "threads.com": "threads",
        "speakerdeck.com": "speakerdeck",
        "gitlab.com": "gitlab",
        "medium.com": "medium",
    }
)
"""Hosts whose first path is a handle, and the platform they belong to."""

_SCHEME = r"(?:[Hh][Tt][Tt][Pp][Ss]?://|//)"
_SUBDOMAIN = r"(?:[Ww][Ww][Ww]\.|m\.|mobile\.|[a-z]{2}\.)?"
_HOST = r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,24})"

HANDLE_ADDRESS = (
    rf"^{_SCHEME}?{_SUBDOMAIN}{_HOST}(?::[0-9]+)?"
    r"(?:/(?:(?:in|company|pub|school|user|users|c|u|channel|people|profile|pages|web)/)?(?:profile\.php\?id=)?"
    r"@?(?P<name>[^/?#\s]*)(?:[/?#].*)?)$"
)
"""An address with a path; the handle is its first part that is not a prefix such as in/ or user/."""

HANDLE_HOST = rf"^{_SCHEME}{_SUBDOMAIN}{_HOST}$"
"""An address without a path; the host itself is the handle, unless it is a platform's."""

HANDLE_PREFIX = r"^(?:(?:in|user|u|r|c)/)?@*\s*"
"""What may stand before a handle."""

READ_AS_ADDRESS, READ_AS_AT = 1, 2


@dataclass(frozen=True, slots=True)
class ReadHandles:
    """Handles taken out of what was written.

    Attributes:
        values: Handles; null where missing or empty after the repair.
        repairs: 0 as written, `READ_AS_ADDRESS` or `READ_AS_AT`, per row.
        empty: Something was written, but it holds no handle.
    """

    values: pa.Array
    repairs: npt.NDArray[np.uint8]
    empty: npt.NDArray[np.bool_]


def name_platforms(values: pa.Array) -> pa.Array:
    """Give platforms their canonical name, in lower case.

    Args:
        values: Strings as written.

    Examples:
        >>> name_platforms(pa.array(["Twitter", "GitHub", None])).to_pylist()
        ['x', 'github', None]
    """
    lower = pc.ascii_lower(values)
    place = pc.index_in(lower, pa.array(list(PLATFORM_NAMES)))
    return pc.coalesce(pc.take(pa.array(list(PLATFORM_NAMES.values())), place), lower)


def platforms_of_addresses(values: pa.Array) -> pa.Array:
    """The platform whose address each value is; null for anything else.

    Args:
        values: Handles or addresses, as written.

    Examples:
        >>> platforms_of_addresses(pa.array(["https://twitter.com/jo", "jo"])).to_pylist()
        ['x', None]
    """
    host = pc.ascii_lower(pc.struct_field(pc.extract_regex(values, HANDLE_ADDRESS), "host"))
    return pc.take(pa.array(list(HOSTS.values())), pc.index_in(host, pa.array(list(HOSTS))))


def read_handles(values: pa.Array, platforms: pa.Array) -> ReadHandles:
    """Take handles out of addresses and drop what stands before them.

    Args:
        values: Strings, trimmed, null where missing.
        platforms: Canonical platform of each; on Mastodon the host of an address is kept as the server.

    Returns:
        The handles, what was repaired and which are empty.

    Examples:
        >>> written = pa.array(["@jo", "https://x.com/jo?lang=en", "https://ruby.social/@jo", "@"])
        >>> read_handles(written, pa.array(["x", "x", "mastodon", "x"])).values.to_pylist()
        ['jo', 'jo', 'jo@ruby.social', None]
    """
    found = pc.extract_regex(values, HANDLE_ADDRESS)
    is_address = pc.is_valid(found)
    host, name = pc.struct_field(found, "host"), pc.struct_field(found, "name")
    with_server = pc.and_(
        pc.fill_null(pc.equal(platforms, "mastodon"), False),
        pc.and_(pc.not_equal(name, ""), pc.invert(pc.match_substring(name, "@"))),
    )
    name = pc.if_else(with_server, pc.binary_join_element_wise(name, pc.ascii_lower(host), "@"), name)
    bare = pc.extract_regex(values, HANDLE_HOST)
    is_host = pc.is_valid(bare)
    own = pc.struct_field(bare, "host")
    known = pc.is_in(pc.ascii_lower(own), pa.array(list(HOSTS)))
    stripped = pc.replace_substring_regex(values, HANDLE_PREFIX, "")
    result = pc.if_else(is_address, name, pc.if_else(is_host, pc.if_else(known, "", own), stripped))
    result = pc.utf8_trim(result, WHITESPACE)
    there = pc.is_valid(values)
    empty = pc.and_(there, pc.equal(result, ""))
    address = pc.fill_null(pc.or_(is_address, is_host), False).to_numpy(zero_copy_only=False)
    changed = pc.fill_null(pc.not_equal(result, values), False).to_numpy(zero_copy_only=False)
    repairs = np.where(address, READ_AS_ADDRESS, np.where(changed, READ_AS_AT, 0)).astype(np.uint8)
    empties = np.asarray(pc.fill_null(empty, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
    return ReadHandles(pc.if_else(pa.array(empties), None, result), np.where(empties, 0, repairs), empties)


def make_profile_ids(platforms: Any, handles: Any) -> Any:
    """Make ids such as "x:jsmith84" from platform and handle; null where either is missing.

    Args:
        platforms: Canonical platforms.
        handles: Handles as read.

    Examples:
        >>> make_profile_ids(pa.array(["x", "x"]), pa.array(["JSmith84", None])).to_pylist()
        ['x:jsmith84', None]
    """
    return pc.binary_join_element_wise(platforms, pc.ascii_lower(handles), ":")
