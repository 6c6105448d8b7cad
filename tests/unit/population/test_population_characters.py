"""The trigram model against a loop over characters."""

import math
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from sociolink.population.characters import (
    ALPHABET,
    RESOLUTION,
    CharacterModel,
    character_codes,
    draw_strings,
    fit_characters,
)
from sociolink.text.hashing import Utf8Bytes, prefix_hashes, string_bytes

TEXTS = ["annasmith", "", "jo", "x", "smith84", "aaaaaaaa", "", "zz9"]
SIZE = len(ALPHABET) + 1


def bytes_of(texts: list[str]) -> Utf8Bytes:
    return string_bytes(pa.array(texts, pa.string()))


def code(character: str) -> int:
    """1 to 36, and 0 for the end."""
    return ALPHABET.index(character) + 1 if character else 0


def bits_of(model: CharacterModel, text: str, *, end: bool) -> float:
    """Cost of a text, one character after the other."""
    before, total = (0, 0), 0.0
    for character in [*text, ""] if end else text:
        total += model.bits[before[0], before[1], code(character)]
        before = (before[1], code(character))
    return total


@pytest.fixture(scope="module")
def model() -> CharacterModel:
    return fit_characters(bytes_of(TEXTS * 5 + ["mary", "smithers", "1984"]))


def test_codes_cover_the_alphabet_and_nothing_else() -> None:
    assert character_codes(bytes_of([ALPHABET])).tolist() == list(range(1, SIZE))
    assert not character_codes(bytes_of(["AZ _-é\0"])).any()


def test_cumulative_bits_are_those_of_a_loop(model: CharacterModel) -> None:
    total, end = model.cumulative_bits(bytes_of(TEXTS))
    prefixes = [text[:stop] for text in TEXTS for stop in range(len(text) + 1)]
    assert len(total) == len(end) == len(prefix_hashes(bytes_of(TEXTS)))
    # Multiples of 1/256, so the sums are exact: no tolerance.
    assert total.tolist() == [bits_of(model, prefix, end=False) for prefix in prefixes]
    assert end.tolist() == [bits_of(model, p, end=True) - bits_of(model, p, end=False) for p in prefixes]


def test_string_bits_are_those_of_a_loop(model: CharacterModel) -> None:
    bits = model.string_bits(bytes_of(TEXTS))
    assert bits.tolist() == [bits_of(model, text, end=True) for text in TEXTS]
    assert model.string_chances(bytes_of(TEXTS)) == pytest.approx(2.0**-bits, rel=1e-15)


def test_a_string_costs_the_same_in_any_company(model: CharacterModel) -> None:
    together = model.string_bits(bytes_of(TEXTS * 3000))
    alone = [model.string_bits(bytes_of([text]))[0] for text in TEXTS]
    assert together.tolist() == alone * 3000


def test_nothing_costs_nothing(model: CharacterModel) -> None:
    total, end = model.cumulative_bits(bytes_of([]))
    assert len(total) == len(end) == len(model.string_bits(bytes_of([]))) == 0


def test_every_string_has_a_probability_above_zero(model: CharacterModel) -> None:
    chances = model.string_chances(bytes_of(["q7" * 5000, "", "a"]))
    assert (chances > 0).all()
    assert chances[0] * 1e-30 > 0


@pytest.mark.parametrize("texts", [[], ["a"], TEXTS * 40, ["zq" * 200]], ids=["none", "one", "many", "long"])
def test_probabilities_of_what_follows_sum_to_one(texts: list[str]) -> None:
    fitted = fit_characters(bytes_of(texts))
    # Bits are rounded to multiples of 1/256: each probability is off by a factor of 2^(1/512) at most.
    assert (2.0**-fitted.bits).sum(-1) == pytest.approx(1.0, rel=2 ** (1 / 512) - 1)
    assert np.array_equal(fitted.bits * RESOLUTION, np.rint(fitted.bits * RESOLUTION))


def test_fit_is_the_formula() -> None:
    """Each order shrunk to the one below by 20 pseudo-observations, counted by a loop."""
    weights, strength = np.linspace(0.1, 3.0, len(TEXTS)), 20.0
    triples: Counter[tuple[int, int, int]] = Counter()
    for text, weight in zip(TEXTS, weights, strict=True):
        codes = [0, 0, *(code(c) for c in text), 0]
        for place in range(2, len(codes)):
            triples[codes[place - 2], codes[place - 1], codes[place]] += weight
    fitted = fit_characters(bytes_of(TEXTS), weights, strength=strength)

    def chance(one: int, two: int, three: int) -> float:
        seen = sum(triples.values())
        single = (sum(n for (_, _, c), n in triples.items() if c == three) + strength / SIZE) / (seen + strength)
        same = [(c, n) for (_, b, c), n in triples.items() if b == two]
        double = (sum(n for c, n in same if c == three) + strength * single) / (sum(n for _, n in same) + strength)
        exact = [(c, n) for (a, b, c), n in triples.items() if (a, b) == (one, two)]
        return (sum(n for c, n in exact if c == three) + strength * double) / (sum(n for _, n in exact) + strength)

    for context in [(0, 0), (0, code("a")), (code("a"), code("a")), (code("q"), code("7")), (code("i"), code("t"))]:
        for following in range(SIZE):
            expected = -math.log2(chance(*context, following))
            assert fitted.bits[*context, following] == pytest.approx(expected, abs=0.5 / RESOLUTION + 1e-9)


def test_equal_weights_are_repetitions() -> None:
    twice = fit_characters(bytes_of(TEXTS + TEXTS))
    assert np.array_equal(twice.bits, fit_characters(bytes_of(TEXTS), np.full(len(TEXTS), 2.0)).bits)


def test_drawn_strings_are_as_frequent_as_the_model_says() -> None:
    fitted = fit_characters(bytes_of(["ab"] * 400 + ["a"] * 400 + ["ba"] * 200))
    drawn = Counter(draw_strings(fitted, 20_000, np.random.default_rng(1)).to_pylist())
    chances = fitted.string_chances(bytes_of(["ab", "a", "ba"]))
    for text, chance in zip(["ab", "a", "ba"], chances, strict=True):
        # Five standard deviations of a binomial, and 0.4% for the rounding of the bits.
        spread = 5 * math.sqrt(20_000 * chance * (1 - chance))
        assert abs(drawn[text] - 20_000 * chance) < spread + 80


def test_drawn_strings_are_of_the_alphabet_seeded_and_bounded(model: CharacterModel) -> None:
    drawn = draw_strings(model, 500, np.random.default_rng(7), max_length=6).to_pylist()
    assert drawn == draw_strings(model, 500, np.random.default_rng(7), max_length=6).to_pylist()
    assert drawn != draw_strings(model, 500, np.random.default_rng(8), max_length=6).to_pylist()
    assert max(len(text) for text in drawn) == 6
    assert set("".join(drawn)) <= set(ALPHABET)
