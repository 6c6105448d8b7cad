"""All readings of few strings: every form is filled in the same few steps, where `read_form` takes each by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sociolink.evidence.name.grammar import FORMS, READINGS, KeyKind, Slot
from sociolink.evidence.name.partial import TRACE, Around, Least
from sociolink.evidence.name.slots import ALONE, KINDS, SideBySide, SlotArcs
from sociolink.population.names import NameVocabulary
from sociolink.text.runs import expand_runs

__all__ = ["Together", "read_together"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]


def _kinds() -> Int64s:
    """(readings, 3) the row of `SideBySide.begin` for each slot of each form, -1 in absent slots."""
    out = np.full((len(READINGS), 3), -1)
    for number, form in enumerate(READINGS):
        kinds = ALONE if form.key is KeyKind.INITIAL_PAIR else KINDS
        out[number, : len(form.slots)] = [kinds[slot] for slot in form.slots]
    return out


def _whole(slot: Slot) -> Int64s:
    """(readings,) position of a slot in the forms that have given and family name in full, -1 in others."""
    both = [{Slot.GIVEN, Slot.FAMILY} <= set(form.slots) for form in FORMS]
    at = [form.slots.index(slot) if full else -1 for form, full in zip(FORMS, both, strict=True)]
    return np.array(at + [-1] * (len(READINGS) - len(FORMS)))


_KINDS, _LENGTHS = _kinds(), np.array([len(form.slots) for form in READINGS])
_GIVEN_AT, _FAMILY_AT = _whole(Slot.GIVEN), _whole(Slot.FAMILY)


@dataclass(frozen=True, slots=True)
class Together:
    """Readings in several forms, by form.

    Attributes:
        table: What may stand in the slots, of all kinds.
        form: (n,) int64 index into `READINGS`.
        arcs: (n, 3) int64 rows of `table`, -1 in absent slots.
        end: (n,) int64 place after the name.
        around: (n,) float64, P(what stands around the name and where it is cut).
        parts: (n,) float64, P(a stranger's name has these parts).
        read: (n,) int64 parts that were read in the display name.
    """

    table: SlotArcs
    form: Int64s
    arcs: Int64s
    end: Int64s
    around: Floats
    parts: Floats
    read: Int64s

    def only(self, keep: Int64s) -> Together:
        """The chosen readings."""
        return Together(
            self.table,
            self.form[keep],
            self.arcs[keep],
            self.end[keep],
            self.around[keep],
            self.parts[keep],
            self.read[keep],
        )

    def go_on(self, kinds: Int64s, begin: Int64s, position: int) -> Together:
        """Every way to fill the next slot."""
        kind, table = kinds[self.form, position], self.table
        first = begin[kind, self.end]
        one, two = expand_runs(first, begin[kind, self.end + 1] - first)
        arcs = self.arcs[one]
        arcs[:, position] = two
        return Together(
            table,
            self.form[one],
            arcs,
            table.target[two],
            self.around[one] * table.anybody[two],
            self.parts[one] * table.chance[two],
            self.read[one] + table.read[two],
        )


def _fill(table: SlotArcs, begin: Int64s, outside: Around, forms: Int64s) -> Together:
    """All readings in these forms, with what stands around them, by form."""
    kind = _KINDS[forms, 0]
    one, two = expand_runs(begin[kind, 0], begin[kind, -1] - begin[kind, 0])
    arcs = np.full((len(one), 3), -1)
    arcs[:, 0] = two
    around = outside.ahead[table.source[two]] * table.anybody[two]
    found = Together(table, forms[one], arcs, table.target[two], around, table.chance[two], table.read[two].astype(int))
    done: list[Together] = []
    for position in (1, 2):
        ended = _LENGTHS[found.form] == position
        done.append(found.only(ended.nonzero()[0]))
        found = found.only((~ended).nonzero()[0])
        found = replace(found, around=found.around * outside.cut[found.end])
        found = found.go_on(_KINDS, begin, position)
    done.append(found)
    names = ("form", "arcs", "end", "around", "parts", "read")
    joined = Together(table, *(np.concatenate([getattr(some, name) for some in done]) for name in names))
    joined = joined.only(joined.form.argsort(kind="stable"))
    return replace(joined, around=joined.around * outside.beyond[joined.end])


def _associated(found: Together, vocabulary: NameVocabulary) -> Floats:
    """P(a stranger's name has these parts), given and family name in full as often together as they are."""
    rows = ((found.read == 0) & (_GIVEN_AT[found.form] >= 0)).nonzero()[0]
    parts = found.parts.copy()
    if len(rows):
        form = found.form[rows]
        given, family = (found.table.word[found.arcs[rows, at[form]]] for at in (_GIVEN_AT, _FAMILY_AT))
        parts[rows] *= vocabulary.associate(given, family)
    return parts


def read_together(
    filled: SideBySide,
    outside: Around,
    floor: Floats,
    wanted: Floats,
    *,
    shares: Floats,
    weights: Floats,
    vocabulary: NameVocabulary,
) -> tuple[Together, Floats]:
    """The readings of few strings in all forms: those that `read_form` keeps, form after form.

    What a reading must reach only rises with every form that is read, so most are left out at once by what it is
    before the first.

    Args:
        filled: What may stand in the slots.
        outside: What stands around the names.
        floor: (rows,) P(string) by explanations without known names.
        wanted: (rows,) or one number: the least share of P(string) for a reading to be of use.
        shares: (readings,) how often a reading stands for a form.
        weights: (readings,) share of each form.
        vocabulary: Known name parts.

    Returns:
        The readings by form, and (rows,) P(string).
    """
    found = _fill(filled.arcs, filled.begin, outside, ((shares > 0) & (_LENGTHS > 0)).nonzero()[0])
    string = outside.owner[found.end]
    share, weight = shares[found.form], np.maximum(weights, TRACE)[found.form]
    of_string = wanted[string] if np.ndim(wanted) else wanted
    whole = found.around * found.parts
    first = (found.around > of_string * floor[string] / share) | (whole > TRACE * floor[string] / weight)
    found = found.only(first.nonzero()[0])
    string = outside.owner[found.end]
    around, parts = found.around * shares[found.form], _associated(found, vocabulary)
    total = floor.copy()
    kept: list[Int64s] = []
    bounds = found.form.searchsorted(np.arange(len(READINGS) + 1)).tolist()
    for number in np.bincount(found.form, minlength=len(READINGS)).nonzero()[0].tolist():
        here = slice(bounds[number], bounds[number + 1])
        least = Least(wanted * total / shares[number], TRACE * total / max(weights[number], TRACE))
        rows = bounds[number] + least.keeps(string[here], found.around[here], found.parts[here])
        mass = np.bincount(string[rows], weights=around[rows] * parts[rows], minlength=len(floor))
        total += weights[number] * mass
        kept.append(rows)
    found = replace(found, around=around, parts=parts)
    return found.only(np.concatenate(kept)) if kept else found, total
