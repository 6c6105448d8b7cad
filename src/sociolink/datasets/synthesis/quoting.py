"""Which posts hold a reference number, whose it is, and how it is written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis import edits
from sociolink.datasets.synthesis.accounts import AccountKind
from sociolink.datasets.synthesis.drafts import MENUS, NUMBERED, Drafts, Number
from sociolink.datasets.synthesis.events import EVENT_KINDS, Events
from sociolink.datasets.synthesis.references import Numbering
from sociolink.datasets.synthesis.strings import Bools, Ints, by_code, draw

__all__ = ["choose_numbers", "write_quoted"]

_MISTYPED, _ON_BEHALF = 0.06, 0.04
_VISITS = 0.25
#: As it stands, in lower case, without dashes and blanks, digits only, with a sign before it.
_WAYS = (0.78, 0.06, 0.06, 0.05, 0.05)
_FIRST_EVENT, _FIRST_NUMBERED = MENUS.index(EVENT_KINDS[0]), MENUS.index(NUMBERED[0])


def choose_numbers(
    rng: np.random.Generator, drafts: Drafts, events: Events, *, author_kind: Ints, quoting: float, noise: float
) -> Drafts:
    """Choose which posts hold a number.

    Args:
        rng: Source of chance.
        drafts: Posts without numbers.
        events: What customers did.
        author_kind: (rows,) codes of `AccountKind`.
        quoting: Share of the posts about an own event that quote its number; visits' are quoted less often.
        noise: How much there is of what misleads: slips, numbers of others, foreign numbers; 1 by default.

    Returns:
        The posts: own numbers, some with a slip; foreign ones where people write of events that no CRM row stands for;
        and some about an event of somebody else, who may never write about it.
    """
    size = len(drafts)
    about = (drafts.menu >= _FIRST_EVENT) & (drafts.menu < _FIRST_NUMBERED)
    share = np.where(drafts.event_kind == EVENT_KINDS.index("visit"), _VISITS, 1.0) * quoting
    share = np.where(drafts.event >= 0, share, share * noise)
    holds = about & (rng.random(size) < share)
    slip = rng.random(size) < _MISTYPED * noise
    own = np.where(slip, Number.MISTYPED, Number.OWN)
    number = np.where(holds, np.where(drafts.event >= 0, own, Number.FOREIGN), Number.NONE)
    menu = np.where(holds, _FIRST_NUMBERED + drafts.event_kind, drafts.menu)
    made = replace(drafts, number=number, menu=menu)
    people = np.isin(author_kind, (AccountKind.CUSTOMER, AccountKind.SAME, AccountKind.SHIFTED))
    return _on_behalf(rng, made, events, people, round(_ON_BEHALF * noise * int((number == Number.OWN).sum())))


def _on_behalf(rng: np.random.Generator, drafts: Drafts, events: Events, people: Bools, count: int) -> Drafts:
    """Turn some chat into posts about events of other people."""
    free = rng.permutation(np.flatnonzero((drafts.menu == MENUS.index("chat")) & people))[:count]
    event = rng.integers(0, max(len(events), 1), len(free))
    columns = {name: getattr(drafts, name).copy() for name in ("menu", "event", "event_kind", "number", "product")}
    for name, values in {
        "menu": MENUS.index("behalf_number"),
        "event": event,
        "event_kind": events.kind[event] if len(free) else 0,
        "number": Number.ON_BEHALF,
        "product": events.product[event] if len(free) else 0,
    }.items():
        columns[name][free] = values
    return replace(drafts, **columns)


def _mistype(rng: np.random.Generator, values: pa.Array) -> pa.Array:
    slipped = edits.typo(rng, values)
    return pc.if_else(pc.equal(slipped, values), pc.utf8_slice_codeunits(values, 0, -1), slipped)


def write_quoted(
    rng: np.random.Generator, drafts: Drafts, *, references: pa.Array, numberings: tuple[Numbering, ...]
) -> pa.Array:
    """Write the numbers that posts hold, as people do.

    Args:
        rng: Source of chance.
        drafts: The posts.
        references: (events,) reference numbers.
        numberings: The numbers of each kind of event.

    Returns:
        (rows,) numbers; null where there is none. A slip comes on top of a way to write.
    """
    foreign = drafts.number == Number.FOREIGN
    size = len(drafts)

    def of_others(kind: int, rows: Ints) -> pa.Array:
        return numberings[kind].draw_foreign(rng, drafts.at[rows])

    rows = np.flatnonzero(foreign)
    strange = by_code(drafts.event_kind[rows], len(EVENT_KINDS), lambda kind, some: of_others(kind, rows[some]))
    place = np.full(size, -1)
    place[rows] = np.arange(len(rows)) + len(references)
    place = np.where((drafts.event >= 0) & (drafts.number != Number.NONE), drafts.event, place)
    plain = pa.concat_arrays([references, strange]).take(pa.array(place, mask=place < 0))
    plain = _in_words(rng, plain)
    mistyped = pa.array(drafts.number == Number.MISTYPED)
    return pc.if_else(mistyped, _mistype(rng, plain), plain)


def _in_words(rng: np.random.Generator, plain: pa.Array) -> pa.Array:
    only_digits = pc.replace_substring_regex(plain, "[^0-9]", "")
    lettered = pc.less(pc.utf8_length(only_digits), 5)
    ways = (
        plain,
        pc.utf8_lower(plain),
        pc.replace_substring_regex(plain, "[-/ ]", ""),
        pc.if_else(lettered, plain, only_digits),
        pc.binary_join_element_wise("#", pc.utf8_ltrim(plain, "#"), ""),
    )
    return pc.choose(pa.array(draw(rng, _WAYS, len(plain))), *ways)
