"""The command `diff`: what is different between two files of links, and why."""

from __future__ import annotations

from pathlib import Path

from sociolink.cli.failures import CHANGED
from sociolink.cli.outputs import check_outputs
from sociolink.cli.screen import Screen
from sociolink.errors import InvalidParameterError
from sociolink.rendering.numbers import say_share
from sociolink.results.diff_links import diff_links

__all__ = ["run_diff"]

_TABLES = (".parquet", ".csv", ".jsonl", ".ndjson")


def run_diff(
    old: Path,
    new: Path,
    *,
    moved: float,
    models: tuple[Path | None, Path | None] | None = None,
    out: Path | None = None,
    fail_over: float | None = None,
    as_json: bool = False,
    quiet: bool = False,
) -> None:
    """Compare two files of links and print the difference.

    Args:
        old: Links of before.
        new: Links of now.
        moved: Least difference of a probability that counts as a change.
        models: The models of before and of now; both or none.
        out: Where to write the changed profiles.
        fail_over: Largest share of the links that may have changed; None for any.
        as_json: Print JSON.
        quiet: Print nothing.

    Raises:
        SociolinkError: A file cannot be read or written, or a number is out of range.
        SystemExit: More has changed than allowed.
    """
    check_outputs([(out, _TABLES)])
    if fail_over is not None and not 0 <= fail_over <= 1:
        raise InvalidParameterError(f"--fail-over is {fail_over}; it must be from 0 to 1.")
    pair = None
    if models is not None:
        if models[0] is None or models[1] is None:
            raise InvalidParameterError("Give --old-model and --new-model together.")
        pair = (models[0], models[1])
    found = diff_links(old, new, moved=moved, models=pair)
    if out is not None:
        found.write(out)
    too_much = fail_over is not None and found.churn > fail_over
    screen = Screen()
    if as_json and not quiet:
        screen.data({**found.to_dict(), "failed": too_much})
    elif not quiet:
        screen.say(found.sentence, style="bold")
        for grid in found.grids():
            screen.title(grid.caption)
            screen.show(grid)
        if out is not None:
            screen.say(f"Written to {out}.")
        if too_much and fail_over is not None:
            screen.say(f"That is more than the {say_share(fail_over)} allowed.")
    if too_much:
        raise SystemExit(CHANGED)
