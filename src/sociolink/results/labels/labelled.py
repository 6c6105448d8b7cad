"""Labels laid beside links: what people say of the best customer of each profile that they looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.sampling import looks_plain
from sociolink.errors import InputError, InvalidParameterError, Problem
from sociolink.records.readers import read_table
from sociolink.results.best_answers import BestAnswers, read_best
from sociolink.text.runs import starts_of_runs

__all__ = ["IS", "IS_NOT", "NOBODY", "SKIP", "Labelled", "read_labelled"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

VERDICTS: Final = ("is", "is_not", "nobody", "skip")
IS, IS_NOT, NOBODY, SKIP = range(4)
NO_VERDICT: Final = "bad or without a verdict"
_WORDS: Final = "is, is_not, nobody or skip"
CONTRADICTION: Final = "of profiles with labels that contradict each other"

_MAX_UNKNOWN: Final = 0.05
"""Share of labels that may speak of unknown profiles; of more, the files do not belong together."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """One verdict for each profile that was looked at, in the order of the links.

    Attributes:
        best: The best answers of all profiles.
        place: (labelled,) place in `best`, rising.
        verdict: (labelled,) `IS`, `IS_NOT` (of the best customer), `NOBODY` or `SKIP`.
        row: (labelled,) first row of the links that lists the person who owns it; -1 where it is none that is listed.
        inclusion: (labelled,) probability that it was drawn; NaN where that is not known.
        aside: How many labels were set aside, by reason.
    """

    best: BestAnswers
    place: Codes
    verdict: Codes
    row: Codes
    inclusion: Floats
    aside: Mapping[str, int]

    @property
    def right(self) -> Flags:
        """(labelled,) whether the best customer is the owner."""
        return np.asarray((self.verdict == IS) & (self.row == self.best.row[self.place]) & (self.row >= 0))

    def keep(self, kept: Flags, *, reason: str) -> Labelled:
        """Some of them; the others are counted as set aside."""
        lost = int((~kept).sum())
        aside = {**self.aside, reason: self.aside.get(reason, 0) + lost} if lost else self.aside
        return Labelled(self.best, self.place[kept], self.verdict[kept], self.row[kept], self.inclusion[kept], aside)

    def drawn(self, *, weights: str = "design") -> Labelled:
        """Those of a sample with known chances.

        Args:
            weights: "design" for the inclusion probabilities of the labels, "equal" for a plain random sample.

        Raises:
            InputError: There is none, or they are no plain sample.
            InvalidParameterError: `weights` is another word.
        """
        if weights not in ("design", "equal"):
            raise InvalidParameterError(f"weights is {weights!r}; it must be 'design' or 'equal'")
        if weights == "equal":
            return self._plain()
        kept = self.keep(~np.isnan(self.inclusion), reason="no inclusion probability")
        if not len(kept.place):
            what = f"none of {len(self.place)} labels has one, so they may be of any choice of profiles"
            remedy = (
                "Label what links.sample_for_review(n) draws, and keep its column inclusion_probability; or say "
                "weights='equal' where they are a plain random sample of the profiles."
            )
            raise InputError(Problem("labels.inclusion_probability", what, remedy))
        return kept

    def _plain(self) -> Labelled:
        """All of them as a plain random sample: of the links, where all labels are of links, else of all profiles."""
        known = self.inclusion[~np.isnan(self.inclusion)]
        linked, chance = self.best.linked, self.best.chance
        among = linked if linked[self.place].all() else np.ones(len(linked), np.bool_)
        what = ""
        if len(known) and np.ptp(known) > 0:
            what = "differ, so that labels do not weigh the same"
        elif not looks_plain(chance[self.place], chance[among]):
            what = "are equal for a plain random sample; the stated probabilities of these profiles are not spread so"
        if what:
            remedy = "Leave weights out for what links.sample_for_review(n) drew; of other choices nothing can be said."
            raise InputError(Problem("labels.inclusion_probability", what, remedy))
        share = len(self.place) / max(int(among.sum()), 1)
        return replace(self, inclusion=np.full(len(self.place), share))

    @property
    def unjudged(self) -> int:
        """Labels that may hide a mistake: without a usable verdict, or contradicting each other."""
        return self.aside.get(NO_VERDICT, 0) + self.aside.get(CONTRADICTION, 0)

    def say_aside(self) -> str:
        """What was set aside, in words; "" for nothing."""
        return ", ".join(f"{count:,} {reason}" for reason, count in sorted(self.aside.items()))


def read_labelled(table: pa.Table, labels: Any) -> Labelled:
    """Read labels and find the links that they speak of.

    Labels that say the same of a profile count once. A profile with labels that contradict each other, or with
    different inclusion probabilities, is set aside; so are verdicts "is_not" of customers who are not the best, as they
    do not say who is.

    Args:
        table: The links.
        labels: A file or anything that gives Arrow: `profile_id`, `customer_id`, `verdict` (is, is_not, nobody, skip),
            and `inclusion_probability` where they are a sample. Rows with an empty verdict are still to be labelled.

    Returns:
        One verdict for each profile.

    Raises:
        InputError: The labels cannot be read, none can be used, or more than one in twenty is of unknown profiles.
    """
    loaded = read_table(labels, "labels")
    read, best = loaded.table, read_best(table)
    aside = {NO_VERDICT: loaded.rejects.num_rows} if loaded.rejects.num_rows else {}
    place = np.asarray(pc.fill_null(pc.index_in(read["profile_id"], value_set=best.profile), -1), np.int64)
    unknown = int((place < 0).sum())
    if read.num_rows == 0:
        what = f"none of the {loaded.rejects.num_rows:,} rows has a verdict"
        raise InputError(Problem("labels.verdict", what, f"Fill in {_WORDS} for the profiles that were looked at."))
    if unknown > _MAX_UNKNOWN * read.num_rows:
        what = f"{unknown} of {read.num_rows} labels are of profiles that the links do not have"
        remedy = f"Give labels of these links with a verdict: {_WORDS}."
        raise InputError(Problem("labels.profile_id", what, remedy))
    if unknown:
        aside["of unknown profiles"] = unknown
    read, place = read.filter(pa.array(place >= 0)), place[place >= 0]
    verdict = np.asarray(pc.index_in(read["verdict"], value_set=pa.array(VERDICTS)), np.int64)
    row = _owner_rows(table, best, place, read["customer_id"].combine_chunks())
    customer = np.asarray(pc.fill_null(pc.rank(read["customer_id"].combine_chunks(), tiebreaker="dense"), 0), np.int64)
    inclusion = np.asarray(pc.fill_null(read["inclusion_probability"], float("nan")).to_numpy(), np.float64)
    elsewhere = (verdict == IS_NOT) & (row != best.row[place])
    found = _Rows(place, verdict, row, np.where(row >= 0, -1 - row, customer), inclusion, elsewhere)
    return _one_each(best, found, aside)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Labels as they were read, each with its place, the row of its customer, and a number for its person."""

    place: Codes
    verdict: Codes
    row: Codes
    person: Codes
    inclusion: Floats
    elsewhere: Flags


