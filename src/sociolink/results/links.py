"""Ranked links with a confidence that means something: what `link` returns."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sociolink.errors import InputError, Problem
from sociolink.results.answer import Answer
from sociolink.results.explanation import Explanation, explain_rows
from sociolink.results.link_decisions import LinkDecisions
from sociolink.results.link_labels import LinkLabels
from sociolink.results.overview import draw_overview, rows_of, say_overview
from sociolink.results.page import MOST_SHOWN, write_page
from sociolink.results.parity.bands import read_bands
from sociolink.results.parity.expected import expect_parity
from sociolink.results.parity.parity import Parity
from sociolink.results.plots import LinkPlots

if TYPE_CHECKING:
    from sociolink.results.diff.links_diff import LinksDiff

__all__ = ["Links"]


class Links(LinkDecisions, LinkLabels):
    """Profiles with their likeliest customers, and the probability that it is nobody.

    `links["id"]` shows one profile, `best()` one answer for each, `accept(max_false=...)` the links to make at a risk.

    Attributes:
        table: One row for each listed customer of each profile, profiles in the order of their table; one row of rank 0
            where nobody is proposed. For each profile the probabilities of the listed customers, of nobody and of the
            rest add up to 1.
        rejects: What was set aside while reading.
        repairs: What was repaired while reading.
        model: The model that made the links; None where they were read from a file.
        report: What happened in the run.
        posts: Posts that came with the profiles, or None.
        events: Events of the customers, or None.
        phrases: For each family what each component means, in words.
        profile_keys: profile_id, platform, handle_core and user_id of the profiles, to find the authors of posts.
        known_accounts: group_id, platform and handle_core of accounts that people are known to have, for `resolve`.
        acceptance: At which risk `accept` chose these links; None for all links of a run.
        model_id: Which model made the links.
        calibration: What the probabilities rest on: the model alone, or labels.
    """

    __slots__ = ()

    def explain(self, profile_id: str, *, customer_id: str | None = None) -> Explanation:
        """Why a profile is, or is not, a customer's: the arithmetic of the score, fact by fact.

        Args:
            profile_id: The profile.
            customer_id: One of its listed customers; the best one by default.

        Raises:
            InputError: There is no such profile, or the customer is not listed for it.
        """
        rows = rows_of(self.table, profile_id)
        row = 0
        if customer_id is not None:
            listed = rows["customer_id"].to_pylist()
            if customer_id not in listed:
                what = f"{customer_id} is not among the {len(listed)} customers listed for {profile_id}"
                raise InputError(Problem("customer_id", what, "Ask for a listed one, or link with a larger top."))
            row = listed.index(customer_id)
        return explain_rows(rows, row=row, phrases=self.phrases, report=self.report)

    def __getitem__(self, profile_id: str) -> Answer:
        """Every answer for one profile, and why."""
        rows = rows_of(self.table, profile_id)
        explanation = explain_rows(rows, row=0, phrases=self.phrases, report=self.report)
        return Answer(str(profile_id), rows, explanation)

    def parity(self, *, profiles: Any = None, customers: Any = None) -> Parity:
        """How bands are expected to be served, by the stated probabilities; `evaluate` measures it against a truth.

        Args:
            profiles: The profiles, for the script of display names; platforms are known without them, but for links
                that were read from a file.
            customers: The customers, for the script of names and how common family names are.

        Returns:
            Expected rates for each band, and a sentence for each band that is expected to be served much worse.

        Raises:
            InputError: A table cannot be read, or there is nothing to band by.
        """
        bands = read_bands(profiles=profiles, customers=customers, keys=self.profile_keys)
        if not bands:
            raise InputError(Problem("parity", "has nothing to compare", "Give profiles, customers or both."))
        return expect_parity(self.table, bands)

    def diff(self, other: Links | str | os.PathLike[str]) -> LinksDiff:
        """Which answers are not what they were, and why; see `diff_links`.

        Args:
            other: Earlier links, or a file of them.

        Raises:
            InputError: The file cannot be read or holds no links.
        """
        from sociolink.results.diff.comparison import diff_links

        return diff_links(other, self)

    @property
    def plots(self) -> LinkPlots:
        """Pictures of the links; they need the extra `plots`."""
        return LinkPlots(self)

    def write_report(
        self, path: str | os.PathLike[str], *, profiles: Any = None, customers: Any = None, shown: int = MOST_SHOWN
    ) -> Path:
        """Write a report for people: one HTML file that opens from disk and asks nobody for anything.

        Summary, a slider of the risk, the links with the card of each, blocking, model, parity, rejects, settings and
        provenance. It holds ids alone, unless the tables are given.

        Args:
            path: The file.
            profiles: The profiles, to show handles, names and bios on the cards, and to compare scripts.
            customers: The customers, to show their names and places, and to compare common and rare names.
            shown: Most profiles in the table of links; beyond that a random sample, and the report says so.

        Returns:
            The path that was written; the file appears whole or not at all.

        Raises:
            InputError: A table cannot be read.
            InvalidParameterError: `shown` is no whole number of at least 1.
            OutputError: The file could not be written.
        """
        return write_page(self, path, profiles=profiles, customers=customers, shown=shown)

    def __repr__(self) -> str:
        return "\n".join(say_overview(self.table, self.report, self.acceptance))

    def _repr_html_(self) -> str:
        return draw_overview(self.table, self.best(), self.report, self.acceptance)
