"""Contacts that people write into their bios: e-mails, telephone numbers, web addresses, other handles."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.reference.addressing import free_mail_domains
from sociolink.text.buffers import cut_strings, number_strings, plain_strings
from sociolink.text.emails import email_domains, email_keys, email_local_parts, normalise_emails, reveal_emails
from sociolink.text.patterns import holds_pattern
from sociolink.text.phones import normalise_phones
from sociolink.text.platforms import canonical_platforms
from sociolink.text.urls import normalise_urls

__all__ = [
    "MAX_BIO_LENGTH",
    "email_domains",
    "email_keys",
    "email_local_parts",
    "extract_contacts",
    "free_mail_domains",
    "normalise_emails",
    "normalise_phones",
    "normalise_urls",
]

MAX_BIO_LENGTH = 4096
"""Characters of a bio that are looked at; what is beyond is not read."""

_ANY_TOP = (
    "academy|ai|app|art|at|au|be|berlin|bio|biz|blog|ca|cc|ch|click|cloud|club|cn|co|com|dev|digital|edu|"
    "ee|es|eu|fi|fm|fr|fyi|gg|gov|gr|group|hu|ie|im|in|info|ink|io|is|it|jp|kr|london|lu|ly|me|media|mx|"
    "name|net|network|news|ngo|nl|no|nyc|nz|one|online|org|page|paris|party|pl|press|pro|pt|pub|ro|rocks|"
    "ru|se|sh|site|social|space|studio|tech|to|today|tokyo|tv|uk|us|vote|wales|wiki|work|world|xyz|za|"
    "zone"
)
_LABEL = r"[A-Za-z0-9\u00c0-\u024f][A-Za-z0-9\u00c0-\u024f_-]{0,62}"
_SERVER_HANDLE = re.compile(
    rf"(?<![\w@.])@([A-Za-z0-9_][A-Za-z0-9_.-]{{0,63}})@((?:{_LABEL}\.){{1,6}}[A-Za-z]{{2,24}})"
)
_EMAIL = re.compile(rf"(?<![\w@.+-])([\w.+%-]{{1,64}}@(?:{_LABEL}\.){{1,6}}[A-Za-z]{{2,24}})(?![\w-])")
_URL = re.compile(
    rf"(?<![\w@./-])((?:https?://|www\.)[^\s<>\"'|,;()\[\]]{{3,400}}"
    rf"|(?:{_LABEL}\.){{1,5}}(?:{_ANY_TOP})(?![\w-])(?:/[^\s<>\"'|,;()\[\]]{{0,300}})?)",
    re.I,
)
_PHONE = re.compile(r"(?<![\w+./:-])(?:\+|\(?0|\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?!\d))[\d ().\-/]{0,24}(?!\w)")
_ANY_WORD = (
    "bluesky|bsky|facebook|fb|gh|github|gitlab|ig|insta|instagram|linkedin|masto|mastodon|medium|reddit|"
    "snap|snapchat|telegram|tg|threads|tiktok|tt|tw|twitch|twitter|vk|x|youtube|yt"
)
_NAMED = re.compile(
    rf"(?<![\w@.])({_ANY_WORD})(?:\s*(?:[:=\u2192-]|->)+\s*@?|\s*@)([A-Za-z0-9_][A-Za-z0-9_.]{{1,29}})(?![\w@])", re.I
)
_PLAIN = re.compile(r"(?<![\w@./])@([A-Za-z0-9_][A-Za-z0-9_.]{1,29})(?![\w@])")
_MAYBE = rf"(?i)@|https?:|www\.|\.(?:{_ANY_TOP})\b|[0-9][0-9 ().\-/]{{5}}|\b(?:{_ANY_WORD})\s*[:=\x{{2192}}-]"
_KINDS = ("email", "handle", "url", "phone")
_SCHEMA = pa.schema([("row", pa.int32()), ("kind", pa.string()), ("value", pa.string()), ("platform", pa.string())])

_NO_CONTACTS = _SCHEMA.empty_table()

_Found = tuple[int, str, str, str | None]


def extract_contacts(bios: pa.Array | pa.ChunkedArray, *, country: str | None = None) -> pa.Table:
    """Contacts in bios, each once.

    Args:
        bios: (rows,) texts, of which the first `MAX_BIO_LENGTH` characters are read.
        country: ISO code of the country whose rules national telephone numbers follow, if one is known.

    Returns:
        row (int32), kind ("email", "phone", "url", "handle"), value (as the other functions here normalise it; a handle
        in small letters, "user@server" on Mastodon), platform (of a handle or a web address; null where unknown). An
        address that is an account counts as a web address and as a handle.

    Examples:
        >>> found = extract_contacts(pa.array(["Dad. IG: @jo_s | jo at acme dot com", "nothing"]))
        >>> [(c["kind"], c["value"], c["platform"]) for c in found.to_pylist()]
        [('email', 'jo@acme.com', None), ('handle', 'jo_s', 'instagram')]
    """
    strings, codes = number_strings(plain_strings(bios))
    texts = pc.utf8_normalize(cut_strings(strings, MAX_BIO_LENGTH), "NFKC")
    texts = reveal_emails(texts)
    maybe = np.flatnonzero(np.asarray(holds_pattern(texts, _MAYBE), dtype=np.bool_))
    found = [
        (row, *hit)
        for row, text in zip(maybe.tolist(), texts.take(pa.array(maybe)).to_pylist(), strict=True)
        for hit in _scan(text)
    ]
    if not found:
        return _NO_CONTACTS
    table = _normalised(found, country)
    starts = np.searchsorted(table["row"].to_numpy(), np.arange(len(texts) + 1))
    counts = starts[codes + 1] - starts[codes] if len(codes) else codes
    rows = np.repeat(np.arange(len(codes)), counts)
    take = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(starts[codes], counts)
    return table.take(pa.array(take)).set_column(0, _SCHEMA.field("row"), pa.array(rows.astype(np.int32)))


def _scan(text: str) -> Iterator[tuple[str, str, str | None]]:
    """What one bio holds, raw; each pattern reads what the ones before it left over, and none looks back far."""
    for match in _SERVER_HANDLE.finditer(text):
        yield "handle", f"{match.group(1)}@{match.group(2)}", "mastodon"
    text = _SERVER_HANDLE.sub(" ", text)
    for match in _EMAIL.finditer(text):
        yield "email", match.group(1), None
    text = _EMAIL.sub(" ", text)
    for match in _NAMED.finditer(text):
        if not match.group(2).lower().startswith(("http", "www.")):
            yield "handle", match.group(2), match.group(1)
    for match in _URL.finditer(text):
        yield "url", match.group(1).rstrip(".!?:*_~"), None
    text = _URL.sub(" ", _NAMED.sub(" ", text))
    for match in _PLAIN.finditer(text):
        yield "handle", match.group(1), None
    for match in _PHONE.finditer(text):
        yield "phone", match.group(), None


def _normalised(found: list[_Found], country: str | None) -> pa.Table:
    """Raw finds in their normal form, distinct, without those that turn out to be none."""
    rows, kinds, values, platforms = (
        (list(column) for column in zip(*found, strict=True)) if found else ([], [], [], [])
    )
    raw = pa.table([rows, kinds, values, platforms], schema=_SCHEMA)
    parts = {kind: raw.filter(pc.equal(raw["kind"], kind)) for kind in _KINDS}
    urls = normalise_urls(parts["url"]["value"])
    accounts = pa.table(
        [parts["url"]["row"], pa.array(["handle"] * urls.num_rows), urls["handle"], urls["platform"]], schema=_SCHEMA
    )
    states = pa.array([country or ""] * parts["phone"].num_rows, pa.string())
    values_of = {
        "email": normalise_emails(parts["email"]["value"]),
        "phone": normalise_phones(parts["phone"]["value"], states),
        "url": pc.binary_join_element_wise(urls["host"], pc.fill_null(urls["path"], ""), ""),
    }
    parts["handle"] = _handles(pa.concat_tables([parts["handle"], accounts]))
    for kind, normal in values_of.items():
        column = _SCHEMA.field("value"), normal.combine_chunks() if isinstance(normal, pa.ChunkedArray) else normal
        parts[kind] = parts[kind].set_column(2, *column)
    parts["url"] = parts["url"].set_column(3, _SCHEMA.field("platform"), urls["platform"])
    table = pa.concat_tables([parts[kind] for kind in _KINDS])
    table = table.filter(pc.is_valid(table["value"]))
    distinct = table.group_by(["row", "kind", "value", "platform"], use_threads=False).aggregate([])
    order = pa.array(np.argsort(distinct["row"].to_numpy(), kind="stable"))
    return distinct.select(_SCHEMA.names).take(order).cast(_SCHEMA)


def _handles(table: pa.Table) -> pa.Table:
    """Handles in small letters without the full stop that ended a sentence, platforms by their one name."""
    value = pc.utf8_lower(pc.utf8_rtrim(table["value"], "."))
    named = canonical_platforms(table["platform"].combine_chunks())
    named = pc.if_else(pc.equal(named, ""), None, named)
    table = table.set_column(2, _SCHEMA.field("value"), value).set_column(3, _SCHEMA.field("platform"), named)
    return table.filter(pc.greater(pc.utf8_length(pc.fill_null(table["value"], "")), 1))
