"""The commands `sample` and `recalibrate`: profiles to label, and links that labels have corrected."""

from __future__ import annotations

from pathlib import Path

from sociolink.cli.outputs import check_outputs
from sociolink.cli.screen import Screen
from sociolink.records.writers import write_table
from sociolink.results.links import Links

__all__ = ["run_recalibrate", "run_sample"]

_TABLES = (".parquet", ".csv", ".jsonl", ".ndjson")


def run_sample(
    links: Path, output: Path, *, size: int, seed: int = 0, as_json: bool = False, quiet: bool = False
) -> None:
    """Draw a sample of profiles to label and write it.

    Args:
        links: File of links.
        output: Where to write the sample.
        size: How many profiles.
        seed: Start of the random numbers.
        as_json: Print what was written as JSON.
        quiet: Print nothing.

    Raises:
        SociolinkError: A file cannot be read or written, or the size is below 1.
    """
    check_outputs([(output, _TABLES)])
    sample = Links.read(links).sample_for_review(size, seed=seed)
    write_table(sample, output)
    if as_json and not quiet:
        Screen().data({"output": str(output), "profiles": sample.num_rows, "seed": seed})
    elif not quiet:
        Screen().say(
            f"{sample.num_rows:,} profiles to label, in {output}. Fill in verdict: is, is_not, nobody or skip; keep "
            "inclusion_probability."
        )


def run_recalibrate(links: Path, labels: Path, output: Path, *, as_json: bool = False, quiet: bool = False) -> None:
    """Recalibrate links by labels, write them, and say what that changed.

    Args:
        links: File of links.
        labels: File of labels.
        output: Where to write the links.
        as_json: Print calibration and report as JSON.
        quiet: Print nothing.

    Raises:
        SociolinkError: A file cannot be read or written, or the labels do not belong to the links.
    """
    check_outputs([(output, _TABLES)])
    before = Links.read(links)
    after = before.recalibrate(labels)
    after.write(output)
    if quiet:
        return
    screen = Screen()
    changes = after.diff(before)
    if as_json:
        told = {"calibration": after.calibration.to_dict(), "changes": len(changes), "report": after.report.to_dict()}
        screen.data({"output": str(output), **told})
        return
    screen.say(after.calibration.sentence)
    screen.show(after.report.grid())
    screen.say(f"{changes!r}, against {links.name}. Written to {output}.")
