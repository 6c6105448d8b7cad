"""How good links are in the open world, as one frozen value that can be read, printed and compared."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from sociolink.rendering.grid import Grid
from sociolink.rendering.shown import show_text
from sociolink.results.parity.parity import Parity

if TYPE_CHECKING:
    from sociolink.results.plots import EvaluationPlots

__all__ = ["Band", "Claim", "Evaluation"]

_TOLERANCE: Final = 0.02
"""Difference between claimed and actual that is never held against the claim."""


@dataclass(frozen=True, slots=True)
class Band:
    """Answers whose stated probability lies in one band.

    Attributes:
        low: Smallest probability of the band.
        high: Its end, which belongs to the next band (1 belongs to the last one).
        claimed: Mean stated probability.
        right: Share of these answers that are right.
        answers: How many there are.
        standard_error: Of `right` less `claimed`, clustered by owner, and not less than the claim itself implies.
    """

    low: float
    high: float
    claimed: float
    right: float
    answers: int
    standard_error: float | None = None

    @property
    def within(self) -> bool | None:
        """Whether the claim holds: within two standard errors, and .02 at least; None where they are not known.

        Examples:
            >>> Band(0.8, 0.95, 0.88, 0.8, 100, 0.03).within, Band(0.8, 0.95, 0.88, 0.8, 400, 0.015).within
            (False, False)
        """
        if self.standard_error is None:
            return None
        return abs(self.right - self.claimed) <= max(_TOLERANCE, 2 * self.standard_error)


@dataclass(frozen=True, slots=True)
class Claim:
    """The largest set of links whose own mean stated error is at most 5%.

    Attributes:
        links: How many links that are.
        precision: Share of them that is right; .95 where the claim holds.
        share_of_oracle: Right links in it, per right link at the oracle's cut for a precision of .95.
    """

    links: int
    precision: float
    share_of_oracle: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Measures of ranked links against open-world truth, where nobody is one of the answers.

    A single one of them can be gamed: an empty answer has an `ece` of 0, ranks alone give `recall_at_p95`. Read them
    together.

    Attributes:
        profiles: Profiles in the truth.
        customers_profiles: Those that belong to a customer.
        log_loss: Mean of -log2 of the probability given to the true answer, floored at 1e-4; in bits, lower is better.
        brier: Mean over profiles of the squared distance between stated probabilities and the truth; lower is better.
        recall_at_1: Share of customers' profiles whose top customer is the owner.
        owner_listed: Share of customers' profiles whose owner is listed at any rank.
        customers_listed: Mean number of customers listed for a profile.
        recall_at_p95: Largest share of customers' profiles that some cut links rightly while at least 95% of the links
            above it are right; the oracle's cut, so this says how good the order is.
        recall_at_p99: The same for 99%.
        claim95: What becomes of the cut that the links themselves state for 95%; None where they state none.
        bands: Top answers with a probability in [.5, .8), [.8, .95) and [.95, 1]; None where there is none.
        nobody: The answers "nobody" with a probability of .5 or more.
        ece: Expected calibration error of the top answer, over ten bins of equal width.
        ece_net: What is left of it after what chance alone would show; at least 0.
        false_links: Share of profiles of non-customers that are linked with .5 or more; None where there is none.
        log_loss_interval: 95% interval of `log_loss`, by bootstrap over owners; None where none was asked for.
        recall_at_p95_interval: 95% interval of `recall_at_p95`, by bootstrap over owners.
        rejects: Rows of the truth that could not be read and were left out.
        parity: How bands of profiles and customers are served; None where nothing is known to band them by.
    """

    profiles: int
    customers_profiles: int
    log_loss: float
    brier: float
    recall_at_1: float
    owner_listed: float
    customers_listed: float
    recall_at_p95: float
    recall_at_p99: float
    claim95: Claim | None
    bands: tuple[Band | None, ...]
    nobody: Band | None
    ece: float
    ece_net: float
    false_links: float | None
    log_loss_interval: tuple[float, float] | None = None
    recall_at_p95_interval: tuple[float, float] | None = None
    rejects: int = 0
    parity: Parity | None = None

    @property
    def plots(self) -> EvaluationPlots:
        """Pictures of the evaluation; they need the extra `plots`."""
        from sociolink.results.plots import EvaluationPlots

        return EvaluationPlots(self)

    def grid(self) -> Grid:
        """The measures as a table."""
        return Grid((), tuple(self._rows()), frozenset({1}), "Evaluation in the open world")

    def to_dict(self) -> dict[str, Any]:
        """All measures as plain values that JSON can hold, unrounded."""
        return asdict(self)

    _repr_pretty_ = show_text

    def __str__(self) -> str:
        rows = self._rows()
        wide = max(len(name) for name, _, _ in rows)
        wide_value = max(len(value) for _, value, _ in rows)
        lines = [f"{name:<{wide}}  {value:>{wide_value}}  {note}".rstrip() for name, value, note in rows]
        return "\n".join(lines if self.parity is None else [*lines, *self.parity.warnings])

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th scope='row' style='text-align:left'>{escape(name)}</th>"
            f"<td style='text-align:right'>{escape(value)}</td><td style='text-align:left'>{escape(note)}</td></tr>"
            for name, value, note in self._rows()
        )
        return f"<table><caption>Evaluation in the open world</caption><tbody>{cells}</tbody></table>"

    def _rows(self) -> list[tuple[str, str, str]]:
        """Name, value and remark of each line of the table."""
        rows = [
            ("profiles", f"{self.profiles:,}", f"{self.customers_profiles:,} of them customers'"),
            ("log loss", f"{self.log_loss:.3f}", f"bits; {_interval(self.log_loss_interval)}lower is better"),
            ("Brier score", f"{self.brier:.3f}", "lower is better"),
            ("R@1", f"{self.recall_at_1:.3f}", "owner on top"),
            ("owner listed", f"{self.owner_listed:.3f}", f"among {self.customers_listed:.1f} customers a profile"),
            ("R@P95", f"{self.recall_at_p95:.3f}", f"{_interval(self.recall_at_p95_interval)}at the oracle's cut"),
            ("R@P99", f"{self.recall_at_p99:.3f}", "at the oracle's cut"),
        ]
        if self.claim95 is None:
            rows.append(("claimed 95%", "-", "no set of links claims it"))
        else:
            claim = self.claim95
            note = f"right of {claim.links:,} links; {claim.share_of_oracle:.2f} of the oracle's recall"
            rows.append(("claimed 95%", f"{claim.precision:.3f}", note))
        rows += [_band_row("top answer", band) for band in self.bands if band]
        rows += [_band_row("nobody", self.nobody)] if self.nobody else []
        rows.append(("calibration error", f"{self.ece:.3f}", f"{self.ece_net:.3f} more than chance"))
        if self.false_links is not None:
            rows.append(("false links", f"{self.false_links:.3f}", "of the profiles of non-customers, at .5 or more"))
        if self.rejects:
            rows.append(("rejects", f"{self.rejects:,}", "rows of the truth were left out"))
        return rows


def _interval(interval: tuple[float, float] | None) -> str:
    return f"95% interval {interval[0]:.3f} to {interval[1]:.3f}; " if interval else ""


def _band_row(name: str, band: Band) -> tuple[str, str, str]:
    close = "]" if band.high >= 1 else ")"
    note = f"right where {band.claimed:.3f} was claimed; {band.answers:,} answers"
    if band.standard_error is not None:
        note += f", {'as claimed' if band.within else 'NOT as claimed'} (standard error {band.standard_error:.3f})"
    return f"{name} [{band.low:g}, {band.high:g}{close}", f"{band.right:.3f}", note
