"""Posts as a stream of known words and phrases, with their sentences and clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.opinions.marks import Mark
from sociolink.opinions.neighbours import at_or_after, count_before
from sociolink.opinions.vocabulary import Vocabulary
from sociolink.text.post_tokens import tokenise_posts
from sociolink.text.runs import starts_of_runs
from sociolink.text.substrings import WordIndex, index_words

__all__ = ["PhraseTable", "Stream", "index_phrases", "index_purposes", "read_stream"]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_LONGEST_SUBJECT = 6
_IN_NOUN_PHRASE = Mark.ADJECTIVE | Mark.NUMBER | Mark.DETERMINER | Mark.PREPOSITION
_BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class PhraseTable:
    """Phrases of one length.

    Attributes:
        words: Words in each.
        index: Hashes of their words' entries.
        entry: Entry of each, in the order of the index.
    """

    words: int
    index: WordIndex
    entry: npt.NDArray[np.int32]


def index_phrases(vocabulary: Vocabulary) -> tuple[PhraseTable, ...]:
    """The phrases of a vocabulary, the longest first."""
    return _tables(vocabulary.phrases)


def index_purposes(vocabulary: Vocabulary) -> tuple[PhraseTable, ...]:
    """The phrases that tell what a post is for; what they lead to are bits by place in `PURPOSES`."""
    return _tables(vocabulary.purposes)


def _tables(phrases: Mapping[tuple[int, ...], int]) -> tuple[PhraseTable, ...]:
    tables = []
    for length in sorted({len(words) for words in phrases}, reverse=True):
        chosen = {words: entry for words, entry in phrases.items() if len(words) == length}
        keys = _hash(np.array(list(chosen), np.int64).T)
        order = np.argsort(keys)
        tables.append(PhraseTable(length, index_words(keys[order]), np.array(list(chosen.values()), np.int32)[order]))
    return tuple(tables)


def _hash(words: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Hashes of phrases from (words, phrases) entries."""
    out = np.zeros(words.shape[1], np.uint64)
    for one in words:
        out = (out ^ one.astype(np.uint64)) * _BASE
        out ^= out >> np.uint64(29)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Words and phrases of many posts, one after the other.

    Attributes:
        row: (units,) int32 post.
        start: (units,) int64 first byte within the text of the post.
        end: (units,) int64 byte after the last.
        entry: (units,) int32 entry in the vocabulary.
        marks: (units,) int64 bits of `Mark`.
        polarity: (units,) float32 prior polarity.
        category: (units,) int8 category of the aspect, or -1.
        stress: (units,) float32 how much its writing adds: drawn out, in capitals.
        capital: (units,) whether it begins with a capital.
        sentence: (units,) int64 number of the sentence, over all posts.
        clause: (units,) int64 number of the clause, over all posts.
        purpose: (posts,) int64 bits by place in `vocabulary.PURPOSES`.
    """

    row: npt.NDArray[np.int32]
    start: Ints
    end: Ints
    entry: npt.NDArray[np.int32]
    marks: Ints
    polarity: npt.NDArray[np.float32]
    category: npt.NDArray[np.int8]
    stress: npt.NDArray[np.float32]
    capital: Bools
    sentence: Ints
    clause: Ints
    purpose: Ints

    def __len__(self) -> int:
        return len(self.row)

    def has(self, bits: int) -> Bools:
        """(units,) whether each has any of the bits."""
        answer: Bools = (self.marks & bits) != 0
        return answer


def read_stream(
    texts: pa.Array, *, vocabulary: Vocabulary, phrases: tuple[PhraseTable, ...], purposes: tuple[PhraseTable, ...]
) -> Stream:
    """Take posts apart into known words and phrases.

    Args:
        texts: (posts,) strings.
        vocabulary: The words.
        phrases: `index_phrases(vocabulary)`.
        purposes: `index_purposes(vocabulary)`.
    """
    tokens = tokenise_posts(texts)
    entry_of_word, drawn_out = vocabulary.look_up(tokens.words)
    entry = entry_of_word[tokens.code]
    purpose = _purposes(entry, tokens.row, purposes, len(texts))
    first, length, entry = _merge(entry, phrases)
    last = first + length - 1
    known = vocabulary.entries
    shouted = np.maximum.reduceat(tokens.shouted, first) if len(first) else tokens.shouted
    stress = 1 + 0.25 * drawn_out[tokens.code[first]] + 0.2 * shouted
    row = tokens.row[first]
    marks = _join_single_words(known.marks[entry], row)
    sentence, clause = _divide(row, marks, known.category[entry] >= 0)
    return Stream(
        row,
        tokens.start[first],
        tokens.end[last],
        entry,
        marks,
        known.polarity[entry],
        known.category[entry],
        stress.astype(np.float32),
        tokens.capital[first],
        sentence,
        clause,
        purpose,
    )


def _purposes(
    entry: npt.NDArray[np.int32], row: npt.NDArray[np.int32], tables: tuple[PhraseTable, ...], posts: int
) -> Ints:
    """What each post is for, as bits."""
    out = np.zeros(posts, np.int64)
    size = len(entry)
    wide = np.concatenate([entry, np.zeros(16, np.int32)]).astype(np.int64)
    for table in tables:
        at, place = table.index.find(_hash(np.stack([wide[by : by + size] for by in range(table.words)])))
        np.bitwise_or.at(out, row[at], table.entry[place].astype(np.int64))
    return out


def _merge(entry: npt.NDArray[np.int32], tables: tuple[PhraseTable, ...]) -> tuple[Ints, Ints, npt.NDArray[np.int32]]:
    """First token, number of tokens and entry of every unit; the longest phrases go first, then the leftmost."""
    size = len(entry)
    taken = np.zeros(size + 1, np.bool_)
    inner = np.zeros(size + 1, np.bool_)
    length = np.ones(size, np.int64)
    merged = entry.copy()
    wide = np.concatenate([entry, np.zeros(16, np.int32)]).astype(np.int64)
    for table in tables:
        keys = _hash(np.stack([wide[by : by + size] for by in range(table.words)]))
        at, place = table.index.find(keys)
        at, place = at[at + table.words <= size], place[at + table.words <= size]
        counts = np.concatenate([[0], np.cumsum(taken)])
        free = counts[at + table.words] == counts[at]
        at, place = at[free], place[free]
        clear = np.ones(len(at), np.bool_)
        clear[1:] = np.diff(at) >= table.words
        at, place = at[clear], place[clear]
        merged[at] = table.entry[place]
        length[at] = table.words
        for by in range(table.words):
            taken[at + by] = True
            if by:
                inner[at + by] = True
    first = np.flatnonzero(~inner[:size])
    return first, length[first], merged[first]


def _join_single_words(marks: Ints, row: npt.NDArray[np.int32]) -> Ints:
    """Stops between single words are none: "Worst. Service. Ever." is one sentence."""
    stop = (marks & Mark.STOP) != 0
    plain = stop & ((marks & (Mark.QUESTION | Mark.BANG)) == 0)
    opening = np.ones(len(marks), np.bool_)
    opening[1:] = stop[:-1] | (row[1:] != row[:-1])
    begun, ended = np.zeros(len(marks), np.bool_), np.zeros(len(marks), np.bool_)
    begun[1:] = opening[:-1]
    ended[:-2] = stop[2:] & ~stop[1:-1] & (row[2:] == row[:-2])
    return np.where(plain & begun & ended, Mark.ADVERB, marks)


def _noun_phrase_next(marks: Ints, aspect: Bools) -> Bools:
    """Whether a noun phrase and then a verb stand behind: "and Sarah from their team walked us through"."""
    noun = aspect | ((marks & Mark.NOUN) != 0)
    inside = noun | ((marks & _IN_NOUN_PHRASE) != 0)
    inside &= (marks & (Mark.COPULA | Mark.COORDINATOR | Mark.STOP | Mark.COMMA)) == 0
    size = len(marks)
    ended = np.minimum(at_or_after(~inside), size - 1)
    verb = ((marks & Mark.COPULA) != 0) | (((marks & Mark.VERB) != 0) & ~noun & ((marks & Mark.ADJECTIVE) == 0))
    nouns = count_before(noun)
    after = np.minimum(np.arange(size) + 1, size - 1)
    end = ended[after]
    answer: Bools = verb[end] & (nouns[end] > nouns[after]) & (end - after <= _LONGEST_SUBJECT)
    answer &= (noun | ((marks & (Mark.ADJECTIVE | Mark.NUMBER | Mark.ADVERB)) != 0))[after]
    return answer


def _divide(row: npt.NDArray[np.int32], marks: Ints, aspect: Bools) -> tuple[Ints, Ints]:
    """Sentences and clauses.

    A sentence ends behind its mark. A clause begins behind a comma, at a word of contrast or subordination, and at a
    coordinator that a new subject follows.
    """

    def has(bits: int) -> Bools:
        answer: Bools = (marks & bits) != 0
        return answer

    new_row = starts_of_runs(row)
    stop = has(Mark.STOP)
    after_stop = np.zeros(len(row), np.bool_)
    after_stop[1:] = stop[:-1]
    new_sentence = new_row | (after_stop & ~stop)
    sentence = np.cumsum(new_sentence) - 1
    following = np.zeros(len(row), np.int64)
    following[:-1] = marks[1:]
    subject_next = (following & (Mark.DETERMINER | Mark.PRONOUN | Mark.PERSON)) != 0
    comma = has(Mark.COMMA)
    after_comma = np.zeros(len(row), np.bool_)
    after_comma[1:] = comma[:-1]
    new_clause = new_sentence | after_comma | has(Mark.CONTRAST) | (has(Mark.SUBORDINATOR | Mark.CONDITION))
    new_clause |= has(Mark.COORDINATOR) & (subject_next | _noun_phrase_next(marks, aspect))
    return sentence, np.cumsum(new_clause) - 1
