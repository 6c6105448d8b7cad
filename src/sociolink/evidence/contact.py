"""Contact evidence: e-mail addresses, telephone numbers and websites that a profile shows and a customer has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.fact_sections import collect_in_sections
from sociolink.evidence.facts import (
    Facts,
    KnownFacts,
    StatedFacts,
    any_agrees,
    collect_facts,
    find_sorted,
    index_facts,
    join_keys,
    list_column,
    look_up,
    no_statements,
    says_nothing,
    sum_by_row,
    text_column,
)
from sociolink.evidence.levels import (
    Level,
    chance_of_value,
    complete_chances,
    level_mixture,
    level_phrase,
    level_prior,
    no_levels,
)
from sociolink.evidence.protocol import Hits, Keys, Mixture, Pairs
from sociolink.evidence.readings import read_bio_contacts, read_links
from sociolink.index.scratch import Scratch
from sociolink.reference.addressing import free_mail_domains, public_suffixes
from sociolink.text.buffers import plain_strings
from sociolink.text.contacts import (
    email_domains,
    email_keys,
    normalise_emails,
    normalise_phones,
    normalise_urls,
)
from sociolink.text.hashing import UInt64s
from sociolink.text.places import normalise_countries
from sociolink.text.urls import site_labels

__all__ = ["LEVELS", "SALTS", "Contact", "CustomerContacts", "ProfileContacts", "collect_reached", "phone_ends"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int8s = npt.NDArray[np.int8]

LEVELS = (
    Level("differs", "an e-mail address, telephone number or website that the customer does not have", 20.0),
    Level("domain", "a website or address on the customer's own web domain", 5.0),
    Level("page", "the website is the customer's", 10.0),
    Level("phone", "the telephone number is the customer's", 5.0),
    Level("email", "the e-mail address is the customer's", 10.0),
)
_DOMAIN, _PAGE, _PHONE, _EMAIL = range(4)
_KINDS = (_DOMAIN, _PAGE, _PHONE, _EMAIL)
_SALT = 100
SALTS = {"email": _SALT + _EMAIL, "phone": _SALT + _PHONE}
"""What tells hashed addresses and telephone numbers from each other."""
_THETA = (0.05, 0.01, 0.005, 0.001)
_MAX_OWNERS, _MAX_OWNER_SHARE = 5, 0.005
_PHONE_DIGITS = 8
# fmt: off
_SHARED_HOSTS = frozenset(
    {
        "about.me", "allmylinks.com", "beacons.ai", "bio.link", "bio.site", "bit.ly", "buff.ly", "campsite.bio",
        "carrd.co", "cutt.ly", "docs.google.com", "drive.google.com", "forms.gle", "gofund.me", "goo.gl",
        "google.com", "hoo.be", "is.gd", "ko-fi.com", "kofi.com", "koji.to", "lin.ee", "linkin.bio", "linkr.bio",
        "linktr.ee", "linktree.com", "lnk.bio", "lnk.to", "meetup.com", "msha.ke", "ow.ly", "patreon.com",
        "paypal.me", "rb.gy", "shorturl.at", "sites.google.com", "solo.to", "t.co", "taplink.cc", "tiny.cc",
        "tinyurl.com", "tr.ee", "tumblr.com", "wikipedia.org", "wix.com",
    }
)
# fmt: on


@dataclass(frozen=True, slots=True)
class CustomerContacts:
    """Contacts of all customers.

    Attributes:
        known: Values of each kind: domain, page, telephone number, e-mail address.
        shared: (n,) uint64, sorted: domains of too many customers to be anybody's own.
    """

    known: tuple[KnownFacts, ...]
    shared: UInt64s

    @property
    def reached(self) -> dict[str, UInt64s]:
        """E-mail addresses and telephone numbers: (n,) hashes, ascending; an erased one has that of another."""
        return {"email": self.known[_EMAIL].vocabulary, "phone": self.known[_PHONE].vocabulary}


@dataclass(frozen=True, slots=True)
class ProfileContacts:
    """Contacts of a batch of profiles.

    Attributes:
        stated: Of each kind the values.
        chance: (profiles, kinds) P(a random customer who states this kind has one of the profile's values).
    """

    stated: tuple[StatedFacts, ...]
    chance: Floats


@dataclass(frozen=True, slots=True)
class Contact:
    """E-mail addresses, telephone numbers and websites, also those that stand in a bio.

    The level is the strongest agreement of any kind; a pair is told if both sides state something of the same kind.
    """

    name: str = "contact"

    def prior(self, population: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Pseudo-counts of the levels."""
        return level_prior(self.name, LEVELS)

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """Nothing: how rare a value is follows from the customers who share it."""
        return {}

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: CustomerContacts | None = None
    ) -> CustomerContacts:
        """Normalised values of all kinds, and who has them."""
        facts = _known_contacts(customers)
        if background is None:
            shared = _shared_domains(facts[_DOMAIN], customers.num_rows)
            counted: tuple[KnownFacts | None, ...] = (None,) * len(facts)
        else:
            shared, counted = background.shared, background.known
        facts = _without(facts, shared)
        known = tuple(index_facts(one, other) for one, other in zip(facts, counted, strict=True))
        return CustomerContacts(known, shared)

    def prepare_sections(
        self, sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
    ) -> CustomerContacts:
        """The same, section by section."""
        facts = collect_in_sections(_known_contacts, sections, scratch, threads=threads)
        shared = _shared_domains(facts[_DOMAIN], sum(section.num_rows for section in sections))
        return CustomerContacts(tuple(scratch.keep(index_facts(one)) for one in _without(facts, shared)), shared)

    def prepare_profiles(
        self, profiles: pa.Table, customers: CustomerContacts, population: Mapping[str, Any]
    ) -> ProfileContacts:
        """The same of profiles, from their columns and bios."""
        if says_nothing(profiles, "bio", "email", "phone", "url"):
            return _no_contacts(profiles.num_rows)
        found = read_bio_contacts(profiles)

        def also_in_bio(column: str, kind: str) -> tuple[npt.NDArray[np.int32], pa.Array]:
            row, value = list_column(profiles, column)
            if found.num_rows == 0:
                return row, value
            more = found.filter(pc.equal(found["kind"], kind))
            both = pa.concat_arrays([value, plain_strings(more["value"])])
            return np.concatenate([row, np.asarray(more["row"], np.int32)]), both

        email_row, email = also_in_bio("email", "email")
        phone_row, phone = also_in_bio("phone", "phone")
        website = _sites(profiles, found)
        if len(email) + len(phone) + len(website[0]) == 0:
            return _no_contacts(profiles.num_rows)
        facts = _collect(
            profiles.num_rows,
            email=(email_row, normalise_emails(email)),
            phone=(phone_row, normalise_phones(phone)),
            website=website,
        )
        return self.judge(facts, customers)

    def judge(self, facts: tuple[Facts, ...], customers: CustomerContacts) -> ProfileContacts:
        """What profiles state of each kind, looked up among what customers have."""
        facts = _without(facts, customers.shared)
        stated = tuple(look_up(known, one) for known, one in zip(customers.known, facts, strict=True))
        chance = [
            sum_by_row(one.facts, chance_of_value(one.holders, known.holders.stating, theta=theta))
            for one, known, theta in zip(stated, customers.known, _THETA, strict=True)
        ]
        return ProfileContacts(stated, np.minimum(np.stack(chance, axis=1), 1.0))

    def customer_keys(self, customers: CustomerContacts) -> Keys:
        """Every value is a key."""
        return join_keys(*(known.facts for known in customers.known))

    def profile_keys(self, profiles: ProfileContacts) -> Keys:
        """Every value is a key."""
        return join_keys(*(stated.facts for stated in profiles.stated))

    def chances(self, customers: CustomerContacts, profiles: ProfileContacts, pairs: Pairs) -> Floats:
        """(pairs, levels) P(level | a random person who states the same kinds); 0 where nothing is told."""
        told = _told(customers, profiles, pairs)
        some = np.flatnonzero(told.any(1))
        out = np.zeros((len(pairs), len(LEVELS)))
        reached = np.zeros((len(some), len(LEVELS)))
        reached[:, 1:] = profiles.chance[pairs.profile[some]] * told[some]
        out[some] = complete_chances(reached, 0)
        return out

    def compare(
        self, customers: CustomerContacts, profiles: ProfileContacts, pairs: Pairs, hits: Hits
    ) -> tuple[Mixture, ...]:
        """Channel `contact`: the strongest kind that agrees."""
        told = _told(customers, profiles, pairs).any(1)
        if not told.any():
            return (no_levels(self.name, LEVELS, len(pairs)),)
        level: Int8s = np.where(told, np.int8(0), np.int8(-1)).astype(np.int8)
        for kind in _KINDS:
            agrees = any_agrees(customers.known[kind], profiles.stated[kind], pairs=pairs)
            level[agrees] = kind + 1
        u = np.ones(len(pairs))
        some = np.flatnonzero(told)
        few = Pairs(pairs.profile[some], pairs.customer[some], pairs.count[some])
        u[some] = self.chances(customers, profiles, few)[np.arange(len(some)), level[some]]
        return (level_mixture(self.name, LEVELS, level=level, u=u),)

    def describe(self, component: str) -> str:
        """What a level says."""
        return level_phrase(LEVELS, component)


