"""Which profiles have another answer than before, and the arithmetic of why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import DECISIONS
from sociolink.results.best_answers import BestAnswers, read_best
from sociolink.text.sorting import sorted_distinct

__all__ = ["CAUSES", "CHANGES", "Answers", "align_answers", "change_table"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CHANGES = ("gained", "lost", "moved", "decided", "shifted")
"""Now linked; no longer linked; linked to another person; decided otherwise; another probability."""

CAUSES = ("profile", "candidates", "known", "evidence", "coverage", "rivals", "decision")
"""Why: the profile, or the customer among its answers, is in one run alone; it was given as an existing link in one;
other bits; other odds before any evidence; others who are as likely; the same odds, and another cut."""

_LEAST_BITS = 0.05
_BETWEEN = "\x1f"
_COMMA = ", "
_JOINT = "joint_bits"
_UNLINKED = CHANGES.index("decided")
_LINK = DECISIONS.index("link")


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The best answers of all profiles of either run, in the order of their ids.

    Attributes:
        profile: (profiles,) ids.
        old: The best answers of before.
        new: Those of now.
        at_old: (profiles,) place among the old ones; -1 where the profile was not there.
        at_new: (profiles,) place among the new ones.
        same: (profiles,) whether both name the same person, or no one.
    """

    profile: pa.Array
    old: BestAnswers
    new: BestAnswers
    at_old: Int64s
    at_new: Int64s
    same: Flags

    def chance(self, *, new: bool) -> Floats:
        """(profiles,) probability of the best person; 0 where there is none."""
        best, at = (self.new, self.at_new) if new else (self.old, self.at_old)
        return np.where(at >= 0, np.append(best.chance, 0.0)[at], 0.0)

    def decided(self, *, new: bool) -> Int64s:
        """(profiles,) place in `DECISIONS`; -1 where the profile is not there."""
        best, at = (self.new, self.at_new) if new else (self.old, self.at_old)
        return np.where(at >= 0, np.append(best.decided, -1)[at], -1)

    def customer(self, *, new: bool) -> pa.Array:
        """(profiles,) the best customer."""
        best, at = (self.new, self.at_new) if new else (self.old, self.at_old)
        return best.customer.take(pa.array(at, mask=at < 0))


def align_answers(old: pa.Table, new: pa.Table) -> Answers:
    """Put the answers of two runs beside each other.

    A person is the same if a record of theirs is: the best one, the first one, or one that is listed now.

    Args:
        old: Links of before.
        new: Links of now.
    """
    before, after = read_best(old), read_best(new)
    profile = sorted_distinct(pa.concat_arrays([before.profile, after.profile]))
    at_old, at_new = (
        np.asarray(pc.fill_null(pc.index_in(profile, value_set=best.profile), -1), np.int64) for best in (before, after)
    )
    both = np.flatnonzero((at_old >= 0) & (at_new >= 0))
    record = [before.customer.take(pa.array(at_old[both])), after.customer.take(pa.array(at_new[both]))]
    person = [before.person.take(pa.array(at_old[both])), after.person.take(pa.array(at_new[both]))]
    no_one = pc.and_(pc.is_null(record[0]), pc.is_null(record[1]))
    equal = pc.or_kleene(pc.equal(*record), pc.equal(*person))
    same = np.zeros(len(profile), np.bool_)
    same[both] = np.asarray(pc.or_(no_one, pc.fill_null(equal, False)))
    open_ = both[~same[both]]
    row = _rows(new, profile.take(pa.array(open_)), before.customer.take(pa.array(at_old[open_])))
    listed = new["group_id"].combine_chunks().take(pa.array(row, mask=row < 0))
    now = after.person.take(pa.array(at_new[open_]))
    same[open_] = np.asarray(pc.fill_null(pc.equal(listed, now), False))
    return Answers(profile, before, after, at_old, at_new, same)


