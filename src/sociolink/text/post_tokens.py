"""Tokens of posts as they are written: words, parts of hashtags, mentions, emoji, emoticons, marks; with places."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import Bytes, Flat, Mask, flatten, plain_strings, restore

__all__ = ["FROWN", "MARKS", "SMILE", "PostTokens", "tokenise_posts"]

Places = npt.NDArray[np.int64]

SMILE, FROWN = "\x01", "\x02"
"""What stands for emoticons among the tokens."""

MARKS = ".!?,;:-()>|=\n"
"""Marks that are tokens; a run of one mark is one token. Other marks are left out."""

_SKIP = 0
_FOREIGN_MARKS = re.compile(
    rb"(?:https?://|www\.)[!-~]+|&(?:amp|lt|gt|quot|#39);|\xe2\x80[\x80-\xaf]"
    rb"|\xef\xb8[\x80-\x8f]|\xf0\x9f\x8f[\xbb-\xbf]"
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
_EYES, _NOSE = _table(":;="), _table("-'o^")
_GLAD, _GLAD_LETTER, _SAD, _SAD_LETTER = _table(")]"), _table("Dp3P*"), _table("(["), _table("/\\|cC@")
_INNER, _IN_NUMBER, _POSSESSIVE, _SPACED = _table("'.,/:&#@$%"), _table(".,/:"), _table("sS"), _table(" -")
_SHOUT = ~_table("0123456789&_'")
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
    r"""Take posts apart.

    Addresses of pages vanish, `it's` is two words and `don't` one, `AT&T`, `4.5` and `10/10` stay whole, `check-in` is
    two words, and a hashtag is the words that its capitals show.

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
    data = _mark_emoticons(_replace_marks(flat.data.copy()))
    kept = np.flatnonzero(data)
    data = data[kept]
    rows = np.repeat(np.arange(len(flat.offsets) - 1, dtype=np.int32), flat.lengths)[kept]
    inside, glue = _word_bytes(data)
    emoji_first, emoji = _emoji(data)
    inside[emoji] = False
    tags = np.flatnonzero(data == ord("#"))
    tags = tags[inside[tags]]
    single = _MARK[data] & ~inside
    single[_lone_hyphens(data)] = False
    first = single.copy()
    first[1:] &= data[1:] != data[:-1]
    first[1:] |= inside[1:] & ~inside[:-1]
    first[:1] |= inside[:1]
    first[1:] |= (rows[1:] != rows[:-1]) & (inside | single)[1:]
    parts = _hashtag_parts(data, inside, tags)
    written = inside | first
    written[glue] = False
    written[emoji] = True
    first[emoji_first] = True
    first[parts] = True
    first[tags], first[tags + 1] = False, True
    part = inside | single
    part[emoji] = True
    part[tags], written[tags] = False, False
    return _collect(flat, data, rows, kept, first=first, part=part, written=written)


def _collect(
    flat: Flat, data: Bytes, rows: npt.NDArray[np.int32], kept: Places, *, first: Mask, part: Mask, written: Mask
) -> PostTokens:
    """Tokens from the bytes that begin one, belong to one, and are written in one."""
    begin = np.flatnonzero(first)
    closing = part.copy()
    closing[:-1] &= ~part[1:] | first[1:]
    last = np.flatnonzero(closing)
    counts = _running(written)
    value = restore(Flat(_TO_LOWER[data[written]], counts[np.append(begin, len(data))].astype(np.int64)))
    encoded = value.dictionary_encode()
    upper, letter = (
        many[last + 1] - many[begin] for many in (_running(_UPPER[data]), _running(_SHOUT[data] & written))
    )
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


def _running(mask: Mask) -> npt.NDArray[np.int32]:
    """(n + 1,) how many are true before each place."""
    out = np.zeros(len(mask) + 1, np.int32)
    np.cumsum(mask, out=out[1:])
    return out


def _replace_marks(data: Bytes) -> Bytes:
    """Addresses of pages as spaces; entities, quotation marks, dashes, modifiers as plain marks, the rest skipped."""
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


