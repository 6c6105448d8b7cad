"""Formats of reference numbers, learned from those that a CRM issued: which numbers there could be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.sorting import sorted_distinct

__all__ = ["Format", "Judged", "grow_formats", "judge_numbers", "learn_formats"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_FEWEST, _FEWEST_SHARE = 5, 0.01
_FEWEST_CHECKED = 30
_LONGEST_NUMBER = 18
_FEWEST_BARE = 6
_LEAST_BITS = 12.0


@dataclass(frozen=True, slots=True)
class Format:
    """Reference numbers of one shape.

    Attributes:
        low: Least number, where all behind the prefix are digits; else 0.
        high: Largest number, likewise; else 0.
        check: Name of the check digit's rule that all numbers keep, "" where there is none.
        bits: log2 of how many numbers of this format there could be.
    """

    low: int
    high: int
    check: str
    bits: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Numbers against the formats of a CRM.

    Attributes:
        fits: (n,) whether the number could be one of the CRM's.
        bits: (n,) log2 of how many numbers of its format there could be; 0 where it does not fit.
    """

    fits: Bools
    bits: Floats


@dataclass(frozen=True, slots=True)
class _Shapes:
    """What numbers look like, from the strictest look to the loosest.

    A digit is 0, a letter is A, and what may be either is X; letters that are meant stand before a bar.

    Attributes:
        strict: With the letters that each begins with.
        loose: With any letters.
        mixed: With the letters that each begins with, and digits and letters in any order behind them; empty where
            there are only digits.
        any_mixed: Digits and letters in any order; empty where there are no letters.
        rest: What stands behind the letters that each begins with.
    """

    strict: pa.Array
    loose: pa.Array
    mixed: pa.Array
    any_mixed: pa.Array
    rest: pa.Array

    def ladder(self, numbers: pa.Array) -> tuple[tuple[pa.Array, pa.Array], ...]:
        """Each shape with the part of the number whose value it may bound."""
        return (self.strict, self.rest), (self.loose, numbers), (self.mixed, self.rest), (self.any_mixed, numbers)


def _shapes(numbers: pa.Array) -> _Shapes:
    parts = pc.extract_regex(numbers, r"^(?P<prefix>[A-Z]*)(?P<rest>.*)$")
    rest = pc.struct_field(parts, "rest")
    masked = pc.replace_substring_regex(pc.replace_substring_regex(rest, "[0-9]", "0"), "[A-Z]", "A")
    prefix = pc.struct_field(parts, "prefix")
    any_prefix = pc.replace_substring_regex(prefix, "[A-Z]", "A")
    strict = pc.binary_join_element_wise(prefix, masked, "|")
    loose = pc.binary_join_element_wise("", pc.binary_join_element_wise(any_prefix, masked, ""), "|")
    either = pc.binary_join_element_wise(prefix, pc.replace_substring_regex(rest, ".", "X"), "|")
    any_either = pc.binary_join_element_wise("", pc.replace_substring_regex(numbers, ".", "X"), "|")
    mixed = pc.if_else(pc.match_substring_regex(rest, "[A-Z]"), either, "")
    return _Shapes(strict, loose, mixed, pc.if_else(pc.match_substring_regex(numbers, "[A-Z]"), any_either, ""), rest)


def _values(rest: pa.Array) -> tuple[Bools, Int64s]:
    """Whether all is digits, and the number they make."""
    plain = pc.match_substring_regex(rest, f"^[0-9]{{1,{_LONGEST_NUMBER}}}$")
    return np.asarray(plain, np.bool_), np.asarray(pc.if_else(plain, rest, "0").cast(pa.int64()), np.int64)


def _digits(numbers: pa.Array) -> npt.NDArray[np.int8]:
    """(n, longest) digits of numbers, the last one first, -1 beyond; letters are left out."""
    strings = pc.replace_substring_regex(numbers, "[A-Z]+", "")
    longest = pc.max(pc.binary_length(strings)).as_py() or 0
    padded = pc.ascii_lpad(strings, longest, "/").cast(pa.binary(max(longest, 1))) if longest else strings
    if not longest or len(strings) == 0:
        return np.empty((len(strings), 0), np.int8)
    raw = np.frombuffer(padded.buffers()[1], np.uint8, len(strings) * longest, padded.offset * longest)
    return (raw.reshape(len(strings), longest)[:, ::-1].astype(np.int16) - ord("0")).astype(np.int8)


def _luhn(digits: npt.NDArray[np.int8]) -> Bools:
    value = np.maximum(digits, 0).astype(np.int64)
    value[:, 1::2] = np.where(value[:, 1::2] > 4, value[:, 1::2] * 2 - 9, value[:, 1::2] * 2)
    return np.asarray(value.sum(1) % 10 == 0)


