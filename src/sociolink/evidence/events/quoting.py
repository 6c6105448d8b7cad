"""Reference numbers that a profile was the first to quote, against those of a customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.evidence.events.issued import VARIANTS
from sociolink.evidence.events.posts import NUMBER, SLIP, UNKNOWN
from sociolink.evidence.events.states import EventRows, PostFacts
from sociolink.evidence.levels import Level
from sociolink.evidence.protocol import Pairs
from sociolink.text.hashing import UInt64s, pair_hashes
from sociolink.text.runs import expand_runs, starts_of_runs
from sociolink.text.sorting import find_sorted

__all__ = [
    "BORROWED",
    "LEVELS",
    "MADE_UP",
    "NONE",
    "SILENT",
    "STRANGERS",
    "UNQUOTED",
    "KnownNumbers",
    "QuotedNumbers",
    "collect_quotes",
    "compare_numbers",
    "index_numbers",
    "member_keys",
    "numbers_of",
]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int8s = npt.NDArray[np.int8]
Int64s = npt.NDArray[np.int64]

LEVELS = (
    Level("none", "it quotes reference numbers, and none of the customer's", 4.0),
    Level("slip", "it quotes a reference number that is one slip away from the customer's", 2.0),
    Level("number", "it was the first to quote a reference number of the customer's", 20.0),
    Level("numbers", "it was the first to quote several reference numbers of the customer's", 4.0),
    Level("unquoted", "its posts quote no reference number, and the customer has some", 70.0),
)
NONE, _SLIP, _ONE, _SEVERAL, UNQUOTED = range(len(LEVELS))
STRANGERS = (
    Level("stranger_quotes", "a stranger quotes numbers that look like the CRM's", 4.5, group=1),
    Level("stranger_borrows", "a stranger quotes somebody else's number", 0.5, group=1),
    Level("stranger_unquoted", "a stranger's posts quote no reference number", 95.0, group=1),
)
MADE_UP, BORROWED, SILENT = range(len(STRANGERS))

_BORROWED = 0.05
"""P(a number that a customer quotes and does not have is another customer's: a relative's, a colleague's)."""

_SLIPPED = 0.1
"""P(a borrowed number is quoted with a slip)."""

_MOST_BITS = 40.0
"""A number of a larger format is taken for one of a format of so many bits: chances of several stay exact."""

_SALT = 480
_LARGEST = 0.5


@dataclass(frozen=True, slots=True)
class KnownNumbers:
    """Numbers of all customers.

    Attributes:
        count: (customers,) how many each has.
        member: (numbers,) uint64, ascending: customer and number in one hash.
        issued: Distinct numbers of the customers whose frequencies count.
        share: Share of those customers that have any.
    """

    count: Int64s
    member: UInt64s
    issued: int
    share: float


@dataclass(frozen=True, slots=True)
class QuotedNumbers:
    """Numbers that the profiles of a batch were the first to quote.

    Attributes:
        key: (quotes,) uint64, by profile.
        row: (quotes,) int64 profile of each.
        start: (profiles + 1,) where those of each profile begin.
        exact: (quotes,) whether the number is one that the CRM issued.
        slip: (quotes,) whether it is one slip away from such a number.
        chance: (quotes,) P(a made-up number is a given one of the CRM's).
        near: (quotes,) P(it is one slip away from a given one).
        borrowed: (profiles,) how much likelier it is to quote such numbers if one is another person's than if all are
            made up.
        wrote: (profiles,) whether it wrote any post.
    """

    key: UInt64s
    row: Int64s
    start: Int64s
    exact: Bools
    slip: Bools
    chance: Floats
    near: Floats
    borrowed: Floats
    wrote: Bools

    @property
    def said(self) -> Bools:
        """(profiles,) whether it quotes any number."""
        return np.diff(self.start) > 0

    @property
    def not_own(self) -> Floats:
        """(profiles,) how much likelier it is to quote such numbers for a customer who has none of them."""
        return np.asarray(1 - _BORROWED + _BORROWED * self.borrowed, np.float64)


def numbers_of(events: EventRows) -> tuple[Int64s, UInt64s]:
    """Customers and their numbers, each once, by customer."""
    some = events.number > 0
    order = np.lexsort((events.number[some], events.row[some]))
    row, key = events.row[some][order], events.number[some][order]
    fresh = starts_of_runs(row, key)
    return row[fresh], key[fresh]


def member_keys(row: Int64s, key: UInt64s) -> UInt64s:
    """Customer and number in one hash."""
    return pair_hashes(row, key, _SALT)


def index_numbers(row: Int64s, key: UInt64s, rows: int, background: KnownNumbers | None = None) -> KnownNumbers:
    """Make the numbers of customers ready.

    Args:
        row: (numbers,) the customer of each; see `numbers_of`.
        key: (numbers,) the numbers.
        rows: Number of customers.
        background: The customers whose frequencies count; these by default.
    """
    count = np.bincount(row, minlength=rows)
    issued, share = len(np.unique(key)), float((count > 0).mean()) if rows else 0.0
    if background is not None:
        issued, share = background.issued, background.share
    return KnownNumbers(count, np.sort(member_keys(row, key)), issued, share)


def collect_quotes(facts: PostFacts, rows: int, issued: int) -> QuotedNumbers:
    """The numbers that profiles quote, each once; as it is written where it is also quoted with a slip.

    Args:
        facts: Facts of posts.
        rows: Number of profiles.
        issued: Distinct numbers of the CRM.
    """
    quotes = facts.only(np.isin(facts.kind, (NUMBER, SLIP, UNKNOWN)))
    order = np.lexsort((quotes.kind, quotes.key, quotes.row))
    row, key, kind, bits = quotes.row[order], quotes.key[order], quotes.kind[order], quotes.bits[order]
    fresh = starts_of_runs(row, key)
    row, key, kind, bits = row[fresh], key[fresh], kind[fresh], bits[fresh]
    chance = 2.0 ** -np.minimum(bits, _MOST_BITS)
    near = np.minimum(VARIANTS * chance, 1.0)
    wanted = np.select([kind == NUMBER, kind == SLIP], [(1 - _SLIPPED) / chance, _SLIPPED / near], 0.0)
    count = np.bincount(row, minlength=rows)
    borrowed = np.bincount(row, weights=wanted, minlength=rows) / (max(issued, 1) * np.maximum(count, 1))
    start = np.searchsorted(row, np.arange(rows + 1))
    wrote = np.bincount(facts.row, minlength=rows) > 0
    return QuotedNumbers(key, row, start, kind == NUMBER, kind == SLIP, chance, near, borrowed, wrote)


def compare_numbers(known: KnownNumbers, quoted: QuotedNumbers, pairs: Pairs) -> tuple[Int8s, Floats]:
    """Levels of pairs, and how often a stranger who makes numbers up reaches each.

    Made-up numbers are the customer's independently of each other; how many of them are is a sum of unequal
    coin tosses, of which none, one and two are counted.

    Args:
        known: Numbers of the customers.
        quoted: Numbers of the profiles.
        pairs: The pairs.

    Returns:
        (pairs,) int8 level, -1 where the profile wrote nothing or the customer has no number; (pairs, levels) P(level |
        a stranger who quotes as many), 0 where nothing is told.
    """
    level: Int8s = np.full(len(pairs), -1, np.int8)
    chances = np.zeros((len(pairs), len(LEVELS)))
    wrote = np.flatnonzero((pairs.customer >= 0) & quoted.wrote[pairs.profile])
    wrote = wrote[known.count[pairs.customer[wrote]] > 0]
    level[wrote] = UNQUOTED
    chances[wrote, UNQUOTED] = 1.0
    told = wrote[quoted.said[pairs.profile[wrote]]]
    profile, customer = pairs.profile[told].astype(np.int64), pairs.customer[told].astype(np.int64)
    run, quote = expand_runs(quoted.start[profile], np.diff(quoted.start)[profile])
    meets = find_sorted(known.member, member_keys(customer[run], quoted.key[quote]))[1]
    size = len(told)
    hits = np.bincount(run, weights=meets & quoted.exact[quote], minlength=size)
    slips = np.bincount(run, weights=meets & quoted.slip[quote], minlength=size)
    level[told] = np.select([hits > 1, hits > 0, slips > 0], [_SEVERAL, _ONE, _SLIP], NONE)
    count = known.count[customer[run]]
    chance, near = (np.minimum(count * one[quote], _LARGEST) for one in (quoted.chance, quoted.near))
    odds = chance / (1 - chance)
    none = np.exp(np.bincount(run, weights=np.log1p(-chance), minlength=size))
    first = np.bincount(run, weights=odds, minlength=size)
    second = np.maximum(first**2 - np.bincount(run, weights=odds**2, minlength=size), 0.0) / 2
    slipped = -np.expm1(np.bincount(run, weights=np.log1p(-near), minlength=size))
    of = np.stack([none * (1 - slipped), none * slipped, none * first, none * second, np.zeros(size)], axis=1)
    chances[told] = of / of.sum(1, keepdims=True)
    return level, chances
