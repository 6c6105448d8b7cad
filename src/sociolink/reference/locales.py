"""Languages and clocks of countries, and the short words by which languages are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from sociolink.reference.facts import countries

__all__ = ["Locales", "function_words", "locales"]

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True, eq=False)
class Locales:
    """What is spoken in each country, and what its clocks show.

    Attributes:
        country: ISO 3166-1 codes, in the order of `countries()`.
        language: ISO 639 codes.
        language_name: Their English names.
        speaks: (countries, languages) share of the people of a country whose language it is; sums to 1, or to 0 where
            nothing is known.
        clock: (clocks, 12) whole hours beyond UTC on the 15th of each month.
        goes_by: (countries, clocks) share of the people of a country who live by a clock; sums to 1, or to 0.
    """

    country: tuple[str, ...]
    language: tuple[str, ...]
    language_name: tuple[str, ...]
    speaks: npt.NDArray[np.float64]
    clock: npt.NDArray[np.int64]
    goes_by: npt.NDArray[np.float64]


def _read(name: str) -> tuple[list[str], list[str]]:
    """The two parts of a file."""
    first, _, second = (_DATA / name).read_text("utf-8").partition("\n\n")
    return first.splitlines(), second.splitlines()


def _shares(lines: list[str], row: Mapping[str, int], column: Mapping[str, int]) -> npt.NDArray[np.float64]:
    out = np.zeros((len(row), len(column)))
    for line in lines:
        country, _, said = line.partition("\t")
        for one in said.split() if country in row else ():
            name, _, share = one.partition(":")
            out[row[country], column[name]] = float(share)
    total = out.sum(1, keepdims=True)
    return np.asarray(np.divide(out, total, out=np.zeros_like(out), where=total > 0))


@cache
def locales() -> Locales:
    """Languages (Unicode CLDR) and clocks (IANA, weighted by the towns of GeoNames) of all countries.

    Examples:
        >>> known = locales()
        >>> at = known.country.index("CH"), known.language.index("fr")
        >>> bool(0.2 < known.speaks[at] < 0.4), sorted(set(known.clock[known.goes_by[at[0]].argmax()].tolist()))
        (True, [1, 2])
    """
    codes = tuple(countries()["country"].to_pylist())
    row = {code: number for number, code in enumerate(codes)}
    names, languages = _read("languages.txt")
    language, name = zip(*(line.split("\t") for line in names), strict=True)
    shown, clocks = _read("clocks.txt")
    clock = np.array([line.split() for line in shown], np.int64)
    spoken = _shares(languages, row, {code: number for number, code in enumerate(language)})
    gone_by = _shares(clocks, row, {str(number): number for number in range(len(clock))})
    for array in (spoken, gone_by, clock):
        array.setflags(write=False)
    return Locales(codes, language, name, spoken, clock, gone_by)


@cache
def function_words() -> Mapping[str, tuple[str, ...]]:
    """Short words of languages in Latin letters (Stopwords ISO), by language.

    Examples:
        >>> "und" in function_words()["de"], "und" in function_words()["fr"]
        (True, False)
    """
    lines = (line.split("\t") for line in (_DATA / "function_words.txt").read_text("utf-8").splitlines())
    return MappingProxyType({language: tuple(words.split()) for language, words in lines})
