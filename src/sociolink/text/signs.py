"""What profiles say of themselves: phrases in bios, display names and handles that tell who made an account."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.reference.account_signs import SIGNS, account_signs
from sociolink.text.buffers import are_filled, as_strings, few_strings, flatten, number_strings
from sociolink.text.folding import fold, squash, transliterate
from sociolink.text.patterns import match_pattern, replace_pattern

__all__ = ["NO_SIGN", "Signs", "read_signs"]

Bools = npt.NDArray[np.bool_]
Int8s = npt.NDArray[np.int8]

NO_SIGN = -1
_IMITATION, _AUTOMATED, _ORGANISATION, _PERSON = range(len(SIGNS))
_LONG = 6
"""A word of so many letters is read at either end of a handle, without a mark between it and the rest."""

_NEVER = r"[^\s\S]"

_DENIED = (
    r"\b(?:not|no|pas|kein|keine|nicht|non|nao|never)(?: (?:a|an|un|una|une|um|uma|ein|eine))? "
    r"(?:bot|robot|robo|parody|parodie|parodia|fan account|fan page|fake account)\b"
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What profiles say of themselves, an index into `reference.account_signs.SIGNS` or `NO_SIGN` for each.

    Attributes:
        text: (profiles,) int8, in bio and display name together.
        handle: (profiles,) int8, in the handle.
        has_bio: (profiles,) whether there is a bio.
        has_name: (profiles,) whether there is a display name.
    """

    text: Int8s
    handle: Int8s
    has_bio: Bools
    has_name: Bools


@cache
def _pattern(sign: str, place: str) -> str:
    """A regular expression for words between single spaces; matches nothing where there are no phrases."""
    phrases = account_signs().get((sign, place), ())
    words = _words(pa.array(phrases, pa.string())).to_pylist()
    start = ["^" if phrase.startswith("^") else "" for phrase in phrases]
    plain = sorted({f"{begin}{re.escape(word)}" for begin, word in zip(start, words, strict=True)})
    return f"\\b(?:{'|'.join(plain)})\\b" if plain else _NEVER


@cache
def _at_either_end(sign: str) -> str:
    """A regular expression for long words at either end of a handle."""
    return _long_words((sign,))


@cache
def _any_at_either_end() -> str:
    """The same for the words of all signs."""
    return _long_words(SIGNS)


def _long_words(signs: tuple[str, ...]) -> str:
    words = [word for sign in signs for word in account_signs().get((sign, "handle"), ())]
    long = [word for word in words if len(word) >= _LONG]
    return f"^(?:{'|'.join(long)})|(?:{'|'.join(long)})[0-9]*$" if long else _NEVER


@cache
def _openings(place: str) -> frozenset[str]:
    """The first words of all phrases: a text without any of them holds no phrase."""
    phrases = [phrase for sign in SIGNS for phrase in account_signs().get((sign, place), ())]
    words = _words(pa.array(phrases, pa.string())).to_pylist()
    return frozenset(word.partition(" ")[0] for word in words)


def _hold_none(texts: pa.Array, place: str) -> bool:
    """Whether a look at the words of few texts shows that they hold no phrase."""
    few = few_strings(texts)
    return few is not None and all(_openings(place).isdisjoint(text.split(" ")) for text in few)


def _words(values: pa.Array) -> pa.Array:
    """Folded words with single spaces."""
    spaced = replace_pattern(fold(values), "[^a-z0-9]+", " ")
    few = few_strings(spaced)
    return pc.utf8_trim_whitespace(spaced) if few is None else as_strings([text.strip(" ") for text in few])


def _holds(texts: pa.Array, pattern: str) -> Bools:
    if pattern == _NEVER:
        return np.zeros(len(texts), np.bool_)
    return match_pattern(texts, pattern)


def _found(texts: pa.Array, place: str) -> list[Bools]:
    """For each sign whether the texts hold it, each distinct text being read once."""
    if len(flatten(texts).data) == 0:
        return _none(len(texts))
    strings, at = number_strings(texts)
    words = _words(strings)
    if _hold_none(words, place):
        return _none(len(texts))
    words = replace_pattern(words, _DENIED, " ")
    return [_holds(words, _pattern(sign, place))[at] for sign in SIGNS]


def _none(rows: int) -> list[Bools]:
    return [np.zeros(rows, np.bool_)] * len(SIGNS)


def _handle_signs(handles: pa.Array) -> list[Bools]:
    """For each sign whether it stands in the handle, between marks or at a change of case; long words at either end."""
    cased = replace_pattern(transliterate(handles), "([a-z0-9])([A-Z])", r"\1 \2")
    cased = replace_pattern(cased, "([A-Za-z])([0-9])", r"\1 \2")
    words, core = _words(cased), squash(handles)
    found = (
        _none(len(words))
        if _hold_none(words, "handle")
        else [_holds(words, _pattern(sign, "handle")) for sign in SIGNS]
    )
    if not _holds(core, _any_at_either_end()).any():
        return found
    return [one | _holds(core, _at_either_end(sign)) for one, sign in zip(found, SIGNS, strict=True)]


def _first(found: list[Bools]) -> Int8s:
    """The first sign of each row; an organisation and a person at once are neither."""
    both = found[_ORGANISATION] & found[_PERSON]
    clear = [*found[:_ORGANISATION], found[_ORGANISATION] & ~both, found[_PERSON] & ~both]
    out = np.full(len(both), NO_SIGN, np.int8)
    for sign, flags in reversed(list(enumerate(clear))):
        out[flags] = sign
    return out


def read_signs(bio: pa.Array, display_name: pa.Array, handle: pa.Array) -> Signs:
    """Read what profiles say of themselves.

    Args:
        bio: (profiles,) strings, empty where there is none.
        display_name: (profiles,) strings, likewise.
        handle: (profiles,) strings.

    Returns:
        The signs. Where a profile gives several, imitation counts before automation, and both before the rest.

    Examples:
        >>> bios = pa.array(["Parody. My jokes.", "I'm not a bot", "Nous sommes une librairie", "", "hello"])
        >>> names = pa.array(["", "", "", "Jo (she/her)", ""])
        >>> signs = read_signs(bios, names, pa.array(["a", "b", "c", "d", "e_fans"]))
        >>> [SIGNS[sign] if sign >= 0 else None for sign in signs.text.tolist()]
        ['imitation', 'person', 'organisation', 'person', None]
        >>> [SIGNS[sign] if sign >= 0 else None for sign in signs.handle.tolist()]
        [None, None, None, None, 'imitation']
    """
    in_bio, in_name = _found(bio, "bio"), _found(display_name, "name")
    return Signs(
        _first([one | other for one, other in zip(in_bio, in_name, strict=True)]),
        _first(_handle_signs(handle)),
        are_filled(bio),
        are_filled(display_name),
    )
