"""What is passed on: reposts, quotes, questions about somebody's number, and the company's answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sociolink.datasets.synthesis.accounts import AccountKind, Accounts
from sociolink.datasets.synthesis.drafts import MENUS, POST_KINDS, Drafts, Number
from sociolink.datasets.synthesis.profiles import NOW
from sociolink.datasets.synthesis.strings import Ints, draw

__all__ = ["PASSED_ON", "PassedOn", "pass_on"]

#: Share of all posts that pass something on.
PASSED_ON = 0.16
_REPOST, _QUOTE, _ASKED, _ANSWERED = range(4)
_WAYS = (0.65, 0.22, 0.09, 0.04)
_LOVE_OF_NUMBERS = 3.0
_MEDIAN_HOURS, _SPREAD = 4.0, 1.3


@dataclass(frozen=True, slots=True, eq=False)
class PassedOn:
    """Posts that pass on others.

    Attributes:
        drafts: The posts.
        source: (rows,) row of the post that each passes on.
        verbatim: (rows,) whether it holds the other's text; else only its number.
    """

    drafts: Drafts
    source: Ints
    verbatim: npt.NDArray[np.bool_]


def _sources(rng: np.random.Generator, way: Ints, drafts: Drafts, accounts: Accounts) -> tuple[Ints, Ints]:
    """What each passes on, and the ways that are left where there is nothing for the one chosen."""
    numbered = np.flatnonzero(drafts.number != Number.NONE)
    people = accounts.kind[drafts.author] <= AccountKind.SHIFTED
    tickets = np.flatnonzero(drafts.own & people & (drafts.menu != MENUS.index("visit")))
    way = np.where((way == _ASKED) & (len(numbered) == 0), _REPOST, way)
    way = np.where((way == _ANSWERED) & (len(tickets) == 0), _REPOST, way)
    weights = np.where(drafts.number != Number.NONE, _LOVE_OF_NUMBERS, 1.0)
    source = draw(rng, weights, len(way))
    for which, rows in ((_ASKED, numbered), (_ANSWERED, tickets)):
        asking = np.flatnonzero(way == which)
        if len(rows):
            source[asking] = np.resize(rng.permutation(rows), len(asking))  # nobody is asked or answered twice
    return source, way


def pass_on(rng: np.random.Generator, count: int, drafts: Drafts, accounts: Accounts, authors: Ints) -> PassedOn:
    """Draft posts that pass on others, later than these.

    Args:
        rng: Source of chance.
        count: Number of posts.
        drafts: What has been written; what holds a number is passed on more often.
        accounts: The accounts.
        authors: (count,) who writes; the company's answers come from organisations' accounts where there are any.

    Returns:
        The posts; nobody passes on an own one unless there is one account only.
    """
    companies = np.flatnonzero(accounts.kind == AccountKind.ORGANISATION)
    way = draw(rng, _WAYS, count)
    way = np.where((way == _ANSWERED) & (len(companies) == 0), _REPOST, way)
    source, way = _sources(rng, way, drafts, accounts)
    if len(companies):
        authors = np.where(way == _ANSWERED, companies[rng.integers(0, len(companies), count)], authors)
    said = drafts.take(source)
    authors = np.where(authors == said.author, (authors + 1) % len(accounts.kind), authors)
    hours = np.exp(rng.normal(np.log(_MEDIAN_HOURS), _SPREAD, count))
    at = np.minimum(said.at + (hours * 3600).astype("timedelta64[s]"), NOW)
    kind = np.select(
        [way == _REPOST, way == _QUOTE],
        [POST_KINDS.index("repost"), POST_KINDS.index("quote")],
        default=POST_KINDS.index("reply"),
    )
    menu = np.select(
        [way == _ASKED, way == _ANSWERED], [MENUS.index("asked_number"), MENUS.index("company_number")], said.menu
    )
    number = np.where(said.number == Number.NONE, Number.NONE, Number.PASSED_ON)
    number = np.where(way == _ANSWERED, Number.COMPANY, number)
    event = np.where(way == _ANSWERED, said.event, -1)
    made = replace(said, author=authors, menu=menu, event=event, number=number, at=at, kind=kind)
    return PassedOn(made, source, way <= _QUOTE)
