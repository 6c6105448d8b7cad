"""Handles of any platform as cleaned names, squashed cores and the places where their tokens meet."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.addresses import Repair, read_address
from sociolink.text.buffers import (
    FEW,
    Flat,
    as_strings,
    distinct_of,
    few_strings,
    flatten,
    plain_strings,
    restore,
    select,
)
from sociolink.text.folding import transliterate
from sociolink.text.patterns import extract_groups, holds_pattern, match_pattern, replace_pattern
from sociolink.text.platforms import canonical_platforms

__all__ = ["MAX_CORE", "Handles", "Repair", "core_and_boundaries", "parse_accounts", "parse_handles"]

MAX_CORE = 40
"""Characters of a core; what is beyond is cut."""

_PLAIN = r"^@*[A-Za-z0-9._-]+$"
_ACCOUNT = r"^\s*(?P<platform>[A-Za-z][A-Za-z0-9 ._-]{0,30}?)\s*:\s*(?P<handle>[^/\s].*)$"
_NOT_PLATFORMS = ("http", "https", "mailto", "acct", "did", "at", "web")
_TAILS = {
    "linkedin": r"^(?P<stem>.*[A-Za-z0-9\x{C0}-\x{10FFFF}].*)-(?P<tail>[0-9a-f]{5,12})$",
    "facebook": r"^(?P<stem>.*[A-Za-z0-9\x{C0}-\x{10FFFF}].*)-(?P<tail>[0-9]{6,})$",
}
_BLUESKY_SERVER = ".bsky.social"
_PUBLIC_SUFFIX = (
    r"(?i)\.(?:(?:com?|org|net|gov|ac|edu|gob|gouv|or|ne)\.[a-z]{2}|github\.io|netlify\.app|vercel\.app|pages\.dev"
    r"|fly\.dev|wordpress\.com|substack\.com|blogspot\.com|tumblr\.com|[a-z]{2,24})\.?$"
)
_SERVICE_LABEL = r"(?i)^(?:www|bsky|blog|social|mastodon)\."
_OTHER, _LOWER, _UPPER, _DIGIT = range(4)


def _classes() -> npt.NDArray[np.uint8]:
    table = np.zeros(256, np.uint8)
    table[ord("a") : ord("z") + 1] = _LOWER
    table[ord("A") : ord("Z") + 1] = _UPPER
    table[ord("0") : ord("9") + 1] = _DIGIT
    return table


_CLASS_OF_BYTE = _classes()
_WORDS = re.compile("[A-Za-z0-9]+")
_PARTS = re.compile("[0-9]+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True, slots=True, eq=False)
class Handles:
    """Handles taken apart, one entry a row.

    Attributes:
        platform: Canonical name of the platform; empty where unknown.
        handle: Cleaned for display, in its own case: no @, no URL, no server; the tail stays.
        core: `[a-z0-9]` only, without tail, domain suffix and server, at most `MAX_CORE` characters.
        boundaries: uint64; bit i is set where a token starts at `core[i]`; bit 0 is set if there is a core.
        repaired: uint8; sum of `Repair` codes.
        domain: Mastodon server or full Bluesky domain, in lower case; null elsewhere.
        tail: The hash or number that the platform appended (LinkedIn, Facebook); null where there is none.
    """

    platform: pa.Array
    handle: pa.Array
    core: pa.Array
    boundaries: npt.NDArray[np.uint64]
    repaired: npt.NDArray[np.uint8]
    domain: pa.Array
    tail: pa.Array

    def __len__(self) -> int:
        return len(self.core)

    def take(self, rows: npt.NDArray[np.integer]) -> Handles:
        """The handles of some rows, in the order given."""
        index = pa.array(rows)
        return Handles(
            platform=self.platform.take(index),
            handle=self.handle.take(index),
            core=self.core.take(index),
            boundaries=self.boundaries[rows],
            repaired=self.repaired[rows],
            domain=self.domain.take(index),
            tail=self.tail.take(index),
        )


def parse_handles(platform: pa.Array, handle: pa.Array) -> Handles:
    """Take handles apart by the rules of their platforms.

    Args:
        platform: Platforms under any name; empty or null where unknown (a URL then tells).
        handle: Handles, with @, as URL or with a server; null counts as empty.

    Returns:
        One entry a row. `parse_handles(h.platform, h.handle)` gives the same handle, core, boundaries and tail.

    Examples:
        >>> parsed = parse_handles(
        ...     pa.array(["X", "linkedin", "bluesky"]),
        ...     pa.array(["https://x.com/JaneDoe84", "frank-carroll-b1b2a821", "jane.example.com"]),
        ... )
        >>> parsed.platform.to_pylist(), parsed.core.to_pylist()
        (['twitter', 'linkedin', 'bluesky'], ['janedoe84', 'frankcarroll', 'janeexample'])
        >>> bin(parsed.boundaries[0]), parsed.tail.to_pylist()
        ('0b10010001', [None, 'b1b2a821', None])
    """
    names, strings = canonical_platforms(platform), plain_strings(handle)
    if len(strings) < FEW:
        return _parse_distinct(names, strings)
    platforms, handles = names.dictionary_encode(), strings.dictionary_encode()
    pair = np.asarray(platforms.indices, dtype=np.int64) * max(len(handles.dictionary), 1) + np.asarray(handles.indices)
    pairs = pa.array(pair).dictionary_encode()
    distinct = np.asarray(pairs.dictionary)
    of_platform, of_handle = np.divmod(distinct, max(len(handles.dictionary), 1))
    parsed = _parse_distinct(
        platforms.dictionary.take(pa.array(of_platform)), handles.dictionary.take(pa.array(of_handle))
    )
    return parsed if len(distinct) == len(pair) else parsed.take(np.asarray(pairs.indices))


def parse_accounts(values: pa.Array) -> Handles:
    """Take apart accounts that are written `platform:handle`, as a profile URL, or as a bare handle.

    Args:
        values: Accounts; null counts as empty.

    Returns:
        One entry a row; the platform is empty where the handle is bare.

    Examples:
        >>> parsed = parse_accounts(pa.array(["github:jane", "https://fr.linkedin.com/in/jane-doe", "jane_d"]))
        >>> list(zip(parsed.platform.to_pylist(), parsed.handle.to_pylist()))
        [('github', 'jane'), ('linkedin', 'jane-doe'), ('', 'jane_d')]
    """
    strings = plain_strings(values)
    parts = extract_groups(strings, _ACCOUNT)
    named = parts["platform"]
    schemes = pa.array(_NOT_PLATFORMS)
    is_account = pc.and_(pc.is_valid(named), pc.invert(pc.is_in(pc.utf8_lower(named), value_set=schemes)))
    return parse_handles(pc.if_else(is_account, named, ""), pc.if_else(is_account, parts["handle"], strings))


def _parse_distinct(platform: pa.Array, handle: pa.Array) -> Handles:
    platform, handle, domain, repaired = _cleaned(platform, handle)
    handle, domain, stem = _bluesky(platform, handle, domain)
    tail = pa.nulls(len(handle), pa.string())
    present = distinct_of(platform)
    for name, pattern in _TAILS.items():
        if name not in present:
            continue
        here = pc.equal(platform, name)
        own = handle.filter(here)
        parts = extract_groups(own, pattern)
        found = parts["tail"]
        ends_so = holds_pattern(pc.fill_null(found, ""), "[0-9]")
        tail = pc.replace_with_mask(tail, here, pc.if_else(ends_so, found, None))
        stem = pc.replace_with_mask(stem, here, pc.if_else(ends_so, parts["stem"], own))
    core, boundaries = core_and_boundaries(stem)
    return Handles(platform, handle, core, boundaries, repaired, domain, tail)


def _cleaned(platform: pa.Array, handle: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array, npt.NDArray[np.uint8]]:
    """Handles without @, URL and server; only those that hold more than plain characters are read one by one."""
    plain = match_pattern(handle, _PLAIN)
    at_sign = match_pattern(handle, "^@")
    repaired = np.where(at_sign, np.uint8(Repair.AT_SIGN), np.uint8(Repair.NONE))
    handle = pc.utf8_ltrim(handle, "@") if at_sign.any() else handle
    domain = pa.nulls(len(handle), pa.string())
    rest = (~plain).nonzero()[0]
    if not len(rest):
        return platform, handle, domain, repaired
    at = pa.array(rest)
    leading = np.where(at_sign[rest], "@", "")
    texts = pc.binary_join_element_wise(pa.array(leading, pa.string()), handle.take(at), "")
    read = [read_address(of, text) for of, text in zip(platform.take(at).to_pylist(), texts.to_pylist(), strict=True)]
    repaired[rest] = [address.repaired for address in read]
    source = np.arange(len(handle))
    source[rest] = len(handle) + np.arange(len(rest))
    index = pa.array(source)
    columns = [
        pa.concat_arrays([old, pa.array([getattr(address, name) for address in read], pa.string())]).take(index)
        for old, name in ((platform, "platform"), (handle, "handle"), (domain, "domain"))
    ]
    return columns[0], columns[1], columns[2], repaired


def _bluesky(platform: pa.Array, handle: pa.Array, domain: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Handles, domains and stems, where a Bluesky handle is a domain and its stem the labels that name somebody."""
    if "bluesky" not in distinct_of(platform):
        return handle, domain, handle
    here = pc.and_(pc.equal(platform, "bluesky"), pc.not_equal(handle, ""))
    short = replace_pattern(handle, r"(?i)(?:\s*\.bsky\.social)+\.?$", "")
    handle = pc.if_else(here, short, handle)
    dotted = pc.match_substring(handle, ".")
    full = pc.if_else(dotted, handle, pc.binary_join_element_wise(handle, _BLUESKY_SERVER, ""))
    domain = pc.if_else(here, pc.utf8_lower(full), domain)
    labels = replace_pattern(replace_pattern(handle, _PUBLIC_SUFFIX, ""), _SERVICE_LABEL, "")
    return handle, domain, pc.if_else(pc.and_(here, pc.not_equal(labels, "")), labels, handle)


