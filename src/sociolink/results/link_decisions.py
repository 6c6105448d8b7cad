"""Other decisions over the same evidence: another rule, another coverage, all profiles together."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from sociolink.calibration.decisions import MAX_FALSE, MIN_PROBABILITY, REVIEW_FROM, DecisionRule, check_rule
from sociolink.errors import InputError, InvalidParameterError, Problem
from sociolink.results.best_answers import total_nobody
from sociolink.results.decisions import decide_table, report_decisions
from sociolink.results.link_table import LinkTable
from sociolink.results.resolution import ADDED, resolve_table
from sociolink.results.sensitivity import Sensitivity, measure_sensitivity

if TYPE_CHECKING:
    from typing import Self

    from sociolink.results.links import Links

__all__ = ["LinkDecisions"]


class LinkDecisions(LinkTable):
    """The verbs of `Links` that decide anew."""

    __slots__ = ()

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
    ) -> Self:
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
        earlier = known if known is None or isinstance(known, LinkTable) else LinkTable.read(known)
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

    def resolve(self) -> Self:
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
