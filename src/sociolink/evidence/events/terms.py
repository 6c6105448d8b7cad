"""Names of products and places in posts: found as runs of words, also in hashtags, in the plural or with one slip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from sociolink.text.buffers import plain_strings
from sociolink.text.hashing import UInt64s, hash_strings
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import find_sorted
from sociolink.text.tokens import tokenise
from sociolink.text.word_runs import hash_runs

__all__ = ["Terms", "find_terms", "index_terms", "opening_words", "term_keys"]

Bools = npt.NDArray[np.bool_]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

_MAX_WORDS = 5
_SHORTEST = 4
_SLIPPED = 6
_CELLS = 1 << 24


@dataclass(frozen=True, slots=True)
class Terms:
    """Names, ready to be found.

    Attributes:
        alias: (n,) uint64, ascending: hashes of names as they may be written, their words joined.
        key: (n,) uint64 hash of the name that each stands for.
        openings: (m,) uint64, ascending: hashes of words that names begin with.
        words: Words of names that are long enough to be known with a slip.
    """

    alias: UInt64s
    key: UInt64s
    openings: UInt64s
    words: pa.Array


def _joined(names: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Words of names, folded and singular, joined without spaces; and their first words."""
    tokens = tokenise(names)
    value = _singular(tokens.value)
    start = np.searchsorted(tokens.row, np.arange(len(names) + 1))
    lists = pa.ListArray.from_arrays(pa.array(start, pa.int32()), value)
    return pc.binary_join(lists, ""), value.filter(pa.array(tokens.position == 0))


def _singular(words: pa.Array) -> pa.Array:
    """Words without the s of the plural; of words as short as "bus" nothing is taken."""
    return pc.replace_substring_regex(words, "^([a-z]{2,}[a-rt-z0-9])s$", r"\1")


def term_keys(names: pa.Array) -> UInt64s:
    """(n,) hash of each name, the same however its words are spaced, capitalised or put in the plural; 0 where empty.

    Examples:
        >>> keys = term_keys(pa.array(["Zen headphones", "zen-Headphone", ""]))
        >>> bool(keys[0] == keys[1]), int(keys[2])
        (True, 0)
    """
    joined, _ = _joined(plain_strings(names))
    return np.where(np.asarray(pc.equal(joined, ""), np.bool_), np.uint64(0), hash_strings(joined)[0])


def index_terms(names: pa.Array, stands_for: pa.Array | None = None, *, shortest: int = _SHORTEST) -> Terms:
    """Make names ready to be found in texts.

    Args:
        names: (n,) names; those with too few letters or more than five words are passed over.
        stands_for: (n,) the name that each is another way to write; itself by default.
        shortest: How many letters a name has at least.
    """
    names = plain_strings(names)
    joined, _ = _joined(names)
    tokens = tokenise(names)
    count = np.bincount(tokens.row, minlength=len(names))
    good = (count <= _MAX_WORDS) & np.asarray(pc.greater_equal(pc.binary_length(joined), shortest), np.bool_)
    good &= ~np.asarray(pc.match_substring_regex(joined, "^[0-9]+$"), np.bool_)
    names, joined = names.filter(pa.array(good)), joined.filter(pa.array(good))
    key = term_keys(names if stands_for is None else plain_strings(stands_for).filter(pa.array(good)))
    alias = hash_strings(joined)[0]
    order = np.lexsort((key, alias))
    alias, key = alias[order], key[order]
    first = starts_of_runs(alias)
    words = pc.unique(_singular(tokenise(names).value))
    long = pc.match_substring_regex(words, f"^[a-z]{{{_SLIPPED},}}$")
    openings = np.unique(np.concatenate([hash_strings(_joined(names)[1])[0], alias]))
    words = words.filter(long)
    return Terms(alias[first], key[first], openings, words.take(pc.sort_indices(words)))


