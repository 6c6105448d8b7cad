"""The commands `decide` and `accept`: which links of a file to make, and what stands behind them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sociolink.calibration.decisions import MAX_FALSE, MIN_PROBABILITY, REVIEW_FROM
from sociolink.cli.outputs import TABLES, check_outputs
from sociolink.cli.screen import Screen
from sociolink.results.links import Links

__all__ = ["AcceptanceOrder", "DecisionOrder", "run_accept", "run_decide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionOrder:
    """What the command was told; see the options of `sociolink decide`."""

    links: Path
    output: Path
    max_false: float = MAX_FALSE
    min_probability: float = MIN_PROBABILITY
    min_margin: float | None = None
    review_from: float = REVIEW_FROM
    review: int | None = None
    known: Path | None = None
    keep: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceOrder:
    """What the command was told; see the options of `sociolink accept`."""

    links: Path
    output: Path | None = None
    max_false: float = MAX_FALSE
    confidence: float = 0.95
    labels: Path | None = None
    by: str | None = None
    weights: str = "design"


def run_accept(order: AcceptanceOrder, *, as_json: bool = False, quiet: bool = False) -> None:
    """Choose links at a risk, write them where that was asked for, and say what stands behind them.

    Args:
        order: What to accept and where to write.
        as_json: Print the account as JSON instead of a sentence.
        quiet: Print nothing.

    Raises:
        SociolinkError: A file cannot be read or written, a number is out of range, or the labels are no sample.
    """
    check_outputs([(order.output, TABLES)])
    accepted = Links.read(order.links).accept(
        max_false=order.max_false,
        confidence=order.confidence,
        labels=order.labels,
        by=order.by,
        weights=order.weights,
    )
    if order.output is not None:
        accepted.write(order.output)
    account = accepted.acceptance
    if quiet or account is None:
        return
    if as_json:
        output = None if order.output is None else str(order.output)
        Screen().data({"output": output, "acceptance": account.to_dict()})
        return
    Screen().say(account.sentence)
    if order.output is not None:
        Screen().say(f"Written to {order.output}.")


def run_decide(order: DecisionOrder, *, as_json: bool = False, quiet: bool = False) -> None:
    """Decide, write, and say what came of it.

    Args:
        order: What to decide and where to write.
        as_json: Print the report as JSON instead of a table.
        quiet: Print nothing.

    Raises:
        SociolinkError: A file cannot be read or written, or a number is out of range.
    """
    check_outputs([(order.output, TABLES)])
    links = Links.read(order.links)
    decided = links.decide(
        max_false=order.max_false,
        min_probability=order.min_probability,
        min_margin=order.min_margin,
        review_from=order.review_from,
        review_budget=order.review,
        known=order.known,
        keep=order.keep,
    )
    decided.write(order.output)
    if quiet:
        return
    screen = Screen()
    changes = decided.diff(links if order.known is None else Links.read(order.known))
    sensitivity = decided.report.sensitivity
    if as_json:
        screen.data({"output": str(order.output), "changes": changes.changed_links, "report": decided.report.to_dict()})
        return
    screen.show(decided.report.grid())
    if sensitivity is not None:
        screen.title("If the coverage were another")
        screen.show(sensitivity.grid())
    since = (order.known or order.links).name
    screen.say(f"Against {since}: {changes.sentence} Written to {order.output}.")
