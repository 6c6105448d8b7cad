"""From written tokens to known words: exact, drawn out (`sooo`), run together (`worthit`), or misspelt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.opinions.catalogue import Catalogue
from sociolink.opinions.forms import plural
from sociolink.opinions.lexicon import CATEGORIES, Entries, Entry, build_entries, lexicon
from sociolink.opinions.marks import Event, Mark
from sociolink.reference.opinion_words import opinion_words
from sociolink.text.post_tokens import tokenise_posts

__all__ = ["KINDS_OF_UNKNOWN", "PURPOSES", "Vocabulary", "build_vocabulary"]

_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")
_DESK = re.compile("^(?:ask|team|the|get)|(?:help|helps|support|cares?|service|uk|usa?|official|hq|app|news)$")
"""What brands add to their names for the accounts that answer."""

_VOWELS = re.compile("[aeiouy]+")
_MIN_MISSPELT = 6
_MIN_JOINED = 7
_MIN_BONES = 4
"""Consonants of a word that can be told from others by them."""

_ENDINGS = {
    "ly": "<adverb>",
    "ing": "<verb>",
    "ed": "<verb>",
    **dict.fromkeys(("ful", "ous", "able", "ible", "less", "ish"), "<adjective>"),
}

PURPOSES = ("intent_to_buy", "intent_to_leave", "advice", "request", "asking")
"""Keys of intents.txt."""

KINDS_OF_UNKNOWN = (
    "<noun>",
    "<verb>",
    "<adverb>",
    "<adjective>",
    "<number>",
    "<mention>",
    "<reference>",
    "<bad>",
    "<money>",
)
"""Entries that stand for words that are in no list."""

_UNKNOWN_MARKS = (
    Mark.NOUN,
    Mark.VERB,
    Mark.ADVERB,
    Mark.ADJECTIVE,
    Mark.NUMBER,
    Mark.MENTION,
    Mark.REFERENCE,
    Mark.ADJECTIVE,
    Mark.NUMBER,
)
_SPOILING = re.compile("(over|under|mis|un)-?([a-z]{4,})")
"""Beginnings that make most words bad: "overbaked", "undersalted", "mischarged", "unhelpfully"."""

_SPOILT = -0.35
_REFERENCE = re.compile(r"\d{5,}")
_CURRENCIES = "$£€¥₹"


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The words and phrases of a language and a catalogue.

    Attributes:
        entries: All of them.
        known: Single words.
        numbers: (known,) int32 entry of each.
        phrases: Entry of each phrase, by the entries of its words.
        purposes: Bits by place in `PURPOSES` of phrases that tell what a post is for, likewise.
        joined: Entry of phrases written in one word.
        skeletons: Entry of words that count for an opinion, by their consonants.
        catalogue: What the entities are rows of.
    """

    entries: Entries
    known: pa.Array
    numbers: npt.NDArray[np.int32]
    phrases: Mapping[tuple[int, ...], int]
    purposes: Mapping[tuple[int, ...], int]
    joined: Mapping[str, int]
    skeletons: Mapping[str, int]
    catalogue: Catalogue

    def look_up(self, words: pa.Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
        """Entries of distinct tokens.

        Args:
            words: Tokens as `tokenise_posts` gives them.

        Returns:
            (words,) int32 entries; (words,) whether the word was drawn out.
        """
        place = np.asarray(pc.fill_null(pc.index_in(words, self.known), -1), np.int64)
        found = np.where(place >= 0, self.numbers[place], 0).astype(np.int32)
        drawn_out = np.zeros(len(words), np.bool_)
        unknown = np.flatnonzero(place < 0)
        for at, word in zip(unknown.tolist(), words.take(pa.array(unknown)).to_pylist(), strict=True):
            found[at], drawn_out[at] = self._resolve(word)
        return found, drawn_out

    def _resolve(self, word: str) -> tuple[int, bool]:
        number, known = self.entries.number, None
        if word[0] == "@":
            bare = _DESK.sub("", word[1:].replace("_", ""))
            return number.get("@" + bare, number["<mention>"]), False
        if _REFERENCE.fullmatch(word):
            return number["<reference>"], False
        if word[0].isdigit() or word[0] in _CURRENCIES:
            return number["<number>" if word[0].isdigit() else "<money>"], False
        if not any(sign.isalnum() for sign in word):
            return number["<adverb>"], False  # an emoji or a sign that no list has says nothing
        drawn = _DRAWN_OUT.search(word) is not None
        if drawn:
            for by in (r"\1\1", r"\1"):
                known = number.get(_DRAWN_OUT.sub(by, word))
                if known is not None:
                    return known, True
            word = _DRAWN_OUT.sub(r"\1", word)
        if len(word) >= _MIN_MISSPELT and word.endswith("in") and (known := number.get(word + "g")) is not None:
            return known, drawn  # "freezin"
        if len(word) >= _MIN_JOINED and (known := self.joined.get(word)) is not None:
            return known, drawn
        if len(word) >= _MIN_MISSPELT and (known := self.skeletons.get(_skeleton(word))) is not None:
            return known, drawn
        if (parts := _SPOILING.fullmatch(word)) and (known := number.get(parts[2])):
            verb = self.entries.marks[known] & (Mark.VERB | Mark.ADJECTIVE) and parts[2].endswith(("ed", "en", "ing"))
            if (verb and parts[1] != "un") or self.entries.polarity[known] > 0:
                return number["<bad>"], drawn
        for end, kind in _ENDINGS.items():
            if word.endswith(end) and len(word) > len(end) + 2:
                return number[kind], drawn
        return number["<noun>"], drawn


def _skeleton(word: str) -> str:
    """First letter and consonants, doubled ones once: what misspellings rarely change; of short ones all letters."""
    bones = word[0] + _VOWELS.sub("", _DOUBLED.sub(r"\1", word[1:]))
    return f"{bones}{(len(word) + 1) // 4}" if len(bones) >= _MIN_BONES else f"{bones}{''.join(sorted(word))}"


@cache
def _plain_vocabulary(language: str) -> Vocabulary:
    return _assemble(language, dict(lexicon(language)), Catalogue())


def build_vocabulary(language: str, catalogue: Catalogue) -> Vocabulary:
    """The vocabulary of a language with the names of a catalogue.

    Args:
        language: ISO 639-1.
        catalogue: Names; they go before the words of the language.
    """
    if len(catalogue) == 0:
        return _plain_vocabulary(language)
    entries = {word: replace(entry) for word, entry in lexicon(language).items()}
    for row, spelling in _spellings(catalogue):
        there = entries.get(spelling)
        category = CATEGORIES.index(catalogue.categories[row])
        if there is not None and there.entity >= 0:
            continue
        marks = Mark.NOUN | (Mark.MENTION if spelling[0] == "@" else 0)
        if there is not None and " " not in spelling and there.category < 0 and there.polarity:
            continue  # a product called "Great" stays a word; its longer aliases are found
        aspect = catalogue.names[row]
        entries[spelling] = Entry(marks, 0.0, category, -1, aspect, row)
    return _assemble(language, entries, catalogue)


def _spellings(catalogue: Catalogue) -> list[tuple[int, str]]:
    """Rows of the catalogue and how their names may be written, as tokens between single spaces."""
    rows, names = [], []
    for row, name in enumerate(catalogue.names):
        for one in (name, *catalogue.aliases[row]):
            rows.append(row)
            names.append(one)
    tokens = tokenise_posts(pa.array(names, pa.string()))
    words = tokens.words.take(pa.array(tokens.code)).to_pylist()
    split: list[list[str]] = [[] for _ in names]
    for at, word in zip(tokens.row.tolist(), words, strict=True):
        if word[0].isalnum() or not word.isascii() or word[0] == "@":
            split[at].append(word)
    out = []
    for row, parts in zip(rows, split, strict=True):
        if not parts:
            continue
        phrase = " ".join(parts)
        joined = "".join(part for part in parts).lstrip("@")
        squashed = "".join(letter for letter in joined if letter.isalnum())
        out += [(row, spelling) for spelling in (phrase, plural(phrase), squashed, "@" + squashed)]
    return [(row, spelling) for row, spelling in out if len(spelling) > 1]


def _assemble(language: str, by_word: dict[str, Entry], catalogue: Catalogue) -> Vocabulary:
    parts = {part for word in by_word if " " in word for part in word.split(" ")}
    purposes = {phrase for kind in opinion_words(language, "intents").values() for phrase in kind}
    for part in sorted(parts | {part for phrase in purposes for part in phrase.split(" ")}):
        by_word.setdefault(part, Entry(Mark.NUMBER if part[0].isdigit() else Mark.NOUN))
    for kind, mark in zip(KINDS_OF_UNKNOWN, _UNKNOWN_MARKS, strict=True):
        by_word[kind] = Entry(mark)
    by_word["<bad>"].polarity = _SPOILT
    by_word["<money>"] = Entry(Mark.NUMBER, implied=CATEGORIES.index("price"), event=Event.MONEY)
    entries = build_entries(by_word)
    number = entries.number
    single = [word for word in by_word if " " not in word]
    phrases = {tuple(number[part] for part in word.split(" ")): at for word, at in number.items() if " " in word}
    joined = {word.replace(" ", ""): at for word, at in number.items() if " " in word and len(word) > _MIN_JOINED}
    skeletons: dict[str, int] = {}
    for word in single:
        entry = by_word[word]
        telling = entry.polarity or entry.category >= 0 or word in parts
        if len(word) >= _MIN_MISSPELT and word.isalpha() and word.isascii() and telling:
            skeletons.setdefault(_skeleton(word), number[word])
    numbers = np.array([number[word] for word in single], np.int32)
    by_purpose: dict[tuple[int, ...], int] = {}
    for place, kind in enumerate(PURPOSES):
        for phrase in opinion_words(language, "intents").get(kind, ()):
            key = tuple(number[part] for part in phrase.split(" "))
            by_purpose[key] = by_purpose.get(key, 0) | 1 << place
    known = pa.array(single, pa.string())
    return Vocabulary(entries, known, numbers, phrases, by_purpose, joined, skeletons, catalogue)
