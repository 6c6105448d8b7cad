"""Account evidence: accounts that a customer is known to have against the profile's own and those it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
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
    index_facts,
    join_keys,
    list_column,
    look_up,
    says_nothing,
    sum_by_row,
    text_column,
)
from sociolink.evidence.levels import Level, complete_chances, level_mixture, level_phrase, level_prior, no_levels
from sociolink.evidence.protocol import Hits, Keys, Mixture, Pairs
from sociolink.evidence.readings import read_bio_contacts, read_handles, read_links
from sociolink.index.scratch import Scratch
from sociolink.text.buffers import FEW, distinct_of, plain_strings
from sociolink.text.contacts import normalise_urls
from sociolink.text.folding import fold
from sociolink.text.handles import Handles, parse_accounts, parse_handles
from sociolink.text.platforms import canonical_platforms

__all__ = ["LEVELS", "Account", "CustomerAccounts", "ProfileAccounts"]

Floats = npt.NDArray[np.float64]
Int8s = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

LEVELS = (
    Level("other", "the customer is known by another account on this platform", 15.0),
    Level("named", "it names an account that is known to be the customer's", 5.0),
    Level("same", "it is an account that is known to be the customer's", 30.0),
    Level("other_handle", "the customer is known by another handle", 20.0, group=1),
    Level("other_handle_named", "it names an account that is known to be the customer's", 5.0, group=1),
    Level("same_handle", "its handle is one that the customer is known to use", 25.0, group=1),
    Level("names_other", "it names another account than the customer is known to have there", 20.0, group=2),
    Level("names_known", "it names an account that is known to be the customer's", 30.0, group=2),
)
_BY_PLATFORM, _BY_HANDLE, _BY_NAMED = 0, 3, 6
_NAMED, _SAME = 1, 2
_SALT = 120
_ACCOUNT, _PLATFORM = range(2)
_ANY_PLATFORM = "*"
_THETA = (1e-4, 0.01, 0.02)


@dataclass(frozen=True, slots=True)
class CustomerAccounts:
    """Known accounts.

    Attributes:
        accounts: Accounts of each customer.
        platforms: Platforms on which each customer has a known account; "*" for handles without a platform.
    """

    accounts: KnownFacts
    platforms: KnownFacts


@dataclass(frozen=True, slots=True)
class ProfileAccounts:
    """Accounts of a batch of profiles.

    Attributes:
        own: The profile's own account, in the ways in which a CRM may write it.
        handle: Its handle alone, as a CRM writes it that does not know the platform.
        named: Other accounts that it names in its bio or link.
        platform: Its platform.
        any_platform: What customers with handles without a platform state, for every profile.
        named_platforms: Platforms of the accounts it names.
        chance: (profiles, 3) P(a random customer of whom such an account is known has the own one; the handle; a named
            one).
    """

    own: StatedFacts
    handle: StatedFacts
    named: StatedFacts
    platform: StatedFacts
    any_platform: StatedFacts
    named_platforms: StatedFacts
    chance: Floats


@dataclass(frozen=True, slots=True)
class Account:
    """Known accounts: the CRM's `handles` and profile links among its websites.

    That people reuse a handle on other platforms is the name family's matter: here an account is one and the same.
    Its handle is then settled: it follows from the account, and says nothing besides.
    """

    name: str = "account"

    def prior(self, population: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Pseudo-counts of the levels."""
        return level_prior(self.name, LEVELS)

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """Nothing: how rare an account is follows from the customers who have it."""
        return {}

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: CustomerAccounts | None = None
    ) -> CustomerAccounts:
        """Accounts and platforms of all customers."""
        accounts, platforms = _known_accounts(customers)
        if background is None:
            return CustomerAccounts(index_facts(accounts), index_facts(platforms))
        return CustomerAccounts(
            index_facts(accounts, background.accounts), index_facts(platforms, background.platforms)
        )

    def prepare_sections(
        self, sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
    ) -> CustomerAccounts:
        """The same, section by section."""
        accounts, platforms = collect_in_sections(_known_accounts, sections, scratch, threads=threads)
        return CustomerAccounts(scratch.keep(index_facts(accounts)), index_facts(platforms))

    def prepare_profiles(
        self, profiles: pa.Table, customers: CustomerAccounts, population: Mapping[str, Any]
    ) -> ProfileAccounts:
        """Own and named accounts of profiles."""
        parsed = read_handles(profiles)
        own, handle, platform = _own_accounts(profiles, parsed)
        named, named_platforms = _named_accounts(profiles, parsed)
        accounts = [look_up(customers.accounts, facts) for facts in (own, handle, named)]
        platforms = [
            look_up(customers.platforms, facts) for facts in (platform, _anywhere(profiles.num_rows), named_platforms)
        ]
        chance = np.zeros((profiles.num_rows, len(accounts)))
        for kind, (account, where, theta) in enumerate(zip(accounts, platforms, _THETA, strict=True)):
            by_chance = sum_by_row(account.facts, np.maximum(account.holders - 1, 0) + theta)
            chance[:, kind] = by_chance / np.maximum(sum_by_row(where.facts, where.holders.astype(np.float64)), 1.0)
        return ProfileAccounts(
            own=accounts[0],
            handle=accounts[1],
            named=accounts[2],
            platform=platforms[0],
            any_platform=platforms[1],
            named_platforms=platforms[2],
            chance=np.minimum(chance, 1.0),
        )

    def customer_keys(self, customers: CustomerAccounts) -> Keys:
        """Every account is a key."""
        return join_keys(customers.accounts.facts)

    def profile_keys(self, profiles: ProfileAccounts) -> Keys:
        """Every account, own or named, is a key."""
        return join_keys(profiles.own.facts, profiles.handle.facts, profiles.named.facts)

    def chances(self, customers: CustomerAccounts, profiles: ProfileAccounts, pairs: Pairs) -> Floats:
        """(pairs, levels) P(level | a random person with accounts on the same platforms); 0 where nothing is told."""
        told, base = _told(customers, profiles, pairs)
        chance = profiles.chance[pairs.profile] * told
        out = np.zeros((len(pairs), len(LEVELS)))
        own = ((base >= 0) & (base < _BY_NAMED)).nonzero()[0]
        out[own, base[own] + _NAMED] = chance[own, 2]
        out[own, base[own] + _SAME] = chance[own, 0] + chance[own, 1]
        only = (base == _BY_NAMED).nonzero()[0]
        out[only, _BY_NAMED + _NAMED] = chance[only, 2]
        some = base >= 0
        out[some] = complete_chances(out[some], base[some])
        return out

    def compare(
        self, customers: CustomerAccounts, profiles: ProfileAccounts, pairs: Pairs, hits: Hits
    ) -> tuple[Mixture, ...]:
        """Channel `account`."""
        _, base = _told(customers, profiles, pairs)
        if not (base >= 0).any():
            return (no_levels(self.name, LEVELS, len(pairs)),)
        named = any_agrees(customers.accounts, profiles.named, pairs=pairs)
        same = any_agrees(customers.accounts, profiles.own, pairs=pairs)
        same |= any_agrees(customers.accounts, profiles.handle, pairs=pairs)
        step = np.where(same & (base != _BY_NAMED), _SAME, np.where(named, _NAMED, 0))
        level: Int8s = np.where(base >= 0, base + step, -1).astype(np.int8)
        u = np.ones(len(pairs))
        is_known = same & (base == _BY_PLATFORM)
        some = (level >= 0).nonzero()[0]
        few = Pairs(pairs.profile[some], pairs.customer[some], pairs.count[some])
        u[some] = self.chances(customers, profiles, few)[np.arange(len(some)), level[some]]
        channel = level_mixture(self.name, LEVELS, level=level, u=u)
        return (replace(channel, settles={"handle": is_known}),)

    def describe(self, component: str) -> str:
        """What a level says."""
        return level_phrase(LEVELS, component)


