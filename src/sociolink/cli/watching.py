"""The command `watch`: a stream of posts in, a stream of answers out, until it ends or is told to stop."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType

from sociolink.cli.outputs import check_outputs
from sociolink.governance.policy import Policy
from sociolink.linking.watch import watch

__all__ = ["WatchOrder", "run_watch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOrder:
    """What the command was told; see the options of `sociolink watch`."""

    index: Path
    policy: str
    posts: str = "-"
    output: str = "-"
    who: str = ""
    lawful_basis: str = ""
    state: Path | None = None
    rejects: Path | None = None
    map_file: Path | None = None
    card: bool = False
    max_false: float = 0.05
    batch: int = 64
    max_delay_ms: float = 0.0
    remember: int = 100_000
    processes: int = 1


def run_watch(order: WatchOrder, *, as_json: bool = False, quiet: bool = False) -> None:
    """Answer the stream; the counts go to standard error, for standard output holds the answers.

    Args:
        order: What to read, ask and write.
        as_json: Print the counts as JSON instead of a table.
        quiet: Print no counts.

    Raises:
        SociolinkError: Something cannot be read or written, or a number is out of range.
    """
    check_outputs([(None if order.output == "-" else Path(order.output), ()), (order.rejects, ())])
    with _told_to_stop() as stop:
        report = watch(
            order.posts,
            order.index,
            output=order.output,
            policy=Policy.from_name(order.policy, who=order.who, lawful_basis=order.lawful_basis),
            state=order.state,
            rejects=order.rejects,
            cards=order.card,
            mapping=order.map_file,
            max_false=order.max_false,
            batch=order.batch,
            max_delay_ms=order.max_delay_ms,
            remember=order.remember,
            processes=order.processes,
            stopped=stop.is_set,
        )
    if not quiet:
        print(json.dumps(report.to_dict()) if as_json else str(report), file=sys.stderr)


@contextmanager
def _told_to_stop() -> Iterator[Event]:
    """Set by the first Ctrl-C or SIGTERM; the second ends the process as usual."""
    stop = Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}

    def tell(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in numbers:
        signal.signal(number, tell)
    try:
        yield stop
    finally:
        for number in numbers:
            signal.signal(number, before[number])
