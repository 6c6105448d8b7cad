"""Where a text names places: the longest known names in it, and which place each of them means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.reference.facts import place_words
from sociolink.text.buffers import flatten
from sociolink.text.gazetteer import CITY, COUNTRY, FREE, REGION, SHORT, Gazetteer
from sociolink.text.hashing import hash_strings, prefix_hashes, string_bytes, substring_hashes
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import distinct_sorted, find_sorted

__all__ = ["Senses", "Spans", "Tokens", "choose_senses", "find_spans", "find_tokens"]

_MAX_WORDS = 6
_SENSES_ALONE = 3

_COUNTRY_BITS, _REGION_BITS, _SAME_STATE_BITS, _SAME_PART_BITS = 8.0, 12.0, 5.0, 6.0

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """Words of plain texts.

    Attributes:
        row: (tokens,) which text.
        segment: (tokens,) which run without a comma, counted over all texts.
        start: (tokens,) first byte, within all texts laid end to end.
        end: (tokens,) the byte after the last.
        filler: (tokens,) words like "in" and "greater", which say nothing by themselves.
        prefixes: Hashes of the prefixes of the texts.
    """

    row: Ints
    segment: Ints
    start: Ints
    end: Ints
    filler: Mask
    prefixes: npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Known names in texts, in the order of the texts.

    Attributes:
        token: (spans,) the first token.
        words: (spans,) how many tokens.
        name: (spans,) the name in the gazetteer.
        row: (spans,) which text.
    """

    token: Ints
    words: Ints
    name: Ints
    row: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Senses:
    """The place that each span means, or -1 where it means none.

    Attributes:
        kind: (spans,) `COUNTRY`, `REGION`, `CITY` or -1.
        place: (spans,) row of the table of that kind.
        country: (spans,) row of the countries.
        region: (spans,) row of the regions, -1 where unknown.
    """

    kind: Ints
    place: Ints
    country: Ints
    region: Ints


def find_tokens(texts: pa.Array) -> Tokens:
    """The words of texts of `[a-z0-9 ,]`, see `plain_place`.

    Args:
        texts: (texts,) strings with single spaces.

    Returns:
        The words in order.
    """
    flat = flatten(texts)
    data, offsets = flat.data, flat.offsets
    word = (data != ord(" ")) & (data != ord(","))
    begins, ends = word.copy(), word.copy()
    text_starts = flat.starts
    begins[1:] &= ~word[:-1] | text_starts[1:]
    ends[:-1] &= ~word[1:] | text_starts[1:]
    start, end = begins.nonzero()[0], ends.nonzero()[0] + 1
    row = np.searchsorted(offsets, start, side="right") - 1
    segment = np.cumsum((data == ord(",")) | text_starts)[start] if len(start) else start
    prefixes = prefix_hashes(string_bytes(texts))
    whole = substring_hashes(prefixes, start + row, np.minimum(end - start, 64))
    filler = find_sorted(_fillers(), whole)[1]
    return Tokens(row, segment, start, end, filler, prefixes)


@cache
def _fillers() -> npt.NDArray[np.uint64]:
    """Hashes of the fillers, ascending."""
    return np.sort(hash_strings(place_words("filler"))[0])


def find_spans(tokens: Tokens, gazetteer: Gazetteer) -> Spans:
    """The longest known names, none overlapping another, as far as their manner lets them stand where they stand.

    Args:
        tokens: From `find_tokens`.
        gazetteer: The known names.

    Returns:
        The spans in order.
    """
    count = len(tokens.row)
    covered = np.zeros(count, np.bool_)
    found: list[tuple[Ints, Ints, Ints]] = []
    for words in range(_MAX_WORDS, 0, -1):
        first = np.arange(max(count - words + 1, 0))
        first = first[tokens.segment[first] == tokens.segment[first + words - 1]]
        for word in range(words):
            first = first[~covered[first + word]]
        lengths = tokens.end[first + words - 1] - tokens.start[first]
        name = gazetteer.find(substring_hashes(tokens.prefixes, tokens.start[first] + tokens.row[first], lengths))
        keep = (name >= 0) & ((words > 1) | ~_plain_filler(tokens, first))
        first, name = _without_overlaps(first[keep], name[keep], words)
        for word in range(words):
            covered[first + word] = True
        found.append((first, np.full(len(first), words), name))
    first, width, name = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(first, kind="stable")
    first, width, name = first[order], width[order], name[order]
    last, manner = first + width - 1, gazetteer.manner[name]
    covered[last[(manner == SHORT) & ~_last_of_segment(tokens)[last]]] = False
    keep = _stands_well(tokens, covered, last, manner)
    return Spans(first[keep], width[keep], name[keep], tokens.row[first[keep]])


