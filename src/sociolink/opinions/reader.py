"""Reading opinions with rules and word lists: posts in, a table of opinions out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.opinions.catalogue import Catalogue, as_catalogue
from sociolink.opinions.kinds import POST_KINDS, classify, list_kinds
from sociolink.opinions.lexicon import CATEGORIES
from sociolink.opinions.mentions import Mentions, find_mentions
from sociolink.opinions.neighbours import Bools, Ints
from sociolink.opinions.stream import PhraseTable, Stream, index_phrases, index_purposes, read_stream
from sociolink.opinions.targets import find_targets
from sociolink.opinions.units import find_units
from sociolink.opinions.verdicts import Verdicts, judge
from sociolink.opinions.vocabulary import Vocabulary, build_vocabulary
from sociolink.reference.facts import given_name_counts
from sociolink.text.buffers import flatten, plain_strings

__all__ = ["OPINION_FIELDS", "SENTIMENTS", "OpinionReader", "Reading", "RuleReader"]

SENTIMENTS = ("negative", "neutral", "positive")

OPINION_FIELDS = pa.schema(
    [
        ("text", pa.int64()),
        ("sentence", pa.int32()),
        ("aspect_term", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("aspect", pa.string()),
        ("aspect_category", pa.string()),
        ("entity", pa.string()),
        ("opinion_term", pa.string()),
        ("polarity", pa.float64()),
        ("strength", pa.float64()),
        ("sentiment", pa.string()),
        ("post_kinds", pa.list_(pa.string())),
    ]
)
"""What a reader answers; see `docs/opinions.md`."""

_MIN_BEARERS = 50_000
"""A given name that so many people in the United States bear is rarely the name of a thing."""

Int8s = np.typing.NDArray[np.int8]
Int32s = np.typing.NDArray[np.int32]

_BATCH = 8_192


@runtime_checkable
class OpinionReader(Protocol):
    """Any callable from texts to opinions."""

    def __call__(self, texts: Sequence[str | None] | pa.Array, /) -> pa.Table:
        """Read opinions.

        Args:
            texts: (posts,) texts.

        Returns:
            A table with at least `text` (the place of the post among the texts), `aspect_category` and `polarity`; what
            else of `OPINION_FIELDS` is missing is filled with nulls.
        """


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What posts say.

    Attributes:
        opinions: `OPINION_FIELDS`.
        kinds: (posts, kinds) whether each is of each of `opinions.kinds.POST_KINDS`, those without opinions too.
        named: (posts,) whether each names anything in the catalogue.
    """

    opinions: pa.Table
    kinds: Bools
    named: Bools


