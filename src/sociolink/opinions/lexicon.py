"""The words of a language with all that is known of each, inflected forms among them, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from sociolink.errors import InvalidParameterError
from sociolink.opinions.forms import inflected, other_phrases, plural, verb_forms, with_numbers
from sociolink.opinions.marks import EVENTS, GRAMMAR, Mark
from sociolink.reference.opinion_words import opinion_languages, opinion_words

__all__ = ["CATEGORIES", "Entries", "Entry", "build_entries", "lexicon"]

CATEGORIES = ("product", "service", "brand", "delivery", "price", "staff")
"""Aspect categories; an entry's `category` is the place in this list, and -1 for none."""

_LEVEL = {"3": 0.9, "2": 0.6, "1": 0.35, "0": 0.0}
_MARKS = {".": Mark.STOP, "!": Mark.STOP | Mark.BANG, "?": Mark.STOP | Mark.QUESTION, "\n": Mark.STOP, ";": Mark.STOP}
_SOFT_MARKS = (",", ":", "-", "(", ")", ">", "|", "=")
_LONGEST_NAME = 3
_LONGEST_PHRASE = 6
"""Words; each length more costs time."""

_WANTS = Mark.WANTS_MORE | Mark.WANTS_LESS | Mark.WANTS_HOT | Mark.WANTS_COLD | Mark.WANTS_LOUD
_BEFORE_OWNED = Mark.NEGATOR | Mark.PREPOSITION | Mark.ADVERB | Mark.ADJECTIVE | Mark.DETERMINER | Mark.BOOSTER
_ACTS = ("kind", "harm", "fault", "serve", "wait", "take", "last", "ask", "force", "cease", "habit", "demand")
"""Keys of events.txt that are verbs."""
_COUNTED = ("minutes", "hours", "days", "years", "try", "money")
"""Those that are nouns with a plural."""
_CLASS = {"verb": Mark.VERB, "adjective": Mark.ADJECTIVE, "adverb": Mark.ADVERB, "noun": Mark.NOUN}


