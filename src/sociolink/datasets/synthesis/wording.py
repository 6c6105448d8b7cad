"""How codes of people read: names, places, jobs and contacts as strings, for any rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis.lexicon import Lexicon
from sociolink.datasets.synthesis.nicknames import Nicknames
from sociolink.datasets.synthesis.people import People
from sociolink.datasets.synthesis.places import Organisations, Places, load_words
from sociolink.datasets.synthesis.strings import Ints, choose, digits, join, piece, words

__all__ = ["Wording"]


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """Strings for rows of people; each method takes row numbers and gives as many strings.

    Attributes:
        people: The people.
        lexicon: Names by code.
        places: Cities by code.
        organisations: Employers by code.
    """

    people: People
    lexicon: Lexicon
    places: Places
    organisations: Organisations

    @property
    def nicknames(self) -> Nicknames:
        """Short forms of given names."""
        return self.lexicon.nicknames

    def _with_second(self, names: pa.Array, rows: Ints) -> pa.Array:
        second = self.people.second_family[rows]
        first = names.take(pa.array(self.people.family[rows]))
        return choose(second >= 0, join(first, names.take(pa.array(np.maximum(second, 0))), separator=" "), first)

    def given(self, rows: Ints) -> pa.Array:
        """Given names in Latin letters."""
        return self.lexicon.given.latin.take(pa.array(self.people.given[rows]))

    def given_native(self, rows: Ints) -> pa.Array:
        """Given names in their own script."""
        return self.lexicon.given.native.take(pa.array(self.people.given[rows]))

    def middle(self, rows: Ints) -> pa.Array:
        """Middle names; null where there is none."""
        codes = self.people.middle[rows]
        return self.lexicon.given.latin.take(pa.array(codes, mask=codes < 0))

    def family(self, rows: Ints) -> pa.Array:
        """Family names in Latin letters, the second one too where there is one."""
        return self._with_second(self.lexicon.family.latin, rows)

    def family_native(self, rows: Ints) -> pa.Array:
        """Family names in their own script."""
        return self._with_second(self.lexicon.family.native, rows)

    def family_short(self, rows: Ints) -> pa.Array:
        """First family names in Latin letters."""
        return self.lexicon.family.latin.take(pa.array(self.people.family[rows]))

    def former_family(self, rows: Ints) -> pa.Array:
        """Family names before a marriage; the present one where there is none."""
        codes = np.where(
            self.people.former_family[rows] >= 0, self.people.former_family[rows], self.people.family[rows]
        )
        return self.lexicon.family.latin.take(pa.array(codes))

    def nickname(self, rows: Ints) -> pa.Array:
        """Short forms of the given name, as a name; null where there is none."""
        codes = self.people.nickname[rows]
        return pc.utf8_title(self.nicknames.short.take(pa.array(codes, mask=codes < 0)))

    def name(self, rows: Ints) -> pa.Array:
        """Given and family name."""
        return join(self.given(rows), self.family(rows), separator=" ")

    def city(self, rows: Ints) -> pa.Array:
        """Cities."""
        return self.places.city.take(pa.array(self.people.city[rows]))

    def former_city(self, rows: Ints) -> pa.Array:
        """Other cities that these people have to do with."""
        return self.places.city.take(pa.array(self.people.former_city[rows]))

    def region(self, rows: Ints) -> pa.Array:
        """Regions."""
        return self.places.region.take(pa.array(self.people.city[rows]))

    def country_name(self, rows: Ints) -> pa.Array:
        """Countries, in words."""
        return self.places.country_name.take(pa.array(self.people.city[rows]))

    def organisation(self, rows: Ints) -> pa.Array:
        """Employers."""
        return self.organisations.name.take(pa.array(self.people.organisation[rows]))

    def job(self, rows: Ints) -> pa.Array:
        """Job titles."""
        return words(load_words()["jobs"], by="|").take(pa.array(self.people.job[rows]))

    def hobby(self, rows: Ints) -> pa.Array:
        """Hobbies."""
        return words(load_words()["hobbies"]).take(pa.array(self.people.hobby[rows]))

    def birth_year(self, rows: Ints) -> pa.Array:
        """Years of birth."""
        return digits(self.people.birth_year[rows])

    def phone(self, rows: Ints) -> pa.Array:
        """International phone numbers, in ranges that are reserved or not in use wherever there are such."""
        city = self.people.city[rows]
        wanted = self.places.phone_digits[city]
        number = digits(self.people.phone[rows] % 10**wanted)
        padded = choose(
            wanted == 6,
            pc.utf8_lpad(number, 6, "0"),
            choose(wanted == 7, pc.utf8_lpad(number, 7, "0"), pc.utf8_lpad(number, 8, "0")),
        )
        spaced = join(piece(padded, 0, 3), piece(padded, 3), separator=" ")
        return join("+", self.places.dial.take(pa.array(city)), " ", spaced)