def _sites(profiles: pa.Table, found: pa.Table) -> tuple[npt.NDArray[np.int32], pa.Table]:
    """Rows and parts of the web addresses of profiles: links first, then those that were found in bios."""
    links = read_links(profiles)
    row = (~np.asarray(links["host"].is_null(), np.bool_)).nonzero()[0].astype(np.int32)
    links = links if len(row) == links.num_rows else links.take(pa.array(row))
    more = found.filter(pc.equal(found["kind"], "url")) if found.num_rows else found
    if more.num_rows == 0:
        return row, links
    both = pa.concat_tables([links, normalise_urls(more["value"])])
    return np.concatenate([row, np.asarray(more["row"], np.int32)]), both


def _no_contacts(rows: int) -> ProfileContacts:
    """Profiles that state no contact."""
    nothing = no_statements(rows)
    return ProfileContacts((nothing,) * len(_KINDS), np.zeros((rows, len(_KINDS))))


def _told(customers: CustomerContacts, profiles: ProfileContacts, pairs: Pairs) -> Bools:
    """(pairs, kinds) whether both sides state the kind."""
    single = pairs.customer >= 0
    row = np.where(single, pairs.customer, 0)
    out = np.zeros((len(pairs), len(_KINDS)), np.bool_)
    if not single.any():
        return out
    for kind in _KINDS:
        if len(profiles.stated[kind].facts) == 0:
            continue
        by_both = profiles.stated[kind].facts.stated[pairs.profile]
        out[:, kind] = single & by_both & customers.known[kind].facts.states(row)
    return out


