"""Ranked links with a confidence that means something: what `link` returns."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import MAX_FALSE, MIN_PROBABILITY, REVIEW_FROM, DecisionRule, check_rule
from sociolink.calibration.reliability import MODEL_ONLY, Calibration
from sociolink.errors import InputError, InvalidParameterError, Problem, SociolinkError
from sociolink.records.readers import read_table
from sociolink.records.rejects import REJECTS_SCHEMA, REPAIRS_SCHEMA
from sociolink.records.writers import write_table
from sociolink.results.acceptance import Acceptance, accept_rows
from sociolink.results.answer import Answer
from sociolink.results.bands import read_bands
from sociolink.results.decisions import decide_table, report_decisions
from sociolink.results.estimate import Estimate, estimate_quality
from sociolink.results.expected_parity import expect_parity
from sociolink.results.explanation import Explanation, explain_rows
from sociolink.results.files import Stamp, read_links, stamp_table
from sociolink.results.overview import draw_overview, rows_of, say_overview
from sociolink.results.page import MOST_SHOWN, write_page
from sociolink.results.parity import Parity
from sociolink.results.plots import LinkPlots
from sociolink.results.posts import attach_customers, say_value
from sociolink.results.recalibration import check_table, recalibrate_table, total_nobody
from sociolink.results.report import RunReport
from sociolink.results.resolution import ADDED, resolve_table
from sociolink.results.review import doubtful_table, sample_table
from sociolink.results.sensitivity import Sensitivity, measure_sensitivity

if TYPE_CHECKING:
    from sociolink.results.links_diff import LinksDiff
    from sociolink.results.model import LinkModel

__all__ = ["Links"]

_BEST = ("probability", "match_weight", "margin", "nobody_probability", "group_id", "group_probability", "decision")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Links:
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

    table: pa.Table
    rejects: pa.Table
    repairs: pa.Table
    model: LinkModel | None
    report: RunReport
    posts: pa.Table | None = None
    events: pa.Table | None = None
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    profile_keys: pa.Table | None = None
    known_accounts: pa.Table | None = None
    acceptance: Acceptance | None = None
    model_id: str = ""
    calibration: Calibration = MODEL_ONLY

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Links:
        """Read links that `write` put in a Parquet file.

        Args:
            path: The file.

        Raises:
            InputError: The file cannot be read, holds no links, or was written by a newer version.
        """
        table, stamp = read_links(path)
        return cls(
            table,
            REJECTS_SCHEMA.empty_table(),
            REPAIRS_SCHEMA.empty_table(),
            None,
            stamp.report,
            phrases=stamp.phrases,
            model_id=stamp.model_id,
            calibration=stamp.calibration,
        )

    def best(self) -> pa.Table:
        """The likeliest answer for each profile, one row each.

        Returns:
            profile_id, customer_id (null where nobody is likelier than the best customer), probability of this answer,
            match_weight, margin, nobody_probability, group_id, group_probability and decision.
        """
        top = self.table.filter(pc.less_equal(self.table["rank"], 1)).combine_chunks()
        known = pc.fill_null(pc.greater_equal(top["group_probability"], top["nobody_probability"]), False)
        known = pc.and_(known, pc.is_valid(top["customer_id"]))
        columns = {"profile_id": top["profile_id"], "customer_id": pc.if_else(known, top["customer_id"], None)}
        of_customer = ("match_weight", "margin", "group_id", "group_probability")
        for name in _BEST:
            columns[name] = pc.if_else(known, top[name], None) if name in of_customer else top[name]
        columns["probability"] = pc.if_else(known, top["probability"], top["nobody_probability"])
        return pa.table(columns)

    def accept(
        self,
        *,
        max_false: float = 0.05,
        confidence: float = 0.95,
        labels: Any = None,
        by: str | None = None,
        weights: str = "design",
    ) -> Links:
        """The links to make so that at most a share of them is false; `acceptance.sentence` says what stands behind it.

        Without labels this rests on the model's own probabilities. With labels of a sample it is the largest set for
        which they show it. Where nothing can be certified the links are those of the model, and `acceptance` says so.
        Labels that recalibrated links do not certify what they have formed: certify the links of before with them.

        Args:
            max_false: Largest share of false links, in (0, 1).
            confidence: With which that is to hold, in (0, 1).
            labels: Verdicts on what `sample_for_review` drew; see `recalibrate` for the columns.
            by: "labels", or "decoys" for what decoys measured in the run: they certify its links as far as other
                customers can stand for strangers. By default labels where they are given.
            weights: Of the labels; see `estimate`.

        Returns:
            The accepted profiles with their best customer, one row each, decided as "link".

        Raises:
            InvalidParameterError: A parameter is out of range.
            InputError: The labels cannot be read, or are no sample.

        References:
            Clopper & Pearson (1934), Biometrika 26; Hoeffding (1963), JASA 58; Bauer (1991), Statistics in Medicine 10;
            Angelopoulos et al. (2021), Learn then test, arXiv:2110.01052.
        """
        rows, account = accept_rows(
            self.table, self.report, max_false=max_false, confidence=confidence, labels=labels, by=by, weights=weights
        )
        return replace(self, table=rows, acceptance=account)

    def sample_for_review(self, n: int, *, seed: int = 0) -> pa.Table:
        """A random sample of profiles to label, on which `estimate` and `accept` can rest.

        Stratified by decision and stated probability, unsure answers more densely. The same links and seed give
        the same sample, in whatever order the rows are.

        Args:
            n: How many profiles.
            seed: Start of the random numbers.

        Returns:
            profile_id, customer_id (the best customer, null where there is none), probability, decision, stratum,
            inclusion_probability, and verdict, to be filled in: is, is_not, nobody (it is no customer's) or skip;
            with another customer_id where it is another customer's.

        Raises:
            InvalidParameterError: `n` is no whole number of at least 1.
        """
        return sample_table(self.table, n, seed=seed)

    def most_informative(self, n: int) -> pa.Table:
        """The profiles whose label would teach most: those whose best customer is most nearly even to be right.

        This is no random sample: it has no inclusion probabilities, and `estimate` and `accept` refuse it.
        `recalibrate` takes it.

        Args:
            n: How many profiles.

        Returns:
            profile_id, customer_id, probability, decision and verdict, the most doubtful first.

        Raises:
            InvalidParameterError: `n` is no whole number of at least 1.
        """
        return doubtful_table(self.table, n)

    def estimate(self, labels: Any, *, confidence: float = 0.95, weights: str = "design") -> Estimate:
        """Precision of the links made, recall and coverage of all profiles, by labels of a sample.

        Where a label only says who it is not, recall and coverage hold both possibilities in their intervals.

        Args:
            labels: Verdicts on what `sample_for_review` drew; see `recalibrate` for the columns.
            confidence: Of the intervals, in (0, 1).
            weights: "design" undoes the unequal chances of `inclusion_probability`; "equal" says that the labels are a
                plain random sample of all profiles, or of all links, so that each counts the same. Labels that cannot
                be one are refused.

        Returns:
            The three shares with their intervals; print it for a table.

        Raises:
            InputError: The labels cannot be read, or are no sample.
            InvalidParameterError: `confidence` is out of range.

        References:
            Korn & Graubard (1998), Confidence intervals for proportions with small expected number of positive counts
            estimated from survey data, Survey Methodology 24.
        """
        return estimate_quality(self.table, labels, confidence=confidence, weights=weights)

    def recalibrate(self, labels: Any, *, apply: bool = True) -> Links:
        """The same links with probabilities bent to what labels say; `calibration` tells what that changed.

        A rising map of the log odds of customers against nobody, the same for all profiles, held back by a prior: few
        labels move little. The order of the customers of a profile stays; the rule of the last decision decides again.

        Args:
            labels: A file or anything that gives Arrow: profile_id, customer_id, verdict (is, is_not, nobody, skip),
                and inclusion_probability where they are a sample.
            apply: False changes nothing but `calibration`, which then tells what the labels say of these links and
                what they would change.

        Returns:
            Links with other probabilities, margins and decisions, without what decoys said of the earlier ones.

        Raises:
            InputError: The labels cannot be read, or do not belong to these links.

        References:
            Platt (1999), Probabilistic outputs for support vector machines.
        """
        rule = DecisionRule.from_dict(self.report.decision_rule)
        if not apply:
            return replace(self, calibration=check_table(self.table, labels, rule))
        table, calibration = recalibrate_table(self.table, labels, rule)
        report = report_decisions(self.report.without_decoys(), table, rule)
        report = replace(report, nobody_expected=total_nobody(table))
        return replace(self, table=table, report=report, calibration=calibration, acceptance=None)

    def decide(
        self,
        *,
        max_false: float = MAX_FALSE,
        min_probability: float = MIN_PROBABILITY,
        min_margin: float | None = None,
        review_from: float = REVIEW_FROM,
        review_budget: int | None = None,
        known: Links | str | os.PathLike[str] | None = None,
        keep: float = 1.0,
    ) -> Links:
        """The same links with other decisions: link, review or none for the best customer of each profile.

        Links are made from the likeliest down while at most a share of them is expected to be false; of the others the
        likeliest are to be reviewed. Links that are certain are given to `link(known=...)`, not here.

        Args:
            max_false: Largest share of the links that may be expected to be false, in (0, 1).
            min_probability: Least probability of a link, in [.5, 1); k / (k + 1) where a false link costs k times as
                much as a missed one.
            min_margin: Least bits between the linked customer and the best other answer; None for any.
            review_from: Least probability of an answer that is worth a look, in (0, 1).
            review_budget: Most profiles to review; None for all that are worth a look.
            known: Links of an earlier run, or a file of them: what was decided there stands unless the odds have passed
                the cut by `keep` bits.
            keep: Bits, at least 0; see `known`.

        Returns:
            Links with new decisions and a report of them, without what decoys said of the earlier ones.

        Raises:
            InvalidParameterError: Parameters are out of range; lists all of them.
            InputError: `known` cannot be read or holds no links.

        References:
            Fellegi & Sunter (1969), A theory for record linkage, JASA 64.
        """
        rule = DecisionRule(
            max_false=max_false,
            min_probability=min_probability,
            min_margin=min_margin,
            review_from=review_from,
            review_budget=review_budget,
            keep=keep,
        )
        check_rule(rule)
        earlier = known if known is None or isinstance(known, Links) else Links.read(known)
        table = decide_table(self.table, rule, earlier=None if earlier is None else earlier.table)
        report = report_decisions(self.report.without_decoys(), table, rule)
        return replace(self, table=table, report=report, acceptance=None)

    def sensitivity(self) -> Sensitivity:
        """What would change if the learned coverage were half or twice as large.

        Computed from the stated probabilities, exactly: coverage is one factor in the odds of every customer against
        nobody. The rule of the last decision decides again; what was linked before plays no part.

        Returns:
            For half the coverage, as learned and twice: links made, how many of today's are among them, how many of
            them and of today's are expected to be false, and how many profiles to be nobody's.

        Raises:
            InputError: The links do not say which coverage was learned.
        """
        rule = DecisionRule.from_dict(self.report.decision_rule)
        found = measure_sensitivity(self.table, rule, coverage=self.report.coverage)
        if found is None:
            raise InputError(Problem("coverage", "is not known for these links", "Link the profiles again."))
        return found

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

    def resolve(self) -> Links:
        """The links with all profiles judged together: who has an account elsewhere, who has one there already.

        Optional: it lowers log loss where many profiles are customers', and is not safe where few are (decision 6).

        How much likelier further accounts of a person are, on other platforms and on the same one, is learned from
        these links. Profiles of one handle are one unit, and tell each other nothing. Evidence and its bits stay as
        they are; `joint_bits` says what the other profiles add, `unit_id` names the unit.

        Returns:
            New links; these stay as they are.

        Raises:
            InvalidParameterError: These links were read from a file, accepted, or resolved before.
        """
        if self.profile_keys is None or self.acceptance is not None or ADDED[0] in self.table.column_names:
            what = "resolve needs the links that link() returns: not read from a file, accepted or resolved before."
            raise InvalidParameterError(what)
        people = self.report.people or self.report.customers
        found = resolve_table(self.table, keys=self.profile_keys, people=people, known_accounts=self.known_accounts)
        rule = DecisionRule.from_dict(self.report.decision_rule)
        table = decide_table(found.table, rule)
        before = replace(self.report.without_decoys(), joint=found.summary, nobody_expected=total_nobody(table))
        return replace(self, table=table, report=report_decisions(before, table, rule))

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

    def for_posts(self, posts: Any = None) -> pa.Table:
        """Posts with the customer who wrote them.

        Authors are found by profile_id, else by platform and user_id, else by platform and handle.

        Args:
            posts: A file or anything that gives Arrow; the posts that came with the profiles by default.

        Returns:
            The posts, with customer_id, probability and decision of their author's best answer; keep the rows whose
            decision is "link" to act on them.

        Raises:
            InputError: There are no posts, or they cannot be read.
        """
        own = self.posts if posts is None else read_table(posts, "posts").table
        if own is None:
            raise InputError(Problem("posts", "these links came without posts", "Give them: links.for_posts(posts)."))
        return attach_customers(own, self.best(), keys=self.profile_keys)

    def value_sentence(self) -> str:
        """What the links are worth, in one sentence: posts, or profiles, that have a customer now."""
        return say_value(self.best(), posts=self.posts, events=self.events, keys=self.profile_keys)

    def diff(self, other: Links | str | os.PathLike[str]) -> LinksDiff:
        """Which answers are not what they were, and why; see `diff_links`.

        Args:
            other: Earlier links, or a file of them.

        Raises:
            InputError: The file cannot be read or holds no links.
        """
        from sociolink.results.diff_links import diff_links

        return diff_links(other, self)

    def to_arrow(self) -> pa.Table:
        """The links as an Arrow table, with the metadata that `write` puts in a file."""
        extra = None if self.acceptance is None else {"acceptance": self.acceptance.sentence}
        stamp = Stamp(self._model_id(), self.report, self.phrases, self.calibration)
        return stamp_table(self.table, stamp, extra=extra)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def to_pandas(self) -> Any:
        """The links as a pandas frame."""
        return self.table.to_pandas()

    def to_polars(self) -> Any:
        """The links as a polars frame.

        Raises:
            SociolinkError: polars is not installed.
        """
        try:
            polars = import_module("polars")
        except ImportError:
            raise SociolinkError("polars is not installed. Install it with pip install polars.") from None
        return polars.from_arrow(self.table)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the links; the file appears whole or not at all, and equal runs write equal bytes.

        Args:
            path: File ending in .parquet (with model, policy, provenance and seed in its metadata), .csv or .jsonl.

        Returns:
            The path that was written.

        Raises:
            InvalidParameterError: The suffix is none of these.
            OutputError: The file could not be written; nothing half-written is left behind.
        """
        return write_table(self.to_arrow(), path)

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

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        return "\n".join(say_overview(self.table, self.report, self.acceptance))

    def _repr_html_(self) -> str:
        return draw_overview(self.table, self.best(), self.report, self.acceptance)

    def _model_id(self) -> str:
        return self.model_id or (self.model.model_id if self.model is not None else "")
