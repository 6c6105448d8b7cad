"""What is on file: the accounts that people open, and the records that the CRM keeps of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis.accounts import AccountKind, Accounts, name_accounts, share_out
from sociolink.datasets.synthesis.casting import Cast, OnlineNames, chance
from sociolink.datasets.synthesis.customers import Records
from sociolink.datasets.synthesis.settings import Settings
from sociolink.datasets.synthesis.strings import choose, digits, join

__all__ = ["file_records", "open_accounts"]


def open_accounts(settings: Settings, cast: Cast, names: OnlineNames, counts: Mapping[AccountKind, int]) -> Accounts:
    """Open as many accounts as there are to be profiles.

    Args:
        settings: Settings of the world.
        cast: Everybody.
        names: What they like to be called online.
        counts: Profiles by kind of owner.

    Returns:
        The accounts, in random order.
    """
    rng = chance(settings, "accounts")
    persons = cast.crm[cast.company :]
    everyone = np.concatenate([cast.same, cast.shifted])
    owners = {
        AccountKind.CUSTOMER: persons,
        AccountKind.SAME: cast.same,
        AccountKind.SHIFTED: cast.shifted,
        AccountKind.ORGANISATION: _of_others(cast, everyone),
        AccountKind.BOT: everyone,
        AccountKind.FAN: persons,
        AccountKind.PARODY: persons,
    }
    rows = [share_out(rng, counts[kind], owners[kind]) for kind in AccountKind]
    kinds = np.repeat(np.arange(len(rows), dtype=np.int8), [len(own) for own in rows])
    order = rng.permutation(len(kinds))
    return name_accounts(
        rng,
        kind=kinds[order],
        owner=np.concatenate(rows)[order],
        style=cast.wording.people.style,
        parts=names.parts,
        name_alias=names.name_alias,
        opaque_alias=names.opaque_alias,
        organisation_slug=names.employer_slug,
        opaque_share=settings.shares.opaque,
        platforms=settings.platforms,
    )


def _of_others(cast: Cast, people: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Those people whose employers are not customers themselves; all of them where every employer is one."""
    employer, customers = cast.wording.organisation(people), cast.wording.organisation(cast.crm[: cast.company])
    others = people[~np.asarray(pc.is_in(employer, value_set=customers), np.bool_)]
    return others if len(others) else people


def _known_handles(
    rng: np.random.Generator, settings: Settings, accounts: Accounts, person: npt.NDArray[np.int64], names: OnlineNames
) -> pa.Array:
    """An account of each person, as the CRM has it: perhaps renamed since, or not among the profiles at all."""
    owned = np.flatnonzero(accounts.kind == AccountKind.CUSTOMER)
    owned = rng.permutation(owned)
    account_of = np.full(len(names.name_alias), -1, dtype=np.int64)
    account_of[accounts.owner[owned]] = owned
    account = account_of[person]
    at = pa.array(account, mask=account < 0)
    alias = pc.replace_substring(names.name_alias.take(pa.array(person)), " ", "")
    renamed = rng.random(len(person)) < settings.shares.renamed
    handle = choose(renamed, join(alias, digits(rng.integers(10, 99, len(person)))), accounts.handle.take(at))
    platform_names = pa.array(settings.platforms)
    platform = pc.coalesce(
        platform_names.take(pa.array(accounts.platform)).take(at),
        platform_names.take(pa.array(rng.integers(0, len(platform_names), len(person)))),
    )
    return join(platform, pc.coalesce(handle, alias), separator=":")


def file_records(
    settings: Settings, cast: Cast, accounts: Accounts, names: OnlineNames, emails: list[pa.Array]
) -> Records:
    """File the records that the CRM keeps; some people are filed twice.

    Args:
        settings: Settings of the world.
        cast: Everybody.
        accounts: The accounts, some of which the CRM knows.
        names: What people like to be called online.
        emails: (people,) e-mail addresses, and others.

    Returns:
        The records, in random order.
    """
    rng = chance(settings, "records")
    known = len(cast.crm)
    extra = settings.customers - known
    persons = np.arange(cast.company, known)
    twice = rng.choice(persons if len(persons) >= extra else np.arange(known), extra, replace=False)
    row = rng.permutation(np.concatenate([np.arange(known), twice + known]))
    again = row >= known
    person = cast.crm[row % known]
    size = len(person)
    stale = rng.random(size) < np.where(again, np.minimum(3 * settings.shares.stale, 1), settings.shares.stale)
    alias = pc.replace_substring(names.name_alias.take(pa.array(person)), " ", "")
    full = join(names.parts.given.take(pa.array(person)), names.parts.family.take(pa.array(person)), separator="")
    site = choose(rng.random(size) < 0.5, alias, full)
    return Records(
        person=person,
        again=again,
        stale=stale,
        company=row % known < cast.company,
        email=emails[0].take(pa.array(person)),
        other_email=emails[1].take(pa.array(person)),
        site=join("https://", site, ".example"),
        handle=_known_handles(rng, settings, accounts, person, names),
    )
