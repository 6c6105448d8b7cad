"""Builds synthetic worlds: people first, then their accounts, and last what a CRM and the platforms show of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pyarrow as pa

from sociolink.datasets.synthesis.accounts import AccountKind, Accounts
from sociolink.datasets.synthesis.casting import Cast, chance, count_kinds, gather_cast, gather_names
from sociolink.datasets.synthesis.customers import Records, make_customers
from sociolink.datasets.synthesis.emails import make_emails
from sociolink.datasets.synthesis.events import draw_events, draw_numberings, make_events, write_references
from sociolink.datasets.synthesis.filing import file_records, open_accounts
from sociolink.datasets.synthesis.incidents import draw_incidents
from sociolink.datasets.synthesis.names_shown import tells_name
from sociolink.datasets.synthesis.posts import make_posts
from sociolink.datasets.synthesis.profiles import make_profiles
from sociolink.datasets.synthesis.scene import Scene
from sociolink.datasets.synthesis.settings import Settings, Shares, check_settings
from sociolink.datasets.synthesis.strings import Bools, digits, join, keep
from sociolink.datasets.world import World

__all__ = ["demo_world", "synthetic"]


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
    quoting: float = 0.3,
    noise: float = 1.0,
    habits: float = 0.0,
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
        quoting: Share of the posts about an own event that quote its number.
        noise: How much of posts misleads: reposts, quotes and answers with numbers, other people's and foreign
            numbers, slips in numbers; 1 as much as by default, 0 nothing of it.
        habits: How much people write as they live: in more languages, at night, on travels, of shops without a product.

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
        ['profile_id', 'customer_id', 'stranger_kind', 'tells_name']
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
        quoting,
        noise,
        habits,
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
        namesakes=0.0,
        households=0.08,
        fields={"profiles.display_name": 0.75, "profiles.bio": 0.6, "profiles.location": 0.6, "customers.consent": 0.4},
    )


def _ids(rng: np.random.Generator, prefix: str, count: int) -> pa.Array:
    """Opaque ids: nothing can be learned from their order."""
    return join(prefix, digits(rng.permutation(count) + 1, width=len(str(count)) + 1))


def _truth(accounts: Accounts, profiles: pa.Table, customer_ids: pa.Array, records: Records, people: int) -> pa.Table:
    record_of = np.zeros(people, dtype=np.int64)
    record_of[records.person[::-1]] = np.arange(len(records))[::-1]
    is_customer: Bools = accounts.kind == AccountKind.CUSTOMER
    kinds = pa.array([kind.name.lower() for kind in AccountKind]).take(pa.array(accounts.kind))
    return pa.table(
        {
            "profile_id": profiles["profile_id"],
            "customer_id": keep(customer_ids.take(pa.array(record_of[accounts.owner])), is_customer),
            "stranger_kind": keep(kinds, ~is_customer),
            "tells_name": tells_name(accounts, profiles["display_name"]),
        }
    )


def _set_scene(settings: Settings, cast: Cast, accounts: Accounts, records: Records, email: pa.Array) -> Scene:
    """Incidents, events and their numbers."""
    people, places = cast.wording.people, cast.wording.places
    incidents = draw_incidents(chance(settings, "incidents"), cities=len(places.city))
    events = draw_events(
        chance(settings, "events"),
        settings.events,
        person_of_record=records.person,
        people=people,
        incidents=incidents,
    )
    numberings = draw_numberings(chance(settings, "references"), events)
    references = write_references(events, numberings)
    return Scene(cast.wording, accounts, events, references, numberings, incidents, email)


def _build(settings: Settings) -> World:
    counts = count_kinds(settings)
    cast = gather_cast(settings, counts)
    names = gather_names(settings, cast)
    accounts = open_accounts(settings, cast, names, counts)
    rng = chance(settings, "e-mail")
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
    records = file_records(settings, cast, accounts, names, emails)
    rng = chance(settings, "ids")
    customer_ids = _ids(rng, "c", len(records))
    profile_ids = _ids(rng, "p", len(accounts.kind))
    event_ids, post_ids = _ids(rng, "e", settings.events), _ids(rng, "t", settings.posts)
    person_numbers = join("g", digits(records.person, width=len(str(len(cast.wording.people))) + 1))
    scene = _set_scene(settings, cast, accounts, records, emails[0])
    profiles = make_profiles(
        chance(settings, "profiles"),
        cast.wording,
        accounts,
        ids=profile_ids,
        email=emails[0].take(pa.array(accounts.owner)),
        platforms=settings.platforms,
        shares=settings.profile_fields,
    )
    posts, about = make_posts(
        partial(chance, settings),
        settings.posts,
        scene=scene,
        profile_ids=profile_ids,
        event_ids=event_ids,
        ids=post_ids,
        about_events=settings.shares.about_events,
        quoting=settings.shares.quoting,
        noise=settings.shares.noise,
        habits=settings.shares.habits,
    )
    return World(
        customers=make_customers(
            chance(settings, "customers"),
            cast.wording,
            records,
            ids=customer_ids,
            typos=settings.shares.typos,
            shares=settings.customer_fields,
        ),
        profiles=profiles,
        posts=posts,
        events=make_events(
            chance(settings, "event details"),
            cast.wording,
            scene.events,
            references=scene.references,
            ids=event_ids,
            customer_ids=customer_ids,
        ),
        truth=_truth(accounts, profiles, customer_ids, records, len(cast.wording.people)),
        groups=pa.table({"customer_id": customer_ids, "group_id": person_numbers}),
        about=about,
    )