@dataclass(frozen=True, slots=True)
class RuleReader:
    """Rules and word lists; no model, nothing to download.

    Attributes:
        catalogue: Names of products, brands and other aspects; see `opinions.catalogue.as_catalogue`.
        language: Language of the texts (ISO 639-1).

    Examples:
        >>> reader = RuleReader({"product": ["iPhone"], "brand": ["AT&T"]})
        >>> found = reader(["love the iPhone but the service with AT&T sucks"])
        >>> found.select(["aspect_term", "aspect_category", "entity", "sentiment"]).to_pylist()
        [{'aspect_term': 'iPhone', 'aspect_category': 'product', 'entity': 'iPhone', 'sentiment': 'positive'},
         {'aspect_term': 'service', 'aspect_category': 'service', 'entity': 'AT&T', 'sentiment': 'negative'}]
    """

    catalogue: Any = None
    language: str = "en"
    _vocabulary: Vocabulary = field(init=False, repr=False, compare=False)
    _phrases: tuple[PhraseTable, ...] = field(init=False, repr=False, compare=False)
    _purposes: tuple[PhraseTable, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the vocabulary once."""
        catalogue: Catalogue = as_catalogue(self.catalogue)
        vocabulary = build_vocabulary(self.language, catalogue)
        object.__setattr__(self, "catalogue", catalogue)
        object.__setattr__(self, "_vocabulary", vocabulary)
        object.__setattr__(self, "_phrases", index_phrases(vocabulary))
        object.__setattr__(self, "_purposes", index_purposes(vocabulary))

    def __call__(self, texts: Sequence[str | None] | pa.Array, /) -> pa.Table:
        """Read opinions; see `OpinionReader`."""
        return self.read(texts).opinions

    def read(self, texts: Sequence[str | None] | pa.Array, /) -> Reading:
        """Read opinions, kinds of posts, and whether they name anything in the catalogue.

        Args:
            texts: (posts,) texts.
        """
        is_arrow = isinstance(texts, pa.Array | pa.ChunkedArray)
        strings = plain_strings(texts if is_arrow else pa.array(list(texts), pa.string()))
        parts = [self._read(strings.slice(begin, _BATCH), begin) for begin in range(0, max(len(strings), 1), _BATCH)]
        return Reading(
            pa.concat_tables([part.opinions for part in parts]),
            np.concatenate([part.kinds for part in parts]),
            np.concatenate([part.named for part in parts]),
        )

    def _read(self, texts: pa.Array, begin: int) -> Reading:
        stream = read_stream(texts, vocabulary=self._vocabulary, phrases=self._phrases, purposes=self._purposes)
        if not len(stream):
            nothing = np.zeros((len(texts), len(POST_KINDS)), np.bool_)
            return Reading(OPINION_FIELDS.empty_table(), nothing, nothing[:, 0])
        units = find_units(stream, self._vocabulary)
        mentions = find_mentions(stream, self._vocabulary)
        targets = find_targets(stream, units, mentions)
        verdicts = judge(stream, units, targets, mentions=mentions, vocabulary=self._vocabulary)
        kinds = classify(stream, units, verdicts)
        listed = list_kinds(kinds)
        vocabulary = self._vocabulary
        table = _table(verdicts, stream, mentions, texts=texts, kinds=listed, vocabulary=vocabulary, begin=begin)
        named = np.zeros(len(texts), np.bool_)
        named[stream.row[vocabulary.entries.entity[stream.entry] >= 0]] = True
        return Reading(table, kinds, named)


def _table(
    found: Verdicts,
    stream: Stream,
    mentions: Mentions,
    *,
    texts: pa.Array,
    kinds: pa.Array,
    vocabulary: Vocabulary,
    begin: int,
) -> pa.Table:
    row = stream.row[found.at].astype(np.int64)
    named = found.mention >= 0
    thing = np.maximum(found.mention, 0)
    nothing = np.zeros(len(row), np.int64)
    first = mentions.first[thing] if len(mentions) else nothing
    last = mentions.last[thing] if len(mentions) else nothing
    head = mentions.head[thing] if len(mentions) else nothing
    listed = mentions.listed[thing] if len(mentions) else named
    flat = flatten(texts)
    starts, ends = np.where(named, stream.start[first], 0), np.where(named, stream.end[last], 0)
    base = flat.offsets[row]
    first_sentence = stream.sentence[np.searchsorted(stream.row, row)]
    entity = mentions.entity[thing] if len(mentions) else np.full(len(row), -1)
    names = pa.array(vocabulary.catalogue.names, pa.string())
    aspects = pa.array([aspect or None for aspect in vocabulary.entries.aspects], pa.string())
    begins, finishes = _characters(flat.data, base, starts), _characters(flat.data, base, ends)
    terms = _slices(flat.data, base + starts, base + ends)
    words = _slices(flat.data, base + stream.start[found.at], base + stream.end[found.at])
    aspect = pc.coalesce(aspects.take(pa.array(stream.entry[head])), pc.utf8_lower(terms))
    sentiment = np.sign(found.polarity).astype(np.int64) + 1
    missing = ~named
    return pa.table(
        [
            pa.array(row + begin),
            pa.array((stream.sentence[found.at] - first_sentence).astype(np.int32)),
            pc.if_else(pa.array(named), terms, None),
            pa.array(begins, mask=missing),
            pa.array(finishes, mask=missing),
            pc.if_else(pa.array(named), aspect, None),
            pa.array(CATEGORIES).take(pa.array(_people(found.category, named, listed, terms))),
            names.take(pa.array(entity, mask=missing | (entity < 0))),
            words,
            pa.array(found.polarity.astype(np.float64)),
            pa.array(np.abs(found.polarity).astype(np.float64)),
            pa.array(SENTIMENTS).take(pa.array(sentiment)),
            kinds.take(pa.array(row)),
        ],
        schema=OPINION_FIELDS,
    )


def _people(category: Int8s, named: Bools, listed: Bools, terms: pa.Array) -> Int8s:
    """Categories, those of given names being staff: "thanks to Maria"."""
    open_ = np.flatnonzero(named & ~listed)
    words = terms.take(pa.array(open_))
    single = pc.match_substring_regex(words, "^[A-Z][a-z]+$")
    bearers = given_name_counts().lookup(pc.if_else(single, pc.utf8_lower(words), None))
    out = category.copy()
    out[open_[bearers >= _MIN_BEARERS]] = CATEGORIES.index("staff")
    return out


def _characters(data: np.typing.NDArray[np.uint8], base: Ints, places: Ints) -> Int32s:
    """Places in characters from places in bytes."""
    begun = np.concatenate([np.zeros(1, np.int64), np.cumsum((data & 0xC0) != 0x80)])
    answer: Int32s = (begun[base + places] - begun[base]).astype(np.int32)
    return answer


def _slices(data: np.typing.NDArray[np.uint8], begin: Ints, end: Ints) -> pa.Array:
    """Parts of a buffer as strings."""
    lengths = np.maximum(end - begin, 0)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    at = np.repeat(begin - offsets[:-1], lengths) + np.arange(offsets[-1])
    return pa.StringArray.from_buffers(
        len(begin), pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(np.ascontiguousarray(data[at]))
    )
