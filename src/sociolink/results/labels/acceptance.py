"""Which links to make at a stated risk, and what stands behind it: the model, audited links or decoys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.calibration.certificates import Certificate, audit_size, certify
from sociolink.calibration.decisions import LEAST, safe_cut
from sociolink.errors import InvalidParameterError
from sociolink.rendering.numbers import say_count, say_share
from sociolink.results.best_answers import BestAnswers, exact_total, read_best
from sociolink.results.labels.labelled import Labelled, read_labelled
from sociolink.results.report import RunReport

__all__ = ["Acceptance", "accept_rows", "choose_links"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_DECOY_CONFIDENCE = 0.95
"""Of the interval that decoys give; in worlds where it was tried it held the truth about as often."""

_EXACT = "exact bound for equal chances (Clopper & Pearson 1934)"
_WEIGHTED = "conservative bound for unequal chances (Hoeffding 1963)"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The risk at which links were accepted, and what stands behind it.

    Attributes:
        max_false: Largest share of false links that was asked for.
        confidence: Confidence that was asked for.
        certified: Whether audited links, or decoys, show it with that confidence; False where only the model says so.
        links: Links accepted.
        false_expected: False links among them, by the model's own probabilities.
        min_probability: Least probability among them; None where none is accepted.
        by: "model", "labels" or "decoys": what was asked to certify it.
        upper: Upper bound of the share of false links by labels or decoys; None where there is none.
        audited: Audited links that the bound rests on.
        false_audited: False ones among them.
        note: Which bound it is, or why nothing can be certified.
    """

    max_false: float
    confidence: float
    certified: bool
    links: int
    false_expected: float
    min_probability: float | None
    by: str = "model"
    upper: float | None = None
    audited: int = 0
    false_audited: int = 0
    note: str = ""

    @property
    def sentence(self) -> str:
        """What was accepted, and how far that can be trusted.

        Examples:
            >>> print(Acceptance(0.05, 0.95, False, 100, 3.21, 0.71).sentence)
            100 links accepted, 3.2 of them expected to be false (at most 5.0%). Not certified: ...
        """
        said = (
            f"{say_count(self.links)} links accepted, {say_count(float(self.false_expected))} of them expected to be "
            f"false (at most {say_share(self.max_false)})."
        )
        if self.certified and self.by == "decoys":
            return (
                f"{said} Certified by decoys, not by labels: at most {say_share(self.upper or 0.0)} of all are false, "
                "as far as other customers can stand for strangers; fans and parodies they do not see."
            )
        if self.certified:
            return (
                f"{said} Certified with {say_share(self.confidence)} confidence: {say_count(self.false_audited)} of "
                f"{say_count(self.audited)} audited links are false, so that at most {say_share(self.upper or 0.0)} "
                f"of all are ({self.note})."
            )
        if self.by == "model":
            return (
                f"{said} Not certified: this rests on the model's own probabilities; labels of at least "
                f"{say_count(self.labels_needed)} of these links are needed to certify it with "
                f"{say_share(self.confidence)} confidence."
            )
        return f"{said} Cannot be certified: {self.note}"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, the sentence and the labels needed among them."""
        return {**asdict(self), "labels_needed": self.labels_needed, "sentence": self.sentence}

    @staticmethod
    def from_dict(data: Mapping[str, Any] | None) -> Acceptance | None:
        """The account of `to_dict`, None of None; names that this version does not know are passed over.

        Examples:
            >>> account = Acceptance(0.05, 0.95, False, 100, 3.21, 0.71)
            >>> Acceptance.from_dict(account.to_dict()) == account
            True
        """
        if data is None:
            return None
        known = {one.name for one in fields(Acceptance)}
        return Acceptance(**{name: value for name, value in data.items() if name in known})

    @property
    def labels_needed(self) -> int:
        """Audited links that bound the false share if all are right: log(1 - confidence) / log(1 - max_false)."""
        return audit_size(self.max_false, self.confidence)


def choose_links(probability: Floats, *, max_false: float, confidence: float) -> tuple[Flags, Acceptance]:
    """The largest set of links, best first, whose mean stated error is small enough.

    Equals go together, and a link is likelier to be right than not.

    Args:
        probability: (n,) probability of each link.
        max_false: Largest share of false links, in (0, 1).
        confidence: With which that is to hold, in (0, 1).

    Returns:
        (n,) whether each link is accepted, and the account of it.

    Raises:
        InvalidParameterError: A parameter is out of range.

    Examples:
        >>> chosen, account = choose_links(np.array([0.99, 0.6, 0.95]), max_false=0.05, confidence=0.95)
        >>> chosen.tolist(), account.links
        ([True, False, True], 2)
    """
    for name, value in (("max_false", max_false), ("confidence", confidence)):
        if not 0 < value < 1:
            raise InvalidParameterError(f"{name} is {value}; it must lie between 0 and 1")
    cut = safe_cut(probability[probability >= LEAST], max_false=max_false)
    return _account(probability, probability >= cut, max_false, confidence)


def _account(probability: Floats, chosen: Flags, max_false: float, confidence: float) -> tuple[Flags, Acceptance]:
    own = probability[chosen]
    least = float(own.min()) if len(own) else None
    return chosen, Acceptance(max_false, confidence, False, len(own), exact_total(1 - own), least)


def accept_rows(
    table: pa.Table,
    report: RunReport,
    *,
    max_false: float,
    confidence: float,
    labels: Any = None,
    by: str | None = None,
    weights: str = "design",
) -> tuple[pa.Table, Acceptance]:
    """The rows of the links to make, decided as "link", and the account of them; see `Links.accept`."""
    by = by or ("model" if labels is None else "labels")
    if by not in ("model", "labels", "decoys"):
        raise InvalidParameterError(f"by is {by!r}; it must be 'model', 'labels', 'decoys' or None")
    if (by == "labels") != (labels is not None):
        raise InvalidParameterError("labels are needed with by='labels', and of no use otherwise")
    best = read_best(table)
    chosen, account = choose_links(best.chance, max_false=max_false, confidence=confidence)
    if by == "labels":
        chosen, account = _by_labels(read_labelled(table, labels).drawn(weights=weights), chosen, account)
    if by == "decoys":
        chosen, account = _by_decoys(best, report, chosen, account)
    rows = table.take(pa.array(best.row[chosen])).combine_chunks()
    place = rows.column_names.index("decision")
    return rows.set_column(place, "decision", pa.repeat("link", rows.num_rows)), account


def _by_labels(found: Labelled, chosen: Flags, account: Acceptance) -> tuple[Flags, Acceptance]:
    """The largest set that audited links certify; as the model has it where they do not.

    An audited link that was skipped counts as false: what cannot be judged may well be. A sheet that is not filled in
    certifies nothing, for whoever fills it in may leave the wrong ones for last.
    """
    if found.unjudged:
        note = (
            f"{say_count(found.unjudged)} labels have no usable verdict, or contradict each other; fill in all that "
            "were drawn, with skip for what nobody can tell."
        )
        return chosen, replace(account, note=note, by="labels")
    chance, place = found.best.chance, found.place
    audited = place[chance[place] >= LEAST]
    own = found.keep(chance[place] >= LEAST, reason="of answers below .5")
    proof = certify(
        chance[chance >= LEAST],
        chance[audited],
        ~own.right,
        own.inclusion,
        chance[audited],
        max_false=account.max_false,
        confidence=account.confidence,
    )
    note = _say_failure(proof, account)
    if proof.certified:
        chosen, account = _account(chance, chance >= proof.cut, account.max_false, account.confidence)
        note = _EXACT if proof.equal else _WEIGHTED
    account = replace(account, certified=proof.certified, note=note, by="labels")
    return chosen, replace(account, upper=proof.upper, audited=proof.audited, false_audited=proof.false)


def _say_failure(proof: Certificate, account: Acceptance) -> str:
    needed = say_count(max(account.labels_needed, int(np.ceil(3 / account.max_false))))
    if not proof.audited:
        return f"no link was audited; at least {needed} audited links are needed, all of them right."
    return (
        f"{say_count(proof.false)} of {say_count(proof.audited)} audited links of probability {proof.cut:.3f} or more "
        f"are false, which bounds the share by {say_share(proof.upper)} only, with {say_share(account.confidence)} "
        f"confidence ({_EXACT if proof.equal else _WEIGHTED}). At least {needed} audited links of equal chance are "
        "needed if all are right, more if some are false."
    )


def _by_decoys(best: BestAnswers, report: RunReport, chosen: Flags, account: Acceptance) -> tuple[Flags, Acceptance]:
    """The links of the run, where the interval that decoys measured for them lies low enough; else as the model has it.

    Decoys are other customers, so they see namesakes and relatives, but neither fans nor parodies.
    """
    links, high = int(best.linked.sum()), report.false_links_decoys_high
    account = replace(account, by="decoys")
    if high is None or not links or links != report.linked:
        return chosen, replace(account, note="decoys measured nothing for these decisions; link the profiles again.")
    upper = min(float(high) / links, 1.0)
    account = replace(account, upper=upper)
    if report.decoy_note:
        return chosen, replace(account, note=f"decoys are {report.decoy_note}; audit a sample of the links.")
    if account.confidence > _DECOY_CONFIDENCE:
        note = f"decoys give {say_share(_DECOY_CONFIDENCE)} confidence, and no more; audit a sample of the links."
        return chosen, replace(account, note=note)
    if upper > account.max_false:
        note = (
            f"decoys bound the share of false links of the run by {say_share(upper)} only; audit a sample of the links."
        )
        return chosen, replace(account, note=note)
    chosen, made = _account(best.chance, best.linked, account.max_false, account.confidence)
    return chosen, replace(made, by="decoys", certified=True, upper=upper)