def change_table(
    old: pa.Table, new: pa.Table, answers: Answers, *, moved: float, families: tuple[str, ...]
) -> pa.Table:
    """The profiles whose answer has changed, by kind of change and id.

    Args:
        old: Links of before.
        new: Links of now.
        answers: Their best answers, aligned.
        moved: Least difference of a probability that counts as a change.
        families: Evidence families of either run.

    Returns:
        See `LinksDiff.table`.
    """
    kind = _kinds(answers, moved)
    rows = np.flatnonzero(kind >= 0)
    rows = rows[np.argsort(kind[rows], kind="stable")]
    profile = answers.profile.take(pa.array(rows))
    chance = answers.chance(new=False)[rows], answers.chance(new=True)[rows]
    customer = answers.customer(new=False).take(pa.array(rows)), answers.customer(new=True).take(pa.array(rows))
    by_old = (kind[rows] == CHANGES.index("lost")) | ((kind[rows] >= _UNLINKED) & (chance[0] > chance[1]))
    judged = pc.if_else(pa.array(by_old), customer[0], customer[1])
    there = answers.at_old[rows] >= 0, answers.at_new[rows] >= 0
    columns: dict[str, pa.Array] = {
        "profile_id": profile,
        "change": pa.array(CHANGES).take(pa.array(kind[rows])),
        "customer_id_before": customer[0],
        "customer_id": customer[1],
        "probability_before": pa.array(chance[0], mask=~there[0]),
        "probability": pa.array(chance[1], mask=~there[1]),
        "decision_before": _decisions(answers.decided(new=False)[rows]),
        "decision": _decisions(answers.decided(new=True)[rows]),
        "judged": judged,
    }
    at = _rows(old, profile, judged), _rows(new, profile, judged)
    return pa.table(columns | _arithmetic(old, new, at, there, families))


def _arithmetic(
    old: pa.Table, new: pa.Table, at: tuple[Int64s, Int64s], there: tuple[Flags, Flags], families: tuple[str, ...]
) -> dict[str, pa.Array]:
    """Columns that say why: the cause, in words, and the bits that add up to the change of the log odds.

    Args:
        old: Links of before.
        new: Links of now.
        at: (changes,) rows of the profile with the customer who is judged, before and now.
        there: (changes,) whether the profile was there, and is.
        families: Evidence families.
    """
    gains = {family: _gain(old, new, f"bits_{family}", at) for family in families}
    if _JOINT in (*old.column_names, *new.column_names):
        gains["other profiles"] = _gain(old, new, _JOINT, at)
    evidence = np.zeros(len(at[0]))
    for one in gains.values():
        evidence += np.nan_to_num(one)
    with np.errstate(invalid="ignore"):
        total, against_nobody = (_odds(new, at[1], nobody) - _odds(old, at[0], nobody) for nobody in (False, True))
    pair = (at[0] >= 0) & (at[1] >= 0)
    certain = pair & ~np.isfinite(total + against_nobody)
    known = pair & ~certain
    terms = np.stack([evidence, against_nobody - evidence, total - against_nobody])
    terms[:, ~known] = np.nan
    cause = _causes(terms, there[0] & there[1], pair, certain)
    names = ("evidence_bits", "coverage_bits", "rivals_bits")
    return {
        "cause": pa.array(CAUSES).take(pa.array(cause)),
        "why": _say_why(cause, terms, gains, there, at),
        **{name: pa.array(_plain(term), mask=~known) for name, term in zip(names, terms, strict=True)},
        **{f"bits_{name.replace(' ', '_')}": pa.array(_plain(one), mask=~pair) for name, one in gains.items()},
    }


def _kinds(answers: Answers, moved: float) -> Int64s:
    """(profiles,) place in `CHANGES`; -1 where nothing has changed."""
    before, after = answers.decided(new=False), answers.decided(new=True)
    was, now = before == _LINK, after == _LINK
    both = (before >= 0) & (after >= 0)
    chance = answers.chance(new=False), answers.chance(new=True)
    shift = np.where(answers.same, np.abs(chance[1] - chance[0]), np.maximum(*chance))
    return np.select(
        [now & ~was, was & ~now, was & now & ~answers.same, both & (before != after), both & (shift > moved)],
        list(range(len(CHANGES))),
        -1,
    ).astype(np.int64)


