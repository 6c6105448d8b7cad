"""How likely a string is as a run of characters: a smoothed trigram model of [a-z0-9]."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.text.hashing import Utf8Bytes

__all__ = ["ALPHABET", "RESOLUTION", "CharacterModel", "character_codes", "draw_strings", "fit_characters"]

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
RESOLUTION = 256
_MOST_BITS = 900.0  # 2^-900 times the probability of a name is still a number above 0
_SIZE = len(ALPHABET) + 1  # code 0 is the start or the end of a string
_CODES = np.zeros(256, np.uint8)
_CODES[np.frombuffer(ALPHABET.encode(), np.uint8)] = np.arange(1, _SIZE, dtype=np.uint8)

Floats = npt.NDArray[np.float64]


def character_codes(strings: Utf8Bytes) -> npt.NDArray[np.uint8]:
    """(total,) codes 1 to 36 of the bytes; 0 for anything outside [a-z0-9]."""
    codes: npt.NDArray[np.uint8] = _CODES[strings.data]
    return codes


@dataclass(frozen=True, slots=True)
class CharacterModel:
    """P(next character | two characters before), in bits.

    Attributes:
        bits: (37, 37, 37) float64, -log2 P(third | first, second); code 0 as the third ends the string. Multiples
            of 1 / `RESOLUTION`, so that sums over many strings are exact and do not depend on their order.
    """

    bits: Floats

    def cumulative_bits(self, strings: Utf8Bytes) -> tuple[Floats, Floats]:
        """Cost of every prefix and cost of ending after it.

        Args:
            strings: (rows,) strings of [a-z0-9].

        Returns:
            Two (total + rows,) arrays laid out like `prefix_hashes`: -log2 P(prefix) without its end, and
            -log2 P(end | prefix).
        """
        rows = len(strings)
        codes = character_codes(strings)
        place = np.arange(len(codes)) + np.repeat(np.arange(rows), strings.lengths)
        padded = np.zeros(len(codes) + 3 * rows + 3, np.intp)  # two starts and an end around each string
        shift = place + 2 * np.repeat(np.arange(rows), strings.lengths) + 2
        padded[shift] = codes
        step = self.bits[padded[shift - 2], padded[shift - 1], padded[shift]]
        total = np.zeros(len(codes) + rows)
        total[place + 1] = step
        total = np.cumsum(total)
        first = strings.offsets[:-1] + np.arange(rows)
        owner = np.repeat(np.arange(rows), strings.lengths + 1)
        total -= total[first][owner]
        spot = np.arange(len(total)) + 2 * owner + 2
        return total, self.bits[padded[spot - 2], padded[spot - 1], 0]

    def string_bits(self, strings: Utf8Bytes, costs: tuple[Floats, Floats] | None = None) -> Floats:
        """(rows,) -log2 P(string), its end included; `costs` are its cumulative bits, where they are known."""
        total, end = self.cumulative_bits(strings) if costs is None else costs
        last = strings.offsets[1:] + np.arange(len(strings))
        out: Floats = total[last] + end[last]
        return out

    def string_chances(self, strings: Utf8Bytes, costs: tuple[Floats, Floats] | None = None) -> Floats:
        """(rows,) P(string), its end included; never 0, however long the string is."""
        out: Floats = 2.0 ** -np.minimum(self.string_bits(strings, costs), _MOST_BITS)
        return out


def fit_characters(
    strings: Utf8Bytes, weights: Floats | None = None, *, strength: float = 20.0, discount: float = 0.0
) -> CharacterModel:
    """Fit a trigram model, each order shrunk to the one below it.

    Args:
        strings: (rows,) strings of [a-z0-9].
        weights: (rows,) how often each occurs; 1 by default.
        strength: Pseudo-observations of the lower order in each context.
        discount: Taken from every count, so that what was seen no more often than this leaves no trace, and strings
            are not evidence for themselves.

    Returns:
        A model in which every string has a probability above 0.

    References:
        MacKay & Peto (1995), A hierarchical Dirichlet language model, Natural Language Engineering 1;
        Ney, Essen & Kneser (1994), On structuring probabilistic dependences, Computer Speech and Language 8.
    """
    rows = len(strings)
    weights = np.ones(rows) if weights is None else weights
    codes = character_codes(strings).astype(np.intp)
    shift = np.arange(len(codes)) + 3 * np.repeat(np.arange(rows), strings.lengths) + 2
    padded = np.zeros(len(codes) + 3 * rows + 3, np.intp)
    padded[shift] = codes
    ends = strings.offsets[1:] + 3 * np.arange(rows) + 2
    at = np.concatenate([shift, ends])
    each = np.concatenate([np.repeat(weights, strings.lengths), weights])
    cell = (padded[at - 2] * _SIZE + padded[at - 1]) * _SIZE + padded[at]
    counts: Floats = np.bincount(cell, weights=each, minlength=_SIZE**3).astype(np.float64).reshape(3 * (_SIZE,))
    single = _shrink(counts.sum((0, 1)), np.full(_SIZE, 1.0 / _SIZE), strength, discount)
    double = _shrink(counts.sum(0), single, strength, discount)
    triple = _shrink(counts, double, strength, discount)
    return CharacterModel(np.rint(-np.log2(triple) * RESOLUTION) / RESOLUTION)


def _shrink(counts: Floats, lower: Floats, strength: float, discount: float) -> Floats:
    """P(last | before): counts less the discount; what that frees goes to the lower order."""
    kept = np.maximum(counts - discount, 0.0)
    total = counts.sum(-1, keepdims=True)
    freed = total - kept.sum(-1, keepdims=True) + strength
    out: Floats = (kept + freed * lower) / (total + strength)
    return out


def draw_strings(model: CharacterModel, size: int, rng: np.random.Generator, *, max_length: int = 20) -> pa.Array:
    """Strings drawn from a model.

    Args:
        model: The model.
        size: Number of strings.
        rng: Source of chance.
        max_length: Longer strings are cut.

    Returns:
        (size,) strings; some may be empty.
    """
    letters = np.zeros((size, max_length), np.uint8)
    two, one = np.zeros(size, np.intp), np.zeros(size, np.intp)
    going = np.ones(size, np.bool_)
    table = np.frombuffer(b"\x00" + ALPHABET.encode(), np.uint8)
    for place in range(max_length):
        chance = np.cumsum(2.0 ** -model.bits[two, one], axis=1)
        drawn = (rng.random(size)[:, None] * chance[:, -1:] > chance).sum(1)
        going &= drawn > 0
        letters[:, place] = np.where(going, table[drawn], 0)
        two, one = one, np.where(going, drawn, 0)
    fixed = letters.view(f"S{max_length}").ravel()
    return pa.array(fixed.astype(str)).cast(pa.string())
