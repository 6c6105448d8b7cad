"""Handles that say nothing about their owner."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sociolink.datasets.synthesis.handle_makers import HandleMaker, numbers
from sociolink.datasets.synthesis.handle_parts import HandleParts
from sociolink.datasets.synthesis.places import load_words
from sociolink.datasets.synthesis.strings import digits, join, pick, words

__all__ = ["OPAQUE_MAKERS"]


def two_words(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    vocabulary = load_words()
    adjective = pick(rng, words(vocabulary["adjectives"]), len(parts))
    return join(adjective, pick(rng, words(vocabulary["nouns"]), len(parts)), separator=" ")


def two_words_digits(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(two_words(parts, rng), numbers(parts, rng))


def two_things(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    nouns = words(load_words()["nouns"])
    return join(pick(rng, nouns, len(parts)), pick(rng, nouns, len(parts)), separator=" ")


def word_digits(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(pick(rng, words(load_words()["nouns"]), len(parts)), digits(rng.integers(0, 100_000, len(parts))))


def invented(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """A word that was never there: `zuniblavex`."""
    syllables = words(load_words()["syllables"])
    return join(*(pick(rng, syllables, len(parts)) for _ in range(3)))


def invented_digits(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    syllables = words(load_words()["syllables"])
    return join(*(pick(rng, syllables, len(parts)) for _ in range(2)), digits(rng.integers(0, 1000, len(parts))))


def hobby_word(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    noun = pick(rng, words(load_words()["nouns"]), len(parts))
    return join(parts.hobby, noun, digits(rng.integers(0, 1000, len(parts))), separator=" ")


def random_code(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """What a platform offers: `user8f03kq2x`."""
    alphabet = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz0123456789", np.uint8)
    letters = alphabet[rng.integers(0, len(alphabet), (len(parts), 9))]
    made = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(9), len(parts), [None, pa.py_buffer(np.ascontiguousarray(letters))]
    )
    return join(pick(rng, words("u user x id z"), len(parts)), made.cast(pa.binary()).cast(pa.string()))


#: How often each opaque way is taken, among people who do not use their name.
OPAQUE_MAKERS: tuple[tuple[HandleMaker, float], ...] = (
    (two_words, 3.0),
    (two_words_digits, 4.0),
    (two_things, 2.0),
    (word_digits, 2.5),
    (invented, 3.5),
    (invented_digits, 2.0),
    (hobby_word, 2.0),
    (random_code, 1.0),
)
