"""What accounts write: about everyday life, a company's products, its outages, and for some about their own events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.datasets.synthesis.drafts import (
    MENUS,
    POST_KINDS,
    Drafts,
    Number,
    date_drafts,
    draft_posts,
    draw_authors,
)
from sociolink.datasets.synthesis.habits import FOREIGN, keep_habits
from sociolink.datasets.synthesis.passing_on import PASSED_ON, PassedOn, pass_on
from sociolink.datasets.synthesis.post_words import (
    POST_LANGUAGES,
    address_posts,
    choose_languages,
    quote_posts,
    word_posts,
)
from sociolink.datasets.synthesis.quoting import choose_numbers, write_quoted
from sociolink.datasets.synthesis.scene import Scene
from sociolink.datasets.synthesis.strings import Ints, keep

__all__ = ["make_posts"]

Chance = Callable[[str], np.random.Generator]
_AUTHOR_COLUMNS = ("platform", "user_id", "handle", "display_name", "bio", "location", "url")
_TAGGED, _LANGUAGE_HELD = 0.15, 0.9


@dataclass(frozen=True, slots=True, eq=False)
class _Written:
    """Posts with their words, one row each.

    Attributes:
        drafts: The posts as codes.
        numbers: The reference numbers they hold, as written.
        language: Codes of `POST_LANGUAGES`, then of `FOREIGN`.
        text: Their texts.
        passed_on: Whether each passes on another, or answers it.
    """

    drafts: Drafts
    numbers: pa.Array
    language: Ints
    text: pa.Array
    passed_on: npt.NDArray[np.bool_]

    def followed_by(self, other: _Written) -> _Written:
        """These posts, then others."""
        names = [field.name for field in fields(Drafts)]
        drafts = Drafts(*(np.concatenate((getattr(self.drafts, n), getattr(other.drafts, n))) for n in names))
        return _Written(
            drafts,
            pa.concat_arrays([self.numbers, other.numbers]),
            np.concatenate((self.language, other.language)),
            pa.concat_arrays([self.text, other.text]),
            np.concatenate((self.passed_on, other.passed_on)),
        )

    def oldest_first(self) -> _Written:
        """The posts by the moment when they were written."""
        order = np.argsort(self.drafts.at, kind="stable")
        rows = pa.array(order)
        return _Written(
            self.drafts.take(order),
            self.numbers.take(rows),
            self.language[order],
            self.text.take(rows),
            self.passed_on[order],
        )


def _write_first(
    chance: Chance, count: int, scene: Scene, *, about_events: float, quoting: float, noise: float, habits: float
) -> _Written:
    accounts, people, events = scene.accounts, scene.wording.people, scene.events
    drafts = draft_posts(
        chance("posts"),
        count,
        accounts=accounts,
        people=people,
        events=events,
        incidents=scene.incidents,
        about_events=about_events,
    )
    rng = chance("numbers in posts")
    author_kind = accounts.kind[drafts.author]
    drafts = choose_numbers(rng, drafts, events, author_kind=author_kind, quoting=quoting, noise=noise)
    drafts = date_drafts(chance("delays"), drafts, events, people.city[accounts.owner[drafts.author]])
    numbers = write_quoted(rng, drafts, references=scene.references, numberings=scene.numberings)
    rng = chance("words of posts")
    language = choose_languages(rng, scene, drafts)
    text = word_posts(rng, scene, drafts, numbers=numbers, language=language)
    if habits > 0:
        own = chance("habits")
        known = len(POST_LANGUAGES)
        drafts, text, language = keep_habits(own, scene, drafts, text, language, share=habits, known=known)
    text = address_posts(rng, drafts, text, handles=accounts.handle)
    return _Written(drafts, numbers, language, text, np.zeros(count, np.bool_))


def _quoted_numbers(passed: PassedOn, first: _Written, references: pa.Array) -> pa.Array:
    """The number of the post that is passed on, or the company's of the event that it answers about."""
    answered = passed.drafts.number == Number.COMPANY
    both = pa.concat_arrays([first.numbers, references])
    place = np.where(answered, passed.drafts.event + len(first.numbers), passed.source)
    return both.take(pa.array(place))


