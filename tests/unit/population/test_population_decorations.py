"""What surrounds a name, against every way to lay it out one by one."""

import json

import numpy as np
import pyarrow as pa
import pytest

from sociolink.population.characters import CharacterModel, fit_characters
from sociolink.population.decorations import DecorationModel, decoration_model, surround
from sociolink.text.hashing import string_bytes
from sociolink.text.substrings import lay_out

DIGIT_RUN = [0.0, 0.22, 0.36, 0.14, 0.2, 0.03, 0.02, 0.01, 0.01, 0.005, 0.005]
STRINGS = ["reprep84", "", "4senate", "tx2024tx", "a", "12345678901234", "repxyz", "senrep4", "0"]
MODEL = DecorationModel(
    (0.6, 0.7),
    ({"rep": 0.3, "sen": 0.2, "4senate": 0.05}, {"tx": 0.2, "rep": 0.1, "4": 0.02}),
    (0.1, 0.4),
    (0.4, 0.3),
)


@pytest.fixture(scope="module")
def characters() -> CharacterModel:
    return fit_characters(string_bytes(pa.array(["annasmith", "rep84", "texas", "bob1984"])))


def spelled(characters: CharacterModel, text: str, begin: int, end: int) -> float:
    """P(text[begin:end] | text[:begin]), without an end."""
    alphabet = "\0abcdefghijklmnopqrstuvwxyz0123456789"
    codes = [0, 0, *(alphabet.index(c) for c in text)]
    return 2.0 ** -sum(characters.bits[codes[i], codes[i + 1], codes[i + 2]] for i in range(begin, end))


def pieces(text: str, begin: int, end: int, model: DecorationModel, side: int) -> float:
    """P(text[begin:end] as one known piece): a learned word, or a whole run of digits."""
    piece = text[begin:end]
    chance = model.words[side].get(piece, 0.0)
    whole_run = not text[max(begin - 1, 0) : begin].isdigit() and not text[end : end + 1].isdigit()
    if piece.isdigit() and whole_run:
        chance += model.digits[side] * DIGIT_RUN[min(len(piece), 10)] * 10.0 ** -len(piece)
    return chance


def side_chance(text: str, place: int, model: DecorationModel, characters: CharacterModel, side: int) -> float:
    """P(what stands before (side 0) or after (side 1) a place)."""
    begin, end = (0, place) if side == 0 else (place, len(text))
    if begin == end:
        return model.empty[side]
    junk = model.junk[side] * 0.25 * 0.75 ** (end - begin - 1) * spelled(characters, text, begin, end)
    one = pieces(text, begin, end, model, side)
    two = sum(pieces(text, begin, cut, model, side) * pieces(text, cut, end, model, side) for cut in range(begin, end))
    return (1 - model.empty[side]) * (junk + 0.85 * one + 0.15 * two)


@pytest.mark.parametrize("model", [MODEL, decoration_model()], ids=["words", "start"])
def test_surroundings_are_the_sum_over_all_ways(model: DecorationModel, characters: CharacterModel) -> None:
    found = surround(lay_out(pa.array(STRINGS)), model, characters)
    for side, chances in enumerate((found.before, found.after)):
        expected = [
            side_chance(text, place, model, characters, side) for text in STRINGS for place in range(len(text) + 1)
        ]
        assert chances == pytest.approx(expected, rel=1e-9)
        assert chances.min() > 0
        assert chances.max() <= 1


def test_all_that_may_follow_is_a_probability(characters: CharacterModel) -> None:
    """One or two pieces after a name that ends the string at hand: all strings of up to two digits, no words."""
    model = DecorationModel((0.5, 0.5), ({}, {}), (0.5, 1.0), (0.5, 0.0))
    texts = ["", *(str(number) for number in range(10)), *(f"{number:02}" for number in range(100))]
    places = lay_out(pa.array([f"ann{text}" for text in texts]))
    after = surround(places, model, characters).after[places.first + 3]
    # Two runs of digits in a row are one run, so the second piece never applies.
    assert after[0] == 0.5
    assert after[1:11].sum() == pytest.approx(0.5 * 0.85 * 0.22)
    assert after[11:].sum() == pytest.approx(0.5 * 0.85 * 0.36)


def test_a_string_has_the_same_surroundings_in_any_company(characters: CharacterModel) -> None:
    together = surround(lay_out(pa.array(STRINGS * 400)), MODEL, characters)
    alone = [surround(lay_out(pa.array([text])), MODEL, characters) for text in STRINGS]
    assert np.array_equal(together.before, np.tile(np.concatenate([one.before for one in alone]), 400))
    assert np.array_equal(together.after, np.tile(np.concatenate([one.after for one in alone]), 400))


def test_nothing_has_no_surroundings(characters: CharacterModel) -> None:
    found = surround(lay_out(pa.array([], pa.string())), MODEL, characters)
    assert len(found.before) == len(found.after) == 0


def test_the_model_survives_json() -> None:
    assert decoration_model(json.loads(json.dumps(MODEL.to_dict()))) == MODEL


def test_learning_starts_without_words() -> None:
    start = decoration_model()
    assert start.words == ({}, {})
    for side in (0, 1):
        assert start.digits[side] + start.junk[side] == pytest.approx(1.0)
