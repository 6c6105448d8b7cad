"""The command `link`: from files to a file, with one sentence and one table at the end."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from sociolink.cli.outputs import TABLES, check_outputs
from sociolink.cli.screen import Screen
from sociolink.governance.policy import Policy
from sociolink.linking.checkpoint import clear_checkpoint
from sociolink.linking.inputs import read_inputs
from sociolink.linking.link import link
from sociolink.records.readers import read_table
from sociolink.records.writers import write_table
from sociolink.rendering.progress import show_progress
from sociolink.results.links import Links

__all__ = ["LinkOrder", "run_link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOrder:
    """What the command was told; see the options of `sociolink link`."""

    customers: Path
    profiles: Path
    output: Path
    policy: str
    who: str = ""
    lawful_basis: str = ""
    posts: Path | None = None
    events: Path | None = None
    known: Path | None = None
    labels: Path | None = None
    map_file: Path | None = None
    model: Path | None = None
    save_model: Path | None = None
    rejects: Path | None = None
    report: Path | None = None
    report_people: bool = False
    top: int = 5
    seed: int = 0
    threads: int | None = None
    memory_limit: str | None = None
    checkpoint: Path | None = None


def run_link(order: LinkOrder, *, as_json: bool = False, quiet: bool = False) -> None:
    """Link what was ordered, write it, and say what came of it.

    Args:
        order: What to link and where to write.
        as_json: Print the report as JSON instead of a table.
        quiet: Print nothing.

    Raises:
        SociolinkError: See `linking.link.link`; outputs are checked before any work.
    """
    pages = (order.report, (".html", ".htm"))
    check_outputs([(order.output, TABLES), (order.save_model, (".json",)), (order.rejects, TABLES), pages])
    if order.labels is not None:
        read_table(str(order.labels), "labels")  # what is wrong with them is said before the work
    policy = Policy.from_name(order.policy, who=order.who, lawful_basis=order.lawful_basis)
    with show_progress(wanted=not quiet and not as_json) as tell:
        links = link(
            order.profiles,
            order.customers,
            policy=policy,
            posts=order.posts,
            events=order.events,
            known=order.known,
            model=None if order.model is None else str(order.model),
            mapping=order.map_file,
            top=order.top,
            seed=order.seed,
            threads=order.threads,
            memory_limit=order.memory_limit,
            checkpoint=order.checkpoint,
            progress=tell,
        )
        if order.labels is not None:
            if tell is not None:
                tell("recalibrating")
            links = links.recalibrate(order.labels)
        if tell is not None:
            tell("writing")
        links.write(order.output)
        if order.save_model is not None and links.model is not None:
            links.model.save(order.save_model)
        if order.rejects is not None:
            write_table(links.rejects, order.rejects)
        if order.report is not None:
            _write_report(links, order, order.report)
        if order.checkpoint is not None:
            clear_checkpoint(order.checkpoint)
    if not quiet:
        _tell(links, order, as_json=as_json)


def _write_report(links: Links, order: LinkOrder, path: Path) -> None:
    """The report, with handles and names only where they were asked for."""
    if not order.report_people:
        links.write_report(path)
        return
    sources = {"profiles": order.profiles, "customers": order.customers, "posts": order.posts}
    read = read_inputs(sources, mapping=order.map_file).tables
    links.write_report(path, profiles=read["profiles"], customers=read["customers"])


def _tell(links: Links, order: LinkOrder, *, as_json: bool) -> None:
    screen = Screen()
    value = links.value_sentence()
    if as_json:
        told = {} if order.labels is None else {"calibration": links.calibration.to_dict()}
        screen.data({"value": value, "output": str(order.output), **told, "report": links.report.to_dict()})
        return
    for warning in links.report.warnings:
        print(f"sociolink: warning: {warning}", file=sys.stderr)
    screen.say(value, style="bold")
    screen.show(links.report.grid())
    if order.labels is not None:
        screen.say(links.calibration.sentence)
    screen.say(f"Written to {order.output}.")
