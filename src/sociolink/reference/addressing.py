"""Facts about addresses: free mail, public suffixes of hosts, telephone numbering."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["GMAIL_DOMAINS", "NUMBERING", "free_mail_domains", "public_suffixes"]

_DOMAINS = Path(__file__).parent / "data" / "domains.txt"

GMAIL_DOMAINS = frozenset({"gmail.com", "googlemail.com"})
"""Domains where dots in the local part do not count."""

NUMBERING = {
    "AR": ("54", "0", (10, 11)),
    "AT": ("43", "0", (4, 13)),
    "AU": ("61", "0", (9, 9)),
    "BE": ("32", "0", (8, 9)),
    "BR": ("55", "0", (10, 11)),
    "CA": ("1", "1", (10, 10)),
    "CH": ("41", "0", (9, 9)),
    "CN": ("86", "0", (10, 11)),
    "CZ": ("420", "", (9, 9)),
    "DE": ("49", "0", (6, 13)),
    "DK": ("45", "", (8, 8)),
    "ES": ("34", "", (9, 9)),
    "FI": ("358", "0", (6, 12)),
    "FR": ("33", "0", (9, 9)),
    "GB": ("44", "0", (9, 10)),
    "GR": ("30", "", (10, 10)),
    "HK": ("852", "", (8, 8)),
    "HU": ("36", "06", (8, 9)),
    "IE": ("353", "0", (7, 9)),
    "IL": ("972", "0", (8, 9)),
    "IN": ("91", "0", (10, 10)),
    "IT": ("39", "", (6, 11)),
    "JP": ("81", "0", (9, 10)),
    "KR": ("82", "0", (8, 10)),
    "LU": ("352", "", (6, 9)),
    "MA": ("212", "0", (9, 9)),
    "MX": ("52", "01", (10, 10)),
    "NG": ("234", "0", (8, 10)),
    "NL": ("31", "0", (9, 9)),
    "NO": ("47", "", (8, 8)),
    "NZ": ("64", "0", (8, 10)),
    "PL": ("48", "", (9, 9)),
    "PT": ("351", "", (9, 9)),
    "RO": ("40", "0", (9, 9)),
    "RU": ("7", "8", (10, 10)),
    "SE": ("46", "0", (7, 9)),
    "SG": ("65", "", (8, 8)),
    "SK": ("421", "0", (9, 9)),
    "TR": ("90", "0", (10, 10)),
    "UA": ("380", "0", (9, 9)),
    "US": ("1", "1", (10, 10)),
    "ZA": ("27", "0", (9, 9)),
}
"""For each country: dialling code, prefix of calls inside it, fewest and most digits of a number without both."""


def _read_domains(kind: str) -> frozenset[str]:
    lines = _DOMAINS.read_text("utf-8").splitlines()
    return frozenset(domain for line in lines if line.startswith(f"{kind}:") for domain in line.split()[1:])


@cache
def free_mail_domains() -> frozenset[str]:
    """Domains where anybody may have an address, so that the domain says nothing of its owner.

    Examples:
        >>> "gmail.com" in free_mail_domains(), "senat.fr" in free_mail_domains()
        (True, False)
    """
    return _read_domains("free")


@cache
def public_suffixes() -> frozenset[str]:
    """Suffixes of two labels under which anybody registers; the label before them names the site.

    Examples:
        >>> "co.uk" in public_suffixes()
        True
    """
    return _read_domains("suffix")