def _corrected(words: pa.Array, terms: Terms) -> pa.Array:
    """Words, those put right that are one slip away from one word of a name; both begin with the same letter."""
    words = _singular(words)
    unknown = pc.and_(
        pc.match_substring_regex(words, f"^[a-z]{{{_SLIPPED - 1},}}$"), pc.invert(pc.is_in(words, terms.words))
    )
    out = np.array(words.to_pylist(), object)
    first_letters = pc.utf8_slice_codeunits(words, 0, 1)
    known_letters = pc.utf8_slice_codeunits(terms.words, 0, 1)
    for letter in pc.unique(known_letters).to_pylist():
        known = terms.words.filter(pc.equal(known_letters, letter)).to_pylist()
        asked = np.flatnonzero(np.asarray(pc.and_(unknown, pc.equal(first_letters, letter)), np.bool_))
        size = max(_CELLS // max(len(known), 1), 1)
        for begin in range(0, len(asked), size):
            some = asked[begin : begin + size]
            distance = cdist(out[some].tolist(), known, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)
            close = distance <= 1
            single = close.sum(1) == 1
            out[some[single]] = np.array(known, object)[close[single].argmax(1)]
    return pa.array(out.tolist(), pa.string())


def _longest(begin: Int64s, size: Int64s) -> Int64s:
    """The runs of words that stand within no other, in the order in which they begin."""
    order = np.lexsort((-size, begin))
    end = (begin + size)[order]
    reached = np.maximum.accumulate(end)
    return order[np.append(True, end[1:] > reached[:-1])] if len(order) else order


def opening_words(pieces: pa.Array, terms: Terms) -> Bools:
    """Whether a name may begin in pieces of a text, each without a space.

    Args:
        pieces: (n,) strings.
        terms: The names.

    Returns:
        (n,) flags; no name that `find_terms` finds begins in a piece that is not flagged.

    Examples:
        >>> terms = index_terms(pa.array(["Zen headphones"]))
        >>> opening_words(pa.array(["my", "#ZenHeadphones", "zen,", "headphone"]), terms).tolist()
        [False, True, True, False]
    """
    tokens = tokenise(pieces)
    encoded = tokens.value.dictionary_encode()
    code = np.asarray(encoded.indices, np.int64)
    out = np.zeros(len(pieces), np.bool_)
    of_word, _ = hash_strings(_corrected(encoded.dictionary, terms))
    out[tokens.row[find_sorted(terms.openings, of_word)[1][code]]] = True
    return out


def find_terms(texts: pa.Array, terms: Terms) -> tuple[Int32s, UInt64s]:
    """Names that stand in texts; a name within another one is not named itself.

    Args:
        texts: (texts,) strings; null counts as empty.
        terms: The names.

    Returns:
        (n,) int32 row and (n,) uint64 key of each name, each once a text, in the order of rows, then keys.

    Examples:
        >>> terms = index_terms(pa.array(["Zen headphones", "Orbit router", "Orbit router Max"]))
        >>> texts = pa.array(["my zen headphone", "#OrbitRouter down", "orbit ruoter max!", "a router in orbit"])
        >>> find_terms(texts, terms)[0].tolist()
        [0, 1, 2]
    """
    tokens = tokenise(plain_strings(texts))
    encoded = tokens.value.dictionary_encode()
    code = np.asarray(encoded.indices, np.int64)
    of_word, length = hash_strings(_corrected(encoded.dictionary, terms))
    opens = np.flatnonzero(find_sorted(terms.openings, of_word)[1][code])
    begins, runs = hash_runs(tokens.row, of_word[code], length[code], opens, most=_MAX_WORDS)
    begin, asked = np.concatenate(begins), np.concatenate(runs)
    size = np.repeat(np.arange(len(runs)) + 1, [len(run) for run in runs])
    place, met = find_sorted(terms.alias, asked)
    begin, size, place = begin[met], size[met], place[met]
    kept = _longest(begin, size)
    row, found = tokens.row[begin[kept]], terms.key[place[kept]]
    order = np.lexsort((found, row))
    row, found = row[order], found[order]
    fresh = starts_of_runs(row, found)
    return row[fresh].astype(np.int32), found[fresh]