@dataclass(slots=True)
class Entry:
    """What is known of one word or phrase.

    Attributes:
        marks: Bits of `Mark`.
        polarity: -1 to 1; 0 for none.
        category: Place in `CATEGORIES` of the aspect that it names, or -1.
        implied: Place in `CATEGORIES` of what it speaks of where nothing is named, or -1.
        aspect: Its base form where it names an aspect.
        entity: Row of the catalogue, or -1.
        event: Bits of `events.Event`.
    """

    marks: int = 0
    polarity: float = 0.0
    category: int = -1
    implied: int = -1
    aspect: str = ""
    entity: int = -1
    event: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Words and phrases by number, 0 being an unknown word.

    Attributes:
        number: Number of each word, and of each phrase with single spaces.
        marks, polarity, category, implied, entity, event: (entries,) as in `Entry`.
        aspects: Base forms, by number.
    """

    number: Mapping[str, int]
    marks: npt.NDArray[np.int64]
    polarity: npt.NDArray[np.float32]
    category: npt.NDArray[np.int8]
    implied: npt.NDArray[np.int8]
    entity: npt.NDArray[np.int32]
    event: npt.NDArray[np.int64]
    aspects: tuple[str, ...]


@cache
def lexicon(language: str) -> Mapping[str, Entry]:
    """All entries of a language.

    Args:
        language: One of `reference.opinion_words.opinion_languages()`.

    Raises:
        InvalidParameterError: There are no lists for this language.

    Examples:
        >>> lexicon("en")["crashing"].polarity, lexicon("en")["batteries"].aspect
        (-0.6, 'battery')
    """
    if language not in opinion_languages():
        known = ", ".join(opinion_languages())
        raise InvalidParameterError(f"opinions cannot be read in {language!r}; there are word lists for {known}")
    entries: dict[str, Entry] = {}
    for name, bit in _CLASS.items():
        for word in opinion_words(language, "classes")[name]:
            entries[word] = Entry(bit)
    _add_polarity(entries, language)
    _add_aspects(entries, language)
    for key, words in opinion_words(language, "grammar").items():
        for word in words:
            entry = entries.setdefault(word, Entry())
            entry.marks |= GRAMMAR[key] | (Mark.NEGATOR if key == "shortfall" else 0)
            if key in ("affirmer", "not_negator"):
                entry.polarity = 0.0
    for word in opinion_words(language, "unspoken")[""]:
        for form in (word, plural(word)):
            entries.setdefault(form, Entry(Mark.NOUN)).marks |= Mark.UNSPOKEN
    _add_forms(entries, language)
    _add_events(entries, language)
    _mark_phrases(entries)
    for mark, bits in _MARKS.items():
        entries[mark] = Entry(bits)
    for mark in _SOFT_MARKS:
        entries[mark] = Entry(Mark.COMMA)
    return MappingProxyType(entries)


def _mark_phrases(entries: dict[str, Entry]) -> None:
    """What the first and the last word of a phrase say of its place in a sentence."""
    for phrase, entry in entries.items():
        parts = phrase.split(" ")
        if entry.polarity and (phrase[0].isdigit() or len(parts) > 1) and ("/" in phrase or parts[-1] == "stars"):
            entry.marks |= Mark.TAKES_NO_NOUN
        first, last = entries.get(parts[0]), entries.get(parts[-1])
        if len(parts) < 2:
            continue
        second = entries.get(parts[1])
        if not (entry.polarity or entry.marks) and entry.category < 0 and last is not None:
            entry.marks |= last.marks & Mark.NOUN  # "free version"
        led = first is not None and first.marks & (Mark.NEGATOR | Mark.ADVERB | Mark.DAMPER) and entry.polarity
        if last is not None and entry.category >= 0:
            entry.marks |= last.marks & _WANTS
        owned = second is not None and second.marks & Mark.DETERMINER and entry.polarity
        if owned and first is not None and not first.marks & _BEFORE_OWNED:
            entry.marks |= Mark.VERB  # "drains my"
        if (first is not None and first.marks & Mark.VERB) or (led and second is not None and second.marks & Mark.VERB):
            entry.marks |= Mark.VERB
        if last is not None and last.marks & Mark.THAN and not last.marks & Mark.PREPOSITION:
            entry.marks |= Mark.TAKES_NO_NOUN | Mark.TAKES_NO_OBJECT  # "worse than"
        if last is not None and last.marks & (Mark.DETERMINER | Mark.PREPOSITION | Mark.PERSON):
            entry.marks |= Mark.TAKES_NO_NOUN
            entry.marks |= Mark.VERB if last.marks & Mark.DETERMINER else 0
            entry.marks |= Mark.TAKES_NO_OBJECT if last.marks & Mark.PERSON and not last.marks & Mark.DETERMINER else 0
        if first is None or last is None or last.category < 0 or entry.category >= 0 or not entry.polarity:
            continue
        if len(parts) <= _LONGEST_NAME and not (
            entry.marks & Mark.VERB or first.marks & (Mark.PREPOSITION | Mark.FAILING)
        ):
            entry.category, entry.aspect = last.category, last.aspect


def _add_polarity(entries: dict[str, Entry], language: str) -> None:
    own = opinion_words(language, "polarity")
    silent = set(own["none"])
    learned, general = (opinion_words(language, name) for name in ("learned", "general"))
    for key, words in (*learned.items(), *general.items()):
        for word in words:
            if word not in silent:
                entries.setdefault(word, Entry()).polarity = _level(key)
    for key, words in (*own.items(), *opinion_words(language, "emoji").items()):
        for word in words:
            entry = entries.setdefault(word, Entry())
            entry.polarity = 0.0 if key == "none" else _level(key)
            if key == "0":
                entry.marks |= Mark.NEUTRAL
            entry.marks |= Mark.EMOJI if own.get(key) is not words else 0
    for sign, value in (("\x01", 0.6), ("\x02", -0.6)):
        entries[sign] = Entry(Mark.EMOJI, value)
    stated = {word for words in own.values() for word in words}
    for key, words in own.items():
        for word in words if key not in ("none", "0") else ():
            _inflect(entries, word, _level(key), stated)
    for key, words in opinion_words(language, "implied").items():
        for word in words:
            entries.setdefault(word, Entry()).implied = CATEGORIES.index(key)


def _inflect(entries: dict[str, Entry], word: str, level: float, stated: set[str]) -> None:
    """Give the polarity of a single word to its inflected forms, where these are words of that class."""
    if " " in word or not word.isascii() or not word.isalpha() or len(word) < 3:
        return
    for form, kind in inflected(word):
        there = entries.get(form)
        if there is None and entries[word].marks & kind & (Mark.VERB | Mark.ADJECTIVE):
            there = entries.setdefault(form, Entry(kind))
        of_noun = Mark.NOUN if form == plural(word) and entries[word].marks & (Mark.VERB | Mark.NOUN) else 0
        if (
            form in stated
            or (there is None)
            or not there.marks & (kind | of_noun | (Mark.VERB if kind != Mark.ADVERB else 0))
        ):
            continue
        there.polarity = level


def _add_forms(entries: dict[str, Entry], language: str) -> None:
    """Give what is known of a phrase to its other forms, where the lists do not say something else of these."""
    stated = {
        word for name in ("polarity", "grammar") for words in opinion_words(language, name).values() for word in words
    }
    for key, phrases in opinion_words(language, "polarity").items():
        for phrase in phrases if key not in ("none", "0") else ():
            for form in with_numbers(phrase, language):
                if form.count(" ") >= _LONGEST_PHRASE:
                    continue
                entries.setdefault(form, replace(entries[phrase]))
                for other in other_phrases(form, language, base=key.startswith("-")):
                    if other not in stated and other.count(" ") < _LONGEST_PHRASE:
                        entries.setdefault(other, replace(entries[phrase]))


def _add_events(entries: dict[str, Entry], language: str) -> None:
    """Mark what tells what happened, verbs in all forms."""
    for key, words in opinion_words(language, "events").items():
        for word in words:
            other = plural(word) if key in _COUNTED else word
            forms = verb_forms(word, language) if key in _ACTS else ((word, 0), (other, 0))
            for form, tense in forms:
                if form.count(" ") >= _LONGEST_PHRASE:
                    continue
                new = Entry(Mark.VERB if key in _ACTS else 0 if " " in form else Mark.NOUN)
                entries.setdefault(form, new).event |= EVENTS[key] | tense


def _level(key: str) -> float:
    return _LEVEL[key[-1]] * (-1 if key.startswith("-") else 1)


def _add_aspects(entries: dict[str, Entry], language: str) -> None:
    for key, words in opinion_words(language, "aspects").items():
        for word in words:
            for form in (word, plural(word)):
                entry = entries.setdefault(form, Entry())
                if entry.category < 0:
                    entry.category, entry.aspect = CATEGORIES.index(key), word
                if form == word or entry.marks == 0:
                    entry.marks |= Mark.NOUN
                entry.marks |= Mark.PLURAL if form != word else 0


def build_entries(entries: Mapping[str, Entry]) -> Entries:
    """Entries as arrays.

    Args:
        entries: By word or phrase.
    """
    words = list(entries)
    number = {word: place + 1 for place, word in enumerate(words)}
    every = [Entry(), *entries.values()]
    marks = np.array([entry.marks for entry in every], np.int64)
    phrase = np.array([False, *(" " in word for word in words)])
    return Entries(
        MappingProxyType(number),
        marks | np.where(phrase, Mark.PHRASE, 0),
        np.array([entry.polarity for entry in every], np.float32),
        np.array([entry.category for entry in every], np.int8),
        np.array([entry.implied for entry in every], np.int8),
        np.array([entry.entity for entry in every], np.int32),
        np.array([entry.event for entry in every], np.int64),
        tuple(entry.aspect for entry in every),
    )