def _rows(table: pa.Table, profile: pa.Array, customer: pa.Array) -> Int64s:
    """(pairs,) row of each profile and customer in links; -1 where they are not listed together."""
    kept = np.flatnonzero(np.asarray(pc.is_in(table["profile_id"].combine_chunks(), value_set=profile)))
    part = table.select(["profile_id", "customer_id"]).take(pa.array(kept)).combine_chunks()
    key = pc.binary_join_element_wise(
        part["profile_id"].combine_chunks(), part["customer_id"].combine_chunks(), _BETWEEN
    )
    wanted = pc.binary_join_element_wise(profile, customer, _BETWEEN)
    found = np.asarray(pc.fill_null(pc.index_in(wanted, value_set=key, skip_nulls=True), -1), np.int64)
    return np.where(found >= 0, np.append(kept, -1)[found], -1)


def _column(table: pa.Table, name: str, row: Int64s) -> Floats:
    """(pairs,) values of a column; NaN where there is no row or no value."""
    if name not in table.column_names:
        return np.full(len(row), np.nan)
    values = table[name].combine_chunks().take(pa.array(row, mask=row < 0)).cast(pa.float64())
    return np.asarray(values.to_numpy(zero_copy_only=False), np.float64)


def _gain(old: pa.Table, new: pa.Table, name: str, at: tuple[Int64s, Int64s]) -> Floats:
    """(pairs,) bits that a family says more than before; evidence that is missing says nothing."""
    values = np.nan_to_num(_column(new, name, at[1])) - np.nan_to_num(_column(old, name, at[0]))
    return np.where((at[0] >= 0) & (at[1] >= 0), values, np.nan)


def _odds(table: pa.Table, row: Int64s, against_nobody: bool) -> Floats:
    """(pairs,) log odds of the customer against nobody, or against everything else, in bits."""
    chance = _column(table, "probability", row)
    other = _column(table, "nobody_probability", row) if against_nobody else 1 - chance
    with np.errstate(divide="ignore"):
        out: Floats = np.log2(chance) - np.log2(other)
    return out


def _causes(terms: Floats, there: Flags, pair: Flags, certain: Flags) -> Int64s:
    """(changes,) place in `CAUSES`: the largest of the terms, if it is large enough to be seen."""
    size = np.abs(np.nan_to_num(terms))
    largest = CAUSES.index("evidence") + np.argmax(size, axis=0)
    seen = size.max(axis=0, initial=0.0) >= _LEAST_BITS
    out: Int64s = np.select(
        [~there, ~pair, certain, seen],
        [CAUSES.index("profile"), CAUSES.index("candidates"), CAUSES.index("known"), largest],
        CAUSES.index("decision"),
    ).astype(np.int64)
    return out


def _say_why(
    cause: Int64s, terms: Floats, gains: dict[str, Floats], there: tuple[Flags, Flags], at: tuple[Int64s, Int64s]
) -> pa.Array:
    """What made the difference, in words: bits of each family, then what is not evidence."""
    named = [*gains.items(), ("coverage", terms[1]), ("rivals", terms[2])]
    parts = [_say_bits(name, bits) for name, bits in named]
    bits = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*parts, ""), start=len(_COMMA))
    fixed = [
        (~there[0], "the profile is new"),
        (~there[1], "the profile is gone"),
        (at[0] < 0, "the customer was not among the answers before"),
        (at[1] < 0, "the customer is not among the answers any more"),
        (cause == CAUSES.index("known"), "given as an existing link in one of the runs"),
        (cause == CAUSES.index("decision"), "the same odds, decided otherwise"),
    ]
    for rows, said in reversed(fixed):
        bits = pc.if_else(pa.array(rows), said, bits)
    return bits


def _say_bits(name: str, bits: Floats) -> pa.Array:
    """(changes,) a comma, the name and its bits with their sign; nothing where they cannot be seen."""
    shown = np.nan_to_num(bits)
    text = pa.array(np.char.mod("%+.1f", shown).astype(object), pa.string())
    return pc.if_else(
        pa.array(np.abs(shown) >= _LEAST_BITS), pc.binary_join_element_wise(f"{_COMMA}{name}", text, " "), ""
    )


def _decisions(codes: Int64s) -> pa.Array:
    return pa.array(DECISIONS).take(pa.array(codes, mask=codes < 0))


def _plain(values: Floats) -> Floats:
    """Without the negative zero."""
    return np.nan_to_num(values).round(6) + 0.0
