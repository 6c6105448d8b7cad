"""Made-up customers and profiles that state every kind of fact, to try evidence families on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from sociolink.records.columns import arrow_schema

__all__ = ["sample_customers", "sample_profiles"]

_CUSTOMERS: tuple[dict[str, Any], ...] = (
    {
        "given_name": "Jane",
        "family_name": "Doe",
        "full_name": "Jane Doe",
        "email": ["jane.doe@doe-design.example.org", "janed84@gmail.com"],
        "phone": ["+1 202-555-0143"],
        "birth_date": "1984-05-17",
        "city": "Austin",
        "region": "TX",
        "country": "US",
        "organisation": ["Acme Rockets Inc"],
        "job_title": "Senior Astrologer",
        "website": ["https://doe-design.example.org/", "https://instagram.com/jane_doe"],
        "handles": ["twitter:janedoe84", "mastodon:jane@ruby.social"],
    },
    {
        "given_name": "John",
        "family_name": "Smith",
        "full_name": "John Smith",
        "email": ["j.smith@acme.example.com"],
        "birth_date": "1970",
        "city": "Dallas",
        "region": "Texas",
        "country": "USA",
        "organisation": ["Acme Rockets Inc"],
        "handles": ["johnny_s"],
    },
    {
        "given_name": "Zoé",
        "family_name": "Lefèvre",
        "full_name": "Zoé Lefèvre",
        "phone": ["06 12 34 56 78"],
        "birth_date": "1984-11",
        "city": "Lyon",
        "region": "Rhône",
        "country": "FR",
        "organisation": ["Société du Fromage"],
        "website": ["zoe-lefevre.example.net/blog"],
    },
    {"given_name": "Omar", "family_name": "Haddad", "full_name": "Omar Haddad", "region": "Yvelines", "country": "FR"},
    {"full_name": "Mei Chen", "country": "SG", "handles": ["github:meichen"], "birth_date": "1999-01-02"},
    {"full_name": "J. Doe", "email": ["janed84@gmail.com"], "city": "Houston", "region": "TX", "country": "US"},
    {"full_name": "Nobody Special"},
)

_PROFILES: tuple[dict[str, Any], ...] = (
    {
        "platform": "twitter",
        "handle": "JaneDoe84",
        "display_name": "Jane Doe",
        "bio": "I build rockets at Acme Rockets. jane.doe@doe-design.example.org, IG: @jane_doe 🎂 17.05.1984",
        "location": "Austin, TX",
        "url": "https://doe-design.example.org",
    },
    {
        "platform": "twitter",
        "handle": "janed",
        "display_name": "Jane D.",
        "bio": "Designer, 34 y/o. 202 555 0143",
        "url": "https://doe-design.example.org/work",
        "created_at": datetime(2018, 3, 1, tzinfo=UTC),
    },
    {
        "platform": "github",
        "handle": "johnny_s",
        "display_name": "John Smith",
        "bio": "rockets; born 1970",
        "location": "Dallas",
        "email": ["other@acme.example.com"],
    },
    {
        "platform": "instagram",
        "handle": "zoe.lefevre1985",
        "display_name": "Zoé 🧀",
        "bio": "Société du fromage. zoe-lefevre.example.net/blog",
        "location": "Lyon / Paris",
        "phone": ["+33 6 12 34 56 78"],
    },
    {"platform": "mastodon", "handle": "@jane@ruby.social", "display_name": "jane", "location": "Germany"},
    {"platform": "mastodon", "handle": "omar", "location": "Ile-de-France", "bio": "see github.com/meichen"},
    {"platform": "linkedin", "handle": "mei-chen-1a2b3c4d", "display_name": "Mei Chen", "location": "Singapore"},
    {"platform": "twitter", "handle": "qwxz", "bio": "", "location": "the moon"},
    {"platform": "twitter", "handle": "smith_99"},
)


def _table(kind: str, rows: tuple[dict[str, Any], ...]) -> pa.Table:
    schema = arrow_schema(kind)
    key = "customer_id" if kind == "customers" else "profile_id"
    numbered = [{key: f"{kind}-{number}"} | row for number, row in enumerate(rows)]
    return pa.Table.from_pylist(numbered, schema=schema)


def sample_customers() -> pa.Table:
    """Seven customers in the canonical columns: rich ones, poor ones, two who share an e-mail address.

    Examples:
        >>> sample_customers().num_rows
        7
    """
    return _table("customers", _CUSTOMERS)


def sample_profiles() -> pa.Table:
    """Nine profiles in the canonical columns, some of the customers and some of nobody.

    Examples:
        >>> sample_profiles().num_rows
        9
    """
    return _table("profiles", _PROFILES)
