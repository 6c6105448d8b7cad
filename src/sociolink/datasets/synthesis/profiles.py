"""The table of profiles: what each account shows, with most of it missing, as on real platforms."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis.accounts import AccountKind, Accounts
from sociolink.datasets.synthesis.display_names import make_display_names
from sociolink.datasets.synthesis.phrases import Blanks, fill_phrases
from sociolink.datasets.synthesis.places import load_words
from sociolink.datasets.synthesis.strings import (
    Bools,
    Ints,
    by_code,
    by_kind,
    choose,
    digits,
    draw,
    join,
    keep,
    one_each,
    pick,
    words,
)
from sociolink.datasets.synthesis.wording import Wording

__all__ = ["LANGUAGES", "NOW", "make_profiles", "moments"]

#: The day on which every made-up world ends; no clock is read.
NOW = np.datetime64("2026-10-01T00:00:00", "us")
LANGUAGES = ("en", "fr", "de", "sv", "es", "en", "ja", "zh", "ru", "ar")
_CONTACT_SHARE = 0.06


def moments(rng: np.random.Generator, size: int, *, days: float, skew: float = 1.0) -> npt.NDArray[np.datetime64]:
    """Moments before the end of the world, in whole seconds; `skew` > 1 favours recent ones."""
    seconds = (rng.random(size) ** skew * days * 86_400).astype(np.int64)
    return NOW - seconds.astype("timedelta64[s]")


def _locations(rng: np.random.Generator, wording: Wording, people: Ints) -> pa.Array:
    places, vocabulary = wording.places, load_words()

    def flag(rows: Ints) -> pa.Array:
        return places.flag.take(pa.array(wording.people.city[rows]))

    ways: list[tuple[float, Callable[[Ints], pa.Array]]] = [
        (30, wording.city),
        (28, lambda rows: join(wording.city(rows), wording.region(rows), separator=", ")),
        (14, lambda rows: join(wording.city(rows), wording.country_name(rows), separator=", ")),
        (7, wording.country_name),
        (3, lambda rows: places.country_also.take(pa.array(wording.people.city[rows]))),
        (4, lambda rows: join(wording.city(rows), flag(rows), separator=" ")),
        (2, flag),
        (3, lambda rows: join(wording.city(rows), wording.former_city(rows), separator=" ✈️ ")),
        (2, lambda rows: pc.utf8_upper(wording.city(rows))),
        (2, wording.former_city),
        (5, lambda rows: pick(rng, words(vocabulary["locations"]["jokes"], by="|"), len(rows))),
    ]
    kind = draw(rng, [weight for weight, _ in ways], len(people))
    return by_code(kind, len(ways), lambda code, rows: ways[code][1](people[rows]))


def _blanks(rng: np.random.Generator, wording: Wording, people: Ints, core: pa.Array, email: pa.Array) -> Blanks:
    def of_person(column: Callable[[Ints], pa.Array]) -> Callable[[Ints], pa.Array]:
        return lambda rows: column(people[rows])

    vocabulary = load_words()
    slug = pc.replace_substring_regex(pc.ascii_lower(core), "[^a-z0-9]", "")
    columns = {
        "job": wording.job,
        "organisation": wording.organisation,
        "hobby": wording.hobby,
        "city": wording.city,
        "city2": wording.former_city,
        "country": wording.country_name,
        "given": wording.given,
        "name": wording.name,
        "year": wording.birth_year,
        "phone": wording.phone,
    }
    drawn: dict[str, Callable[[Ints], pa.Array]] = {
        "hobby2": lambda rows: pick(rng, words(vocabulary["hobbies"]), len(rows)),
        "emoji": lambda rows: pick(rng, words(vocabulary["emoji"]), len(rows)),
        "handle": lambda rows: slug.take(pa.array(rows)),
        "site": lambda rows: join(slug.take(pa.array(rows)), ".example"),
        "email": lambda rows: pc.coalesce(email.take(pa.array(rows)), "see below"),
        "mail_words": lambda rows: pc.replace_substring(
            pc.replace_substring(pc.coalesce(email.take(pa.array(rows)), "see below"), ".example", " dot example"),
            "@",
            " at ",
        ),
    }
    return {name: of_person(column) for name, column in columns.items()} | drawn


def _bios(rng: np.random.Generator, kind: Ints, blanks: Blanks) -> pa.Array:
    menus = {name: text.split("|") for name, text in load_words()["bios"].items()}
    # a stroke between spaces belongs to a phrase
    menus["person"] = load_words()["bios"]["person"].replace(" | ", "\t").split("|")
    menus["contact"] = load_words()["bios"]["contact"].replace(" | ", "\t").split("|")
    templates = [phrase.replace("\t", " | ") for menu in menus.values() for phrase in menu]
    starts = dict(zip(menus, np.cumsum([0, *map(len, menus.values())])[:-1].tolist(), strict=True))
    contact = rng.random(len(kind)) < _CONTACT_SHARE
    which = np.select(
        [
            kind == AccountKind.ORGANISATION,
            kind == AccountKind.BOT,
            kind == AccountKind.FAN,
            kind == AccountKind.PARODY,
        ],
        [2, 3, 4, 5],
        default=np.where(contact, 1, 0),
    )
    names = ("person", "contact", "organisation", "bot", "fan", "parody")
    sizes = np.array([len(menus[name]) for name in names])
    first = np.array([starts[name] for name in names])
    return fill_phrases(templates, first[which] + (rng.random(len(kind)) * sizes[which]).astype(np.int64), blanks)


def _shown_names(rng: np.random.Generator, wording: Wording, accounts: Accounts) -> pa.Array:
    """Display names of people, employers, bots, fans and parodies."""

    def of_subject(rows: Ints) -> pa.Array:
        name = wording.name(accounts.owner[rows])
        fan = choose(rng.random(len(rows)) < 0.5, join(name, " Fans"), join("Daily ", name))
        parody = choose(rng.random(len(rows)) < 0.5, join(name, " (parody)"), join("Not ", name))
        return choose(accounts.kind[rows] == AccountKind.FAN, fan, parody)

    group = np.where(
        accounts.kind <= AccountKind.SHIFTED, 0, np.where(accounts.kind >= AccountKind.FAN, 3, accounts.kind - 2)
    )
    return by_kind(
        group,
        [
            lambda rows: make_display_names(rng, wording, accounts.owner[rows]),
            lambda rows: wording.organisation(accounts.owner[rows]),
            lambda rows: join(
                pc.utf8_title(pick(rng, words(load_words()["nouns"]), len(rows))),
                pick(rng, words("~bot ~Bot ~deals 24/7"), len(rows)),
            ),
            of_subject,
        ],
    )


def _urls(rng: np.random.Generator, wording: Wording, accounts: Accounts, slug: pa.Array) -> pa.Array:
    size = len(accounts.kind)
    employer = wording.organisations.slug.take(pa.array(wording.people.organisation[accounts.owner]))
    own = join("https://", slug, ".example")
    links = join("https://links.example/", slug)
    work = join("https://www.", employer, ".example")
    chance = rng.random(size)
    personal = choose(chance < 0.6, own, choose(chance < 0.8, links, work))
    return choose(accounts.kind == AccountKind.ORGANISATION, work, personal)


def make_profiles(
    rng: np.random.Generator,
    wording: Wording,
    accounts: Accounts,
    *,
    ids: pa.Array,
    email: pa.Array,
    platforms: tuple[str, ...],
    shares: Mapping[str, float],
) -> pa.Table:
    """The table of profiles.

    Args:
        rng: Source of chance.
        wording: How people read.
        accounts: The accounts.
        ids: (accounts,) profile ids.
        email: (accounts,) e-mail address of each owner, for those who show it.
        platforms: Names of the platforms, by code.
        shares: Share of profiles that show each field.

    Returns:
        One row an account, in the canonical columns.
    """
    size = len(accounts.kind)
    kind = accounts.kind
    person = kind <= AccountKind.SHIFTED
    slug = pc.replace_substring_regex(pc.ascii_lower(accounts.core), "[^a-z0-9]", "")

    def shown(field: str, values: pa.Array, *, where: Bools | None = None) -> pa.Array:
        mask = rng.random(size) < shares[field]
        return keep(values, mask if where is None else mask & where)

    culture = wording.people.culture[accounts.owner]
    language = choose(rng.random(size) < 0.6, pa.array(LANGUAGES).take(pa.array(culture % len(LANGUAGES))), "en")
    followers = np.exp(rng.normal(4.6, 1.8, size)).astype(np.int64)
    verified = rng.random(size) < np.where(kind == AccountKind.ORGANISATION, 0.4, 0.02)
    bios = _bios(rng, kind, _blanks(rng, wording, accounts.owner, accounts.core, email))
    consent = shown("consent", pa.array(rng.random(size) < 0.98))
    columns = {
        "profile_id": ids,
        "platform": pa.array(platforms).take(pa.array(accounts.platform)),
        "handle": accounts.handle,
        "user_id": shown("user_id", digits(rng.integers(10**8, 10**12, size) * 1_000_003 + np.arange(size))),
        "display_name": shown("display_name", _shown_names(rng, wording, accounts)),
        "bio": shown("bio", bios),
        "location": shown("location", _locations(rng, wording, accounts.owner)),
        "url": shown("url", _urls(rng, wording, accounts, slug)),
        "email": one_each(shown("email", email, where=person)),
        "phone": one_each(shown("phone", wording.phone(accounts.owner), where=person)),
        "created_at": shown("created_at", pa.array(moments(rng, size, days=5000), pa.timestamp("us", tz="UTC"))),
        "followers": shown("followers", pa.array(followers)),
        "verified": shown("verified", pa.array(verified)),
        "language": shown("language", language),
        "consent": consent,
    }
    return pa.table(columns)