def _at(data: Bytes, places: Places) -> Bytes:
    """Bytes at some places; those outside are 0."""
    inside = (places >= 0) & (places < len(data))
    return np.where(inside, data[np.clip(places, 0, max(len(data) - 1, 0))], 0).astype(np.uint8)


def _mark_emoticons(data: Bytes) -> Bytes:
    """Emoticons as `SMILE` and `FROWN`, as long as they are."""
    eyes = np.flatnonzero(_EYES[data])
    free = ~_WORD[_at(data, eyes - 1)]
    for nose in (False, True):
        mouth, beyond = _at(data, eyes + 1 + nose), _at(data, eyes + 2 + nose)
        here = _NOSE[_at(data, eyes + 1)] if nose else np.ones(len(eyes), np.bool_)
        alone = free & ~_WORD[beyond]
        glad = here & (_GLAD[mouth] | (_GLAD_LETTER[mouth] & alone))
        sad = here & (_SAD[mouth] | (_SAD_LETTER[mouth] & alone))
        for found, sign in ((glad, SMILE), (sad, FROWN)):
            at = eyes[found]
            for place in range(3 if nose else 2):
                data[at + place] = ord(sign)
    heart = np.flatnonzero(data == ord("<"))
    heart = heart[_at(data, heart + 1) == ord("3")]
    data[heart], data[heart + 1] = ord(SMILE), ord(SMILE)
    return data


def _emoji(data: Bytes) -> tuple[Places, Places]:
    """Places of the first bytes of emoji, and of all their bytes."""
    lead = np.flatnonzero(data >= 0xE2)
    second = _at(data, lead + 1)
    four = data[lead] >= 0xF0
    three = (data[lead] == 0xE2) & (((second >= 0x98) & (second <= 0x9E)) | (second == 0xAD))
    first = lead[four | three]
    every = np.concatenate([first, first + 1, first + 2, lead[four] + 3])
    return first, every[every < len(data)]


def _word_bytes(data: Bytes) -> tuple[Mask, Places]:
    """Bytes inside words, and the places of those of them that are not written in the token (apostrophes)."""
    inside = _WORD[data]
    signs = np.flatnonzero(_INNER[data])
    sign, before, after = data[signs], _at(data, signs - 1), _at(data, signs + 1)
    possessive = _POSSESSIVE[after] & ~_WORD[_at(data, signs + 2)]
    glue = (sign == ord("'")) & _WORD[before] & _WORD[after] & ~possessive
    digits = _DIGIT[before] & _DIGIT[after] & _IN_NUMBER[sign]
    ampersand = (sign == ord("&")) & _LETTER[before] & _LETTER[after]
    leading = ((sign == ord("#")) | (sign == ord("@"))) & _WORD[after] & ~_WORD[before]
    money = ((sign == ord("$")) & _DIGIT[after]) | ((sign == ord("%")) & _DIGIT[before])
    inside[signs[glue | digits | ampersand | leading | money]] = True
    return inside, signs[glue]


def _lone_hyphens(data: Bytes) -> Places:
    """Hyphens that join words, or stand at one."""
    at = np.flatnonzero(data == ord("-"))
    before, after = _at(data, at - 1), _at(data, at + 1)
    return at[~(_SPACED[before] & _SPACED[after])]


def _hashtag_parts(data: Bytes, inside: Mask, tags: Places) -> Places:
    """Where a word begins within a hashtag: at a capital behind two letters, the last of them small."""
    if not len(tags):
        return tags
    capital = np.flatnonzero(_UPPER[data])
    capital = capital[_LOWER[_at(data, capital - 1)] & _LETTER[_at(data, capital - 2)]]
    outside = np.flatnonzero(~inside)
    last_tag = np.searchsorted(tags, capital) - 1
    last_gap = np.searchsorted(outside, capital) - 1
    gap = np.where(last_gap >= 0, outside[np.maximum(last_gap, 0)], -1) if len(outside) else np.full(len(capital), -1)
    return capital[(last_tag >= 0) & (tags[np.maximum(last_tag, 0)] > gap)]
