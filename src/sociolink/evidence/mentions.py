"""Phrases and words that texts mention, as hashes of runs of tokens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import Holders
from sociolink.text.hashing import UInt64s, hash_strings
from sociolink.text.runs import expand_runs
from sociolink.text.sorting import find_sorted
from sociolink.text.tokens import Tokens, tokenise
from sociolink.text.word_runs import hash_runs

__all__ = ["Mentions", "count_words", "find_mentions", "opening_hashes", "organisation_words", "plain_phrases"]

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

_MAX_WORDS = 6
_MIN_LENGTH = 3
_RAREST = 2
_MAX_SHARE = 0.25
# fmt: off
_LEGAL_FORMS = (
    "inc", "llc", "llp", "ltd", "limited", "plc", "corp", "corporation", "gmbh", "ag", "kg", "mbh", "sa", "sas", "sarl",
    "srl", "spa", "bv", "nv", "ab", "as", "oy", "aps", "pty", "co", "company",
)
_PLAIN_WORDS = (
    "and", "the", "for", "von", "und", "der", "die", "das", "les", "des", "aux", "sur", "pour", "del", "los", "las",
    "company", "group", "groupe", "international", "services", "service", "solutions", "national", "department",
    "office", "university", "retired", "former", "state", *_LEGAL_FORMS,
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Mentions:
    """Unmixed hashes of what texts hold, each with its row, ascending by row.

    Attributes:
        words: (row, key) of single words.
        phrases: (row, key) of words, and of runs of up to six of them that begin as a known phrase does.
    """

    words: tuple[Int32s, UInt64s]
    phrases: tuple[Int32s, UInt64s]


def _words(values: pa.Array) -> tuple[Tokens, npt.NDArray[np.bool_]]:
    """Tokens of phrases, and which of them stay: the first six without legal forms at the end."""
    tokens = tokenise(values)
    keep = tokens.position < _MAX_WORDS
    legal = np.asarray(pc.is_in(tokens.value, value_set=pa.array(_LEGAL_FORMS)), np.bool_)
    last = np.ones(len(tokens), np.bool_)
    last[:-1] = tokens.row[1:] != tokens.row[:-1]
    return tokens, keep & ~(legal & last & (tokens.position > 0))


def plain_phrases(values: pa.Array) -> pa.Array:
    """Names as small ASCII words with single spaces, without what stands in brackets and without legal forms.

    Args:
        values: (n,) strings.

    Returns:
        (n,) strings of at most six words; empty for a single word of fewer than three letters.

    Examples:
        >>> plain_phrases(pa.array(["Café Müller GmbH", "Senate (retired)", "X"])).to_pylist()
        ['cafe muller', 'senate', '']
    """
    encoded = values.dictionary_encode()
    tokens, keep = _words(pc.replace_substring_regex(encoded.dictionary, r"\([^)]*\)", " "))
    row = tokens.row[keep]
    start = np.searchsorted(row, np.arange(len(encoded.dictionary) + 1))
    lists = pa.ListArray.from_arrays(pa.array(start, pa.int32()), tokens.value.filter(pa.array(keep)))
    phrases = pc.binary_join(lists, " ")
    phrases = pc.if_else(pc.less(pc.utf8_length(phrases), _MIN_LENGTH), "", phrases)
    return phrases.take(encoded.indices)


def count_words(values: pa.Array) -> Holders:
    """How many of the organisations of a CRM, each as often as it stands there, hold each word."""
    encoded = values.dictionary_encode()
    weight = np.bincount(np.asarray(encoded.indices, np.int64), minlength=len(encoded.dictionary))
    tokens = tokenise(encoded.dictionary)
    words = tokens.value.dictionary_encode()
    count = np.bincount(
        np.asarray(words.indices, np.int64), weights=weight[tokens.row], minlength=len(words.dictionary)
    )
    key = hash_strings(words.dictionary)[0]
    order = np.argsort(key)
    return Holders(key[order], count[order].astype(np.int64), len(values))


def organisation_words(row: Int32s, values: pa.Array, *, counts: Holders) -> tuple[Int32s, pa.Array]:
    """The rarest words of organisations, at most two each.

    Args:
        row: (n,) the customer of each organisation.
        values: (n,) organisations.
        counts: What `count_words` says of the CRM.

    Returns:
        Rows and words; a word that more than a quarter of the CRM's organisations hold is left out.
    """
    encoded = values.dictionary_encode()
    tokens = tokenise(encoded.dictionary)
    words = tokens.value.dictionary_encode()
    code = np.asarray(words.indices, np.int64)
    common = counts.of(hash_strings(words.dictionary)[0])
    long = np.asarray(pc.greater_equal(pc.utf8_length(words.dictionary), _MIN_LENGTH), np.bool_)
    plain = np.asarray(pc.is_in(words.dictionary, value_set=pa.array(_PLAIN_WORDS)), np.bool_)
    number = np.asarray(pc.match_substring_regex(words.dictionary, "^[0-9]+$"), np.bool_)
    good = long & ~plain & ~number & ((common <= _MAX_SHARE * counts.stating) | (common <= 2))
    chosen = good[code].nonzero()[0]
    alphabet = np.empty(len(words.dictionary), np.int64)
    alphabet[np.asarray(pc.sort_indices(words.dictionary), np.int64)] = np.arange(len(words.dictionary))
    order = np.lexsort((alphabet[code[chosen]], common[code[chosen]], tokens.row[chosen]))
    of, word = tokens.row[chosen][order], code[chosen][order]
    rank = np.arange(len(of)) - np.searchsorted(of, of)
    of, word = of[rank < _RAREST], word[rank < _RAREST]
    start = np.searchsorted(of, np.arange(len(encoded.dictionary) + 1))
    codes = np.asarray(encoded.indices, np.int64)
    source, entry = expand_runs(start[codes], np.diff(start)[codes])
    return row[source], words.dictionary.take(pa.array(word[entry]))


def opening_hashes(phrases: pa.Array) -> UInt64s:
    """Sorted hashes of the first words of phrases."""
    first = pc.replace_substring_regex(phrases.dictionary_encode().dictionary, " .*$", "")
    return np.unique(hash_strings(first)[0])


def find_mentions(*texts: pa.Array, openings: UInt64s) -> Mentions:
    """Words and runs of words in texts.

    Args:
        texts: One array of strings or several of the same length; runs do not go from one text into another.
        openings: First words of the runs that are looked for, from `opening_hashes`.

    Returns:
        Hashes of words joined without a space, to be finished by `mix`.
    """
    rows = len(texts[0])
    tokens = tokenise(
        pa.concat_arrays([text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text for text in texts])
    )
    encoded = tokens.value.dictionary_encode()
    code = np.asarray(encoded.indices, np.int64)
    of_word, length = hash_strings(encoded.dictionary)
    row = (tokens.row % max(rows, 1)).astype(np.int32)
    word = of_word[code]
    opens = find_sorted(openings, of_word)[1][code].nonzero()[0]
    begins, runs = hash_runs(tokens.row, word, length[code], opens, most=_MAX_WORDS)
    several = [row, *(row[begin] for begin in begins[1:])], [word, *runs[1:]]
    return Mentions(_by_row([row], [word]), _by_row(*several))


def _by_row(rows: list[Int32s], keys: list[UInt64s]) -> tuple[Int32s, UInt64s]:
    row, key = np.concatenate(rows), np.concatenate(keys)
    order = np.argsort(row, kind="stable")
    return row[order], key[order]
