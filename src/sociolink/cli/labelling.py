"""The commands `sample` and `recalibrate`: profiles to label, and links that labels have corrected."""

from __future__ import annotations

from pathlib import Path

from sociolink.cli.outputs import TABLES, check_outputs
from sociolink.cli.screen import Screen
from sociolink.errors import InvalidParameterError
from sociolink.records.writers import write_table
from sociolink.results.links import Links

__all__ = ["run_recalibrate", "run_sample"]


def run_sample(
    links: Path,
    output: Path,
    *,
    size: int,
    order: str = "sample",
    seed: int = 0,
    as_json: bool = False,
    quiet: bool = False,
) -> None:
    """Draw a sample of profiles to label, or list the most doubtful, and write it.

    Args:
        links: File of links.
        output: Where to write the sample.
        size: How many profiles.
        order: "sample" or "doubt".
        seed: Start of the random numbers of a sample.
        as_json: Print what was written as JSON.
        quiet: Print nothing.

    Raises:
        SociolinkError: A file cannot be read or written, the size is below 1, or the order is another word.
    """
    check_outputs([(output, TABLES)])
    if order not in ("sample", "doubt"):
        raise InvalidParameterError(f"order is {order!r}; it must be 'sample' or 'doubt'")
    found = Links.read(links)
    sample = found.sample_for_review(size, seed=seed) if order == "sample" else found.most_informative(size)
    write_table(sample, output)
    if as_json and not quiet:
        Screen().data({"output": str(output), "profiles": sample.num_rows, "order": order, "seed": seed})
    elif not quiet:
        use = "keep inclusion_probability" if order == "sample" else "they are for recalibrate, and no sample"
        Screen().say(
            f"{sample.num_rows:,} profiles to label, in {output}. Fill in verdict: is, is_not, nobody or skip; {use}."
        )


def run_recalibrate(
    links: Path, labels: Path, output: Path, *, apply: bool = True, as_json: bool = False, quiet: bool = False
) -> None:
    """Recalibrate links by labels, write them, and say what that changed.

    Args:
        links: File of links.
        labels: File of labels.
        output: Where to write the links.
        apply: Otherwise only what the labels say and would change is told, and written with the links.
        as_json: Print calibration and report as JSON.
        quiet: Print nothing.

    Raises:
        SociolinkError: A file cannot be read or written, or the labels do not belong to the links.
    """
    check_outputs([(output, TABLES)])
    before = Links.read(links)
    after = before.recalibrate(labels, apply=apply)
    after.write(output)
    if quiet:
        return
    screen = Screen()
    changes = after.diff(before)
    if as_json:
        told = {
            "calibration": after.calibration.to_dict(),
            "changes": changes.changed_links,
            "report": after.report.to_dict(),
        }
        screen.data({"output": str(output), **told})
        return
    screen.say(after.calibration.sentence)
    screen.show(after.report.grid())
    screen.say(f"Against {links.name}: {changes.sentence} Written to {output}.")