def _last_of_segment(tokens: Tokens) -> Mask:
    last = np.ones(len(tokens.segment), np.bool_)
    last[:-1] = tokens.segment[1:] != tokens.segment[:-1]
    return last


def _plain_filler(tokens: Tokens, at: Ints) -> Mask:
    """Fillers that do not end their segment; at the end, "la" and "in" may be codes."""
    return np.asarray(tokens.filler[at] & ~_last_of_segment(tokens)[at])


def _without_overlaps(first: Ints, name: Ints, words: int) -> tuple[Ints, Ints]:
    """Of overlapping spans of one length, those that come first."""
    while len(first) and (clash := np.diff(first) < words).any():
        after_free = np.r_[False, clash] & ~np.r_[False, False, clash[:-1]]
        first, name = first[~after_free], name[~after_free]
    return first, name


def _stands_well(tokens: Tokens, covered: Mask, last: Ints, manner: npt.NDArray[np.uint8]) -> Mask:
    """Free names stand anywhere, others where their whole segment is places and fillers, short ones at its end."""
    unknown = np.unique(tokens.segment[~covered & ~tokens.filler])
    whole = ~np.isin(tokens.segment[last], unknown)
    at_end = _last_of_segment(tokens)[last]
    return np.asarray((manner == FREE) | (whole & ((manner != SHORT) | at_end)))


def choose_senses(spans: Spans, gazetteer: Gazetteer) -> Senses:
    """The likeliest place for each span: the most people, and bits for every other span that agrees.

    Args:
        spans: From `find_spans`.
        gazetteer: The known names.

    Returns:
        One sense a span.
    """
    counts = gazetteer.starts[spans.name + 1] - gazetteer.starts[spans.name]
    alone = np.bincount(spans.row)[spans.row] == 1 if len(spans.row) else np.zeros(0, np.bool_)
    counts = np.where(alone, np.minimum(counts, _SENSES_ALONE), counts)
    span = np.repeat(np.arange(len(spans.name)), counts)
    within = np.arange(len(span)) - np.repeat(np.cumsum(counts) - counts, counts)
    sense = gazetteer.starts[spans.name][span] + within
    score = _scores(sense, span, spans, gazetteer)
    order = np.lexsort((sense, -score, span))
    best = order[starts_of_runs(span[order])]
    chosen = sense[best]
    valid = np.isfinite(score[best])
    kind, place, country, region = (
        np.where(valid, column[chosen], -1)
        for column in (gazetteer.kind, gazetteer.place, gazetteer.country, gazetteer.region)
    )
    return Senses(kind, place, country, region)


def _scores(sense: Ints, span: Ints, spans: Spans, gazetteer: Gazetteer) -> npt.NDArray[np.float64]:
    kind, country, region = gazetteer.kind[sense], gazetteer.country[sense], gazetteer.region[sense]
    row = spans.row[span]
    part = np.where(region >= 0, gazetteer.wider[region], -1)
    state_key = row * 1024 + country
    part_key = np.where(part >= 0, row * 4096 + part, -1 - np.arange(len(part)))
    is_city, is_region, is_country = kind == CITY, kind == REGION, kind == COUNTRY
    in_part = part >= 0
    score = gazetteer.prior[sense]
    by_country = _agrees(state_key, span, is_country)
    by_inside = _agrees(state_key, span, ~is_country)
    score = score + _COUNTRY_BITS * np.where(is_country, by_inside, by_country)
    score = score + _SAME_STATE_BITS * (is_city & _agrees(state_key, span, is_region))
    score = score + _REGION_BITS * (is_city & in_part & _agrees(part_key, span, is_region))
    score = score + _REGION_BITS * (is_region & _agrees(part_key, span, is_city & in_part))
    score = score + _SAME_PART_BITS * (is_region & _agrees(part_key, span, is_region))
    score = score + _REGION_BITS * (is_city & _agrees(row * 2**20 + gazetteer.place[sense], span, is_city))
    alone_digits = is_region & (gazetteer.prior[sense] < 15) & ~_agrees(state_key, span, gazetteer.prior[sense] >= 15)
    return np.where(gazetteer.only_column[sense] | alone_digits, -np.inf, score)


def _agrees(key: Ints, span: Ints, source: Mask) -> Mask:
    """Whether some sense of another span, out of `source`, has the same key; `span` ascends."""
    if not source.any() or span[0] == span[-1]:
        return np.zeros(len(span), np.bool_)
    size = len(span) + 1
    pairs = distinct_sorted(key[source] * size + span[source])
    pair_keys = pairs // size
    count = np.searchsorted(pair_keys, key, side="right") - np.searchsorted(pair_keys, key, side="left")
    own = key * size + span
    at = np.minimum(np.searchsorted(pairs, own), max(len(pairs) - 1, 0))
    itself = pairs[at] == own if len(pairs) else np.zeros(len(own), np.bool_)
    return np.asarray(count - itself > 0)
