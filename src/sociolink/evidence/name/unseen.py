"""Names that no list holds: what a stranger with an unknown name would show, by spelling alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.grammar import FORM_NAMES, FORMS
from sociolink.population.characters import CharacterModel, character_codes
from sociolink.population.decorations import Surroundings
from sociolink.population.names import NameVocabulary
from sociolink.text.substrings import FEW_PLACES, Arcs, Places

__all__ = ["UnseenWords", "sum_unseen", "unseen_words"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]

UnseenWords = Iterable[tuple[Int64s, Int64s, Floats]]
"""Unknown words in passes: the places before them, the places after them, and P(word)."""

_SHORTEST, _LONGEST = 3, 14


def _word_starts(places: Places, spelling: CharacterModel) -> Floats:
    """(places,) bits of the first two characters of a word that begins at each place; infinite where none can."""
    codes = np.append(character_codes(places.strings), [0, 0]).astype(np.intp)
    at = np.arange(len(places)) - places.owner
    left = places.last[places.owner] - np.arange(len(places))
    one, two = codes[np.minimum(at, len(codes) - 2)], codes[np.minimum(at + 1, len(codes) - 1)]
    head = spelling.bits[0, 0, one] + spelling.bits[0, one, two]
    return np.where(left >= _SHORTEST, head, np.inf)


def unseen_words(
    places: Places, spelling: CharacterModel, allowed: Bools | None
) -> Iterator[tuple[Int64s, Int64s, Floats]]:
    """What may be unknown words by length; those of few strings come all at once, in the same order.

    Args:
        places: The strings.
        spelling: How names are spelled.
        allowed: (places,) where parts may begin and end; anywhere if None.
    """
    cost, end = spelling.cumulative_bits(places.strings)
    head = _word_starts(places, spelling)
    left = places.last[places.owner] - np.arange(len(places))
    every = np.arange(_SHORTEST, _LONGEST + 1)[:, None]
    for lengths in [every] if len(places) <= FEW_PLACES else every[:, None]:
        fits = left >= lengths if allowed is None else (left >= lengths) & allowed
        number, begin = fits.nonzero()
        stop = begin + lengths[number, 0]
        if allowed is not None:
            begin, stop = begin[allowed[stop]], stop[allowed[stop]]
        yield begin, stop, 2.0 ** -(head[begin] + cost[stop] - cost[begin + 2] + end[stop])


def sum_unseen(
    places: Places,
    arcs: Arcs,
    vocabulary: NameVocabulary,
    surroundings: Surroundings,
    cut: Floats,
    *,
    allowed: Bools | None,
    words: UnseenWords | None = None,
) -> Floats:
    """P(string | a stranger, form) through names that are not in the vocabulary.

    Args:
        places: The strings.
        arcs: Known name parts in them.
        vocabulary: Known name parts, and how much probability unknown ones have.
        surroundings: What may stand around a name.
        cut: (places,) P(a part begins or ends here, as marked).
        allowed: (places,) where parts may begin and end; anywhere if None.
        words: What may be unknown words (`unseen_words`), where that is known already.

    Returns:
        (rows, forms), to be added to the sum over readings. Customers' names are always known, so this belongs to
        strangers alone.
    """
    rows = len(places.first)
    out = np.zeros((rows, len(FORMS)))
    ahead, beyond = surroundings.before * cut, surroundings.after * cut
    family, given = np.zeros(len(places)), np.zeros(len(places))
    for start, stop, chance in unseen_words(places, vocabulary.spelling, allowed) if words is None else words:
        family += np.bincount(start, weights=vocabulary.unseen_family * chance * beyond[stop], minlength=len(places))
        given += np.bincount(stop, weights=vocabulary.unseen_given * chance * ahead[start], minlength=len(places))

    def add(form: str, at: npt.NDArray[np.int64], value: Floats) -> None:
        out[:, FORM_NAMES.index(form)] += np.bincount(places.owner[at], weights=value, minlength=rows)

    everywhere = np.arange(len(places))
    known_given = vocabulary.given[arcs.word]
    known_family = vocabulary.family[arcs.word]
    begin, stop = arcs.source, arcs.target
    letter = vocabulary.given_initial[places.next_byte(everywhere[:-1])] if len(places) else np.empty(0)
    add("family", everywhere, ahead * family)
    add("given", everywhere, given * beyond)
    add("given_family", everywhere, given * cut * family)
    add("given_family", begin, ahead[begin] * known_given * cut[stop] * family[stop])
    add("given_family", begin, given[begin] * cut[begin] * known_family * beyond[stop])
    if len(places):
        step = everywhere[:-1]
        initial = letter if allowed is None else np.where(allowed[:-1], letter, 0.0)
        add("initial_family", step, ahead[step] * initial * cut[step + 1] * family[step + 1])
    return out
