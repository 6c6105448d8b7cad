"""One handle as people write it (a URL, with @, with a server) taken apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntFlag
from urllib.parse import unquote

from sociolink.text.platforms import PATH_PREFIXES, SUBDOMAIN_PLATFORMS, platform_of_host

__all__ = ["Address", "Repair", "read_address"]


class Repair(IntFlag):
    """What had to be done to a handle before it could be read; codes add up."""

    NONE = 0
    AT_SIGN = 1
    URL = 2
    SERVER = 4
    ESCAPES = 8
    CHARACTERS = 16
    PLATFORM = 32


@dataclass(frozen=True, slots=True)
class Address:
    """A handle taken apart.

    Attributes:
        platform: As given, or read off the URL where none was given.
        handle: Without @, URL and server, in its own case.
        domain: The server that was named, or None.
        repaired: Sum of `Repair` codes.
    """

    platform: str
    handle: str
    domain: str | None
    repaired: int


_HOST = r"(?:[\w-]+\.)+[^\W\d_]{2,}"
_URL = re.compile(rf"(?:(?:[a-z][a-z0-9+.-]*:)?//(?:[^/@]*@)?([^/?\#:]*)(?::\d*)?|({_HOST})(?=/))(.*)", re.I | re.S)
_ON_SERVER = re.compile(rf"@?([^@\s/]+)@({_HOST})/?", re.I)
_PROFILE_ID = re.compile(r"profile\.php/?\?(?:.*&)?id=(\d+)", re.I)
_FORBIDDEN = re.compile(r"[@/?#%:\\]+")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co"})


def read_address(platform: str, handle: str) -> Address:
    """Take one handle apart.

    Args:
        platform: Canonical name of the platform, or empty.
        handle: What stands in the data.

    Returns:
        The parts. Reading a `handle` that came out of here changes nothing.

    Examples:
        >>> read_address("", "https://twitter.com/@JaneDoe?lang=en").handle
        'JaneDoe'
        >>> read_address("mastodon", "@jane@ruby.social")
        Address(platform='mastodon', handle='jane', domain='ruby.social', repaired=<Repair.AT_SIGN|SERVER: 5>)
        >>> read_address("facebook", "facebook.com/profile.php?id=100012").handle
        '100012'
    """
    text = _clean(handle)
    repaired = Repair.CHARACTERS if text != handle else Repair.NONE
    if "%" in text:
        text, repaired = _clean(unquote(text)), repaired | Repair.ESCAPES
    domain: str | None = None
    on_server = _ON_SERVER.fullmatch(text)
    url = None if on_server else _URL.fullmatch(text)
    if url:
        host = (url.group(1) or url.group(2) or "").lower().removeprefix("www.")
        found, text, domain = _read_url(platform, host, url.group(3))
        repaired |= Repair.URL if platform == found else Repair.URL | Repair.PLATFORM
        platform, on_server = found, _ON_SERVER.fullmatch(text)
    elif "/" in text or "?" in text:
        text, repaired = _read_path(platform, text), repaired | Repair.URL
    if on_server:
        text, domain = on_server.group(1), on_server.group(2).lower()
        repaired |= Repair.SERVER
        platform = platform or "mastodon"
    if (on_server or url is None) and handle.lstrip().startswith("@"):
        repaired |= Repair.AT_SIGN
    text = _clean(_FORBIDDEN.sub("", text))
    return Address(platform, text, domain, repaired)


def _clean(text: str) -> str:
    """In NFKC, without what cannot be seen, single-spaced."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    text = unicodedata.normalize("NFKC", text)
    text = "".join(character for character in text if unicodedata.category(character) not in _INVISIBLE)
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _read_url(platform: str, host: str, rest: str) -> tuple[str, str, str | None]:
    """Platform, handle and server of a URL."""
    of_host, subdomain = platform_of_host(host)
    path = _read_path(platform or of_host, rest)
    if not path:
        own_host = of_host in SUBDOMAIN_PLATFORMS and subdomain
        return platform or of_host, subdomain if own_host else host, None
    if of_host and of_host != "mastodon":
        return platform or of_host, path, None
    is_social = "/@" in rest or "/users/" in rest
    return platform or ("mastodon" if of_host or is_social else ""), path, host or None


def _read_path(platform: str, path: str) -> str:
    """The part of a path that is the handle."""
    with_id = _PROFILE_ID.search(path)
    if with_id:
        return with_id.group(1)
    path = re.split(r"[?#]", path.replace("/#!/", "/"), maxsplit=1)[0]
    parts = [part for part in path.split("/") if part.strip("@ ")]
    prefixes = PATH_PREFIXES.get(platform, PATH_PREFIXES[""])
    prefix = ""
    while len(parts) > 1 and parts[0].lower() in prefixes:
        prefix, parts = parts[0].lower(), parts[1:]
    if platform == "facebook" and prefix in ("people", "pages") and len(parts) > 1:
        return f"{parts[0]}-{parts[1]}" if parts[1].isdigit() else parts[-1]
    return parts[0] if parts else ""
