"""Builds synthetic worlds: people first, then their accounts, and last what a CRM and the platforms show of them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.settings import Settings, Shares, check_settings
from sociolink.datasets.synthesis.accounts import AccountKind, Accounts, make_tokens, name_accounts, share_out
from sociolink.datasets.synthesis.customers import Records, make_customers
from sociolink.datasets.synthesis.emails import make_emails
from sociolink.datasets.synthesis.events import draw_events, make_events
from sociolink.datasets.synthesis.handle_parts import HandleParts, gather_parts
from sociolink.datasets.synthesis.lexicon import load_lexicon
from sociolink.datasets.synthesis.name_lists import name_lists
from sociolink.datasets.synthesis.people import People, PopulationShape, draw_people
from sociolink.datasets.synthesis.places import load_places, load_words, make_organisations
from sociolink.datasets.synthesis.posts import make_posts
from sociolink.datasets.synthesis.profiles import make_profiles
from sociolink.datasets.synthesis.strings import Bools, choose, digits, join, keep, words
from sociolink.datasets.synthesis.wording import Wording
from sociolink.datasets.world import World

__all__ = ["demo_world", "synthetic"]

_STRANGERS_PER_ACCOUNT = 0.7
_SHIFT_YEARS = 12


def synthetic(
    customers: int = 1000,
    profiles: int = 1000,
    *,
    coverage: float = 0.3,
    seed: int = 0,
    posts: int | None = None,
    events: int | None = None,
    fields: Mapping[str, float] | None = None,
    platforms: tuple[str, ...] | None = None,
    cultures: Mapping[str, float] | None = None,
    opaque: float = 0.25,
    shifted_strangers: float = 0.2,
    organisations: float = 0.05,
    bots: float = 0.04,
    fans: float = 0.01,
    parodies: float = 0.005,
    companies: float = 0.01,
    entered_twice: float = 0.03,
    households: float = 0.2,
    namesakes: float = 0.02,
    stale: float = 0.08,
    typos: float = 0.03,
    renamed: float = 0.1,
    about_events: float = 0.25,
) -> World:
    """Make up a world: people by name frequency in ten cultures, a CRM, their accounts, posts and events.

    The same arguments give the same bytes. All people are invented; e-mail addresses and sites stand under `.example`.
    Handles are made in ways of their own, many of which the model's grammar does not know.

    Args:
        customers: Number of customer records.
        profiles: Number of profiles.
        coverage: Share of profiles whose owner is a customer; 0 gives strangers only.
        seed: Seed of all chance.
        posts: Number of posts; twice the profiles by default.
        events: Number of events; as many as customers by default.
        fields: Share of rows that hold a field, as `{"customers.email": 0.9, "profiles.bio": 0}`.
        platforms: Names of the platforms; all seven by default.
        cultures: Weight of each culture, as `{"us": 1}`; all ten by default.
        opaque: Average share of people's handles that say nothing about their owner.
        shifted_strangers: Share of strangers from another, younger population with other cultures.
        organisations: Share of strangers that are employers' accounts.
        bots: Share of strangers that are bots.
        fans: Share of strangers that are fan accounts of a customer.
        parodies: Share of strangers that are parodies of a customer.
        companies: Share of customers that are organisations.
        entered_twice: Share of customer records that are a person's second one.
        households: Share of people who share family name and address with another.
        namesakes: Share of people who are given another person's names, beyond chance.
        stale: Share of customer records with an old address and e-mail, and perhaps a former family name.
        typos: Share of names in the CRM with a slip of the keyboard.
        renamed: Share of accounts known to the CRM that have another handle by now.
        about_events: Share of the posts of a customer with events that are about one of them.

    Returns:
        The world.

    Raises:
        InvalidParameterError: A parameter is out of range, or a field, platform or culture is unknown.

    Examples:
        >>> from sociolink import datasets
        >>> world = datasets.synthetic(200, 100, coverage=0.4, seed=7)
        >>> world
        World(200 customers (194 people), 100 profiles (40.0% customers'), 200 posts, 200 events)
        >>> world.truth.column_names
        ['profile_id', 'customer_id', 'stranger_kind']
    """
    shares = Shares(
        coverage,
        opaque,
        shifted_strangers,
        organisations,
        bots,
        fans,
        parodies,
        companies,
        entered_twice,
        households,
        namesakes,
        stale,
        typos,
        renamed,
        about_events,
    )
    return _build(
        check_settings(
            customers=customers,
            profiles=profiles,
            posts=posts,
            events=events,
            seed=seed,
            shares=shares,
            cultures=cultures,
            platforms=platforms,
            fields_held=fields,
        )
    )


def demo_world() -> World:
    """The small world of `sociolink demo`: 2,000 customers, 1,800 profiles and 18,000 posts.

    Returns:
        The same world every time.
    """
    return synthetic(
        2000,
        1800,
        coverage=0.45,
        seed=2026,
        posts=18_000,
        events=3000,
        opaque=0.2,
        fields={"profiles.display_name": 0.75, "profiles.bio": 0.6, "profiles.location": 0.6, "customers.consent": 0.4},
    )


def _chance(settings: Settings, stage: str) -> np.random.Generator:
    """A source of chance of its own for each stage, so that more posts do not change the customers."""
    return np.random.default_rng([settings.seed, zlib.crc32(stage.encode())])


@dataclass(frozen=True, slots=True, eq=False)
class _Cast:
    """Everybody in the world.

    Attributes:
        wording: How people read; holds the people.
        crm: Rows of the people whom the CRM knows, companies first.
        company: How many of these are companies.
        same, shifted: Rows of the strangers of the same and of another population.
    """

    wording: Wording
    crm: npt.NDArray[np.int64]
    company: int
    same: npt.NDArray[np.int64]
    shifted: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Names:
    """What people call themselves online, one row a person."""

    parts: HandleParts
    name_alias: pa.Array
    opaque_alias: pa.Array
    employer_slug: pa.Array


def _stranger_counts(settings: Settings) -> dict[AccountKind, int]:
    """How many profiles belong to customers and to each kind of stranger."""
    shares = settings.shares
    owned = round(shares.coverage * settings.profiles)
    strangers = settings.profiles - owned
    wanted = {
        AccountKind.SHIFTED: shares.shifted_strangers,
        AccountKind.ORGANISATION: shares.organisations,
        AccountKind.BOT: shares.bots,
        AccountKind.FAN: shares.fans,
        AccountKind.PARODY: shares.parodies,
    }
    ends = np.round(np.cumsum(list(wanted.values())) * strangers).astype(int).tolist()
    counts = {kind: end - start for kind, end, start in zip(wanted, ends, [0, *ends[:-1]], strict=True)}
    return {AccountKind.CUSTOMER: owned, AccountKind.SAME: strangers - ends[-1], **counts}


def _gather_cast(settings: Settings, counts: Mapping[AccountKind, int]) -> _Cast:
    lexicon, places, vocabulary = load_lexicon(), load_places(), load_words()
    records_again = min(round(settings.shares.entered_twice * settings.customers), settings.customers // 2)
    known = settings.customers - records_again
    same = max(1, round(_STRANGERS_PER_ACCOUNT * counts[AccountKind.SAME]))
    shifted = max(1, round(_STRANGERS_PER_ACCOUNT * counts[AccountKind.SHIFTED]))
    employers = make_organisations(
        _chance(settings, "employers"), max(40, (known + same) // 25), families=lexicon.family.latin.slice(0, 20_000)
    )

    def draw(stage: str, size: int, shape: PopulationShape) -> People:
        return draw_people(
            _chance(settings, stage),
            size,
            shape=shape,
            lexicon=lexicon,
            places=places,
            double_family=tuple(entry.double_family for entry in name_lists().values()),
            organisations=len(employers.name),
            jobs=len(words(vocabulary["jobs"], by="|")),
            hobbies=len(words(vocabulary["hobbies"])),
        )

    shares = settings.shares
    here = PopulationShape(settings.cultures, shares.households, shares.namesakes)
    elsewhere = tuple((1.1 * max(settings.cultures) - share) for share in settings.cultures)
    there = PopulationShape(elsewhere, shares.households, shares.namesakes, _SHIFT_YEARS)
    people = draw("people", known + same, here).join(draw("other people", shifted, there))
    order = _chance(settings, "who is a customer").permutation(known + same)
    return _Cast(
        Wording(people, lexicon, places, employers),
        crm=order[:known],
        company=round(shares.companies * known),
        same=order[known:],
        shifted=np.arange(known + same, len(people)),
    )


def _gather_names(settings: Settings, cast: _Cast) -> _Names:
    people, rng = cast.wording.people, _chance(settings, "aliases")
    parts = gather_parts(rng, people, lexicon=cast.wording.lexicon, places=cast.wording.places)
    plain, nothing = np.zeros(len(people), dtype=bool), np.ones(len(people), dtype=bool)
    return _Names(
        parts,
        make_tokens(rng, parts, plain),
        make_tokens(rng, parts, nothing),
        cast.wording.organisations.slug.take(pa.array(people.organisation)),
    )


def _open_accounts(settings: Settings, cast: _Cast, names: _Names, counts: Mapping[AccountKind, int]) -> Accounts:
    rng = _chance(settings, "accounts")
    persons = cast.crm[cast.company :]
    everyone = np.concatenate([cast.same, cast.shifted])
    owners = {
        AccountKind.CUSTOMER: persons,
        AccountKind.SAME: cast.same,
        AccountKind.SHIFTED: cast.shifted,
        AccountKind.ORGANISATION: everyone,
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


def _known_handles(
    rng: np.random.Generator, settings: Settings, accounts: Accounts, person: npt.NDArray[np.int64], names: _Names
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


def _file_records(
    settings: Settings, cast: _Cast, accounts: Accounts, names: _Names, emails: list[pa.Array]
) -> Records:
    rng = _chance(settings, "records")
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
        company=row < cast.company,
        email=emails[0].take(pa.array(person)),
        other_email=emails[1].take(pa.array(person)),
        site=join("https://", site, ".example"),
        handle=_known_handles(rng, settings, accounts, person, names),
    )


def _ids(rng: np.random.Generator, prefix: str, count: int) -> pa.Array:
    """Opaque ids: nothing can be learned from their order."""
    return join(prefix, digits(rng.permutation(count) + 1, width=len(str(count)) + 1))


def _truth(
    accounts: Accounts, profile_ids: pa.Array, customer_ids: pa.Array, records: Records, people: int
) -> pa.Table:
    record_of = np.zeros(people, dtype=np.int64)
    record_of[records.person[::-1]] = np.arange(len(records))[::-1]
    is_customer: Bools = accounts.kind == AccountKind.CUSTOMER
    kinds = pa.array([kind.name.lower() for kind in AccountKind]).take(pa.array(accounts.kind))
    return pa.table(
        {
            "profile_id": profile_ids,
            "customer_id": keep(customer_ids.take(pa.array(record_of[accounts.owner])), is_customer),
            "stranger_kind": keep(kinds, ~is_customer),
        }
    )


def _build(settings: Settings) -> World:
    counts = _stranger_counts(settings)
    cast = _gather_cast(settings, counts)
    names = _gather_names(settings, cast)
    accounts = _open_accounts(settings, cast, names, counts)
    rng = _chance(settings, "e-mail")
    emails = [
        make_emails(
            rng,
            names.parts,
            name_alias=names.name_alias,
            opaque_alias=names.opaque_alias,
            employer_slug=names.employer_slug,
        )
        for _ in range(2)
    ]
    records = _file_records(settings, cast, accounts, names, emails)
    rng = _chance(settings, "ids")
    customer_ids = _ids(rng, "c", len(records))
    profile_ids = _ids(rng, "p", len(accounts.kind))
    event_ids, post_ids = _ids(rng, "e", settings.events), _ids(rng, "t", settings.posts)
    person_numbers = join("g", digits(records.person, width=len(str(len(cast.wording.people))) + 1))
    events = draw_events(_chance(settings, "events"), settings.events, person_of_record=records.person)
    return World(
        customers=make_customers(
            _chance(settings, "customers"),
            cast.wording,
            records,
            ids=customer_ids,
            typos=settings.shares.typos,
            shares=settings.customer_fields,
        ),
        profiles=make_profiles(
            _chance(settings, "profiles"),
            cast.wording,
            accounts,
            ids=profile_ids,
            email=emails[0].take(pa.array(accounts.owner)),
            platforms=settings.platforms,
            shares=settings.profile_fields,
        ),
        posts=make_posts(
            _chance(settings, "posts"),
            settings.posts,
            wording=cast.wording,
            accounts=accounts,
            events=events,
            profile_ids=profile_ids,
            ids=post_ids,
            about_events=settings.shares.about_events,
        ),
        events=make_events(
            _chance(settings, "event details"), cast.wording, events, ids=event_ids, customer_ids=customer_ids
        ),
        truth=_truth(accounts, profile_ids, customer_ids, records, len(cast.wording.people)),
        groups=pa.table({"customer_id": customer_ids, "group_id": person_numbers}),
    )
