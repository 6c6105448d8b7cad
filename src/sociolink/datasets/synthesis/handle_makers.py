"""The usual ways to make a handle from one's name: tokens joined by spaces, which a style glues later."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from sociolink.datasets.synthesis.handle_parts import HandleParts
from sociolink.datasets.synthesis.strings import choose, digits, join, piece

__all__ = ["PLAIN_MAKERS", "HandleMaker", "numbers"]

HandleMaker = Callable[[HandleParts, np.random.Generator], pa.Array]


def numbers(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    """Digits that people append: two of the year of birth, the whole year, or any one to four."""
    size = len(parts)
    any_digits = digits(rng.integers(0, 10 ** rng.integers(1, 5, size)))
    chance = rng.random(size)
    return choose(chance < 0.35, piece(parts.year, 2), choose(chance < 0.5, parts.year, any_digits))


def first_last(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(parts.given, parts.family, separator=" ")


def first_last_digits(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(join(parts.given, parts.family, separator=" "), numbers(parts, rng))


def initial_last(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(piece(parts.given, 0, 1), parts.family)


def initial_last_digits(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(piece(parts.given, 0, 1), parts.family, numbers(parts, rng))


def initial_apart_last(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(piece(parts.given, 0, 1), parts.family, separator=" ")


def first_initial(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(parts.given, piece(parts.family, 0, 1))


def last_initial(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(parts.family, piece(parts.given, 0, 1))


def last_first(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(parts.family, parts.given, separator=" ")


def nickname_last(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(parts.nickname, parts.family, separator=" ")


def nickname_digits(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(parts.nickname, numbers(parts, rng))


def first_middle_last(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(parts.given, parts.middle, parts.family, separator=" ")


def initials_digits(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(piece(parts.given, 0, 1), parts.middle, piece(parts.family, 0, 1), numbers(parts, rng))


def initials_last(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(piece(parts.given, 0, 1), parts.middle, parts.family)


def first_digits(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return join(parts.given, numbers(parts, rng))


def last_only(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return parts.family


def first_only(parts: HandleParts, rng: np.random.Generator) -> pa.Array:
    return parts.given


#: How often each usual way is taken, among people who use their name.
PLAIN_MAKERS: tuple[tuple[HandleMaker, float], ...] = (
    (first_last, 26.0),
    (first_last_digits, 8.0),
    (initial_last, 12.0),
    (initial_last_digits, 4.0),
    (initial_apart_last, 2.0),
    (first_initial, 3.0),
    (last_initial, 2.0),
    (last_first, 3.5),
    (nickname_last, 4.0),
    (nickname_digits, 2.0),
    (first_middle_last, 3.0),
    (initials_digits, 1.5),
    (initials_last, 2.0),
    (first_digits, 2.5),
    (last_only, 1.5),
    (first_only, 1.0),
)
