"""Reference numbers in texts: what may be the number of an order or a ticket, written alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import plain_strings

__all__ = ["LONGEST", "find_pieced_references", "find_references", "normalise_references", "split_words"]

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

LONGEST = 24
"""Letters and digits of a reference number at most."""

_FEWEST_DIGITS, _SHORTEST = 3, 4
_MOST_PIECES, _LONGEST_LETTERS = 5, 8
_ADDRESSES = r"(?i)(?:https?://|www\.)\S+|\S+@\S+"
_DATES = r"\b[0-9]{1,4}([./-])[0-9]{1,2}[./-][0-9]{1,4}\b"
_TIMES = r"\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\b"
_BETWEEN = r"[^A-Za-z0-9_./-]+"
_MANY_DIGITS = r"(?:[0-9][^0-9]*){3}"


def normalise_references(values: pa.Array) -> pa.Array:
    """Reference numbers without what people leave out: capitals, and nothing but letters and digits.

    Args:
        values: (n,) strings.

    Returns:
        (n,) strings; empty for what is too short, too long, or has fewer than three digits.

    Examples:
        >>> normalise_references(pa.array(["ab-123 45", "#1002003", "7", None])).to_pylist()
        ['AB12345', '1002003', '', '']
    """
    plain = pc.replace_substring_regex(pc.ascii_upper(plain_strings(values)), "[^A-Z0-9]+", "")
    digits = pc.binary_length(pc.replace_substring_regex(plain, "[A-Z]+", ""))
    length = pc.binary_length(plain)
    good = pc.and_(pc.greater_equal(digits, _FEWEST_DIGITS), pc.greater_equal(length, _SHORTEST))
    return pc.if_else(pc.and_(good, pc.less_equal(length, LONGEST)), plain, "")


def find_references(row: Int64s, words: pa.Array) -> tuple[Int32s, pa.Array]:
    """What may be a reference number in texts: words with at least three digits.

    Args:
        row: (words,) text of each; see `split_words`.
        words: (words,) strings.

    Returns:
        (n,) int32 row of each, in order, and (n,) normalised numbers; each once a text.

    Examples:
        >>> texts = pa.array(["Where is AB-12345? Since 1/2/2024!", "hi", "no. 77 123"])
        >>> row, number = find_references(*split_words(texts))
        >>> row.tolist(), number.to_pylist()
        ([0], ['AB12345'])
    """
    return _each_once(row, normalise_references(words))


def find_pieced_references(row: Int64s, words: pa.Array) -> tuple[Int32s, pa.Array]:
    """What may be a reference number that is written in pieces: words one after the other, put together.

    The first piece has a digit or is at most eight letters, every other piece has a digit; there are five at most.

    Args:
        row: (words,) text of each; see `split_words`.
        words: (words,) strings.

    Returns:
        (n,) int32 row of each, in order, and (n,) normalised numbers; each once a text. Most of them are none.

    Examples:
        >>> row, number = find_pieced_references(*split_words(pa.array(["my parcel 6120 4432", "room AB 123"])))
        >>> number.to_pylist()
        ['PARCEL6120', 'PARCEL61204432', '61204432', 'AB123']
    """
    digits = np.asarray(pc.match_substring_regex(words, "[0-9]"), np.bool_)
    letters = np.asarray(pc.match_substring_regex(words, f"^[A-Za-z]{{1,{_LONGEST_LETTERS}}}$"), np.bool_)
    begin = np.flatnonzero(digits | letters)
    value = words.take(pa.array(begin))
    found, owner, place = [], [], []
    for size in range(1, _MOST_PIECES):
        inside = begin + size < len(row)
        inside[inside] = digits[begin[inside] + size] & (row[begin[inside] + size] == row[begin[inside]])
        begin, value = begin[inside], value.filter(pa.array(inside))
        value = pc.binary_join_element_wise(value, words.take(pa.array(begin + size)), "")
        found.append(value)
        owner.append(row[begin])
        place.append(begin * _MOST_PIECES + size)
    order = np.argsort(np.concatenate(place))
    return _each_once(np.concatenate(owner)[order], normalise_references(pa.concat_arrays(found).take(pa.array(order))))


def split_words(texts: pa.Array) -> tuple[Int64s, pa.Array]:
    """Words of the texts that have three digits or more.

    Dates, times of day, e-mail addresses and addresses of pages are passed over.

    Args:
        texts: (texts,) strings; null counts as empty.

    Returns:
        (words,) int64 row of each, in order, and (words,) strings.
    """
    plain = plain_strings(texts)
    some = np.flatnonzero(np.asarray(pc.match_substring_regex(plain, _MANY_DIGITS), np.bool_))
    plain = plain.take(pa.array(some))
    for pattern in (_ADDRESSES, _DATES, _TIMES):
        plain = pc.replace_substring_regex(plain, pattern, " ")
    words = pc.utf8_split_whitespace(pc.replace_substring_regex(plain, _BETWEEN, " "))
    return some[np.asarray(pc.list_parent_indices(words), np.int64)], pc.list_flatten(words)


def _each_once(row: Int64s, numbers: pa.Array) -> tuple[Int32s, pa.Array]:
    """Numbers that are not empty, each once a row, in their order."""
    filled = np.asarray(pc.not_equal(numbers, ""), np.bool_)
    row, number = row[filled], numbers.filter(pa.array(filled)).dictionary_encode()
    code = row * max(len(number.dictionary), 1) + np.asarray(number.indices, np.int64)
    first = np.sort(np.unique(code, return_index=True)[1])
    return row[first].astype(np.int32), number.dictionary.take(number.indices.take(pa.array(first)))