def _write_again(chance: Chance, count: int, scene: Scene, first: _Written) -> _Written:
    """Posts that pass on others."""
    rng, accounts = chance("passed on"), scene.accounts
    authors = draw_authors(rng, count, len(accounts.kind))
    passed = pass_on(rng, count, first.drafts, accounts, authors)
    numbers = _quoted_numbers(passed, first, scene.references)
    language = first.language[passed.source]
    spoken = np.where(language < len(POST_LANGUAGES), language, 0)
    own_words = word_posts(rng, scene, passed.drafts, numbers=numbers, language=spoken)
    source = pa.array(passed.source)
    handles = accounts.handle.take(pa.array(first.drafts.author[passed.source]))
    text = quote_posts(rng, passed, said=first.text.take(source), own_words=own_words, handles=handles)
    return _Written(passed.drafts, numbers, language, text, np.ones(count, np.bool_))


def _truth(written: _Written, *, ids: pa.Array, event_ids: pa.Array) -> pa.Table:
    drafts = written.drafts
    topics = np.array([name.removesuffix("_number") for name in MENUS])[drafts.menu]
    return pa.table(
        {
            "post_id": ids,
            "topic": pa.array(np.where(written.passed_on, "passed_on", topics)),
            "event_id": event_ids.take(pa.array(drafts.event, mask=~drafts.own)),
            "number": pa.array(Number.NAMES, pa.string()).take(pa.array(drafts.number)),
            "quoted": keep(written.numbers, drafts.number != Number.NONE),
        }
    )


def make_posts(
    chance: Chance,
    count: int,
    *,
    scene: Scene,
    profile_ids: pa.Array,
    event_ids: pa.Array,
    ids: pa.Array,
    about_events: float,
    quoting: float,
    noise: float,
    habits: float,
) -> tuple[pa.Table, pa.Table]:
    """The table of posts, oldest first, and what each is about.

    Args:
        chance: Gives a source of chance for each stage.
        count: Number of posts.
        scene: What there is to write about, and who writes.
        profile_ids: (accounts,) profile ids.
        event_ids: (events,) event ids.
        ids: (count,) post ids.
        about_events: Share of the posts of a customer with events that are about one of them.
        quoting: Share of those that quote its number.
        noise: How much there is of what misleads.
        habits: How much people write as they live.

    Returns:
        One row a post, in the canonical columns, the author named by `profile_id` alone; and one row a post that says
        its topic, its author's own event if it is about one, and whose number it holds.
    """
    later = int(PASSED_ON * noise * count)
    shares = {"about_events": about_events, "quoting": quoting, "noise": noise, "habits": habits}
    first = _write_first(chance, count - later, scene, **shares)
    written = (first.followed_by(_write_again(chance, later, scene, first)) if later else first).oldest_first()
    drafts, rng = written.drafts, chance("posts as shown")
    nothing = pa.nulls(count, pa.string())
    language = pa.array((*POST_LANGUAGES, *FOREIGN)).take(pa.array(written.language))
    table = pa.table(
        {
            "post_id": ids,
            "text": written.text,
            "profile_id": profile_ids.take(pa.array(drafts.author)),
            **dict.fromkeys(_AUTHOR_COLUMNS, nothing),
            "created_at": pa.array(drafts.at, pa.timestamp("us", tz="UTC")),
            "language": keep(language, rng.random(count) < _LANGUAGE_HELD),
            "place": keep(scene.wording.places.city.take(pa.array(drafts.city)), rng.random(count) < _TAGGED),
            "kind": pa.array(POST_KINDS).take(pa.array(drafts.kind)),
        }
    )
    return table, _truth(written, ids=ids, event_ids=event_ids)