def _known_accounts(customers: pa.Table) -> tuple[Facts, Facts]:
    """Accounts of customers, and the platforms on which they have one."""
    handle_row, handle = list_column(customers, "handles")
    site_row, site = list_column(customers, "website")
    social = pc.is_valid(normalise_urls(site)["handle"]).combine_chunks()
    text = pa.concat_arrays([handle, site.filter(social)])
    row = np.concatenate([handle_row, site_row[np.asarray(social, np.bool_)]])
    parsed = parse_accounts(text)
    page = pc.and_(pc.equal(parsed.platform, ""), pc.match_substring(text, "/"))
    keep = (~np.asarray(page, np.bool_)).nonzero()[0]
    row, parsed = row[keep], parsed.take(keep)
    platform = pc.if_else(pc.equal(parsed.platform, ""), _ANY_PLATFORM, parsed.platform)
    name = pc.if_else(pc.equal(parsed.platform, ""), parsed.core, _names(parsed))
    on_server = _has_server(parsed).nonzero()[0]
    somewhere = pc.binary_join_element_wise(fold(parsed.handle), "@", "").take(pa.array(on_server))
    accounts = _facts(
        np.concatenate([row, row[on_server]]),
        pa.concat_arrays([_joined(platform, name), _joined("mastodon", somewhere)]),
        customers,
        _ACCOUNT,
    )
    platforms = _facts(row, platform, customers, _PLATFORM)
    return accounts, platforms


def _told(customers: CustomerAccounts, profiles: ProfileAccounts, pairs: Pairs) -> tuple[Bools, Int8s]:
    """Whether an account of the customer is known (on the profile's platform, without a platform, on the platform of an
    account that the profile names), and the first level of the group that follows from it, -1 where nothing does.
    """
    asked = (profiles.platform, profiles.any_platform, profiles.named_platforms)
    told = np.stack([any_agrees(customers.platforms, one, pairs=pairs) for one in asked], axis=1)
    base = np.select([told[:, 0], told[:, 1], told[:, 2]], [_BY_PLATFORM, _BY_HANDLE, _BY_NAMED], -1)
    return told, base.astype(np.int8)


