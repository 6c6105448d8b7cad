"""What customers say against what others say, by aspect and by group of customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.enrichment.authors import Authors
from sociolink.enrichment.chances import NORMAL_95, add_up
from sociolink.enrichment.groups import Grouping
from sociolink.enrichment.spoken import Spoken
from sociolink.enrichment.tallies import OpinionTally
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
        variance: Of the mean.
    """

    people: Floats
    counts: dict[str, Floats]
    mean: Floats
    variance: Floats

    def take(self, cells: Ints) -> _Side:
        """These cells, in this order."""
        counts = {name: values[cells] for name, values in self.counts.items()}
        return _Side(self.people[cells], counts, self.mean[cells], self.variance[cells])


def compare_aspects(
    authors: Authors, opinions: OpinionTally, spoken: Spoken, *, groupings: Sequence[Grouping], k: float
) -> pa.Table:
    """Compare customers with those who are nobody in the CRM.

    Args:
        authors: Profiles, customers and chances.
        opinions: Opinions by profile.
        spoken: Opinions by customer.
        groupings: Ways to group customers.
        k: Fewest people that a row may tell about.

    Returns:
        A row for each aspect, grouping and group, those of too few people withheld; docs/enrichment.md says what each
        column is. The variance is that of a ratio, over profiles as they might have been sampled and links as they
        might turn out: `sum_j w_j (s_j - m n_j)^2 / N^2` for each side, w_j being the chance that profile j is on it,
        s_j and n_j the sum and number of its polarities, m the mean and N the expected number.

    References:
        Cochran (1977), Sampling techniques, 3rd ed., section 2.11.
    """
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
        parts.append(pa.table({**names, **_figures(side.take(some), compared.take(some), hidden[some])}))
    table = pa.concat_tables(parts)
    return table.sort_by([(name, "ascending") for name in ("aspect_category", "by", "group")]).combine_chunks()


def _customers(authors: Authors, opinions: OpinionTally, spoken: Spoken, grouping: Grouping) -> _Side:
    """What the customers of each aspect and group say; of all of them, those not listed too."""
    groups = len(grouping.names)
    order = np.argsort(grouping.customer, kind="stable")
    group = grouping.group[order]
    counts = np.bincount(grouping.customer, minlength=len(authors.customers))
    begin = np.cumsum(counts) - counts

    def join(customer: Ints) -> tuple[Ints, Ints]:
        at, member = expand_runs(begin[customer], counts[customer])
        return at, group[member]

    at, of = join(authors.customer[spoken.pair])
    row, weight = spoken.row[at], authors.chance[spoken.pair][at]
    cell = opinions.aspect[row] * groups + of
    if grouping.by == "all":
        row = np.concatenate([row, np.arange(len(opinions.profile))])
        weight = np.concatenate([weight, authors.rest[opinions.profile]])
        cell = np.concatenate([cell, opinions.aspect])
    at, of = join(spoken.customer)
    people = add_up(spoken.speaks[at], spoken.aspect[at] * groups + of, len(opinions.aspects) * groups)
    return _measure(opinions, row=row, weight=weight, cell=cell, people=people)


def _measure(opinions: OpinionTally, *, row: Ints, weight: Floats, cell: Ints, people: Floats) -> _Side:
    """Expected counts, mean and variance by cell, from rows of the tally and their weights."""
    size = len(people)
    counts = {name: add_up(weight * getattr(opinions, name)[row], cell, size) for name in _COUNTS}
    number = counts["opinions"]
    below = np.where(number > 0, number, np.nan)
    mean = np.round(add_up(weight * opinions.total[row], cell, size) / below, _DIGITS) + 0.0
    off = opinions.total[row] - np.nan_to_num(mean)[cell] * opinions.opinions[row]
    return _Side(people, counts, mean, add_up(weight * off**2, cell, size) / below**2)


def _figures(side: _Side, others: _Side, hidden: Bools) -> dict[str, pa.Array]:
    """The columns of numbers; null where they are withheld."""
    difference = np.round(side.mean - others.mean, _DIGITS) + 0.0
    reach = NORMAL_95 * np.sqrt(side.variance + others.variance)
    figures = {"customers": side.people, **{f"customer_{name}": value for name, value in side.counts.items()}}
    figures["customer_polarity"] = side.mean
    figures |= {"others": others.people, **{f"other_{name}": value for name, value in others.counts.items()}}
    figures |= {
        "other_polarity": others.mean,
        "difference": difference,
        "difference_low": np.maximum(difference - reach, -2),
        "difference_high": np.minimum(difference + reach, 2),
    }
    columns = {name: pa.array(np.nan_to_num(value), mask=hidden | np.isnan(value)) for name, value in figures.items()}
    return {**columns, "withheld": pa.array(hidden)}
