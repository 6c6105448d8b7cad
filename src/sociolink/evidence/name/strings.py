"""Strings that a customer already uses elsewhere: known handles, their own site, the local part of their e-mail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import lay_out_facts, list_column
from sociolink.evidence.name.grammar import FORMS, KeyKind
from sociolink.evidence.name.parses import NO_WORD, Parses, no_parses
from sociolink.population.frequencies import to_fixed_point
from sociolink.text.folding import fold, squash
from sociolink.text.handles import parse_accounts
from sociolink.text.hashing import UInt64s, hash_strings
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import distinct_sorted, sort_stably
from sociolink.text.substrings import Places, WordIndex, index_words

__all__ = ["OwnStrings", "StringCounts", "collect_strings", "count_strings", "read_whole"]

Floats = npt.NDArray[np.float64]
Int32s = npt.NDArray[np.int32]

_SHORTEST = 3
_PSEUDO_REPEATS, _PSEUDO_STRINGS = 0.5, 50
_NOT_NAMES = pa.array(["www", "com", "org", "net", "html", "htm", "index", "php", "http", "https", "blog"])


@dataclass(frozen=True, slots=True)
class OwnStrings:
    """Strings of customers of one kind, one row per customer and distinct string.

    Attributes:
        kind: The kind of key they make.
        row: (n,) int32 customers.
        key: (n,) uint64 hashes of the strings.
        weight: (n,) float64, P(the customer uses this one of theirs).
    """

    kind: KeyKind
    row: Int32s
    key: UInt64s
    weight: Floats


@dataclass(frozen=True, slots=True)
class StringCounts:
    """How many customers use each string of one kind.

    Attributes:
        kind: The kind.
        index: Look-up of the strings.
        others: (strings,) customers who use the string besides one of them.
        people: Customers who have a string of the kind.
    """

    kind: KeyKind
    index: WordIndex
    others: Floats
    people: float


def _split(row: Int32s, lists: pa.Array) -> tuple[Int32s, pa.Array]:
    return row[np.asarray(pc.list_parent_indices(lists))], pc.list_flatten(lists)


def _site_strings(row: Int32s, values: pa.Array) -> tuple[Int32s, pa.Array]:
    """Labels of the host but the last, the whole host, and segments of the path."""
    plain = pc.replace_substring_regex(fold(values), r"^[a-z]+://", "")
    host = pc.replace_substring_regex(plain, r"[/?#].*$", "")
    path = pc.replace_substring_regex(plain, r"^[^/?#]*", "")
    labels = pc.split_pattern(pc.replace_substring_regex(host, r"\.[^.]*$", ""), ".")
    pieces = pc.split_pattern_regex(path, r"[/?#&=]")
    whole = pc.replace_substring_regex(host, r"^(?:www|blog)\.", "")
    parts = [_split(row, labels), _split(row, pieces), (row, whole)]
    rows = np.concatenate([one for one, _ in parts])
    return rows, pa.concat_arrays([two for _, two in parts])


def _own(kind: KeyKind, row: Int32s, values: pa.Array) -> OwnStrings:
    squashed = squash(values)
    key, length = hash_strings(squashed)
    usable = (length >= _SHORTEST) & ~np.isin(key, hash_strings(_NOT_NAMES)[0])
    facts = lay_out_facts(row[usable], key[usable], int(row.max(initial=-1)) + 1)
    return OwnStrings(kind, facts.row, facts.key, 1.0 / np.diff(facts.start)[facts.row])


def collect_strings(customers: pa.Table) -> tuple[OwnStrings, ...]:
    """Known handles, strings of own sites, and local parts of e-mail addresses of all customers."""
    row, accounts = list_column(customers, "handles")
    site_row, sites = list_column(customers, "website")
    mail_row, mails = list_column(customers, "email")
    local = pc.replace_substring_regex(mails, r"@.*$", "")
    return (
        _own(KeyKind.KNOWN_HANDLE, row, parse_accounts(accounts).core),
        _own(KeyKind.OWN_SITE, *_site_strings(site_row, sites)),
        _own(KeyKind.EMAIL_NAME, mail_row, local),
    )


def count_strings(strings: OwnStrings) -> StringCounts:
    """How common each string is.

    A string that one customer alone uses is expected to be used by strangers as often as the strings of one customer
    turn up at a second one: people draw on the same words.

    References:
        Good (1953), The population frequencies of species and the estimation of population parameters, Biometrika 40.
    """
    order, ordered = sort_stably(strings.key)
    first = starts_of_runs(ordered)
    key, number = ordered[first], np.cumsum(first) - 1
    used = np.bincount(number, weights=to_fixed_point(strings.weight)[order], minlength=len(key))
    holders = np.bincount(number, minlength=len(key))
    once, twice = int((holders == 1).sum()), int((holders == 2).sum())
    again = (2 * twice + _PSEUDO_REPEATS) / (once + _PSEUDO_STRINGS)
    others = np.maximum(used - 1, np.minimum(again, 1.0))
    return StringCounts(strings.kind, index_words(key), others, float(len(distinct_sorted(strings.row))))


def read_whole(places: Places, opaque: Floats, counts: tuple[StringCounts, ...]) -> Parses:
    """Readings of whole strings as something a customer already uses.

    Args:
        places: The strings.
        opaque: (rows,) P(string) without a name: the background of strings that one customer alone uses.
        counts: How common the known strings are.

    Returns:
        One reading per string and kind for which a customer is known.
    """
    whole = places.prefixes[places.last]
    found: list[Parses] = []
    for one in counts:
        number = next(i for i, form in enumerate(FORMS) if form.key is one.kind)
        row, word = one.index.find(whole)
        size = len(row)
        if size == 0:
            continue
        chance = (one.others[word] + one.people * opaque[row]) / max(one.people, 1.0)
        stops = np.repeat(places.last[row][:, None], 3, axis=1)
        nothing, letters = np.full((size, 3), NO_WORD), np.zeros((size, 3), np.uint8)
        form, none = np.full(size, number), np.zeros(size, np.bool_)
        found.append(
            Parses(row, form, places.first[row], places.last[row], stops, nothing, letters, np.ones(size), chance, none)
        )
    return Parses.concat(found) if found else no_parses()
