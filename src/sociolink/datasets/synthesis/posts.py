"""What accounts write: about everyday life, a company's products, its outages, and for some about their own events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.datasets.synthesis.accounts import AccountKind, Accounts
from sociolink.datasets.synthesis.events import EVENT_KINDS, Events
from sociolink.datasets.synthesis.phrases import Blanks, fill_phrases
from sociolink.datasets.synthesis.places import load_words
from sociolink.datasets.synthesis.profiles import NOW, moments
from sociolink.datasets.synthesis.strings import Ints, by_kind, choose, draw, join, keep, pick, words
from sociolink.datasets.synthesis.wording import Wording

__all__ = ["make_posts"]

_KINDS = ("post", "reply", "repost", "quote")
_KIND_SHARES = (0.62, 0.2, 0.13, 0.05)
_TOPICS = ("chat", "praise", "complaint", "outage")
_TOPIC_SHARES = (0.62, 0.12, 0.17, 0.09)
_MENUS = (*_TOPICS, *EVENT_KINDS, "company", "bot")
_INCIDENTS = 24
_HOURS_AFTER_EVENT = 20.0
_AUTHOR_COLUMNS = ("platform", "user_id", "handle", "display_name", "bio", "location", "url")


@dataclass(frozen=True, slots=True, eq=False)
class _Drafts:
    """Posts before they are written.

    Attributes:
        author: Row of the account.
        menu: Row of `_MENUS`: what the post is about.
        event: Row of the event that it is about, or -1.
        incident: Row of the incident that it is about.
        at: When it was written.
        kind: Codes of `_KINDS`.
    """

    author: npt.NDArray[np.int64]
    menu: Ints
    event: Ints
    incident: Ints
    at: npt.NDArray[np.datetime64]
    kind: Ints


def _own_events(rng: np.random.Generator, owner: Ints, events: Events) -> Ints:
    """One event of each author's own; -1 where there is none."""
    order = np.argsort(events.person, kind="stable")
    persons = events.person[order]
    first, last = np.searchsorted(persons, owner, side="left"), np.searchsorted(persons, owner, side="right")
    chosen = first + (rng.random(len(owner)) * (last - first)).astype(np.int64)
    if len(order) == 0:
        return np.full(len(owner), -1)
    return np.where(last > first, order[np.minimum(chosen, len(order) - 1)], -1)


def _draft(
    rng: np.random.Generator, count: int, accounts: Accounts, events: Events, about_events: float
) -> tuple[_Drafts, npt.NDArray[np.datetime64]]:
    size = len(accounts.kind)
    author = rng.permutation(size)[(rng.random(count) ** 2.2 * size).astype(np.int64)]
    kind_of_author = accounts.kind[author]
    event = np.where(kind_of_author == AccountKind.CUSTOMER, _own_events(rng, accounts.owner[author], events), -1)
    event = np.where(rng.random(count) < about_events, event, -1)
    topic = draw(rng, _TOPIC_SHARES, count)
    event_kind = events.kind[event] if len(events) else np.zeros(count, dtype=np.int64)
    menu = np.where(event >= 0, len(_TOPICS) + event_kind, topic)
    menu = np.where(kind_of_author == AccountKind.ORGANISATION, _MENUS.index("company"), menu)
    menu = np.where(kind_of_author == AccountKind.BOT, _MENUS.index("bot"), menu)
    incident = rng.integers(0, _INCIDENTS, count)
    incident_at = moments(rng, _INCIDENTS, days=360)
    at = moments(rng, count, days=365)
    minutes = rng.exponential(90.0, count).astype("timedelta64[m]")
    at = np.where(menu == _MENUS.index("outage"), incident_at[incident] + minutes, at)
    hours = (rng.exponential(_HOURS_AFTER_EVENT, count) * 3600).astype("timedelta64[s]")
    if len(events):
        at = np.where(event >= 0, events.at[event] + hours, at)
    kind = draw(rng, _KIND_SHARES, count)
    kind = np.where((event >= 0) & (kind >= _KINDS.index("repost")), 0, kind)
    order = np.argsort(np.minimum(at, NOW), kind="stable")
    drafts = _Drafts(author[order], menu[order], event[order], incident[order], np.minimum(at, NOW)[order], kind[order])
    return drafts, incident_at


