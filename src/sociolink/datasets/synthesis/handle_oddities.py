"""Less usual ways to make a handle: cut, bent, decorated and mistyped names, most of which no simple grammar knows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis import edits
from sociolink.datasets.synthesis.handle_makers import HandleMaker, numbers
from sociolink.datasets.synthesis.handle_parts import HandleParts
from sociolink.datasets.synthesis.places import load_words
from sociolink.datasets.synthesis.strings import choose, join, pick, piece, words

__all__ = ["ODD_MAKERS"]

_CLAIMS = "the~real its iam the official hey just im real only simply mr ms dr"
_TAILS = "hq online tv irl writes blog says xo yt daily og jr official"
_ONSET = "^([^aeiouy]*)(.*)$"


def truncated(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """The beginnings of both names: `matsan` of Matthew Sanders."""
    longer = rng.random(len(parts)) < 0.5
    family = choose(longer, piece(parts.family, 0, 5), piece(parts.family, 0, 3))
    return join(piece(parts.given, 0, 3), family)


def without_vowels(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`jn smth` of Jan Smith."""
    whole = join(parts.given, parts.family, separator=" ")
    return pc.replace_substring_regex(whole, r"\B[aeiou]", "")


def backwards(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`nosdrahcir` of Richardson."""
    return choose(rng.random(len(parts)) < 0.5, pc.utf8_reverse(parts.family), pc.utf8_reverse(parts.given))


def spoonerism(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """First sounds exchanged: `darah soe` of Sarah Doe."""
    given_onset = pc.replace_substring_regex(parts.given, _ONSET, r"\1")
    family_onset = pc.replace_substring_regex(parts.family, _ONSET, r"\1")
    given_rest = pc.replace_substring_regex(parts.given, _ONSET, r"\2")
    family_rest = pc.replace_substring_regex(parts.family, _ONSET, r"\2")
    return join(join(family_onset, given_rest), join(given_onset, family_rest), separator=" ")


def syllables_turned(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """The end of the family name first: `sonander` of Anderson."""
    return pc.replace_substring_regex(parts.family, "^(.+?[aeiouy][^aeiouy]*)(.{3,})$", r"\2\1")


def pet_name(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`jobear`: a short form with a pet name."""
    return join(parts.nickname, pick(rng, words(load_words()["pet_names"]), len(parts)), separator=" ")


def diminutive(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`samysam`, `annie88`: a short form that is played with."""
    again = join(piece(parts.nickname, 0, 3), "y", piece(parts.nickname, 0, 3))
    return choose(rng.random(len(parts)) < 0.5, again, join(piece(parts.given, 0, 3), "ie", numbers(parts, rng)))


def slipped(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """Both names with one slip of the keyboard."""
    return edits.typo(rng, join(parts.given, parts.family))


def next_keys(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """Every letter replaced by the key to its right."""
    return edits.shifted_keys(join(parts.given, piece(parts.family, 0, 1)))


def hobby_first(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`coffee jo`, `jo runs`."""
    order = rng.random(len(parts)) < 0.6
    return choose(
        order,
        join(parts.hobby, parts.given, separator=" "),
        join(parts.nickname, parts.hobby, separator=" "),
    )


def profession_name(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`smith photo`, `jo writes`, `dr jones`."""
    before = rng.random(len(parts)) < 0.3
    name = choose(rng.random(len(parts)) < 0.5, parts.family, join(parts.given, parts.family, separator=" "))
    return choose(before, join(parts.profession, name, separator=" "), join(name, parts.profession, separator=" "))


def place_name(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`jo lyon`, `jo in berlin`."""
    plain = join(parts.given, parts.city, separator=" ")
    return choose(rng.random(len(parts)) < 0.6, plain, join(parts.given, "in", parts.city, separator=" "))


def claim(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`the real jo smith`, `its jo`."""
    name = choose(rng.random(len(parts)) < 0.6, join(parts.given, parts.family, separator=" "), parts.nickname)
    return join(pick(rng, words(_CLAIMS), len(parts), slope=0.7), name, separator=" ")


def tail_word(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`jo smith hq`."""
    name = choose(rng.random(len(parts)) < 0.7, join(parts.given, parts.family, separator=" "), parts.family)
    return join(name, pick(rng, words(_TAILS), len(parts)), separator=" ")


def in_leet(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`j0sm1th`."""
    return edits.leet(rng, join(parts.given, piece(parts.family, 0, 5)))


def with_double_letter(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`annnna`, `smithhh`."""
    twice = edits.doubled(rng, edits.doubled(rng, parts.given))
    return choose(rng.random(len(parts)) < 0.5, join(parts.given, parts.family, piece(parts.family, -1)), twice)


def framed(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`xx jo xx`."""
    return join("xx", choose(rng.random(len(parts)) < 0.5, parts.nickname, parts.given), "xx", separator=" ")


def creature(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`jo the otter`."""
    animal = pick(rng, words(load_words()["nouns"]), len(parts))
    return join(parts.nickname, "the", animal, separator=" ")


def family_of(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`mrs jones`, `team miller`: the family name with a word before."""
    word = pick(rng, words("mrs mr team house~of mama papa coach prof frau senor"), len(parts))
    return join(word, parts.family, separator=" ")


def last_given_piece(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """`smithjon`: family name and the beginning of the given name."""
    return join(parts.family, piece(parts.given, 0, 3))


#: How often each less usual way is taken, among people who use their name.
ODD_MAKERS: tuple[tuple[HandleMaker, float], ...] = (
    (truncated, 3.0),
    (without_vowels, 1.0),
    (backwards, 0.6),
    (spoonerism, 0.4),
    (syllables_turned, 0.4),
    (pet_name, 1.2),
    (diminutive, 1.2),
    (slipped, 0.8),
    (next_keys, 0.2),
    (hobby_first, 1.8),
    (profession_name, 2.2),
    (place_name, 1.6),
    (claim, 2.4),
    (tail_word, 1.4),
    (in_leet, 0.8),
    (with_double_letter, 1.2),
    (framed, 0.6),
    (creature, 0.6),
    (family_of, 1.0),
    (last_given_piece, 0.8),
)
