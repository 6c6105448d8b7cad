"""Tokens of posts as they are written: words, hashtags taken apart, mentions, emoji, emoticons, marks; with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import Bytes, Flat, Mask, flatten, plain_strings, restore

__all__ = ["FROWN", "MARKS", "SMILE", "PostTokens", "tokenise_posts"]

SMILE, FROWN = "\x01", "\x02"
"""What stands for emoticons among the tokens."""

MARKS = ".!?,;:-()>|=\n"
"""Marks that are tokens; a run of one mark is one token. Other marks are left out."""

_SKIP, _SPACE = 0, ord(" ")
_FOREIGN_MARKS = re.compile(
    rb"(?:https?://|www\.)[!-~]+|&(?:amp|lt|gt|quot|#39);|\xe2\x80[\x80-\xaf]|\xef\xb8[\x80-\x8f]|\xf0\x9f\x8f[\xbb-\xbf]"
)
_ENTITIES = {b"&amp;": b"&", b"&lt;": b"<", b"&gt;": b">", b"&quot;": b" ", b"&#39;": b"'"}
_GENERAL = {0x98: b"'", 0x99: b"'", 0xA6: b".", 0x93: b"-", 0x94: b"-", 0x8B: b"", 0x8C: b"", 0x8D: b""}


def _table(characters: str) -> Mask:
    table = np.zeros(256, np.bool_)
    table[list(characters.encode())] = True
    return table


_UPPER = _table("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LOWER = _table("abcdefghijklmnopqrstuvwxyz")
_DIGIT = _table("0123456789")
_LETTER = _UPPER | _LOWER
_LETTER[0x80:0xF0] = True
_WORD = _LETTER | _DIGIT | _table("_")
_MARK = _table(MARKS + SMILE + FROWN)
_TO_LOWER = np.arange(256, dtype=np.uint8)
_TO_LOWER[_UPPER] += 32


@dataclass(frozen=True, slots=True, eq=False)
class PostTokens:
    """Tokens of many posts, one after the other.

    Attributes:
        row: (tokens,) int32, the post that each stands in, in order.
        start: (tokens,) int64, its first byte within the UTF-8 text of the post.
        end: (tokens,) int64, the byte after it.
        code: (tokens,) int32, its place in `words`.
        words: Distinct tokens in lower case, without apostrophes; a mention begins with @.
        capital: (tokens,) whether it begins with a capital.
        shouted: (tokens,) whether it is two capitals or more, and nothing else.
    """

    row: npt.NDArray[np.int32]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    code: npt.NDArray[np.int32]
    words: pa.Array
    capital: Mask
    shouted: Mask

    def __len__(self) -> int:
        return len(self.row)


def tokenise_posts(texts: pa.Array) -> PostTokens:
    """Take posts apart.

    Addresses of pages vanish, `it's` is two words and `don't` one, `AT&T`, `4.5` and `10/10` stay whole, `check-in` is two
    words, and a hashtag is the words that its capitals show.

    Args:
        texts: (posts,) strings; null counts as empty.

    Returns:
        The tokens.

    Examples:
        >>> tokens = tokenise_posts(pa.array(["It's GREAT :) #LoveMyKindle https://t.co/x @BlueTel"]))
        >>> tokens.words.take(pa.array(tokens.code)).to_pylist()
        ['it', 's', 'great', '\x01', 'love', 'my', 'kindle', '@bluetel', '\n']
    """
    flat = flatten(pc.binary_join_element_wise(plain_strings(texts), "", "\n"))
    rows = np.repeat(np.arange(len(flat.offsets) - 1, dtype=np.int32), flat.lengths)
    data = _mark_emoticons(_replace_marks(flat.data.copy()))
    kept = np.flatnonzero(data != _SKIP)
    data, rows = data[kept], rows[kept]
    inside, glue = _word_bytes(data)
    emoji_first, emoji = _emoji(data)
    single = _MARK[data] & ~inside & ~_hyphen(data)
    first = (inside & ~_before(inside)) | emoji_first | (single & (data != _before(data)))
    first |= _hashtag_parts(data, inside, first)
    first &= data != ord("#")
    first |= _before(data == ord("#")) & inside
    first |= (rows != _before(rows)) & (inside | emoji | single)
    token_byte = (inside | emoji | single) & (data != ord("#"))
    return _collect(flat, data, rows, kept, first, token_byte, token_byte & ~glue & ~(single & ~first))


def _collect(
    flat: Flat, data: Bytes, rows: npt.NDArray[np.int32], kept: npt.NDArray[np.int64], first: Mask, part: Mask, written: Mask
) -> PostTokens:
    begin = np.flatnonzero(first & part)
    last = np.flatnonzero(part & (first | ~part)[np.minimum(np.arange(1, len(part) + 1), len(part) - 1)])
    if len(part) and part[-1] and (not len(last) or last[-1] != len(part) - 1):
        last = np.append(last, len(part) - 1)
    last = last[: len(begin)]
    counts = np.concatenate([[0], np.cumsum(written)])
    offsets = counts[np.append(begin, len(data))] if len(begin) else np.zeros(1, np.int64)
    value = restore(Flat(_TO_LOWER[data[written]], offsets.astype(np.int64)))
    encoded = value.dictionary_encode()
    uppers = np.concatenate([[0], np.cumsum(_UPPER[data])])
    letters = np.concatenate([[0], np.cumsum(written & ~_table("0123456789&_'")[data])])
    upper, letter = (many[last + 1] - many[begin] for many in (uppers, letters))
    base = flat.offsets[rows[begin]]
    return PostTokens(
        rows[begin],
        kept[begin] - base,
        kept[last] + 1 - base,
        np.asarray(encoded.indices, np.int32),
        encoded.dictionary,
        _UPPER[data[begin]],
        (upper >= 2) & (upper == letter),
    )


def _before(values: Any, by: int = 1) -> Any:
    out = np.zeros_like(values)
    out[by:] = values[:-by]
    return out


def _after(values: Any, by: int = 1) -> Any:
    out = np.zeros_like(values)
    out[:-by] = values[by:]
    return out


def _replace_marks(data: Bytes) -> Bytes:
    """Addresses of pages as spaces; entities, quotation marks, dashes and modifiers as plain marks and skipped bytes."""
    raw = data.tobytes()
    for match in _FOREIGN_MARKS.finditer(raw):
        begin, end = match.span()
        found = match.group()
        if found[0] == 0xE2:
            plain = _GENERAL.get(found[2], b" ")
        elif found[0] in (0xEF, 0xF0):
            plain = b""
        else:
            plain = _ENTITIES.get(found, b" ")
        data[begin:end] = _SKIP
        data[begin : begin + len(plain)] = np.frombuffer(plain, np.uint8)
    return data


def _mark_emoticons(data: Bytes) -> Bytes:
    """Emoticons as `SMILE` and `FROWN`, as long as they are."""
    eyes = _table(":;=")[data]
    if not eyes.any() and not (data == ord("<")).any():
        return data
    one, two = _after(data), _after(data, 2)
    free = ~_WORD[_before(data)]
    for nose in (False, True):
        mouth, beyond = (two, _after(data, 3)) if nose else (one, two)
        here = eyes & (_table("-'o^")[one] if nose else True)
        alone = free & ~_WORD[beyond]
        glad = here & (_table(")]")[mouth] | (_table("Dp3P*")[mouth] & alone))
        sad = here & (_table("([")[mouth] | (_table("/\\|cC@")[mouth] & alone))
        for found, sign in ((glad, SMILE), (sad, FROWN)):
            at = np.flatnonzero(found)
            for place in range(3 if nose else 2):
                data[at + place] = ord(sign)
    heart = np.flatnonzero((data == ord("<")) & (_after(data) == ord("3")))
    data[heart], data[heart + 1] = ord(SMILE), ord(SMILE)
    return data


def _word_bytes(data: Bytes) -> tuple[Mask, Mask]:
    """Bytes inside words, and those of them that are not written in the token (apostrophes)."""
    word, one_back, one_on = _WORD[data], _before(data), _after(data)
    between = _WORD[one_back] & _WORD[one_on]
    possessive = _table("sS")[one_on] & ~_WORD[_after(data, 2)]
    glue = (data == ord("'")) & between & ~possessive
    digits = _DIGIT[one_back] & _DIGIT[one_on] & _table(".,/:")[data]
    ampersand = (data == ord("&")) & _LETTER[one_back] & _LETTER[one_on]
    signs = (_table("#@")[data] & _WORD[one_on] & ~_WORD[one_back]) | ((data == ord("$")) & _DIGIT[one_on])
    percent = (data == ord("%")) & _DIGIT[one_back]
    emoji = _emoji(data)[1]
    return (word | glue | digits | ampersand | signs | percent) & ~emoji, glue


def _emoji(data: Bytes) -> tuple[Mask, Mask]:
    """First bytes of emoji, and all their bytes."""
    four = data >= 0xF0
    second = _after(data)
    three = (data == 0xE2) & (((second >= 0x98) & (second <= 0x9E)) | (second == 0xAD))
    first = four | three
    every = first | _before(first) | _before(first, 2) | _before(four, 3)
    return first, every


def _hyphen(data: Bytes) -> Mask:
    """Hyphens that join words, or are alone at one."""
    spaced = (_before(data) == _SPACE) | (_before(data) == ord("-"))
    return (data == ord("-")) & ~(spaced & ((_after(data) == _SPACE) | (_after(data) == ord("-"))))


def _hashtag_parts(data: Bytes, inside: Mask, first: Mask) -> Mask:
    """Where a word begins within a hashtag: at a capital behind two letters, the last of them small."""
    if not (data == ord("#")).any():
        return np.zeros_like(inside)
    at = np.maximum.accumulate(np.where(first, np.arange(len(data)), 0))
    tagged = inside & (data[at] == ord("#"))
    return tagged & _UPPER[data] & _LOWER[_before(data)] & _LETTER[_before(data, 2)]
