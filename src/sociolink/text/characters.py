"""What each character outside ASCII becomes in ASCII, and which letters only look Latin."""

# ruff: noqa: RUF001, RUF002
from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

__all__ = ["AsciiTable", "replace_confusables"]

_COMBINING = (
    (0x0300, 0x036F),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
)
_ENCLOSED_LETTERS = (0x1F110, 0x1F189)
_PICTOGRAPHS = (0x1F000, 0x1FFFF)
_NOT_ALPHANUMERIC = re.compile(r"[^A-Za-z0-9]+")
_NOT_PRINTABLE = re.compile(r"[^ -~]+")

# Letters that stand for a Latin letter inside an otherwise Latin word, lower and upper case.
_LOOK_ALIKES = dict(
    zip(
        "авгеёкмнорстухіїјѕԁԛԝһӏєяиүв" + "АВЕЁКМНОРСТУХІЇЈЅԌԚԜҺӀЄЯИҮД",
        "abreekmhopctyxiijsdqwhlerny" + "b" + "ABEEKMHOPCTYXIIJSGQWHIERNYA",
        strict=True,
    )
) | dict(
    zip(
        "αβγδεηικνορστυχω" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧΛΣΞΔ",
        "abydenikvopotuxw" + "ABEZHIKMNOPTYXAEEA",
        strict=True,
    )
)
_WORD = re.compile(r"[^\W\d_]+")
_FOREIGN = re.compile("[Ͱ-Ͽἀ-῿Ѐ-ԯ]")
_LATIN = re.compile("[A-Za-zÀ-ɏḀ-ỿ]")


def _within(code: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= code <= bounds[1]


class AsciiTable(dict[int, str]):
    """Table for `str.translate`: letters to ASCII, signs and emoji to a space, the invisible to nothing.

    The table fills as characters are met; it is made afresh for each array.

    Examples:
        >>> "Łódź 🎉 ok".translate(AsciiTable())
        'Lodz   ok'
    """

    def __missing__(self, code: int) -> str:
        replacement = chr(code) if code < 0x80 else _ascii_of(code)
        self[code] = replacement
        return replacement


@lru_cache(maxsize=4096)
def _ascii_of(code: int) -> str:
    character = chr(code)
    category = unicodedata.category(character)
    if category[0] == "C":
        return " " if _within(code, _PICTOGRAPHS) or code == 0x85 else ""
    if category[0] == "Z":
        return " "
    if category[0] == "S" and not _within(code, _ENCLOSED_LETTERS):
        return " "
    if category == "Me" or any(_within(code, bounds) for bounds in _COMBINING):
        return ""
    if category in ("Pi", "Pf"):
        return '"'
    ascii_form: str = anyascii(character)
    if category[0] in "LMS":
        return _NOT_ALPHANUMERIC.sub("", ascii_form)
    return _NOT_PRINTABLE.sub("", ascii_form)


def replace_confusables(text: str) -> str:
    """Cyrillic and Greek look-alikes in words that are otherwise Latin, as the Latin letters meant.

    Words that hold another foreign letter are left alone: they are not Latin words in disguise.

    Args:
        text: Any text, best in NFKC.

    Returns:
        A text of the same length.

    Examples:
        >>> replace_confusables("Jоhn Ѕmith") == "John Smith"
        True
        >>> replace_confusables("Иван")
        'Иван'
    """
    return _WORD.sub(lambda match: _latin_word(match.group()), text)


def _latin_word(word: str) -> str:
    foreign = _FOREIGN.findall(word)
    if not foreign or not _LATIN.search(word) or any(letter not in _LOOK_ALIKES for letter in foreign):
        return word
    return "".join(_LOOK_ALIKES.get(letter, letter) for letter in word)
