"""What can be set in a synthetic world, checked at the door with every problem named at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from numbers import Integral, Real

from sociolink.datasets.synthesis.name_lists import name_lists
from sociolink.datasets.synthesis.platforms import PLATFORMS
from sociolink.errors import InvalidParameterError

__all__ = ["CUSTOMER_SHARES", "DEFAULT_CULTURES", "PROFILE_SHARES", "Settings", "Shares", "check_settings"]

DEFAULT_CULTURES: Mapping[str, float] = {
    "us": 0.42,
    "french": 0.10,
    "german": 0.10,
    "spanish": 0.10,
    "indian": 0.08,
    "nordic": 0.06,
    "russian": 0.04,
    "chinese": 0.04,
    "japanese": 0.03,
    "arabic": 0.03,
}
CUSTOMER_SHARES: Mapping[str, float] = {
    "middle_name": 0.35,
    "full_name": 0.5,
    "nickname": 0.08,
    "email": 0.75,
    "phone": 0.55,
    "birth_date": 0.45,
    "street": 0.6,
    "city": 0.8,
    "region": 0.75,
    "postcode": 0.6,
    "country": 0.95,
    "organisation": 0.35,
    "job_title": 0.3,
    "website": 0.06,
    "handles": 0.05,
    "consent": 0.5,
    "updated_at": 0.9,
}
PROFILE_SHARES: Mapping[str, float] = {
    "user_id": 0.9,
    "display_name": 0.62,
    "bio": 0.45,
    "location": 0.45,
    "url": 0.15,
    "email": 0.02,
    "phone": 0.005,
    "created_at": 0.9,
    "followers": 0.9,
    "verified": 0.9,
    "language": 0.5,
    "consent": 0.3,
}


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares that shape a world; each lies between 0 and 1.

    Attributes:
        coverage: Profiles whose owner is a customer.
        opaque: Handles that say nothing about their owner.
        shifted_strangers, organisations, bots, fans, parodies: Kinds of strangers, of all strangers.
        companies: Customers that are organisations.
        entered_twice: Customer records that are a person's second one.
        households: People who share family name and address with another.
        namesakes: People who are given another person's names, beyond chance.
        stale: Customer records that are outdated.
        typos: Names of customers with a slip of the keyboard.
        renamed: Known accounts that have another handle by now.
        about_events: Posts of a customer with events that are about one of them.
        quoting: Posts about an own event that quote its number.
        noise: How much of posts misleads, of what there is by default.
        habits: How much people write as they live.
    """

    coverage: float
    opaque: float
    shifted_strangers: float
    organisations: float
    bots: float
    fans: float
    parodies: float
    companies: float
    entered_twice: float
    households: float
    namesakes: float
    stale: float
    typos: float
    renamed: float
    about_events: float
    quoting: float
    noise: float
    habits: float


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one world, checked.

    Attributes:
        customers, profiles, posts, events: Numbers of rows.
        seed: Seed of all chance.
        shares: Shares that shape the world.
        cultures: Share of each culture, in the order of the name lists.
        platforms: Names of the platforms.
        customer_fields, profile_fields: Share of rows that hold each field.
    """

    customers: int
    profiles: int
    posts: int
    events: int
    seed: int
    shares: Shares
    cultures: tuple[float, ...]
    platforms: tuple[str, ...]
    customer_fields: Mapping[str, float]
    profile_fields: Mapping[str, float]


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"{what} has no {name!r}" + (f"; did you mean {near[0]!r}?" if near else f"; it may hold {', '.join(known)}")


def _check_fields(given: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float], list[str]]:
    defaults = {"customers": dict(CUSTOMER_SHARES), "profiles": dict(PROFILE_SHARES)}
    known = [f"{table}.{field}" for table, shares in defaults.items() for field in shares]
    problems = []
    for name, share in given.items():
        table, _, field = name.partition(".")
        if name not in known:
            problems.append(_unknown("fields", name, known))
        elif not _is_share(share):
            problems.append(f"fields[{name!r}] is {share!r}; it must lie between 0 and 1")
        else:
            defaults[table][field] = share
    return defaults["customers"], defaults["profiles"], problems


def _is_whole(number: object, least: int) -> bool:
    return isinstance(number, Integral) and not isinstance(number, bool) and int(number) >= least


def _is_share(share: object) -> bool:
    return isinstance(share, Real) and not isinstance(share, bool) and 0 <= float(share) <= 1


def _check_numbers(**numbers: object) -> list[str]:
    least = {"customers": 1, "profiles": 1}
    return [
        f"{name} is {number!r}; it must be a whole number of at least {least.get(name, 0)}"
        for name, number in numbers.items()
        if not _is_whole(number, least.get(name, 0))
    ]


def _check_shares(shares: Shares) -> list[str]:
    values = {field.name: getattr(shares, field.name) for field in fields(shares)}
    problems = [
        f"{name} is {value!r}; it must lie between 0 and 1" for name, value in values.items() if not _is_share(value)
    ]
    kinds = [values[name] for name in ("shifted_strangers", "organisations", "bots", "fans", "parodies")]
    if all(map(_is_share, kinds)) and sum(kinds) > 1 + 1e-9:
        problems.append("shifted_strangers, organisations, bots, fans and parodies are together more than 1")
    return problems


def _check_choices(weights: Mapping[str, float], platforms: tuple[str, ...]) -> list[str]:
    problems = [_unknown("cultures", name, list(name_lists())) for name in weights if name not in name_lists()]
    whole = all(isinstance(weight, Real) and 0 <= float(weight) < math.inf for weight in weights.values())
    if not whole or not sum(weights.values()) > 0:
        problems.append("cultures must have weights that are not negative and not all 0")
    problems += [_unknown("platforms", name, list(PLATFORMS)) for name in platforms if name not in PLATFORMS]
    if not platforms or len(set(platforms)) < len(platforms):
        problems.append("platforms must name at least one platform, each once")
    return problems


def check_settings(
    *,
    customers: int,
    profiles: int,
    posts: int | None,
    events: int | None,
    seed: int,
    shares: Shares,
    cultures: Mapping[str, float] | None,
    platforms: tuple[str, ...] | None,
    fields_held: Mapping[str, float] | None,
) -> Settings:
    """Check all settings and fill in the defaults.

    Args:
        customers: Number of customer records, at least 1.
        profiles: Number of profiles, at least 1.
        posts: Number of posts; twice the profiles by default.
        events: Number of events; as many as customers by default.
        seed: Seed of all chance, not negative.
        shares: Shares that shape the world.
        cultures: Weight of each culture.
        platforms: Names of the platforms.
        fields_held: Share of rows that hold a field, as `customers.email` or `profiles.bio`.

    Returns:
        The settings.

    Raises:
        InvalidParameterError: Something is out of range or unknown; the message names everything that is.
    """
    weights = dict(DEFAULT_CULTURES if cultures is None else cultures)
    chosen = tuple(PLATFORMS) if platforms is None else tuple(platforms)
    if posts is None:
        posts = 2 * profiles if _is_whole(profiles, 1) else 0
    if events is None:
        events = customers if _is_whole(customers, 1) else 0
    customer_fields, profile_fields, problems = _check_fields(fields_held or {})
    problems += _check_numbers(customers=customers, profiles=profiles, posts=posts, events=events, seed=seed)
    problems += _check_shares(shares)
    problems += _check_choices(weights, chosen)
    if problems:
        raise InvalidParameterError("; ".join(problems) + ".")
    total = sum(weights.values())
    return Settings(
        customers,
        profiles,
        posts,
        events,
        seed,
        shares,
        tuple(weights.get(name, 0.0) / total for name in name_lists()),
        chosen,
        customer_fields,
        profile_fields,
    )
