"""E-mail addresses in one spelling, and their parts."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.reference.addressing import GMAIL_DOMAINS
from sociolink.text.buffers import plain_strings
from sociolink.text.patterns import extract_groups, holds_pattern, replace_pattern

__all__ = ["email_domains", "email_keys", "email_local_parts", "normalise_emails", "reveal_emails"]

_MAX_LOCAL, _MAX_LENGTH = 64, 254
_MAX_READ = 1024
_AT, _DOT = "(?:at|arobase|arroba|chiocciola)", "(?:dot|point|punkt|punto|ponto)"
_SIGN = r"[^@\s<>,;:\"()\[\]{}\\/]"
_VALID = rf"^{_SIGN}+@(?:[\pL\pN][\pL\pM\pN-]*\.)+[\pL\pN][\pL\pM\pN-]+$"
_PLAIN = r"^[a-z0-9._%+\-]+@(?:[a-z0-9][a-z0-9\-]*\.)+[a-z][a-z0-9\-]+$"
_HIDDEN = rf"(?i)[\[({{<_\s](?:{_AT}|{_DOT})[\])}}>_\s]|[\[({{<_]\s*(?:{_AT}|{_DOT}|[@.])\s*[\])}}>_]"


def reveal_emails(texts: pa.Array) -> pa.Array:
    """Texts where "name [at] domain [dot] com" and "name at domain dot com" are spelt with their signs.

    Args:
        texts: (rows,) strings.

    Returns:
        (rows,) strings; a word "at" alone, without a spelt-out dot after it, stays.

    Examples:
        >>> reveal_emails(pa.array(["jo (at) acme (dot) com", "jo at acme dot co dot uk", "at home"])).to_pylist()
        ['jo@acme.com', 'jo@acme.co.uk', 'at home']
    """
    hidden = holds_pattern(texts, _HIDDEN)
    if not pc.any(hidden).as_py():
        return texts
    return pc.replace_with_mask(texts, hidden, _spell_signs(texts.filter(hidden)))


def _spell_signs(texts: pa.Array) -> pa.Array:
    open_, close = r"\s*[\[({<_]\s*", r"\s*[\])}>_]\s*"
    texts = replace_pattern(texts, f"(?i){open_}(?:{_AT}|@){close}", "@")
    texts = replace_pattern(texts, rf"(?i){open_}(?:{_DOT}|\.){close}", ".")
    word = r"[^@\s<>,;:\"()\[\]{}\\/.]+"
    spelt = rf"(?i)({word}(?:\.{word})*)(?:\s+{_AT}\s+|\s*@\s*)({word})\s+{_DOT}\s+({word})"
    texts = replace_pattern(texts, spelt, r"\1@\2.\3")
    texts = replace_pattern(texts, rf"(?i)({word})\s+{_DOT}\s+({word}@)", r"\1.\2")
    for _ in range(2):
        texts = replace_pattern(texts, rf"(?i)(@{word}(?:\.{word})*)\s+{_DOT}\s+({word})", r"\1.\2")
    return replace_pattern(texts, rf"(?i)({word})\s+{_AT}\s+((?:{word}\.)+[a-z]+)", r"\1@\2")


def normalise_emails(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """E-mail addresses in small letters, without `mailto:`, names and brackets around them, signs spelt as signs.

    Args:
        values: (rows,) one address each.

    Returns:
        (rows,) addresses, null where there is none. Doing it twice changes nothing.

    Examples:
        >>> odd = pa.array([" MAILTO:Jo@Acme.COM", "Jo Smith <jo@acme.com>", "jo at acme dot com", "none"])
        >>> normalise_emails(odd).to_pylist()
        ['jo@acme.com', 'jo@acme.com', 'jo@acme.com', None]
    """
    texts = plain_strings(values)
    if len(texts) == 0:
        return texts
    if pc.max(pc.binary_length(texts)).as_py() > _MAX_READ:
        texts = pc.utf8_slice_codeunits(texts, 0, _MAX_READ)
    texts = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    odd = pc.invert(holds_pattern(texts, _PLAIN))
    texts = pc.replace_with_mask(texts, odd, _read_odd(texts.filter(odd)))
    parts = pc.find_substring(texts, "@")
    fits = pc.and_(pc.less_equal(parts, _MAX_LOCAL), pc.less_equal(pc.utf8_length(texts), _MAX_LENGTH))
    return pc.if_else(fits, texts, None)


def _read_odd(texts: pa.Array) -> pa.Array:
    """Addresses with something around them or signs in words; null where there is none."""
    texts = pc.utf8_normalize(texts, "NFKC")
    texts = replace_pattern(texts, r"^.*<([^<>]*@[^<>]*)>.*$", r"\1")
    texts = replace_pattern(reveal_emails(texts), r"\p{Cf}", "")
    texts = replace_pattern(pc.utf8_trim_whitespace(texts), r"^mailto:\s*|\?.*$", "")
    texts = pc.utf8_trim(pc.utf8_normalize(pc.utf8_lower(texts), "NFKC"), " .,;:'\"<>()[]")
    return pc.if_else(holds_pattern(texts, _VALID), texts, None)


def email_local_parts(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """What stands before the @, without a "+tag".

    Args:
        values: (rows,) addresses from `normalise_emails`.

    Returns:
        (rows,) strings, null where there is no address.

    Examples:
        >>> email_local_parts(pa.array(["jo.smith+news@acme.com", None])).to_pylist()
        ['jo.smith', None]
    """
    return extract_groups(_strings(values), r"^(?P<local>[^@+]+|[^@]+)(?:\+[^@]*)?@")["local"]


def email_domains(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """What stands after the @.

    Args:
        values: (rows,) addresses from `normalise_emails`.

    Returns:
        (rows,) strings, null where there is no address.

    Examples:
        >>> email_domains(pa.array(["jo@acme.com", None])).to_pylist()
        ['acme.com', None]
    """
    return extract_groups(_strings(values), r"@(?P<domain>[^@]+)$")["domain"]


def email_keys(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One key for all spellings that reach the same mailbox: no "+tag", and at Gmail no dots.

    Args:
        values: (rows,) addresses from `normalise_emails`.

    Returns:
        (rows,) keys, null where there is no address.

    Examples:
        >>> email_keys(pa.array(["j.o+x@googlemail.com", "j.o@acme.com"])).to_pylist()
        ['jo@gmail.com', 'j.o@acme.com']
    """
    texts = _strings(values)
    if len(texts) == 0:
        return texts
    plain = holds_pattern(texts, r"^[^@+]+@[^@]+$")
    odd = pc.or_(pc.invert(plain), holds_pattern(texts, rf"@(?:{'|'.join(sorted(GMAIL_DOMAINS))})$"))
    odd = pc.fill_null(odd, False)
    return pc.replace_with_mask(texts, odd, _one_mailbox(texts.filter(odd)))


def _one_mailbox(values: pa.Array) -> pa.Array:
    local, domain = email_local_parts(values), email_domains(values)
    gmail = pc.is_in(domain, value_set=pa.array(sorted(GMAIL_DOMAINS)))
    local = pc.if_else(gmail, pc.replace_substring(local, ".", ""), local)
    return pc.binary_join_element_wise(local, pc.if_else(gmail, "gmail.com", domain), "@")


def _strings(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    plain = plain_strings(values)
    return pc.if_else(pc.equal(plain, ""), None, plain)
