"""What is different between the links of two runs, and why."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.records.writers import write_table
from sociolink.rendering.card import draw_card
from sociolink.rendering.grid import Grid, tame, wrap
from sociolink.rendering.numbers import say_bits, say_count, say_interval, say_share
from sociolink.results.diff.answer_changes import CAUSES, CHANGES
from sociolink.results.diff.drift import LARGE, SMALL, ScoreDrift
from sociolink.results.diff.run_changes import RunChange
from sociolink.results.report import RunReport

__all__ = ["LinksDiff"]

_SHOWN = 10
_ORDER = [("alone", "ascending"), ("row", "ascending")]
_WORDS = {
    "gained": "linked now, not before",
    "lost": "linked before, not now",
    "moved": "linked to another person",
    "decided": "review or none, and the other before",
    "shifted": "another probability, decided as before",
}
_REASONS = {
    "profile": "the profile is in one of the runs alone",
    "candidates": "the customer is listed in one of the runs alone",
    "known": "given as an existing link in one of the runs",
    "evidence": "what the profile shows says more or less",
    "coverage": "other odds before any evidence",
    "rivals": "others are more or less likely",
    "decision": "the same odds, and another cut",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LinksDiff:
    """What `diff_links` returns: which answers changed and why, what was different between the runs, and drift.

    Attributes:
        table: One row for each profile whose answer has changed, by kind of change and id: profile_id, change, cause,
            why (in words), customer_id, probability (of the person), decision and all three with `_before`; `judged`,
            the customer whose odds are compared; `evidence_bits`, `coverage_bits` and `rivals_bits`, which add up to
            the change of its log odds against everything else; for each family the bits that it says more; and, where
            the tables were given, `profile_changes` and `customer_changes`: the columns that have other values.
        causes: What was different between the runs.
        drift: How scores have moved over all profiles.
        before: Report of the run of before.
        after: Report of the run of now.
        links: Profiles linked before, now, and in either.
        profiles: Profiles before, now, and in both.
    """

    table: pa.Table
    causes: tuple[RunChange, ...]
    drift: tuple[ScoreDrift, ...]
    before: RunReport
    after: RunReport
    links: tuple[int, int, int]
    profiles: tuple[int, int, int]

    @property
    def counts(self) -> dict[str, int]:
        """How many profiles changed in each way."""
        return _count(self.table["change"], CHANGES)

    @property
    def changed_links(self) -> int:
        """How many links are gained, lost or moved."""
        counts = self.counts
        return counts["gained"] + counts["lost"] + counts["moved"]

    @property
    def churn(self) -> float:
        """Share of the links of either run that are gained, lost or moved; 0 where there are none.

        The distance of Jaccard (1912), The distribution of the flora in the alpine zone, of the two sets of links,
        where a link that moved counts once.
        """
        return self.changed_links / self.links[2] if self.links[2] else 0.0

    @property
    def reasons(self) -> dict[str, int]:
        """How many profiles changed for each cause."""
        return _count(self.table["cause"], CAUSES)

    @property
    def evidence_from(self) -> str:
        """Where other bits come from, as far as the runs tell: data, model, both, or neither."""
        kinds = {one.kind for one in self.causes}
        data, model = "data" in kinds, "model" in kinds
        if data and model:
            return "data and model have both changed"
        if data or model:
            return "the model is the same, the data have changed" if data else "the data are the same, the model is not"
        return "data and model look the same: other values in tables of the same shape, or another version"

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without the rows of the table."""
        names = ("coverage", "coverage_low", "coverage_high", "findable", "nobody_expected", "false_links_expected")
        runs = {
            said: {name: getattr(report, name) for name in names}
            for said, report in (("before", self.before), ("after", self.after))
        }
        return {
            "churn": self.churn,
            "changes": self.counts,
            "causes": self.reasons,
            "links": dict(zip(("before", "after", "either"), self.links, strict=True)),
            "profiles": dict(zip(("before", "after", "both"), self.profiles, strict=True)),
            "runs": [asdict(change) for change in self.causes],
            "drift": [asdict(one) for one in self.drift],
            **runs,
        }

    def to_pandas(self) -> Any:
        """The changes as a pandas frame."""
        return self.table.to_pandas()

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the changes.

        Args:
            path: File ending in .parquet, .csv or .jsonl.

        Returns:
            The path that was written.

        Raises:
            InvalidParameterError: The suffix is none of these.
            OutputError: The file could not be written; nothing half-written is left behind.
        """
        return write_table(self.table, path)

    @property
    def sentence(self) -> str:
        """The difference in one sentence."""
        counts = self.counts
        if not len(self):
            return f"No answer has changed: {say_count(self.links[1])} links, as before."
        told = ", ".join(f"{say_count(counts[kind])} {kind}" for kind in CHANGES[:3])
        return (
            f"{say_count(self.links[0])} links before, {say_count(self.links[1])} now: {told}; "
            f"{say_share(self.churn)} of the links are not what they were."
        )

    def grids(self) -> tuple[Grid, ...]:
        """Changes, causes, what was different between the runs, drift, and the first of the changed profiles."""
        counts, reasons = self.counts, self.reasons
        changes = tuple((kind, say_count(counts[kind]), _WORDS[kind]) for kind in CHANGES)
        said = {**_REASONS, "evidence": f"{_REASONS['evidence']}; {self.evidence_from}"}
        causes = tuple((cause, say_count(reasons[cause]), said[cause]) for cause in CAUSES if reasons[cause])
        runs = tuple((one.kind, one.what, one.before or "-", one.after or "-") for one in self.causes)
        grids = [Grid((), changes, frozenset({1}), "What has changed")]
        if causes:
            grids.append(Grid((), causes, frozenset({1}), "Why"))
        if runs:
            grids.append(Grid(("", "", "before", "now"), runs, frozenset(), "What was different between the runs"))
        grids.append(self._drift_grid())
        if len(self):
            grids.append(self._first_grid())
        return tuple(grids)

    def _drift_grid(self) -> Grid:
        rows = [
            (
                "coverage",
                say_share(self.before.coverage),
                say_share(self.after.coverage),
                "",
                f"was {say_interval(self.before.coverage_low, self.before.coverage_high)}",
            )
        ]
        for one in self.drift:
            was, now = ("-" if mean is None else say_bits(mean) for mean in (one.before, one.after))
            rows.append((f"{one.score}, bits", was, now, f"{one.distance:.3f}", _say_stability(one.stability)))
        titles = ("", "before", "now", "distance", "stability index")
        return Grid(titles, tuple(rows), frozenset({1, 2, 3}), "Drift")

    def _first_grid(self) -> Grid:
        """Profiles of both runs first: of the others there is nothing to explain."""
        alone = pc.equal(self.table["cause"], "profile")
        order = pc.sort_indices(pa.table({"alone": alone.cast(pa.int8()), "row": range(len(self))}), _ORDER)
        first = self.table.take(order[:_SHOWN])
        rows = tuple(
            (row["profile_id"], row["change"], _say_answer(row, "_before"), _say_answer(row, ""), row["why"])
            for row in first.to_pylist()
        )
        return Grid(("profile", "change", "before", "now", "why"), rows, frozenset(), "The first changes")

    def text(self, width: int = 80) -> str:
        """Everything for a terminal.

        Args:
            width: Columns of the terminal.
        """
        parts = ["\n".join(wrap(tame(self.sentence), width))]
        parts += [f"{grid.caption}\n{grid.text(width)}" for grid in self.grids()]
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return draw_card("Links, compared", self.sentence, list(self.grids()))


def _say_answer(row: Mapping[str, Any], when: str) -> str:
    if row[f"decision{when}"] is None:
        return "-"
    customer = row[f"customer_id{when}"]
    return "nobody" if customer is None else f"{customer} ({say_share(row[f'probability{when}'])})"


def _count(values: Any, names: tuple[str, ...]) -> dict[str, int]:
    counted: Mapping[str, int] = {one["values"]: one["counts"] for one in pc.value_counts(values).to_pylist()}
    return {name: int(counted.get(name, 0)) for name in names}


def _say_stability(index: float) -> str:
    size = "small" if index < SMALL else "large" if index >= LARGE else "moderate"
    return f"{index:.3f}, {size}"