def _mod11(digits: npt.NDArray[np.int8]) -> Bools:
    value = np.maximum(digits, 0).astype(np.int64)
    return np.asarray((value * (np.arange(value.shape[1]) + 1)).sum(1) % 11 == 0)


def _mod97(digits: npt.NDArray[np.int8]) -> Bools:
    value = np.maximum(digits, 0).astype(np.int64)
    powers = np.array([pow(10, place, 97) for place in range(value.shape[1])], np.int64)
    return np.asarray((value * powers).sum(1) % 97 == 1)


CHECKS: Final[Mapping[str, tuple[Callable[[npt.NDArray[np.int8]], Bools], float]]] = {
    "mod97": (_mod97, 97.0),
    "mod11": (_mod11, 11.0),
    "luhn": (_luhn, 10.0),
}
"""Rules of check digits, and one of how many numbers keeps each: ISO 7064 MOD 97-10, ISBN-10's weights, Luhn (1954)."""


def _check_of(numbers: pa.Array) -> str:
    """The rule that all numbers keep; "" where there is none or where they are too few to tell."""
    if len(numbers) < _FEWEST_CHECKED:
        return ""
    digits = _digits(numbers)
    return next((name for name, (keeps, _) in CHECKS.items() if keeps(digits).all()), "")


def _format_of(numbers: pa.Array, rest: pa.Array) -> Format:
    """The format of distinct numbers of one shape: their range if they are digits, else what stands at each place."""
    count = len(numbers)
    plain, value = _values(rest)
    check = _check_of(numbers)
    if plain.all():
        low, high = int(value.min()), int(value.max())
        wider = (high - low) // max(count - 1, 1)
        low, high = max(low - wider, 0), high + wider
        bits = float(np.log2(high - low + 1))
    else:
        low = high = 0
        width = int(pc.max(pc.binary_length(numbers)).as_py())
        raw = np.frombuffer(numbers.cast(pa.binary(width)).buffers()[1], np.uint8)[: count * width]
        bits = float(sum(np.log2(len(np.unique(place))) for place in raw.reshape(count, width).T))
    return Format(low, high, check, bits - (float(np.log2(CHECKS[check][1])) if check else 0.0))


def learn_formats(numbers: pa.Array) -> dict[str, Format]:
    """The formats of the numbers that a CRM issued.

    Args:
        numbers: Normalised numbers of events; empty ones are passed over.

    Returns:
        For each shape its format. Letters at the beginning are part of the shape where enough numbers share them;
        numbers with such a prefix may also be quoted without it. Where digits and letters stand in ever other places,
        the shape is their number. Shapes that too few numbers have are left out, and so are those with so few possible
        numbers that one of them says nothing.

    Examples:
        >>> found = learn_formats(pa.array([f"AB{number}" for number in range(20_000, 29_999, 7)]))
        >>> found["AB|00000"].low, found["AB|00000"].high, round(found["AB|00000"].bits, 1)
        (19993, 30003, 13.3)
    """
    distinct = sorted_distinct(numbers)
    distinct = distinct.filter(pc.not_equal(distinct, ""))
    shapes = _shapes(distinct)
    shape = _commonest(shapes, distinct, least=max(_FEWEST, _FEWEST_SHARE * len(distinct)))
    bare = pc.if_else(_is_bare(shapes), shapes.rest, "")
    out: dict[str, Format] = {}
    for values, of, tails in ((distinct, shape, shapes.rest), (bare, _bare_shape(bare), bare)):
        for one, here in _by_shape(of, least=max(_FEWEST, _FEWEST_SHARE / 10 * len(distinct))):
            few = values.take(here)
            if one not in out:
                out[one] = _format_of(few, few if one.startswith("|A") else tails.take(here))
    return {one: found for one, found in out.items() if found.bits >= _LEAST_BITS}


def _commonest(shapes: _Shapes, numbers: pa.Array, *, least: float) -> pa.Array:
    """Of each number the strictest shape that enough of those have whom no stricter one fits; else the loosest."""
    out, open_ = pa.nulls(len(numbers), pa.string()), pa.array(np.ones(len(numbers), np.bool_))
    for shape, _ in shapes.ladder(numbers):
        some = pc.filter(shape, open_)
        counts = pc.value_counts(some)
        known = counts.field("values").filter(pc.greater_equal(counts.field("counts"), least))
        known = known.filter(pc.not_equal(known, ""))
        here = pc.and_(open_, pc.is_in(shape, value_set=known))
        out, open_ = pc.if_else(here, shape, out), pc.and_not(open_, here)
    last = pc.if_else(pc.equal(shapes.any_mixed, ""), shapes.loose, shapes.any_mixed)
    return pc.fill_null(pc.coalesce(out, last), "")


