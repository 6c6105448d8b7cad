"""The words of one name put in their places: given, middle, family."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sociolink.text.name_words import COMPOUND_FAMILY_NAMES, PARTICLES, PARTICLES_IN_LOWER_CASE, SHORT_FAMILY_NAMES

__all__ = ["FullName", "order_words", "squash_word"]

_PARTICLES = PARTICLES | PARTICLES_IN_LOWER_CASE
_PARTICLES_OF_ANY_CASE = PARTICLES - PARTICLES_IN_LOWER_CASE
_CJK_NAME = re.compile(r"[一-鿿㐀-䶿가-힣]{2,4}")
_CJK = re.compile(r"[一-鿿㐀-䶿가-힣]")
_WORD_MARKS = re.compile(r"[^\w]|_")


@dataclass(frozen=True, slots=True)
class FullName:
    """One name taken apart; what is absent is empty, several of a kind are joined by spaces (nicknames by `;`)."""

    given: str = ""
    middle: str = ""
    family: str = ""
    nickname: str = ""
    maiden: str = ""
    title: str = ""
    suffix: str = ""


def squash_word(word: str) -> str:
    """A word in lower case, letters and digits only.

    Args:
        word: Any word.

    Returns:
        What words are compared by.

    Examples:
        >>> squash_word("Ph.D.")
        'phd'
    """
    return _WORD_MARKS.sub("", word).lower()


def order_words(words: Sequence[str]) -> FullName:
    """Tell given, middle and family names apart, without titles and suffixes.

    A family name in capitals, of East Asian script, or that starts with a particle is known; else the last word is it.

    Args:
        words: The words as they stand, in their own case.

    Returns:
        A name with these three parts; one word alone is a given name.

    Examples:
        >>> order_words(["Ludwig", "van", "Beethoven"]).family
        'van Beethoven'
        >>> order_words(["DUPONT", "Jean"]).given
        'Jean'
    """
    if len(words) == 1:
        return _one_word(words[0])
    if not words:
        return FullName()
    if _CJK.search(words[0]) and len(words) == 2 and _CJK.search(words[1]):
        return FullName(given=words[1], family=words[0])
    capitals = _capitals_in_front(words)
    if capitals:
        given = words[capitals:]
        return FullName(given[0], " ".join(given[1:]), " ".join(words[:capitals]))
    capitals = _capitals_at_the_end(words)
    start = len(words) - capitals if capitals else _start_of_family(words)
    return FullName(words[0], " ".join(words[1:start]), " ".join(words[start:]))


def _one_word(word: str) -> FullName:
    if "・" in word:
        given, *middle, family = word.split("・")
        return FullName(given, " ".join(middle), family)
    if _CJK_NAME.fullmatch(word):
        width = 2 if word.startswith(COMPOUND_FAMILY_NAMES) and len(word) > 2 else 1
        return FullName(given=word[width:], family=word[:width])
    return FullName(given=word)


def _is_capitals(word: str) -> bool:
    letters = squash_word(word)
    return word.isupper() and (len(letters) > 2 or letters in SHORT_FAMILY_NAMES) and "." not in word


def _capitals_in_front(words: Sequence[str]) -> int:
    """How many words in front are a family name in capitals, the rest being none."""
    count = 0
    while count < len(words) and (_is_capitals(words[count]) or (words[count].isupper() and count > 0)):
        count += 1
    return count if 0 < count < len(words) and not any(_is_capitals(word) for word in words[count:]) else 0


def _capitals_at_the_end(words: Sequence[str]) -> int:
    """How many words at the end are a family name in capitals, if the word in front is not."""
    count = 0
    while count < len(words) - 1 and words[-1 - count].isupper() and len(squash_word(words[-1 - count])) > 1:
        count += 1
    return count if count and not words[0].isupper() else 0


def _start_of_family(words: Sequence[str]) -> int:
    last = len(words) - 1
    for position in range(1, last):
        word = squash_word(words[position])
        lower = words[position][:1].islower()
        if len(word) == 1 and lower and word in PARTICLES_IN_LOWER_CASE and position > 1:
            return position - 1
        if len(word) > 1 and word in (_PARTICLES if lower else _PARTICLES_OF_ANY_CASE):
            return position
    return last