def _facts(row: npt.NDArray[np.integer], value: pa.Array, table: pa.Table, kind: int) -> Facts:
    return collect_facts(row.astype(np.int32), value, rows=table.num_rows, salt=_SALT + kind)


@lru_cache(maxsize=16)
def _anywhere(rows: int) -> Facts:
    """What stands for handles without a platform, of every row; not to be written to."""
    every = pa.array([_ANY_PLATFORM] * rows, pa.string())
    return collect_facts(np.arange(rows, dtype=np.int32), every, rows=rows, salt=_SALT + _PLATFORM)


def _joined(platform: pa.Array | str, name: pa.Array) -> pa.Array:
    """Account as one string, empty where there is no name."""
    if len(name) < FEW:
        of = [platform] * len(name) if isinstance(platform, str) else platform.to_pylist()
        both = zip(of, name.to_pylist(), strict=True)
        return pa.array(
            [None if where is None and one else one and f"{where}\n{one}" for where, one in both], pa.string()
        )
    return pc.if_else(pc.equal(name, ""), "", pc.binary_join_element_wise(platform, name, "\n"))


def _has_server(parsed: Handles) -> Bools:
    if parsed.domain.null_count == len(parsed):
        return np.zeros(len(parsed), np.bool_)
    return np.asarray(pc.and_(pc.equal(parsed.platform, "mastodon"), pc.is_valid(parsed.domain)), np.bool_)


def _names(parsed: Handles) -> pa.Array:
    """Folded handles, with their server on Mastodon where it is known."""
    name, served = fold(parsed.handle), _has_server(parsed)
    if not served.any():
        return name
    full = pc.binary_join_element_wise(name, pc.fill_null(parsed.domain, ""), "@")
    return pc.if_else(pa.array(served), full, name)


def _own_accounts(profiles: pa.Table, parsed: Handles) -> tuple[Facts, Facts, Facts]:
    """Accounts, bare handles and platforms of the profiles themselves."""
    every = np.arange(profiles.num_rows)
    names = [_names(parsed)]
    if "mastodon" in distinct_of(parsed.platform):
        name = fold(parsed.handle)
        somewhere = pc.if_else(pa.array(_has_server(parsed)), name, pc.binary_join_element_wise(name, "@", ""))
        names.append(pc.if_else(pc.or_(pc.not_equal(parsed.platform, "mastodon"), pc.equal(name, "")), "", somewhere))
    if not says_nothing(profiles, "user_id"):
        names.append(fold(text_column(profiles, "user_id")))
    accounts = [_joined(parsed.platform, one) for one in names]
    several = len(names) > 1
    row, account = (np.tile(every, len(names)), pa.concat_arrays(accounts)) if several else (every, accounts[0])
    return (
        _facts(row, account, profiles, _ACCOUNT),
        _facts(every, _joined(_ANY_PLATFORM, parsed.core), profiles, _ACCOUNT),
        _facts(every, parsed.platform, profiles, _PLATFORM),
    )


def _named_accounts(profiles: pa.Table, own: Handles) -> tuple[Facts, Facts]:
    """Accounts that bios and links name, and their platforms; a bare @name is on the profile's own platform."""
    if says_nothing(profiles, "bio", "url"):
        nothing, nowhere = pa.array([], pa.string()), np.empty(0, np.int32)
        return _facts(nowhere, nothing, profiles, _ACCOUNT), _facts(nowhere, nothing, profiles, _PLATFORM)
    found = read_bio_contacts(profiles)
    found = found.filter(pc.equal(found["kind"], "handle")) if found.num_rows else found
    link = read_links(profiles)
    linked = pc.is_valid(link["handle"])
    if found.num_rows == 0 and True not in distinct_of(linked):
        nothing, nowhere = pa.array([], pa.string()), np.empty(0, np.int32)
        return _facts(nowhere, nothing, profiles, _ACCOUNT), _facts(nowhere, nothing, profiles, _PLATFORM)
    bio_row = np.asarray(found["row"], np.int32)
    here = canonical_platforms(text_column(profiles, "platform")).take(pa.array(bio_row))
    platform = plain_strings(found["platform"])
    platform = pc.if_else(pc.equal(platform, ""), here, platform)
    row = np.concatenate([bio_row, np.asarray(linked, np.bool_).nonzero()[0].astype(np.int32)])
    parsed = parse_handles(
        pa.concat_arrays([platform, plain_strings(link["platform"].filter(linked))]),
        pa.concat_arrays([plain_strings(found["value"]), plain_strings(link["handle"].filter(linked))]),
    )
    account = _joined(parsed.platform, _names(parsed))
    others = pc.not_equal(account, _joined(own.platform, _names(own)).take(pa.array(row)))
    row = row[np.asarray(others, np.bool_)]
    return (
        _facts(row, account.filter(others), profiles, _ACCOUNT),
        _facts(row, parsed.platform.filter(others), profiles, _PLATFORM),
    )