def grow_formats(formats: Mapping[str, Format], numbers: pa.Array) -> dict[str, Format]:
    """Formats that later numbers fit too: ranges go as far as these, and shapes that are new are learned from them.

    Args:
        formats: What `learn_formats` found in earlier numbers.
        numbers: Normalised numbers that came later.

    Examples:
        >>> grow_formats({"AB|00000": Format(20_000, 29_999, "", 13.3)}, pa.array(["AB30017"]))["AB|00000"].high
        30017
    """
    distinct = sorted_distinct(numbers)
    distinct = distinct.filter(pc.not_equal(distinct, ""))
    shapes, known = _shapes(distinct), pa.array(list(formats), pa.string())
    shape = pa.nulls(len(distinct), pa.string())
    for of, _ in shapes.ladder(distinct):
        shape = pc.coalesce(shape, pc.if_else(pc.is_in(of, value_set=known), of, None))
    bare = pc.if_else(_is_bare(shapes), shapes.rest, "")
    grown = {**learn_formats(distinct), **formats}
    for of, tails in ((pc.fill_null(shape, ""), shapes.rest), (_bare_shape(bare), bare)):
        for one, here in _by_shape(of, least=1):
            if one in formats and formats[one].high > 0:
                grown[one] = _widened(grown[one], (distinct if one.startswith("|A") else tails).take(here))
    return grown


def _widened(one: Format, tails: pa.Array) -> Format:
    """The format with a range that holds these numbers too, as far as they keep its check digit."""
    plain, value = _values(tails)
    plain = plain & (CHECKS[one.check][0](_digits(tails)) if one.check else True)
    if not plain.any():
        return one
    low, high = min(one.low, int(value[plain].min())), max(one.high, int(value[plain].max()))
    return replace(one, low=low, high=high, bits=one.bits + float(np.log2((high - low + 1) / (one.high - one.low + 1))))


def _by_shape(shapes: pa.Array, *, least: float) -> list[tuple[str, pa.Array]]:
    """Shapes that are not empty and that enough numbers have, in alphabetical order, with the places of each."""
    encoded = shapes.dictionary_encode()
    code = np.asarray(encoded.indices, np.int64)
    order = np.argsort(code, kind="stable")
    start = np.searchsorted(code[order], np.arange(len(encoded.dictionary) + 1))
    names = encoded.dictionary.to_pylist()
    kept = [number for number in np.flatnonzero(np.diff(start) >= least).tolist() if names[number]]
    kept.sort(key=lambda number: names[number])
    return [(names[number], pa.array(order[start[number] : start[number + 1]])) for number in kept]


def _is_bare(shapes: _Shapes) -> pa.Array:
    """Whether what follows the letters at the beginning, if there are any, is enough to be quoted alone."""
    alone = pc.or_(pc.equal(shapes.mixed, ""), pc.not_equal(shapes.mixed, shapes.any_mixed))
    return pc.and_(alone, pc.greater_equal(pc.binary_length(shapes.rest), _FEWEST_BARE))


def _bare_shape(numbers: pa.Array) -> pa.Array:
    """The shape of what is quoted alone: all digits, or digits and letters in any order."""
    plain = pc.match_substring_regex(numbers, "^[0-9]*$")
    masked = pc.replace_substring_regex(numbers, ".", "0")
    masked = pc.if_else(plain, masked, pc.replace_substring_regex(numbers, ".", "X"))
    return pc.if_else(pc.equal(numbers, ""), "", pc.binary_join_element_wise("", masked, "|"))


def judge_numbers(numbers: pa.Array, formats: Mapping[str, Format]) -> Judged:
    """Which numbers fit the formats of a CRM, in shape, range and check digit.

    Args:
        numbers: (n,) normalised numbers.
        formats: What `learn_formats` found.

    Examples:
        >>> formats = {"AB|00000": Format(19_993, 30_003, "", 13.3)}
        >>> judge_numbers(pa.array(["AB20001", "AB90001", "20001"]), formats).fits.tolist()
        [True, False, False]
    """
    fits, bits = np.zeros(len(numbers), np.bool_), np.zeros(len(numbers))
    for shapes, tails in _shapes(numbers).ladder(numbers):
        found = shapes.dictionary_encode()
        code = np.asarray(found.indices, np.int64)
        for number, shape in enumerate(found.dictionary.to_pylist()):
            one = formats.get(shape)
            rows = np.flatnonzero((code == number) & ~fits) if one is not None else np.empty(0, np.int64)
            if one is None or len(rows) == 0:
                continue
            good = np.ones(len(rows), np.bool_)
            if one.high > 0:
                plain, value = _values(tails.take(pa.array(rows)))
                good &= plain & (value >= one.low) & (value <= one.high)
            if one.check:
                good &= CHECKS[one.check][0](_digits(numbers.take(pa.array(rows))))
            fits[rows[good]], bits[rows[good]] = True, one.bits
    return Judged(fits, bits)
