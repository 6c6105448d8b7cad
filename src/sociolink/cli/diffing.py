"""The command `diff`: what is different between two files of links, and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sociolink.cli.failures import CHANGED
from sociolink.cli.outputs import TABLES, check_outputs
from sociolink.cli.screen import Screen
from sociolink.errors import InvalidParameterError
from sociolink.rendering.numbers import say_share
from sociolink.results.diff.comparison import diff_links

__all__ = ["DiffOrder", "run_diff"]

Pair = tuple[Path | None, Path | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffOrder:
    """What the command was told; see the options of `sociolink diff`. Pairs are of before and of now."""

    old: Path
    new: Path
    moved: float = 0.1
    models: Pair = (None, None)
    profiles: Pair = (None, None)
    customers: Pair = (None, None)
    map_file: Path | None = None
    out: Path | None = None
    fail_over: float | None = None


def run_diff(order: DiffOrder, *, as_json: bool = False, quiet: bool = False) -> None:
    """Compare two files of links and print the difference.

    Args:
        order: What to compare, and what is allowed.
        as_json: Print JSON.
        quiet: Print nothing.

    Raises:
        SociolinkError: A file cannot be read or written, or a number is out of range.
        SystemExit: More has changed than allowed.
    """
    check_outputs([(order.out, TABLES)])
    allowed = order.fail_over
    if allowed is not None and not 0 <= allowed <= 1:
        raise InvalidParameterError(f"--fail-over is {allowed}; it must be from 0 to 1.")
    found = diff_links(
        order.old,
        order.new,
        moved=order.moved,
        models=_both(order.models, "model"),
        profiles=_both(order.profiles, "profiles"),
        customers=_both(order.customers, "customers"),
        mapping=order.map_file,
    )
    if order.out is not None:
        found.write(order.out)
    failed = allowed is not None and found.churn > allowed
    screen = Screen()
    if as_json and not quiet:
        screen.data({**found.to_dict(), "failed": failed})
    elif not quiet:
        screen.say(found.sentence, style="bold")
        for grid in found.grids():
            screen.title(grid.caption)
            screen.show(grid)
        if order.out is not None:
            screen.say(f"Written to {order.out}.")
        if failed and allowed is not None:
            screen.say(f"That is more than the {say_share(allowed)} allowed.")
    if failed:
        raise SystemExit(CHANGED)


def _both(pair: Pair, name: str) -> tuple[Path, Path] | None:
    """A pair that is whole, or none."""
    if pair[0] is None and pair[1] is None:
        return None
    if pair[0] is None or pair[1] is None:
        raise InvalidParameterError(f"Give --old-{name} and --new-{name} together.")
    return pair[0], pair[1]
