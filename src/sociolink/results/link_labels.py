"""What labels make of links: what to label, what the labels say, and the links that they certify."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sociolink.calibration.decisions import DecisionRule
from sociolink.results.best_answers import total_nobody
from sociolink.results.decisions import report_decisions
from sociolink.results.labels.acceptance import accept_rows
from sociolink.results.labels.estimate import Estimate, estimate_quality
from sociolink.results.labels.recalibration import check_table, recalibrate_table
from sociolink.results.labels.sheets import doubtful_table, sample_table
from sociolink.results.link_table import LinkTable

if TYPE_CHECKING:
    from typing import Self

__all__ = ["LinkLabels"]


class LinkLabels(LinkTable):
    """The verbs of `Links` that draw labels or take them."""

    __slots__ = ()

    def accept(
        self,
        *,
        max_false: float = 0.05,
        confidence: float = 0.95,
        labels: Any = None,
        by: str | None = None,
        weights: str = "design",
    ) -> Self:
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

    def recalibrate(self, labels: Any, *, apply: bool = True) -> Self:
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