_Column = tuple[npt.NDArray[np.int32], pa.Array]


def collect_reached(rows: int, *, email: _Column, phone: _Column) -> tuple[Facts, ...]:
    """What rows state of each kind, by e-mail addresses and telephone numbers alone.

    Args:
        rows: Number of rows.
        email: Rows and addresses.
        phone: Rows and numbers.
    """
    return _collect(
        rows,
        email=(email[0], normalise_emails(email[1])),
        phone=(phone[0], normalise_phones(phone[1])),
        website=(np.empty(0, np.int32), normalise_urls(pa.array([], pa.string()))),
    )


def _collect(
    rows: int, *, email: _Column, phone: _Column, website: tuple[npt.NDArray[np.int32], pa.Table]
) -> tuple[Facts, ...]:
    """Domains, pages, telephone numbers and e-mail addresses of the rows of a table."""
    sites = website[1]
    own = pc.and_(pc.is_valid(sites["host"]), pc.is_null(sites["platform"])).combine_chunks()
    site_row = website[0][np.asarray(own, np.bool_)]
    host, path = (sites[name].combine_chunks().filter(own) for name in ("host", "path"))
    page = pc.binary_join_element_wise(host, pc.fill_null(path, ""), "")
    domain_row = np.concatenate([site_row, site_row, email[0]])
    mail_domain = email_domains(email[1])
    domain = pa.concat_arrays([host, site_labels(host)[1], mail_domain])
    return (
        collect_facts(domain_row, _private(domain), rows=rows, salt=_SALT + _DOMAIN),
        collect_facts(site_row, page, rows=rows, salt=_SALT + _PAGE),
        collect_facts(phone[0], phone_ends(phone[1]), rows=rows, salt=_SALT + _PHONE),
        collect_facts(email[0], email_keys(email[1]), rows=rows, salt=_SALT + _EMAIL),
    )


def phone_ends(numbers: pa.Array) -> pa.Array:
    """What is compared of normalised telephone numbers: their last digits, which all ways to write them share."""
    return pc.utf8_slice_codeunits(pc.fill_null(pc.replace_substring(numbers, "+", ""), ""), -_PHONE_DIGITS)


def _known_contacts(customers: pa.Table) -> tuple[Facts, ...]:
    """The same of customers, whose telephone numbers are of their country."""
    email_row, email = list_column(customers, "email")
    phone_row, phone = list_column(customers, "phone")
    site_row, site = list_column(customers, "website")
    country = normalise_countries(text_column(customers, "country"))
    phone = normalise_phones(phone, country.take(pa.array(phone_row)))
    return _collect(
        customers.num_rows,
        email=(email_row, normalise_emails(email)),
        phone=(phone_row, phone),
        website=(site_row, normalise_urls(site)),
    )


def _shared_domains(domains: Facts, rows: int) -> UInt64s:
    """Domains of too many of so many customers to be anybody's own."""
    counted = index_facts(domains).holders
    return counted.key[counted.count > max(_MAX_OWNERS, int(_MAX_OWNER_SHARE * rows))]


def _without(facts: tuple[Facts, ...], shared: UInt64s) -> tuple[Facts, ...]:
    """Facts without domains that many share."""
    _, met = find_sorted(shared, facts[_DOMAIN].key)
    return (facts[_DOMAIN].only(~met), *facts[_DOMAIN + 1 :])


def _private(domains: pa.Array) -> pa.Array:
    """Domains, null where anybody can have an address or a page there."""
    return pc.if_else(pc.is_in(domains, value_set=_anybodys_domains()), None, domains)


@cache
def _anybodys_domains() -> pa.Array:
    anybody = sorted(_SHARED_HOSTS | frozenset(free_mail_domains()) | frozenset(public_suffixes()))
    return pa.array(anybody, pa.string())