def core_and_boundaries(stem: pa.Array) -> tuple[pa.Array, npt.NDArray[np.uint64]]:
    """Squashed strings and where their tokens start, as told by case, digits and punctuation.

    Args:
        stem: Strings as they were written; null counts as empty.

    Returns:
        (rows,) cores, `[a-z0-9]` only, at most `MAX_CORE` characters; (rows,) uint64, bit i set where a token starts
        at `core[i]`.

    Examples:
        >>> cores, boundaries = core_and_boundaries(pa.array(["Jane O'Doe84"]))
        >>> cores.to_pylist(), bin(boundaries[0])
        (['janeodoe84'], '0b100110001')
    """
    spelt = transliterate(stem)
    few = few_strings(spelt)
    if few is not None:
        return _few_cores(few)
    flat = flatten(spelt)
    kind = _CLASS_OF_BYTE[flat.data]
    before, after = np.zeros_like(kind), np.zeros_like(kind)
    before[1:], after[:-1] = kind[:-1], kind[1:]
    before[flat.starts] = _OTHER
    after[flat.ends] = _OTHER
    change = (before == _OTHER) | ((before == _DIGIT) != (kind == _DIGIT))
    change |= (kind == _UPPER) & ((before == _LOWER) | (after == _LOWER))
    lowered = np.where(kind == _UPPER, flat.data + np.uint8(32), flat.data).astype(np.uint8)
    keep = kind != _OTHER
    core = select(Flat(lowered, flat.offsets), keep)
    starts = change[keep].nonzero()[0]
    row = np.searchsorted(core.offsets, starts, side="right") - 1
    position = (starts - core.offsets[row]).astype(np.uint64)
    bits = np.where(position < MAX_CORE, np.uint64(1) << (position & np.uint64(63)), np.uint64(0))
    boundaries = np.zeros(len(core.offsets) - 1, np.uint64)
    if len(row):
        first = np.diff(row, prepend=-1).nonzero()[0]
        boundaries[row[first]] = np.bitwise_or.reduceat(bits, first)
    squashed = restore(core)
    too_long = core.lengths.max(initial=0) > MAX_CORE
    return pc.utf8_slice_codeunits(squashed, 0, MAX_CORE) if too_long else squashed, boundaries


def _few_cores(texts: list[str]) -> tuple[pa.Array, npt.NDArray[np.uint64]]:
    """The same for strings of ASCII, one by one."""
    cores, masks = [], []
    for text in texts:
        parts = [part for word in _WORDS.findall(text) for part in _PARTS.findall(word)]
        begin = mask = 0
        for part in parts:
            mask |= 1 << begin if begin < MAX_CORE else 0
            begin += len(part)
        cores.append("".join(parts).lower()[:MAX_CORE])
        masks.append(mask)
    return as_strings(cores), np.array(masks, np.uint64)