def _owner_rows(table: pa.Table, best: BestAnswers, place: Codes, customer: pa.Array) -> Codes:
    """(labels,) first row of the links that lists the person of the label's customer; -1 where none does."""
    rows = table.num_rows
    profile = np.repeat(np.arange(len(best.row)), np.diff(np.append(best.row, rows)))
    listed, person = (table[name].combine_chunks() for name in ("customer_id", "group_id"))
    names = pc.unique(pa.concat_arrays([listed, person, customer])).drop_null()
    wanted = np.asarray(pc.fill_null(pc.index_in(customer, value_set=names), -1), np.int64)
    of_person = np.asarray(pc.fill_null(pc.index_in(person, value_set=names), -1), np.int64)
    size = len(names) + 1
    lead = _first_rows(profile * size + of_person)
    out = np.full(len(place), -1, np.int64)
    for column in (listed, person):
        code = np.asarray(pc.fill_null(pc.index_in(column, value_set=names), -1), np.int64)
        usable = np.flatnonzero(code >= 0)
        if not len(usable):
            continue
        keys = profile[usable] * size + code[usable]
        order = np.argsort(keys, kind="stable")
        at = np.minimum(np.searchsorted(keys[order], place * size + wanted), len(order) - 1)
        hit = (keys[order][at] == place * size + wanted) & (wanted >= 0) & (out < 0)
        out[hit] = lead[usable[order][at]][hit]
    return out


def _first_rows(keys: Codes) -> Codes:
    """(rows,) the first row with the same key."""
    _, first, code = np.unique(keys, return_index=True, return_inverse=True)
    return np.asarray(first[code], np.int64)


def _one_each(best: BestAnswers, found: _Rows, aside: dict[str, int]) -> Labelled:
    """One verdict for each profile: what decides it, where all labels agree."""
    kept = ~found.elsewhere
    if not kept.all():
        aside["is_not of others than the best"] = int((~kept).sum())
    # of verdicts that agree the most telling comes first: is, nobody, is_not, skip
    telling = np.array([0, 2, 1, 3])[found.verdict]
    order = np.lexsort((found.inclusion, found.person, telling, found.place))
    order = order[kept[order]]
    place, verdict, row = (part[order] for part in (found.place, found.verdict, found.row))
    inclusion = found.inclusion[order]
    first = starts_of_runs(place)
    lead = np.flatnonzero(first)[np.cumsum(first) - 1] if len(place) else np.empty(0, np.int64)
    same_person = found.person[order] == found.person[order][lead]
    clash = (verdict == IS) & (verdict[lead] == IS) & ~same_person
    clash |= (verdict == NOBODY) & (verdict[lead] == IS)
    clash |= (verdict == IS_NOT) & (verdict[lead] == IS) & (row == row[lead])
    known = _spread_known(inclusion, lead)
    clash |= ~np.isnan(inclusion) & (np.abs(inclusion - known) > 1e-9)
    bad = np.zeros(len(best.row), np.bool_)
    bad[place[clash]] = True
    good = first & ~bad[place]
    if bad.any():
        aside[CONTRADICTION] = int(bad[place].sum())
    return Labelled(best, place[good], verdict[good], row[good], known[good], aside)


def _spread_known(inclusion: Floats, lead: Codes) -> Floats:
    """(labels,) the inclusion probability that is known for the profile of each; NaN where none is."""
    highest = np.full(len(inclusion), -np.inf)
    np.maximum.at(highest, lead, np.where(np.isnan(inclusion), -np.inf, inclusion))
    out: Floats = np.where(np.isneginf(highest[lead]), np.nan, highest[lead])
    return out
