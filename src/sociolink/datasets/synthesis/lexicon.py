"""Every name that the synthetic world may use, with how often each culture uses it, and its forms in handles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from sociolink.datasets.synthesis.name_lists import NameList, name_lists
from sociolink.datasets.synthesis.nicknames import Nicknames, gather_nicknames
from sociolink.datasets.synthesis.strings import Ints, join, zipf
from sociolink.reference import facts
from sociolink.reference.counts import NameCounts

__all__ = ["BIRTH_BIN_YEARS", "Lexicon", "NameTable", "load_lexicon"]

BIRTH_BIN_YEARS = 5
_PEAKS = (1950, 1975, 1997)
_MAX_TAIL = 60_000
_DOUBLE_FOLDINGS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ö": "Oe", "Å": "Aa", "Ø": "Oe"}
)


@dataclass(frozen=True, slots=True, eq=False)
class NameTable:
    """Names of all cultures, one row each.

    Attributes:
        latin: As a customer record writes it.
        native: In the culture's own script (the same as `latin` for Latin scripts).
        ascii: Lower-case letters a to z only.
        double: The same with ä as ae, å as aa, ø as oe.
        cohort: Row of the table of birth cohorts.
        starts: First row of each culture, and the end.
        cumulated: Cumulated share of each name, from 0 to 1 within a culture.
    """

    latin: pa.Array
    native: pa.Array
    ascii: pa.Array
    double: pa.Array
    cohort: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    cumulated: npt.NDArray[np.float64]

    def draw(self, rng: np.random.Generator, culture: Ints) -> npt.NDArray[np.int32]:
        """Draw one name for each person of a culture, by frequency."""
        chance = culture + rng.random(len(culture)) * (1 - 1e-12)
        found = np.searchsorted(self.cumulated, chance, side="right")
        return np.clip(found, self.starts[culture], self.starts[culture + 1] - 1).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """All names, the years in which their bearers were born, and the short forms of given names.

    Attributes:
        cultures: Names of the cultures, in the order of their codes.
        given: Given names.
        family: Family names.
        nicknames: Short forms by given name.
        birth_years_from: First year of each bin of five years.
        cohorts: (cohort, bin) share of births; the last row is even.
    """

    cultures: tuple[str, ...]
    given: NameTable
    family: NameTable
    nicknames: Nicknames
    birth_years_from: npt.NDArray[np.int64]
    cohorts: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Names:
    latin: pa.Array
    native: pa.Array
    shares: npt.NDArray[np.float64]
    cohort: npt.NDArray[np.int32]


def _split(text: str) -> tuple[list[str], list[str]]:
    """Latin and native forms of `latin/native` words."""
    pairs = [word.replace("~", " ").partition("/") for word in text.split()]
    return [latin for latin, _, _ in pairs], [native or latin for latin, _, native in pairs]


def _rare_names(syllables: str) -> tuple[pa.Array, pa.Array]:
    """All combinations of a beginning, perhaps a middle, and an end, in a fixed shuffled order."""
    parts = [_split(text or "/") for text in syllables.split("|")]
    middles = ([*dict.fromkeys(parts[1][0] + [""])], [*parts[1][1]] + ([] if "" in parts[1][0] else [""]))
    shape = (len(parts[0][0]), len(middles[0]), max(len(parts[2][0]), 1))
    order = np.random.default_rng(20_260_101).permutation(int(np.prod(shape)))[:_MAX_TAIL]
    first, middle, last = (pa.array(index) for index in np.unravel_index(order, shape))
    forms = []
    for form in (0, 1):
        ends = parts[2][form] or [""]
        columns = [pa.array(parts[0][form]), pa.array(middles[form]), pa.array(ends)]
        forms.append(join(*(column.take(index) for column, index in zip(columns, (first, middle, last), strict=True))))
    return forms[0], forms[1]


def _listed(common: str, syllables: str, tail: float, *, cohorts: int) -> _Names:
    """Common names by rank, then rare ones that share `tail` of the people."""
    groups = [_split(group) for group in common.split("|")]
    ranks = np.concatenate([np.arange(len(latin)) for latin, _ in groups]) * len(groups)
    rare_latin, rare_native = _rare_names(syllables)
    weights = (ranks + 4.0) ** -0.85
    shares = np.concatenate([weights / weights.sum() * (1 - tail), zipf(len(rare_latin), slope=0.75, shift=8) * tail])
    generations = np.repeat(np.arange(len(groups)), [len(latin) for latin, _ in groups])
    cohort = np.concatenate([generations + cohorts, np.full(len(rare_latin), cohorts + len(_PEAKS))])
    return _Names(
        pa.concat_arrays([pa.array([name for latin, _ in groups for name in latin], pa.string()), rare_latin]),
        pa.concat_arrays([pa.array([name for _, native in groups for name in native], pa.string()), rare_native]),
        shares,
        cohort.astype(np.int32),
    )


def _counted(counts: NameCounts, syllables: str, tail: float, cohort: npt.NDArray[np.int32], flat: int) -> _Names:
    """Names by census counts, then rare ones that share `tail` of the people."""
    plain = pa.array(counts.names.astype(str), pa.string())
    title = pc.utf8_title(plain)
    scottish = pc.and_(pc.starts_with(title, "Mc"), pc.greater(pc.utf8_length(title), 4))
    latin = pc.if_else(scottish, join("Mc", pc.utf8_title(pc.utf8_slice_codeunits(title, 2))), title)
    rare, _ = _rare_names(syllables)
    shares = counts.counts / counts.counts.sum() * (1 - tail)
    names = pa.concat_arrays([latin, rare])
    return _Names(
        names,
        names,
        np.concatenate([shares, zipf(len(rare), slope=0.75, shift=8) * tail]),
        np.concatenate([cohort, np.full(len(rare), flat)]).astype(np.int32),
    )


def _fold(values: pa.Array, *, double: bool = False) -> pa.Array:
    """Letters a to z only; every name that is not ASCII goes through one call of anyascii."""
    foreign = pc.invert(pc.string_is_ascii(values))
    texts = "\n".join(values.filter(foreign).to_pylist())
    folded = anyascii(texts.translate(_DOUBLE_FOLDINGS) if double else texts).split("\n")
    if len(folded) != pc.sum(foreign).as_py():
        folded = []
    folded = pc.replace_with_mask(values, foreign, pa.array(folded, pa.string())) if folded else values
    return pc.replace_substring_regex(pc.ascii_lower(folded), "[^a-z]", "")


def _table(parts: list[_Names]) -> NameTable:
    latin = pa.concat_arrays([part.latin for part in parts])
    cumulated = [code + np.cumsum(part.shares) / part.shares.sum() for code, part in enumerate(parts)]
    return NameTable(
        latin=latin,
        native=pa.concat_arrays([part.native for part in parts]),
        ascii=_fold(latin),
        double=_fold(latin, double=True),
        cohort=np.concatenate([part.cohort for part in parts]),
        starts=np.concatenate(([0], np.cumsum([len(part.latin) for part in parts]))),
        cumulated=np.concatenate(cumulated),
    )


def _peak(years: npt.NDArray[np.int64], peak: int) -> npt.NDArray[np.float64]:
    density = np.exp(-0.5 * ((years + 2 - peak) / 9.0) ** 2) + 1e-4
    return np.asarray(density / density.sum(), dtype=np.float64)


@cache
def load_lexicon() -> Lexicon:
    """Build the lexicon once: it does not depend on any seed."""
    births = facts.given_name_births()
    years = births.birth_years_from
    given_counts = facts.given_name_counts()
    known = births.names.astype(str)
    at = np.minimum(np.searchsorted(known, given_counts.names.astype(str)), len(known) - 1)
    counted_rows = np.where(known[at] == given_counts.names.astype(str), at, len(known) + len(_PEAKS))
    cohorts = np.vstack(
        [
            births.probabilities(pa.array(known, pa.string())),
            *(_peak(years, peak) for peak in _PEAKS),
            np.full(len(years), 1 / len(years)),
        ]
    )
    lists = name_lists()
    given, family = [], []
    for name, entry in lists.items():
        if name == "us":
            given.append(_us_given(entry, given_counts, counted_rows.astype(np.int32), len(cohorts) - 1))
            family.append(
                _counted(
                    facts.surname_counts(),
                    entry.family_syllables,
                    entry.family_tail,
                    np.zeros(len(facts.surname_counts().names), np.int32),
                    0,
                )
            )
        else:
            given.append(_listed(entry.given, entry.given_syllables, entry.given_tail, cohorts=len(known)))
            family.append(_listed(entry.family, entry.family_syllables, entry.family_tail, cohorts=0))
    given_table = _table(given)
    return Lexicon(tuple(lists), given_table, _table(family), gather_nicknames(given_table.ascii), years, cohorts)


def _us_given(entry: NameList, counts: NameCounts, rows: npt.NDArray[np.int32], flat: int) -> _Names:
    return _counted(counts, entry.given_syllables, entry.given_tail, rows, flat)
