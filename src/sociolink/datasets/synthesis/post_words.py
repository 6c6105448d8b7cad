"""The words of posts: phrases in four languages, filled in, addressed to somebody, or passed on."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis.accounts import AccountKind
from sociolink.datasets.synthesis.bundled import load_toml
from sociolink.datasets.synthesis.drafts import MENUS, POST_KINDS, Drafts
from sociolink.datasets.synthesis.passing_on import PassedOn
from sociolink.datasets.synthesis.phrases import Blanks, fill_phrases
from sociolink.datasets.synthesis.places import load_words
from sociolink.datasets.synthesis.products import mention_products
from sociolink.datasets.synthesis.profiles import LANGUAGES
from sociolink.datasets.synthesis.scene import Scene
from sociolink.datasets.synthesis.strings import Ints, choose, join, pick, words

__all__ = ["POST_LANGUAGES", "address_posts", "choose_languages", "quote_posts", "word_posts"]

POST_LANGUAGES = ("en", "fr", "de", "es")
_OTHER_THAN_ENGLISH, _POSTS_IN_IT = 60, 0.85
_TO_BRAND, _BRAND_AS_IS = 0.6, 0.8
_COMMENTS = "So true|This.|Same here|Interesting|Ha|Oh no|Unbelievable"


@cache
def _menus() -> dict[str, dict[str, list[str]]]:
    """Phrases by language and menu; what a language lacks is English."""
    found = load_toml("posts.toml")
    return {
        language: {name: (found[language].get(name) or found["en"][name]).split("|") for name in MENUS}
        for language in POST_LANGUAGES
    }


def choose_languages(rng: np.random.Generator, scene: Scene, drafts: Drafts) -> Ints:
    """The language of each post: many people write English only, the others nearly always their own.

    Args:
        rng: Source of chance.
        scene: Who writes.
        drafts: The posts.

    Returns:
        (rows,) codes of `POST_LANGUAGES`.
    """
    owner = scene.accounts.owner[drafts.author]
    known = np.array([POST_LANGUAGES.index(name) if name in POST_LANGUAGES else 0 for name in LANGUAGES])
    speaks = (owner * 2654435761 >> 5) % 100 < _OTHER_THAN_ENGLISH
    person = scene.accounts.kind[drafts.author] <= AccountKind.SHIFTED
    own = speaks & person & (rng.random(len(drafts)) < _POSTS_IN_IT)
    return np.where(own, known[scene.wording.people.culture[owner] % len(LANGUAGES)], 0)


def _blanks(rng: np.random.Generator, scene: Scene, drafts: Drafts, numbers: pa.Array) -> Blanks:
    wording, owner = scene.wording, scene.accounts.owner[drafts.author]
    brand = load_words()["brand"]
    return {
        "brand": lambda rows: choose(
            rng.random(len(rows)) < _BRAND_AS_IS, pa.repeat(brand, len(rows)), pa.repeat(brand.lower(), len(rows))
        ),
        "hobby": lambda rows: wording.hobby(owner[rows]),
        "product": lambda rows: mention_products(rng, drafts.product[rows]),
        "place": lambda rows: wording.places.city.take(pa.array(drafts.city[rows])),
        "reference": lambda rows: numbers.take(pa.array(rows)),
        "email": lambda rows: pc.coalesce(scene.email.take(pa.array(owner[rows])), "see my bio"),
        "phone": lambda rows: wording.phone(owner[rows]),
    }


def word_posts(
    rng: np.random.Generator, scene: Scene, drafts: Drafts, *, numbers: pa.Array, language: Ints
) -> pa.Array:
    """Fill a phrase for each post.

    Args:
        rng: Source of chance.
        scene: What there is to write about.
        drafts: The posts.
        numbers: (rows,) the reference numbers they hold.
        language: (rows,) codes of `POST_LANGUAGES`.

    Returns:
        (rows,) texts.
    """
    menus = [menu for of_language in _menus().values() for menu in of_language.values()]
    sizes = np.array([len(menu) for menu in menus])
    first = np.cumsum([0, *sizes])[:-1]
    which = language * len(MENUS) + drafts.menu
    template = first[which] + (rng.random(len(drafts)) * sizes[which]).astype(np.int64)
    phrases = [phrase for menu in menus for phrase in menu]
    return fill_phrases(phrases, template, _blanks(rng, scene, drafts, numbers))


def address_posts(rng: np.random.Generator, drafts: Drafts, text: pa.Array, *, handles: pa.Array) -> pa.Array:
    """Replies name the company, always so about own events, or another account.

    Args:
        rng: Source of chance.
        drafts: The posts.
        text: (rows,) their texts.
        handles: (accounts,) handles.

    Returns:
        (rows,) texts.
    """
    brand = pa.repeat("@" + load_words()["brand"].lower(), len(drafts))
    to_brand = (rng.random(len(drafts)) < _TO_BRAND) | drafts.own
    whom = choose(to_brand, brand, join("@", pick(rng, handles, len(drafts))))
    return choose(drafts.kind == POST_KINDS.index("reply"), join(whom, text, separator=" "), text)


def quote_posts(
    rng: np.random.Generator, passed: PassedOn, *, said: pa.Array, own_words: pa.Array, handles: pa.Array
) -> pa.Array:
    """The texts of posts that pass on others: reposts and quotes hold what was said, the rest answers it.

    Args:
        rng: Source of chance.
        passed: The posts.
        said: (rows,) what was said.
        own_words: (rows,) what is answered.
        handles: (rows,) who said it.

    Returns:
        (rows,) texts.
    """
    comment = pick(rng, words(_COMMENTS, by="|"), len(said))
    again = choose(
        passed.drafts.kind == POST_KINDS.index("repost"),
        join("RT @", handles, ": ", said),
        join(comment, " QT @", handles, ": ", said),
    )
    return choose(passed.verbatim, again, join("@", handles, " ", own_words))
