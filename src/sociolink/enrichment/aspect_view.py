"""What customers say against what others say, by aspect and by group of customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.enrichment.authors import Authors
from sociolink.enrichment.chances import add_up
from sociolink.enrichment.conversation import Conversation
from sociolink.enrichment.groups import Grouping
from sociolink.enrichment.spoken import Spoken
from sociolink.enrichment.tallies import OpinionTally
from sociolink.enrichment.unmixing import Speech, compare_all, compare_groups
from sociolink.enrichment.withholding import withhold
from sociolink.text.runs import expand_runs

__all__ = ["compare_aspects"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_DIGITS = 8
_COUNTS = ("opinions", "positive", "negative")


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One side of the comparison, by cell (an aspect, or an aspect and a group).

    Attributes:
        people: Expected people.
        counts: Expected opinions, positive and negative ones.
        mean: Mean polarity; not a number where there are no opinions.
    """

    people: Floats
    counts: dict[str, Floats]
    mean: Floats

    def take(self, cells: Ints) -> _Side:
        """These cells, in this order."""
        counts = {name: values[cells] for name, values in self.counts.items()}
        return _Side(self.people[cells], counts, self.mean[cells])


def compare_aspects(talk: Conversation, groupings: Sequence[Grouping], *, k: float) -> pa.Table:
    """Compare customers with those who are nobody in the CRM.

    Args:
        talk: The conversation.
        groupings: Ways to group customers.
        k: Fewest people that a row may tell about.

    Returns:
        A row for each aspect, grouping and group, those of too few people withheld; docs/enrichment.md says what each
        column is. Counts and polarities are weighted by chances; the difference is freed from the mixing that this
        brings, see `unmixing`.
    """
    authors, opinions, spoken = talk.authors, talk.said, talk.spoken
    rows, aspects = np.arange(len(opinions.profile)), len(opinions.aspects)
    nobody = authors.nobody[opinions.profile]
    others = _measure(
        opinions,
        row=rows,
        weight=nobody,
        cell=opinions.aspect,
        people=add_up(nobody, opinions.aspect, aspects),
    )
    everybody = add_up(spoken.speaks, spoken.aspect, aspects)
    parts = []
    for grouping in groupings:
        groups = len(grouping.names)
        side = _customers(authors, opinions, spoken, grouping)
        aspect, group = np.divmod(np.arange(aspects * groups), max(groups, 1))
        compared = others.take(aspect)
        cell = np.full(len(aspect), -1) if grouping.by == "all" else aspect
        hidden = withhold(side.people, everybody[aspect], compared.people, cell=cell, k=k)
        some = np.flatnonzero(side.people > 0)
        names = {
            "aspect_category": pa.array(opinions.aspects, pa.string()).take(pa.array(aspect[some])),
            "by": pa.array([grouping.by] * len(some), pa.string()),
            "group": grouping.names.take(pa.array(group[some])),
        }
        difference, reach = _differ(authors, opinions, spoken, grouping)
        apart = (difference[some], reach[some])
        parts.append(pa.table({**names, **_figures(side.take(some), compared.take(some), apart, hidden[some])}))
    table = pa.concat_tables(parts)
    return table.sort_by([(name, "ascending") for name in ("aspect_category", "by", "group")]).combine_chunks()


def _join(grouping: Grouping, customer: Ints) -> tuple[Ints, Ints]:
    """Each customer beside its groups: (n,) place among the customers given, and (n,) number of the group."""
    order = np.argsort(grouping.customer, kind="stable")
    counts = np.bincount(grouping.customer, minlength=int(customer.max(initial=-1)) + 1)
    begin = np.cumsum(counts) - counts
    at, member = expand_runs(begin[customer], counts[customer])
    return at, grouping.group[order][member]


def _customers(authors: Authors, opinions: OpinionTally, spoken: Spoken, grouping: Grouping) -> _Side:
    """What the customers of each aspect and group say; of all of them, those not listed too."""
    groups = len(grouping.names)
    at, of = _join(grouping, authors.customer[spoken.pair])
    row, weight = spoken.row[at], authors.chance[spoken.pair][at]
    cell = opinions.aspect[row] * groups + of
    if grouping.by == "all":
        row = np.concatenate([row, np.arange(len(opinions.profile))])
        weight = np.concatenate([weight, authors.rest[opinions.profile]])
        cell = np.concatenate([cell, opinions.aspect])
    at, of = _join(grouping, spoken.customer)
    people = add_up(spoken.speaks[at], spoken.aspect[at] * groups + of, len(opinions.aspects) * groups)
    return _measure(opinions, row=row, weight=weight, cell=cell, people=people)


def _differ(authors: Authors, opinions: OpinionTally, spoken: Spoken, grouping: Grouping) -> tuple[Floats, Floats]:
    """Differences by aspect and group, and how far they may be off."""
    speech = Speech(
        total=opinions.total,
        number=opinions.opinions.astype(np.float64),
        nobody=authors.nobody[opinions.profile],
        aspect=opinions.aspect,
        aspects=len(opinions.aspects),
    )
    if grouping.by == "all":
        return compare_all(speech)
    at, of = _join(grouping, authors.customer[spoken.pair])
    chance = authors.chance[spoken.pair][at]
    return compare_groups(speech, row=spoken.row[at], chance=chance, group=of, groups=len(grouping.names))


def _measure(opinions: OpinionTally, *, row: Ints, weight: Floats, cell: Ints, people: Floats) -> _Side:
    """Expected counts and mean by cell, from rows of the tally and their weights."""
    size = len(people)
    counts = {name: add_up(weight * getattr(opinions, name)[row], cell, size) for name in _COUNTS}
    number = counts["opinions"]
    below = np.where(number > 0, number, np.nan)
    mean = np.round(add_up(weight * opinions.total[row], cell, size) / below, _DIGITS) + 0.0
    return _Side(people, counts, mean)


def _figures(side: _Side, others: _Side, apart: tuple[Floats, Floats], hidden: Bools) -> dict[str, pa.Array]:
    """The columns of numbers; null where they are withheld."""
    difference, reach = apart
    figures = {"customers": side.people, **{f"customer_{name}": value for name, value in side.counts.items()}}
    figures["customer_polarity"] = side.mean
    figures |= {"others": others.people, **{f"other_{name}": value for name, value in others.counts.items()}}
    figures |= {
        "other_polarity": others.mean,
        "difference": np.clip(difference, -2, 2),
        "difference_low": np.maximum(difference - reach, -2),
        "difference_high": np.minimum(difference + reach, 2),
    }
    columns = {name: pa.array(np.nan_to_num(value), mask=hidden | np.isnan(value)) for name, value in figures.items()}
    return {**columns, "withheld": pa.array(hidden)}