def _blanks(rng: np.random.Generator, drafts: _Drafts, wording: Wording, owner: Ints, events: Events) -> Blanks:
    vocabulary = load_words()
    products = words(vocabulary["products"], by="|")
    product = rng.integers(0, len(products), len(drafts.author))
    outage = drafts.menu == _MENUS.index("outage")
    product = np.where(outage, drafts.incident % len(products), product)
    city = wording.people.city[owner]
    incident_city = rng.integers(0, len(wording.places.city), _INCIDENTS)
    city = np.where(outage, incident_city[drafts.incident], city)
    if len(events):
        product = np.where(drafts.event >= 0, events.product[drafts.event], product)
    return {
        "brand": lambda rows: pa.repeat(vocabulary["brand"], len(rows)),
        "hobby": lambda rows: wording.hobby(owner[rows]),
        "product": lambda rows: products.take(pa.array(product[rows])),
        "place": lambda rows: wording.places.city.take(pa.array(city[rows])),
        "reference": lambda rows: events.reference.take(pa.array(drafts.event[rows])),
    }


def _wrap(rng: np.random.Generator, kind: Ints, text: pa.Array, handles: pa.Array) -> pa.Array:
    """Replies name the company or another account, reposts their author, quotes what they quote."""
    brand = "@" + load_words()["brand"].lower()

    def other(rows: Ints) -> pa.Array:
        return join("@", pick(rng, handles, len(rows)))

    return by_kind(
        kind,
        [
            lambda rows: text.take(pa.array(rows)),
            lambda rows: join(
                choose(rng.random(len(rows)) < 0.5, brand, other(rows)), text.take(pa.array(rows)), separator=" "
            ),
            lambda rows: join("RT ", other(rows), ": ", text.take(pa.array(rows))),
            lambda rows: join(
                pick(rng, words("So true|This.|Same here|Interesting|Ha", by="|"), len(rows)),
                " QT ",
                other(rows),
                ": ",
                text.take(pa.array(rows)),
            ),
        ],
    )


def make_posts(
    rng: np.random.Generator,
    count: int,
    *,
    wording: Wording,
    accounts: Accounts,
    events: Events,
    profile_ids: pa.Array,
    ids: pa.Array,
    about_events: float,
) -> pa.Table:
    """The table of posts, oldest first.

    Args:
        rng: Source of chance.
        count: Number of posts.
        wording: How people read.
        accounts: The accounts that write them; few write many.
        events: What customers did, for those who write about it.
        profile_ids: (accounts,) profile ids.
        ids: (count,) post ids.
        about_events: Share of the posts of a customer with events that are about one of them.

    Returns:
        One row a post, in the canonical columns; the author is named by `profile_id` alone.
    """
    drafts, _ = _draft(rng, count, accounts, events, about_events)
    owner = accounts.owner[drafts.author]
    menus = [load_words()["posts"][name].split("|") for name in _MENUS]
    sizes = np.array([len(menu) for menu in menus])
    first = np.cumsum([0, *sizes])[:-1]
    template = first[drafts.menu] + (rng.random(count) * sizes[drafts.menu]).astype(np.int64)
    phrases = [phrase for menu in menus for phrase in menu]
    text = fill_phrases(phrases, template, _blanks(rng, drafts, wording, owner, events))
    nothing = pa.nulls(count, pa.string())
    tagged = rng.random(count) < 0.15
    return pa.table(
        {
            "post_id": ids,
            "text": _wrap(rng, drafts.kind, text, accounts.handle),
            "profile_id": profile_ids.take(pa.array(drafts.author)),
            **dict.fromkeys(_AUTHOR_COLUMNS, nothing),
            "created_at": pa.array(drafts.at, pa.timestamp("us", tz="UTC")),
            "language": pa.repeat("en", count),
            "place": keep(wording.city(owner), tagged),
            "kind": pa.array(_KINDS).take(pa.array(drafts.kind)),
        }
    )
