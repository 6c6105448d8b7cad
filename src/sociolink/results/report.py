"""What happened in a run: counts, coverage, expected mistakes, what was set aside, and what it took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from sociolink.rendering.grid import Grid
from sociolink.rendering.numbers import say_count, say_duration, say_interval, say_share, say_size
from sociolink.rendering.shown import show_text
from sociolink.results.sensitivity import Sensitivity

__all__ = ["RunReport"]

_TIMING = ("seconds", "peak_memory_mib", "stages")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """Facts about one run of `link`. What the clock and the memory said never enters a file of links.

    Attributes:
        profiles: Profiles that were linked or not.
        customers: Customer records that were compared.
        people: People among them: records of one person count once.
        candidates: Pairs that blocking proposed.
        capped_blocks: Blocks that were too large to be compared one by one; they are part of the rest.
        linked: Profiles with the decision "link".
        review: Profiles with the decision "review".
        none: Profiles with the decision "none".
        review_expected: Profiles to review whose best customer is expected to be right.
        nobody_expected: Sum of P(nobody), the number of profiles expected to be no customer's.
        coverage: Share of profiles whose owner is a customer, with the ends of its 95% interval.
        coverage_low: See `coverage`.
        coverage_high: See `coverage`.
        findable: Share of profiles whose owner is a customer and could be proposed, with its interval.
        findable_low: See `findable`.
        findable_high: See `findable`.
        false_links_expected: False links by the model's own probabilities.
        false_links_decoys: False links as measured with decoys, with its interval; None where that was not done.
        false_links_decoys_low: See `false_links_decoys`.
        false_links_decoys_high: See `false_links_decoys`.
        decoy_note: What to keep in mind about the measure with decoys; "" if nothing.
        refused_consent: Rows set aside because consent was refused, by table.
        rejects: Values and rows set aside while reading, by table.
        repairs: Values repaired while reading, by table.
        seconds: Wall-clock time.
        peak_memory_mib: Largest memory of the process, in MiB.
        stages: Name and seconds of each stage.
        warnings: What the user should know.
        policy: The policy, as plain values.
        sources: Where the tables came from, as plain values.
        versions: Versions of the libraries whose behaviour shows in the links.
        seed: Start of the random numbers.
        decision_rule: How probabilities became decisions, as plain values; see `DecisionRule`.
        sensitivity: What half and twice the coverage would change; None where that is not known.
        blocking: What blocking did: `candidates`, rows of least and most candidates and how many profiles have so many;
            `proposed_by`, for each family the pairs that its keys proposed. Empty in links of earlier versions.
        decoy_scores: For each band of `score_bands` how many decoys came out in it, as the best customer of a profile
            whose owner was taken out, per profile of an owner; empty where that was not measured.
        joint: What `Links.resolve` found: units, profiles_moved and the learned rates; empty where it was not called.

    Examples:
        >>> report = RunReport(profiles=10, customers=8, people=8, linked=4, review=1, none=5, coverage=0.5)
        >>> RunReport.from_dict(report.to_dict()) == report
        True
    """

    profiles: int
    customers: int
    people: int = 0
    candidates: int = 0
    capped_blocks: int = 0
    linked: int = 0
    review: int = 0
    none: int = 0
    review_expected: float = 0.0
    nobody_expected: float = 0.0
    coverage: float = 0.0
    coverage_low: float = 0.0
    coverage_high: float = 1.0
    findable: float = 0.0
    findable_low: float = 0.0
    findable_high: float = 1.0
    false_links_expected: float = 0.0
    false_links_decoys: float | None = None
    false_links_decoys_low: float | None = None
    false_links_decoys_high: float | None = None
    decoy_note: str = ""
    refused_consent: Mapping[str, int] = field(default_factory=dict)
    rejects: Mapping[str, int] = field(default_factory=dict)
    repairs: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    peak_memory_mib: float = 0.0
    stages: tuple[tuple[str, float], ...] = ()
    warnings: tuple[str, ...] = ()
    policy: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Mapping[str, Any], ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    decision_rule: Mapping[str, Any] = field(default_factory=dict)
    sensitivity: Sensitivity | None = None
    joint: Mapping[str, float] = field(default_factory=dict)
    blocking: Mapping[str, Any] = field(default_factory=dict)
    decoy_scores: tuple[float, ...] = ()

    def to_dict(self, *, timing: bool = True) -> dict[str, Any]:
        """Plain values for JSON.

        Args:
            timing: Whether to tell time and memory. Files of links leave them out: equal runs write equal bytes.

        Examples:
            >>> "seconds" in RunReport(profiles=1, customers=1).to_dict(timing=False)
            False
        """
        data = asdict(self)
        return {name: value for name, value in data.items() if timing or name not in _TIMING}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> RunReport:
        """The report of `to_dict`; names that this version does not know are passed over.

        Examples:
            >>> RunReport.from_dict({"profiles": 1, "customers": 2, "from_the_future": 3}).customers
            2
        """
        known = {one.name for one in fields(RunReport)}
        values = {name: value for name, value in data.items() if name in known}
        values["stages"] = tuple((str(name), float(seconds)) for name, seconds in values.get("stages", ()))
        for name in ("warnings", "sources", "decoy_scores"):
            values[name] = tuple(values.get(name, ()))
        values["sensitivity"] = Sensitivity.from_dict(values.get("sensitivity"))
        return RunReport(**values)

    def without_decoys(self) -> RunReport:
        """The report without what decoys said, for links that were decided anew."""
        bare = replace(self, false_links_decoys_low=None, false_links_decoys_high=None)
        return replace(bare, false_links_decoys=None, decoy_note="", decoy_scores=())

    @property
    def false_share_expected(self) -> float:
        """Expected share of false links among the links that were made; 0 where none was."""
        return self.false_links_expected / self.linked if self.linked else 0.0

    def grid(self) -> Grid:
        """The summary as a table."""
        rows = [
            ("profiles", say_count(self.profiles), f"against {say_count(self.customers)} customers{self._people()}"),
            ("linked", say_count(self.linked), f"{self._share(self.linked)} of the profiles"),
            ("review", say_count(self.review), f"{self._share(self.review)}; {self._review()}"),
            ("nobody", say_count(self.none), f"{self._share(self.none)}; {self._nobody()}"),
            ("coverage", say_share(self.coverage), f"95% interval {self._interval('coverage')}; owner in the CRM"),
            ("findable", say_share(self.findable), f"95% interval {self._interval('findable')}; and could be found"),
            ("false links", say_count(float(self.false_links_expected)), self._false_links()),
            *([] if self.sensitivity is None else [_sensitivity(self.sensitivity)]),
            ("rejects", say_count(sum(self.rejects.values())), _by_table(self.rejects, "nothing was set aside")),
        ]
        if self.refused_consent:
            refused = sum(self.refused_consent.values())
            rows.append(("refused", say_count(refused), _by_table(self.refused_consent, "") + "; consent is false"))
        if self.repairs:
            rows.append(("repaired", say_count(sum(self.repairs.values())), _by_table(self.repairs, "")))
        if self.seconds:
            slowest = max(self.stages, key=lambda stage: stage[1], default=None)
            note = f"{slowest[0]}: {say_duration(slowest[1])}" if slowest else ""
            rows.append(("time", say_duration(self.seconds), note))
        if self.peak_memory_mib:
            rows.append(("memory", say_size(self.peak_memory_mib), "at most"))
        return Grid((), tuple(rows), frozenset({1}), "What the run found")

    _repr_pretty_ = show_text

    def __str__(self) -> str:
        return self.grid().text()

    def _repr_html_(self) -> str:
        return self.grid().html()

    def _share(self, number: int) -> str:
        return say_share(number / self.profiles) if self.profiles else "0%"

    def _people(self) -> str:
        return f" ({say_count(self.people)} people)" if self.people and self.people != self.customers else ""

    def _nobody(self) -> str:
        return f"{say_count(float(self.nobody_expected))} expected not to be customers"

    def _review(self) -> str:
        said = "not sure enough, but worth a look"
        return (
            f"{said}: {say_count(float(self.review_expected))} expected to be right" if self.review_expected else said
        )

    def _interval(self, name: str) -> str:
        return say_interval(getattr(self, f"{name}_low"), getattr(self, f"{name}_high"))

    def _false_links(self) -> str:
        said = f"{say_share(self.false_share_expected)} of the links, by the model"
        if self.false_links_decoys is None:
            return said
        said += f"; {say_count(float(self.false_links_decoys))} by decoys"
        if self.false_links_decoys_low is not None and self.false_links_decoys_high is not None:
            low, high = float(self.false_links_decoys_low), float(self.false_links_decoys_high)
            said += f" ({say_count(low)} to {say_count(high)})"
        return f"{said}, {self.decoy_note}" if self.decoy_note else said


def _sensitivity(found: Sensitivity) -> tuple[str, str, str]:
    """What half and twice the coverage would change, as a row."""
    half, twice = found.half, found.twice
    links = f"{say_count(half.linked)} or {say_count(twice.linked)}"
    false = f"{say_count(half.false_expected_now)} or {say_count(twice.false_expected_now)}"
    said = f"if coverage were {say_share(half.coverage)} or {say_share(twice.coverage)}"
    return "sensitivity", links, f"links {said}; of today's, {false} would be false"


def _by_table(counts: Mapping[str, int], otherwise: str) -> str:
    return ", ".join(f"{say_count(count)} in {table}" for table, count in counts.items() if count) or otherwise
