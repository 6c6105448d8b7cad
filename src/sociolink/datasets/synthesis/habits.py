"""People who keep habits of their own: more languages, other hours, shops named without what was bought there."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa

from sociolink.datasets.synthesis.accounts import AccountKind
from sociolink.datasets.synthesis.bundled import load_toml
from sociolink.datasets.synthesis.drafts import MENUS, Drafts, Number
from sociolink.datasets.synthesis.events import EVENT_KINDS
from sociolink.datasets.synthesis.phrases import fill_phrases
from sociolink.datasets.synthesis.places import load_places, load_words
from sociolink.datasets.synthesis.profiles import NOW
from sociolink.datasets.synthesis.scene import Scene
from sociolink.datasets.synthesis.strings import Bools, Ints, choose, draw, words

__all__ = ["FOREIGN", "keep_habits"]

FOREIGN = ("sv", "it", "pt", "ru", "ja", "zh", "ar", "hi")
_OF_CULTURE = {"nordic": "sv", "russian": "ru", "japanese": "ja", "chinese": "zh", "arabic": "ar", "indian": "hi"}
_OWN, _EXPAT, _POSTS_IN_IT = 0.6, 0.08, 0.85
_ORDINARY, _OWL, _TRAVELLER = range(3)
_LIVES = (0.82, 0.09, 0.09)
_OWL_HOURS, _AWAY, _DAYS_AWAY = 7, 0.35, 21
_SHOPS = 0.35
_SHOP_PHRASES = (
    "Back from the {brand} store in {place}|Long queue at {brand} {place} today|{brand} {place} again|"
    "So crowded at the {brand} shop in {place}|Nice people at {brand} in {place}|"
    "The {brand} store in {place} has moved upstairs|Shopping in {place}"
)
_DAY, _HOUR = np.timedelta64(86_400, "s"), np.timedelta64(3600, "s")


@cache
def _phrases() -> dict[str, list[str]]:
    return {language: said.split("|") for language, said in load_toml("foreign_posts.toml").items()}


def keep_habits(
    rng: np.random.Generator, scene: Scene, drafts: Drafts, text: pa.Array, language: Ints, *, share: float, known: int
) -> tuple[Drafts, pa.Array, Ints]:
    """Let people write as they live.

    Many write in the language of their culture, some (who moved, or learned it) in another; some live at night; some
    travel for weeks; bots write at any hour; and of what customers write about orders and visits, some names the shop
    and not the product.

    Args:
        rng: Source of chance.
        scene: Who writes.
        drafts: The posts.
        text: (rows,) their texts.
        language: (rows,) codes of their languages.
        share: How much of all this there is, from 0 to 1.
        known: Number of the languages that have codes already; those of `FOREIGN` follow.

    Returns:
        The posts, their texts and the codes of their languages.
    """
    drafts, shopping = _name_shops(rng, scene, drafts, share)
    language, foreign = _choose(rng, scene, drafts, language, share, known)
    brand = load_words()["brand"]
    blanks = {
        "brand": lambda rows: pa.repeat(brand, len(rows)),
        "place": lambda rows: scene.wording.places.city.take(pa.array(drafts.city[rows])),
    }
    menus = [_phrases()[name] for name in FOREIGN]
    first = np.cumsum([0, *(len(menu) for menu in menus)])
    code = np.clip(language - known, 0, None)
    size = np.array([len(menu) for menu in menus])[code]
    template = first[code] + (rng.random(len(drafts)) * size).astype(np.int64)
    phrases = [one for menu in menus for one in menu]
    shop = words(_SHOP_PHRASES, by="|").to_pylist()
    template = np.where(shopping, len(phrases) + rng.integers(0, len(shop), len(drafts)), template)
    said = fill_phrases([*phrases, *shop], template, blanks)
    return _write_when(rng, scene, drafts, share), choose(foreign | shopping, said, text), language


def _name_shops(rng: np.random.Generator, scene: Scene, drafts: Drafts, share: float) -> tuple[Drafts, Bools]:
    """Posts about orders and visits that name the shop alone."""
    bought = np.isin(drafts.event_kind, [EVENT_KINDS.index(kind) for kind in ("order", "visit")])
    chosen = drafts.own & (drafts.number == Number.NONE) & bought & (rng.random(len(drafts)) < _SHOPS * share)
    city = (
        np.where(chosen, scene.events.city[np.maximum(drafts.event, 0)], drafts.city) if chosen.any() else drafts.city
    )
    return replace(drafts, city=city), chosen


def _choose(
    rng: np.random.Generator, scene: Scene, drafts: Drafts, language: Ints, share: float, known: int
) -> tuple[Ints, Bools]:
    """The language of everyday posts, and whether it is one of `FOREIGN`."""
    accounts = len(scene.accounts.kind)
    names = list(scene.wording.lexicon.cultures)
    code = np.array([FOREIGN.index(_OF_CULTURE[name]) if name in _OF_CULTURE else -1 for name in names])
    culture = scene.wording.people.culture[scene.accounts.owner]
    person = scene.accounts.kind <= AccountKind.SHIFTED
    chance = rng.random(accounts)
    other = rng.integers(0, len(FOREIGN), accounts)
    of_account = np.where(chance < _OWN * share, code[culture], -1)
    of_account = np.where(chance > 1 - _EXPAT * share, other, of_account)
    of_account = np.where(person, of_account, -1)[drafts.author]
    chat = drafts.menu == MENUS.index("chat")
    foreign = chat & (of_account >= 0) & (rng.random(len(drafts)) < _POSTS_IN_IT)
    return np.where(foreign, known + of_account, language), foreign


def _write_when(rng: np.random.Generator, scene: Scene, drafts: Drafts, share: float) -> Drafts:
    """Hours of those who live at night, who travel, and who never sleep; what is about events stays where it is."""
    accounts = len(scene.accounts.kind)
    life = np.where(rng.random(accounts) < share, draw(rng, _LIVES, accounts), _ORDINARY)
    utc = load_places().utc
    home = scene.wording.people.city[scene.accounts.owner]
    there = utc[rng.integers(0, len(utc), accounts)]
    begin = rng.integers(0, _DAYS_AWAY, accounts)
    day = drafts.at.astype("datetime64[D]").astype(np.int64)
    away = ((day + begin[drafts.author]) % (_DAYS_AWAY / _AWAY)) < _DAYS_AWAY
    free = drafts.event < 0
    hours = np.where(life == _OWL, _OWL_HOURS, 0)[drafts.author]
    gone = (life == _TRAVELLER)[drafts.author] & away
    hours = np.where(gone, (utc[home] - there)[drafts.author], hours)
    at = np.where(free, drafts.at + hours * _HOUR, drafts.at)
    machine = (scene.accounts.kind == AccountKind.BOT)[drafts.author] & (rng.random(len(drafts)) < share)
    anytime = drafts.at.astype("datetime64[D]") + (rng.random(len(drafts)) * 86_400).astype("timedelta64[s]")
    return replace(drafts, at=np.minimum(np.where(machine, anytime, at), NOW).astype(drafts.at.dtype))
