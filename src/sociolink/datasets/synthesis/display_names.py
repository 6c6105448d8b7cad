"""How people call themselves above their handle."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis.name_lists import name_lists
from sociolink.datasets.synthesis.places import load_words
from sociolink.datasets.synthesis.strings import Ints, by_code, choose, draw, join, pick, piece, words
from sociolink.datasets.synthesis.wording import Wording

__all__ = ["make_display_names"]

_FANCY = str.maketrans(
    {chr(ord("A") + i): chr(0x1D400 + i) for i in range(26)} | {chr(ord("a") + i): chr(0x1D41A + i) for i in range(26)}
)
_SUFFIXES = ", PhD|, MD| Jr.| MBA| (she/her)| (he/him)| III"


def _fancy(values: pa.Array) -> pa.Array:
    """Mathematical bold letters; all rows in one translation."""
    if len(values) == 0:
        return values
    return pa.array("\n".join(values.to_pylist()).translate(_FANCY).split("\n"), pa.string())


class _DisplayNames:
    """The ways to write one's name; each method takes row numbers of people."""

    def __init__(self, rng: np.random.Generator, wording: Wording) -> None:
        self.rng = rng
        self.wording = wording

    def full(self, rows: Ints) -> pa.Array:
        return self.wording.name(rows)

    def given(self, rows: Ints) -> pa.Array:
        return self.wording.given(rows)

    def nickname_family(self, rows: Ints) -> pa.Array:
        short = pc.coalesce(self.wording.nickname(rows), self.wording.given(rows))
        return join(short, self.wording.family_short(rows), separator=" ")

    def with_initial(self, rows: Ints) -> pa.Array:
        initial = pc.coalesce(join(piece(self.wording.middle(rows), 0, 1), ". "), "")
        return join(self.wording.given(rows), " ", initial, self.wording.family(rows))

    def family_first(self, rows: Ints) -> pa.Array:
        return join(self.wording.family(rows), self.wording.given(rows), separator=" ")

    def title(self, rows: Ints) -> pa.Array:
        return join(pick(self.rng, words("Dr. Prof. Mr. Coach Chef"), len(rows)), self.full(rows), separator=" ")

    def suffix(self, rows: Ints) -> pa.Array:
        return join(self.full(rows), pick(self.rng, words(_SUFFIXES.replace(" ", "~"), by="|"), len(rows)))

    def lower(self, rows: Ints) -> pa.Array:
        return pc.utf8_lower(self.full(rows))

    def upper_family(self, rows: Ints) -> pa.Array:
        return join(self.wording.given(rows), pc.utf8_upper(self.wording.family(rows)), separator=" ")

    def emoji(self, rows: Ints) -> pa.Array:
        name = choose(self.rng.random(len(rows)) < 0.6, self.full(rows), self.wording.given(rows))
        return join(name, pick(self.rng, words(load_words()["emoji"]), len(rows)), separator=" ")

    def initial_family(self, rows: Ints) -> pa.Array:
        return join(piece(self.wording.given(rows), 0, 1), ". ", self.wording.family(rows))

    def given_initial(self, rows: Ints) -> pa.Array:
        return join(self.wording.given(rows), " ", piece(self.wording.family(rows), 0, 1), ".")

    def former(self, rows: Ints) -> pa.Array:
        return join(self.full(rows), " (née ", self.wording.former_family(rows), ")")

    def hobbyist(self, rows: Ints) -> pa.Array:
        place = choose(self.rng.random(len(rows)) < 0.5, " in ", " & ")
        return join(pc.utf8_title(self.wording.hobby(rows)), place, self.wording.city(rows))

    def alias(self, rows: Ints) -> pa.Array:
        vocabulary = load_words()
        adjective = pick(self.rng, words(vocabulary["adjectives"]), len(rows))
        return pc.utf8_title(join(adjective, pick(self.rng, words(vocabulary["nouns"]), len(rows)), separator=" "))

    def fancy(self, rows: Ints) -> pa.Array:
        return _fancy(self.full(rows))

    def native(self, rows: Ints) -> pa.Array:
        given, family = self.wording.given_native(rows), self.wording.family_native(rows)
        return join(given, family, separator=" ")

    def native_family_first(self, rows: Ints) -> pa.Array:
        return join(self.wording.family_native(rows), self.wording.given_native(rows))


_WEIGHTS = (
    ("full", 56.0),
    ("given", 9.0),
    ("nickname_family", 6.0),
    ("with_initial", 3.0),
    ("family_first", 1.5),
    ("title", 1.2),
    ("suffix", 1.5),
    ("lower", 2.5),
    ("upper_family", 1.5),
    ("emoji", 5.0),
    ("initial_family", 1.5),
    ("given_initial", 2.5),
    ("former", 0.5),
    ("hobbyist", 2.0),
    ("alias", 5.0),
    ("fancy", 0.3),
)


def make_display_names(rng: np.random.Generator, wording: Wording, people: Ints) -> pa.Array:
    """Display names of people.

    Args:
        rng: Source of chance.
        wording: How people read.
        people: (rows,) rows of the people.

    Returns:
        (rows,) display names: mostly given and family name, else shorter, decorated, in another order or script.
    """
    lists = tuple(name_lists().values())
    native = np.array([entry.native for entry in lists])
    family_first = np.array([entry.family_first for entry in lists])
    written_together = np.array([name in ("japanese", "chinese") for name in name_lists()])
    culture = wording.people.culture[people]
    names = [name for name, _ in _WEIGHTS]
    kind = draw(rng, [weight for _, weight in _WEIGHTS], len(people))
    kind = np.where((kind == 0) & (rng.random(len(people)) < family_first[culture]), names.index("family_first"), kind)
    in_script = rng.random(len(people)) < native[culture]
    kind = np.where(in_script, len(names) + written_together[culture], kind)
    ways = _DisplayNames(rng, wording)
    makers = [getattr(ways, name) for name in (*names, "native", "native_family_first")]
    return by_code(kind, len(makers), lambda code, rows: makers[code](people[rows]))
