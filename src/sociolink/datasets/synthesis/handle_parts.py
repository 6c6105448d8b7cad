"""What people make handles from: their names, city, year of birth, job and hobby, as columns of lower-case strings."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis.lexicon import Lexicon
from sociolink.datasets.synthesis.people import People
from sociolink.datasets.synthesis.places import Places, load_words
from sociolink.datasets.synthesis.strings import Ints, choose, digits, piece, words

__all__ = ["HandleParts", "gather_parts", "nickname_of"]

_DOUBLE_FOLDING_SHARE = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class HandleParts:
    """Columns of strings, one row a person.

    Attributes:
        given, family: Names, folded.
        nickname: Short form of the given name; one made of its first syllable where none is known.
        middle: Initial of the middle name; another letter of the given name where there is none.
        year: Year of birth.
        city: Name of the city.
        hobby, profession: One word each.
    """

    given: pa.Array
    family: pa.Array
    nickname: pa.Array
    middle: pa.Array
    year: pa.Array
    city: pa.Array
    hobby: pa.Array
    profession: pa.Array

    def __len__(self) -> int:
        return len(self.given)

    def take(self, rows: Ints) -> HandleParts:
        """The parts of these rows."""
        index = pa.array(rows)
        return HandleParts(*(getattr(self, field.name).take(index) for field in fields(self)))


def nickname_of(people: People, lexicon: Lexicon, given: pa.Array) -> pa.Array:
    """A short form for everybody, lower-case.

    Args:
        people: The people.
        lexicon: Names and short forms.
        given: Their folded given names.

    Returns:
        (people,) strings.
    """
    known = people.nickname >= 0
    short = lexicon.nicknames.short.take(pa.array(np.maximum(people.nickname, 0)))
    first_syllable = pc.replace_substring_regex(given, "^([^aeiouy]*[aeiouy]+[^aeiouy]?).*$", r"\1")
    made = pc.if_else(
        pc.less(pc.utf8_length(first_syllable), 3), pc.binary_join_element_wise(first_syllable, "y", ""), first_syllable
    )
    return choose(known, short, made)


def gather_parts(rng: np.random.Generator, people: People, *, lexicon: Lexicon, places: Places) -> HandleParts:
    """Gather what these people make handles from.

    Args:
        rng: Source of chance.
        people: The people.
        lexicon: Names.
        places: Cities.

    Returns:
        The parts, one row a person.
    """
    double = rng.random(len(people)) < _DOUBLE_FOLDING_SHARE
    given = choose(
        double,
        lexicon.given.double.take(pa.array(people.given)),
        lexicon.given.ascii.take(pa.array(people.given)),
    )
    family = choose(
        double,
        lexicon.family.double.take(pa.array(people.family)),
        lexicon.family.ascii.take(pa.array(people.family)),
    )
    middle_name = lexicon.given.ascii.take(pa.array(np.maximum(people.middle, 0)))
    second_letter = piece(given, 1, 2)
    vocabulary = load_words()
    return HandleParts(
        given=given,
        family=family,
        nickname=nickname_of(people, lexicon, given),
        middle=choose(people.middle >= 0, piece(middle_name, 0, 1), second_letter),
        year=digits(people.birth_year),
        city=places.city_ascii.take(pa.array(people.city)),
        hobby=words(vocabulary["hobbies"]).take(pa.array(people.hobby)),
        profession=words(vocabulary["professions"]).take(pa.array(people.job % 28)),
    )
